package scim

import (
	"errors"
	"strings"
	"unicode/utf8"

	"sallyport/directory"
)

// Bounds of a filter. What robots send is far below them.
const (
	maxFilter      = 8 << 10 // bytes
	maxNesting     = 50      // parentheses, not and brackets within one another
	maxComparisons = 100

	// unindexedList is how many comparisons one counts for that must look at
	// all values of everyone.
	unindexedList = 10
)

// parseFilter reads a filter of RFC 7644 section 3.4.2.2 and resolves it to
// what the directory can ask for. Names and operators are known in any case,
// names with their schema's URN or without, and behind a value path a
// sub-attribute may be compared, as Entra does: emails[type eq "work"].value
// eq "x". Attributes of RFC 7643 that are not kept here have no value. It fails
// with invalidFilter.
func parseFilter(text string, of *resourceType) (directory.Expr, error) {
	if len(text) > maxFilter {
		return nil, bad(invalidFilter, "The filter is longer than %d bytes.", maxFilter)
	}
	if !utf8.ValidString(text) {
		return nil, bad(invalidFilter, "The filter is not UTF-8.")
	}
	p := &filterParser{lexer: lexer{text: text}, of: of}
	e, err := p.whole()
	if err != nil {
		return nil, p.explain(err)
	}
	return e, nil
}

// filterParser goes down the grammar: or, and, not, comparison.
type filterParser struct {
	lexer       lexer
	of          *resourceType
	now         token // the one to look at
	depth       int
	comparisons int
	negated     int  // how many not there are around
	inMemory    bool // what is read here is not for the database
}

func (p *filterParser) whole() (directory.Expr, error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	e, err := p.or(nil)
	if err != nil {
		return nil, err
	}
	if p.now.kind != endToken {
		return nil, p.wrong("expected and, or, or the end")
	}
	return e, nil
}

// or reads comparisons joined by or. Inside the brackets of a value path, in
// is the attribute before them; elsewhere nil.
func (p *filterParser) or(in *subject) (directory.Expr, error) {
	left, err := p.and(in)
	for err == nil && p.now.isWord("or") {
		var right directory.Expr
		if err = p.step(); err == nil {
			right, err = p.and(in)
		}
		left = directory.Or{Left: left, Right: right}
	}
	return left, err
}

func (p *filterParser) and(in *subject) (directory.Expr, error) {
	left, err := p.one(in)
	for err == nil && p.now.isWord("and") {
		var right directory.Expr
		if err = p.step(); err == nil {
			right, err = p.one(in)
		}
		left = directory.And{Left: left, Right: right}
	}
	return left, err
}

func (p *filterParser) one(in *subject) (directory.Expr, error) {
	switch {
	case p.now.is("("):
		return p.group(in)
	case p.now.isWord("not"):
		if err := p.step(); err != nil {
			return nil, err
		}
		if !p.now.is("(") {
			return nil, p.wrong("expected ( after not")
		}
		p.negated++
		e, err := p.group(in)
		p.negated--
		return directory.Not{Of: e}, err
	case p.now.kind == wordToken:
		return p.comparison(in)
	}
	return nil, p.wrong("expected the name of an attribute, not or (")
}

func (p *filterParser) group(in *subject) (directory.Expr, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	e, err := p.or(in)
	if err != nil {
		return nil, err
	}
	return e, p.shallower(")")
}

// comparison reads "attribute op value", "attribute pr" or a value path.
func (p *filterParser) comparison(in *subject) (directory.Expr, error) {
	named, err := subjectOf(p.of, in, p.now.text)
	if err != nil {
		return nil, p.wrong(err.Error())
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	if p.now.is("[") {
		if in != nil {
			return nil, p.wrong("a value path cannot stand inside another")
		}
		return p.valuePath(named)
	}
	return p.condition(named)
}

// condition reads what stands behind an attribute's name.
func (p *filterParser) condition(s subject) (directory.Expr, error) {
	if p.now.kind != wordToken {
		return nil, p.wrong("expected an operator such as eq")
	}
	at, op := p.now.at, directory.Op(strings.ToLower(p.now.text))
	if p.comparisons += p.weight(s, op); p.comparisons > maxComparisons {
		return nil, p.wrong("this is one comparison too many; at most 100 are taken, where one of a list's values counts 10 if it is not eq")
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	if op == "pr" {
		e, err := s.present()
		if err != nil {
			return nil, syntaxError{at, err.Error()}
		}
		return e, nil
	}
	if !knownOp(op) {
		return nil, syntaxError{at, "expected one of eq, ne, co, sw, ew, gt, ge, lt, le and pr"}
	}
	value, ok := literalOf(p.now)
	if !ok {
		return nil, p.wrong("expected a string in quotation marks, a number, true, false or null")
	}
	e, err := s.compare(op, value)
	if err != nil {
		return nil, syntaxError{at, err.Error()}
	}
	return e, p.step()
}

// weight is how many comparisons one counts for. Indexes lead from what an
// element is to who has it, and to nothing else of elements.
func (p *filterParser) weight(s subject, op directory.Op) int {
	a := s.attr
	if p.inMemory || a == nil || !a.MultiValued && (a.Parent == nil || !a.Parent.MultiValued) {
		return 1
	}
	itself := a.MultiValued || a.Name == "value" || a.Path == "addresses.formatted"
	if itself && p.negated == 0 && (op == directory.EQ || op == directory.SW) {
		return 1
	}
	return unindexedList
}

func knownOp(op directory.Op) bool {
	switch op {
	case directory.EQ, directory.NE, directory.CO, directory.SW, directory.EW,
		directory.GT, directory.GE, directory.LT, directory.LE:
		return true
	}
	return false
}

// valuePath reads the brackets behind a name, and the sub-attribute that may
// be compared behind them.
func (p *filterParser) valuePath(s subject) (directory.Expr, error) {
	if s.attr != nil && s.attr.Type != complexType {
		return nil, p.wrong("this attribute has no sub-attributes to choose by")
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	where, err := p.or(&s)
	if err != nil {
		return nil, err
	}
	if err := p.shallower("]"); err != nil {
		return nil, err
	}
	return p.behind(s, where)
}

// behind reads the sub-attribute that may be compared behind the brackets.
func (p *filterParser) behind(s subject, where directory.Expr) (directory.Expr, error) {
	written, ok := strings.CutPrefix(p.now.text, ".")
	if p.now.kind != wordToken || !ok {
		return s.element(where), nil
	}
	sub, err := subjectOf(p.of, &s, written)
	if err != nil {
		return nil, p.wrong(err.Error())
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	negative := p.now.isWord(string(directory.NE))
	condition, err := p.condition(sub)
	if err != nil {
		return nil, err
	}
	found := s.element(directory.And{Left: where, Right: condition})
	if negative {
		// Who has no such element has no value there, and ne holds for that.
		return directory.Or{Left: found, Right: directory.Not{Of: s.element(where)}}, nil
	}
	return found, nil
}

// step goes to the next token.
func (p *filterParser) step() (err error) {
	p.now, err = p.lexer.token()
	return err
}

func (p *filterParser) deeper() error {
	if p.depth++; p.depth > maxNesting {
		return p.wrong("this is nested more than 50 deep")
	}
	return p.step()
}

func (p *filterParser) shallower(closing string) error {
	if !p.now.is(closing) {
		return p.wrong("expected " + closing)
	}
	p.depth--
	return p.step()
}

func (p *filterParser) wrong(what string) error { return syntaxError{p.now.at, what} }

// explain gives a parser's error to whoever wrote the filter.
func (p *filterParser) explain(err error) error {
	var s syntaxError
	if errors.As(err, &s) {
		return bad(invalidFilter, "The filter is wrong at character %d: %s.", s.character(p.lexer.text), s.what)
	}
	return err
}
