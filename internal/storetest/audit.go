package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/store"
)

func testEvents(t *testing.T, url URL) {
	t.Run("filters", func(t *testing.T) { testEventFilters(t, fresh(t, url)) })
	t.Run("fills in", func(t *testing.T) { testEventFilled(t, fresh(t, url)) })
	t.Run("bounds refusals", func(t *testing.T) { testRefusalsBounded(t, fresh(t, url)) })
}

func testEventFilters(t *testing.T, db *store.DB) {
	ctx := t.Context()
	var saved []audit.Event
	for i := range 12 {
		e := audit.Event{
			ID: id(), At: soon(0), Action: audit.SessionBegan, Actor: "user:1", IDP: "corp", Object: "session:1",
			Person: fmt.Sprintf("p%d@example.com", i%2), ClientIP: "192.0.2.1",
		}
		if i%3 == 0 {
			e.Action, e.Reason, e.Reference = audit.SignInRefused, "Expired", fmt.Sprintf("REF%d", i)
			e.Detail = json.RawMessage(`{"checks":[]}`)
		}
		if i >= 6 {
			e.IDP = "other"
		}
		if i >= 8 {
			e.Actor, e.Object = "command", "idp:other"
		}
		must(t, db.AppendEvent(ctx, e))
		saved = append([]audit.Event{e}, saved...)
	}
	all, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	equal(t, all, saved)

	for _, c := range []struct {
		name string
		f    audit.Filter
		want int
	}{
		{"action", audit.Filter{Actions: []audit.Action{audit.SignInRefused}}, 4},
		{"two actions", audit.Filter{Actions: []audit.Action{audit.SignInRefused, audit.SessionBegan}}, 12},
		{"other action", audit.Filter{Actions: []audit.Action{audit.KeyMade}}, 0},
		{"idp", audit.Filter{IDP: "other"}, 6},
		{"person", audit.Filter{Person: "p1@example.com"}, 6},
		{"reference", audit.Filter{Reference: "REF3"}, 1},
		{"reason", audit.Filter{Reason: "Expired"}, 4},
		{"since before", audit.Filter{Since: soon(-time.Hour)}, 12},
		{"since after", audit.Filter{Since: soon(time.Hour)}, 0},
		{"since the past of another id", audit.Filter{Since: saved[11].At}, 12},
		{"object", audit.Filter{Object: "idp:other"}, 4},
		{"part of an object", audit.Filter{Object: "idp:"}, 0},
		{"actor", audit.Filter{Actor: "user:1"}, 8},
		{"until after", audit.Filter{Until: soon(time.Hour)}, 12},
		{"until before", audit.Filter{Until: soon(-time.Hour)}, 0},
		{"until the first", audit.Filter{Until: saved[11].At}, 0},
		{"until behind the last", audit.Filter{Until: saved[0].At.Add(time.Millisecond)}, 12},
		{"all of them", audit.Filter{Actions: []audit.Action{audit.SignInRefused}, IDP: "corp", Person: "p1@example.com", Reason: "Expired", Since: soon(-time.Hour)}, 1},
		{"limit", audit.Filter{Limit: 5}, 5},
		{"before", audit.Filter{Before: saved[8].ID}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := db.Events(ctx, c.f)
			must(t, err)
			if len(found) != c.want {
				t.Errorf("found %d, want %d", len(found), c.want)
			}
		})
	}
	var paged []audit.Event
	for f := (audit.Filter{Limit: 5}); ; {
		page, err := db.Events(ctx, f)
		must(t, err)
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
		f.Before = page[len(page)-1].ID
	}
	equal(t, paged, saved)
}

func testEventFilled(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.AppendEvent(ctx, audit.Event{Action: audit.KeyMade}))
	must(t, db.AppendEvent(ctx, audit.Event{}))
	all, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(all) != 1 || all[0].ID == "" || all[0].At.IsZero() {
		t.Errorf("want one event with id and time, got %+v", all)
	}
}

// testRefusalsBounded: strangers can make refusals, so they are not kept for
// ever; nothing else is dropped for them.
func testRefusalsBounded(t *testing.T, db *store.DB) {
	for _, action := range []audit.Action{audit.SignInRefused, audit.AccessDenied} {
		t.Run(string(action), func(t *testing.T) { testBounded(t, db, action) })
	}
}

func testBounded(t *testing.T, db *store.DB, action audit.Action) {
	ctx := t.Context()
	const kept, slack, more = 10_000, 500, 1200
	other := event(audit.SessionBegan)
	other.Object = "session:" + string(action)
	must(t, db.AppendEvent(ctx, other))
	const at = 50
	together(at, func(int) {
		for range (kept + more) / at {
			if err := db.AppendEvent(ctx, event(action)); err != nil {
				t.Error(err)
			}
		}
	})
	last := event(action)
	must(t, db.AppendEvent(ctx, last))

	count := func() int {
		all, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{action}, Limit: 2 * kept})
		must(t, err)
		if all[0].ID != last.ID {
			t.Error("the newest refusal was dropped")
		}
		return len(all)
	}
	if n := count(); n < kept || n > kept+slack {
		t.Errorf("%d refusals are kept, want %d and at most %d more", n, kept, slack)
	}
	_, err := db.Prune(ctx, time.Now())
	must(t, err)
	if n := count(); n != kept {
		t.Errorf("%d refusals are kept after Prune, want %d", n, kept)
	}
	began, err := db.Events(ctx, audit.Filter{Object: other.Object})
	must(t, err)
	if len(began) != 1 {
		t.Error("another event was dropped with them")
	}
}
