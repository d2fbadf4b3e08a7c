package storetest

import (
	"context"
	"testing"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// testCalendar: one token opens the calendar, the newest.
func testCalendar(t *testing.T, url URL) {
	s := fresh(t, url)
	ctx := context.Background()
	first, second := []byte("the hash of the first token"), []byte("the hash of the second one")
	if err := s.Calendar(ctx, first); fault.KindOf(err) != fault.NotFound {
		t.Errorf("before there is any: %v", err)
	}
	for _, hash := range [][]byte{first, second} {
		if err := s.SaveCalendar(ctx, hash, audit.New(audit.CalendarMade, "command")); err != nil {
			t.Fatal(err)
		}
		if err := s.Calendar(ctx, hash); err != nil {
			t.Errorf("the newest: %v", err)
		}
	}
	if err := s.Calendar(ctx, first); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the one before: %v", err)
	}
}
