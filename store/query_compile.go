package store

import (
	"fmt"
	"strings"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// compiler turns one query into SQL. What a stranger wrote becomes arguments;
// the text is made of this package's own words alone.
type compiler struct {
	engine  engine
	r       *resource
	scope   directory.Scope
	element *list // whose elements conditions are about, or nil
	args    []any
}

func newCompiler(e engine, r *resource, scope directory.Scope) *compiler {
	return &compiler{engine: e, r: r, scope: scope}
}

func (c *compiler) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

// within is the condition of what scope shows. Where something else leads
// straight to few rows, no engine is to go by scope instead.
func (c *compiler) within(elsewhere bool) string {
	if c.scope == "" {
		return "TRUE"
	}
	idp := c.r.idp
	if elsewhere {
		idp = c.engine.unindexed(idp)
	}
	if c.r.scopes > 1 {
		return idp + " IN (" + c.arg(string(c.scope)) + ", '')"
	}
	return idp + " = " + c.arg(string(c.scope))
}

func (c *compiler) seenGroup(alias string) string {
	if c.scope == "" {
		return "TRUE"
	}
	return alias + ".idp = " + c.arg(string(c.scope))
}

// where is the condition of e. Where rows of other tables lead to few rows,
// it goes by way of them first.
func (c *compiler) where(e directory.Expr) (string, error) {
	if e == nil {
		return "TRUE", nil
	}
	condition, err := c.expr(e, false)
	if err != nil || c.driven(e) || !c.seekable(e) {
		return condition, err
	}
	ids, err := c.seek(e)
	return c.r.id + " IN (" + ids + ") AND " + condition, err
}

// expr is a condition that is true or not; not is carried down to the
// comparisons, which know what has no value.
func (c *compiler) expr(e directory.Expr, not bool) (string, error) {
	switch e := e.(type) {
	case directory.And:
		return c.both(e.Left, e.Right, not, " AND ", " OR ")
	case directory.Or:
		return c.both(e.Left, e.Right, not, " OR ", " AND ")
	case directory.Not:
		return c.expr(e.Of, !not)
	case directory.Compare:
		return c.compare(e, not)
	case directory.Present:
		return c.present(e.Attr, not)
	case directory.Element:
		return c.inElement(e, not)
	}
	return "", fault.New(fault.Invalid, "That filter is not complete.")
}

func (c *compiler) both(left, right directory.Expr, not bool, plain, negated string) (string, error) {
	l, err := c.expr(left, not)
	if err != nil {
		return "", err
	}
	r, err := c.expr(right, not)
	if not {
		plain = negated
	}
	return "(" + l + plain + r + ")", err
}

func (c *compiler) compare(e directory.Compare, not bool) (string, error) {
	a, err := c.find(e.Attr)
	if err != nil {
		return "", err
	}
	if e.Value.Null && (e.Op == directory.EQ || e.Op == directory.NE) {
		return c.present(e.Attr, not == (e.Op == directory.NE))
	}
	op, differs := e.Op, e.Op == directory.NE
	if differs {
		op = directory.EQ
	}
	meets, err := c.leaf(a, op, e.Value)
	switch {
	case err != nil:
		return "", err
	case a.list == nil && not == differs:
		return meets, nil
	case a.list == nil:
		return unless(a.column, meets), nil
	case differs: // another value, or none at all
		some := c.exists(a.list, valued(a.column)+" AND NOT ("+meets+")")
		return negate(not, "("+some+" OR NOT "+c.exists(a.list, valued(a.column))+")"), nil
	default:
		return negate(not, c.exists(a.list, meets)), nil
	}
}

func (c *compiler) present(attr directory.Attribute, not bool) (string, error) {
	a, err := c.find(attr)
	if err != nil {
		return "", err
	}
	if a.list == nil {
		return negate(not, valued(a.column)), nil
	}
	return negate(not, c.exists(a.list, valued(a.column))), nil
}

func (c *compiler) inElement(e directory.Element, not bool) (string, error) {
	l, ok := c.r.lists[e.Attr]
	if !ok || c.element != nil {
		return "", fault.New(fault.Invalid, fmt.Sprintf("%q is no list here.", e.Attr))
	}
	condition, err := c.of(l, e.Where)
	return negate(not, c.exists(l, condition)), err
}

// of is the condition on one element of l.
func (c *compiler) of(l *list, e directory.Expr) (string, error) {
	c.element = l
	defer func() { c.element = nil }()
	return c.expr(e, false)
}

func (c *compiler) exists(l *list, condition string) string {
	return "EXISTS (SELECT 1 " + l.elements(c) + " AND " + condition + ")"
}

func negate(not bool, condition string) string {
	if not {
		return "NOT (" + condition + ")"
	}
	return condition
}

// unless is the opposite of meets, also where there is no value.
func unless(a column, meets string) string {
	if a.null {
		return "(" + a.text + " IS NULL OR NOT (" + meets + "))"
	}
	return "NOT (" + meets + ")"
}

func valued(a column) string {
	if a.null {
		return a.text + " IS NOT NULL"
	}
	return "TRUE"
}

// attribute is what find finds.
type attribute struct {
	column
	of   directory.AttributeType
	list *list // whose element's it is; nil: it has a single value
}

func (c *compiler) find(name directory.Attribute) (attribute, error) {
	parent, _, _ := strings.Cut(string(name), ".")
	l := c.r.lists[directory.Attribute(parent)]
	if l != nil && string(name) == parent {
		name = l.itself
	}
	a := attribute{of: c.r.types[name], list: l}
	var ok bool
	switch {
	case c.element != nil && c.element != l:
	case l != nil:
		a.column, ok = l.columns[name]
	default:
		a.column, ok = c.r.columns[name]
	}
	if !ok || a.of == "" {
		return attribute{}, fault.New(fault.Invalid, fmt.Sprintf("Nothing can be asked about %q here.", clip(string(name))))
	}
	if c.element != nil {
		a.list = nil
	}
	return a, nil
}

// sortKey is what rows are ordered by, and whether it may be missing.
func (c *compiler) sortKey(name directory.Attribute) (text string, null bool, err error) {
	a, err := c.find(name)
	switch {
	case err != nil:
		return "", false, err
	case a.list == nil:
		return a.text, a.null, nil
	case !a.list.sorts:
		return "", false, fault.New(fault.Invalid, fmt.Sprintf("There is no order by %q.", name))
	}
	return "(SELECT " + a.text + " " + a.list.elements(c) + " ORDER BY v.is_primary DESC, v.position LIMIT 1)", true, nil
}
