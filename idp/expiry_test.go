package idp_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
)

func TestExpiries(t *testing.T) {
	r, _ := registry(t)
	importInto(t, r, "corp", metadata(entity, certificate(t, 89), certificate(t, -1), certificate(t, 91)))
	activate(t, r, "corp")
	if _, err := r.UpdateSettings(t.Context(), "corp", 0, func(name *string, _ *idp.Settings) { *name = "Okta" }, "user:1"); err != nil {
		t.Fatal(err)
	}
	// Neither a draft nor what is disabled matters.
	importInto(t, r, "draft", metadata(entity, certificate(t, 5)))
	importInto(t, r, "off", metadata(entity, certificate(t, 5)))
	activate(t, r, "off")
	if _, err := r.Disable(t.Context(), "off", "user:1"); err != nil {
		t.Fatal(err)
	}
	if err := r.PublishNext(t.Context(), idp.KeySigning, "user:1"); err != nil {
		t.Fatal(err)
	}
	type row struct{ What, IDP, State string }
	var got []row
	for _, x := range r.Expiries() {
		got = append(got, row{x.What, x.IDP, x.State})
		if x.Fingerprint == "" || x.Subject == "" || x.NotAfter.IsZero() {
			t.Errorf("incomplete: %+v", x)
		}
	}
	theirs := "signing certificate of Okta"
	want := []row{{theirs, "corp", idp.ExpiryExpired}, {theirs, "corp", idp.ExpirySoon}, {theirs, "corp", idp.ExpiryGood}}
	if diff := cmp.Diff(want, got[:3]); diff != "" {
		t.Error(diff)
	}
	for _, ours := range []string{"our signing certificate", "our next signing certificate", "our encryption certificate"} {
		if !slices.Contains(got[3:], row{ours, "", idp.ExpiryGood}) {
			t.Errorf("%s is missing: %v", ours, got)
		}
	}
	if len(got) != 6 {
		t.Errorf("%d expiries, want 6: %v", len(got), got)
	}
}

// Each of the last days is told once, over two instances and a restart.
func TestRemindersComeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, o := database(t), options(t)
		one, two := open(t, db, o), open(t, db, o)
		importInto(t, one, "corp", metadata(entity, certificate(t, 100)))
		activate(t, one, "corp")
		// Who comes late is told once.
		importInto(t, one, "late", metadata("https://late.example.net/", certificate(t, 3)))
		activate(t, one, "late")

		days := func(slug string) []int {
			t.Helper()
			events, err := db.Events(t.Context(), audit.Filter{IDP: slug, Actions: []audit.Action{audit.CertificateExpiring}})
			if err != nil {
				t.Fatal(err)
			}
			var told []int
			for _, e := range slices.Backward(events) {
				var detail struct{ Days int }
				if err := json.Unmarshal(e.Detail, &detail); err != nil {
					t.Fatal(err)
				}
				told = append(told, detail.Days)
			}
			return told
		}
		during := func(d time.Duration, instances ...*idp.Registry) {
			t.Helper()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, len(instances))
			for _, r := range instances {
				go func() { done <- r.Run(ctx) }()
			}
			time.Sleep(d)
			cancel()
			for range instances {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		}
		// The registries run for a few minutes of each day only.
		passing := func(n int, instances ...*idp.Registry) {
			t.Helper()
			for range n {
				time.Sleep(24*time.Hour - 2*time.Minute)
				during(2*time.Minute, instances...)
			}
		}
		want := func(slug string, want ...int) {
			t.Helper()
			if diff := cmp.Diff(want, days(slug)); diff != "" {
				t.Errorf("%s: %s", slug, diff)
			}
		}
		during(2*time.Minute, one, two)
		want("late", 7)
		want("corp")
		passing(11, one, two)
		want("corp", 90)
		passing(1, open(t, db, o)) // a restart
		want("corp", 90)
		time.Sleep(70 * 24 * time.Hour) // nobody runs: 18 days are left
		passing(1, one)
		want("corp", 90, 30)
		passing(25, one, two)
		want("corp", 90, 30, 14, 7, 1, 0)
		want("late", 7, 1, 0)
	})
}
