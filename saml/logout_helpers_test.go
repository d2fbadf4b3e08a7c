package saml_test

import (
	"crypto"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// logoutTarget is a good logout message that somebody got hold of. Attacks
// change it; none may get more out of it than it says.
type logoutTarget struct {
	name, kind string
	message    saml.LogoutMessage
	options    saml.LogoutOptions
	raw        string // the XML, by HTTP-POST
	said       string
	tried      int
}

const logoutAt = "https://sp.example.com/saml/default/slo"

// logoutTargets are requests and answers by both bindings, signed by the twin,
// whose signed assertions the attacker has too.
func logoutTargets(t testing.TB) []*logoutTarget {
	t.Helper()
	idp, trust := serviceTrust(t)
	return logoutTargetsOf(t, &saml.Signer{Key: idp.Signer(), Certificate: idp.Certificates()[0]}, trust)
}

func logoutTargetsOf(t testing.TB, signer *saml.Signer, trust *saml.Trust) []*logoutTarget {
	t.Helper()
	now := time.Now()
	var out []*logoutTarget
	for _, binding := range []string{saml.BindingPOST, saml.BindingRedirect} {
		at := saml.Endpoint{Binding: binding, Location: logoutAt}
		request := &saml.NewLogoutRequest{ID: "_l1", IssueInstant: now, NotOnOrAfter: now.Add(time.Minute), Issuer: trust.IDPEntityID, Endpoint: at,
			NameID: saml.NameID{Value: victim, Format: saml.FormatEmailAddress}, SessionIndexes: []string{"_s1"}, RelayState: "state & more", Signer: signer}
		answer := &saml.NewLogoutResponse{ID: "_l1", InResponseTo: "_question", IssueInstant: now, Issuer: trust.IDPEntityID, Endpoint: at, RelayState: "state & more", Signer: signer}
		for kind, render := range map[string]func() (*saml.RequestMessage, error){"LogoutRequest": request.Message, "LogoutResponse": answer.Message} {
			m, err := render()
			if err != nil {
				t.Fatal(err)
			}
			g := &logoutTarget{name: kind + " by " + binding[strings.LastIndex(binding, ":")+1:], kind: kind, message: arrived(m),
				options: saml.LogoutOptions{Trust: trust, SLOURLs: []string{logoutAt}, Now: now, InResponseTo: "_question"}}
			if binding == saml.BindingPOST {
				raw, err := base64.StdEncoding.DecodeString(g.message.Field)
				if err != nil {
					t.Fatal(err)
				}
				g.raw = string(raw)
			}
			if g.said, err = verifyLogout(kind, g.message, g.options); err != nil {
				t.Fatalf("%s is not even good: %v", g.name, err)
			}
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *logoutTarget) int { return strings.Compare(a.name, b.name) })
	return out
}

// arrived is a message as it comes in at the far side.
func arrived(m *saml.RequestMessage) saml.LogoutMessage {
	if m.Form == nil {
		_, query, _ := strings.Cut(m.URL, "?")
		return saml.LogoutMessage{Binding: m.Binding, Query: query}
	}
	return saml.LogoutMessage{Binding: m.Binding, Field: m.Form.Get("SAMLRequest") + m.Form.Get("SAMLResponse"), RelayState: m.Form.Get("RelayState")}
}

func (g *logoutTarget) posted() bool { return g.message.Binding == saml.BindingPOST }

// try holds one changed document or query to the property that all others
// rest on: it is refused for a reason on the list, or says exactly what was
// said before.
func (g *logoutTarget) try(t *testing.T, name, changed string) bool {
	t.Helper()
	m := g.message
	if g.posted() {
		m.Field = base64.StdEncoding.EncodeToString([]byte(changed))
	} else {
		m.Query = changed
	}
	return g.tryMessage(t, name, m)
}

func (g *logoutTarget) tryMessage(t *testing.T, name string, m saml.LogoutMessage) bool {
	t.Helper()
	g.tried++
	said, err := verifyLogout(g.kind, m, g.options)
	if err == nil {
		if said != g.said {
			t.Errorf("%s: %s: FORGED: accepted as\n%s\nfor\n%s\n%+v", g.name, name, said, g.said, m)
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
func (g *logoutTarget) refuse(t *testing.T, name, changed string) {
	t.Helper()
	if g.posted() && changed == g.raw || !g.posted() && changed == g.message.Query {
		t.Errorf("%s: %s: the attack changed nothing", g.name, name)
	}
	if g.try(t, name, changed) {
		t.Errorf("%s: %s: accepted", g.name, name)
	}
}

func (g *logoutTarget) signature() string { return between(g.raw, "<ds:Signature ", "</ds:Signature>") }

// evil is the message as the attacker wants it, without a signature.
func (g *logoutTarget) evil(id string) string {
	e := strings.Replace(g.raw, g.signature(), "", 1)
	e = strings.NewReplacer(victim, attacker, "_question", "_other").Replace(e)
	switch id {
	case "same":
		return e
	case "none":
		return strings.Replace(e, ` ID="_l1"`, "", 1)
	}
	return strings.Replace(e, ` ID="_l1"`, ` ID="`+id+`"`, 1)
}

// captured is a signed sign-in response of the same identity provider, and
// the assertion in it.
func captured(t testing.TB, sign testidp.Response) (response, assertion, signature string) {
	t.Helper()
	g := newTarget(t, "captured", sign)
	return g.raw, g.assertion, g.signature
}

func logLogoutTried(t *testing.T, all []*logoutTarget) {
	n := 0
	for _, g := range all {
		n += g.tried
	}
	t.Logf("%d messages tried", n)
}

// otherSigner is an identity provider that is not the connection's.
func otherSigner(t testing.TB, key crypto.Signer) *saml.Signer {
	t.Helper()
	return &saml.Signer{Key: key, Certificate: selfSigned(t, key, "other")}
}
