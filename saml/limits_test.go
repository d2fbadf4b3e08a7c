package saml_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"sallyport/saml"
)

// costly are documents that are small to send and dear to read for whoever
// does not look out. base is a good response to build on.
func costly(g *target) map[string]string {
	inValue := func(x string) string {
		return strings.Replace(g.raw, "<saml:AttributeValue>", "<saml:AttributeValue>"+x, 1)
	}
	prefixes := func(n, size int) (declared, used string) {
		var d, u strings.Builder
		for i := range n {
			fmt.Fprintf(&d, ` xmlns:p%d="urn:%d:%s"`, i, i, strings.Repeat("u", size))
			fmt.Fprintf(&u, ` p%d:a=""`, i)
		}
		return d.String(), u.String()
	}
	many, _ := prefixes(5000, 1)
	long, longUsed := prefixes(30, 900)
	_, manyUsed := prefixes(4900, 1)
	list := strings.Repeat(" prefix", 32)
	return map[string]string{
		"5 MB of text":                 inValue(strings.Repeat("text ", 1<<20)),
		"5 MB of spaces at the end":    g.raw + strings.Repeat(" ", 5<<20),
		"a text of 70 kB":              inValue(strings.Repeat("x", 70<<10)),
		"an attribute of 70 kB":        strings.Replace(g.raw, "<samlp:Status>", `<samlp:Status a="`+strings.Repeat("x", 70<<10)+`">`, 1),
		"1000 elements deep":           inValue(strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000)),
		"33 elements deep":             inValue(strings.Repeat("<a>", 30) + strings.Repeat("</a>", 30)),
		"50000 elements":               inValue(strings.Repeat("<a/>", 50_000)),
		"5000 prefixes":                inValue("<a" + many + "/>"),
		"5000 prefixes in turn":        inValue(strings.Repeat(`<a xmlns:p="urn:p"/>`, 5000) + strings.Replace(many, ` xmlns`, `<b xmlns`, 1) + `/>`),
		"300 prefixes over each other": inValue(nestedPrefixes(25, 30)),
		"4900 prefixed attributes":     inValue("<a" + manyUsed + "/>"),
		"33 attributes":                inValue("<a" + manyAttributesOf(33) + "/>"),
		"60 copies of the assertion":   strings.Replace(g.raw, g.assertion, strings.Repeat(g.assertion, 60), 1),
		"10000 IDs":                    inValue(manyIDs(10_000)),
		"a name of 300 bytes":          inValue("<" + strings.Repeat("n", 300) + "/>"),
		"a million references":         inValue(strings.Repeat("&amp;", 1<<20)),
		"one long reference":           inValue("&#" + strings.Repeat("0", 1<<19) + "65;"),
		"never closed":                 strings.Repeat("<a>", 200_000),
		"an open attribute":            "<a b='" + strings.Repeat("x", 900_000),
		"10 signatures":                strings.Replace(g.raw, g.signature, strings.Repeat(g.signature, 10), 1),
		"9000 elements in SignedInfo":  strings.Replace(g.raw, "<ds:SignedInfo>", "<ds:SignedInfo>"+strings.Repeat("<ds:x/>", 9000), 1),
		"9000 elements in SignedInfo with a PrefixList": strings.Replace(strings.Replace(g.raw, "<ds:SignedInfo>", "<ds:SignedInfo"+long+">", 1),
			`"></ds:CanonicalizationMethod>`, `"><ec:InclusiveNamespaces xmlns:ec="`+excC14N+`" PrefixList="`+list+`"/></ds:CanonicalizationMethod>`+strings.Repeat("<p1:x/>", 9000), 1),
		// One long namespace far up, written again in each of many elements.
		"a canonical form of megabytes": inValue("<a" + long + ">" + strings.Repeat("<p1:x"+longUsed+"/>", 500) + "</a>"),
		"a namespace of 60 kB":          inValue(`<a xmlns:l="` + strings.Repeat("l", 60_000) + `">` + strings.Repeat("<l:x/>", 9000) + "</a>"),
		"nothing but brackets":          strings.Repeat("<", 1<<20),
		"an XML declaration of 1 MB":    `<?xml version="1.0"` + strings.Repeat(" ", 900_000) + `?><a/>`,
	}
}

func nestedPrefixes(depth, each int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString("<a")
		for j := range each {
			fmt.Fprintf(&b, ` xmlns:p%dx%d="urn:u"`, i, j)
		}
		b.WriteString(">")
	}
	return b.String() + strings.Repeat("</a>", depth)
}

func manyAttributesOf(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}

func manyIDs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<a ID="i%d"/>`, i)
	}
	return b.String()
}

// maxRefusal is the most memory that a refusal may take, in all: a document
// of 1 MB is copied once, its elements are listed, and its canonical form is
// at most as large as it.
const maxRefusal = 24 << 20

func TestCostlyDocumentsAreRefusedCheaply(t *testing.T) {
	for _, g := range targets(t) {
		for name, raw := range costly(g) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			g.refuse(t, name, raw)
			runtime.ReadMemStats(&after)
			if spent := after.TotalAlloc - before.TotalAlloc - uint64(len(raw)); spent > maxRefusal {
				t.Errorf("%s: %s: %d kB were spent on %d kB", g.name, name, spent>>10, len(raw)>>10)
			}
		}
	}
}

// Each limit speaks for itself: it is not another check that happens to
// refuse the same document later.
func TestEachLimitRefuses(t *testing.T) {
	g := targets(t)[0]
	others := map[string]saml.Reason{
		"nothing but brackets":                          saml.Malformed,
		"an open attribute":                             saml.Malformed,
		"60 copies of the assertion":                    saml.DuplicateID,
		"10 signatures":                                 saml.MalformedSignature,
		"9000 elements in SignedInfo":                   saml.MalformedSignature,
		"9000 elements in SignedInfo with a PrefixList": saml.MalformedSignature,
		"an XML declaration of 1 MB":                    saml.ForbiddenXML,
	}
	for name, raw := range costly(g) {
		t.Run(name, func(t *testing.T) {
			want, ok := others[name]
			if !ok {
				want = saml.TooLarge
			}
			_, err := saml.Verify([]byte(raw), g.options)
			wantReason(t, err, want)
		})
	}
}

// Fields that no document within limits has are not even decoded.
func TestLongFieldsAreNotDecoded(t *testing.T) {
	g := targets(t)[0]
	_, err := saml.VerifyResponse(strings.Repeat("A", 2<<20), g.options)
	wantReason(t, err, saml.TooLarge)
	for _, field := range []string{"", "=", "%", "PHg+\x00", "PHg", "PHg-", "PHh_", "Pßßß"} {
		_, err := saml.VerifyResponse(field, g.options)
		var refusal *saml.Error
		if !errors.As(err, &refusal) {
			t.Errorf("%q: got %v", field, err)
		}
	}
}
