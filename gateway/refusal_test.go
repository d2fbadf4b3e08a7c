package gateway_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
)

// nginx asks once whether somebody may pass and, refused, a second time for
// what it shows. Where they may pass by then, the browser asks once more.
func TestWhoMayPassAtTheSecondQuestionAsksAgain(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	second := http.Header{"X-Sallyport-Refusal": {"1"}}
	for method, want := range map[string]int{"GET": 303, "HEAD": 303, "POST": 307, "PUT": 307} {
		w := h.ask(asking{method: method, url: wikiPage, cookie: ann.token, header: second})
		if w.Code != want || w.Header().Get("Location") != wikiPage || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d to %s, %v", method, w.Code, w.Header().Get("Location"), w.Header())
		}
		for _, name := range access.IdentityHeaders() {
			if _, told := w.Header()[name]; told {
				t.Errorf("%s: the browser is told %s", method, name)
			}
		}
	}
	// A refusal is as ever.
	if w := h.ask(asking{url: wikiPage, header: second}); w.Code != 302 || !strings.HasPrefix(w.Header().Get("Location"), ssoBase+"/enter?") {
		t.Errorf("signed out: %d to %s", w.Code, w.Header().Get("Location"))
	}
	status(t, h.ask(asking{url: wikiPage, cookie: ann.token}), 200)
}

func TestLongAddresses(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	h.app("board", "https://shared.example.com/board/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	query := func(n int) string { return "?q=" + strings.Repeat("x", n) }
	for dialect, refused := range map[string]int{"forward-auth": 414, "auth-request": 403, "ext-authz": 414} {
		status(t, h.asks(dialect, asking{url: wikiBase + "/search" + query(32_000), cookie: ann.token}), 200)
		w := h.asks(dialect, asking{url: wikiBase + "/search" + query(33_000), cookie: ann.token})
		status(t, w, refused)
		if !strings.Contains(w.Body.String(), "32 KiB") {
			t.Errorf("%s: it does not say why: %s", dialect, w.Body)
		}
	}
	for address, want := range map[string]string{
		wikiBase + "/search" + query(4000):                              wikiBase + "/search" + query(4000),
		wikiBase + "/search" + query(9000):                              wikiBase + "/search", // as far as the sign-in carries it
		wikiBase + "/" + strings.Repeat("x", 9000):                      wikiBase + "/",
		"https://shared.example.com/board/x" + query(9000):              "https://shared.example.com/board/x",
		"https://shared.example.com/board/" + strings.Repeat("x", 9000): "https://shared.example.com/board/",
	} {
		w := h.ask(asking{url: address})
		to, err := url.Parse(w.Header().Get("Location"))
		must(t, err)
		if got := to.Query().Get("to"); w.Code != 302 || got != want {
			t.Errorf("%.50s: %d, comes back to %.50s", address, w.Code, got)
		}
	}
	// A form is not kept for an address that nobody can come back to.
	w := h.ask(asking{method: "POST", url: wikiBase + "/search" + query(9000), header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}})
	if w.Code != 414 || !strings.Contains(w.Body.String(), "Nothing was saved") || !strings.Contains(w.Body.String(), "too long") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
