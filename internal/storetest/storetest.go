// Package storetest is the suite that every engine behind package store passes.
package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

// URL gives the address of a new, empty database that lasts as long as t.
type URL func(t testing.TB) string

// Run runs the whole suite.
func Run(t *testing.T, url URL) {
	suites := []struct {
		name string
		run  func(*testing.T, URL)
	}{
		{"Open", testOpen},
		{"Migrate", testMigrate},
		{"Providers", testProviders},
		{"Keys", testKeys},
		{"Fetches", func(t *testing.T, url URL) { testFetches(t, fresh(t, url)) }},
		{"Remind", testRemind},
		{"SetupLinks", func(t *testing.T, url URL) { testSetupLinks(t, fresh(t, url)) }},
		{"Calendar", testCalendar},
		{"Applications", testApplications},
		{"ApplicationParts", testApplicationParts},
		{"PermissionSets", testPermissionSets},
		{"Assignments", testAssignments},
		{"Roles", testRoles},
		{"Shelf", testShelf},
		{"Recents", testRecents},
		{"Users", testUsers},
		{"UserActs", testUserActs},
		{"Queries", testQueries},
		{"Groups", testGroups},
		{"Events", testEvents},
		{"Pending", testPending},
		{"RecordSignIn", testRecordSignIn},
		{"Replay", testReplay},
		{"Sessions", testSessions},
		{"Recordings", testRecordings},
		{"AdminLinks", testAdminLinks},
		{"AdminGrants", testAdminGrants},
		{"LastAdministrator", testLastAdministrator},
		{"Prune", testPrune},
		{"Changes", testChanges},
		{"Doors", testDoors},
		{"Forms", testForms},
		{"Logouts", testLogouts},
		{"Webhook", testWebhook},
		{"Tokens", testTokens},
		{"Brake", testBrake},
		{"ProvisioningLog", testProvisioningLog},
		{"Renames", testRenames},
		{"Domains", testDomains},
		{"Removals", testRemovals},
		{"Stale", testStale},
		{"Retag", testRetag},
		{"Acts", testActs},
	}
	for _, s := range suites {
		t.Run(s.name, func(t *testing.T) { s.run(t, url) })
	}
}

// open opens url, migrates it, and closes it with t.
func open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

// fresh is open on a database of its own.
func fresh(t testing.TB, url URL) *store.DB { t.Helper(); return open(t, url(t)) }

func id() string { return uuid.Must(uuid.NewV7()).String() }

// idAt is an id that was made at t.
func idAt(t time.Time) string {
	u := uuid.Must(uuid.NewV7())
	for i := range 6 {
		u[i] = byte(t.UnixMilli() >> (40 - 8*i))
	}
	return u.String()
}

func hash() []byte {
	sum := sha256.Sum256([]byte(rand.Text()))
	return sum[:]
}

// soon is the present in the store's precision, moved by d.
func soon(d time.Duration) time.Time { return time.Now().Add(d).UTC().Truncate(time.Millisecond) }

func event(a audit.Action) audit.Event { return audit.Event{ID: id(), At: soon(0), Action: a} }

func user(name string) *directory.User {
	return &directory.User{
		ID: id(), UserName: name, Active: true, Source: directory.FromSignIn, IDP: "corp",
		Profile:   directory.Profile{DisplayName: "Person " + name},
		CreatedAt: soon(0), UpdatedAt: soon(0),
	}
}

func provider(slug string, state idp.State) *idp.Provider {
	return &idp.Provider{
		ID: id(), Slug: slug, Name: "Corporate " + slug, State: state, CreatedAt: soon(0), UpdatedAt: soon(0),
	}
}

// signIn is an unsolicited one of that person through "corp".
func signIn(name string) *session.SignIn {
	return &session.SignIn{
		Session: &session.Session{
			ID: id(), TokenHash: hash(), Kind: session.Person, IDP: "corp",
			NameID:  saml.NameID{Value: name, Format: saml.FormatEmailAddress},
			SubType: "persistent", Issuer: "https://idp.example.com/metadata",
			Tags: []session.Tag{{
				Key: "CostCenter", Value: "4711", Source: "AccessControl", Transitive: true,
				Lost: []session.Loser{{Value: "4712", Source: "PrincipalTag"}},
			}},
			Completed: true, BeganAt: soon(0), ExpiresAt: soon(8 * time.Hour),
		},
		AssertionID: "_" + rand.Text(),
		UsedUntil:   soon(10 * time.Minute),
		CreateUser:  user(name),
		Event:       event(audit.SessionBegan),
	}
}

// corp is a fresh store with the active connection "corp".
func corp(t testing.TB, url URL) *store.DB {
	t.Helper()
	db := fresh(t, url)
	must(t, db.CreateProvider(context.Background(), provider("corp", idp.Active), audit.Event{}))
	return db
}

func pending(name string) *session.Pending {
	return &session.Pending{
		RequestID: "_" + rand.Text(), RelayState: rand.Text(), IDP: name, BrowserHash: hash(),
		Target: "https://app.example.com/d/abc", CreatedAt: soon(0), ExpiresAt: soon(10 * time.Minute),
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func wantReason(t testing.TB, err error, want saml.Reason) {
	t.Helper()
	var refusal *saml.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal %s", err, want)
	}
	if refusal.Reason != want || refusal.Want == "" || refusal.Got == "" {
		t.Errorf("got reason %q want %q got %q, want reason %s and both sentences", refusal.Reason, refusal.Want, refusal.Got, want)
	}
}

func equal[T any](t testing.TB, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
