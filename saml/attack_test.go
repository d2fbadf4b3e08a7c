package saml_test

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// target is a good response that somebody got hold of, and the trust under
// which it is good. Attacks change it; none may get more out of it than it
// says.
type target struct {
	name      string
	raw       string
	assertion string // as it stands in raw, signature included
	signature string // that of the assertion, or of the response where only that is signed
	twin      *testidp.IDP
	options   saml.VerifyOptions
	identity  string
	tried     int
}

const victim, attacker = "ann@example.com", "admin@example.com"

var twin = sync.OnceValues(func() (*testidp.IDP, error) {
	return testidp.New(testidp.Options{BaseURL: "https://idp.example.com", ECDSA: true})
})

// serviceTrust trusts the twin, and can decrypt.
func serviceTrust(t testing.TB) (*testidp.IDP, *saml.Trust) {
	t.Helper()
	idp, err := twin()
	if err != nil {
		t.Fatal(err)
	}
	return idp, &saml.Trust{IDPEntityID: idp.EntityID(), Certificates: idp.Certificates(),
		EntityIDs: []string{benchSP}, ACSURLs: []string{benchACS}, DecryptionKeys: []*rsa.PrivateKey{rsaKey()}}
}

// targets are good responses in three signing modes, solicited and not.
func targets(t testing.TB) []*target {
	t.Helper()
	var out []*target
	for _, mode := range []struct {
		name                string
		assertion, response bool
	}{{"assertion signed", true, false}, {"response signed", false, true}, {"both signed", true, true}} {
		for _, request := range []string{"", "_question"} {
			out = append(out, newTarget(t, mode.name+"/"+request, testidp.Response{
				SignAssertion: mode.assertion, SignResponse: mode.response, InResponseTo: request}))
		}
	}
	return out
}

func newTarget(t testing.TB, name string, r testidp.Response) *target {
	t.Helper()
	idp, trust := serviceTrust(t)
	r.ACS, r.Audience, r.Person = benchACS, benchSP, "ann"
	raw, err := idp.Respond(r)
	if err != nil {
		t.Fatal(err)
	}
	g := &target{name: name, raw: string(raw), twin: idp, options: saml.VerifyOptions{Trust: trust, Now: time.Now(), AllowUnsolicited: true,
		Request: func(id string) (*saml.Request, bool, error) {
			return &saml.Request{ID: id, IssuedAt: time.Now()}, id == r.InResponseTo && id != "", nil
		}}}
	a, err := saml.Verify(raw, g.options)
	if err != nil {
		t.Fatalf("%s is not even good: %v", name, err)
	}
	g.identity = identity(a)
	g.assertion = between(g.raw, "<saml:Assertion ", "</saml:Assertion>")
	if g.signature = between(g.assertion, "<ds:Signature ", "</ds:Signature>"); g.signature == "" {
		g.signature = between(g.raw, "<ds:Signature ", "</ds:Signature>")
	}
	return g
}

// between is the part of s from start to end, both included; "" where there
// is none.
func between(s, start, end string) string {
	from := strings.Index(s, start)
	if from < 0 {
		return ""
	}
	to := strings.Index(s[from:], end)
	if to < 0 {
		return ""
	}
	return s[from : from+to+len(end)]
}

// identity is all that an accepted response says, in one string.
func identity(a *saml.Assertion) string {
	return fmt.Sprintf("%q", []any{a.ID(), a.Issuer(), a.InResponseTo(), a.NameID(), a.Recipient(), a.Audience(), a.SessionIndex(),
		a.AuthnInstant(), a.AuthnContextClassRef(), a.IssueInstant(), a.SessionNotOnOrAfter(), a.Expires(), a.Attributes()})
}

// try holds one changed document to the property that all others rest on: it
// is refused for a reason on the list, or says exactly what was said before.
// It reports whether it was accepted.
func (g *target) try(t *testing.T, name, raw string) bool {
	t.Helper()
	g.tried++
	a, err := saml.Verify([]byte(raw), g.options)
	if err == nil {
		if got := identity(a); got != g.identity {
			t.Errorf("%s: %s: FORGED: accepted as\n%s\nfor\n%s\n%s", g.name, name, got, g.identity, raw)
		}
		return true
	}
	var refusal *saml.Error
	if !errors.As(err, &refusal) || !slices.Contains(saml.Reasons(), refusal.Reason) {
		t.Errorf("%s: %s: refused without a reason on the list: %v", g.name, name, err)
	} else if refusal.Err != nil {
		t.Errorf("%s: %s: a reader broke: %v", g.name, name, refusal.Err)
	}
	return false
}

// refuse is try for what must not be accepted, whatever it says.
func (g *target) refuse(t *testing.T, name, raw string) {
	t.Helper()
	if raw == g.raw {
		t.Errorf("%s: %s: the attack changed nothing", g.name, name)
	}
	if g.try(t, name, raw) {
		t.Errorf("%s: %s: accepted", g.name, name)
	}
}

// evil is the assertion as the attacker wants it, without a signature.
func (g *target) evil(id string) string {
	e := strings.Replace(g.assertion, between(g.assertion, "<ds:Signature ", "</ds:Signature>"), "", 1)
	e = strings.ReplaceAll(e, victim, attacker)
	old := between(e, ` ID="`, `" `)
	switch id {
	case "same":
		return e
	case "none":
		return strings.Replace(e, old, " ", 1)
	}
	return strings.Replace(e, old, ` ID="`+id+`" `, 1)
}

// logTried says how much was tried, in the test's own output.
func logTried(t *testing.T, all []*target) {
	n := 0
	for _, g := range all {
		n += g.tried
	}
	t.Logf("%d documents tried", n)
}
