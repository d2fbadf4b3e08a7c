package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/testidp"
)

// BenchmarkPortal is what a person waits for who is in 200 groups, among 3,000
// applications of which they may enter nearly all and 10,000 assignments: the
// whole request, session and groups read from a real SQLite file, decisions,
// search and the page.
func BenchmarkPortal(b *testing.B) {
	h := newHouse(b)
	h.connect("default", nil)
	cookies := bigCompany(b, h)
	handler := h.server.Handler()
	for _, c := range []struct {
		name, path string
		status     int
	}{
		{"first", "/", http.StatusOK},
		{"last", "/?page=50", http.StatusOK},
		{"search", "/?q=application+29", http.StatusOK},
		{"nothing", "/?q=xyzzy", http.StatusOK},
		{"choose", "/go/app-0001", http.StatusOK},
		{"enter", "/go/app-0001?permission_set=Set-1", http.StatusSeeOther},
		{"denied", "/go/app-0001?permission_set=Set-9", http.StatusForbidden},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, c.path, nil)
				for _, cookie := range cookies {
					r.AddCookie(cookie)
				}
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Code != c.status {
					b.Fatalf("status %d: %s", w.Code, w.Body)
				}
			}
		})
	}
}

// bigCompany fills the house and signs in the one who may nearly everything.
func bigCompany(b *testing.B, h *house) []*http.Cookie {
	b.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	var apps []*access.Application
	for i := range 3000 {
		a := &access.Application{
			ID: uuid.Must(uuid.NewV7()).String(), Name: fmt.Sprintf("app-%04d", i), Title: fmt.Sprintf("Application %04d", i), Description: "What department " + fmt.Sprint(i%40) + " works with",
			URL: fmt.Sprintf("https://app-%04d.example.com/", i), Kind: access.KindWeb, Entry: access.Assigned, CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		if i%10 == 0 {
			a.Rules = []access.Rule{{ID: "r", Name: "department", Text: `permit (principal, action == Action::"enter", resource) when { principal.hasTag("Department") && principal.getTag("Department") == "Engineering" };`}}
		}
		apps = append(apps, a)
		must(b, h.db.CreateApplication(b.Context(), a, audit.New(audit.ApplicationAdded, "command")))
	}
	must(b, h.apps.Reload(b.Context()))
	var sets []*access.PermissionSet
	for i := range 10 {
		sets = append(sets, h.set(access.PermissionSet{Name: fmt.Sprintf("Set-%d", i)}))
	}
	var groups []string
	for i := range 200 {
		groups = append(groups, fmt.Sprintf("group-%03d", i))
	}
	var all []*access.Assignment
	for i := range 10_000 {
		all = append(all, &access.Assignment{
			Principal:     access.Principal{Kind: access.ToClaim, IDP: "default", Name: groups[(i*7)%len(groups)]},
			ApplicationID: apps[i%len(apps)].ID, PermissionSetID: sets[(i/len(apps)+i)%9].ID,
		})
		if len(all) == 1000 {
			_, err := h.apps.Grant(b.Context(), all, "command")
			must(b, err)
			all = nil
		}
	}
	form := h.respond("default", testidp.Response{Person: "ann", Groups: groups}).Encode()
	return cookiesOf(b, h.server.Handler(), form)
}
