package gateway

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sallyport/access"
	"sallyport/internal/htmlcheck"
)

const evil = `"><script>alert(1)</script>'&{{.}}`

func render(t *testing.T, p *page, status int) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	if err := p.write(w, status); err != nil {
		t.Fatal(err)
	}
	return w
}

// inline are the styles and scripts that a page holds itself.
var inline = regexp.MustCompile(`(?s)<(style|script)>(.*?)</(?:style|script)>`)

// sound gives what is wrong with a page, whose own style and script are not,
// where its policy names exactly them.
func sound(w *httptest.ResponseRecorder) []error {
	policy := w.Header().Get("Content-Security-Policy")
	rest := inline.ReplaceAllStringFunc(w.Body.String(), func(element string) string {
		parts := inline.FindStringSubmatch(element)
		for directive := range strings.SplitSeq(policy, "; ") {
			if name, source, _ := strings.Cut(directive, " "); name == parts[1]+"-src" && source == hashSource(parts[2]) {
				return ""
			}
		}
		return element
	})
	return htmlcheck.Sound(strings.NewReader(rest))
}

func everyPage() map[string]*page {
	app := &access.Application{Name: "grafana", Title: "Grafana", AskWhom: "desk@example.com"}
	fields := []field{{"title", "one\r\ntwo"}, {"submit", ""}}
	pages := map[string]*page{
		"denied":            deniedPage(app, "It has not been assigned to you.", "4F7Q-22KD", "https://sso.example.com", "https://grafana.example.com"),
		"denied, hostile":   deniedPage(&access.Application{Name: "x", Title: evil, AskWhom: evil}, evil, evil, "https://sso.example.com", "https://grafana.example.com"),
		"replay":            replayPage("https://grafana.example.com/orders?a=1", fields),
		"replay, hostile":   replayPage("https://grafana.example.com/?"+evil, []field{{evil, evil}}),
		"replay of nothing": replayPage("https://grafana.example.com/", nil),
		"dropped":           formDroppedPage("https://grafana.example.com/"),
		"gone":              formGonePage("https://grafana.example.com/"),
		"waits":             formWaitsPage("https://sso.example.com/enter?to=https%3A%2F%2Fgrafana.example.com%2F&b=x&kept=y"),
		"lost":              formLostPage("https://grafana.example.com/"),
		"broken link":       brokenLinkPage("https://grafana.example.com/d/1", false),
		"no cookie":         brokenLinkPage("https://grafana.example.com/d/1", true),
		"no place":          brokenLinkPage("", false),
		"unknown host":      unknownHostPage(evil),
		"untrusted proxy":   untrustedProxyPage("192.0.2.9"),
		"plain":             {Title: "Something went wrong on our side", Says: []string{"Please try again."}, RequestID: "0190"},
	}
	for _, n := range []notSaved{notOfThisSite, withFiles, notAForm, tooLarge, otherEncoding, notReceived, nobodys, tooMany, keptNowhere, wrongAddress, longAddress, onlyForms} {
		pages["not saved: "+n.why] = notSavedPage(n, "https://grafana.example.com/new")
	}
	return pages
}

func TestEveryPageIsSoundAndBoundByItsPolicy(t *testing.T) {
	for name, p := range everyPage() {
		w := render(t, p, http.StatusForbidden)
		for _, err := range sound(w) {
			t.Errorf("%s: %v", name, err)
		}
		h := w.Header()
		policy := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %q lacks %q", name, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || p.Form == nil && (strings.Contains(policy, "script-src") || !strings.Contains(policy, "form-action 'none'")) {
			t.Errorf("%s: policy %q allows too much", name, policy)
		}
		want := "no-referrer"
		if p.Form != nil {
			want = "strict-origin"
		}
		if h.Get("Referrer-Policy") != want || h.Get("Cache-Control") != "no-store" || h.Get("X-Frame-Options") != "DENY" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", name, h)
		}
		if regexp.MustCompile(`(?i)(src|srcset|@import|url\()\s*=?\s*["']?(https?:)?//`).MatchString(w.Body.String()) {
			t.Errorf("%s: asks for something from elsewhere", name)
		}
	}
}

func TestDeniedSaysWhyAndWhomToAsk(t *testing.T) {
	app := &access.Application{Name: "grafana", Title: "Grafana", AskWhom: "desk@example.com"}
	deny := func(whom string) *httptest.ResponseRecorder {
		app.AskWhom = whom
		return render(t, deniedPage(app, "It has not been assigned to you.", "4F7Q-22KD", "https://sso.example.com", "https://grafana.example.com:8443"), http.StatusForbidden)
	}
	check(t, deny("desk@example.com"),
		htmlcheck.In("h1", htmlcheck.Text("You can’t open Grafana")),
		htmlcheck.In("main", htmlcheck.Text("It has not been assigned to you."), htmlcheck.Text("ask desk@example.com and give this reference")),
		htmlcheck.In("a[href=mailto:desk@example.com]"),
		htmlcheck.In("dl code", htmlcheck.Text("4F7Q-22KD")),
		htmlcheck.In("a.first", htmlcheck.Attr("href", "https://sso.example.com/")),
		htmlcheck.In(".fine a", htmlcheck.Attr("href", "https://grafana.example.com:8443/.sallyport/sign-out"), htmlcheck.Text("Sign in as somebody else")),
	)
	for _, whom := range []string{"#help-grafana", "The desk <desk@example.com>", "desk@example.com?subject=x\r\nBcc: y@example.com", "javascript:alert(1)"} {
		check(t, deny(whom), htmlcheck.In("main strong", htmlcheck.Text(strings.Join(strings.Fields(whom), " "))), htmlcheck.Count("main a", 2))
	}
	check(t, deny(""), htmlcheck.In("main", htmlcheck.Text("ask your administrator and give this reference")))
}

// What a page sends again is what a browser reads out of it.
func TestReplayHoldsTheFormToTheLetter(t *testing.T) {
	address := `https://grafana.example.com/o(1)/'x'?a=%28&b=[1]&amp;c='"`
	fields := []field{{"a", evil}, {"a", ""}, {"submit", "x"}, {"action", "https://evil.example"}, {"text", "one\ntwo\t  three é 漢 \u2028"}, {" b ", "+&=%"}}
	w := render(t, replayPage(address, fields), http.StatusOK)
	root, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	form := htmlcheck.Find(root, "form")[0]
	if got, _ := htmlcheck.AttrOf(form, "action"); got != address {
		t.Errorf("goes to %s, want %s", got, address)
	}
	if got, _ := htmlcheck.AttrOf(form, "method"); got != "post" {
		t.Errorf("method %s", got)
	}
	var got []field
	for _, in := range htmlcheck.Find(form, "input") {
		name, _ := htmlcheck.AttrOf(in, "name")
		value, _ := htmlcheck.AttrOf(in, "value")
		got = append(got, field{name, value})
	}
	if len(got) != len(fields) {
		t.Fatalf("holds %d fields, want %d", len(got), len(fields))
	}
	for i := range got {
		if got[i] != fields[i] {
			t.Errorf("field %d: %q, want %q", i, got[i], fields[i])
		}
	}
	check(t, render(t, replayPage("https://grafana.example.com/orders?token=1", []field{{"note", "private"}, {"note", ""}, {"sum", "5"}}), http.StatusOK),
		htmlcheck.In("dl", htmlcheck.Text("Goes to https://grafana.example.com/orders Holds note, sum")),
		htmlcheck.In("form#kept button", htmlcheck.Text("Send it now")),
	)
}

func TestHoldsNamesFieldsOnceAndNotAllOfThem(t *testing.T) {
	var many []field
	for i := range 20 {
		many = append(many, field{"f" + string(rune('a'+i)), "v"})
	}
	if got := holds(many); !strings.HasSuffix(got, "fl and 8 more") {
		t.Error(got)
	}
	if got := holds(nil); got != "nothing but that it was sent" {
		t.Error(got)
	}
}

func check(t *testing.T, w *httptest.ResponseRecorder, checks ...htmlcheck.Check) {
	t.Helper()
	for _, err := range htmlcheck.Run(strings.NewReader(w.Body.String()), checks...) {
		t.Error(err)
	}
}
