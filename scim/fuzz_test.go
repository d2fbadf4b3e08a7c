package scim

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sallyport/directory"
)

// refusedAs makes sure that err is an answer for a robot: a 400 of one of
// these types, or a 413.
func refusedAs(t *testing.T, err error, types ...string) {
	t.Helper()
	var r *refusal
	if !errors.As(err, &r) {
		t.Fatalf("%v is no refusal", err)
	}
	if r.Status == 413 {
		return
	}
	for _, known := range types {
		if r.Status == 400 && r.SCIMType == known && r.Detail != "" && utf8.ValidString(r.Detail) {
			return
		}
	}
	t.Fatalf("refused by %v, want one of %v", err, types)
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{
		`userName eq "bjensen"`, `title pr and not (userType eq "Intern")`, `emails[type eq "work" and value co "@x"].value ne "a"`,
		`meta.lastModified gt "2011-05-13T04:42:34Z"`, `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq null`,
		`id eq "a" and members[value eq "b" or type eq "Group"]`, `active eq "False"`, `schemas ne "urn"`, `roles[a eq 1]`, `((((`, `a eq "\ud800"`,
	} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, text string, groups bool) {
		of := userType
		if groups {
			of = groupType
		}
		e, err := parseFilter(text, of)
		if err != nil {
			refusedAs(t, err, invalidFilter)
			return
		}
		if n := comparisonsIn(e); n > 6*maxComparisons {
			t.Fatalf("%d comparisons", n)
		}
		// What was understood can be said again, unless that takes more
		// parentheses than are allowed.
		again, err := parseFilter(printFilter(e), of)
		if err != nil {
			var r *refusal
			if errors.As(err, &r) && (strings.Contains(r.Detail, "deep") || strings.Contains(r.Detail, "longer") || strings.Contains(r.Detail, "at most")) {
				return
			}
			t.Fatalf("%q was printed as %q: %v", text, printFilter(e), err)
		}
		if d := cmp.Diff(e, again); d != "" {
			t.Fatalf("%q (-first +again):\n%s", text, d)
		}
	})
}

func comparisonsIn(e directory.Expr) int {
	switch e := e.(type) {
	case directory.And:
		return comparisonsIn(e.Left) + comparisonsIn(e.Right)
	case directory.Or:
		return comparisonsIn(e.Left) + comparisonsIn(e.Right)
	case directory.Not:
		return comparisonsIn(e.Of)
	case directory.Element:
		return comparisonsIn(e.Where)
	}
	return 1
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{
		"", "userName", "name.familyName", `emails[type eq "work"].value`, `addresses[not (type pr)]`, "members", `members[value eq "x"]`,
		"urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "a[", `a["`, "a].b", "$ref",
	} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, text string, groups bool) {
		of := userType
		if groups {
			of = groupType
		}
		p, err := parsePath(text, of)
		if err != nil {
			refusedAs(t, err, invalidPath)
			return
		}
		switch {
		case p.whole && (p.attr != nil || p.where != nil || p.sub != nil):
			t.Fatalf("%q is the resource and more: %+v", text, p)
		case p.sub != nil && (p.attr == nil || !p.attr.MultiValued || p.sub.Parent != p.attr):
			t.Fatalf("%q has a sub-attribute of nothing: %+v", text, p)
		case p.where != nil && p.attr != nil && !p.attr.MultiValued:
			t.Fatalf("%q chooses from one value: %+v", text, p)
		}
	})
}

func FuzzPatch(f *testing.F) {
	for _, s := range []string{
		`{"op":"Replace","path":"active","value":"False"}`,
		`{"op":"add","path":"emails[type eq \"other\"].value","value":"x"},{"op":"remove","path":"emails[primary eq true]"}`,
		`{"op":"replace","value":{"name.givenName":"x","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}}`,
		`{"op":"add","path":"manager","value":[{"value":"m"}]}`,
		`{"op":"remove","path":"members","value":[{"value":"a"}]},{"op":"add","path":"members","value":["b",null]}`,
		`{"op":"remove","path":"members[value eq \"a\" or type eq \"Group\"]"},{"op":"replace","path":"members"}`,
		`{"op":"replace","path":"userName","value":null}`,
	} {
		f.Add(operations(s))
	}
	f.Add(`{"schemas":["urn:scim:schemas:core:1.0"],"members":[{"value":"a","operation":"delete"}],"active":false}`)
	f.Fuzz(func(t *testing.T, body string) {
		ops, err := readPatch(&call{Body: []byte(body)})
		if err != nil {
			refusedAs(t, err, invalidSyntax, invalidPath, invalidValue)
			return
		}
		u := ada()
		if err := applyUserPatch(u, ops, newWork()); err != nil {
			refusedAs(t, err, invalidSyntax, invalidPath, invalidValue, mutability, noTarget)
			if d := cmp.Diff(ada(), u); d != "" {
				t.Fatalf("refused and yet changed (-want +got):\n%s", d)
			}
		} else {
			sound(t, u)
		}
		change, err := groupPatch(ops, newWork(), func() ([]directory.Member, error) {
			return []directory.Member{{ID: "a", Kind: directory.UserMember}}, nil
		})
		if err != nil {
			refusedAs(t, err, invalidSyntax, invalidPath, invalidValue, mutability, noTarget)
			return
		}
		in := map[string]bool{}
		for _, id := range change.Add {
			in[id] = true
		}
		for _, id := range change.Remove {
			if in[id] || change.Replace {
				t.Fatalf("%q comes and goes", id)
			}
		}
	})
}

// sound: a PATCH leaves what a POST could have made.
func sound(t *testing.T, u *directory.User) {
	t.Helper()
	if u.UserName == "" || u.ID != "1" {
		t.Fatalf("the userName or id is lost: %+v", u)
	}
	for _, list := range [][]directory.MultiValue{u.Profile.Emails, u.Profile.PhoneNumbers} {
		primary := 0
		for _, m := range list {
			if m.Value == "" {
				t.Fatalf("an element without a value: %+v", list)
			}
			if m.Primary {
				primary++
			}
		}
		if primary > 1 || len(list) > maxElements {
			t.Fatalf("%d primary of %d elements", primary, len(list))
		}
	}
}
