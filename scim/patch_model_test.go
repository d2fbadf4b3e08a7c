package scim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"sallyport/directory"
)

// step is one operation, written as a robot does and as the model does it: the
// model knows a person as nothing but flat texts and a list of addresses.
type step struct {
	body string
	do   func(*modelUser) error
}

type modelUser struct {
	texts  map[string]string // by path
	emails []modelEmail
}

type modelEmail map[string]string // value, type, display; primary "true"

var errNoTarget = fmt.Errorf("no target")

// A PATCH leaves what doing its operations one after another to a simpler
// thing leaves, and nothing at all where one of them is refused.
func TestUserPatchModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 8).Draw(t, "operations")
		u := ada()
		want := modelOf(u)
		var bodies []string
		var wrong error
		for _, s := range steps {
			bodies = append(bodies, s.body)
			if wrong == nil {
				wrong = s.do(want)
			}
		}
		body := operations(strings.Join(bodies, ","))
		ops, err := readPatch(&call{Body: []byte(body)})
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		err = applyUserPatch(u, ops, newWork())
		if (err != nil) != (wrong != nil) {
			t.Fatalf("%s: %v, want %v", body, err, wrong)
		}
		if wrong != nil {
			want = modelOf(ada())
		}
		want.emails = slices.DeleteFunc(want.emails, func(e modelEmail) bool { return e["value"] == "" })
		if d := cmp.Diff(want, modelOf(u), cmp.AllowUnexported(modelUser{}), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s (-want +got):\n%s", body, d)
		}
	})
}

func modelOf(u *directory.User) *modelUser {
	m := &modelUser{texts: map[string]string{}}
	for path := range modelPaths {
		if v := *textField(u, directory.Attribute(path)); v != "" {
			m.texts[path] = v
		}
	}
	for _, e := range u.Profile.Emails {
		x := modelEmail{"value": e.Value, "type": e.Type, "display": e.Display}
		if e.Primary {
			x["primary"] = "true"
		}
		m.emails = append(m.emails, x.clean())
	}
	return m
}

func (e modelEmail) clean() modelEmail {
	maps.DeleteFunc(e, func(_, v string) bool { return v == "" })
	return e
}

// modelPaths are single texts by our name for them, with the paths that
// robots know them by.
var modelPaths = map[string][]string{
	"displayName":           {"displayName", "DISPLAYNAME", userSchema + ":displayName"},
	"title":                 {"title"},
	"externalId":            {"externalId"},
	"name.givenName":        {"name.givenName", "Name.GivenName", userSchema + ":name.givenName"},
	"name.familyName":       {"name.familyName"},
	"enterprise.department": {enterpriseSchema + ":department", "department", strings.ToUpper(enterpriseSchema) + ":Department"},
	"enterprise.costCenter": {enterpriseSchema + ":costCenter"},
}

func quote(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func drawOp(t *rapid.T, op string) string {
	return rapid.SampledFrom([]string{op, strings.ToUpper(op[:1]) + op[1:]}).Draw(t, "op")
}

func drawStep(t *rapid.T) step {
	switch rapid.SampledFrom([]string{"text", "text", "pathless", "name", "emails", "emails", "email", "email", "email"}).Draw(t, "step") {
	case "text":
		return drawText(t)
	case "pathless":
		return drawPathless(t)
	case "name":
		return drawName(t)
	case "emails":
		return drawEmails(t)
	}
	return drawEmail(t)
}

func drawPath(t *rapid.T) (path, written string) {
	path = rapid.SampledFrom(slices.Sorted(maps.Keys(modelPaths))).Draw(t, "path")
	return path, rapid.SampledFrom(modelPaths[path]).Draw(t, "written")
}

func (m *modelUser) set(path, value string) {
	m.texts[path] = value
	if value == "" {
		delete(m.texts, path)
	}
}

func drawText(t *rapid.T) step {
	path, written := drawPath(t)
	op := rapid.SampledFrom([]string{"add", "replace", "remove"}).Draw(t, "what")
	value := rapid.SampledFrom([]string{"", "x", "y", "ä"}).Draw(t, "value")
	body := fmt.Sprintf(`{"op":%q,"path":%s,"value":%s}`, drawOp(t, op), quote(written), quote(value))
	if op == "remove" {
		value, body = "", fmt.Sprintf(`{"op":%q,"path":%s}`, drawOp(t, op), quote(written))
	}
	return step{body, func(m *modelUser) error { m.set(path, value); return nil }}
}

func drawPathless(t *rapid.T) step {
	path, written := drawPath(t)
	value := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "value")
	body := fmt.Sprintf(`{"op":%q,"value":{%s:%s,"id":"7","unknown":[1]}}`, drawOp(t, "replace"), quote(written), quote(value))
	return step{body, func(m *modelUser) error { m.set(path, value); return nil }}
}

func drawName(t *rapid.T) step {
	if rapid.Bool().Draw(t, "remove") {
		return step{`{"op":"remove","path":"name"}`, func(m *modelUser) error {
			m.set("name.givenName", "")
			m.set("name.familyName", "")
			return nil
		}}
	}
	given := rapid.SampledFrom([]string{"G", "H"}).Draw(t, "given")
	return step{fmt.Sprintf(`{"op":"add","path":"name","value":{"givenName":%q}}`, given), func(m *modelUser) error {
		m.set("name.givenName", given)
		return nil
	}}
}

func drawEmailValue(t *rapid.T) modelEmail {
	return modelEmail{
		"value":   rapid.SampledFrom([]string{"a@x", "A@X", "b@x", "c@x"}).Draw(t, "value"),
		"type":    rapid.SampledFrom([]string{"", "work", "home"}).Draw(t, "type"),
		"display": rapid.SampledFrom([]string{"", "D"}).Draw(t, "display"),
		"primary": rapid.SampledFrom([]string{"", "", "true"}).Draw(t, "primary"),
	}.clean()
}

// drawEmails makes an operation to all addresses.
func drawEmails(t *rapid.T) step {
	list := rapid.SliceOfN(rapid.Custom(drawEmailValue), 0, 3).Draw(t, "list")
	op := rapid.SampledFrom([]string{"add", "replace", "remove", "remove all"}).Draw(t, "what")
	if op == "remove all" {
		return step{`{"op":"remove","path":"emails"}`, func(m *modelUser) error { m.emails = nil; return nil }}
	}
	body := fmt.Sprintf(`{"op":%q,"path":"emails","value":%s}`, drawOp(t, op), quote(list))
	return step{body, func(m *modelUser) error {
		given := lastPrimary(list)
		switch op {
		case "replace":
			m.emails = given
		case "remove":
			for _, g := range given {
				m.emails = slices.DeleteFunc(m.emails, g.like)
			}
		case "add":
			for _, g := range given {
				m.add(g)
			}
		}
		return nil
	}}
}

func lastPrimary(list []modelEmail) []modelEmail {
	var out []modelEmail
	for i, e := range list {
		e = maps.Clone(e)
		for _, later := range list[i+1:] {
			if later["primary"] != "" {
				delete(e, "primary")
			}
		}
		out = append(out, e)
	}
	return out
}

// like: the same address of the same type, or one of them names no type.
func (e modelEmail) like(other modelEmail) bool {
	return strings.EqualFold(e["value"], other["value"]) && (e["type"] == "" || other["type"] == "" || e["type"] == other["type"])
}

func (m *modelUser) add(e modelEmail) {
	at := slices.IndexFunc(m.emails, e.like)
	if at < 0 {
		m.emails = append(m.emails, maps.Clone(e))
		at = len(m.emails) - 1
	} else {
		maps.Copy(m.emails[at], e)
	}
	m.primary(at)
}

func (m *modelUser) primary(at int) {
	if m.emails[at]["primary"] == "" || m.emails[at]["value"] == "" {
		return
	}
	for i := range m.emails {
		if i != at {
			delete(m.emails[i], "primary")
		}
	}
}

// drawEmail makes an operation to the addresses that brackets choose.
func drawEmail(t *rapid.T) step {
	by := rapid.SampledFrom([]string{"type", "value", "primary"}).Draw(t, "by")
	key := map[string]string{"type": "work", "value": "a@x", "primary": "true"}[by]
	written := quote(key)
	if by == "primary" {
		written = rapid.SampledFrom([]string{"true", `"True"`}).Draw(t, "true")
	}
	sub := rapid.SampledFrom([]string{"", ".value", ".display", ".type"}).Draw(t, "sub")
	path := fmt.Sprintf("emails[%s eq %s]%s", by, written, sub)
	meets := func(e modelEmail) bool { return e[by] != "" && strings.EqualFold(e[by], key) }
	if rapid.Bool().Draw(t, "remove") {
		return step{fmt.Sprintf(`{"op":"remove","path":%s}`, quote(path)), func(m *modelUser) error {
			if sub == "" {
				m.emails = slices.DeleteFunc(m.emails, meets)
				return nil
			}
			for _, e := range m.emails {
				if meets(e) {
					delete(e, sub[1:])
				}
			}
			return nil
		}}
	}
	op := rapid.SampledFrom([]string{"add", "replace"}).Draw(t, "what")
	given, value := drawEmailValue(t), any(nil)
	if value = given; sub != "" {
		text := rapid.SampledFrom([]string{"home", "q@x", ""}).Draw(t, "text")
		given, value = modelEmail{sub[1:]: text}, text
	}
	body := fmt.Sprintf(`{"op":%q,"path":%s,"value":%s}`, drawOp(t, op), quote(path), quote(value))
	return step{body, func(m *modelUser) error {
		if !slices.ContainsFunc(m.emails, meets) {
			if by == "value" {
				return errNoTarget
			}
			m.emails = append(m.emails, modelEmail{by: key})
		}
		var chosen []int
		for i, e := range m.emails {
			if meets(e) {
				chosen = append(chosen, i)
			}
		}
		for _, i := range chosen {
			if op == "replace" && sub == "" {
				m.emails[i] = modelEmail{}
				if by != "value" {
					m.emails[i][by] = key
				}
			}
			maps.Copy(m.emails[i], given)
			m.emails[i].clean()
			m.primary(i)
		}
		return nil
	}}
}

// A change of a group does what its operations do, one after another, to a set.
func TestGroupPatchModel(t *testing.T) {
	ids := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfDistinct(ids, rapid.ID).Draw(t, "before")
		want, got := map[string]bool{}, map[string]bool{}
		for _, id := range before {
			want[id], got[id] = true, true
		}
		var bodies []string
		for range rapid.IntRange(1, 6).Draw(t, "n") {
			list := rapid.SliceOfN(ids, 0, 3).Draw(t, "list")
			one := ids.Draw(t, "one")
			switch rapid.SampledFrom([]string{"add", "remove", "brackets", "replace", "clear", "pathless"}).Draw(t, "what") {
			case "add":
				bodies = append(bodies, fmt.Sprintf(`{"op":"Add","path":"members","value":%s}`, quote(asMembers(list))))
				for _, id := range list {
					want[id] = true
				}
			case "pathless":
				bodies = append(bodies, fmt.Sprintf(`{"op":"add","value":{"members":%s}}`, quote(asMembers(list))))
				for _, id := range list {
					want[id] = true
				}
			case "remove":
				bodies = append(bodies, fmt.Sprintf(`{"op":"Remove","path":"members","value":%s}`, quote(asMembers(list))))
				for _, id := range list {
					delete(want, id)
				}
			case "brackets":
				bodies = append(bodies, fmt.Sprintf(`{"op":"remove","path":%s}`, quote(fmt.Sprintf("members[value eq %q]", one))))
				delete(want, one)
			case "replace":
				bodies = append(bodies, fmt.Sprintf(`{"op":"replace","path":"members","value":%s}`, quote(asMembers(list))))
				clear(want)
				for _, id := range list {
					want[id] = true
				}
			case "clear":
				bodies = append(bodies, `{"op":"remove","path":"members"}`)
				clear(want)
			}
		}
		body := operations(strings.Join(bodies, ","))
		ops, err := readPatch(&call{Body: []byte(body)})
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		change, err := groupPatch(ops, newWork(), nil)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if change.Replace {
			clear(got)
		}
		for _, id := range change.Add {
			got[id] = true
		}
		for _, id := range change.Remove {
			delete(got, id)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s to %v (-want +got):\n%s", body, before, d)
		}
	})
}

func asMembers(ids []string) []map[string]any {
	list := []map[string]any{}
	for _, id := range ids {
		list = append(list, map[string]any{"$ref": nil, "value": id})
	}
	return list
}
