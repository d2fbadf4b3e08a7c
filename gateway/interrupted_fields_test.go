package gateway

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormFieldsReadsWhatBrowsersSend(t *testing.T) {
	for body, want := range map[string][]field{
		"":                     nil,
		"a=1":                  {{"a", "1"}},
		"b=2&a=1&b=":           {{"b", "2"}, {"a", "1"}, {"b", ""}},
		"a":                    {{"a", ""}},
		"a=1&&b=2&":            {{"a", "1"}, {"b", "2"}},
		"a=x%3Dy=z":            {{"a", "x=y=z"}},
		"a+b=c+%2B%26%25":      {{"a b", "c +&%"}},
		"t=one%0D%0Atwo":       {{"t", "one\r\ntwo"}},
		"t=%C3%A9%E6%BC%A2":    {{"t", "é漢"}},
		"a=1;b=2":              {{"a", "1;b=2"}},
		"_charset_=UTF-8&a=1":  {{"_charset_", "UTF-8"}, {"a", "1"}},
		"submit=Save&action=x": {{"submit", "Save"}, {"action", "x"}},
	} {
		got, ok := formFields([]byte(body))
		if !ok || !cmp.Equal(got, want) {
			t.Errorf("%q: %v, %q", body, ok, got)
		}
	}
}

func TestFormFieldsRefusesWhatWouldComeOutOtherwise(t *testing.T) {
	for name, body := range map[string]string{
		"not UTF-8":              "a=%E9",
		"raw bytes":              "a=\xe9",
		"NUL":                    "a=%00",
		"NUL in a name":          "a%00=1",
		"bare LF":                "a=1%0A2",
		"bare CR":                "a=1%0D2",
		"LF CR":                  "a=1%0A%0D2",
		"half an escape":         "a=%4",
		"no escape":              "a=%zz",
		"without a name":         "=1",
		"the browser's own name": "_CharSet_=windows-1252",
		"too many":               strings.Repeat("a=1&", maxFields) + "a=1",
	} {
		if _, ok := formFields([]byte(body)); ok {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzFormFields(f *testing.F) {
	for _, seed := range []string{"", "a=1&b=2", "a=%00", "a=%0D%0A", "%zz", "=&=", "a=\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, ok := formFields(body)
		if !ok {
			return
		}
		var again []string
		for _, one := range fields {
			again = append(again, url.QueryEscape(one.Name)+"="+url.QueryEscape(one.Value))
		}
		same, ok := formFields([]byte(strings.Join(again, "&")))
		if !ok || !cmp.Equal(fields, same) {
			t.Errorf("%q came out as %q", fields, same)
		}
	})
}
