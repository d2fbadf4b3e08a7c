package storetest

import (
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
)

func robotToken(slug string, lifetime time.Duration) *directory.Token {
	return &directory.Token{
		ID: id(), IDP: slug, Hash: hash(), Compatibility: directory.AWS,
		CreatedAt: soon(0), CreatedBy: "user:9", ExpiresAt: soon(lifetime),
	}
}

func testTokens(t *testing.T, url URL) {
	db := corp(t, url)
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Draft), audit.Event{}))
	wantKind(t, db.CreateToken(ctx, robotToken("nowhere", time.Hour), event(audit.SCIMTokenMade)), fault.NotFound)

	old := robotToken("corp", -time.Second)
	must(t, db.CreateToken(ctx, old, event(audit.SCIMTokenMade)))
	one, two, three := robotToken("corp", time.Hour), robotToken("corp", time.Hour), robotToken("corp", time.Hour)
	must(t, db.CreateToken(ctx, one, event(audit.SCIMTokenMade)))
	must(t, db.CreateToken(ctx, two, event(audit.SCIMTokenMade)))
	wantKind(t, db.CreateToken(ctx, three, event(audit.SCIMTokenMade)), fault.Conflict)
	other := robotToken("other", time.Hour)
	must(t, db.CreateToken(ctx, other, event(audit.SCIMTokenMade)))

	for _, k := range []*directory.Token{old, one, other} {
		found, err := db.TokenByHash(ctx, k.Hash)
		must(t, err)
		equal(t, found, k)
	}
	_, err := db.TokenByHash(ctx, three.Hash)
	wantKind(t, err, fault.NotFound)
	all, err := db.Tokens(ctx, "")
	must(t, err)
	equal(t, all, []*directory.Token{old, one, two, other})

	at := soon(0)
	must(t, db.TouchToken(ctx, one.ID, at, "Robot/1.0"))
	must(t, db.TouchToken(ctx, one.ID, at.Add(-time.Minute), "Robot/0.9"))
	used := *one
	used.LastUsedAt, used.LastUsedBy = at, "Robot/1.0"
	mine, err := db.Tokens(ctx, "corp")
	must(t, err)
	equal(t, mine, []*directory.Token{old, &used, two})

	_, err = db.DeleteTokens(ctx, "other", one.ID, event(audit.SCIMTokenRevoked))
	wantKind(t, err, fault.NotFound)
	n, err := db.DeleteTokens(ctx, "corp", one.ID, event(audit.SCIMTokenRevoked))
	must(t, err)
	equal(t, n, 1)
	must(t, db.CreateToken(ctx, three, event(audit.SCIMTokenMade)))
	n, err = db.DeleteTokens(ctx, "corp", "", event(audit.ProvisioningDisabled))
	must(t, err)
	equal(t, n, 3)
	n, err = db.DeleteTokens(ctx, "corp", "", event(audit.ProvisioningDisabled)) // once more changes nothing
	must(t, err)
	equal(t, n, 0)
	_, err = db.DeleteTokens(ctx, "nowhere", "", event(audit.ProvisioningDisabled))
	wantKind(t, err, fault.NotFound)
	if told := actions(t, db, audit.ProvisioningDisabled); len(told) != 1 {
		t.Errorf("told %d times, want once", len(told))
	}

	t.Run("of a disabled connection", func(t *testing.T) {
		k := robotToken("corp", time.Hour)
		must(t, db.CreateToken(ctx, k, event(audit.SCIMTokenMade)))
		setState(t, db, idp.Disabled)
		_, err := db.TokenByHash(ctx, k.Hash)
		wantKind(t, err, fault.Forbidden)
		setState(t, db, idp.Active)
		_, err = db.TokenByHash(ctx, k.Hash)
		must(t, err)
	})
	t.Run("made at once", func(t *testing.T) {
		db := corp(t, url)
		together(atOnce, func(int) {
			err := db.CreateToken(ctx, robotToken("corp", time.Hour), event(audit.SCIMTokenMade))
			if err != nil && fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		})
		all, err := db.Tokens(ctx, "corp")
		must(t, err)
		if len(all) != directory.MaxTokens || len(actions(t, db, audit.SCIMTokenMade)) != directory.MaxTokens {
			t.Errorf("%d tokens, want %d", len(all), directory.MaxTokens)
		}
	})
	t.Run("forgotten", func(t *testing.T) {
		db := corp(t, url)
		k := robotToken("corp", time.Hour)
		must(t, db.CreateToken(ctx, k, event(audit.SCIMTokenMade)))
		for _, step := range []struct {
			now  time.Time
			left int
		}{{k.ExpiresAt.Add(30*24*time.Hour - time.Second), 1}, {k.ExpiresAt.Add(30 * 24 * time.Hour), 0}} {
			_, err := db.Prune(ctx, step.now)
			must(t, err)
			all, err := db.Tokens(ctx, "")
			must(t, err)
			if len(all) != step.left {
				t.Errorf("%d tokens at %v, want %d", len(all), step.now, step.left)
			}
		}
	})
}
