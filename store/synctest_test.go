package store_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/store"
)

// TestInBubble: rooms test their lifetimes in bubbles of testing/synctest, over
// a real store that was opened inside.
func TestInBubble(t *testing.T) {
	url := sqliteURL(t)
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		db, err := store.Open(ctx, url, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		link := []byte("a link's hash")
		if err := db.SavePending(ctx, &session.Pending{RequestID: "_1", IDP: "corp", ExpiresAt: time.Now().Add(10 * time.Minute)}); err != nil {
			t.Fatal(err)
		}
		if err := db.SaveAdminLink(ctx, link, time.Now().Add(time.Hour), made()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(59 * time.Minute)
		if _, err := db.Pending(ctx, "corp", "_1", time.Now()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("after 59 minutes a pending sign-in still waits: %v", err)
		}
		time.Sleep(time.Minute)
		if err := db.UseAdminLink(ctx, link, &session.Session{ID: "1"}, made()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("after an hour a link still opens: %v", err)
		}
	})
}

func made() audit.Event { return audit.Event{Action: audit.AdminLinkMade} }
