package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/store"
)

func testConfirm(t *testing.T, db *store.DB) {
	ctx := t.Context()
	p := provider("corp", idp.Draft)
	p.Draft = trust("one")
	must(t, db.CreateProvider(ctx, p, audit.Event{}))
	waiting := &idp.Confirm{Until: soon(10 * time.Minute), Previous: 1, PreviousState: idp.Disabled, Actor: "user:1"}
	for _, want := range []*idp.Confirm{waiting, nil} {
		_, err := db.UpdateProvider(ctx, "corp", 0, func(p *idp.Provider) error { p.Confirm = want; return nil }, event(audit.IDPActivated))
		must(t, err)
		all, err := db.Providers(ctx)
		must(t, err)
		equal(t, all[0].Confirm, want)
	}
}

func testMarkRefreshed(t *testing.T, db *store.DB) {
	ctx := t.Context()
	const url = "https://idp.example.com/metadata"
	p := provider("corp", idp.Active)
	p.MetadataURL = url
	must(t, db.CreateProvider(ctx, p, audit.Event{}))
	before, err := db.Revision(ctx)
	must(t, err)
	at := soon(time.Hour)
	must(t, db.MarkRefreshed(ctx, "corp", url, at, "", audit.Event{}))
	must(t, db.MarkRefreshed(ctx, "corp", url, time.Time{}, "It did not answer.", event(audit.IDPRefreshFailed)))
	must(t, db.MarkRefreshed(ctx, "corp", "https://idp.example.com/old", soon(2*time.Hour), "", event(audit.IDPRefreshFailed)))

	p.RefreshedAt, p.RefreshFailed = at, "It did not answer."
	all, err := db.Providers(ctx)
	must(t, err)
	equal(t, all, []*idp.Provider{p}) // its version too
	after, err := db.Revision(ctx)
	must(t, err)
	if after != before+2 {
		t.Errorf("revision went from %d to %d, want 2 steps", before, after)
	}
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 1 {
		t.Errorf("%d events, want that of the failure", len(events))
	}
}

// testRollover: of those who promote at once one does; what fails changes
// nothing.
func testRollover(t *testing.T, url URL) {
	where := url(t)
	ctx := t.Context()
	instances := []*store.DB{open(t, where), open(t, where)}
	db := instances[0]
	key := func(state idp.KeyState) *idp.Key {
		return &idp.Key{ID: id(), Use: idp.KeySigning, State: state, Certificate: []byte{1}, Sealed: []byte{0, 2}, CreatedAt: soon(0)}
	}
	first := key(idp.KeyCurrent)
	_, err := db.CreateKeys(ctx, []*idp.Key{first}, event(audit.KeyMade))
	must(t, err)
	before, err := db.Revision(ctx)
	must(t, err)

	publish := func(all []*idp.Key) ([]*idp.Key, error) {
		if len(all) > 1 {
			return nil, fault.New(fault.Conflict, "It is published already.")
		}
		return append(all, key(idp.KeyNext)), nil
	}
	results := make([]error, atOnce)
	together(atOnce, func(i int) { results[i] = instances[i%2].UpdateKeys(ctx, publish, event(audit.KeyMade)) })
	for _, err := range results {
		if err != nil {
			wantKind(t, err, fault.Conflict)
		}
	}
	stored, err := db.Keys(ctx)
	must(t, err)
	if len(stored) != 2 || stored[0].State != idp.KeyNext || stored[1].ID != first.ID {
		t.Fatalf("stored %+v, want one next key before the first one", stored)
	}
	next := stored[0]

	must(t, db.UpdateKeys(ctx, func(all []*idp.Key) ([]*idp.Key, error) {
		all[0].State, all[1].State = idp.KeyCurrent, idp.KeyRetired
		return all, nil
	}, event(audit.KeyRotated)))
	next.State, first.State = idp.KeyCurrent, idp.KeyRetired
	stored, err = db.Keys(ctx)
	must(t, err)
	equal(t, stored, []*idp.Key{next, first})

	must(t, db.UpdateKeys(ctx, func(all []*idp.Key) ([]*idp.Key, error) { return all[:1], nil }, event(audit.KeyRetired)))
	stored, err = db.Keys(ctx)
	must(t, err)
	equal(t, stored, []*idp.Key{next})
	after, err := db.Revision(ctx)
	must(t, err)
	if after != before+3 {
		t.Errorf("revision went from %d to %d, want one step for each act that was done", before, after)
	}
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 4 {
		t.Errorf("%d events, want 4", len(events))
	}
}

func testFetches(t *testing.T, db *store.DB) {
	ctx := t.Context()
	f := idp.Fetch{ID: id(), At: soon(time.Hour), IDP: "corp", ClientIP: "192.0.2.1", UserAgent: "robot", Keys: []string{"AB:CD", "EF:01"}}
	must(t, db.SaveFetch(ctx, f))
	again := f
	again.At, again.ClientIP = soon(2*time.Hour), "192.0.2.2"
	must(t, db.SaveFetch(ctx, again))
	other := idp.Fetch{ID: id(), At: soon(0), IDP: "other"}
	must(t, db.SaveFetch(ctx, other))
	all, err := db.Fetches(ctx, "corp")
	must(t, err)
	equal(t, all, []idp.Fetch{f})

	// Strangers can make these, so they are bounded.
	const kept = 200
	for i := range kept + 5 {
		must(t, db.SaveFetch(ctx, idp.Fetch{ID: id(), At: soon(time.Duration(i) * time.Second), IDP: "corp"}))
	}
	all, err = db.Fetches(ctx, "corp")
	must(t, err)
	if len(all) != kept || all[0].ID != f.ID || !slices.IsSortedFunc(all, func(a, b idp.Fetch) int { return b.At.Compare(a.At) }) {
		t.Errorf("%d fetches are kept, the newest %+v; want %d, newest first", len(all), all[0], kept)
	}
	all, err = db.Fetches(ctx, "other")
	must(t, err)
	equal(t, all, []idp.Fetch{other})
}

func testRemind(t *testing.T, url URL) {
	where := url(t)
	ctx := t.Context()
	instances := []*store.DB{open(t, where), open(t, where)}
	together(atOnce, func(i int) {
		if err := instances[i%2].Remind(ctx, fmt.Sprintf("certificate:%d", i/2%2), event(audit.CertificateExpiring)); err != nil {
			t.Error(err)
		}
	})
	events, err := instances[0].Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 2 {
		t.Errorf("%d events for two reminders", len(events))
	}
}

func testSetupLinks(t *testing.T, db *store.DB) {
	ctx := t.Context()
	link := func(slug string, valid time.Duration) (idp.SetupLinkInfo, []byte) {
		l := idp.SetupLinkInfo{ID: id(), IDP: slug, ExpiresAt: soon(valid), CreatedAt: soon(0), CreatedBy: "user:1"}
		h := hash()
		must(t, db.CreateSetupLink(ctx, l, h, event(audit.SetupLinkMade)))
		return l, h
	}
	one, oneHash := link("corp", time.Hour)
	two, twoHash := link("corp", 2*time.Hour)
	link("other", time.Hour)

	found, err := db.SetupLink(ctx, oneHash, time.Now())
	must(t, err)
	equal(t, found, one)
	_, err = db.SetupLink(ctx, oneHash, one.ExpiresAt)
	wantKind(t, err, fault.NotFound)
	_, err = db.SetupLink(ctx, hash(), time.Now())
	wantKind(t, err, fault.NotFound)
	all, err := db.SetupLinks(ctx, "corp")
	must(t, err)
	equal(t, all, []idp.SetupLinkInfo{two, one})

	must(t, db.DeleteSetupLink(ctx, two.ID, event(audit.SetupLinkRevoked)))
	wantKind(t, db.DeleteSetupLink(ctx, two.ID, event(audit.SetupLinkRevoked)), fault.NotFound)
	_, err = db.SetupLink(ctx, twoHash, time.Now())
	wantKind(t, err, fault.NotFound)
	revoked, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.SetupLinkRevoked}})
	must(t, err)
	if len(revoked) != 1 || revoked[0].IDP != "corp" {
		t.Errorf("revoking is told as %+v", revoked)
	}

	_, err = db.Prune(ctx, one.ExpiresAt)
	must(t, err)
	all, err = db.SetupLinks(ctx, "corp")
	must(t, err)
	equal(t, all, nil)
}
