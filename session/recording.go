package session

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/idp"
)

// Bounds of what is recorded.
const (
	// MaxAcceptedRecordings and MaxRefusedRecordings are how many of one
	// connection are kept; the oldest give way.
	MaxAcceptedRecordings = 50
	MaxRefusedRecordings  = 200

	maxRecorded = 256 << 10 // bytes of one response

	defaultRecordDays = 7
	maxRecordDays     = 90
)

// Recording is a response as it came, sealed with what it was judged by. What
// stands outside of the seal is what it is found by.
type Recording struct {
	ID        string
	IDP       string // slug
	Accepted  bool
	Reference string    // of a refusal, what the person was shown; "" otherwise
	At        time.Time // when it came, UTC, milliseconds
	Sealed    []byte
}

// RecordingFilter selects recordings of one connection.
type RecordingFilter struct {
	IDP      string
	Accepted bool
	Before   string // ID of the last one of the page before: keyset paging
	Limit    int    // 0: 50
}

// Recordings keeps recorded responses for as long as the settings of their
// connection say at this moment (RecordFor), and gives none that is older,
// forgotten already or not.
type Recordings interface {
	// RecordRefusal saves the event of a refusal with the response behind it,
	// both or none.
	RecordRefusal(ctx context.Context, r *Recording, e audit.Event) error
	// Recordings gives those that f selects, newest first.
	Recordings(ctx context.Context, f RecordingFilter) ([]*Recording, error)
	// RecordingByReference finds the response of a refusal; fault.NotFound.
	RecordingByReference(ctx context.Context, reference string) (*Recording, error)
}

// RecordFor is how long the responses of a connection are kept; 0: they are
// not.
func RecordFor(s idp.Settings) time.Duration {
	days := s.RecordDays
	switch {
	case days < 0:
		return 0
	case days == 0:
		days = defaultRecordDays
	}
	return time.Duration(min(days, maxRecordDays)) * 24 * time.Hour
}
