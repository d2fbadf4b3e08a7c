package directory

import (
	"context"
	"time"
)

// Record is one request of a robot and what became of it: the provisioning log.
type Record struct {
	ID        string // sortable random
	IDP       string
	TokenID   string
	At        time.Time
	Took      time.Duration
	Method    string
	Path      string // below the SCIM base URL, with its query; clipped
	Status    int
	SCIMType  string // of an error, or ""
	Detail    string // of an error, or what came of it in a few words
	Resource  string // "User", "Group" or ""
	ObjectID  string
	Person    string // userName concerned, or ""
	Changes   []AttributeChange
	ClientIP  string
	UserAgent string
	Body      []byte // as it came, without passwords; sealed at rest; nil where there was none or it was too long
}

// AttributeChange is one attribute that a request changed. Values are given
// for the few attributes that an administrator needs to see to follow what
// happened (userName, externalId, active, displayName, members as a count);
// of all others it is said that they changed, and no more.
type AttributeChange struct {
	Attribute string `json:"attribute"`
	Old       string `json:"old,omitempty"`
	New       string `json:"new,omitempty"`
	Redacted  bool   `json:"redacted,omitempty"`
}

// RecordFilter selects records, newest first. Zero fields don't restrict.
type RecordFilter struct {
	IDP      string
	Person   string // whole userName, folded before it is compared
	ObjectID string
	Failed   bool // status 400 and above
	Changes  bool // only what changed something
	Before   string
	Limit    int // 0: 50
}

// Records keeps the provisioning log: 30 days, and of each connection at most
// the 200,000 newest, of which the 5,000 newest bodies.
type Records interface {
	SaveRecords(ctx context.Context, sealed []SealedRecord) error
	Records(ctx context.Context, f RecordFilter) ([]*Record, error) // without bodies
	// Record finds one with its sealed body; fault.NotFound.
	Record(ctx context.Context, id string) (*SealedRecord, error)
}

// SealedRecord is a Record as it is stored: Body is empty, Sealed holds it.
type SealedRecord struct {
	Record
	Sealed []byte
}
