package audit

import (
	"time"

	"github.com/google/uuid"
)

// New begins an Event: a fresh ID, the present time, what was done and by
// whom. The caller fills in what it was done to.
func New(action Action, actor string) Event {
	return Event{
		ID:     uuid.Must(uuid.NewV7()).String(),
		At:     time.Now().UTC().Truncate(time.Millisecond),
		Action: action,
		Actor:  actor,
	}
}
