package storetest

import (
	"strings"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/store"
)

func testDomains(t *testing.T, url URL) {
	t.Run("of others", func(t *testing.T) { testOthersDomains(t, corp(t, url)) })
	t.Run("its own", func(t *testing.T) { testOwnDomains(t, corp(t, url)) })
}

func setDomains(t testing.TB, db *store.DB, slug string, state idp.State, domains ...string) {
	t.Helper()
	_, err := db.UpdateProvider(t.Context(), slug, 0, func(p *idp.Provider) error {
		p.State, p.Settings.EmailDomains = state, domains
		return nil
	}, event(audit.IDPSettingsChanged))
	must(t, err)
}

// testOthersDomains: whom another connection signs in is not a robot's to
// make, to name, to have or to remove.
func testOthersDomains(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Draft), audit.Event{}))
	create := func(name string) error { return db.CreateUser(ctx, user(name), robot(audit.UserCreated)) }
	must(t, create("early@b.example"))

	setDomains(t, db, "other", idp.Draft, "b.example", "kelvin.example")
	must(t, create("draft@b.example")) // who is not active speaks for nobody
	setDomains(t, db, "other", idp.Active, "b.example", "kelvin.example")

	byHand := func(name, mail string) *directory.User {
		u := user(name)
		u.IDP, u.Source = "", directory.FromHand
		if mail != "" {
			u.Profile.Emails = []directory.MultiValue{{Value: "x@y.example"}, {Value: mail}}
		}
		must(t, db.CreateUser(ctx, u, directory.Act{}))
		return u
	}
	boss, mailed, free := byHand("boss@b.example", ""), byHand("mailed", "mailed@B.example"), byHand("free@c.example", "free@c.example")
	own := user("own@c.example")
	must(t, db.CreateUser(ctx, own, robot(audit.UserCreated)))

	before := contents(t, db)
	for _, name := range []string{
		"bob@b.example", "Bob@B.EXAMPLE", "bob@ｂ.example", "bob＠b.example", "bob@\u212aelvin.example", `"bob@c.example"@b.example`,
	} {
		wantKind(t, create(name), fault.Conflict)
		wantKind(t, rename(t, db, own, name), fault.Conflict)
		wantKind(t, rename(t, db, free, name), fault.Conflict)
	}
	for _, u := range []*directory.User{boss, mailed} {
		wantKind(t, deactivate(t, db, u), fault.Conflict)
		wantKind(t, rename(t, db, u, "taken@c.example"), fault.Conflict)
		wantKind(t, db.RemoveUser(ctx, u.ID, robot(audit.UserRemoved)), fault.Conflict)
	}
	equal(t, contents(t, db), before)

	for _, name := range []string{"bob@sub.b.example", "bob@bb.example", "bob@b.example@c.example", "b.example", "bob"} {
		must(t, create(name))
	}
	must(t, rename(t, db, free, "freed@c.example"))
	must(t, deactivate(t, db, own))
	must(t, db.CreateUser(ctx, user("hand@b.example"), directory.Act{}))
	theirs := robot(audit.UserCreated)
	theirs.Scope = "other"
	must(t, db.CreateUser(ctx, user("theirs@b.example"), theirs))

	// Both speak for it: each may. Nobody does any more: anybody may.
	setDomains(t, db, "corp", idp.Active, "b.example")
	must(t, create("shared@b.example"))
	setDomains(t, db, "corp", idp.Active)
	wantKind(t, create("late@b.example"), fault.Conflict)
	setDomains(t, db, "other", idp.Disabled, "b.example")
	must(t, create("late@b.example"))
}

// testOwnDomains: a connection that speaks for some domains provisions nobody
// else.
func testOwnDomains(t *testing.T, db *store.DB) {
	ctx := t.Context()
	old := user("old@elsewhere.example")
	must(t, db.CreateUser(ctx, old, robot(audit.UserCreated)))
	hand := user("hand@elsewhere.example")
	hand.IDP = ""
	must(t, db.CreateUser(ctx, hand, directory.Act{}))
	setDomains(t, db, "corp", idp.Active, "a.example", "aa.example")
	for _, name := range []string{"ada@elsewhere.example", "ada", "ada@sub.a.example", "ada@ａ.example", "ada@a.example@elsewhere.example"} {
		err := db.CreateUser(ctx, user(name), robot(audit.UserCreated))
		wantKind(t, err, fault.Invalid)
		if !strings.Contains(fault.Public(err), "a.example, aa.example") {
			t.Errorf("%s: it says %q", name, fault.Public(err))
		}
		wantKind(t, rename(t, db, old, name), fault.Invalid)
	}
	wantKind(t, deactivate(t, db, hand), fault.Invalid)
	must(t, db.CreateUser(ctx, user("ada@A.example"), robot(audit.UserCreated)))
	must(t, rename(t, db, hand, "hand@aa.example"))
	must(t, deactivate(t, db, old)) // who is its own already, it goes on keeping
}
