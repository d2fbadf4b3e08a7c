package saml_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

var (
	leaf     = regexp.MustCompile(`>[^<>]+<`)
	startTag = regexp.MustCompile(`<[A-Za-z0-9]+:[A-Za-z0-9]+( |>)`)
	boundary = regexp.MustCompile(`><`)
)

// at puts x into s at place i.
func at(s string, i int, x string) string { return s[:i] + x + s[i:] }

// Everything that readers of XML see differently, in the middle of every
// text, and between all tags.
func TestMarkupInText(t *testing.T) {
	t.Parallel()
	all := targets(t)
	for _, g := range all {
		for _, x := range []string{"<!-- -->", "<!---->", "<?x y?>", "<?xml version=\"1.0\"?>", "<![CDATA[]]>", "<![CDATA[x]]>", "<!DOCTYPE a>", "<!ENTITY a 'b'>", "<!x>",
			"&who;", "&#0;", "&#xFFFF;", "&#xD800;", "&", "&#;", "]]>", "\x00", "\x0b", "\xff", "\ufffe", "<x::y/>", "<:x/>", "<x:/>", "<1/>", "<x :a='b'/>", "<x a='1' a='2'/>"} {
			for _, place := range leaf.FindAllStringIndex(g.raw, -1) {
				g.refuse(t, "in text "+x, at(g.raw, (place[0]+1+place[1]-1)/2, x))
			}
			for _, place := range boundary.FindAllStringIndex(g.raw, -1) {
				g.refuse(t, "between tags "+x, at(g.raw, place[0]+1, x))
			}
			if x[:min(len(x), 5)] != "<?xml" { // at the start it is a declaration
				g.refuse(t, "before "+x, x+g.raw)
			}
			g.refuse(t, "behind "+x, g.raw+x)
		}
	}
	logTried(t, all)
}

// Attributes that shadow others, and declarations that rebind prefixes, on
// every element. Some mean nothing where they stand; none may mean anything.
func TestAttributePollution(t *testing.T) {
	t.Parallel()
	all := targets(t)
	for _, g := range all {
		for _, place := range startTag.FindAllStringIndex(g.raw, -1) {
			end := place[1] - 1
			for _, x := range []string{` ID="_evil"`, ` Id="_evil"`, ` id="_evil"`, ` xml:id="_evil"`, ` xmlns:x="urn:x" x:ID="_evil"`, ` ID=""`,
				` xmlns="urn:oasis:names:tc:SAML:2.0:assertion"`, ` xmlns:saml="urn:evil"`, ` xmlns:samlp="urn:evil"`, ` xmlns:ds="urn:evil"`,
				` xmlns:xml="urn:evil"`, ` xmlns:xmlns="urn:evil"`, ` xmlns:saml=""`, ` xmlns:samlp="http://www.w3.org/2000/xmlns/"`, ` xmlns:="urn:evil"`,
				` Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"`, ` Name="groups"`, ` xmlns:q="urn:q" q:SessionIndex="evil" q:Name="evil" q:Format="evil" q:Recipient="evil"`,
				` URI=""`, ` Algorithm="none"`, ` Version="2.0"`, ` InResponseTo="_evil"`, ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"`} {
				g.try(t, "on "+g.raw[place[0]:place[1]]+x, at(g.raw, end, x))
			}
		}
	}
	logTried(t, all)
}

// Each element of the document in turn is removed, doubled, moved, renamed,
// rebound, and given the attacker's text.
func TestStructuralChanges(t *testing.T) {
	t.Parallel()
	all := targets(t)
	for n, g := range all {
		whole := parse(t, g.raw)
		// Every other element of each response; the next response has the rest.
		for i := n % 2; i < len(whole.FindElements("//*")); i += 2 {
			for name, change := range structuralChanges {
				doc := whole.Copy()
				change(doc, doc.FindElements("//*")[i])
				out, err := doc.WriteToString()
				if err != nil {
					t.Fatal(err)
				}
				g.try(t, name, out)
				g.refuse(t, name+", forged", strings.ReplaceAll(out, victim, attacker)+" ")
			}
		}
	}
	logTried(t, all)
}

func parse(t *testing.T, s string) *etree.Document {
	doc := etree.NewDocument()
	if err := doc.ReadFromString(s); err != nil {
		t.Fatal(err)
	}
	return doc
}

var structuralChanges = map[string]func(doc *etree.Document, e *etree.Element){
	"removed": func(_ *etree.Document, e *etree.Element) { e.Parent().RemoveChild(e) },
	"doubled": func(_ *etree.Document, e *etree.Element) { e.Parent().InsertChildAt(e.Index(), e.Copy()) },
	"doubled with the attacker's text": func(_ *etree.Document, e *etree.Element) {
		c := e.Copy()
		c.SetText(attacker)
		e.Parent().InsertChildAt(e.Index(), c)
	},
	"doubled behind with the attacker's text": func(_ *etree.Document, e *etree.Element) {
		c := e.Copy()
		c.SetText(attacker)
		e.Parent().InsertChildAt(e.Index()+1, c)
	},
	"foreign twin": func(_ *etree.Document, e *etree.Element) {
		c := e.Copy()
		c.Space = "q"
		c.CreateAttr("xmlns:q", "urn:q")
		e.Parent().InsertChildAt(e.Index(), c)
	},
	"moved to the end": func(doc *etree.Document, e *etree.Element) {
		if e != doc.Root() {
			doc.Root().AddChild(e)
		}
	},
	"moved to the front": func(doc *etree.Document, e *etree.Element) {
		if e != doc.Root() {
			doc.Root().InsertChildAt(0, e)
		}
	},
	"wrapped": func(doc *etree.Document, e *etree.Element) {
		if e != doc.Root() {
			w := etree.NewElement("samlp:Extensions")
			e.Parent().InsertChildAt(e.Index(), w)
			w.AddChild(e)
		}
	},
	"renamed":            func(_ *etree.Document, e *etree.Element) { e.Tag += "2" },
	"in small letters":   func(_ *etree.Document, e *etree.Element) { e.Tag = strings.ToLower(e.Tag) },
	"other namespace":    func(_ *etree.Document, e *etree.Element) { e.Space = "q"; e.CreateAttr("xmlns:q", "urn:q") },
	"without attributes": func(_ *etree.Document, e *etree.Element) { e.Attr = nil },
	"attacker's text":    func(_ *etree.Document, e *etree.Element) { e.SetText(attacker) },
	"emptied":            func(_ *etree.Document, e *etree.Element) { e.Child = nil },
	"swapped with the next": func(_ *etree.Document, e *etree.Element) {
		if n := e.NextSibling(); n != nil {
			e.Parent().InsertChildAt(e.Index(), n)
		}
	},
	"attributes forged": func(_ *etree.Document, e *etree.Element) {
		for i := range e.Attr {
			if !strings.HasPrefix(e.Attr[i].FullKey(), "xmlns") {
				e.Attr[i].Value += "x"
			}
		}
	},
}

// Bytes are lost, added and changed all over.
func TestChangedBytes(t *testing.T) {
	t.Parallel()
	all := targets(t)
	for n, g := range all {
		for i := n; i < len(g.raw); i += 11 {
			g.try(t, "lost", g.raw[:i]+g.raw[i+1:])
			g.try(t, "flipped", g.raw[:i]+string(g.raw[i]^1)+g.raw[i+1:])
			g.try(t, "cut", g.raw[:i])
			g.try(t, "space", at(g.raw, i, " "))
		}
	}
	logTried(t, all)
}
