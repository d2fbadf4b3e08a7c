package saml

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	xrv "github.com/mattermost/xml-roundtrip-validator"
)

// seed adds every vector and every document of the table of small oddities.
func seed(f *testing.F, add func(document string)) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "saml", "*", "*", "response.xml"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no vectors under testdata/saml: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(raw) < 1<<15 {
			add(string(raw))
		}
	}
	for _, s := range oddDocuments {
		add(s)
	}
}

// oddDocuments are small, and each has a construct that readers of XML have
// disagreed about.
var oddDocuments = []string{
	`<a/>`,
	`<a b="1" c='2"'>x &amp; y &#x9;&#10;&#13;</a>`,
	"<a b=\"1\t2\n3\r4\r\n5\">1\r2\r\n3</a>",
	`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a/>`,
	`<?xml version="1.0" standalone='encoding="latin1"'?><a/>`,
	`<x::Root/>`, `<x:Root/>`, `<Root :attr="x"/>`, `<Root x:="x"/>`, `<:Root/>`, `<x:/>`,
	`<a xmlns:="urn:x"/>`, `<a xmlns="urn:x" xmlns:b="urn:y"><b:c b:d="1" d="2"/><e xmlns=""/></a>`,
	`<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="de"/>`,
	`<a xmlns:x="http://www.w3.org/2000/xmlns/"/>`, `<xmlns:a xmlns:xmlns="urn:x"/>`,
	`<a><!-- c --></a>`, `<a><![CDATA[x]]></a>`, `<!DOCTYPE a><a/>`, `<!a <b>><a/>`, `<a>]]></a>`,
	`<a/><b/>`, `<a/>text`, "\ufeff<a/>", "<a>\x00</a>", "<a>\xff</a>", "<a>\ufffe</a>", `<a ID="1"><b ID="1"/></a>`,
	`<a xml:id="1"/>`, `<a Id=""/>`, `<a b="1" b="2"/>`, `<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>`,
	`<a b=c/>`, `<a b/>`, `<a b="<"/>`, `<a b="1"c="2"/>`, `<a></b>`, `<a></a >`, `<a`, `<a>&undefined;</a>`, `<a>&#xD800;</a>`,
	`<é/>`, `<a>&#0000000000065;</a>`, `<a b = '1' / >`,
	`<p:a xmlns:p="urn:1" xmlns:q="urn:2" xmlns="urn:3"><b q:c="1"><p:d xmlns:p="urn:4" p:e="2"/></b></p:a>`,
}

// FuzzGuard holds the scanner to two readers that it does not resemble: what
// either of them refuses it must refuse, and of what it accepts it must have
// read the same names, attributes and text.
func FuzzGuard(f *testing.F) {
	seed(f, func(s string) { f.Add(s) })
	f.Fuzz(func(t *testing.T, src string) {
		tr, refusal := scan(src, &responseLimits, nil)
		if refusal != nil {
			if !slices.Contains(Reasons(), refusal.Reason) {
				t.Fatalf("reason %q is not on the list", refusal.Reason)
			}
			return
		}
		defer tr.release()
		if err := xrv.Validate(strings.NewReader(src)); err != nil {
			t.Fatalf("the round-trip validator refuses what we accept: %v", err)
		}
		theirs, err := standardReading(src)
		if err != nil {
			t.Fatalf("encoding/xml refuses what we accept: %v", err)
		}
		if ours := ourReading(tr); !slices.Equal(ours, theirs) {
			t.Fatalf("read\n%q\nwhere encoding/xml reads\n%q", ours, theirs)
		}
		if _, err := guardResponse(tr); err != nil && !slices.Contains(Reasons(), err.Reason) {
			t.Fatalf("reason %q is not on the list", err.Reason)
		}
	})
}

// blanks makes one of what the two readers rightly write in two ways: only we
// turn line ends in attribute values into spaces (XML 1.0 section 3.3.3).
var blanks = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

// standardReading lists what encoding/xml reads, one entry for each tag,
// attribute and run of text.
func standardReading(src string) ([]string, error) {
	var out []string
	raw := xml.NewDecoder(strings.NewReader(src))
	for first := true; ; first = false {
		token, err := raw.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.Comment, xml.Directive:
			return nil, errors.New("a comment or directive")
		case xml.ProcInst:
			if !first || x.Target != "xml" {
				return nil, errors.New("a processing instruction")
			}
		}
	}
	d, text, depth := xml.NewDecoder(strings.NewReader(src)), "", 0
	flush := func() {
		if text != "" && depth > 0 {
			out = append(out, "text "+text)
		}
		text = ""
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			flush()
			depth++
			out = append(out, "open {"+blanks.Replace(x.Name.Space)+"}"+x.Name.Local)
			for _, a := range x.Attr {
				if a.Name.Space != "xmlns" && a.Name != (xml.Name{Local: "xmlns"}) {
					out = append(out, "attribute {"+blanks.Replace(a.Name.Space)+"}"+a.Name.Local+"="+blanks.Replace(a.Value))
				}
			}
		case xml.EndElement:
			flush()
			depth--
			out = append(out, "close {"+blanks.Replace(x.Name.Space)+"}"+x.Name.Local)
		case xml.CharData:
			text += string(x)
		}
	}
}

// ourReading lists the same of a tree.
func ourReading(t *tree) []string {
	var out []string
	var walk func(i int32)
	walk = func(i int32) {
		n := &t.nodes[i]
		if n.kind == textNode {
			out = append(out, "text "+t.run(i))
			return
		}
		name := "{" + blanks.Replace(t.space(i)) + "}" + t.local(i)
		out = append(out, "open "+name)
		for k := n.attr; k < n.attrEnd; k++ {
			a := &t.attrs[k]
			out = append(out, "attribute {"+blanks.Replace(t.spaces[a.ns])+"}"+t.src[a.colon:a.nameEnd]+"="+blanks.Replace(t.attrValue(a)))
		}
		for c := t.first(i); c >= 0; c = t.after(c) {
			walk(c)
		}
		out = append(out, "close "+name)
	}
	walk(root)
	return out
}
