package scim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"sallyport/directory"
	"sallyport/internal/pgtest"
)

// TestAtOnce has robots do the same at the same time, as two sync jobs do.
func TestAtOnce(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{"SQLite": sqliteURL, "PostgreSQL": pgtest.URL} {
		t.Run(name, func(t *testing.T) {
			h := newHouseOn(t, url(t), directory.TokenOptions{})
			t.Run("one name", func(t *testing.T) {
				got := h.together(20, func(i int) *http.Request {
					return h.request("POST", "/Users", userJSON([]string{"ada@example.com", "ADA@example.com"}[i%2]))
				})
				if got[201] != 1 || got[409] != 19 {
					t.Errorf("answers: %v", got)
				}
			})
			t.Run("one version", func(t *testing.T) {
				id := h.person("bob@example.com")
				tag := h.want(200, "GET", "/Users/"+id, "").header.Get("ETag")
				got := h.together(10, func(i int) *http.Request {
					r := h.request("PATCH", "/Users/"+id, patch(fmt.Sprintf(`{"op":"replace","path":"title","value":"title %d"}`, i)))
					r.Header.Set("If-Match", tag)
					return r
				})
				if got[200] != 1 || got[412] != 9 {
					t.Errorf("answers: %v", got)
				}
			})
			t.Run("one person's attributes", func(t *testing.T) {
				id := h.person("eve@example.com")
				names := []string{"title", "nickName", "userType", "locale", "timezone", "displayName"}
				got := h.together(len(names), func(i int) *http.Request {
					return h.request("PATCH", "/Users/"+id, patch(`{"op":"replace","path":"`+names[i]+`","value":"new"}`))
				})
				a := h.want(200, "GET", "/Users/"+id, "")
				for _, name := range names {
					if a.text(name) != "new" {
						t.Errorf("%s was lost: %s (%v)", name, a.body, got)
					}
				}
			})
			t.Run("one group", func(t *testing.T) {
				var ids []string
				for i := range 20 {
					ids = append(ids, h.person(fmt.Sprintf("member-%d@example.com", i)))
				}
				group := h.group("all", ids[10:]...)
				got := h.together(20, func(i int) *http.Request {
					op := []string{"add", "remove"}[i/10]
					return h.request("PATCH", "/Groups/"+group, patch(`{"op":"`+op+`","path":"members","value":[{"value":"`+ids[i]+`"}]}`))
				})
				members, _ := h.want(200, "GET", "/Groups/"+group, "").at("members").([]any)
				if got[204] != 20 || len(members) != 10 {
					t.Errorf("answers %v, and %d members", got, len(members))
				}
			})
			t.Run("a ring from two sides", func(t *testing.T) {
				for range 5 {
					a, b := h.group("a"), h.group("b")
					got := h.together(2, func(i int) *http.Request {
						pair := [][2]string{{a, b}, {b, a}}[i]
						return h.request("PATCH", "/Groups/"+pair[0], patch(`{"op":"add","path":"members","value":[{"value":"`+pair[1]+`"}]}`))
					})
					if got[204] != 1 || got[400] != 1 {
						t.Errorf("answers: %v", got)
					}
					h.want(204, "DELETE", "/Groups/"+a, "")
					h.want(204, "DELETE", "/Groups/"+b, "")
				}
			})
		})
	}
}

func (h *house) request(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, "/scim/v2"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+h.token)
	r.Header.Set("Content-Type", "application/scim+json")
	return r
}

// together sends n requests at the same time and counts the answers.
func (h *house) together(n int, request func(i int) *http.Request) map[int]int {
	h.t.Helper()
	statuses := make([]int, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, request(i))
			statuses[i] = w.Code
		})
	}
	group.Wait()
	counts := map[int]int{}
	for _, s := range statuses {
		counts[s]++
	}
	return counts
}
