package idp_test

import (
	"strings"
	"testing"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// handmade is a draft with every part to choose.
type handmade struct {
	entityID, sso, binding string
	certificates           [][]byte
}

func (h handmade) importInto(t *testing.T, r *idp.Registry) *idp.Provider {
	t.Helper()
	var pems strings.Builder
	for _, der := range h.certificates {
		pems.WriteString(asPEM(der))
	}
	p, err := r.ImportByHand(t.Context(), idp.ByHand{
		Slug: "corp", EntityID: h.entityID, SSOURL: h.sso, SSOBinding: h.binding, CertificatePEM: pems.String(), Actor: "user:1",
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDanger(t *testing.T) {
	kept, other, expired := certificate(t, 400), certificate(t, 400), certificate(t, -1)
	live := handmade{entity, "https://idp.example.net/sso", saml.BindingRedirect, [][]byte{kept, expired}}
	for what, tc := range map[string]struct {
		draft    handmade
		settings func(*string, *idp.Settings)
		says     []string
	}{
		"nothing": {draft: live},
		"a certificate on top": {
			draft: handmade{live.entityID, live.sso, live.binding, [][]byte{kept, expired, other}},
		},
		"a certificate that goes": {
			draft: handmade{live.entityID, live.sso, live.binding, [][]byte{kept}},
		},
		"another path": {
			draft: handmade{live.entityID, "https://IDP.example.net/other", live.binding, [][]byte{kept}},
		},
		"entity ID": {
			draft: handmade{"https://other.example.net/", live.sso, live.binding, [][]byte{kept}},
			says:  []string{"The entity ID changes from https://idp.example.net/metadata to https://other.example.net/"},
		},
		"no common certificate": {
			draft: handmade{live.entityID, live.sso, live.binding, [][]byte{other}},
			says:  []string{"No certificate stays"},
		},
		"sign-in URL": {
			draft: handmade{live.entityID, "https://other.example.net/sso", live.binding, [][]byte{kept}},
			says:  []string{"The sign-in URL moves from idp.example.net to other.example.net"},
		},
		"expired": {
			draft: handmade{live.entityID, live.sso, live.binding, [][]byte{expired}},
			says:  []string{"No certificate is within its dates"},
		},
		"expired, and that is allowed": {
			draft:    handmade{live.entityID, live.sso, live.binding, [][]byte{expired}},
			settings: func(_ *string, s *idp.Settings) { s.AllowExpiredCertificates = true },
		},
		"binding": {
			draft:    handmade{live.entityID, live.sso, saml.BindingPOST, [][]byte{kept}},
			settings: func(_ *string, s *idp.Settings) { s.RequestBinding = saml.BindingRedirect },
			says:     []string{"The connection sends its requests by HTTP-Redirect"},
		},
		"another identity provider altogether": {
			draft: handmade{"https://other.example.net/", "https://other.example.net/sso", live.binding, [][]byte{other}},
			says:  []string{"The entity ID changes", "No certificate stays", "The sign-in URL moves"},
		},
	} {
		t.Run(what, func(t *testing.T) {
			r, _ := registry(t)
			live.importInto(t, r)
			if _, err := r.ActivateWith(t.Context(), "corp", 0, idp.ActivateOptions{}, "user:1"); err != nil {
				t.Fatalf("the first activation locks nobody out: %v", err)
			}
			if tc.settings != nil {
				if _, err := r.UpdateSettings(t.Context(), "corp", 0, tc.settings, "user:1"); err != nil {
					t.Fatal(err)
				}
			}
			p := tc.draft.importInto(t, r)
			wantDanger(t, r, p, tc.says)
		})
	}
}

// wantDanger asks for these sentences in the review, and for the word where
// there are any.
func wantDanger(t *testing.T, r *idp.Registry, p *idp.Provider, says []string) {
	t.Helper()
	review, err := r.Review("corp")
	if err != nil {
		t.Fatal(err)
	}
	if len(review.Danger) != len(says) {
		t.Fatalf("danger = %q, want %q", review.Danger, says)
	}
	for i, part := range says {
		if !strings.Contains(review.Danger[i], part) {
			t.Errorf("danger = %q, want %q", review.Danger[i], part)
		}
	}
	for _, word := range []string{"", "accept", "ACCEPT "} {
		if len(says) == 0 {
			break
		}
		_, err := r.ActivateWith(t.Context(), "corp", p.Version, idp.ActivateOptions{Word: word}, "user:1")
		wantKind(t, "activate with "+word, err, fault.Invalid)
		if !strings.Contains(fault.Public(err), says[0]) || !strings.Contains(fault.Public(err), "type ACCEPT") {
			t.Errorf("the refusal says %q", fault.Public(err))
		}
	}
	if got := r.Connection("corp").Provider; got.Version != p.Version || got.Draft == nil {
		t.Error("a refused activation changed something")
	}
	word := ""
	if len(says) > 0 {
		word = idp.AcceptWord
	}
	if _, err := r.ActivateWith(t.Context(), "corp", p.Version, idp.ActivateOptions{Word: word}, "user:1"); err != nil {
		t.Error(err)
	}
}

func TestWantingSignedRequestsIsADanger(t *testing.T) {
	r, _ := registry(t)
	first := certificate(t, 400)
	importInto(t, r, "corp", metadata(entity, first))
	activate(t, r, "corp")
	wanting := strings.Replace(string(metadata(entity, first)), "<md:IDPSSODescriptor ", `<md:IDPSSODescriptor WantAuthnRequestsSigned="true" `, 1)
	p := importInto(t, r, "corp", []byte(wanting))
	wantDanger(t, r, p, []string{"now wants signed requests"})
}

// Two administrators look at the same connection: the second one is told, and
// what the first one did stays.
func TestTwoAdministrators(t *testing.T) {
	r, _ := registry(t)
	first, second := certificate(t, 400), certificate(t, 400)
	importInto(t, r, "corp", metadata(entity, first))
	seen := activate(t, r, "corp").Version

	rename := func(to string) func(*string, *idp.Settings) {
		return func(name *string, _ *idp.Settings) { *name = to }
	}
	_, err := r.UpdateSettings(t.Context(), "corp", seen, rename("One"), "user:1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.UpdateSettings(t.Context(), "corp", seen, rename("Two"), "user:2")
	wantKind(t, "the second edit", err, fault.Conflict)
	if got := r.Connection("corp").Provider.Name; got != "One" {
		t.Errorf("the name is %q", got)
	}

	// A draft is not activated by who reviewed another one.
	p := importInto(t, r, "corp", metadata(entity, first, second))
	importInto(t, r, "corp", metadata("https://other.example.net/", second))
	_, err = r.ActivateWith(t.Context(), "corp", p.Version, idp.ActivateOptions{Word: idp.AcceptWord}, "user:1")
	wantKind(t, "activate after somebody's import", err, fault.Conflict)
	if got := r.Connection("corp").Provider.Live.Number; got != 1 {
		t.Errorf("version %d is live", got)
	}
	// Both imports are still there.
	all, err := r.Versions(t.Context(), "corp")
	if err != nil || len(all) != 3 {
		t.Errorf("%d versions, %v", len(all), err)
	}
}
