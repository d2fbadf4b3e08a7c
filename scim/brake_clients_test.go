package scim_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sallyport/directory"
)

func (h *house) active(id string) bool {
	h.t.Helper()
	u, err := h.directory.User(context.Background(), id)
	must(h.t, err)
	return u.Active
}

// TestBrake: a robot gone wrong is told to come back later, people stay, and
// an administrator decides.
func TestBrake(t *testing.T) {
	out := map[string]func(*house, string, string) *answer{
		"deactivating by PATCH": func(h *house, id, _ string) *answer {
			return h.do("PATCH", "/Users/"+id, patch(`{"op":"Replace","path":"active","value":"False"}`))
		},
		"deactivating by PUT": func(h *house, id, name string) *answer {
			return h.do("PUT", "/Users/"+id, `{"userName":"`+name+`","active":false}`)
		},
		"removing": func(h *house, id, _ string) *answer { return h.do("DELETE", "/Users/"+id, "") },
		"removing in bulk": func(h *house, id, _ string) *answer {
			a := h.want(200, "POST", "/Bulk", bulk(`{"method":"DELETE","path":"/Users/`+id+`"}`))
			status := 0
			_, _ = fmt.Sscan(a.text("Operations", 0, "status"), &status)
			return &answer{status: status, header: http.Header{"Retry-After": {"3600"}}, body: a.body, json: a.at("Operations", 0, "response")}
		},
	}
	for name, one := range out {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			var ids, names []string
			for i := range 40 {
				names = append(names, fmt.Sprintf("person-%d@example.com", i))
				ids = append(ids, h.person(names[i]))
			}
			// 20 % of 40 are 8, but at least 10 may go.
			for i := range 10 {
				if a := one(h, ids[i], names[i]); a.status != 200 && a.status != 204 {
					t.Fatalf("person %d: %d %s", i, a.status, a.body)
				}
			}
			for i := 10; i < 13; i++ {
				a := one(h, ids[i], names[i])
				if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "3600" || !strings.Contains(a.text("detail"), "console") {
					t.Fatalf("person %d: %d, Retry-After %q, %s", i, a.status, a.header.Get("Retry-After"), a.body)
				}
				h.errorShape(a)
				if !h.active(ids[i]) {
					t.Errorf("person %d is inactive though that was held", i)
				}
			}
			// Everything else goes on.
			h.want(200, "PATCH", "/Users/"+ids[20], patch(`{"op":"replace","path":"title","value":"Engineer"}`))
			h.person("new@example.com")

			brake, err := h.directory.Brake(t.Context(), "corp")
			must(t, err)
			if len(brake.Held) != 3 || brake.HeldSince.IsZero() {
				t.Errorf("the brake holds %+v", brake)
			}
			if _, err := h.directory.Reject(t.Context(), "corp", false, "test"); err != nil {
				t.Fatal(err)
			}
			a := one(h, ids[10], names[10])
			if a.status != http.StatusForbidden || !h.active(ids[10]) {
				t.Errorf("rejected: %d %s", a.status, a.body)
			}
			h.errorShape(a)
		})
	}
}

// TestBrakeReleased: what was held is done, and the robot may go on.
func TestBrakeReleased(t *testing.T) {
	h := newHouse(t)
	must(t, h.directory.SetBrake(t.Context(), "corp", 20, 1, "test"))
	var ids []string
	for i := range 5 {
		ids = append(ids, h.person(fmt.Sprintf("person-%d@example.com", i)))
	}
	leave := patch(`{"op":"replace","path":"active","value":false}`)
	h.want(200, "PATCH", "/Users/"+ids[0], leave)
	h.refused(429, "", "PATCH", "/Users/"+ids[1], leave)
	h.refused(429, "", "DELETE", "/Users/"+ids[2], "")
	brake, err := h.directory.Brake(t.Context(), "corp")
	must(t, err)
	n, err := h.directory.Release(t.Context(), "corp", brake.Fingerprint(), "test")
	must(t, err)
	if n != 2 || h.active(ids[1]) {
		t.Errorf("released %d", n)
	}
	h.refused(404, "", "GET", "/Users/"+ids[2], "")
	h.want(200, "PATCH", "/Users/"+ids[3], leave)

	must(t, h.directory.SetBrake(t.Context(), "corp", directory.OffShare, 0, "test"))
	h.want(200, "PATCH", "/Users/"+ids[4], leave)
}
