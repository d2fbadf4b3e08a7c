package scim

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sallyport/directory"
)

// patchOf reads operations as they stand in a body.
func patchOf(t testing.TB, body string) []operation {
	t.Helper()
	ops, err := readPatch(&call{Body: []byte(body)})
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return ops
}

func operations(list string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + list + `]}`
}

func ada() *directory.User {
	return &directory.User{
		ID: "1", UserName: "ada@example.com", ExternalID: "x1", Active: true,
		Profile: directory.Profile{
			DisplayName: "Ada Lovelace",
			Name:        directory.Name{GivenName: "Ada", FamilyName: "Lovelace"},
			Emails: []directory.MultiValue{
				{Value: "ada@example.com", Type: "work", Primary: true},
				{Value: "ada@home.example", Type: "home"},
			},
			Enterprise: directory.Enterprise{Department: "Engines", Manager: directory.Manager{Value: "m1", DisplayName: "Charles"}},
		},
	}
}

const extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

func TestUserPatch(t *testing.T) {
	for _, c := range []struct {
		name string
		ops  string
		want func(u *directory.User) // what differs from ada
	}{
		// Entra without its flag.
		{"capitals and a string for active", `{"op":"Replace","path":"active","value":"False"}`,
			func(u *directory.User) { u.Active = false }},
		{"replace a sub-attribute", `{"op":"Replace","path":"name.familyName","value":"King"}`,
			func(u *directory.User) { u.Profile.Name.FamilyName = "King" }},
		{"the extension's URN", `{"op":"Add","path":"` + extension + `:department","value":"Maths"}`,
			func(u *directory.User) { u.Profile.Enterprise.Department = "Maths" }},
		{"an element that is there", `{"op":"Replace","path":"emails[type eq \"work\"].value","value":"a@new"}`,
			func(u *directory.User) { u.Profile.Emails[0].Value = "a@new" }},
		{"an element that is missing", `{"op":"Add","path":"addresses[type eq \"work\"].formatted","value":"1 Street"},
			{"op":"Add","path":"addresses[type eq \"work\"].country","value":"GB"}`,
			func(u *directory.User) {
				u.Profile.Addresses = []directory.Address{{Type: "work", Formatted: "1 Street", Country: "GB"}}
			}},
		{"primary as a string", `{"op":"Add","path":"phoneNumbers[primary eq \"True\"].value","value":"1"}`,
			func(u *directory.User) { u.Profile.PhoneNumbers = []directory.MultiValue{{Value: "1", Primary: true}} }},
		{"its type before its value", `{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].display","value":"mobile"},
			{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"2"}`,
			func(u *directory.User) {
				u.Profile.PhoneNumbers = []directory.MultiValue{{Value: "2", Type: "mobile", Display: "mobile"}}
			}},
		{"a manager's bare id", `{"op":"Add","path":"manager","value":"m2"}`,
			func(u *directory.User) { u.Profile.Enterprise.Manager = directory.Manager{Value: "m2"} }},
		{"a manager as a list", `{"op":"Add","path":"` + extension + `:manager","value":[{"$ref":"Users/m2","value":"m2"}]}`,
			func(u *directory.User) { u.Profile.Enterprise.Manager = directory.Manager{Value: "m2"} }},
		{"no manager", `{"op":"Remove","path":"manager"}`,
			func(u *directory.User) { u.Profile.Enterprise.Manager = directory.Manager{} }},
		{"roles are not kept", `{"op":"Add","path":"roles[primary eq \"True\"].value","value":"x"}`, nil},
		{"another extension is not kept", `{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge","value":"x"}`, nil},

		// Entra with its flag.
		{"keys with dots and URNs", `{"op":"replace","value":{"name.givenName":"Augusta","` + extension + `:department":"Maths","emails[type eq \"home\"].value":"a@h","unknown":{"a":1}}}`,
			func(u *directory.User) {
				u.Profile.Name.GivenName, u.Profile.Enterprise.Department = "Augusta", "Maths"
				u.Profile.Emails[1].Value = "a@h"
			}},

		// Okta, JumpCloud, OneLogin.
		{"without a path", `{"op":"replace","value":{"active":false}}`, func(u *directory.User) { u.Active = false }},
		{"read-only ones without a path", `{"op":"replace","value":{"id":"2","groups":[],"meta":{},"schemas":[],"displayName":"A"}}`,
			func(u *directory.User) { u.Profile.DisplayName = "A" }},
		{"the extension as an object", `{"op":"add","value":{"` + extension + `":{"costCenter":"7"}}}`,
			func(u *directory.User) { u.Profile.Enterprise.CostCenter = "7" }},
		{"the extension as a path", `{"op":"replace","path":"` + extension + `","value":{"costCenter":"7"}}`,
			func(u *directory.User) { u.Profile.Enterprise.CostCenter = "7" }},
		{"the schema as a path", `{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"title":"T"}}`,
			func(u *directory.User) { u.Profile.Title = "T" }},
		{"a list for one value", `{"op":"replace","path":"title","value":["T"]}`, func(u *directory.User) { u.Profile.Title = "T" }},
		{"a number for text", `{"op":"replace","path":"employeeNumber","value":7}`, func(u *directory.User) { u.Profile.Enterprise.EmployeeNumber = "7" }},
		{"null takes away", `{"op":"replace","path":"displayName","value":null}`, func(u *directory.User) { u.Profile.DisplayName = "" }},
		{"an empty string takes away", `{"op":"replace","path":"externalId","value":""}`, func(u *directory.User) { u.ExternalID = "" }},
		{"null says nothing of active", `{"op":"replace","value":{"active":null}}`, nil},
		{"any case", `{"op":"REPLACE","path":"NAME.FAMILYNAME","value":"K"}`, func(u *directory.User) { u.Profile.Name.FamilyName = "K" }},

		// RFC 7644 section 3.5.2.
		{"add merges a complex attribute", `{"op":"add","path":"name","value":{"middleName":"B"}}`, func(u *directory.User) { u.Profile.Name.MiddleName = "B" }},
		{"remove a complex attribute", `{"op":"remove","path":"name"}`, func(u *directory.User) { u.Profile.Name = directory.Name{} }},
		{"add an element", `{"op":"add","path":"emails","value":[{"value":"3@x","type":"other"}]}`,
			func(u *directory.User) {
				u.Profile.Emails = append(u.Profile.Emails, directory.MultiValue{Value: "3@x", Type: "other"})
			}},
		{"add what is there", `{"op":"add","path":"emails","value":{"value":"ADA@example.com","type":"work"}}`,
			func(u *directory.User) { u.Profile.Emails[0].Value = "ADA@example.com" }},
		{"a new primary", `{"op":"add","path":"emails","value":[{"value":"3@x","primary":true}]}`,
			func(u *directory.User) {
				u.Profile.Emails[0].Primary = false
				u.Profile.Emails = append(u.Profile.Emails, directory.MultiValue{Value: "3@x", Primary: true})
			}},
		{"another primary", `{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}`,
			func(u *directory.User) { u.Profile.Emails[0].Primary, u.Profile.Emails[1].Primary = false, true }},
		{"a primary that never comes", `{"op":"add","path":"emails[type eq \"other\"].primary","value":true}`, nil},
		{"a primary that comes in two", `{"op":"add","path":"emails[type eq \"other\"].primary","value":true},{"op":"add","path":"emails[type eq \"other\"].value","value":"o@x"}`,
			func(u *directory.User) {
				u.Profile.Emails[0].Primary = false
				u.Profile.Emails = append(u.Profile.Emails, directory.MultiValue{Value: "o@x", Type: "other", Primary: true})
			}},
		{"the schema's URN as a name", `{"op":"add","value":{"urn:ietf:params:scim:schemas:core:2.0:User":{"emails":["u@x"]}}}`,
			func(u *directory.User) {
				u.Profile.Emails = append(u.Profile.Emails, directory.MultiValue{Value: "u@x"})
			}},
		{"replace all elements", `{"op":"replace","path":"emails","value":["4@x"]}`,
			func(u *directory.User) { u.Profile.Emails = []directory.MultiValue{{Value: "4@x"}} }},
		{"replace one element", `{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"5@x"}}`,
			func(u *directory.User) { u.Profile.Emails[0] = directory.MultiValue{Value: "5@x", Type: "work"} }},
		{"add to one element", `{"op":"add","path":"emails[type eq \"work\"]","value":{"display":"Ada"}}`,
			func(u *directory.User) { u.Profile.Emails[0].Display = "Ada" }},
		{"remove one element", `{"op":"remove","path":"emails[type eq \"home\" and not (value pr and value eq \"b\")]"}`,
			func(u *directory.User) { u.Profile.Emails = u.Profile.Emails[:1] }},
		{"remove the value of one element", `{"op":"remove","path":"emails[value ew \".EXAMPLE\"].value"}`,
			func(u *directory.User) { u.Profile.Emails = u.Profile.Emails[:1] }},
		{"remove values", `{"op":"remove","path":"emails","value":[{"value":"ada@home.example"}]}`,
			func(u *directory.User) { u.Profile.Emails = u.Profile.Emails[:1] }},
		{"remove no values", `{"op":"remove","path":"emails","value":[]}`, nil},
		{"remove all elements", `{"op":"remove","path":"emails"}`, func(u *directory.User) { u.Profile.Emails = nil }},
		{"remove what is not there", `{"op":"remove","path":"emails[type eq \"other\"]"}`, nil},
		{"a sub-attribute of the primary element", `{"op":"replace","path":"emails.value","value":"6@x"}`,
			func(u *directory.User) { u.Profile.Emails[0].Value = "6@x" }},
		{"one after another", `{"op":"remove","path":"emails"},{"op":"add","path":"emails","value":[{"value":"7@x"}]},{"op":"add","path":"emails[value eq \"7@x\"].type","value":"work"}`,
			func(u *directory.User) { u.Profile.Emails = []directory.MultiValue{{Value: "7@x", Type: "work"}} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, want := ada(), ada()
			if c.want != nil {
				c.want(want)
			}
			if err := applyUserPatch(got, patchOf(t, operations(c.ops)), newWork()); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestUserPatchRefuses(t *testing.T) {
	for _, c := range []struct{ ops, scimType string }{
		{`{"op":"remove","path":"userName"}`, mutability},
		{`{"op":"replace","path":"userName","value":""}`, mutability},
		{`{"op":"replace","value":{"userName":null}}`, mutability},
		{`{"op":"remove","path":"active"}`, mutability},
		{`{"op":"replace","path":"id","value":"2"}`, mutability},
		{`{"op":"remove","path":"groups"}`, mutability},
		{`{"op":"add","path":"meta.created","value":"x"}`, mutability},
		{`{"op":"remove"}`, noTarget},
		{`{"op":"remove","value":{"title":"x"}}`, noTarget},
		{`{"op":"replace","path":"emails[value eq \"gone@x\"].value","value":"x"}`, noTarget},
		{`{"op":"replace","path":"emails[type eq \"other\" or type eq \"x\"].value","value":"x"}`, noTarget},
		{`{"op":"add","path":"emails[display sw \"z\"].value","value":"x"}`, noTarget},
		{`{"op":"add","path":"title"}`, invalidValue},
		{`{"op":"replace","value":"x"}`, invalidValue},
		{`{"op":"replace","value":[1]}`, invalidValue},
		{`{"op":"replace","path":"active","value":"maybe"}`, invalidValue},
		{`{"op":"replace","path":"title","value":{"a":"b"}}`, invalidValue},
		{`{"op":"replace","path":"title","value":["a","b"]}`, invalidValue},
		{`{"op":"replace","path":"title","value":"a\u0000"}`, invalidValue},
		{`{"op":"replace","path":"name","value":"x"}`, invalidValue},
		{`{"op":"replace","path":"emails[type eq \"work\"]","value":[{"value":"a"},{"value":"b"}]}`, invalidValue},
		{`{"op":"add","path":"emails","value":[` + strings.Repeat(`"a",`, 101) + `"a"]}`, invalidValue},
		{`{"op":"replace","path":"title","value":"x"},{"op":"add","value":{"Title":"a","title":"b"}}`, invalidSyntax},
		{`{"op":"replace","path":"emails[type eq","value":"x"}`, invalidPath},
		{`{"op":"replace","path":"emails[type eq \"work\"].value x","value":"x"}`, invalidPath},
		{`{"op":"replace","path":"emails[type eq \"work\"]value","value":"x"}`, invalidPath},
		{`{"op":"replace","path":"title[type eq \"work\"]","value":"x"}`, invalidPath},
		{`{"op":"replace","path":"display name","value":"x"}`, invalidPath},
		{`{"op":"replace","path":"(","value":"x"}`, invalidPath},
		{`{"op":"replace","path":"9","value":"x"}`, invalidPath},
		{`{"op":"replace","value":{"emails[type eq":"x"}}`, invalidPath},
		{`{"op":"replace","path":"` + strings.Repeat("x", 9000) + `","value":"x"}`, invalidPath},
	} {
		u := ada()
		// What comes first must be undone.
		err := applyUserPatch(u, append(patchOf(t, operations(`{"op":"replace","value":{"title":"T","emails":[{"value":"x"}]}},{"op":"add","path":"emails[primary eq true].value","value":"y"}`)),
			patchOf(t, operations(c.ops))...), newWork())
		var r *refusal
		if !errors.As(err, &r) || r.Status != 400 || r.SCIMType != c.scimType {
			t.Errorf("%.90s: %v, want %s", c.ops, err, c.scimType)
		}
		if d := cmp.Diff(ada(), u); d != "" {
			t.Errorf("%.90s changed something (-want +got):\n%s", c.ops, d)
		}
	}
}

func TestGroupPatch(t *testing.T) {
	name := func(s string) *string { return &s }
	for _, c := range []struct {
		name string
		body string
		want directory.GroupChange
	}{
		{"Entra adds", operations(`{"op":"Add","path":"members","value":[{"$ref":null,"value":"a"},{"value":"b"}]}`), directory.GroupChange{Add: []string{"a", "b"}}},
		{"Entra removes a list", operations(`{"op":"Remove","path":"members","value":[{"$ref":null,"value":"a"}]}`), directory.GroupChange{Remove: []string{"a"}}},
		{"Entra's flag removes by brackets", operations(`{"op":"remove","path":"members[value eq \"a\"]"}`), directory.GroupChange{Remove: []string{"a"}}},
		{"Okta removes and adds", operations(`{"op":"remove","path":"members[value eq \"a\"]"},{"op":"add","path":"members","value":[{"value":"b","display":"B"}]}`), directory.GroupChange{Add: []string{"b"}, Remove: []string{"a"}}},
		{"Okta renames", operations(`{"op":"replace","value":{"id":"g","displayName":"New"}}`), directory.GroupChange{DisplayName: name("New")}},
		{"Okta pushes all", operations(`{"op":"replace","path":"members","value":[{"value":"a"}]}`), directory.GroupChange{Replace: true, Add: []string{"a"}}},
		{"Okta pushes none", operations(`{"op":"replace","path":"members","value":[]}`), directory.GroupChange{Replace: true}},
		{"no value at all", operations(`{"op":"replace","path":"members"}`), directory.GroupChange{Replace: true}},
		{"all are removed", operations(`{"op":"remove","path":"members"}`), directory.GroupChange{Replace: true}},
		{"an empty list removes nobody", operations(`{"op":"remove","path":"members","value":[]}`), directory.GroupChange{}},
		{"bare ids", operations(`{"op":"add","path":"members","value":["a","b"]},{"op":"add","path":"members","value":"c"}`), directory.GroupChange{Add: []string{"a", "b", "c"}}},
		{"without a path", operations(`{"op":"add","value":{"members":[{"value":"a"}]}}`), directory.GroupChange{Add: []string{"a"}}},
		{"removed without a path", operations(`{"op":"remove","value":{"members":[{"value":"a"}]}}`), directory.GroupChange{Remove: []string{"a"}}},
		{"members.value", operations(`{"op":"remove","path":"members.value","value":"a"}`), directory.GroupChange{Remove: []string{"a"}}},
		{"several by brackets", operations(`{"op":"remove","path":"members[value eq \"a\" or value eq \"b\"]"}`), directory.GroupChange{Remove: []string{"a", "b"}}},
		{"added by brackets", operations(`{"op":"add","path":"members[value eq \"a\"]","value":{}}`), directory.GroupChange{Add: []string{"a"}}},
		{"by what they are", operations(`{"op":"remove","path":"members[type eq \"group\"]"}`), directory.GroupChange{Remove: []string{"inner"}}},
		{"one for another", operations(`{"op":"replace","path":"members[value eq \"a\"]","value":[{"value":"b"}]}`), directory.GroupChange{Add: []string{"b"}, Remove: []string{"a"}}},
		{"a display is not kept", operations(`{"op":"replace","path":"members[value eq \"a\"].display","value":"A"}`), directory.GroupChange{}},
		{"in and out again", operations(`{"op":"add","path":"members","value":["a"]},{"op":"remove","path":"members","value":["a"]}`), directory.GroupChange{Remove: []string{"a"}}},
		{"all out, one in", operations(`{"op":"remove","path":"members"},{"op":"add","path":"members","value":["a","b"]},{"op":"remove","path":"members","value":["a"]}`), directory.GroupChange{Replace: true, Add: []string{"b"}}},
		{"externalId goes", operations(`{"op":"remove","path":"externalId"}`), directory.GroupChange{ExternalID: name("")}},
		{"Microsoft's schema is not kept", operations(`{"op":"add","path":"http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group:x","value":"y"}`), directory.GroupChange{}},
		{"OneLogin's 1.1", `{"schemas":["urn:scim:schemas:core:1.0"],"members":[{"value":"a","operation":"add"},{"value":"b","operation":"delete"}]}`, directory.GroupChange{Add: []string{"a"}, Remove: []string{"b"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := false
			got, err := groupPatch(patchOf(t, c.body), newWork(), func() ([]directory.Member, error) {
				asked = true
				return []directory.Member{{ID: "a", Kind: directory.UserMember}, {ID: "inner", Kind: directory.GroupMember}}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if asked != strings.Contains(c.body, "[type") {
				t.Errorf("all members were read: %v", asked)
			}
		})
	}
}

func TestGroupPatchRefuses(t *testing.T) {
	const most = maxMemberValues
	for _, c := range []struct {
		ops      string
		status   int
		scimType string
	}{
		{`{"op":"remove","path":"displayName"}`, 400, mutability},
		{`{"op":"replace","path":"displayName","value":null}`, 400, mutability},
		{`{"op":"replace","path":"id","value":"x"}`, 400, mutability},
		{`{"op":"remove"}`, 400, noTarget},
		{`{"op":"remove","value":{"displayName":"x"}}`, 400, noTarget},
		{`{"op":"remove","value":{"members":null}}`, 400, noTarget},
		{`{"op":"add","path":"members"}`, 400, invalidValue},
		{`{"op":"replace","path":"members","value":[{"display":"nobody"}]}`, 400, invalidValue},
		{`{"op":"replace","path":"members","value":{}}`, 400, invalidValue},
		{`{"op":"remove","path":"members[display eq \"x\"]"}`, 400, invalidPath},
		{`{"op":"remove","path":"members[value"}`, 400, invalidPath},
		{`{"op":"add","path":"members","value":[` + strings.Repeat("1,", most) + `1]}`, 413, ""},
		{`{"op":"add","path":"members","value":["a"]},{"op":"remove","path":"members","value":[` + strings.Repeat("1,", most-1) + `1]}`, 413, ""},
	} {
		_, err := groupPatch(patchOf(t, operations(c.ops)), newWork(), nil)
		var r *refusal
		if !errors.As(err, &r) || r.Status != c.status || r.SCIMType != c.scimType {
			t.Errorf("%.90s: %v, want %d %s", c.ops, err, c.status, c.scimType)
		}
	}
}
