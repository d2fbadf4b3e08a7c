package scim_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"sallyport/directory"
)

// records are those of the provisioning log, oldest first, with bodies.
func (h *house) records() []*directory.Record {
	h.t.Helper()
	ctx := context.Background()
	must(h.t, h.directory.Flush(ctx))
	listed, err := h.directory.Records(ctx, directory.RecordFilter{Limit: 1000})
	must(h.t, err)
	whole := make([]*directory.Record, len(listed))
	for i, r := range listed {
		whole[len(listed)-1-i], err = h.directory.Record(ctx, r.ID)
		must(h.t, err)
	}
	return whole
}

// TestProvisioningLog: every request of a robot is there, with what it changed.
func TestProvisioningLog(t *testing.T) {
	h := newHouse(t)
	h.want(200, "GET", `/Users?filter=userName eq "ada@example.com"`, "", "User-Agent: a robot")
	ada := h.person("ada@example.com")
	h.want(409, "POST", "/Users", userJSON("ADA@example.com"))
	h.want(200, "PATCH", "/Users/"+ada, patch(`{"op":"Replace","path":"active","value":"False"}`, `{"op":"replace","path":"title","value":"Secret title"}`))
	group := h.group("staff")
	h.want(204, "PATCH", "/Groups/"+group, patch(`{"op":"add","path":"members","value":[{"value":"`+ada+`"}]}`))
	h.want(400, "PATCH", "/Users/"+ada, "no JSON")
	h.as("wrong").want(401, "GET", "/Users", "")

	records := h.records()
	if len(records) != 7 {
		t.Fatalf("%d records of 7 requests that were let in: %+v", len(records), records)
	}
	for i, want := range []directory.Record{
		{Method: "GET", Status: 200},
		{Method: "POST", Status: 201, Resource: "User", ObjectID: ada, Person: "ada@example.com"},
		{Method: "POST", Status: 409, SCIMType: "uniqueness", Resource: "User", Person: "ADA@example.com"},
		{Method: "PATCH", Status: 200, Resource: "User", ObjectID: ada, Person: "ada@example.com"},
		{Method: "POST", Status: 201, Resource: "Group", ObjectID: group},
		{Method: "PATCH", Status: 204, Resource: "Group", ObjectID: group},
		{Method: "PATCH", Status: 400, SCIMType: "invalidSyntax"},
	} {
		got := records[i]
		if got.Method != want.Method || got.Status != want.Status || got.SCIMType != want.SCIMType || got.IDP != "corp" || got.TokenID == "" || got.At.IsZero() ||
			!strings.HasPrefix(got.Path, "/") {
			t.Errorf("record %d is %+v", i, got)
		}
		if want.Resource != "" && (got.Resource != want.Resource || got.ObjectID != want.ObjectID || got.Person != want.Person) {
			t.Errorf("record %d is about %q %q %q, want %q %q %q", i, got.Resource, got.ObjectID, got.Person, want.Resource, want.ObjectID, want.Person)
		}
	}
	if records[0].UserAgent != "a robot" {
		t.Errorf("User-Agent is %q", records[0].UserAgent)
	}
	if got := changes(records[3]); got["active"] != (directory.AttributeChange{Attribute: "active", Old: "true", New: "false"}) ||
		got["title"] != (directory.AttributeChange{Attribute: "title", Redacted: true}) || len(got) != 2 {
		t.Errorf("changed: %+v", records[3].Changes)
	}
	if got := changes(records[5]); !strings.Contains(got["members"].New, "1 added") {
		t.Errorf("changed: %+v", records[5].Changes)
	}
	for _, i := range []int{0, 2, 6} {
		if len(records[i].Changes) != 0 {
			t.Errorf("record %d, of a request that changed nothing, says %+v", i, records[i].Changes)
		}
	}
	if !strings.Contains(string(records[3].Body), "Secret title") {
		t.Errorf("the body is %q", records[3].Body)
	}
	for filter, want := range map[directory.RecordFilter]int{
		{Person: "ADA@example.com"}: 3, {Failed: true}: 2, {Changes: true}: 4, {ObjectID: group}: 2, {IDP: "other"}: 0,
	} {
		found, err := h.directory.Records(t.Context(), filter)
		must(t, err)
		if len(found) < want || want == 0 && len(found) != 0 {
			t.Errorf("%+v finds %d, want %d", filter, len(found), want)
		}
	}
}

func changes(r *directory.Record) map[string]directory.AttributeChange {
	m := map[string]directory.AttributeChange{}
	for _, c := range r.Changes {
		m[c.Attribute] = c
	}
	return m
}

// TestPasswordsAreForgotten: wherever a robot puts one, it is kept nowhere.
func TestPasswordsAreForgotten(t *testing.T) {
	const secret = "t0p-secret-w0rd"
	h := newHouse(t)
	ada := h.person("ada@example.com")
	for _, c := range [][3]string{
		{"POST", "/Users", `{"userName":"a@example.com","password":"` + secret + `"}`},
		{"POST", "/Users", `{"userName":"b@example.com","PassWord":"` + secret + `"}`},
		{"POST", "/Users", `{"userName":"c@example.com","pass\u0077ord":"` + secret + `"}`},
		{"POST", "/Users", `{"userName":"d@example.com","` + coreUser + `:password":"` + secret + `"}`},
		{"POST", "/Users", `{"userName":"e@example.com","password":{"value":"` + secret + `"}}`},
		{"POST", "/Users", `{"userName":"f@example.com","` + coreUser + `":{"password":"` + secret + `"}}`},
		{"PUT", "/Users/" + ada, `{"userName":"ada@example.com","password":"` + secret + `"}`},
		{"PATCH", "/Users/" + ada, patch(`{"op":"replace","value":{"password":"` + secret + `"}}`)},
		{"PATCH", "/Users/" + ada, patch(`{"op":"replace","path":"password","value":"` + secret + `"}`)},
		{"PATCH", "/Users/" + ada, patch(`{"Op":"Replace","Path":"PASSWORD","Value":"` + secret + `"}`)},
		{"PATCH", "/Users/" + ada, patch(`{"value":"` + secret + `","path":"` + coreUser + `:password","op":"add"}`)},
		{"POST", "/Bulk", bulk(`{"method":"POST","path":"/Users","bulkId":"1","data":{"userName":"g@example.com","password":"` + secret + `"}}`)},
		{"POST", "/Bulk", bulk(`{"method":"PATCH","path":"/Users/` + ada + `","data":` + patch(`{"op":"replace","path":"password","value":"`+secret+`"}`) + `}`)},
		{"POST", "/Users", `{"userName":"cut@example.com","password":"` + secret + `"`},
		{"POST", "/Users", `{"userName":"cut@example.com","password":"` + secret},
		{"POST", "/Users", `userName=h@example.com&password=` + secret},
		{"GET", "/Users?password=" + secret, ""},
		{"GET", `/Users?filter=password eq "` + secret + `"`, ""},
		{"POST", "/Users/.search", `{"filter":"password eq \"` + secret + `\""}`},
	} {
		a := h.do(c[0], c[1], c[2])
		if bytes.Contains(a.body, []byte(secret)) {
			t.Errorf("%s %s %s: the answer has it: %s", c[0], c[1], c[2], a.body)
		}
	}
	for _, r := range h.records() {
		if strings.Contains(string(r.Body)+r.Path+r.Detail, secret) {
			t.Errorf("%s %s, %d: the log has it: %s %s", r.Method, r.Path, r.Status, r.Detail, r.Body)
		}
		if strings.Contains(string(r.Body), "\\u0077ord") {
			t.Errorf("the log may have it: %s", r.Body)
		}
	}
	h.far.Close()
	if strings.Contains(h.logs.String(), secret) {
		t.Error("the service's own log has it")
	}
}

// TestReplay: a dry run says what would come of a request now, and does nothing.
func TestReplay(t *testing.T) {
	h := newHouse(t)
	ada := h.person("ada@example.com")
	group := h.group("staff")
	h.want(200, "PATCH", "/Users/"+ada, patch(`{"op":"replace","path":"title","value":"Engineer"}`, `{"op":"replace","path":"displayName","value":"Ada"}`))
	h.want(204, "PATCH", "/Groups/"+group, patch(`{"op":"add","path":"members","value":[{"value":"`+ada+`"}]}`))
	h.want(200, "POST", "/Bulk", bulk(`{"method":"POST","path":"/Users","bulkId":"1","data":{"userName":"bulk@example.com"}}`))
	h.want(204, "DELETE", "/Groups/"+group, "")
	h.want(200, "PATCH", "/Users/"+ada, patch(`{"op":"replace","path":"displayName","value":"Other"}`))
	h.want(400, "PATCH", "/Users/"+ada, patch(`{"op":"replace","path":"active","value":"perhaps"}`))
	h.want(204, "DELETE", "/Users/"+ada, "")
	h.signedIn("ada@example.com", "other")

	records := h.records()
	h.unchanged(t, func() {
		for i, want := range []int{
			409, // the name is taken by now
			201, // the group is gone, and could come again
			404, // she is gone
			404,
			409, // what the bulk request held has a record of its own
			200, // in which that one operation fails
			404,
			404,
			0, // wrong, of a person who is gone: either may be said
			404,
		} {
			got, err := h.server.Replay(t.Context(), records[i])
			if err != nil {
				t.Errorf("record %d, %s %s: %v", i, records[i].Method, records[i].Path, err)
				continue
			}
			if got.Status != want && want != 0 {
				t.Errorf("record %d, %s %s: would be %d %q, want %d", i, records[i].Method, records[i].Path, got.Status, got.Detail, want)
			}
		}
	})

	id := h.person("bob@example.com")
	h.want(200, "PATCH", "/Users/"+id, patch(`{"op":"replace","path":"displayName","value":"Robert"}`))
	h.want(200, "PATCH", "/Users/"+id, patch(`{"op":"replace","path":"displayName","value":"Bob"}`))
	records = h.records()
	h.unchanged(t, func() {
		got, err := h.server.Replay(t.Context(), records[len(records)-2])
		must(t, err)
		if c := changes(got); got.Status != 200 || c["displayName"] != (directory.AttributeChange{Attribute: "displayName", Old: "Bob", New: "Robert"}) {
			t.Errorf("would be %d with %+v", got.Status, got.Changes)
		}
	})
	if n := len(h.records()); n != len(records) {
		t.Errorf("a replay left %d records", n-len(records))
	}
}
