package idp_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// Fetches tell who knows the next key.
func TestFetchesAreEvidence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, o := database(t), options(t)
		one, two := open(t, db, o), open(t, db, o)
		fetch := func(r *idp.Registry, ip, agent string) {
			t.Helper()
			if err := r.MetadataFetched(t.Context(), idp.Default, ip, agent); err != nil {
				t.Fatal(err)
			}
		}
		fetches := func() []idp.Fetch {
			t.Helper()
			all, err := one.Fetches(t.Context(), idp.Default)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		keys := func(r *idp.Registry) (all []string) {
			sp := r.Connection(idp.Default).SP
			for _, c := range append(sp.SigningCertificates, sp.EncryptionCertificates...) {
				all = append(all, saml.Fingerprint(c.Raw))
			}
			return all
		}
		before := keys(one)
		for range 5 {
			fetch(one, "192.0.2.1", "robot/1.0")
			fetch(two, "192.0.2.2", "robot/1.0")
			time.Sleep(time.Minute)
		}
		all := fetches()
		if len(all) != 1 || all[0].ClientIP != "192.0.2.1" || all[0].UserAgent != "robot/1.0" || all[0].IDP != idp.Default || all[0].At.IsZero() {
			t.Fatalf("fetches = %+v, want one", all)
		}
		if diff := cmp.Diff(before, all[0].Keys); diff != "" {
			t.Error(diff)
		}
		time.Sleep(time.Hour)
		fetch(one, "192.0.2.1", "robot/1.0")
		if n := len(fetches()); n != 2 {
			t.Errorf("%d fetches an hour later, want 2", n)
		}
		time.Sleep(time.Minute)
		if err := one.PublishNext(t.Context(), idp.KeySigning, "user:1"); err != nil {
			t.Fatal(err)
		}
		fetch(one, "192.0.2.1", "robot/1.0")
		if all = fetches(); len(all) != 3 || len(all[0].Keys) != len(before)+1 {
			t.Errorf("the fetch of the next key is not told: %+v", all)
		}
	})
}

// Anybody may fetch our metadata, as often as they like, under any name.
func TestStrangersFillNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, database(t), options(t))
		for i := range 200 {
			agent := fmt.Sprintf("%d\n\x00\xff%s", i, strings.Repeat("é", 500))
			if err := r.MetadataFetched(t.Context(), idp.Default, "192.0.2.1", agent); err != nil {
				t.Fatal(err)
			}
		}
		all, err := r.Fetches(t.Context(), idp.Default)
		if err != nil || len(all) != 60 {
			t.Fatalf("%d fetches are kept, %v; want 60", len(all), err)
		}
		for _, f := range all {
			if len(f.UserAgent) > 200 || !utf8.ValidString(f.UserAgent) || strings.ContainsAny(f.UserAgent, "\n\x00") {
				t.Errorf("user agent %q", f.UserAgent)
			}
		}
		wantKind(t, "a missing connection", r.MetadataFetched(t.Context(), "missing", "", ""), fault.NotFound)
	})
}
