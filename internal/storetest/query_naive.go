package storetest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/directory"
	"sallyport/store"
)

// individual is a person of the naive reader.
type individual struct {
	*directory.User
	groups []string // IDs
}

func (p individual) seenBy(scope directory.Scope) bool {
	return scope == "" || p.IDP == "" || p.IDP == string(scope)
}

// meets is the definition of directory.Expr, word for word.
func (p individual) meets(e directory.Expr) bool {
	switch e := e.(type) {
	case directory.And:
		return p.meets(e.Left) && p.meets(e.Right)
	case directory.Or:
		return p.meets(e.Left) || p.meets(e.Right)
	case directory.Not:
		return !p.meets(e.Of)
	case directory.Present:
		return len(p.values(e.Attr)) > 0
	case directory.Compare:
		values := p.values(e.Attr)
		if e.Value.Null {
			return (len(values) == 0) == (e.Op == directory.EQ)
		}
		if len(values) == 0 {
			return e.Op == directory.NE
		}
		return slices.ContainsFunc(values, func(v directory.Value) bool { return holds(directory.UserAttributes[standsFor(e.Attr)], v, e) })
	case directory.Element:
		for i := range p.elements(e.Attr) {
			if p.only(e.Attr, i).meets(e.Where) {
				return true
			}
		}
		return false
	}
	panic(fmt.Sprintf("no expression: %T", e))
}

func holds(of directory.AttributeType, v directory.Value, e directory.Compare) bool {
	switch of {
	case directory.Boolean:
		return (v.Bool == e.Value.Bool) == (e.Op == directory.EQ)
	case directory.Instant:
		return ordered(v.Time.Compare(e.Value.Time), e.Op)
	}
	have, want := v.Text, e.Value.Text
	if of == directory.Text {
		have, want = directory.Fold(have), directory.Fold(want)
	}
	switch e.Op {
	case directory.CO:
		return strings.Contains(have, want)
	case directory.SW:
		return strings.HasPrefix(have, want)
	case directory.EW:
		return strings.HasSuffix(have, want)
	}
	return ordered(strings.Compare(have, want), e.Op)
}

func ordered(order int, op directory.Op) bool {
	return map[directory.Op]bool{
		directory.EQ: order == 0, directory.NE: order != 0, directory.GT: order > 0, directory.GE: order >= 0,
		directory.LT: order < 0, directory.LE: order <= 0,
	}[op]
}

func standsFor(attr directory.Attribute) directory.Attribute {
	switch attr {
	case "emails", "phoneNumbers", "groups":
		return attr + ".value"
	case "addresses":
		return "addresses.formatted"
	}
	return attr
}

func (p individual) elements(attr directory.Attribute) []int {
	n := map[directory.Attribute]int{
		"emails": len(p.Profile.Emails), "phoneNumbers": len(p.Profile.PhoneNumbers),
		"addresses": len(p.Profile.Addresses), "groups": len(p.groups),
	}[attr]
	return make([]int, n)
}

// only is p with one element of attr.
func (p individual) only(attr directory.Attribute, i int) individual {
	u := *p.User
	one := individual{&u, p.groups}
	switch attr {
	case "emails":
		u.Profile.Emails = u.Profile.Emails[i : i+1]
	case "phoneNumbers":
		u.Profile.PhoneNumbers = u.Profile.PhoneNumbers[i : i+1]
	case "addresses":
		u.Profile.Addresses = u.Profile.Addresses[i : i+1]
	case "groups":
		one.groups = p.groups[i : i+1]
	}
	return one
}

// values are those that are there; "" is none.
func (p individual) values(attr directory.Attribute) (all []directory.Value) {
	attr = standsFor(attr)
	text := func(s string) {
		if s != "" {
			all = append(all, directory.Value{Text: s})
		}
	}
	multi := func(list []directory.MultiValue, sub string) {
		for _, m := range list {
			switch sub {
			case "value":
				text(m.Value)
			case "type":
				text(m.Type)
			case "display":
				text(m.Display)
			case "primary":
				all = append(all, directory.Value{Bool: m.Primary})
			}
		}
	}
	parent, sub, _ := strings.Cut(string(attr), ".")
	switch parent {
	case "emails":
		multi(p.Profile.Emails, sub)
	case "phoneNumbers":
		multi(p.Profile.PhoneNumbers, sub)
	case "addresses":
		for _, a := range p.Profile.Addresses {
			if sub == "primary" {
				all = append(all, directory.Value{Bool: a.Primary})
			}
			text(map[string]string{
				"formatted": a.Formatted, "streetAddress": a.StreetAddress, "locality": a.Locality, "region": a.Region,
				"postalCode": a.PostalCode, "country": a.Country, "type": a.Type,
			}[sub])
		}
	case "groups":
		for _, g := range p.groups {
			text(g)
		}
	case "active":
		return []directory.Value{{Bool: p.Active}}
	case "meta":
		return []directory.Value{{Time: map[string]time.Time{"created": p.CreatedAt, "lastModified": p.UpdatedAt}[sub]}}
	default:
		text(*p.field(attr))
	}
	return all
}

// field is where p keeps an attribute of single text.
func (p individual) field(attr directory.Attribute) *string {
	f := &p.Profile
	return map[directory.Attribute]*string{
		"id": &p.ID, "externalId": &p.ExternalID, "userName": &p.UserName, "displayName": &f.DisplayName,
		"nickName": &f.NickName, "profileUrl": &f.ProfileURL, "title": &f.Title, "userType": &f.UserType,
		"preferredLanguage": &f.PreferredLanguage, "locale": &f.Locale, "timezone": &f.Timezone,
		"name.formatted": &f.Name.Formatted, "name.familyName": &f.Name.FamilyName, "name.givenName": &f.Name.GivenName,
		"name.middleName": &f.Name.MiddleName, "name.honorificPrefix": &f.Name.HonorificPrefix,
		"name.honorificSuffix":      &f.Name.HonorificSuffix,
		"enterprise.employeeNumber": &f.Enterprise.EmployeeNumber, "enterprise.costCenter": &f.Enterprise.CostCenter,
		"enterprise.organization": &f.Enterprise.Organization, "enterprise.division": &f.Enterprise.Division,
		"enterprise.department": &f.Enterprise.Department, "enterprise.manager.value": &f.Enterprise.Manager.Value,
		"enterprise.manager.displayName": &f.Enterprise.Manager.DisplayName,
	}[attr]
}

// randomText is short, of letters that are alike or mean something elsewhere.
func randomText(r *rand.Rand) string {
	letters := []string{"a", "A", "b", "ß", "ss", "é", "e\u0301", "%", "_", `\`, "\xf0\x9f\x9a\xaa"}
	var b strings.Builder
	for range r.IntN(4) {
		b.WriteString(letters[r.IntN(len(letters))])
	}
	return b.String()
}

func randomPeople(t *testing.T, db *store.DB, r *rand.Rand, n int) []individual {
	t.Helper()
	ctx := t.Context()
	inner, outer := group("inner", "corp"), group("outer", "corp")
	must(t, db.CreateGroup(ctx, inner, nil, directory.Act{}))
	must(t, db.CreateGroup(ctx, outer, []string{inner.ID}, directory.Act{}))
	var all []individual
	for i := range n {
		p := individual{User: user("")}
		p.IDP, p.Active = []string{"corp", "corp", "other", ""}[r.IntN(4)], r.IntN(4) > 0
		p.CreatedAt, p.UpdatedAt = soon(time.Duration(r.IntN(3))*time.Minute), soon(time.Duration(r.IntN(3))*time.Minute)
		for _, attr := range slices.Sorted(maps.Keys(directory.UserAttributes)) {
			if f := p.field(attr); f != nil && attr != "id" {
				*f = randomText(r)
			}
		}
		p.UserName += fmt.Sprint(i)
		multi := func() (list []directory.MultiValue) {
			for range r.IntN(3) {
				list = append(list, directory.MultiValue{Value: randomText(r), Type: randomText(r), Display: randomText(r), Primary: r.IntN(2) == 0})
			}
			return list
		}
		p.Profile.Emails, p.Profile.PhoneNumbers = multi(), multi()
		for range r.IntN(3) {
			p.Profile.Addresses = append(p.Profile.Addresses, directory.Address{
				Formatted: randomText(r), StreetAddress: randomText(r), Locality: randomText(r), Region: randomText(r),
				PostalCode: randomText(r), Country: randomText(r), Type: randomText(r), Primary: r.IntN(2) == 0,
			})
		}
		must(t, db.CreateUser(ctx, p.User, directory.Act{}))
		if p.IDP == "corp" && r.IntN(2) == 0 {
			_, err := db.ChangeGroup(ctx, inner.ID, directory.GroupChange{Add: []string{p.ID}}, directory.Act{})
			must(t, err)
			p.groups = []string{inner.ID, outer.ID}
		}
		all = append(all, p)
	}
	return all
}

// randomExpr asks about what people have as often as about what nobody has.
func randomExpr(r *rand.Rand, all []individual, depth int) directory.Expr {
	switch n := r.IntN(10); {
	case depth > 0 && n < 2:
		return directory.And{Left: randomExpr(r, all, depth-1), Right: randomExpr(r, all, depth-1)}
	case depth > 0 && n < 4:
		return directory.Or{Left: randomExpr(r, all, depth-1), Right: randomExpr(r, all, depth-1)}
	case depth > 0 && n == 4:
		return directory.Not{Of: randomExpr(r, all, depth-1)}
	case depth > 0 && n == 5:
		list := []directory.Attribute{"emails", "phoneNumbers", "addresses", "groups"}[r.IntN(4)]
		within := func(a directory.Attribute) bool { return strings.HasPrefix(string(a), string(list)) }
		return directory.Element{Attr: list, Where: directory.And{
			Left: randomLeaf(r, all, within), Right: directory.Or{
				Left: randomLeaf(r, all, within), Right: directory.Not{Of: randomLeaf(r, all, within)},
			},
		}}
	}
	return randomLeaf(r, all, func(directory.Attribute) bool { return true })
}

func randomLeaf(r *rand.Rand, all []individual, of func(directory.Attribute) bool) directory.Expr {
	var names []directory.Attribute
	for name := range maps.Keys(directory.UserAttributes) {
		if of(name) {
			names = append(names, name)
		}
	}
	for _, list := range []directory.Attribute{"emails", "phoneNumbers", "addresses", "groups"} {
		if of(list) {
			names = append(names, list)
		}
	}
	slices.Sort(names)
	attr := names[r.IntN(len(names))]
	ops := []directory.Op{directory.EQ, directory.NE, directory.EQ, directory.CO, directory.SW, directory.EW, directory.GT,
		directory.GE, directory.LT, directory.LE}
	e := directory.Compare{Attr: attr, Value: directory.Value{Text: randomText(r)}}
	if values := all[r.IntN(len(all))].values(attr); len(values) > 0 && r.IntN(2) == 0 {
		e.Value = values[r.IntN(len(values))]
	}
	switch directory.UserAttributes[standsFor(attr)] {
	case directory.Boolean:
		ops = ops[:2]
		e.Value.Bool = r.IntN(2) == 0
	case directory.Instant:
		ops = slices.DeleteFunc(ops, func(op directory.Op) bool {
			return op == directory.CO || op == directory.SW || op == directory.EW
		})
		if e.Value.Time.IsZero() {
			e.Value.Time = soon(time.Minute)
		}
	}
	e.Op = ops[r.IntN(len(ops))]
	switch n := r.IntN(20); {
	case n == 0:
		return directory.Present{Attr: attr}
	case n == 1 && (e.Op == directory.EQ || e.Op == directory.NE):
		e.Value.Null = true
	}
	return e
}
