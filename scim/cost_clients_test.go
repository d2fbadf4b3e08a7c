package scim_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"sallyport/directory"
	"sallyport/internal/pgtest"
)

// onBoth runs a test on both engines.
func onBoth(t *testing.T, run func(t *testing.T, h *house)) {
	t.Run("SQLite", func(t *testing.T) { run(t, newHouse(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { run(t, newHouseOn(t, pgtest.URL(t), directory.TokenOptions{})) })
}

// crowd makes n people of h's connection.
func (h *house) crowd(n int) []string {
	h.t.Helper()
	var ids []string
	for i := range n {
		u := &directory.User{UserName: fmt.Sprintf("p%05d@example.com", i), Active: true}
		must(h.t, h.directory.Create(h.t.Context(), u, directory.Act{Scope: "corp"}))
		ids = append(ids, u.ID)
	}
	return ids
}

// repeated is text so many times, with commas between.
func repeated(text string, n int) string {
	return strings.TrimSuffix(strings.Repeat(text+",", n), ",")
}

// emails is a list of n with long values that take long to fold.
func emails(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"value":"%s%d","type":"ß%d"}`, strings.Repeat("ß", 200), i, i)
	}
	return "[" + strings.Join(list, ",") + "]"
}

// TestCostlyPatch: operations on long lists are refused before they hold up
// everybody else's acts, and change nothing.
func TestCostlyPatch(t *testing.T) {
	h := newHouse(t)
	id := h.person("ada@example.com")
	h.want(200, "PATCH", "/Users/"+id, patch(`{"op":"replace","path":"emails","value":`+emails(90)+`}`))
	compare := strings.TrimSuffix(strings.Repeat(`type eq \"q\" or `, 50), " or ")
	keys := make([]string, 400)
	for i := range keys {
		keys[i] = fmt.Sprintf(`"emails[type eq \"z%d\" or type eq \"ß%d\"].display":"x"`, i, i%90)
	}
	texts := make([]string, 10)
	for i := range texts {
		texts[i] = `{"op":"remove","path":"emails","value":` + strings.ReplaceAll(emails(90), "\u00df", string(rune(0xe0+i))) + `}`
	}
	for name, operations := range map[string]string{
		"values that go":    repeated(`{"op":"remove","path":"emails","value":[`+repeated(`"q"`, 100)+`]}`, 50),
		"values that come":  repeated(`{"op":"add","path":"emails","value":`+emails(90)+`}`, 5),
		"long paths":        repeated(`{"op":"remove","path":"roles[`+compare+`]"}`, 900),
		"brackets":          repeated(`{"op":"remove","path":"emails[`+compare+`]"}`, 100),
		"one value for all": repeated(`{"op":"add","path":"emails[value pr]","value":{"display":"`+strings.Repeat("x", 900)+`"}}`, 100),
		"primary for all":   repeated(`{"op":"replace","path":"emails[value pr].primary","value":true}`, 100),
		"names with paths":  `{"op":"remove","path":"title"},{"op":"add","value":{` + strings.Join(keys, ",") + `}}`,
		"texts to fold":     `{"op":"replace","path":"emails","value":[{"value":"q"}]},` + strings.Join(texts, ","),
	} {
		t.Run(name, func(t *testing.T) {
			h.unchanged(t, func() { h.refused(http.StatusRequestEntityTooLarge, "", "PATCH", "/Users/"+id, patch(operations)) })
		})
	}
	// What robots send is far from that.
	var usual []string
	for i := range 100 {
		usual = append(usual, fmt.Sprintf(`{"op":"replace","path":"emails[type eq \"ß%d\"].value","value":"e%d@example.com"}`, i%90, i))
	}
	h.want(200, "PATCH", "/Users/"+id, patch(usual...))
}

// TestCostlyBulk: what a Bulk's operations compare counts together.
func TestCostlyBulk(t *testing.T) {
	h := newHouse(t)
	id := h.person("ada@example.com")
	h.want(200, "PATCH", "/Users/"+id, patch(`{"op":"replace","path":"emails","value":`+emails(90)+`}`))
	one := fmt.Sprintf(`{"method":"PATCH","path":"/Users/%s","data":%s}`, id, patch(`{"op":"remove","path":"emails","value":[`+repeated(`"q"`, 50)+`]}`))
	statuses, _ := results(t, h.want(200, "POST", "/Bulk", bulk(repeated(one, 10))))
	same(t, statuses, append(strings.Split(repeated("<nil> 200", 3), ","), strings.Split(repeated("<nil> 413", 7), ",")...))
}

// TestCostlyGroupBrackets: brackets that no index answers read all members.
func TestCostlyGroupBrackets(t *testing.T) {
	h := newHouse(t)
	g := h.group("many", h.crowd(300)...)
	one := `{"op":"remove","path":"members[` + strings.TrimSuffix(strings.Repeat(`type eq \"Q\" or `, 50), " or ") + `]"}`
	h.want(204, "PATCH", "/Groups/"+g, patch(repeated(one, 10)))
	h.unchanged(t, func() {
		h.refused(http.StatusRequestEntityTooLarge, "", "PATCH", "/Groups/"+g, patch(repeated(one, 100)))
	})
}

// TestPageOfPeopleInManyGroups: a page ends where its people's groups are too
// many, and the next begins behind it; of one person no more than a thousand
// are shown.
func TestPageOfPeopleInManyGroups(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		people := h.crowd(60)
		inner := h.group("inner", people...)
		h.spread(1099, 32, func(i int) {
			g := &directory.Group{DisplayName: fmt.Sprintf("outer %04d", i)}
			if err := h.directory.CreateGroup(t.Context(), g, []string{inner}, directory.Act{Scope: "corp"}); err != nil {
				t.Error(err)
			}
		})
		if n := len(h.want(200, "GET", "/Users/"+people[0], "").at("groups").([]any)); n != 1000 {
			t.Errorf("a person in 1100 groups is shown with %d", n)
		}
		a := h.want(200, "GET", "/Users?count=200", "")
		if n := len(a.ids()); n != 50 || a.at("itemsPerPage") != 50.0 || a.at("totalResults") != 60.0 {
			t.Errorf("a page of people in 1000 groups each has %d, says %v of %v", n, a.at("itemsPerPage"), a.at("totalResults"))
		}
		a = h.want(200, "GET", "/Users?count=200&cursor", "")
		rest := h.want(200, "GET", "/Users?count=200&cursor="+a.text("nextCursor"), "")
		same(t, append(a.ids(), rest.ids()...), people)
		if n := len(h.want(200, "GET", "/Users?count=200&excludedAttributes=groups", "").ids()); n != 60 {
			t.Errorf("a page without groups has %d people", n)
		}
	})
}

// TestMemberOfAnotherConnection: a person that another connection has taken on
// keeps their place in a group, and their new name to themselves.
func TestMemberOfAnotherConnection(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		other := h.as(h.tokenOf("other", directory.TokenOptions{}))
		found := h.signedIn("nobody@example.com", "")
		ours := h.person("ours@example.com")
		g := h.group("mine", found, ours)
		other.want(200, "PATCH", "/Users/"+found, patch(`{"op":"replace","path":"displayName","value":"Theirs now"}`))
		for _, a := range []*answer{h.want(200, "GET", "/Groups/"+g, ""), h.want(200, "PATCH", "/Groups/"+g+"?attributes=members", patch(`{"op":"replace","path":"externalId","value":"7"}`))} {
			shown := map[any]any{}
			for _, m := range a.at("members").([]any) {
				m := m.(map[string]any)
				shown[m["value"]] = m["display"]
			}
			if len(shown) != 2 || shown[found] != nil || shown[ours] != "ours@example.com" {
				t.Errorf("a group shows %s", a.body)
			}
		}
		h.want(204, "PATCH", "/Groups/"+g, patch(fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, found)))
	})
}

// allocated is how many bytes were, until now.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestBulkRendersNothing: a Bulk answers no resource, so none is read: what
// would be shown of it counts for nothing, though it was asked for.
func TestBulkRendersNothing(t *testing.T) {
	h := newHouse(t)
	g := h.group("huge", h.crowd(2000)...)
	one := fmt.Sprintf(`{"method":"PATCH","path":"/Groups/%s?attributes=members","data":%s}`, g, patch(`{"op":"replace","path":"displayName","value":"huge"}`))
	body := bulk(repeated(one, 50))
	before := allocated()
	a := h.want(200, "POST", "/Bulk", body)
	// 50 lists of 2,000 members are some 15 MB as JSON alone.
	if spent := allocated() - before; spent > 12<<20 {
		t.Errorf("a Bulk of %d bytes allocated %d MB to answer %d bytes", len(body), spent>>20, len(a.body))
	}
	statuses, _ := results(t, a)
	same(t, statuses, strings.Split(repeated("<nil> 200", 50), ","))
}

// TestOddPages: a blank filter is a mistake, and a page behind the last is
// empty however far away it is.
func TestOddPages(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.person("ada@example.com")
		h.group("one")
		for _, of := range []string{"/Users", "/Groups"} {
			for _, blank := range []string{"", " ", "%09"} {
				h.refused(400, "invalidFilter", "GET", of+"?filter="+blank, "")
			}
			h.refused(400, "invalidFilter", "POST", of+"/.search", `{"filter":" "}`)
			h.want(200, "POST", of+"/.search", `{"filter":null}`)
			for _, start := range []string{"2", "2147483647", "2147483648", "9223372036854775807", "99999999999999999999"} {
				a := h.want(200, "GET", of+"?startIndex="+start, "")
				if len(a.ids()) != 0 || a.at("totalResults") != 1.0 {
					t.Errorf("%s from %s: %s", of, start, a.body)
				}
			}
			if n := len(h.want(200, "GET", of+"?startIndex=-99999999999999999999&count=99999999999999999999", "").ids()); n != 1 {
				t.Errorf("%s from far before: %d", of, n)
			}
		}
	})
}
