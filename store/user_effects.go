package store

import (
	"time"

	"sallyport/directory"
)

// What follows elsewhere from what becomes of a person, in the same act. The
// acts on people call these and know no more of it.

// userCreated: a person of that name is not removed any more.
func userCreated(t tx, u *directory.User) error { panic("unwritten") }

// userChanged: live sessions carry what the directory says now, lists know
// since when somebody is inactive, and a taken name is not removed any more.
func userChanged(t tx, before, after *directory.User, now time.Time) error { panic("unwritten") }

// userRemoved: the name is remembered, and nothing is held against it any more.
func userRemoved(t tx, u *directory.User, act directory.Act, now time.Time) error {
	panic("unwritten")
}
