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
		"solicited":                  {verified{solicited, &Pending{RequestID: "_request", BrowserHash: hash}}, true},
		"unsolicited":                {verified{unsolicited, nil}, true},
		"no assertion":               {verified{nil, nil}, false},
		"not made by saml":           {verified{&saml.Assertion{}, nil}, false},
		"an answer without question": {verified{solicited, nil}, false},
		"a question without answer":  {verified{unsolicited, &Pending{RequestID: "_request", BrowserHash: hash}}, false},
		"another question":           {verified{solicited, &Pending{RequestID: "_other", BrowserHash: hash}}, false},
		"nobody's question":          {verified{solicited, &Pending{RequestID: "_request"}}, false},
	} {
		if err := c.v.consistent(); (err == nil) != c.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
