package htmlcheck

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Find gives the nodes below n that a selector matches, in document order. It
// knows tags, #id, .class, [attr] and [attr=value], joined, and the descendant
// combinator: "form#import input[type=file]".
func Find(n *html.Node, selector string) []*html.Node {
	scope := []*html.Node{n}
	for _, part := range strings.Fields(selector) {
		step := parseStep(part)
		var next []*html.Node
		for _, from := range scope {
			for c := from.FirstChild; c != nil; c = c.NextSibling {
				walk(c, func(n *html.Node) {
					if step.matches(n) && !slices.Contains(next, n) {
						next = append(next, n)
					}
				})
			}
		}
		scope = next
	}
	return scope
}

type step struct {
	tag, id string
	classes []string
	attrs   [][2]string // name, value; "\x00": any value
}

func parseStep(s string) step {
	var out step
	for s != "" {
		end := strings.IndexAny(s[1:], ".#[") + 1
		if s[0] == '[' {
			end = strings.IndexByte(s, ']') + 1
		}
		if end == 0 {
			end = len(s)
		}
		part := s[:end]
		s = s[end:]
		switch part[0] {
		case '#':
			out.id = part[1:]
		case '.':
			out.classes = append(out.classes, part[1:])
		case '[':
			name, value, ok := strings.Cut(strings.Trim(part, "[]"), "=")
			if !ok {
				value = "\x00"
			}
			out.attrs = append(out.attrs, [2]string{name, strings.Trim(value, `"'`)})
		default:
			out.tag = part
		}
	}
	return out
}

func (s step) matches(n *html.Node) bool {
	if n.Type != html.ElementNode || s.tag != "" && s.tag != n.Data {
		return false
	}
	if id, _ := AttrOf(n, "id"); s.id != "" && s.id != id {
		return false
	}
	class, _ := AttrOf(n, "class")
	for _, want := range s.classes {
		if !slices.Contains(strings.Fields(class), want) {
			return false
		}
	}
	for _, a := range s.attrs {
		got, ok := AttrOf(n, a[0])
		if !ok || a[1] != "\x00" && a[1] != got {
			return false
		}
	}
	return true
}
