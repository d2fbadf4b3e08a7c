package directory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"sallyport/audit"
)

// Brake is what keeps a robot gone wrong from putting everybody out: more than
// Share percent of a connection's active people, and more than Least of them,
// deactivated or removed within an hour are held until an administrator
// releases or rejects them. While it holds, every further deactivation or
// removal of that connection is held too, however late it comes.
type Brake struct {
	IDP   string
	Share int // percent; 0: DefaultShare; OffShare: never holds
	Least int // 0: DefaultLeast

	HeldSince     time.Time // zero: it does not hold
	Passed        int       // people of the last hour who got through before it held
	Held          []HeldChange
	ReleasedUntil time.Time // it does not hold before
}

const (
	DefaultShare = 20
	DefaultLeast = 10
	OffShare     = -1
	BrakeWindow  = time.Hour
)

// HeldChange is what a robot wanted to do to one person.
type HeldChange struct {
	UserID   string
	UserName string
	Removal  bool      // false: deactivation
	At       time.Time // since when it wants this
	Rejected bool      // refused from now on, until the robot says that the person is active
}

// Fingerprint stands for everyone who waits and for what is to become of each:
// Release takes that of the list that somebody has looked at.
func (b *Brake) Fingerprint() string { return Fingerprint(b.Held) }

// Fingerprint is that of a list in any order. Who is rejected does not wait.
func Fingerprint(held []HeldChange) string {
	sorted := slices.SortedFunc(slices.Values(held), func(a, b HeldChange) int { return cmp.Compare(a.UserID, b.UserID) })
	sum := sha256.New()
	for _, h := range sorted {
		if !h.Rejected {
			fmt.Fprintf(sum, "%q %t\n", h.UserID, h.Removal)
		}
	}
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}

// Holding is a brake that holds, in numbers.
type Holding struct {
	IDP    string
	Since  time.Time
	People int // who wait
}

// Brakes keeps them. Counting and holding happen inside the acts of Store.
type Brakes interface {
	// Brake is that of one connection.
	Brake(ctx context.Context, idp string) (*Brake, error)
	// Brakes are those that hold at present. Every page of the console asks.
	Brakes(ctx context.Context) ([]Holding, error)
	// SetBrake changes Share and Least.
	SetBrake(ctx context.Context, idp string, share, least int, e audit.Event) error
	// ReleaseBrake does what was held (ending sessions as ever) and holds
	// nothing of that connection before until; it gives the number of people.
	// fault.Conflict where seen is not the Fingerprint of what is held.
	ReleaseBrake(ctx context.Context, idp, seen string, until time.Time, e audit.Event) (int, error)
	// RejectBrake keeps the people: what was held is rejected from now on.
	// undo reactivates those whom the robot deactivated in the hour before it held.
	RejectBrake(ctx context.Context, idp string, undo bool, e audit.Event) (int, error)
}
