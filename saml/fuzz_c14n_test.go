package saml

import (
	"crypto"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// FuzzC14N compares our canonical form with goxmldsig's, and holds ours to
// what it must be: readable again, and its own canonical form.
func FuzzC14N(f *testing.F) {
	seed(f, func(s string) { f.Add(s, "") })
	f.Add(`<a xmlns:x="urn:x" xmlns:y="urn:y"><b y:c="1">t</b></a>`, "x y")
	f.Fuzz(func(t *testing.T, src, prefixes string) {
		tr, refusal := scan(src, &responseLimits, nil)
		if refusal != nil {
			return
		}
		defer tr.release()
		inclusive := strings.Fields(prefixes)
		form, hash, ok := tr.canonical(root, -1, inclusive, crypto.SHA256)
		if !ok {
			return
		}
		if !slices.Equal(hash, sum(crypto.SHA256, []byte(form))) {
			t.Fatal("the hash is not that of the form")
		}
		again, refusal := scan(form, &responseLimits, nil)
		if refusal != nil {
			if refusal.Reason == TooLarge {
				return // more namespaces or attributes than fit
			}
			t.Fatalf("the canonical form %q cannot be read: %v", form, refusal)
		}
		defer again.release()
		if ours, theirs := ourReading(again), ourReading(tr); !slices.Equal(slices.Sorted(slices.Values(ours)), slices.Sorted(slices.Values(theirs))) {
			t.Fatalf("the canonical form reads\n%q\nand the document\n%q", ours, theirs)
		}
		if twice, _, _ := again.canonical(root, -1, inclusive, 0); twice != form {
			t.Fatalf("canonical twice\n%q\ncanonical once\n%q", twice, form)
		}
		if deviates(tr, prefixes) {
			return
		}
		theirs, err := goxmldsigForm(src, prefixes)
		if err != nil {
			return // it has limits of its own
		}
		if form != theirs {
			t.Fatalf("ours\n%q\ngoxmldsig's\n%q", form, theirs)
		}
	})
}

// deviates reports whether a document has what goxmldsig canonicalises
// against the recommendation: two prefixed attributes on one element, white
// space in an attribute value that is to be normalised, an xmlns="" that
// undoes nothing, #default; and what needs no comparison, xml: and prefixes
// that stand in the list and mean two things.
func deviates(t *tree, prefixes string) bool {
	if strings.Contains(prefixes, "#") || strings.Contains(t.src, "xml:") || strings.Contains(prefixes, "xml") {
		return true
	}
	for i := range t.nodes {
		n := &t.nodes[i]
		prefixed := 0
		for k := n.attr; k < n.attrEnd; k++ {
			a := &t.attrs[k]
			if a.colon != a.name {
				prefixed++
			}
			if strings.ContainsAny(t.src[a.value:a.valueEnd], "\t\r\n") {
				return true
			}
		}
		if prefixed > 1 {
			return true
		}
	}
	for _, d := range t.decls {
		if t.spaces[d.ns] == "" || strings.ContainsAny(t.spaces[d.ns], " \t\r\n") {
			return true
		}
	}
	return false
}

func goxmldsigForm(src, prefixes string) (string, error) {
	doc := etree.NewDocument()
	doc.ReadSettings.PreserveDuplicateAttrs = true
	if err := doc.ReadFromString(src); err != nil {
		return "", err
	}
	form, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes).Canonicalize(doc.Root())
	return string(form), err
}
