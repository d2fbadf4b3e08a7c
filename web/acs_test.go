package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sallyport/audit"
	"sallyport/internal/testidp"
	"sallyport/saml"
)

func response(person string) testidp.Response { return testidp.Response{Person: person} }

func TestFormsThatAreNoResponse(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	good := h.respond("default", response("ann"))
	with := func(name string, values ...string) url.Values {
		form := url.Values{"SAMLResponse": good["SAMLResponse"]}
		form[name] = append(form[name], values...)
		return form
	}
	for _, c := range []struct {
		name   string
		path   string
		form   url.Values
		status int
		reason saml.Reason
	}{
		{"no field", "/saml/acs", url.Values{}, 400, saml.NotAResponse},
		{"empty field", "/saml/acs", url.Values{"SAMLResponse": {""}}, 400, ""},
		{"two responses", "/saml/acs", with("SAMLResponse", "x"), 400, saml.Malformed},
		{"two relay states", "/saml/acs", with("RelayState", "a", "b"), 400, saml.Malformed},
		{"artifact", "/saml/acs", with("SAMLart", "x"), 400, saml.NotAResponse},
		{"encoding", "/saml/acs", with("SAMLEncoding", "x"), 400, saml.NotAResponse},
		{"request", "/saml/acs", with("SAMLRequest", "x"), 400, saml.NotAResponse},
		{"response in the address", "/saml/acs?SAMLResponse=x", good, 400, saml.Malformed},
		{"too large", "/saml/acs", url.Values{"SAMLResponse": {strings.Repeat("A", 3<<20)}}, 413, saml.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := h.browser()
			b.post(c.path, c.form).check(t, c.status)
			events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.SignInRefused}, Limit: 1})
			must(t, err)
			if c.reason != "" && events[0].Reason != string(c.reason) {
				t.Errorf("refused as %s, want %s", events[0].Reason, c.reason)
			}
			if got := b.who(); got != "" {
				t.Errorf("signed in as %q", got)
			}
		})
	}
	// Nothing of that has spent the good response.
	h.browser().arrive("default", good).leadsTo(t, "/")
}

func TestOnlyFormsAreRead(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	good := h.respond("default", response("ann"))
	for _, headers := range [][]string{
		{"Content-Type", "text/plain"},
		{"Content-Type", "multipart/form-data; boundary=x"},
		{"Content-Type", ""},
		{"Content-Encoding", "gzip"},
	} {
		if a := h.browser().post("/saml/acs", good, headers...); a.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("%v: want 415, got %d", headers, a.StatusCode)
		}
	}
}

// TestTwentyAtOnce posts one response from many browsers: one session, and an
// answer for everybody.
func TestTwentyAtOnce(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	form := h.respond("default", response("ann"))
	var in, refused atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		b := h.browser()
		wg.Go(func() {
			switch a := b.post("/saml/acs", form); a.StatusCode {
			case http.StatusSeeOther:
				in.Add(1)
			case http.StatusForbidden:
				refused.Add(1)
			default:
				t.Errorf("status %d", a.StatusCode)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 || refused.Load() != 19 {
		t.Errorf("%d came in and %d were refused, want 1 and 19", in.Load(), refused.Load())
	}
}

// TestEveryMisbehaviour posts whatever the twin can do wrong.
func TestEveryMisbehaviour(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.browser().arrive("default", h.respond("default", response("ann"))) // what "replay" replays
	certificate := h.registry.Connection("default").SP.EncryptionCertificates[0]
	for _, m := range testidp.Misbehaviours() {
		if m.Reason == "" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			b := h.browser()
			r := response("ann")
			r.Misbehave, r.SPCertificate = m.Name, certificate
			a := b.post("/saml/acs", h.respond("default", r))
			for a.StatusCode == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/") {
				a = b.follow(a)
				if a.Header.Get("Location") == "/" {
					break
				}
			}
			if a.StatusCode >= 500 {
				t.Errorf("status %d", a.StatusCode)
			}
			if got := b.who(); got != "" {
				t.Errorf("signed in as %q, want a refusal as %s", got, m.Reason)
			}
		})
	}
}

// A flood of refusals costs its sender's neighbours nothing: whole companies
// sit behind one address, so refusals never shut anybody out.
func TestRefusalsShutNobodyOut(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	stranger := h.browser()
	for range 400 {
		stranger.post("/saml/acs", url.Values{"SAMLResponse": {"!"}}).check(t, http.StatusBadRequest)
	}
	b := h.browser()
	b.arrive("default", h.respond("default", response("ann")))
	if got := b.who(); got != "ann@example.com" {
		t.Errorf("signed in as %q after a flood of refusals", got)
	}
}
