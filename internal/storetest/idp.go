package storetest

import (
	"errors"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/store"
)

func testProviders(t *testing.T, url URL) {
	t.Run("create", func(t *testing.T) { testCreateProvider(t, fresh(t, url)) })
	t.Run("trusts", func(t *testing.T) { testTrusts(t, fresh(t, url)) })
	t.Run("conflict", func(t *testing.T) { testProviderConflict(t, fresh(t, url)) })
	t.Run("disable", func(t *testing.T) { testDisable(t, corp(t, url)) })
	t.Run("confirm", func(t *testing.T) { testConfirm(t, fresh(t, url)) })
	t.Run("refreshed", func(t *testing.T) { testMarkRefreshed(t, fresh(t, url)) })
}

func trust(entityID string) *idp.Trust {
	return &idp.Trust{
		EntityID: entityID,
		SSO:      []saml.Endpoint{{Binding: saml.BindingRedirect, Location: "https://idp.example.com/sso"}},
		SLO:      []saml.Endpoint{{Binding: saml.BindingPOST, Location: "https://idp.example.com/slo", ResponseLocation: "https://idp.example.com/back"}},
		Certificates: []idp.Certificate{{
			DER: []byte{0x30, 0, 0xff}, Fingerprint: "AB:CD", Subject: "CN=idp", KeyType: "RSA 2048",
			NotBefore: soon(-time.Hour), NotAfter: soon(time.Hour), Use: "signing",
		}},
		NameIDFormats: []string{saml.FormatEmailAddress}, WantAuthnRequestsSigned: true, ValidUntil: soon(time.Hour),
		Source: idp.FromUpload, SourceName: "metadata.xml", Vendor: "entra", Warnings: []string{"One certificate ends soon."},
		CreatedAt: soon(0), CreatedBy: "command",
	}
}

func testCreateProvider(t *testing.T, db *store.DB) {
	ctx := t.Context()
	before, err := db.Revision(ctx)
	must(t, err)
	b, a := provider("b", idp.Draft), provider("a", idp.Draft)
	a.Settings = idp.Settings{SignRequests: true, TagMappings: []idp.TagMapping{{Key: "k", Path: "${path:userName}"}}}
	a.MetadataURL, a.RefreshedAt, a.RefreshFailed = "https://idp.example.com/metadata", soon(0), "It did not answer."
	a.Draft = trust("https://idp.example.com")
	must(t, db.CreateProvider(ctx, b, event(audit.IDPCreated)))
	must(t, db.CreateProvider(ctx, a, event(audit.IDPCreated)))
	wantKind(t, db.CreateProvider(ctx, provider("a", idp.Draft), event(audit.IDPCreated)), fault.Conflict)
	if a.Version != 1 || a.Draft.Number != 1 {
		t.Errorf("version %d and draft %d, want 1 and 1", a.Version, a.Draft.Number)
	}

	all, err := db.Providers(ctx)
	must(t, err)
	equal(t, all, []*idp.Provider{a, b})
	after, err := db.Revision(ctx)
	must(t, err)
	if after != before+2 {
		t.Errorf("revision went from %d to %d, want 2 steps", before, after)
	}
}

func testTrusts(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("corp", idp.Draft), audit.Event{}))
	update := func(change func(*idp.Provider)) *idp.Provider {
		t.Helper()
		p, err := db.UpdateProvider(ctx, "corp", 0, func(p *idp.Provider) error { change(p); return nil }, event(audit.IDPImported))
		must(t, err)
		all, err := db.Providers(ctx)
		must(t, err)
		equal(t, all[0], p)
		return p
	}
	activate := func(p *idp.Provider) {
		p.Live, p.Draft, p.State = p.Draft, nil, idp.Active
		p.Live.ActivatedAt = soon(0)
	}
	update(func(p *idp.Provider) { p.Draft = trust("one") })
	p := update(activate)
	if p.Version != 3 || p.Live.Number != 1 || p.Live.ActivatedAt.IsZero() || p.Draft != nil {
		t.Errorf("after activation: %+v", p)
	}
	update(func(p *idp.Provider) { p.Draft = trust("two") })
	p = update(activate)
	if p.Live.Number != 2 || p.Live.EntityID != "two" {
		t.Errorf("live is %d %s, want 2 two", p.Live.Number, p.Live.EntityID)
	}

	trusts, err := db.Trusts(ctx, "corp")
	must(t, err)
	if len(trusts) != 2 || trusts[0].Number != 2 || trusts[1].Number != 1 || trusts[1].ActivatedAt.IsZero() {
		t.Errorf("saved versions: %+v", trusts)
	}
	p = update(func(p *idp.Provider) { p.Draft = trusts[1] }) // an old one is to be restored
	equal(t, p.Draft, trusts[1])
	p = update(func(p *idp.Provider) { p.Draft = nil })
	if p.Draft != nil {
		t.Error("the draft is still there")
	}
	_, err = db.UpdateProvider(ctx, "corp", 0, func(p *idp.Provider) error {
		p.Live = &idp.Trust{Number: 77}
		return nil
	}, event(audit.IDPActivated))
	wantKind(t, err, fault.NotFound)
	_, err = db.Trusts(ctx, "nobody")
	wantKind(t, err, fault.NotFound)
}

func testProviderConflict(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("corp", idp.Draft), audit.Event{}))
	rename := func(name string) func(*idp.Provider) error {
		return func(p *idp.Provider) error { p.Name = name; return nil }
	}
	p, err := db.UpdateProvider(ctx, "corp", 1, rename("one"), event(audit.IDPSettingsChanged))
	must(t, err)
	if p.Version != 2 {
		t.Errorf("version %d, want 2", p.Version)
	}
	_, err = db.UpdateProvider(ctx, "corp", 1, rename("two"), event(audit.IDPSettingsChanged))
	wantKind(t, err, fault.Conflict)
	_, err = db.UpdateProvider(ctx, "nobody", 0, rename("two"), event(audit.IDPSettingsChanged))
	wantKind(t, err, fault.NotFound)
	no := errors.New("no")
	_, err = db.UpdateProvider(ctx, "corp", 0, func(*idp.Provider) error { return no }, event(audit.IDPSettingsChanged))
	if !errors.Is(err, no) {
		t.Errorf("got %v, want what change said", err)
	}

	all, err := db.Providers(ctx)
	must(t, err)
	equal(t, all, []*idp.Provider{p})
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 1 {
		t.Errorf("%d events, want that of the one change", len(events))
	}

	// Of those who edit the same version, one wins.
	results := make([]error, atOnce)
	together(atOnce, func(i int) {
		_, results[i] = db.UpdateProvider(ctx, "corp", 2, rename("at once"), event(audit.IDPSettingsChanged))
	})
	won := 0
	for _, err := range results {
		if err == nil {
			won++
			continue
		}
		wantKind(t, err, fault.Conflict)
	}
	if won != 1 {
		t.Errorf("%d edits of the same version were saved, want 1", won)
	}
}

func testDisable(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Active), audit.Event{}))
	here, there := signIn("ada@example.com"), signIn("eve@example.com")
	there.Session.IDP = "other"
	must(t, db.RecordSignIn(ctx, here))
	must(t, db.RecordSignIn(ctx, there))

	setState(t, db, idp.Disabled)
	equal(t, liveNames(t, db), []string{"eve@example.com"})
	stored, err := db.Session(ctx, here.Session.TokenHash)
	must(t, err)
	if stored.EndedAt.IsZero() || stored.EndedWhy == "" {
		t.Errorf("the end of the session is not told: %+v", stored)
	}
}

func testKeys(t *testing.T, url URL) {
	t.Run("create", func(t *testing.T) { testCreateKeys(t, url) })
	t.Run("roll over", func(t *testing.T) { testRollover(t, url) })
}

func testCreateKeys(t *testing.T, url URL) {
	where := url(t)
	ctx := t.Context()
	instances := []*store.DB{open(t, where), open(t, where)}
	pair := func() []*idp.Key {
		return []*idp.Key{
			{ID: id(), Use: idp.KeySigning, State: idp.KeyCurrent, Certificate: []byte{1}, Sealed: []byte{0, 2}, CreatedAt: soon(0)},
			{ID: id(), Use: idp.KeyEncryption, State: idp.KeyCurrent, Certificate: []byte{3}, Sealed: []byte{0, 4}, CreatedAt: soon(0)},
		}
	}
	given := make([][]*idp.Key, atOnce)
	together(atOnce, func(i int) {
		var err error
		if given[i], err = instances[i%2].CreateKeys(ctx, pair(), event(audit.KeyMade)); err != nil {
			t.Error(err)
		}
	})
	stored, err := instances[0].Keys(ctx)
	must(t, err)
	if len(stored) != 2 {
		t.Errorf("%d keys, want one of each use", len(stored))
	}
	for _, keys := range given {
		equal(t, keys, stored)
	}
	events, err := instances[0].Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 1 {
		t.Errorf("%d events, want 1", len(events))
	}
	next := pair()
	next[0].Use = "another"
	all, err := instances[1].CreateKeys(ctx, next, event(audit.KeyMade))
	must(t, err)
	if len(all) != 3 {
		t.Errorf("%d keys, want a third, of the use that there was none of", len(all))
	}
}
