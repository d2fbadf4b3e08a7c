package directory

import (
	"context"
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
	Removal  bool // false: deactivation
	At       time.Time
	Rejected bool // refused from now on, until the robot says that the person is active
}

// Brakes keeps them. Counting and holding happen inside the acts of Store.
type Brakes interface {
	// Brake is that of one connection.
	Brake(ctx context.Context, idp string) (*Brake, error)
	// Brakes are those that hold at present.
	Brakes(ctx context.Context) ([]*Brake, error)
	// SetBrake changes Share and Least.
	SetBrake(ctx context.Context, idp string, share, least int, e audit.Event) error
	// ReleaseBrake does what was held (ending sessions as ever) and holds
	// nothing of that connection before until; it gives the number of people.
	ReleaseBrake(ctx context.Context, idp string, until time.Time, e audit.Event) (int, error)
	// RejectBrake keeps the people: what was held is rejected from now on.
	// undo reactivates those whom the robot deactivated in the hour before it held.
	RejectBrake(ctx context.Context, idp string, undo bool, e audit.Event) (int, error)
}
