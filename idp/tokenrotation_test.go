package idp_test

import (
	"context"
	"crypto/elliptic"
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
	"sallyport/store"
)

const keyDays = 30 * 24 * time.Hour

// tokenKeys are those that are out, by ID, the signing one first.
func tokenKeys(t *testing.T, r *idp.Registry) (ids []string) {
	t.Helper()
	for i, k := range r.TokenKeys() {
		if (i == 0) != (k.State == idp.KeyCurrent) || (i == 1) != (k.State == idp.KeyNext) {
			t.Errorf("key %d is %s", i, k.State)
		}
		if (k.Private != nil) != (i == 0) {
			t.Errorf("the %s key is given with its private part: %v", k.State, k.Private != nil)
		}
		if k.Public == nil || k.Public.Curve != elliptic.P256() {
			t.Errorf("the %s key is %+v, want one of P-256", k.State, k.Public)
		}
		ids = append(ids, k.ID)
	}
	return ids
}

func tend(t *testing.T, all ...*idp.Registry) {
	t.Helper()
	for _, r := range all {
		if err := r.TendTokenKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func wantKeys(t *testing.T, when string, r *idp.Registry, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, tokenKeys(t, r)); diff != "" {
		t.Errorf("%s: %s", when, diff)
	}
}

// told are the events of keys of somebody, oldest first.
func told(t *testing.T, db *store.DB, actor string) (all []audit.Action) {
	t.Helper()
	events, err := db.Events(t.Context(), audit.Filter{Actor: actor, Actions: []audit.Action{audit.KeyMade, audit.KeyRotated, audit.KeyRetired}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Backward(events) {
		all = append(all, e.Action)
	}
	return all
}

func TestTokenKeysRotateByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, db := registry(t)
		first := tokenKeys(t, r)
		if len(first) != 2 {
			t.Fatalf("token keys = %q, want one and its successor", first)
		}
		time.Sleep(keyDays - time.Second)
		tend(t, r)
		wantKeys(t, "before 30 days", r, first...)

		time.Sleep(time.Second)
		tend(t, r)
		second := tokenKeys(t, r)
		if len(second) != 3 || second[0] != first[1] || second[2] != first[0] || slices.Contains(first, second[1]) {
			t.Fatalf("after 30 days %q, before %q", second, first)
		}
		tend(t, r)
		wantKeys(t, "at once again", r, second...)

		time.Sleep(time.Hour - time.Second)
		tend(t, r)
		wantKeys(t, "before the hour is over", r, second...)
		time.Sleep(time.Second)
		wantKeys(t, "an hour later", r, second[:2]...) // though nobody has deleted it yet
		tend(t, r)
		wantKeys(t, "deleted", r, second[:2]...)
		if diff := cmp.Diff([]idp.KeyState{idp.KeyNext, idp.KeyCurrent}, states(t, r, idp.KeyToken)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]audit.Action{audit.KeyMade, audit.KeyRotated, audit.KeyRetired}, told(t, db, "system")); diff != "" {
			t.Error(diff)
		}

		// Nobody was here for a year: one step, and nobody is skipped.
		time.Sleep(365 * 24 * time.Hour)
		tend(t, r)
		if third := tokenKeys(t, r); len(third) != 3 || third[0] != second[1] || third[2] != second[0] {
			t.Errorf("after a year %q, before %q", third, second)
		}
		wantKeys(t, "after a restart", open(t, db, options(t)), tokenKeys(t, r)...)
	})
}

// Every key was out for a day at least before it signed.
func TestTokenKeysAreKnownBeforeTheySign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := registry(t)
		out := map[string]time.Time{}
		signing := tokenKeys(t, r)[0]
		changed := 0
		for range 200 {
			tend(t, r)
			ids := tokenKeys(t, r)
			for _, id := range ids {
				if _, ok := out[id]; !ok {
					out[id] = time.Now()
				}
			}
			if ids[0] != signing {
				signing, changed = ids[0], changed+1
				if out := time.Since(out[signing]); out < 24*time.Hour {
					t.Errorf("a key signs that was out for %v", out)
				}
			}
			time.Sleep(12 * time.Hour)
		}
		if changed != 3 {
			t.Errorf("%d changes in 100 days, want 3", changed)
		}
	})
}

// Run does it, once over all instances, and the others follow.
func TestOneInstanceRotatesTokenKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, o := database(t), options(t)
		one, two := open(t, db, o), open(t, db, o)
		first := tokenKeys(t, one)
		wantKeys(t, "the other instance", two, first...)
		time.Sleep(keyDays)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { one.Run(ctx) })
		all.Go(func() { two.Run(ctx) })
		time.Sleep(2 * time.Minute)
		cancel()
		all.Wait()
		second := tokenKeys(t, one)
		if len(second) != 3 || second[0] != first[1] || second[2] != first[0] {
			t.Errorf("after 30 days %q, before %q", second, first)
		}
		wantKeys(t, "the other instance", two, second...)
		if diff := cmp.Diff([]audit.Action{audit.KeyMade, audit.KeyRotated}, told(t, db, "system")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTokenKeysRotateNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, db := registry(t)
		first := tokenKeys(t, r)
		wantKind(t, "rotate what nobody knows yet", r.RotateTokenKey(t.Context(), "user:1"), fault.Conflict)
		wantKeys(t, "refused", r, first...)
		time.Sleep(10 * time.Minute)
		if err := r.RotateTokenKey(t.Context(), "user:1"); err != nil {
			t.Fatal(err)
		}
		second := tokenKeys(t, r)
		if len(second) != 3 || second[0] != first[1] || second[2] != first[0] {
			t.Errorf("rotated %q, before %q", second, first)
		}
		time.Sleep(keyDays - time.Second)
		tend(t, r)
		wantKeys(t, "its own 30 days begin", r, second[:2]...)

		keys, err := r.Keys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if (k.Use == idp.KeyToken) != k.ChangesAt.Equal(time.Now().Add(time.Second)) {
				t.Errorf("the %s %s key changes at %v", k.State, k.Use, k.ChangesAt)
			}
			if k.Use == idp.KeyToken {
				wantKind(t, "retire a key in use", r.Retire(t.Context(), k.ID, "user:1"), fault.Conflict)
			}
		}
		wantKind(t, "publish", r.PublishNext(t.Context(), idp.KeyToken, "user:1"), fault.Invalid)
		wantKind(t, "promote", r.Promote(t.Context(), idp.KeyToken, "user:1"), fault.Invalid)
		if diff := cmp.Diff([]audit.Action{audit.KeyRotated}, told(t, db, "user:1")); diff != "" {
			t.Error(diff)
		}
	})
}

// A retired key can be taken out before its hour is over.
func TestRetiredTokenKeyIsDeletedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := registry(t)
		time.Sleep(time.Hour)
		if err := r.RotateTokenKey(t.Context(), "user:1"); err != nil {
			t.Fatal(err)
		}
		ids := tokenKeys(t, r)
		if err := r.Retire(t.Context(), ids[2], "user:1"); err != nil {
			t.Fatal(err)
		}
		wantKeys(t, "deleted", r, ids[:2]...)
	})
}

func TestStolenTokenKeysAreReplaced(t *testing.T) {
	r, db := registry(t)
	first := tokenKeys(t, r)
	signing := r.Connection(idp.Default).Signer.Certificate
	if err := r.ReplaceTokenKeys(t.Context(), "user:1"); err != nil {
		t.Fatal(err)
	}
	second := tokenKeys(t, r)
	if len(second) != 2 || slices.ContainsFunc(second, func(id string) bool { return slices.Contains(first, id) }) {
		t.Errorf("replaced by %q, before %q", second, first)
	}
	if !r.Connection(idp.Default).Signer.Certificate.Equal(signing) {
		t.Error("the keys of SAML were replaced too")
	}
	events, err := db.Events(t.Context(), audit.Filter{Actor: "user:1"})
	if err != nil || len(events) != 1 || events[0].Action != audit.KeyRotated || events[0].Reason != "stolen" {
		t.Errorf("events = %+v, %v", events, err)
	}
}

// A database from before there were tokens gets their keys, and keeps its own.
func TestOlderDatabaseGetsTokenKeys(t *testing.T) {
	r, db := registry(t)
	signing := r.Connection(idp.Default).Signer.Certificate
	err := db.UpdateKeys(t.Context(), func(all []*idp.Key) ([]*idp.Key, error) {
		return slices.DeleteFunc(all, func(k *idp.Key) bool { return k.Use == idp.KeyToken }), nil
	}, audit.New(audit.KeyRetired, "user:1"))
	if err != nil {
		t.Fatal(err)
	}
	r = open(t, db, options(t))
	if n := len(tokenKeys(t, r)); n != 2 || !r.Connection(idp.Default).Signer.Certificate.Equal(signing) {
		t.Errorf("%d token keys, or the keys of SAML are others", n)
	}
}

// Tokens are never signed by a key that is not ours.
func TestTokenKeysOfAnotherSecret(t *testing.T) {
	_, db := registry(t)
	ring, err := keyring.New(slices.Repeat([]byte{1}, keyring.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := idp.Open(t.Context(), db, idp.Options{BaseURL: base, Sealer: ring}); err == nil {
		t.Error("keys sealed with another secret are opened")
	}
}
