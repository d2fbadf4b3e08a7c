package idp_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/store"
)

const confirmWithin = 10 * time.Minute

// commitConfirm is a running registry whose connection "corp" trusts right,
// and wrong: the same identity provider as far as its metadata goes, with keys
// that it does not have.
type commitConfirm struct {
	t           *testing.T
	db          *store.DB
	r           *idp.Registry
	right       *testidp.IDP
	wrong       *testidp.IDP
	stopRunning func()
}

// inConfirm runs test in a bubble.
func inConfirm(t *testing.T, test func(*testing.T, *commitConfirm)) {
	synctest.Test(t, func(t *testing.T) {
		db := database(t)
		w := &commitConfirm{t: t, db: db, r: open(t, db, options(t)), right: twin(t), wrong: twin(t)}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.r.Run(ctx) }()
		w.stopRunning = func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run = %v", err)
			}
		}
		importInto(t, w.r, "corp", w.right.Metadata())
		activate(t, w.r, "corp")
		test(t, w)
		w.stopRunning()
	})
}

func twin(t *testing.T) *testidp.IDP {
	t.Helper()
	p, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.net"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// activateWrong makes the wrong certificate live, to be confirmed.
func (w *commitConfirm) activateWrong() *idp.Provider {
	w.t.Helper()
	p := importInto(w.t, w.r, "corp", w.wrong.Metadata())
	p, err := w.r.ActivateWith(w.t.Context(), "corp", p.Version, idp.ActivateOptions{Word: "ACCEPT", ConfirmWithin: confirmWithin}, "user:1")
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// wantSignIn signs a person in through what is live.
func (w *commitConfirm) wantSignIn(what string, p *testidp.IDP, accepted bool) {
	w.t.Helper()
	if err := signInThrough(w.t, w.r, p); (err == nil) != accepted {
		w.t.Errorf("%s: %v, want accepted to be %v", what, err, accepted)
	}
}

func signInThrough(t *testing.T, r *idp.Registry, p *testidp.IDP) error {
	t.Helper()
	c := r.Connection("corp")
	raw, err := p.Respond(testidp.Response{ACS: c.SP.ACSURLs[0], Audience: c.SP.EntityID})
	if err != nil {
		t.Fatal(err)
	}
	_, err = saml.Verify(raw, saml.VerifyOptions{Trust: c.Trust, AllowUnsolicited: true})
	return err
}

// An administrator who activates a wrong certificate is signed in again ten
// minutes later without help.
func TestAWrongActivationReverts(t *testing.T) {
	inConfirm(t, func(t *testing.T, w *commitConfirm) {
		w.wantSignIn("before", w.right, true)
		p := w.activateWrong()
		if c := p.Confirm; c == nil || c.Previous != 1 || c.PreviousState != idp.Active || c.Actor != "user:1" || time.Until(c.Until) > confirmWithin {
			t.Fatalf("confirm = %+v", p.Confirm)
		}
		w.wantSignIn("locked out", w.right, false)
		time.Sleep(confirmWithin - time.Second)
		w.wantSignIn("a second before", w.right, false)
		time.Sleep(6 * time.Second)
		w.wantSignIn("ten minutes later", w.right, true)
		w.wantSignIn("ten minutes later", w.wrong, false)

		p = w.r.Connection("corp").Provider
		if p.Confirm != nil || p.State != idp.Active || p.Live.Number != 1 || p.Draft == nil || p.Draft.Number != 2 {
			t.Errorf("after reverting: %+v", p)
		}
		time.Sleep(time.Hour)
		want := []audit.Action{audit.IDPCreated, audit.IDPImported, audit.IDPActivated, audit.IDPImported, audit.IDPActivated, audit.IDPReverted}
		if diff := cmp.Diff(want, actions(t, w.db, "corp")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAConfirmedActivationStays(t *testing.T) {
	inConfirm(t, func(t *testing.T, w *commitConfirm) {
		if err := w.r.Confirm(t.Context(), "corp", "user:1"); err != nil {
			t.Errorf("confirming where nothing waits = %v", err)
		}
		wantKind(t, "confirm a missing connection", w.r.Confirm(t.Context(), "missing", "user:1"), fault.NotFound)
		w.activateWrong() // it turns out to be right
		time.Sleep(time.Minute)
		if err := w.r.Confirm(t.Context(), "corp", "user:1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		w.wantSignIn("an hour later", w.wrong, true)
		if p := w.r.Connection("corp").Provider; p.Confirm != nil || p.Live.Number != 2 || p.Draft != nil {
			t.Errorf("after an hour: %+v", p)
		}
		all := actions(t, w.db, "corp")
		if last := all[len(all)-1]; last != audit.IDPConfirmed {
			t.Errorf("last event = %s", last)
		}
	})
}

// Of several activations in a row, what comes back is what was last proved.
func TestRevertingGoesBackBehindEveryUnconfirmedActivation(t *testing.T) {
	inConfirm(t, func(t *testing.T, w *commitConfirm) {
		w.activateWrong()
		time.Sleep(5 * time.Minute)
		importInto(t, w.r, "corp", twin(t).Metadata())
		if _, err := w.r.ActivateWith(t.Context(), "corp", 0, idp.ActivateOptions{Word: "ACCEPT", ConfirmWithin: confirmWithin}, "user:2"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Minute)
		w.wantSignIn("while the second waits", w.right, false)
		time.Sleep(time.Minute + 5*time.Second)
		w.wantSignIn("after both", w.right, true)
		if p := w.r.Connection("corp").Provider; p.Live.Number != 1 || p.Draft.Number != 3 {
			t.Errorf("live is %d, the draft %d", p.Live.Number, p.Draft.Number)
		}
	})
}

// An instance that has not heard of the latest activation does not confirm it.
func TestConfirmingIsOfTheActivationThatWasSeen(t *testing.T) {
	inConfirm(t, func(t *testing.T, w *commitConfirm) {
		w.activateWrong()
		behind := open(t, w.db, options(t))
		time.Sleep(time.Minute)
		importInto(t, w.r, "corp", twin(t).Metadata())
		if _, err := w.r.ActivateWith(t.Context(), "corp", 0, idp.ActivateOptions{Word: "ACCEPT", ConfirmWithin: confirmWithin}, "user:2"); err != nil {
			t.Fatal(err)
		}
		if err := behind.Confirm(t.Context(), "corp", "user:1"); err != nil {
			t.Errorf("Confirm = %v", err)
		}
		if p := behind.Connection("corp").Provider; p.Confirm == nil || p.Live.Number != 3 {
			t.Errorf("confirmed unseen: %+v", p)
		}
	})
}

// A restart does not save a wrong activation, and two instances revert once.
func TestRevertingSurvivesARestart(t *testing.T) {
	inConfirm(t, func(t *testing.T, w *commitConfirm) {
		w.activateWrong()
		w.stopRunning()
		time.Sleep(time.Hour)
		w.wantSignIn("with nobody running", w.right, false)

		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 2)
		instances := []*idp.Registry{open(t, w.db, options(t)), open(t, w.db, options(t))}
		for _, r := range instances {
			go func() { done <- r.Run(ctx) }()
		}
		time.Sleep(5 * time.Second)
		for i, r := range instances {
			if err := signInThrough(t, r, w.right); err != nil {
				t.Errorf("instance %d: %v", i, err)
			}
		}
		cancel()
		<-done
		<-done
		reverted, err := w.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.IDPReverted}})
		if err != nil || len(reverted) != 1 {
			t.Errorf("told %d times, %v", len(reverted), err)
		}
		w.stopRunning = func() {}
	})
}

// Who disables a connection meanwhile is not overruled.
func TestADisabledConnectionRevertsAndStaysDisabled(t *testing.T) {
	inConfirm(t, func(t *testing.T, w *commitConfirm) {
		w.activateWrong()
		if _, err := w.r.Disable(t.Context(), "corp", "user:1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		p := w.r.Connection("corp").Provider
		if p.State != idp.Disabled || p.Live.Number != 1 || p.Confirm != nil {
			t.Errorf("after an hour: %+v", p)
		}
	})
}

func TestAFirstActivationRevertsToADraft(t *testing.T) {
	inConfirm(t, func(t *testing.T, w *commitConfirm) {
		importInto(t, w.r, "new", metadata(entity, certificate(t, 400)))
		if _, err := w.r.ActivateWith(t.Context(), "new", 0, idp.ActivateOptions{ConfirmWithin: confirmWithin}, "user:1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(confirmWithin + 5*time.Second)
		c := w.r.Connection("new")
		if c.Active() || c.Provider.State != idp.Draft || c.Provider.Live != nil || c.Provider.Draft == nil {
			t.Errorf("after reverting: %+v", c.Provider)
		}
	})
}

// What came by URL before is kept fresh from there again.
func TestRevertingBringsTheMetadataURLBack(t *testing.T) {
	published := &publisher{raw: metadata(entity, certificate(t, 400))}
	r, db, url := far(t, published.ServeHTTP)
	if _, err := r.ImportURL(t.Context(), "corp", url, "", "user:1"); err != nil {
		t.Fatal(err)
	}
	activate(t, r, "corp")
	importInto(t, r, "corp", metadata(entity, certificate(t, 400)))
	p, err := r.ActivateWith(t.Context(), "corp", 0, idp.ActivateOptions{Word: "ACCEPT", ConfirmWithin: time.Nanosecond}, "user:1")
	if err != nil || p.MetadataURL != "" {
		t.Fatalf("activated = %+v, %v", p, err)
	}
	if err := r.RevertDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := r.Connection("corp").Provider; p.MetadataURL != url || p.Live.Source != idp.FromURL {
		t.Errorf("metadata URL = %q of %+v", p.MetadataURL, p.Live)
	}
	if all := actions(t, db, "corp"); all[len(all)-1] != audit.IDPReverted {
		t.Errorf("events = %v", all)
	}
}

func TestConfirmWithinHasLimits(t *testing.T) {
	r, _ := registry(t)
	importInto(t, r, "corp", metadata(entity, certificate(t, 400)))
	for _, within := range []time.Duration{-time.Second, 25 * time.Hour} {
		_, err := r.ActivateWith(t.Context(), "corp", 0, idp.ActivateOptions{ConfirmWithin: within}, "user:1")
		wantKind(t, within.String(), err, fault.Invalid)
	}
}
