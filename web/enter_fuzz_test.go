package web_test

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzEnter reads whatever a link to /enter may hold: it leads to an
// application, or to a page of ours, and a sign-in carries it unchanged.
func FuzzEnter(f *testing.F) {
	h := newHouse(f)
	_, good := waiting("https://grafana.example.com/d/abc?x=%2F&y=1", "kept", "handle", "permission_set", "ViewOnly")
	for _, seed := range []string{
		good, strings.Replace(good, "grafana", "evil", 1), good + "&to=https%3A%2F%2Fevil.example.net", "/enter?", "/enter?to=%0d%0a",
		"step-up:" + good, "/enter?" + url.Values{"to": {"//evil.example.net"}, "b": {strings.Repeat("A", 43)}}.Encode(),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		leads, link := h.server.Destination(text)
		if !strings.HasPrefix(leads, "/") && leads != "https://grafana.example.com" && !strings.HasPrefix(leads, "https://grafana.example.com/") && !strings.HasPrefix(leads, "https://grafana.example.com?") && !strings.HasPrefix(leads, "https://grafana.example.com#") {
			t.Fatalf("%q leads to %q", text, leads)
		}
		if !strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//") || strings.ContainsAny(link, "\r\n") {
			t.Fatalf("%q is carried as %q", text, link)
		}
		if again, carried := h.server.Destination(link); again != leads || carried != link {
			t.Fatalf("%q is carried as %q, which leads to %q as %q", text, link, again, carried)
		}
	})
}
