package session_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/idp"
	"sallyport/internal/testidp"
	"sallyport/session"
)

func TestGroups(t *testing.T) {
	many := make([]string, 1200)
	for i := range many {
		many[i] = fmt.Sprintf("group-%04d", i)
	}
	attribute := func(name string, values ...string) testidp.Attribute {
		return testidp.Attribute{Name: name, Values: values}
	}
	for _, c := range []struct {
		name       string
		attributes []testidp.Attribute
		want       []string
	}{
		{"none", []testidp.Attribute{attribute("department", "Staff")}, nil},
		{"groups", []testidp.Attribute{attribute("groups", "Staff", "Zürich & <HQ>")}, []string{"Staff", "Zürich & <HQ>"}},
		{"in another case", []testidp.Attribute{attribute("Groups", "Staff")}, []string{"Staff"}},
		{"memberOf", []testidp.Attribute{attribute("memberOf", "CN=Staff,DC=example,DC=com")}, []string{"CN=Staff,DC=example,DC=com"}},
		{"Entra", []testidp.Attribute{attribute("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", "b5ab59a4-3c02-47d8-9ab5-0a6e7b2f9c11")},
			[]string{"b5ab59a4-3c02-47d8-9ab5-0a6e7b2f9c11"}},
		{"AD FS", []testidp.Attribute{attribute("http://schemas.xmlsoap.org/claims/Group", "Staff")}, []string{"Staff"}},
		{"of several attributes, each once", []testidp.Attribute{attribute("memberOf", "Staff", "Ops"), attribute("groups", "Ops", "Staff", "Sales")},
			[]string{"Staff", "Ops", "Sales"}},
		{"names that only look alike", []testidp.Attribute{attribute("group", "a"), attribute("groups2", "b"), attribute("xgroups", "c"),
			attribute(testidp.AccessControlPrefix+"groups", "d")}, nil},
		{"case and blanks are the group's own", []testidp.Attribute{attribute("groups", "staff", "Staff", " Staff", "")}, []string{"staff", "Staff", " Staff"}},
		{"too long", []testidp.Attribute{attribute("groups", strings.Repeat("x", 1025), strings.Repeat("y", 1024))}, []string{strings.Repeat("y", 1024)}},
		{"too many", []testidp.Attribute{attribute("groups", many...)}, many[:1000]},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, idp.Settings{})
			arrived := h.mustReceive(h.respond(testidp.Response{Attributes: c.attributes, Groups: []string{}}))
			r := carrying(&http.Cookie{Name: "__Host-sallyport", Value: arrived.Token})
			s, err := session.NewCookies(h.manager, true).Session(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, s.Groups()); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
		})
	}
	if got := (&session.Session{GroupsJSON: `{"not":"a list"}`}).Groups(); got != nil {
		t.Errorf("what is no list gives %v", got)
	}
}
