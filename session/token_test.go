package session

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWellFormed(t *testing.T) {
	good := newToken()
	if !wellFormed(good) || len(good) != 43 || good == newToken() {
		t.Errorf("token %q", good)
	}
	for name, token := range map[string]string{
		"empty":         "",
		"short":         good[1:],
		"long":          good + "A",
		"padded":        good[:42] + "=",
		"other letters": strings.Repeat("+", 43),
		"newline":       good[:42] + "\n",
		"loose bits":    strings.Repeat("A", 42) + "B", // decodes to what another token decodes to
	} {
		if wellFormed(token) {
			t.Errorf("%s: %q is taken", name, token)
		}
	}
}

func TestNewReference(t *testing.T) {
	shape := regexp.MustCompile(`^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$`)
	seen := map[string]bool{}
	for range 1000 {
		r := NewReference()
		if !shape.MatchString(r) || seen[r] {
			t.Fatalf("reference %q", r)
		}
		seen[r] = true
	}
	if len(referenceAlphabet) != 32 {
		t.Errorf("an alphabet of %d letters makes some likelier than others", len(referenceAlphabet))
	}
}

func TestClip(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"plain":                 "plain",
		"a\x00b\nc":             "a b c",
		"a\xffb":                "a\uFFFDb",
		strings.Repeat("ä", 11): strings.Repeat("ä", 9) + "…",
		strings.Repeat("ä", 10): strings.Repeat("ä", 10),
		strings.Repeat("\U0001F600", 1<<16) + "x": strings.Repeat("\U0001F600", 9) + "…",
	} {
		got := clip(in, 10)
		if got != want || !utf8.ValidString(got) {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}
