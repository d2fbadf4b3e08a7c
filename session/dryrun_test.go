package session_test

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/keyring"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

// successor is the same identity provider after it lost its key.
var successor = sync.OnceValues(func() (*testidp.IDP, error) {
	return testidp.New(testidp.Options{BaseURL: "https://idp.example.org"})
})

func newCertificates(t *testing.T) []*x509.Certificate {
	t.Helper()
	p, err := successor()
	if err != nil {
		t.Fatal(err)
	}
	return p.Certificates()
}

// candidate is h's connection with another trust and settings.
func (h *house) candidate(change func(*saml.Trust, *idp.Settings)) *idp.Connection {
	provider, trust := *h.c.Provider, *h.c.Trust
	change(&trust, &provider.Settings)
	return &idp.Connection{Provider: &provider, Trust: &trust, SP: h.c.SP}
}

func (h *house) dryRun(c *idp.Connection) *session.DryRun {
	h.t.Helper()
	out, err := h.manager.DryRun(h.t.Context(), c)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// signInsOfAnHour are six accepted responses: two that we asked for, one of
// them with every demand a request can make.
func (h *house) signInsOfAnHour() {
	h.t.Helper()
	for _, person := range []string{"ann", "chloe"} {
		h.mustReceive(h.respond(testidp.Response{Person: person}))
		time.Sleep(15 * time.Minute)
		h.mustReceive(h.respond(testidp.Response{Person: person}))
		time.Sleep(10 * time.Minute)
		p := h.begin(browserA)
		time.Sleep(5 * time.Minute)
		h.mustReceive(h.respond(testidp.Response{Person: person, InResponseTo: p.RequestID}))
		time.Sleep(time.Minute)
	}
}

func TestDryRun(t *testing.T) {
	lost := newCertificates(t)
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{ForceAuthn: true, RequestedAuthnContext: []string{"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"}})
		h.signInsOfAnHour()
		time.Sleep(3 * 24 * time.Hour)
		// The requests are long forgotten.
		if _, err := h.db.Prune(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		before := h.everything()

		for _, c := range []struct {
			name   string
			change func(*saml.Trust, *idp.Settings)
			pass   int
			reason []saml.Reason
		}{
			{"the same", func(*saml.Trust, *idp.Settings) {}, 6, nil},
			{"without the signing certificate", func(tr *saml.Trust, _ *idp.Settings) { tr.Certificates = lost }, 0,
				[]saml.Reason{saml.UntrustedCertificate, saml.BadSignature}},
			{"with both certificates", func(tr *saml.Trust, _ *idp.Settings) {
				tr.Certificates = append(slices.Clone(lost), tr.Certificates...)
			}, 6, nil},
			{"another entity ID", func(tr *saml.Trust, _ *idp.Settings) { tr.IDPEntityID = "https://idp.example.org/other" }, 0, []saml.Reason{saml.WrongIssuer}},
			{"another domain", func(_ *saml.Trust, s *idp.Settings) { s.EmailDomains = []string{"example.net"} }, 0, []saml.Reason{saml.DomainNotAllowed}},
			{"requests alone", func(_ *saml.Trust, s *idp.Settings) { s.Unsolicited = idp.UnsolicitedRefuse }, 2, []saml.Reason{saml.Unsolicited}},
			{"unsolicited taken as a hint", func(_ *saml.Trust, s *idp.Settings) { s.Unsolicited = idp.UnsolicitedBounce }, 6, nil},
		} {
			out := h.dryRun(h.candidate(c.change))
			if out.Tried != 6 || out.Pass != c.pass || len(out.Failures) != 6-c.pass || out.Gained != 0 || out.Unreadable != 0 {
				t.Errorf("%s: got %d of %d, %d failures, %d gained, %d unreadable; want %d of 6",
					c.name, out.Pass, out.Tried, len(out.Failures), out.Gained, out.Unreadable, c.pass)
			}
			for _, f := range out.Failures {
				if !slices.Contains(c.reason, f.Reason) || f.Want == "" || f.Got == "" || time.Since(f.At) < 3*24*time.Hour {
					t.Errorf("%s: failure: %+v", c.name, f)
				}
				if f.Person != "ann@example.com" && f.Person != "chloe@example.com" {
					t.Errorf("%s: of whom? %q", c.name, f.Person)
				}
			}
		}
		if diff := cmp.Diff(before, h.everything()); diff != "" {
			t.Errorf("a dry run left something behind (-before +after):\n%s", diff)
		}

		// A week behind the first of them, the later ones are left; then none.
		time.Sleep(4*24*time.Hour - 40*time.Minute)
		if out := h.dryRun(h.c); out.Tried != 4 || out.Pass != 4 {
			t.Errorf("after a week: %d of %d, want 4 of 4", out.Pass, out.Tried)
		}
		time.Sleep(time.Hour)
		if out := h.dryRun(h.c); out.Tried != 0 {
			t.Errorf("after more than a week: %d were tried", out.Tried)
		}
	})
}

// everything is what a dry run must not touch.
func (h *house) everything() any {
	h.t.Helper()
	events, err := h.db.Events(h.t.Context(), audit.Filter{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	return []any{events, h.sessions(), h.recordings(true), h.recordings(false)}
}

func TestDryRunOfWhatWasRefused(t *testing.T) {
	lost := newCertificates(t)
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		right := h.c
		wrong := h.candidate(func(tr *saml.Trust, _ *idp.Settings) { tr.Certificates = lost })
		refuse := func(field string, want saml.Reason) {
			t.Helper()
			_, err := h.receive(field)
			h.refused(err, want)
		}
		h.c = wrong
		refuse(h.respond(testidp.Response{}), saml.UntrustedCertificate)
		p := h.begin(browserA)
		refuse(h.respond(testidp.Response{InResponseTo: p.RequestID}), saml.UntrustedCertificate)
		refuse(h.respond(testidp.Response{Misbehave: "wrong-audience"}), saml.UntrustedCertificate)
		h.c = right
		// What no trust can mend: a replay, an unknown question, a test.
		field := h.respond(testidp.Response{})
		h.mustReceive(field)
		refuse(field, saml.Replayed)
		refuse(h.respond(testidp.Response{InResponseTo: "_unknown"}), saml.UnknownRequest)
		if _, err := h.manager.Test(t.Context(), wrong, session.Arrival{SAMLResponse: h.respond(testidp.Response{})}, browserA); err == nil {
			t.Fatal("a test passed")
		}

		h.keeps(1, 6)
		if out := h.dryRun(wrong); out.Tried != 1 || out.Pass != 0 || out.Gained != 0 {
			t.Errorf("with the wrong certificate: %+v", out)
		}
		if out := h.dryRun(right); out.Tried != 1 || out.Pass != 1 || out.Gained != 2 {
			t.Errorf("with the right certificate: %+v, want the two good ones gained", out)
		}
	})
}

func TestDryRunOfNothing(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	h.mustReceive(h.respond(testidp.Response{}))
	for name, c := range map[string]*idp.Connection{"nil": nil, "without trust": {Provider: h.c.Provider}} {
		if _, err := h.manager.DryRun(t.Context(), c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	off := h.candidate(func(_ *saml.Trust, s *idp.Settings) { s.RecordDays = -1 })
	if diff := cmp.Diff(&session.DryRun{}, h.dryRun(off)); diff != "" {
		t.Errorf("nothing is kept (-want +got):\n%s", diff)
	}
	ring, err := keyring.New(make([]byte, keyring.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.sealedBy(ring, h.db, h.db).DryRun(t.Context(), h.c)
	if err != nil || out.Tried != 0 || out.Unreadable != 1 {
		t.Errorf("under another secret: %+v, %v", out, err)
	}
}

// TestOneDryRunAtATime: however many ask, one verifies; who is gone waits no
// longer.
func TestOneDryRunAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		slow := &slowRecordings{Store: h.db, release: make(chan struct{})}
		manager := h.over(slow, h.db)
		ctx, leave := context.WithCancel(t.Context())
		answers := make(chan error)
		for _, ctx := range []context.Context{t.Context(), ctx, ctx} {
			go func() {
				_, err := manager.DryRun(ctx, h.c)
				answers <- err
			}()
			synctest.Wait()
		}
		if slow.entered != 1 {
			t.Errorf("%d dry runs at once", slow.entered)
		}
		leave()
		for range 2 {
			if err := <-answers; !errors.Is(err, context.Canceled) {
				t.Errorf("who left was told %v", err)
			}
		}
		close(slow.release)
		if err := <-answers; err != nil {
			t.Error(err)
		}
		if _, err := manager.DryRun(t.Context(), h.c); err != nil {
			t.Errorf("the next one: %v", err)
		}
	})
}

// slowRecordings is a database that takes its time.
type slowRecordings struct {
	session.Store
	release chan struct{}
	entered int
}

func (s *slowRecordings) Recordings(ctx context.Context, f session.RecordingFilter) ([]*session.Recording, error) {
	s.entered++
	<-s.release
	return s.Store.Recordings(ctx, f)
}
