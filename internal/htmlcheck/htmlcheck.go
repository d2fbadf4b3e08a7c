// Package htmlcheck looks into rendered pages from tests. A Check says one
// thing about a page; checks combine, so that a test reads as what a person
// would look for instead of comparing whole pages.
package htmlcheck

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// Check says whether one thing holds for a node; the error says what is missing.
type Check func(*html.Node) error

// Run parses a page and gives the errors of all checks that failed.
func Run(page io.Reader, checks ...Check) []error {
	root, err := html.Parse(page)
	if err != nil {
		return []error{fmt.Errorf("parse page: %w", err)}
	}
	var failed []error
	for _, check := range checks {
		if err := check(root); err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// In applies the checks to the first node that the selector matches.
func In(selector string, checks ...Check) Check {
	return func(n *html.Node) error {
		found := Find(n, selector)
		if len(found) == 0 {
			return fmt.Errorf("%s: not there", selector)
		}
		for _, check := range checks {
			if err := check(found[0]); err != nil {
				return fmt.Errorf("%s: %w", selector, err)
			}
		}
		return nil
	}
}

// Missing holds where the selector matches nothing.
func Missing(selector string) Check {
	return Count(selector, 0)
}

// Count holds where the selector matches exactly want nodes.
func Count(selector string, want int) Check {
	return func(n *html.Node) error {
		if got := len(Find(n, selector)); got != want {
			return fmt.Errorf("%s: want %d of it, got %d", selector, want, got)
		}
		return nil
	}
}

// Text holds where the node's visible text contains want.
func Text(want string) Check {
	return func(n *html.Node) error {
		if got := TextOf(n); !strings.Contains(got, want) {
			return fmt.Errorf("want text %q, got %q", want, got)
		}
		return nil
	}
}

// Attr holds where the node's attribute is want.
func Attr(name, want string) Check {
	return func(n *html.Node) error {
		got, ok := AttrOf(n, name)
		if !ok || got != want {
			return fmt.Errorf("attribute %s: want %q, got %q", name, want, got)
		}
		return nil
	}
}

// TextOf is the text below n with its white space folded.
func TextOf(n *html.Node) string {
	var b strings.Builder
	walk(n, func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// AttrOf is the value of an attribute of n.
func AttrOf(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}
