package scim_test

import (
	"fmt"
	"slices"
	"testing"
)

// TestPaging: whoever walks a list meets each one once.
func TestPaging(t *testing.T) {
	h := newHouse(t)
	var all []string
	for i := range 250 {
		all = append(all, h.person(fmt.Sprintf("person-%03d@example.com", i)))
	}
	slices.Sort(all)
	walkByIndex := func(query string, count int) (found []string) {
		for start := 1; ; {
			a := h.want(200, "GET", fmt.Sprintf("/Users?startIndex=%d&count=%d%s", start, count, query), "")
			ids := a.ids()
			if a.at("totalResults") != 250.0 || a.at("itemsPerPage") != float64(len(ids)) || a.at("startIndex") != float64(start) {
				t.Fatalf("a page says %v of %v from %v, and has %d", a.at("itemsPerPage"), a.at("totalResults"), a.at("startIndex"), len(ids))
			}
			if len(ids) == 0 {
				return found
			}
			found = append(found, ids...)
			start += len(ids)
		}
	}
	for _, query := range []string{"", "&sortBy=userName", "&sortBy=displayName&sortOrder=descending", "&filter=active eq true", "&sortBy=title"} {
		found := walkByIndex(query, 100)
		slices.Sort(found)
		if !slices.Equal(found, all) {
			t.Errorf("%q: the walk met %d, %d of them different", query, len(found), len(slices.Compact(found)))
		}
	}
	if n := len(h.want(200, "GET", "/Users", "").ids()); n != 100 {
		t.Errorf("a page without a size has %d", n)
	}
	if n := len(h.want(200, "GET", "/Users?count=5000", "").ids()); n != 250 {
		t.Errorf("a page of 5,000 has %d", n)
	}

	// By cursor, while people come and go.
	var found []string
	next, gone := "", ""
	for page := 0; ; page++ {
		a := h.want(200, "GET", "/Users?count=40&cursor="+next, "")
		found = append(found, a.ids()...)
		if next = a.text("nextCursor"); next == "" {
			break
		}
		if page == 1 {
			gone = found[0]
			h.want(204, "DELETE", "/Users/"+gone, "")
			h.person("late@example.com")
		}
	}
	for _, id := range all {
		if n := count(found, id); n != 1 {
			t.Errorf("by cursor %s was met %d times", id, n)
		}
	}
}

func count(list []string, one string) int {
	n := 0
	for _, s := range list {
		if s == one {
			n++
		}
	}
	return n
}

// TestManyMembers: a group with more members than fit in a page is whole.
func TestManyMembers(t *testing.T) {
	h := newHouse(t)
	var ids []string
	for i := range 1100 {
		ids = append(ids, h.signedIn(fmt.Sprintf("person-%d@example.com", i), "corp"))
	}
	group := h.group("all", ids...)
	members, _ := h.want(200, "GET", "/Groups/"+group, "").at("members").([]any)
	if len(members) != len(ids) {
		t.Errorf("the group shows %d members of %d", len(members), len(ids))
	}
	h.want(204, "PATCH", "/Groups/"+group, patch(`{"op":"remove","path":"members","value":`+toJSON(values(ids[:1000]))+`}`))
	members, _ = h.want(200, "GET", "/Groups/"+group, "").at("members").([]any)
	if len(members) != 100 {
		t.Errorf("after 1,000 were removed the group shows %d", len(members))
	}
}
