package web_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"sallyport/internal/chromiumtest"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
	"sallyport/saml"
)

// The page that answers an identity provider's request says that a session has
// ended only to the browser whose session it was.
func TestTheAnswerOfALogoutSaysWhatIsSo(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingPOST)
	ben, ann := h.signedIn("ben"), h.signedIn("ann")
	for name, b := range map[string]*browser{"another person": ben, "nobody": h.browser()} {
		a := b.carries("/saml/default/slo", h.asksOut(testidp.Logout{Post: true, SessionIndexes: []string{"_nobody"}}))
		a.check(t, 200, htmlcheck.In("main", htmlcheck.Text("We are answering Identity provider")))
		if strings.Contains(a.body, "has ended") {
			t.Errorf("%s reads that their session has ended", name)
		}
	}
	if got := ben.who(); got != "ben@example.com" {
		t.Errorf("ben is %q", got)
	}
	a := ann.carries("/saml/default/slo", h.asksOut(testidp.Logout{Post: true}))
	a.check(t, 200, htmlcheck.In("main", htmlcheck.Text("Your session here has ended. We are answering Identity provider")))
	if got := ann.who(); got != "" {
		t.Errorf("ann is %q", got)
	}
}

// That page alone may stand in a frame, and only in one of the identity
// provider that takes the answer.
func TestTheAnswerOfALogoutMayBeFramed(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingPOST)
	b := h.signedIn("ann")
	ours := b.post("/signout", nil)
	b = h.signedIn("ann")
	back := b.carries("/saml/default/slo", h.asksOut(testidp.Logout{Post: true}))
	refused := b.carries("/saml/default/slo", h.asksOut(testidp.Logout{Post: true, Unsigned: true}))
	for name, c := range map[string]struct {
		answer
		ancestors, frame string
	}{
		"our request": {ours, "'none'", "DENY"},
		"our answer":  {back, "https://idp.example.com", ""},
		"a refusal":   {refused, "'none'", "DENY"},
	} {
		csp := c.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "; frame-ancestors "+c.ancestors+";") || c.Header.Get("X-Frame-Options") != c.frame {
			t.Errorf("%s: policy %q, X-Frame-Options %q", name, csp, c.Header.Get("X-Frame-Options"))
		}
	}
}

// The identity provider asks by HTTP-POST, takes our answer, and goes on to the
// next service by a redirect (SAML Profiles section 4.4.3), in a tab or in a
// frame: browsers hold our page's policy against all of that.
func TestAChainOfLogoutsInABrowser(t *testing.T) {
	for _, start := range []string{"/begin", "/frame"} {
		arrived := make(chan struct{}, 1)
		next := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			select {
			case arrived <- struct{}{}:
			default:
			}
		}))
		defer next.Close()
		var form string
		theirs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			switch r.URL.Path {
			case "/begin":
				fmt.Fprint(w, form)
			case "/frame":
				fmt.Fprint(w, `<iframe src="/begin"></iframe>`)
			case "/slo": // another host, as the next service is
				http.Redirect(w, r, strings.Replace(next.URL, "127.0.0.1", "localhost", 1)+"/slo?SAMLRequest=x", http.StatusFound)
			}
		}))
		defer theirs.Close()

		h := newHouse(t)
		h.connectOutAt("default", theirs.URL+"/slo", saml.BindingPOST)
		h.signedIn("ann")
		message := h.asksOut(testidp.Logout{Post: true}).Form.Get("SAMLRequest")
		form = `<form method="post" action="` + h.url + `/saml/default/slo"><input name="SAMLRequest" value="` + html.EscapeString(message) + `"></form><script>document.forms[0].submit()</script>`

		ctx := chromiumtest.Tab(t)
		if err := chromedp.Do(ctx, chromedp.Navigate(theirs.URL+start)); err != nil && !strings.Contains(err.Error(), "ERR_ABORTED") {
			t.Fatal(err)
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			t.Errorf("%s: the next service is never told", start)
		}
	}
}
