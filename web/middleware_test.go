package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"sallyport/web"
)

func TestClientAddress(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"203.0.113.9:4711", nil, "203.0.113.9"},
		{"203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"}, // no proxy of ours
		{"10.0.0.1:4711", nil, "10.0.0.1"},
		{"10.0.0.1:4711", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:4711", []string{"192.0.2.66, 198.51.100.1, 10.2.3.4"}, "198.51.100.1"}, // the left is made up
		{"10.0.0.1:4711", []string{"192.0.2.66", "198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:4711", []string{"198.51.100.1:1234"}, "198.51.100.1"},
		{"10.0.0.1:4711", []string{"[2001:db8::1]:1234"}, "2001:db8::1"},
		{"10.0.0.1:4711", []string{"nonsense"}, "10.0.0.1"},
		{"[::1]:4711", []string{"2001:db8::7"}, "2001:db8::7"},
		{"[::ffff:10.0.0.1]:4711", []string{"198.51.100.1"}, "198.51.100.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.peer, c.forwarded
		if got := web.ClientIP(r, trusted); got != c.want {
			t.Errorf("%s, %v: got %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

func TestPanicsBecomeAPage(t *testing.T) {
	h := newHouse(t)
	w := httptest.NewRecorder()
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("ann@example.com") })
	h.server.Recovered(broken).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "Something went wrong") {
		t.Errorf("got %d: %s", w.Code, w.Body)
	}
	if log := h.log.String(); !strings.Contains(log, `"msg":"panic"`) || strings.Contains(log, "ann@") {
		t.Errorf("log: %s", log)
	}
}
