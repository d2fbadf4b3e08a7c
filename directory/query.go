package directory

import "time"

// Query selects users or groups. The zero Query selects all, by ID, which is
// the order in which they came.
type Query struct {
	Where      Expr      // nil: all
	SortBy     Attribute // "": by ID
	Descending bool
	Offset     int    // how many to leave out first
	After      string // ID of the last one of the page before; only without SortBy and Offset
	Limit      int    // at most so many; 0: none, where only Total is wanted
	Total      bool   // count all that match
}

// Page is what a Query found.
type Page[T any] struct {
	Found []T
	Total int  // of all that match; only where Query.Total asked
	More  bool // there are more behind the last of Found
}

// Expr is a filter as RFC 7644 section 3.4.2.2 defines it, resolved to
// attributes of the directory: And, Or, Not, Compare, Present or Element.
type Expr interface{ expr() }

type (
	And struct{ Left, Right Expr }
	Or  struct{ Left, Right Expr }
	Not struct{ Of Expr }

	// Compare holds one attribute against a value. A multi-valued attribute
	// matches where any of its values does. Without a value nothing matches,
	// but NE.
	Compare struct {
		Attr  Attribute
		Op    Op
		Value Value
	}

	// Present is "pr": the attribute has a value, and not an empty one.
	Present struct{ Attr Attribute }

	// Element is a value path, emails[type eq "work" and value co "@x"]: one and
	// the same element of Attr ("emails") meets Where, whose attributes are
	// those of that element ("emails.type").
	Element struct {
		Attr  Attribute
		Where Expr
	}
)

func (And) expr()     {}
func (Or) expr()      {}
func (Not) expr()     {}
func (Compare) expr() {}
func (Present) expr() {}
func (Element) expr() {}

// Op is a comparison.
type Op string

const (
	EQ Op = "eq"
	NE Op = "ne"
	CO Op = "co"
	SW Op = "sw"
	EW Op = "ew"
	GT Op = "gt"
	GE Op = "ge"
	LT Op = "lt"
	LE Op = "le"
)

// Value is what an attribute is compared with; the attribute's Type says which
// field counts. Null is JSON's null: eq null is "not present".
type Value struct {
	Text string
	Bool bool
	Time time.Time
	Null bool
}
