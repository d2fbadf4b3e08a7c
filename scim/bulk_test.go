package scim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/directory"
)

func bulkOf(failOnErrors int, operations ...string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":%d,"Operations":[%s]}`, failOnErrors, strings.Join(operations, ","))
}

func bulkUser(bulkID, userName string) string {
	return fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":%q,"data":{"userName":%q}}`, bulkID, userName)
}

// results are the statuses of a BulkResponse by bulkId, and the whole of each.
func results(t *testing.T, a *answer) (statuses []string, all []map[string]any) {
	t.Helper()
	if a.status != 200 {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	for _, o := range a.json.(map[string]any)["Operations"].([]any) {
		o := o.(map[string]any)
		statuses = append(statuses, fmt.Sprint(o["bulkId"], " ", o["status"]))
		all = append(all, o)
	}
	return statuses, all
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// A group that is made before its members names them by their bulkIds.
func TestBulkResolvesWhatComesLater(t *testing.T) {
	h := newHouse(t)
	a := h.do("POST", "/Bulk", bulkOf(0,
		`{"method":"post","path":"Groups/","bulkId":"g","data":{"displayName":"Staff","members":[{"value":"bulkId:u1"},{"value":"bulkId:u2"}]}}`,
		bulkUser("u1", "one@x"), bulkUser("u2", "two@x"),
		`{"method":"PATCH","path":"/Users/bulkId:u1","bulkId":"p","data":{"schemas":["`+patchOp+`"],"Operations":[{"op":"add","path":"manager","value":"bulkId:u2"}]}}`,
		`{"method":"DELETE","path":"/Users/bulkId:u2","bulkId":"d"}`,
	))
	statuses, all := results(t, a)
	same(t, statuses, []string{"g 201", "u1 201", "u2 201", "p 200", "d 204"})
	location, _ := all[1]["location"].(string)
	if !strings.HasPrefix(location, baseURL+"/Users/") || all[1]["version"] == nil || all[1]["method"] != "POST" {
		t.Errorf("u1 came to %v", all[1])
	}
	id := strings.TrimPrefix(location, baseURL+"/Users/")
	ctx := t.Context()
	groups, err := h.directory.QueryGroups(ctx, "corp", directory.Query{Limit: 2})
	must(t, err)
	members, err := h.directory.Members(ctx, groups.Found[0].ID, "", 0)
	must(t, err)
	if len(members) != 1 || members[0].ID != id {
		t.Errorf("members %v, want %s, for the other was removed", members, id)
	}
	u, err := h.directory.User(ctx, id)
	must(t, err)
	if u2 := strings.TrimPrefix(all[2]["location"].(string), baseURL+"/Users/"); u.Profile.Enterprise.Manager.Value != u2 {
		t.Errorf("manager %q, want %s", u.Profile.Enterprise.Manager.Value, u2)
	}

	// Each stands in the provisioning log by itself.
	must(t, h.directory.Flush(ctx))
	records, err := h.directory.Records(ctx, directory.RecordFilter{Person: "one@x"})
	must(t, err)
	if len(records) != 2 {
		t.Errorf("%d records of one@x, want 2", len(records))
	}
}

func TestBulkFailures(t *testing.T) {
	h := newHouse(t)
	statuses, all := results(t, h.do("POST", "/Bulk", bulkOf(0,
		bulkUser("a", "a@x"), bulkUser("twice", "A@x"),
		`{"method":"PATCH","path":"/Users/bulkId:twice","bulkId":"after","data":{"Operations":[{"op":"replace","path":"title","value":"x"}]}}`,
		`{"method":"POST","path":"/Groups","bulkId":"c1","data":{"displayName":"1","members":[{"value":"bulkId:c2"}]}}`,
		`{"method":"POST","path":"/Groups","bulkId":"c2","data":{"displayName":"2","members":[{"value":"bulkId:c1"}]}}`,
		`{"method":"POST","path":"/Groups","bulkId":"who","data":{"displayName":"3","members":[{"value":"bulkId:nobody"}]}}`,
		`{"method":"POST","path":"/Bulk","bulkId":"bulk","data":{}}`,
		`{"method":"POST","path":"/Users/.search","bulkId":"search","data":{}}`,
		`{"method":"GET","path":"/Users","bulkId":"get"}`,
		`{"method":"POST","path":"/Users","bulkId":"empty"}`,
		`{"method":"PUT","path":"/Users/nobody","bulkId":"gone","data":{"userName":"b@x"}}`,
		`{"method":"POST","path":"/Users","bulkId":"key","data":{"userName":"k@x","bulkId:nobody":1}}`,
		`{"method":"DELETE","path":"/Users/bulkId:a","bulkId":"stale","version":"W/\"99\""}`,
	)))
	same(t, statuses, []string{"a 201", "twice 409", "after 409", "c1 409", "c2 409", "who 400", "bulk 400", "search 400", "get 400", "empty 400", "gone 404", "key 201", "stale 412"})
	response, _ := all[1]["response"].(map[string]any)
	if response["scimType"] != "uniqueness" || response["status"] != "409" || response["detail"] == "" {
		t.Errorf("a refused operation answers %v", response)
	}
	if all[0]["response"] != nil || all[1]["location"] != nil {
		t.Errorf("done: %v; refused: %v", all[0], all[1])
	}
	if page, err := h.directory.QueryGroups(t.Context(), "corp", directory.Query{Total: true}); err != nil || page.Total != 0 {
		t.Errorf("%d groups are left (%v)", page.Total, err)
	}

	statuses, _ = results(t, h.do("POST", "/Bulk", bulkOf(2, bulkUser("1", "a@x"), bulkUser("2", "c@x"), bulkUser("3", "a@x"), bulkUser("4", "d@x"))))
	same(t, statuses, []string{"1 409", "2 201", "3 409"})
	// What would be needed is one failure too many.
	statuses, _ = results(t, h.do("POST", "/Bulk", bulkOf(1,
		`{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"G","members":[{"value":"bulkId:1"}]}}`, bulkUser("1", "a@x"), bulkUser("2", "e@x"))))
	same(t, statuses, []string{"1 409"})
}

func TestBulkRefused(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		body     string
		status   int
		scimType string
	}{
		{`{`, 400, "invalidSyntax"},
		{`{}`, 400, "invalidSyntax"},
		{`{"Operations":{}}`, 400, "invalidSyntax"},
		{`{"Operations":[1]}`, 400, "invalidSyntax"},
		{`{"Operations":[{"method":1}]}`, 400, "invalidSyntax"},
		{`{"failOnErrors":"some","Operations":[]}`, 400, "invalidValue"},
		{bulkOf(0, bulkUser("a", "a@x"), bulkUser("a", "b@x")), 400, "invalidValue"},
		{bulkOf(0, strings.Repeat(bulkUser("", "a@x")+",", 1000)+bulkUser("", "a@x")), 413, ""},
	} {
		a := h.do("POST", "/Bulk", c.body)
		body, _ := a.json.(map[string]any)
		scimType, _ := body["scimType"].(string)
		if a.status != c.status || scimType != c.scimType || body["detail"] == "" {
			t.Errorf("%.60s: %d %s, want %d %s", c.body, a.status, a.body, c.status, c.scimType)
		}
	}
	if page, err := h.directory.Query(t.Context(), "corp", directory.Query{Total: true}); err != nil || page.Total != 0 {
		t.Errorf("%d people are there (%v)", page.Total, err)
	}
}
