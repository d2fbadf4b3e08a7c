package scim_test

import (
	"fmt"
	"strings"
	"testing"

	"sallyport/directory"
	"sallyport/internal/pgtest"
)

// TestBadInput: an error in the shape of RFC 7644, and nothing half-written.
func TestBadInput(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { badInput(t, sqliteURL(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { badInput(t, pgtest.URL(t)) })
}

func badInput(t *testing.T, url string) {
	h := newHouseOn(t, url, directory.TokenOptions{})
	ada, bob := h.person("ada@example.com"), h.person("bob@example.com")
	inner := h.group("inner", ada)
	outer := h.group("outer", inner)
	user, group := "/Users/"+ada, "/Groups/"+inner

	title := `{"op":"replace","path":"title","value":"half"}`
	rename := `{"op":"replace","path":"displayName","value":"half"}`
	for _, c := range []struct {
		name, method, target, body string
		status                     string // any of these
		scimType                   string // "?": any
	}{
		{"no body", "POST", "/Users", "", "400", "invalidSyntax"},
		{"no JSON", "POST", "/Users", "userName=ada", "400", "invalidSyntax"},
		{"JSON cut short", "POST", "/Users", `{"userName":"new-3@example.com"`, "400", "invalidSyntax"},
		{"JSON and more", "POST", "/Users", `{"userName":"new-4@example.com"}{"userName":"newer-4@example.com"}`, "400", "invalidSyntax"},
		{"an array", "POST", "/Users", `[{"userName":"new-5@example.com"}]`, "400", "invalidSyntax"},
		{"null", "POST", "/Users", `null`, "400", "invalidSyntax"},
		{"a number", "POST", "/Users", `42`, "400", "invalidSyntax"},
		{"no userName", "POST", "/Users", `{"active":true}`, "400", "invalidValue"},
		{"userName null", "POST", "/Users", `{"userName":null}`, "400", "invalidValue"},
		{"userName empty", "POST", "/Users", `{"userName":""}`, "400", "invalidValue"},
		{"userName of blanks", "POST", "/Users", `{"userName":"  "}`, "400", "invalidValue"},
		{"userName an object", "POST", "/Users", `{"userName":{"value":"new-12@example.com"}}`, "400", "invalidValue"},
		{"userName too long", "POST", "/Users", `{"userName":"` + strings.Repeat("a", 5000) + `"}`, "400", "invalidValue"},
		{"userName with NUL", "POST", "/Users", `{"userName":"new\u0000@example.com"}`, "400", "invalidValue"},
		{"title with NUL", "PATCH", user, patch(`{"op":"replace","path":"title","value":"a\u0000b"}`), "400", "invalidValue"},
		{"raw NUL", "POST", "/Users", "{\"userName\":\"new\x00@example.com\"}", "400", "invalidSyntax"},
		{"invalid UTF-8", "POST", "/Users", "{\"userName\":\"new\xff@example.com\"}", "400", "invalidSyntax"},
		{"invalid UTF-8 in a PATCH", "PATCH", user, patch(title, "{\"op\":\"replace\",\"path\":\"nickName\",\"value\":\"\xc3\x28\"}"), "400", "invalidSyntax"},
		{"the same key twice", "POST", "/Users", `{"userName":"new-18@example.com","userName":"newer-18@example.com"}`, "400", "?"},
		{"the same key in two cases", "POST", "/Users", `{"userName":"new-19@example.com","USERNAME":"newer-19@example.com"}`, "400", "?"},
		{"active a word", "POST", "/Users", `{"userName":"new-20@example.com","active":"perhaps"}`, "400", "invalidValue"},
		{"active a huge number", "POST", "/Users", `{"userName":"new-21@example.com","active":1e999999}`, "400", "?"},
		{"a huge number", "PATCH", user, patch(title, `{"op":"replace","path":"active","value":`+strings.Repeat("9", 400)+`}`), "400", "?"},
		{"a name that is no object", "POST", "/Users", `{"userName":"new-22@example.com","name":7}`, "400", "invalidValue"},
		{"2 MB", "POST", "/Users", `{"userName":"new-23@example.com","title":"` + strings.Repeat("x", 2<<20) + `"}`, "413", "?"},
		{"2 MB of blanks", "POST", "/Users", `{"userName":"new-24@example.com"}` + strings.Repeat(" ", 2<<20), "413", "?"},
		{"2 MB in a PATCH", "PATCH", user, patch(title, `{"op":"replace","path":"nickName","value":"`+strings.Repeat("x", 2<<20)+`"}`), "413", "?"},
		{"deep JSON", "POST", "/Users", `{"userName":"new-25@example.com","x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, "400 413", "?"},
		{"deep objects", "POST", "/Users", `{"userName":"new-26@example.com","x":` + strings.Repeat(`{"a":`, 50_000) + "1" + strings.Repeat("}", 50_000) + `}`, "400 413", "?"},

		{"10,000 operations", "PATCH", user, patch(strings.TrimSuffix(strings.Repeat(title+",", 10_000), ",")), "400 413", "?"},
		{"1,001 operations", "PATCH", user, patch(strings.TrimSuffix(strings.Repeat(title+",", 1_001), ",")), "400 413", "?"},
		{"10,000 bulk operations", "POST", "/Bulk", bulk(strings.TrimSuffix(strings.Repeat(`{"method":"DELETE","path":"/Users/`+ada+`"},`, 10_000), ",")), "413", "?"},
		{"10,001 members", "PATCH", group, patch(rename, `{"op":"add","path":"members","value":`+toJSON(values(many(10_001)))+`}`), "400 413", "?"},
		{"no Operations", "PATCH", user, `{"schemas":["` + patchOp + `"]}`, "400", "?"},
		{"Operations of numbers", "PATCH", user, patch(title, "7"), "400", "invalidSyntax"},
		{"op missing", "PATCH", user, patch(title, `{"path":"title","value":"x"}`), "400", "invalidSyntax"},
		{"op unknown", "PATCH", user, patch(title, `{"op":"test","path":"title","value":"x"}`), "400", "invalidSyntax"},
		{"path a number", "PATCH", user, patch(title, `{"op":"replace","path":7,"value":"x"}`), "400", "?"},
		{"path broken", "PATCH", user, patch(title, `{"op":"replace","path":"emails[","value":"x"}`), "400", "invalidPath"},
		{"path with a tail", "PATCH", user, patch(title, `{"op":"replace","path":"emails[type eq \"work\"].value and more","value":"x"}`), "400", "invalidPath"},
		{"path deep", "PATCH", user, patch(title, `{"op":"replace","path":"emails[`+strings.Repeat("(", 5000)+`type pr`+strings.Repeat(")", 5000)+`]","value":"x"}`), "400", "?"},
		{"remove without a path", "PATCH", user, patch(title, `{"op":"remove"}`), "400", "noTarget"},
		{"add without a value", "PATCH", user, patch(title, `{"op":"add","path":"nickName"}`), "400", "?"},
		{"replace without path and value", "PATCH", user, patch(title, `{"op":"replace"}`), "400", "?"},
		{"userName removed", "PATCH", user, patch(title, `{"op":"remove","path":"userName"}`), "400", "?"},
		{"userName taken", "PATCH", user, patch(title, `{"op":"replace","path":"userName","value":"BOB@example.com"}`), "409", "uniqueness"},
		{"userName taken by PUT", "PUT", user, `{"userName":"BOB@example.com","title":"half"}`, "409", "uniqueness"},
		{"id changed", "PATCH", user, patch(title, `{"op":"replace","path":"id","value":"`+bob+`"}`), "400", "mutability"},
		{"PUT without a userName", "PUT", user, `{"title":"half"}`, "400", "invalidValue"},

		{"a member nobody knows", "PATCH", group, patch(rename, `{"op":"add","path":"members","value":[{"value":"`+bob+`"},{"value":"nobody"}]}`), "400", "invalidValue"},
		{"a member without a value", "PATCH", group, patch(rename, `{"op":"add","path":"members","value":[{"display":"x"}]}`), "400", "invalidValue"},
		{"a member that is a number", "PATCH", group, patch(rename, `{"op":"add","path":"members","value":[7]}`), "400", "?"},
		{"a group of itself", "PATCH", group, patch(rename, `{"op":"add","path":"members","value":[{"value":"`+inner+`"}]}`), "400", "invalidValue"},
		{"a ring", "PATCH", group, patch(rename, `{"op":"add","path":"members","value":[{"value":"`+bob+`"},{"value":"`+outer+`"}]}`), "400", "invalidValue"},
		{"a ring by PUT", "PUT", group, `{"displayName":"half","members":[{"value":"` + outer + `"}]}`, "400", "invalidValue"},
		{"a new group with nobody known", "POST", "/Groups", `{"displayName":"new","members":[{"value":"` + ada + `"},{"value":"nobody"}]}`, "400", "invalidValue"},
		{"a group without a name", "POST", "/Groups", `{"members":[]}`, "400", "invalidValue"},
		{"a group with a name that is taken", "POST", "/Groups", `{"displayName":"INNER","members":[{"value":"` + bob + `"}]}`, "409", "uniqueness"},
		{"a rename to one that is taken", "PATCH", group, patch(`{"op":"add","path":"members","value":[{"value":"`+bob+`"}]}`, `{"op":"replace","path":"displayName","value":"Outer"}`), "409", "uniqueness"},
		{"a long name", "POST", "/Groups", `{"displayName":"` + strings.Repeat("n", 5000) + `"}`, "400", "invalidValue"},

		{"nobody's id", "PATCH", "/Users/nobody", patch(title), "404", ""},
		{"a group's id for a person", "PATCH", "/Users/" + inner, patch(title), "404", ""},
		{"a person's id for a group", "PATCH", "/Groups/" + ada, patch(rename), "404", ""},
		{"an id with NUL", "GET", "/Users/%00", "", "404 400", "?"},
		{"an id that is no UTF-8", "GET", "/Users/%ff%fe", "", "404 400", "?"},
		{"an id of 64 kB", "GET", "/Users/" + strings.Repeat("a", 64<<10), "", "404 400 414", "?"},
		{"a path that climbs", "GET", "/Users/..%2f..%2fadmin", "", "404 400", "?"},

		{"filter deep", "GET", "/Users?filter=" + strings.Repeat("(", 60) + "userName pr" + strings.Repeat(")", 60), "", "400", "invalidFilter"},
		{"filter very deep", "POST", "/Users/.search", `{"filter":"` + strings.Repeat("not (", 100_000) + "userName pr" + strings.Repeat(")", 100_000) + `"}`, "400", "invalidFilter"},
		{"filter long", "GET", `/Users?filter=userName eq "` + strings.Repeat("a", 9000) + `"`, "", "400", "invalidFilter"},
		{"filter of 101 comparisons", "GET", "/Users?filter=" + strings.Repeat("id pr or ", 100) + "id pr", "", "400", "invalidFilter"},
		{"filter with NUL", "GET", `/Users?filter=userName eq "a%00"`, "", "400", "invalidFilter"},
		{"filter that is no UTF-8", "GET", `/Users?filter=userName eq "a%ff"`, "", "400", "invalidFilter"},
		{"filter of an id that is no UTF-8", "GET", `/Users?filter=externalId eq "a%ff"`, "", "400", "invalidFilter"},
		{"a cursor that is no UTF-8", "GET", `/Users?cursor=%ff`, "", "400", "invalidCursor"},
		{"group filter with NUL", "GET", `/Groups?filter=members eq "a%00"`, "", "400", "invalidFilter"},
		{"escaped NUL in a filter", "GET", `/Users?filter=externalId eq "a\u0000"`, "", "400 200", "?"},
		{"a member's id with NUL", "PATCH", group, patch(rename, `{"op":"add","path":"members","value":[{"value":"a\u0000"}]}`), "400", "invalidValue"},
		{"a member removed with NUL", "PATCH", group, patch(`{"op":"remove","path":"members","value":[{"value":"a\u0000"}]}`), "400 204", "?"},
		{"externalId with NUL", "POST", "/Users", `{"userName":"new-nul@example.com","externalId":"a\u0000"}`, "400", "invalidValue"},
		{"a group's externalId with NUL", "POST", "/Groups", `{"displayName":"new","externalId":"a\u0000"}`, "400", "invalidValue"},
		{"a group's name with NUL", "POST", "/Groups", `{"displayName":"new\u0000"}`, "400", "invalidValue"},
		{"an email's type with NUL", "PATCH", user, patch(title, `{"op":"add","path":"emails","value":[{"value":"x@example.com","type":"a\u0000"}]}`), "400", "invalidValue"},
		{"a manager with NUL", "PATCH", user, patch(title, `{"op":"add","path":"manager","value":"a\u0000"}`), "400", "invalidValue"},
		{"filter empty value path", "GET", `/Users?filter=emails[]`, "", "400", "invalidFilter"},
		{"filter with SQL", "GET", `/Users?filter=userName eq "x" ; DROP TABLE users`, "", "400", "invalidFilter"},
		{"filter of an unknown operator", "GET", `/Users?filter=userName like "x"`, "", "400", "invalidFilter"},
		{"sort by what is unknown", "GET", "/Users?sortBy=nothing", "", "400", "?"},
		{"a page that is no number", "GET", "/Users?startIndex=x", "", "400", "?"},
		{"a huge page", "GET", "/Users?startIndex=99999999999999999999&count=1", "", "400 200", "?"},
		{"a broken query", "GET", "/Users?filter=%zz", "", "400", "?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := *h
			h.t = t
			h.unchanged(t, func() {
				a := h.do(c.method, c.target, c.body)
				if !strings.Contains(c.status, fmt.Sprint(a.status)) {
					t.Errorf("got %d, want %s\n%.500s", a.status, c.status, a.body)
				}
				if a.status < 400 {
					return
				}
				h.errorShape(a)
				if got := a.text("scimType"); c.scimType != "?" && got != c.scimType {
					t.Errorf("scimType %q, want %q\n%.500s", got, c.scimType, a.body)
				}
				if len(a.body) > 4<<10 {
					t.Errorf("the error has %d bytes", len(a.body))
				}
			})
		})
	}

	// The table would show nothing if such changes were never made.
	h.want(200, "PATCH", user, patch(title))
	if a := h.want(200, "GET", user, ""); a.text("title") != "half" {
		t.Error("the change that the table uses changes nothing when it is right")
	}
}

func bulk(operations string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[` + operations + `]}`
}

func many(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("member-%d", i)
	}
	return ids
}

// TestMemberDepth: groups may be ten deep within one another, and no deeper.
func TestMemberDepth(t *testing.T) {
	h := newHouse(t)
	ada := h.person("ada@example.com")
	below := ada
	for i := range 30 {
		a := h.do("POST", "/Groups", toJSON(map[string]any{"displayName": fmt.Sprintf("level %d", i), "members": values([]string{below})}))
		if a.status == 201 {
			below = a.text("id")
			continue
		}
		h.errorShape(a)
		if i < 9 || i > 12 || a.status != 400 {
			t.Errorf("the group at level %d is refused with %d", i, a.status)
		}
		return
	}
	t.Error("groups nest without end")
}
