package scim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sallyport/directory"
)

// What is printed is read as what it was.
func TestFilterRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := userType
		attrs := directory.UserAttributes
		if rapid.Bool().Draw(t, "groups") {
			of, attrs = groupType, directory.GroupAttributes
		}
		want := exprs(attrs, 5, rapid.String().Filter(func(s string) bool { return !strings.ContainsRune(s, 0) })).Draw(t, "filter")
		text := printFilter(want)
		got, err := parseUncounted(text, of)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s (-want +got):\n%s", text, d)
		}
	})
}

// parseUncounted is parseFilter for any number of comparisons.
func parseUncounted(text string, of *resourceType) (directory.Expr, error) {
	p := &filterParser{lexer: lexer{text: text}, of: of, inMemory: true}
	return p.whole()
}

// printFilter writes e in the words of RFC 7644, all in parentheses.
func printFilter(e directory.Expr) string { return printIn(e, "") }

func printIn(e directory.Expr, parent string) string {
	name := func(a directory.Attribute) string {
		if parent != "" {
			return strings.TrimPrefix(string(a), parent+".")
		}
		if rest, ok := strings.CutPrefix(string(a), "enterprise."); ok {
			return enterpriseSchema + ":" + rest
		}
		return string(a)
	}
	switch e := e.(type) {
	case directory.And:
		return "(" + printIn(e.Left, parent) + ") and (" + printIn(e.Right, parent) + ")"
	case directory.Or:
		return "(" + printIn(e.Left, parent) + ") or (" + printIn(e.Right, parent) + ")"
	case directory.Not:
		return "not (" + printIn(e.Of, parent) + ")"
	case directory.Present:
		return name(e.Attr) + " pr"
	case directory.Element:
		return string(e.Attr) + "[" + printIn(e.Where, string(e.Attr)) + "]"
	case directory.Compare:
		return name(e.Attr) + " " + string(e.Op) + " " + printValue(e)
	}
	panic(fmt.Sprintf("%T", e))
}

func printValue(c directory.Compare) string {
	kind, ok := directory.UserAttributes[c.Attr]
	if !ok {
		kind = directory.GroupAttributes[c.Attr]
	}
	switch kind {
	case directory.Boolean:
		return strconv.FormatBool(c.Value.Bool)
	case directory.Instant:
		return `"` + c.Value.Time.Format(time.RFC3339Nano) + `"`
	}
	b, err := json.Marshal(c.Value.Text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// exprs makes filters over attrs, with texts of its own or of others.
func exprs(attrs map[directory.Attribute]directory.AttributeType, depth int, texts *rapid.Generator[string]) *rapid.Generator[directory.Expr] {
	names := slices.Sorted(maps.Keys(attrs))
	return rapid.Custom(func(t *rapid.T) directory.Expr { return drawExpr(t, names, attrs, depth, texts) })
}

func drawExpr(t *rapid.T, names []directory.Attribute, attrs map[directory.Attribute]directory.AttributeType, depth int, texts *rapid.Generator[string]) directory.Expr {
	again := func() directory.Expr { return drawExpr(t, names, attrs, depth-1, texts) }
	kind := "compare"
	if depth > 0 {
		kind = rapid.SampledFrom([]string{"compare", "compare", "present", "and", "or", "not", "element"}).Draw(t, "kind")
	}
	switch kind {
	case "and":
		return directory.And{Left: again(), Right: again()}
	case "or":
		return directory.Or{Left: again(), Right: again()}
	case "not":
		return directory.Not{Of: again()}
	case "present":
		return directory.Present{Attr: rapid.SampledFrom(names).Draw(t, "attribute")}
	case "element":
		of := rapid.SampledFrom([]directory.Attribute{"emails", "phoneNumbers", "addresses", "groups", "members"}).Draw(t, "element")
		var subs []directory.Attribute
		for _, n := range names {
			if strings.HasPrefix(string(n), string(of)+".") {
				subs = append(subs, n)
			}
		}
		if subs == nil || len(subs) == len(names) {
			return again()
		}
		return directory.Element{Attr: of, Where: drawInside(t, subs, attrs, depth-1, texts)}
	}
	attr := rapid.SampledFrom(names).Draw(t, "attribute")
	return drawCompare(t, attr, attrs[attr], texts)
}

// drawInside makes what stands in brackets, which hold no others.
func drawInside(t *rapid.T, subs []directory.Attribute, attrs map[directory.Attribute]directory.AttributeType, depth int, texts *rapid.Generator[string]) directory.Expr {
	again := func() directory.Expr { return drawInside(t, subs, attrs, depth-1, texts) }
	if depth > 0 {
		switch rapid.SampledFrom([]string{"compare", "present", "and", "or", "not"}).Draw(t, "inside") {
		case "and":
			return directory.And{Left: again(), Right: again()}
		case "or":
			return directory.Or{Left: again(), Right: again()}
		case "not":
			return directory.Not{Of: again()}
		case "present":
			return directory.Present{Attr: rapid.SampledFrom(subs).Draw(t, "sub")}
		}
	}
	attr := rapid.SampledFrom(subs).Draw(t, "sub")
	return drawCompare(t, attr, attrs[attr], texts)
}

func drawCompare(t *rapid.T, attr directory.Attribute, kind directory.AttributeType, texts *rapid.Generator[string]) directory.Expr {
	ops := []directory.Op{directory.EQ, directory.NE, directory.GT, directory.GE, directory.LT, directory.LE, directory.CO, directory.SW, directory.EW}
	c := directory.Compare{Attr: attr}
	switch kind {
	case directory.Boolean:
		c.Op = rapid.SampledFrom(ops[:2]).Draw(t, "op")
		c.Value.Bool = rapid.Bool().Draw(t, "bool")
	case directory.Instant:
		c.Op = rapid.SampledFrom(ops[:6]).Draw(t, "op")
		c.Value.Time = time.UnixMilli(rapid.Int64Range(1_700_000_000_000, 1_900_000_000_000).Draw(t, "time")).UTC()
	default:
		c.Op = rapid.SampledFrom(ops).Draw(t, "op")
		c.Value.Text = texts.Draw(t, "text")
	}
	return c
}
