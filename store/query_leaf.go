package store

import (
	"fmt"
	"strings"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// leaf is the condition that a value which is there meets op, which is not NE.
func (c *compiler) leaf(a attribute, op directory.Op, v directory.Value) (string, error) {
	switch {
	case v.Null:
		return "FALSE", nil // nothing is more or less than nothing
	case a.of == directory.Boolean && op == directory.EQ:
		return a.text + " = " + strings.ToUpper(fmt.Sprint(v.Bool)), nil
	case a.of == directory.Instant && ordered[op] != "":
		return a.text + ordered[op] + c.arg(millis(v.Time)), nil
	case a.kind:
		return kindLeaf(a, op, v)
	case a.id:
		return c.idLeaf(a, op, v.Text)
	case a.of == directory.Text:
		return c.bytesLeaf(a.text, op, directory.Fold(v.Text))
	case a.of == directory.Exact:
		return c.bytesLeaf(a.text, op, v.Text)
	}
	return "", cannotCompare(op)
}

var ordered = map[directory.Op]string{
	directory.EQ: " = ", directory.GT: " > ", directory.GE: " >= ", directory.LT: " < ", directory.LE: " <= ",
}

func (c *compiler) bytesLeaf(key string, op directory.Op, text string) (string, error) {
	switch {
	case ordered[op] != "":
		return key + ordered[op] + c.arg([]byte(text)), nil
	case op != directory.CO && op != directory.SW && op != directory.EW:
		return "", cannotCompare(op)
	case text == "":
		return key + " IS NOT NULL", nil
	case op == directory.CO:
		return c.engine.contains(key, c.arg([]byte(text))), nil
	case op == directory.EW:
		n := c.arg(len(text))
		return fmt.Sprintf("(length(%[1]s) >= %[2]s AND substr(%[1]s, length(%[1]s) - %[2]s + 1) = %[3]s)", key, n, c.arg([]byte(text))), nil
	}
	from := key + " >= " + c.arg([]byte(text))
	if end := beyond(text); end != nil {
		return "(" + from + " AND " + key + " < " + c.arg(end) + ")", nil
	}
	return from, nil
}

// beyond is the least of all bytes that come after everything that begins with
// prefix; nil where nothing does.
func beyond(prefix string) []byte {
	end := []byte(prefix)
	for len(end) > 0 && end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	if len(end) == 0 {
		return nil
	}
	end[len(end)-1]++
	return end
}

// idLeaf compares texts, which are never what PostgreSQL cannot keep; all but
// their equality goes by bytes, as for any other attribute.
func (c *compiler) idLeaf(a attribute, op directory.Op, text string) (string, error) {
	if op != directory.EQ {
		return c.bytesLeaf(c.engine.bytesOf(a.text), op, text)
	}
	if !storable(text) {
		return "FALSE", nil
	}
	return a.text + " = " + c.arg(text), nil
}

// kindLeaf tries both kinds of members: there are no others.
func kindLeaf(a attribute, op directory.Op, v directory.Value) (string, error) {
	user, err := meets(directory.Fold(string(directory.UserMember)), op, directory.Fold(v.Text))
	if err != nil {
		return "", err
	}
	group, err := meets(directory.Fold(string(directory.GroupMember)), op, directory.Fold(v.Text))
	switch {
	case user && group:
		return "TRUE", err
	case user:
		return a.text + " = FALSE", err
	case group:
		return a.text + " = TRUE", err
	}
	return "FALSE", err
}

func meets(value string, op directory.Op, want string) (bool, error) {
	switch op {
	case directory.EQ:
		return value == want, nil
	case directory.CO:
		return strings.Contains(value, want), nil
	case directory.SW:
		return strings.HasPrefix(value, want), nil
	case directory.EW:
		return strings.HasSuffix(value, want), nil
	case directory.GT:
		return value > want, nil
	case directory.GE:
		return value >= want, nil
	case directory.LT:
		return value < want, nil
	case directory.LE:
		return value <= want, nil
	}
	return false, cannotCompare(op)
}

func cannotCompare(op directory.Op) error {
	return fault.New(fault.Invalid, fmt.Sprintf("That attribute cannot be compared by %q.", op))
}

// The few words that the engines do not share.

func (e engine) contains(bytes, part string) string {
	if e == postgres {
		return "position(" + part + " in " + bytes + ") > 0"
	}
	return "instr(" + bytes + ", " + part + ") > 0"
}

// bytesOf is text as bytes.
func (e engine) bytesOf(text string) string {
	if e == postgres {
		return "convert_to(" + text + ", 'UTF8')"
	}
	return "CAST(" + text + " AS BLOB)"
}

// unindexed keeps SQLite, which estimates with little knowledge, from using an
// index of column.
func (e engine) unindexed(column string) string {
	if e == sqlite {
		return "+" + column
	}
	return column
}
