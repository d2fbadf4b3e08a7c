package testidp_test

import (
	"errors"
	"testing"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// What the twin signs for logout is good by both bindings, and what it gets
// wrong on purpose is not.
func TestLogoutMessages(t *testing.T) {
	twin, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	const slo = "https://sp.example.com/saml/default/slo"
	o := saml.LogoutOptions{
		Trust:   &saml.Trust{IDPEntityID: twin.EntityID(), Certificates: twin.Certificates(), EntityIDs: []string{"https://sp.example.com"}, ACSURLs: []string{"https://sp.example.com/acs"}},
		SLOURLs: []string{slo}, InResponseTo: "_ours",
	}
	for name, c := range map[string]struct {
		change func(*testidp.Logout)
		want   saml.Reason // "": good
	}{
		"good":            {change: func(*testidp.Logout) {}},
		"unsigned":        {func(l *testidp.Logout) { l.Unsigned = true }, saml.Unsigned},
		"somebody else's": {func(l *testidp.Logout) { l.Foreign = true }, saml.BadSignature},
		"another issuer":  {func(l *testidp.Logout) { l.Issuer = "https://other.example" }, saml.WrongIssuer},
	} {
		for _, post := range []bool{false, true} {
			for _, answers := range []string{"", "_ours"} {
				l := testidp.Logout{Destination: slo, Post: post, RelayState: "a b&c", InResponseTo: answers, NameID: "ann@example.com", SessionIndexes: []string{"one & two"}}
				c.change(&l)
				sent, err := twin.Logout(l)
				if err != nil {
					t.Fatal(err)
				}
				m := saml.LogoutMessage{Binding: saml.BindingRedirect, Query: sent.Query}
				if post {
					m = saml.LogoutMessage{Binding: saml.BindingPOST, Field: sent.Form.Get("SAMLRequest") + sent.Form.Get("SAMLResponse"), RelayState: sent.Form.Get("RelayState")}
				}
				if answers == "" {
					_, err = saml.VerifyLogoutRequest(m, o)
				} else {
					_, err = saml.VerifyLogoutResponse(m, o)
				}
				var refused *saml.Error
				switch {
				case c.want == "" && err != nil:
					t.Errorf("%s, POST %v, answers %q: %v", name, post, answers, err)
				case c.want != "" && (!errors.As(err, &refused) || refused.Reason != c.want):
					t.Errorf("%s, POST %v, answers %q: want %s, got %v", name, post, answers, c.want, err)
				}
			}
		}
	}
}
