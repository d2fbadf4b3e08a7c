package scim

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/store"
)

// Few and awkward, so that random filters and random people meet.
var someTexts = []string{"a", "A", "ab", "b", "Bä", "BÄ", "ß", "ss", "%", "a_b", `\`, "'", "z z", "work", "home", "ａ", "\U0001F600"}

// What the database finds is what a slow and simple reading of the filter
// finds.
func TestFilterInStore(t *testing.T) {
	db, users, groups := populated(t)
	ctx := t.Context()
	texts := rapid.SampledFrom(append([]string{"", users[3].ID, users[5].ID, groups[0].group.ID}, someTexts...))

	t.Run("users", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			e := exprs(directory.UserAttributes, 4, texts).Draw(t, "filter")
			text := printFilter(e)
			parsed, err := parseUncounted(text, userType)
			if err != nil {
				t.Fatal(err)
			}
			page, err := db.QueryUsers(ctx, "corp", directory.Query{Where: parsed, Limit: 1000, Total: true})
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			var want, got []string
			for _, u := range users {
				if holdsFor(e, userValues(u, groups), userElements(u, groups)) {
					want = append(want, u.UserName)
				}
			}
			for _, u := range page.Found {
				got = append(got, u.UserName)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s (-want +got):\n%s", text, d)
			}
			if page.Total != len(want) {
				t.Fatalf("%s: total %d of %d", text, page.Total, len(want))
			}
		})
	})
	t.Run("groups", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			e := exprs(directory.GroupAttributes, 4, texts).Draw(t, "filter")
			text := printFilter(e)
			page, err := db.QueryGroups(ctx, "corp", directory.Query{Where: e, Limit: 1000})
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			var want, got []string
			for _, g := range groups {
				if holdsFor(e, g.values, g.elements) {
					want = append(want, g.group.ID)
				}
			}
			for _, g := range page.Found {
				got = append(got, g.ID)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s (-want +got):\n%s", text, d)
			}
		})
	})
}

type knownGroup struct {
	group   *directory.Group
	members []string // users
}

func (g knownGroup) values(a directory.Attribute) []any {
	switch a {
	case "id":
		return some(g.group.ID)
	case "externalId":
		return some(g.group.ExternalID)
	case "displayName":
		return some(g.group.DisplayName)
	case "meta.created":
		return []any{g.group.CreatedAt}
	case "meta.lastModified":
		return []any{g.group.UpdatedAt}
	}
	return fromElements(g.elements("members"), "members", a)
}

func (g knownGroup) elements(directory.Attribute) (list []map[string]any) {
	for _, id := range g.members {
		list = append(list, map[string]any{"value": id, "type": "User"})
	}
	return list
}

// holdsFor reads a filter as directory.Expr's comments say.
func holdsFor(e directory.Expr, values func(directory.Attribute) []any, elements func(directory.Attribute) []map[string]any) bool {
	switch e := e.(type) {
	case directory.And:
		return holdsFor(e.Left, values, elements) && holdsFor(e.Right, values, elements)
	case directory.Or:
		return holdsFor(e.Left, values, elements) || holdsFor(e.Right, values, elements)
	case directory.Not:
		return !holdsFor(e.Of, values, elements)
	case directory.Present:
		return len(values(e.Attr)) > 0
	case directory.Element:
		for _, element := range elements(e.Attr) {
			one := []map[string]any{element}
			inside := func(a directory.Attribute) []any { return fromElements(one, e.Attr, a) }
			if holdsFor(e.Where, inside, nil) {
				return true
			}
		}
		return false
	case directory.Compare:
		all := values(e.Attr)
		if len(all) == 0 {
			return e.Op == directory.NE
		}
		return slices.ContainsFunc(all, func(v any) bool { return compared(e, v) })
	}
	panic(fmt.Sprintf("%T", e))
}

func compared(c directory.Compare, v any) bool {
	order := 0
	switch v := v.(type) {
	case bool:
		return (v == c.Value.Bool) == (c.Op == directory.EQ)
	case time.Time:
		order = v.Compare(c.Value.Time)
	case string:
		with := c.Value.Text
		if directory.UserAttributes[c.Attr] == directory.Text || directory.GroupAttributes[c.Attr] == directory.Text {
			v, with = directory.Fold(v), directory.Fold(with)
		}
		switch c.Op {
		case directory.CO:
			return strings.Contains(v, with)
		case directory.SW:
			return strings.HasPrefix(v, with)
		case directory.EW:
			return strings.HasSuffix(v, with)
		}
		order = strings.Compare(v, with)
	}
	switch c.Op {
	case directory.EQ:
		return order == 0
	case directory.NE:
		return order != 0
	case directory.GT:
		return order > 0
	case directory.GE:
		return order >= 0
	case directory.LT:
		return order < 0
	}
	return order <= 0
}

// some is a value as a list: an empty text is none.
func some(s string) []any {
	if s == "" {
		return nil
	}
	return []any{s}
}

func fromElements(list []map[string]any, parent, a directory.Attribute) (values []any) {
	sub := strings.TrimPrefix(string(a), string(parent)+".")
	for _, e := range list {
		if v, ok := e[sub]; ok && v != "" {
			values = append(values, v)
		}
	}
	return values
}

func userValues(u *directory.User, groups []knownGroup) func(directory.Attribute) []any {
	return func(a directory.Attribute) []any {
		switch a {
		case "id":
			return some(u.ID)
		case "active":
			return []any{u.Active}
		case "meta.created":
			return []any{u.CreatedAt}
		case "meta.lastModified":
			return []any{u.UpdatedAt}
		}
		if parent, _, ok := strings.Cut(string(a), "."); ok && parent != "name" && parent != "enterprise" {
			return fromElements(userElements(u, groups)(directory.Attribute(parent)), directory.Attribute(parent), a)
		}
		return some(*textField(u, a))
	}
}

func userElements(u *directory.User, groups []knownGroup) func(directory.Attribute) []map[string]any {
	return func(a directory.Attribute) (list []map[string]any) {
		multi := func(of []directory.MultiValue) {
			for _, m := range of {
				list = append(list, map[string]any{"value": m.Value, "type": m.Type, "display": m.Display, "primary": m.Primary})
			}
		}
		switch a {
		case "emails":
			multi(u.Profile.Emails)
		case "phoneNumbers":
			multi(u.Profile.PhoneNumbers)
		case "addresses":
			for _, m := range u.Profile.Addresses {
				list = append(list, map[string]any{
					"formatted": m.Formatted, "streetAddress": m.StreetAddress, "locality": m.Locality, "region": m.Region,
					"postalCode": m.PostalCode, "country": m.Country, "type": m.Type, "primary": m.Primary,
				})
			}
		case "groups":
			for _, g := range groups {
				if slices.Contains(g.members, u.ID) {
					list = append(list, map[string]any{"value": g.group.ID})
				}
			}
		}
		return list
	}
}

// populated is a database with people and groups of a few texts, in the order
// of their IDs, which is that in which they came.
func populated(t *testing.T) (*store.DB, []*directory.User, []knownGroup) {
	t.Helper()
	ctx := context.Background()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.Open(ctx, "sqlite://"+filepath.Join(t.TempDir(), "filter.db"), store.Options{})
	check(err)
	t.Cleanup(func() { check(db.Close()) })
	check(db.Migrate(ctx))
	check(db.CreateProvider(ctx, &idp.Provider{
		ID: uuid.Must(uuid.NewV7()).String(), Slug: "corp", Name: "corp", State: idp.Active, CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}, audit.Event{}))
	people := directory.New(db, directory.Options{})

	random := rand.New(rand.NewPCG(7, 7))
	var users []*directory.User
	for i := range 60 {
		u := randomUser(random, i)
		check(people.Create(ctx, u, directory.Act{Event: audit.New(audit.UserCreated, "test"), Scope: "corp"}))
		stored, err := db.User(ctx, u.ID)
		check(err)
		users = append(users, stored)
	}
	var groups []knownGroup
	for i := range 8 {
		g := knownGroup{group: &directory.Group{DisplayName: fmt.Sprint(someTexts[i*2], i), Source: directory.FromSCIM, IDP: "corp"}}
		if i%2 == 0 {
			g.group.ExternalID = someTexts[random.IntN(len(someTexts))] + fmt.Sprint(i)
		}
		for _, u := range users {
			if i > 0 && random.IntN(6) == 0 || i == 0 && u == users[3] {
				g.members = append(g.members, u.ID)
			}
		}
		check(people.CreateGroup(ctx, g.group, g.members, directory.Act{Event: audit.New(audit.GroupCreated, "test"), Scope: "corp"}))
		g.group, err = db.Group(ctx, "corp", g.group.ID)
		check(err)
		groups = append(groups, g)
	}
	return db, users, groups
}

func randomUser(random *rand.Rand, i int) *directory.User {
	pick := func() string {
		if random.IntN(2) == 0 {
			return ""
		}
		return someTexts[random.IntN(len(someTexts))]
	}
	kind := func() string { return []string{"", "work", "home", "WORK"}[random.IntN(4)] }
	u := &directory.User{Active: random.IntN(3) > 0, Source: directory.FromSCIM, IDP: "corp"}
	for _, a := range slices.Sorted(maps.Keys(directory.UserAttributes)) {
		if field := textField(u, a); field != nil {
			*field = pick()
		}
	}
	u.UserName = fmt.Sprintf("%s%d", someTexts[i%len(someTexts)], i)
	if u.ExternalID != "" {
		u.ExternalID += fmt.Sprint(i)
	}
	multi := func() (list []directory.MultiValue) {
		for range random.IntN(4) {
			list = append(list, directory.MultiValue{Value: "v" + pick(), Type: kind(), Display: pick(), Primary: random.IntN(3) == 0 && len(list) == 0})
		}
		return list
	}
	u.Profile.Emails, u.Profile.PhoneNumbers = multi(), multi()
	for range random.IntN(3) {
		u.Profile.Addresses = append(u.Profile.Addresses, directory.Address{
			Formatted: pick(), StreetAddress: "s" + pick(), Locality: pick(), Region: pick(), PostalCode: pick(), Country: pick(), Type: kind(),
		})
	}
	return u
}
