package scim_test

import (
	"fmt"
	"strings"
	"testing"

	"sallyport/directory"
)

const awsPerson = `{"userName":%q,"displayName":"A","name":{"givenName":"A","familyName":"B"}%s}`

// One request after another, each in AWS's ways.
func TestAWSCompatibility(t *testing.T) {
	h := newHouseOn(t, sqliteURL(t), directory.TokenOptions{Compatibility: directory.AWS})
	a := h.do("POST", "/Users", fmt.Sprintf(awsPerson, "ada@x", `,"emails":[{"value":"ada@x","type":"work","primary":true}]`))
	if a.status != 201 {
		t.Fatalf("create: %d %s", a.status, a.body)
	}
	user := a.json.(map[string]any)["id"].(string)
	a = h.do("POST", "/Groups", fmt.Sprintf(`{"displayName":"Staff","members":[{"value":%q}]}`, user))
	if a.status != 201 {
		t.Fatalf("create a group: %d %s", a.status, a.body)
	}
	group := a.json.(map[string]any)["id"].(string)

	var ids []string
	for i := range 101 {
		ids = append(ids, fmt.Sprintf(`{"value":"%d"}`, i))
	}
	many := strings.Join(ids, ",")
	for _, c := range []struct {
		name, method, target, body string
		status                     int
	}{
		{"no Bulk", "POST", "/Bulk", bulkOf(0), 404},
		{"no search", "POST", "/Users/.search", `{}`, 404},
		{"no Me", "GET", "/Me", "", 404},
		{"a wrong filter's attribute", "GET", `/Users?filter=title eq "x"`, "", 400},
		{"another operator", "GET", `/Users?filter=userName sw "x"`, "", 400},
		{"or", "GET", `/Users?filter=userName eq "x" or userName eq "y"`, "", 400},
		{"a manager alone", "GET", `/Users?filter=manager eq "x"`, "", 400},
		{"a manager with id", "GET", `/Users?filter=manager eq "x" and id eq "y"`, "", 200},
		{"userName", "GET", `/Users?filter=userName eq "ADA@X"`, "", 200},
		{"external id and user name", "GET", `/Users?filter=externalId eq "1" and userName eq "x"`, "", 200},
		{"members and id", "GET", fmt.Sprintf(`/Groups?filter=members eq %q and id eq %q`, user, group), "", 200},
		{"a group's externalId", "GET", `/Groups?filter=externalId eq "x"`, "", 200},
		{"startIndex counts for nothing", "GET", "/Users?startIndex=50&attributes=id&count=500", "", 200},

		{"no displayName", "POST", "/Users", `{"userName":"b@x","name":{"givenName":"A","familyName":"B"}}`, 400},
		{"no familyName", "POST", "/Users", `{"userName":"b@x","displayName":"B","name":{"givenName":"A"}}`, 400},
		{"two addresses", "POST", "/Users", fmt.Sprintf(awsPerson, "b@x", `,"emails":[{"value":"a","primary":true},{"value":"b"}]`), 400},
		{"an address that is not primary", "POST", "/Users", fmt.Sprintf(awsPerson, "b@x", `,"emails":[{"value":"a"}]`), 400},
		{"photos", "POST", "/Users", fmt.Sprintf(awsPerson, "b@x", `,"photos":[{"value":"a"}]`), 400},
		{"a password", "POST", "/Users", fmt.Sprintf(awsPerson, "b@x", `,"password":"a"`), 400},
		{"no photos", "POST", "/Users", fmt.Sprintf(awsPerson, "c@x", `,"photos":null,"ims":[],"roles":[{"value":"r"}]`), 201},
		{"two roles", "POST", "/Users", fmt.Sprintf(awsPerson, "b@x", `,"roles":[{"value":"r"},{"value":"s"}]`), 400},

		{"active as AWS's sample has it", "PATCH", "/Users/" + user, operationsOf(`{"op":"replace","path":"active","value":"false"}`), 200},
		{"active twice", "PATCH", "/Users/" + user, operationsOf(`{"op":"replace","path":"active","value":true},{"op":"replace","value":{"active":false}}`), 400},
		{"a path that is not supported", "PATCH", "/Users/" + user, operationsOf(`{"op":"replace","path":"photos","value":[]}`), 400},
		{"without a value", "PATCH", "/Users/" + user, operationsOf(`{"op":"replace","path":"title"}`), 400},
		{"a required one removed", "PATCH", "/Users/" + user, operationsOf(`{"op":"remove","path":"displayName"}`), 400},
		{"a second address", "PATCH", "/Users/" + user, operationsOf(`{"op":"add","path":"emails","value":[{"value":"other"}]}`), 400},

		{"no PUT of groups", "PUT", "/Groups/" + group, `{"displayName":"x"}`, 405},
		{"all members replaced", "PATCH", "/Groups/" + group, operationsOf(`{"op":"replace","path":"members","value":[{"value":"` + user + `"}]}`), 400},
		{"all members removed", "PATCH", "/Groups/" + group, operationsOf(`{"op":"remove","path":"members"}`), 400},
		{"no members removed", "PATCH", "/Groups/" + group, operationsOf(`{"op":"remove","path":"members","value":[]}`), 400},
		{"an empty list", "PATCH", "/Groups/" + group, operationsOf(`{"op":"add","value":{"members":[]}}`), 400},
		{"101 members", "PATCH", "/Groups/" + group, operationsOf(`{"op":"add","path":"members","value":[` + many + `]}`), 400},
		{"101 members of a new one", "POST", "/Groups", `{"displayName":"Many","members":[` + many + `]}`, 400},
		{"a member removed", "PATCH", "/Groups/" + group, operationsOf(`{"op":"remove","path":"members","value":[{"$ref":null,"value":"` + user + `"}]}`), 204},
		{"a member removed by brackets", "PATCH", "/Groups/" + group, operationsOf(`{"op":"remove","path":"members[value eq \"` + user + `\"]"}`), 204},
		{"a rename", "PATCH", "/Groups/" + group, operationsOf(`{"op":"replace","value":{"displayName":"New"}}`), 204},
	} {
		a := h.do(c.method, c.target, c.body)
		if a.status != c.status {
			t.Errorf("%s: %d %s, want %d", c.name, a.status, a.body, c.status)
		}
		if a.status < 400 {
			continue
		}
		body, _ := a.json.(map[string]any)
		if body["schema"] == nil || body["schemas"] != nil || body["scimType"] != nil || body["status"] != fmt.Sprint(c.status) || body["detail"] == "" {
			t.Errorf("%s: an error in another shape than AWS's: %s", c.name, a.body)
		}
	}
}

func operationsOf(list string) string {
	return `{"schemas":["` + patchOp + `"],"Operations":[` + list + `]}`
}
