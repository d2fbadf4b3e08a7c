package idp_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
)

func TestSetupLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, o := database(t), options(t)
		r, other := open(t, db, o), open(t, db, o)
		ctx := t.Context()
		if _, err := r.Create(ctx, "corp", "", "user:1"); err != nil {
			t.Fatal(err)
		}
		short, err := r.MakeSetupLink(ctx, "corp", time.Hour, "user:1")
		if err != nil || len(short) != 43 {
			t.Fatalf("MakeSetupLink = %q, %v", short, err)
		}
		long, err := r.MakeSetupLink(ctx, "corp", 0, "user:1")
		if err != nil || long == short {
			t.Fatal(err)
		}
		for _, token := range []string{short, long} {
			if slug, err := other.SetupLink(ctx, token); err != nil || slug != "corp" {
				t.Errorf("SetupLink = %q, %v", slug, err)
			}
		}
		link, err := r.OpenSetupLink(ctx, long)
		if err != nil || link.CreatedBy != "user:1" || link.ExpiresAt.Sub(link.CreatedAt) != 7*24*time.Hour {
			t.Errorf("OpenSetupLink = %+v, %v", link, err)
		}
		all, err := r.SetupLinks(ctx, "corp")
		if err != nil || len(all) != 2 || all[0].ID != link.ID {
			t.Errorf("SetupLinks = %+v, %v", all, err)
		}

		time.Sleep(time.Hour)
		_, err = r.SetupLink(ctx, short)
		wantKind(t, "an expired link", err, fault.NotFound)
		if err := r.RevokeSetupLink(ctx, link.ID, "user:2"); err != nil {
			t.Fatal(err)
		}
		_, err = other.SetupLink(ctx, long)
		wantKind(t, "a revoked link", err, fault.NotFound)
		wantKind(t, "revoke twice", r.RevokeSetupLink(ctx, link.ID, "user:2"), fault.NotFound)

		for _, token := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 1<<20), link.ID} {
			_, err := r.SetupLink(ctx, token)
			wantKind(t, "a token that nobody made", err, fault.NotFound)
		}
		for _, d := range []time.Duration{-time.Hour, time.Minute, 31 * 24 * time.Hour} {
			_, err := r.MakeSetupLink(ctx, "corp", d, "user:1")
			wantKind(t, "valid for "+d.String(), err, fault.Invalid)
		}
		_, err = r.MakeSetupLink(ctx, "missing", 0, "user:1")
		wantKind(t, "for a missing connection", err, fault.NotFound)
		want := []audit.Action{audit.IDPCreated, audit.SetupLinkMade, audit.SetupLinkMade, audit.SetupLinkRevoked}
		if diff := cmp.Diff(want, actions(t, db, "corp")); diff != "" {
			t.Error(diff)
		}
	})
}

// Whoever reads the database, or a copy of it, cannot use a link.
func TestTheStoreDoesNotKnowSetupTokens(t *testing.T) {
	r, db := registry(t)
	token, err := r.MakeSetupLink(t.Context(), idp.Default, 0, "user:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.SetupLink(t.Context(), []byte(token), time.Now()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the token itself is kept: %v", err)
	}
	events, err := db.Events(t.Context(), audit.Filter{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if strings.Contains(string(e.Detail), token) || strings.Contains(e.Object, token) {
			t.Errorf("%s tells the token", e.Action)
		}
	}
}
