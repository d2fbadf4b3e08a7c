package scim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/directory"
)

func TestResolve(t *testing.T) {
	for _, tc := range []struct {
		name string
		of   *resourceType
		want directory.Attribute
	}{
		{"userName", userType, "userName"},
		{"USERNAME", userType, "userName"},
		{"urn:ietf:params:scim:schemas:core:2.0:User:userName", userType, "userName"},
		{"URN:IETF:params:scim:schemas:CORE:2.0:user:Name.FamilyName", userType, "name.familyName"},
		{"emails.value", userType, "emails.value"},
		{"emails.$ref", userType, "-"},
		{enterpriseSchema, userType, "enterprise"},
		{enterpriseSchema + ":department", userType, "enterprise.department"},
		{enterpriseSchema + ".department", userType, "enterprise.department"},
		{enterpriseSchema + ":manager.value", userType, "enterprise.manager.value"},
		{"Department", userType, "enterprise.department"},
		{"Manager.Value", userType, "enterprise.manager.value"},
		{"meta.lastModified", userType, "meta.lastModified"},
		{"DisplayName", groupType, "displayName"},
		{"members.value", groupType, "members.value"},
		{groupSchema + ":members", groupType, "members"},
		{userSchema + ":displayName", groupType, "-"},
		{"userName", groupType, "-"},
		{"password", userType, "-"},
		{"", userType, "-"},
		{"userName.", userType, "-"},
	} {
		got := directory.Attribute("-")
		if a := tc.of.resolve(tc.name); a != nil {
			got = a.Path
		}
		if got != tc.want {
			t.Errorf("%s: resolve(%q) = %s, want %s", tc.of.Name, tc.name, got, tc.want)
		}
	}
}

// TestTypesAndDirectoryAgree: what the directory can be asked for has a name
// on the wire, and what the wire writes as text has a place in a User.
func TestTypesAndDirectoryAgree(t *testing.T) {
	for of, known := range map[*resourceType]map[directory.Attribute]directory.AttributeType{
		userType: directory.UserAttributes, groupType: directory.GroupAttributes,
	} {
		paths := map[directory.Attribute]bool{}
		var walk func([]*attribute)
		walk = func(list []*attribute) {
			for _, a := range list {
				if paths[a.Path] {
					t.Errorf("%s: two attributes are %s", of.Name, a.Path)
				}
				if a.bit >= 128 {
					t.Errorf("%s: %s has no place in a projection", of.Name, a.Path)
				}
				paths[a.Path] = true
				walk(a.Sub)
			}
		}
		walk(of.Attributes)
		for path := range known {
			if !paths[path] {
				t.Errorf("%s: nothing on the wire is %s", of.Name, path)
			}
		}
	}
	for path, kind := range directory.UserAttributes {
		a := userType.byName[strings.ToLower(strings.TrimPrefix(string(path), "enterprise."))]
		if a == nil || a.ReadOnly || a.MultiValued || a.Parent != nil && a.Parent.MultiValued || kind == directory.Boolean {
			continue
		}
		if textField(&directory.User{}, path) == nil {
			t.Errorf("%s has no place in a User", path)
		}
	}
}

func TestFind(t *testing.T) {
	s := &Server{routes: routeTable()}
	for _, tc := range []struct{ path, pattern, id string }{
		{"/Users", "/Users", ""},
		{"/users", "/Users", ""},
		{"/Users/1", "/Users/{id}", "1"},
		{"/Users/.search", "/Users/.search", ""},
		{"/Users/1/2", "", ""},
		{"/Bulk", "/Bulk", ""},
		{"/Bulk/1", "", ""},
		{"/Schemas/" + userSchema, "/Schemas/{id}", userSchema},
		{"/Schemas/.search", "", ""},
		{"/Userss", "", ""},
		{"/", "", ""},
		{"", "", ""},
	} {
		pattern := ""
		r, id := s.find(tc.path)
		if r != nil {
			pattern = r.pattern
		}
		if pattern != tc.pattern || id != tc.id {
			t.Errorf("find(%q) = %q, %q, want %q, %q", tc.path, pattern, id, tc.pattern, tc.id)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, tc := range []struct{ target, path, query string }{
		{"/scim/v2/Users", "/Users", ""},
		{"/scim/v2//Users//1//", "/Users/1", ""},
		{"/scim/v2/Users/?a=b", "/Users", "a=b"},
		{"/scim/v2", "", ""},
		{"/scim/v2/", "", ""},
		{"/scim/v2/?aadOptscim062020", "", "aadOptscim062020"},
		{"/scim/v2?aadOptscim062020/Users/1", "/Users/1", ""},
		{"/scim/v2/?aadOptscim062020/Users?filter=a/b", "/Users", "filter=a/b"},
		{"/scim/v2/Users?aadOptscim062020&filter=a/b", "/Users", "aadOptscim062020&filter=a/b"},
		{"/scim/v2/?filter=a/b", "", "filter=a/b"},
	} {
		path, query := address(httptest.NewRequest(http.MethodGet, tc.target, nil))
		if path != tc.path || query != tc.query {
			t.Errorf("address(%s) = %q, %q, want %q, %q", tc.target, path, query, tc.path, tc.query)
		}
	}
}

func TestCursorsReadWhatTheyWrote(t *testing.T) {
	for _, p := range []place{
		{checksum: 1, total: -1},
		{checksum: 1<<64 - 1, total: 100000, after: "0193f2a0-0000-7000-8000-00000000abcd"},
		{checksum: 7, total: 5, offset: 400},
	} {
		got, err := readCursor(p.cursor(), p.checksum)
		if err != nil || got != p {
			t.Errorf("%+v became %+v, %v", p, got, err)
		}
		if _, err := readCursor(p.cursor(), p.checksum+1); refusalOf(err).SCIMType != invalidCursor {
			t.Errorf("another question: %v, want invalidCursor", err)
		}
	}
	for _, wrong := range []string{"x", "!", "MS4y", strings.Repeat("A", 4000), place{checksum: 1, offset: 3, after: "x"}.cursor(), place{checksum: 1, after: "x' OR 1"}.cursor()} {
		if _, err := readCursor(wrong, 1); refusalOf(err).SCIMType != invalidCursor {
			t.Errorf("%.20s: %v, want invalidCursor", wrong, err)
		}
	}
}
