package scim

import (
	"net/http"

	"sallyport/directory"
)

// Most that the lists of one PATCH may cost, or of all PATCHes of one Bulk.
const (
	// maxWork counts the elements and texts that operations on people compare.
	// They do it inside of the act, for whose end all other acts wait.
	maxWork = 20_000
	// maxSearched counts the members that brackets of groups look at.
	maxSearched = 500_000
	// maxFolded is beyond what any value may be, in bytes: longer texts equal
	// none, folded or not.
	maxFolded = 2000
)

// work is how much of these is left. Each text is folded once.
type work struct {
	people, members int
	folded          map[string]string
}

func newWork() *work {
	return &work{people: maxWork, members: maxSearched, folded: map[string]string{}}
}

// work is that of a whole Bulk, or of c alone.
func (c *call) work() *work {
	if c.Work != nil {
		return c.Work
	}
	return newWork()
}

// spend takes n comparisons of people's elements; 413 where there are none left.
func (w *work) spend(n int) error {
	if w.people -= n; w.people < 0 {
		return tooMuchWork()
	}
	return nil
}

// search takes n comparisons of a group's members.
func (w *work) search(n int) error {
	if w.members -= n; w.members < 0 {
		return tooMuchWork()
	}
	return nil
}

func tooMuchWork() error {
	return refuse(http.StatusRequestEntityTooLarge, "This compares too many values in one request. Send it in several, with fewer operations on lists.")
}

// fold is directory.Fold. A text that is new costs by its length.
func (w *work) fold(s string) string {
	if len(s) > maxFolded {
		return s
	}
	folded, known := w.folded[s]
	if !known {
		w.people -= 1 + len(s)/8
		folded = directory.Fold(s)
		w.folded[s] = folded
	}
	return folded
}

// path is parsePath of a person's. One that is longer than robots' are costs by
// its length.
func (w *work) path(text string) (path, error) {
	if err := w.spend(max(0, len(text)-64) / 8); err != nil {
		return path{}, err
	}
	return parsePath(text, userType)
}

// sameType: an element that names no type may be of any.
func (w *work) sameType(a, b string) bool {
	return a == "" || b == "" || a == b || w.fold(a) == w.fold(b)
}
