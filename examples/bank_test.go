package examples_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/testidp"
)

const (
	bank        = "https://bank.example.com"
	multiFactor = "http://schemas.microsoft.com/claims/multipleauthn"
)

// The recipe of docs/gateway-recipes.md: a bank that is open after an
// ordinary sign-in, and asks for a second factor, five minutes old at most,
// for transfers alone.
func TestMultiFactorForOneActionOnly(t *testing.T) {
	h := newHouse(t)
	h.run(t, "app", "add", "--name", "bank", "--url", bank)
	h.run(t, "app", "add", "--name", "bank-transfer", "--url", bank+"/transfer", "--step-up-context", multiFactor, "--step-up-max-age", "5m")
	eachProxy(t, func(t *testing.T, r runner) {
		upstream := newUpstream(t)
		proxy := r.front(t, snippetFor("bank", upstream, h.address))
		b := newBrowser(t, places{"door.example.com": h.address, "bank.example.com": proxy})
		name := user(t)
		b.heard(b.signIn(h, bank+"/accounts", name))

		// Another spelling of the action is the action.
		for _, address := range []string{bank + "/transfer?to=ben", bank + "/transfer/new", bank + "/Transfer", bank + "/%74ransfer", bank + "/x/../transfer"} {
			if a := b.get(address); a.status == http.StatusOK {
				t.Errorf("%s is open without a second factor", address)
			}
		}
		if a := b.do(http.MethodPost, bank+"/transfer", script, ""); a.status != http.StatusUnauthorized || !strings.Contains(a.body, `"step_up"`) {
			t.Errorf("a script: status %d, want 401 and step_up\n%.300s", a.status, a.body)
		}

		// Signing in as before is not enough, and leads in no circles.
		asked := b.follow(b.get(bank + "/transfer?to=ben"))
		refused := b.answered(h, asked, name, "")
		if refused.status == http.StatusOK || strings.HasPrefix(refused.url.String(), bank) {
			t.Fatalf("a sign-in without a second factor led to %s with status %d", refused.url, refused.status)
		}
		b.heard(b.get(bank + "/accounts"))

		asked = b.follow(b.get(bank + "/transfer?to=ben"))
		arrived := b.answered(h, asked, name, multiFactor)
		if arrived.url.String() != bank+"/transfer?to=ben" {
			t.Fatalf("after the second factor one arrives at %s with status %d\n%.500s", arrived.url, arrived.status, arrived.body)
		}
		if g := b.heard(arrived); g.Header.Get("Remote-User") != name {
			t.Errorf("the transfer is by %q", g.Header.Get("Remote-User"))
		}
		if g := b.heard(b.post(bank+"/transfer", bank, url.Values{"to": {"ben"}, "sum": {"5"}})); g.Method != http.MethodPost {
			t.Errorf("the transfer was sent by %s", g.Method)
		}
		b.heard(b.get(bank + "/accounts"))
	})
}

// answered goes on from the identity provider's page after a sign-in in that
// way; "": by password.
func (b *browser) answered(h *house, asked *answer, name, context string) *answer {
	b.t.Helper()
	_, request := b.fields(asked)
	raw, err := h.twin.Respond(testidp.Response{
		ACS: request.Get("acs"), Audience: request.Get("issuer"), InResponseTo: request.Get("request"), Person: "ann", NameID: name, AuthnContext: context,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return b.follow(b.post(request.Get("acs"), "https://idp.example.com", testidp.Form(raw, request.Get("relay_state"))))
}
