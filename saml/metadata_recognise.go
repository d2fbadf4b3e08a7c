package saml

import (
	"bytes"
	"strings"
)

const (
	byteOrderMark = "\ufeff"
	xmlSpace      = " \t\r\n"
)

// recognise refuses what is no XML by saying what it is: people upload the
// certificate, the help page or a screenshot.
func recognise(raw []byte) error {
	if len(raw) > maxMetadata {
		return refuse("The document is larger than 5 MB. Export the metadata of this one identity provider and not of the whole federation.")
	}
	if bytes.HasPrefix(raw, []byte{0xfe, 0xff}) || bytes.HasPrefix(raw, []byte{0xff, 0xfe}) ||
		bytes.HasPrefix(raw, []byte{0, '<'}) || bytes.HasPrefix(raw, []byte{'<', 0}) {
		return refuse("The document is encoded in UTF-16. Save it as UTF-8 and upload it again.")
	}
	text := strings.TrimLeft(strings.TrimPrefix(string(raw[:min(len(raw), 1024)]), byteOrderMark), xmlSpace)
	lower := asciiLower(text)
	if text == "" && len(bytes.Trim(raw, byteOrderMark+xmlSpace)) == 0 {
		return refuse("The document is empty. Export the metadata at the identity provider again.")
	}
	for _, known := range [...]struct{ prefix, what string }{
		{"\x89png", "a PNG image"},
		{"\xff\xd8\xff", "a JPEG image"},
		{"gif8", "a GIF image"},
		{"%pdf", "a PDF document"},
		{"pk\x03\x04", "a ZIP archive"},
		{"\x1f\x8b", "a gzip archive"},
		{"{", "JSON"},
		{"[", "JSON"},
		{"<!doctype html", "a web page"},
		{"<html", "a web page"},
		{"-----begin", "a certificate or a key"},
		{"https://", "an address"},
		{"http://", "an address"},
	} {
		if strings.HasPrefix(lower, known.prefix) {
			return refuse("This is %s, not SAML metadata. %s", known.what, adviceFor(known.what))
		}
	}
	if text != "" && text[0] != '<' {
		return refuse("This is not an XML document. Upload the federation metadata file that the identity provider offers for download.")
	}
	return nil
}

// asciiLower leaves bytes alone that are no UTF-8: images begin with them.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func adviceFor(what string) string {
	switch what {
	case "a web page":
		return "The address may ask for a sign-in first: download the metadata file in a browser and upload it."
	case "an address":
		return "Import it by its URL, or open it in a browser and upload what comes."
	case "a certificate or a key":
		return "Upload the federation metadata XML, or enter the connection by hand with this certificate."
	default:
		return "Upload the federation metadata XML file that the identity provider offers for download."
	}
}

// explainXML turns the scanner's refusal of text into a sentence.
func explainXML(e *Error, text string) error {
	switch {
	case e.Got == "one that ends early", e.Reason == Malformed && !strings.HasSuffix(text, ">"):
		return refuse("The document ends before its last element does. Download it again: the file is not whole.")
	case e.Reason == TooLarge:
		return refuse("The document is too large or too deeply nested to be the metadata of an identity provider: allowed is %s.", e.Want)
	case e.Want == "no document type":
		return refuse("The document has a DOCTYPE, which SAML metadata never has. Export the metadata at the identity provider again.")
	case e.Want == "the encoding UTF-8":
		return refuse("The document says that it is encoded in %s. Save it as UTF-8 and upload it again.", e.Got)
	case e.Want == "UTF-8":
		return refuse("The document holds bytes that are not UTF-8. Save it as UTF-8 and upload it again.")
	case e.Reason == ForbiddenXML:
		return refuse("The document holds what SAML metadata never has: wanted %s, found %s. Export the metadata at the identity provider again.", e.Want, e.Got)
	default:
		return refuse("The document is not well-formed XML: wanted %s, found %s. Export the metadata at the identity provider again, and do not edit it.", e.Want, e.Got)
	}
}
