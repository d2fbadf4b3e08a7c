package htmlcheck

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// Sound gives everything that is wrong with a page as such: what a screen
// reader, a keyboard or the content security policy would stumble over.
func Sound(page io.Reader) []error {
	return Run(page, hasLanguage, hasTitle, Count("h1", 1), Count("main", 1), hasLabels, noInline, idsUnique, namedButtons, captioned)
}

func hasLanguage(n *html.Node) error {
	for _, e := range Find(n, "html") {
		if lang, _ := AttrOf(e, "lang"); lang != "" {
			return nil
		}
	}
	return fmt.Errorf("html: no lang")
}

func hasTitle(n *html.Node) error {
	return In("head title", func(n *html.Node) error {
		if TextOf(n) == "" {
			return fmt.Errorf("is empty")
		}
		return nil
	})(n)
}

// hasLabels wants a name for each field: a label around it, a label for its
// id, or aria-label.
func hasLabels(n *html.Node) error {
	labelled := map[string]bool{}
	for _, l := range Find(n, "label") {
		if id, ok := AttrOf(l, "for"); ok {
			labelled[id] = true
		}
	}
	for _, tag := range []string{"input", "select", "textarea"} {
		for _, field := range Find(n, tag) {
			id, _ := AttrOf(field, "id")
			kind, _ := AttrOf(field, "type")
			_, aria := AttrOf(field, "aria-label")
			if kind == "hidden" || kind == "submit" || aria || labelled[id] || within(field, "label") {
				continue
			}
			name, _ := AttrOf(field, "name")
			return fmt.Errorf("%s %q: no label", tag, name)
		}
	}
	return nil
}

func within(n *html.Node, tag string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == tag {
			return true
		}
	}
	return false
}

// leads are the attributes that a browser follows.
var leads = map[string]bool{"href": true, "src": true, "action": true, "formaction": true}

// noInline refuses what the content security policy would block.
func noInline(n *html.Node) error {
	var found error
	walk(n, func(n *html.Node) {
		if n.Type != html.ElementNode || found != nil {
			return
		}
		if _, external := AttrOf(n, "src"); n.Data == "script" && !external {
			found = fmt.Errorf("inline script")
		}
		if n.Data == "style" {
			found = fmt.Errorf("inline style sheet")
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				found = fmt.Errorf("%s: inline %s", n.Data, a.Key)
			}
			if leads[a.Key] && strings.HasPrefix(strings.TrimSpace(a.Val), "javascript:") {
				found = fmt.Errorf("%s: javascript address", n.Data)
			}
		}
	})
	return found
}

func idsUnique(n *html.Node) error {
	seen := map[string]bool{}
	var found error
	walk(n, func(n *html.Node) {
		id, ok := AttrOf(n, "id")
		if ok && seen[id] {
			found = fmt.Errorf("id %q twice", id)
		}
		seen[id] = ok
	})
	return found
}

func namedButtons(n *html.Node) error {
	for _, tag := range []string{"button", "a"} {
		for _, b := range Find(n, tag) {
			if _, aria := AttrOf(b, "aria-label"); !aria && TextOf(b) == "" {
				return fmt.Errorf("%s without a name", tag)
			}
		}
	}
	return nil
}

func captioned(n *html.Node) error {
	for _, t := range Find(n, "table") {
		if len(Find(t, "caption")) != 1 {
			return fmt.Errorf("table without a caption")
		}
	}
	return nil
}
