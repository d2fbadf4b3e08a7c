package store

import (
	"strings"

	"sallyport/directory"
)

// driven reports whether an index of the narrow rows themselves leads to what
// e selects.
func (c *compiler) driven(e directory.Expr) bool {
	switch e := e.(type) {
	case directory.And:
		return c.driven(e.Left) || c.driven(e.Right)
	case directory.Or:
		return c.driven(e.Left) && c.driven(e.Right)
	case directory.Compare:
		a, ok := c.r.columns[e.Attr]
		if e.Attr == directory.AttrActive {
			return !e.Value.Null && (e.Op == directory.EQ && !e.Value.Bool || e.Op == directory.NE && e.Value.Bool)
		}
		return ok && (leads(a, e) || a.hot && c.r.types[e.Attr] == directory.Instant && ordered[e.Op] != "")
	}
	return false
}

// leads reports whether an index of a finds what e compares it with.
func leads(a column, e directory.Compare) bool {
	if !a.hot || e.Value.Null || e.Value.Text == "" {
		return false
	}
	return e.Op == directory.EQ || e.Op == directory.SW && !a.id
}

// seekable reports whether indexes of other tables lead to what e selects, or
// to somewhat more.
func (c *compiler) seekable(e directory.Expr) bool {
	switch e := e.(type) {
	case directory.And:
		return c.seekable(e.Left) || c.seekable(e.Right)
	case directory.Or:
		return c.seekable(e.Left) && c.seekable(e.Right)
	case directory.Compare:
		l, a := c.sub(e.Attr)
		return c.driven(e) || l != nil && leads(a, e)
	case directory.Element:
		l := c.r.lists[e.Attr]
		return l != nil && c.anchored(e.Where)
	}
	return false
}

// anchored reports whether a value path compares something that has an index.
func (c *compiler) anchored(e directory.Expr) bool {
	switch e := e.(type) {
	case directory.And:
		return c.anchored(e.Left) || c.anchored(e.Right)
	case directory.Compare:
		l, a := c.sub(e.Attr)
		return l != nil && leads(a, e)
	}
	return false
}

// sub finds a sub-attribute of a list, or the one that it stands for.
func (c *compiler) sub(name directory.Attribute) (*list, column) {
	parent, _, _ := strings.Cut(string(name), ".")
	l := c.r.lists[directory.Attribute(parent)]
	if l == nil {
		return nil, column{}
	}
	if string(name) == parent {
		name = l.itself
	}
	return l, l.columns[name]
}

// seek gives the IDs of what e, which is seekable, selects, and perhaps of more.
func (c *compiler) seek(e directory.Expr) (string, error) {
	switch e := e.(type) {
	case directory.And:
		if c.seekable(e.Left) {
			return c.seek(e.Left)
		}
		return c.seek(e.Right)
	case directory.Or:
		left, err := c.seek(e.Left)
		if err != nil {
			return "", err
		}
		right, err := c.seek(e.Right)
		return "SELECT id FROM (" + left + ") l UNION SELECT id FROM (" + right + ") r", err
	case directory.Element:
		condition, err := c.of(c.r.lists[e.Attr], e.Where)
		return c.r.lists[e.Attr].owners(c, condition), err
	case directory.Compare:
		l, _ := c.sub(e.Attr)
		if l == nil {
			condition, err := c.expr(e, false)
			return "SELECT " + c.r.id + " AS id FROM " + c.r.rows + " WHERE " + condition, err
		}
		condition, err := c.of(l, e)
		return l.owners(c, condition), err
	}
	return "FALSE", nil
}
