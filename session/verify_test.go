package session

import (
	"encoding/base64"
	"testing"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// The last door holds even where every other one was left open by mistake.
func TestVerifiedIsConsistent(t *testing.T) {
	p, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	const entity, acs = "https://sso.example.com/saml/metadata", "https://sso.example.com/saml/acs"
	assertion := func(answers string) *saml.Assertion {
		raw, err := p.Respond(testidp.Response{ACS: acs, Audience: entity, InResponseTo: answers})
		if err != nil {
			t.Fatal(err)
		}
		a, err := saml.VerifyResponse(base64.StdEncoding.EncodeToString(raw), saml.VerifyOptions{
			Trust:            &saml.Trust{IDPEntityID: p.EntityID(), Certificates: p.Certificates(), EntityIDs: []string{entity}, ACSURLs: []string{acs}},
			AllowUnsolicited: true,
			Request:          func(id string) (*saml.Request, bool, error) { return &saml.Request{ID: id}, true, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	solicited, unsolicited := assertion("_request"), assertion("")
	hash := hashToken(newToken())

	for name, c := range map[string]struct {
		v  verified
		ok bool
	}{
		"solicited":                  {verified{assertion: solicited, pending: &Pending{RequestID: "_request", BrowserHash: hash}}, true},
		"unsolicited":                {verified{assertion: unsolicited, pending: nil}, true},
		"no assertion":               {verified{assertion: nil, pending: nil}, false},
		"not made by saml":           {verified{assertion: &saml.Assertion{}, pending: nil}, false},
		"an answer without question": {verified{assertion: solicited, pending: nil}, false},
		"a question without answer":  {verified{assertion: unsolicited, pending: &Pending{RequestID: "_request", BrowserHash: hash}}, false},
		"another question":           {verified{assertion: solicited, pending: &Pending{RequestID: "_other", BrowserHash: hash}}, false},
		"nobody's question":          {verified{assertion: solicited, pending: &Pending{RequestID: "_request"}}, false},
	} {
		if err := c.v.consistent(false); (err == nil) != c.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
	trial := &Pending{RequestID: "_request", BrowserHash: hash, RelayState: testRelayState(1, "_request")}
	if err := (&verified{assertion: solicited, pending: trial}).consistent(false); err == nil {
		t.Error("the answer to a test is worth a sign-in")
	}
	if err := (&verified{assertion: solicited, pending: trial}).consistent(true); err != nil {
		t.Errorf("a test: %v", err)
	}
	if err := (&verified{assertion: unsolicited, pending: nil}).consistent(true); err == nil {
		t.Error("an unsolicited response is a test")
	}
}
