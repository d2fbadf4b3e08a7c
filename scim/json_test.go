package scim

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestCheckJSON(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		ok         bool
	}{
		{"an object", ` {"a":[1,"x",{}]} `, true},
		{"brackets in a string", `{"a":"` + strings.Repeat("[", 100) + `"}`, true},
		{"as deep as it may be", `{"a":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + "}", true},
		{"deeper", `{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + "}", false},
		{"nothing", "", false},
		{"a list", "[]", false},
		{"null", "null", false},
		{"two", "{}{}", false},
		{"no end", `{"a":"`, false},
		{"a comma too many", `{"a":1,}`, false},
		{"not UTF-8", "{\"a\":\"\xff\"}", false},
		{"a control character", "{\"a\":\"\x01\"}", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := checkJSON([]byte(tc.body))
			if tc.ok != (err == nil) {
				t.Fatalf("checkJSON = %v", err)
			}
			var r *refusal
			if err != nil && (!errors.As(err, &r) || r.Status != 400 || r.SCIMType != invalidSyntax) {
				t.Errorf("checkJSON = %v, want 400 invalidSyntax", err)
			}
		})
	}
}

func TestNamesThatComeTwiceAreRefused(t *testing.T) {
	var many []string
	for i := range 40 {
		many = append(many, `"`+strings.Repeat("k", i+1)+`":1`)
	}
	for _, body := range []string{
		`{"userName":"a","userName":"b"}`,
		`{"userName":"a","USERNAME":"b"}`,
		`{"userName":"a","user\u004eame":"b"}`,
		"{" + strings.Join(many, ",") + `,"KKK":2}`,
	} {
		if err := eachMember([]byte(body), func(string, json.RawMessage) error { return nil }); err == nil {
			t.Errorf("%.60s was taken", body)
		}
	}
	if err := eachMember([]byte("{"+strings.Join(many, ",")+"}"), func(string, json.RawMessage) error { return nil }); err != nil {
		t.Errorf("40 names: %v", err)
	}
}

func TestOnlyObjectsHaveMembersAndListsElements(t *testing.T) {
	for _, v := range []string{"", `""`, `"`, "1", "null", "true", `["a"]`, `[["a"]]`} {
		if err := eachMember([]byte(v), func(string, json.RawMessage) error { return nil }); err == nil {
			t.Errorf("%s was taken for an object", v)
		}
	}
	for _, v := range []string{"", `""`, "1", "null", `{"a":1}`} {
		if err := eachElement([]byte(v), func(json.RawMessage) error { return nil }); err == nil {
			t.Errorf("%s was taken for a list", v)
		}
	}
}

// FuzzWalk holds the walk through objects and lists against encoding/json.
func FuzzWalk(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, ` { "a" : [ 1 , "x\"]" , { "b" : null } ] , "\u0063" : -1.5e3 } `, `{"a":{"a":{"a":[]}},"":""}`,
		`{"a":"\\"}`, `{"x":[[],[[]],{"y":[{}]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if checkJSON(body) != nil {
			return
		}
		got, ok := walk(body)
		if !ok {
			return // a name twice: encoding/json takes the last
		}
		var want any
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// walk reads v by eachMember and eachElement; false where a name comes twice.
func walk(v json.RawMessage) (any, bool) {
	switch kindOf(v) {
	case '{':
		m := map[string]any{}
		err := eachMember(v, func(name string, value json.RawMessage) error {
			inner, ok := walk(value)
			if !ok {
				return errors.New("twice")
			}
			m[name] = inner
			return nil
		})
		return m, err == nil
	case '[':
		l := []any{}
		err := eachElement(v, func(value json.RawMessage) error {
			inner, ok := walk(value)
			if !ok {
				return errors.New("twice")
			}
			l = append(l, inner)
			return nil
		})
		return l, err == nil
	case '"':
		return unquote(v), true
	}
	var one any
	err := json.Unmarshal(v, &one)
	return one, err == nil
}

// FuzzString holds what we write as strings against what others read.
func FuzzString(f *testing.F) {
	for _, seed := range []string{"", "a\"b\\c", "\x00\x1f\n", "ä\u2028\U0001f600", "\xff\xc3", "<&>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := appendString(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && got != want {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func TestPasswordsAreTakenOut(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"nothing to take out", `{"a" : 1}`, `{"a" : 1}`},
		{"a member", `{"userName":"a","password":"hunter2"}`, `{"userName":"a","password":"[removed]"}`},
		{"in any case", `{"PassWord":"hunter2"}`, `{"PassWord":"[removed]"}`},
		{"whatever it is", `{"password":{"value":["hunter2"]}}`, `{"password":"[removed]"}`},
		{"with its schema", `{"` + userSchema + `:password":"hunter2"}`, `{"` + userSchema + `:password":"[removed]"}`},
		{"behind an escape", `{"pass\u0077ord":"hunter2"}`, `{"password":"[removed]"}`},
		{"twice", `{"password":"hunter2","password":"hunter3"}`, `{"password":"[removed]","password":"[removed]"}`},
		{"by a path", `{"Operations":[{"op":"replace","path":"password","value":"hunter2"}]}`,
			`{"Operations":[{"op":"replace","path":"password","value":"[removed]"}]}`},
		{"by a path behind the value", `{"Operations":[{"value":"hunter2","Path":"` + userSchema + `:passWord","op":"add"}]}`,
			`{"Operations":[{"value":"[removed]","Path":"` + userSchema + `:passWord","op":"add"}]}`},
		{"without a path", `{"Operations":[{"op":"replace","value":{"password":"hunter2","active":true}}]}`,
			`{"Operations":[{"op":"replace","value":{"password":"[removed]","active":true}}]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := checkJSON([]byte(tc.body)); err != nil {
				t.Fatal(err)
			}
			if got := string(withoutPasswords([]byte(tc.body))); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestUnquote(t *testing.T) {
	for in, want := range map[string]string{`""`: "", `"a\nb"`: "a\nb", `"\ud83d\ude00"`: "\U0001f600", `"\ud83d"`: "\ufffd"} {
		if got := unquote([]byte(in)); got != want {
			t.Errorf("unquote(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestQuery(t *testing.T) {
	q, err := readQuery(`aadOptscim062020&filter=userName+eq+%22a;b%22&StartIndex=2&cursor`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"aadoptscim062020=", `filter=userName eq "a;b"`, "startindex=2", "cursor="}
	var got []string
	for _, name := range slices.Sorted(maps.Keys(q)) {
		got = append(got, name+"="+q[name])
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, raw := range []string{"filter=%zz", "%=1"} {
		if _, err := readQuery(raw); err == nil {
			t.Errorf("%s was taken", raw)
		}
	}
}
