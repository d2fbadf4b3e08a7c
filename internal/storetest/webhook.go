package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

func testWebhook(t *testing.T, url URL) {
	t.Run("one sends at a time", func(t *testing.T) { testWebhookClaim(t, url) })
	t.Run("follows events", func(t *testing.T) { testEventsAfter(t, url) })
}

func testWebhookClaim(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	position, err := db.WebhookPosition(ctx)
	must(t, err)
	equal(t, position, "")

	// Many at once: one gets it.
	var claimed atomic.Int32
	var winner sync.Map
	together(8, func(int) {
		holder := id()
		if _, err := db.ClaimWebhook(ctx, holder, soon(time.Hour)); err == nil {
			claimed.Add(1)
			winner.Store("holder", holder)
		} else {
			wantKind(t, err, fault.Conflict)
		}
	})
	if claimed.Load() != 1 {
		t.Fatalf("%d hold the claim, want 1", claimed.Load())
	}
	first, _ := winner.Load("holder")
	holder := first.(string)
	must(t, db.SaveWebhookPosition(ctx, holder, soon(time.Hour), `{"after":"1"}`))
	wantKind(t, db.SaveWebhookPosition(ctx, "another", soon(time.Hour), `{"after":"0"}`), fault.Conflict)
	position, err = db.ClaimWebhook(ctx, holder, soon(-time.Second)) // again, and let go of
	must(t, err)
	equal(t, position, `{"after":"1"}`)

	position, err = db.ClaimWebhook(ctx, "another", soon(time.Hour))
	must(t, err)
	equal(t, position, `{"after":"1"}`)
	wantKind(t, db.SaveWebhookPosition(ctx, holder, soon(time.Hour), `{"after":"0"}`), fault.Conflict)
	position, err = db.WebhookPosition(ctx)
	must(t, err)
	equal(t, position, `{"after":"1"}`)
}

func testEventsAfter(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	var want []audit.Event
	for _, action := range []audit.Action{audit.IDPActivated, audit.SessionBegan, audit.KeyRotated, audit.IDPActivated} {
		e := event(action)
		must(t, db.AppendEvent(ctx, e))
		if action != audit.SessionBegan {
			want = append(want, e)
		}
	}
	actions := []audit.Action{audit.IDPActivated, audit.KeyRotated}
	for _, c := range []struct {
		after string
		limit int
		want  []audit.Event
	}{
		{"", 10, want},
		{"", 2, want[:2]},
		{want[0].ID, 10, want[1:]},
		{want[2].ID, 10, nil},
	} {
		got, err := db.EventsAfter(ctx, c.after, actions, c.limit)
		must(t, err)
		equal(t, got, c.want)
	}
}
