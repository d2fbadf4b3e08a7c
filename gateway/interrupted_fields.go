package gateway

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// field is one name with one value of a form, in the form's order.
type field struct{ Name, Value string }

// maxFields is how many fields a form may have that is sent again.
const maxFields = 2000

// formFields reads an application/x-www-form-urlencoded body. It gives false
// where a browser could not send the very same again from a page of ours: what
// is not UTF-8, what a page cannot hold, and line ends that no browser sends.
func formFields(body []byte) ([]field, bool) {
	if len(body) == 0 {
		return nil, true
	}
	var fields []field
	for pair := range strings.SplitSeq(string(body), "&") {
		if pair == "" {
			continue
		}
		if len(fields) == maxFields {
			return nil, false
		}
		name, value, _ := strings.Cut(pair, "=")
		f := field{}
		var err error
		if f.Name, err = url.QueryUnescape(name); err != nil {
			return nil, false
		}
		if f.Value, err = url.QueryUnescape(value); err != nil {
			return nil, false
		}
		// A field without a name is left out by browsers, and one named
		// _charset_ gets a value of theirs.
		if f.Name == "" || strings.EqualFold(f.Name, "_charset_") && f.Value != "UTF-8" || !repeatable(f.Name) || !repeatable(f.Value) {
			return nil, false
		}
		fields = append(fields, f)
	}
	return fields, true
}

// repeatable reports whether text comes out of a hidden field as it went in.
// Pages hold neither NUL nor what is not UTF-8, and browsers send every line
// end as CR LF.
func repeatable(text string) bool {
	bare := strings.ReplaceAll(text, "\r\n", "")
	return utf8.ValidString(text) && !strings.ContainsAny(bare, "\x00\r\n")
}
