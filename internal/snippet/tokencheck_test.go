package snippet_test

import (
	"os"
	"strings"
	"testing"

	"sallyport/internal/snippet"
)

func TestTokenChecksNameTheApplication(t *testing.T) {
	all := snippet.TokenChecks("https://in.example.net:8443/", "wiki")
	if len(all) != 4 {
		t.Fatalf("%d texts, want 4", len(all))
	}
	for _, c := range all {
		for _, part := range []string{`"https://in.example.net:8443"`, `"wiki"`, "ES256", "/.well-known/jwks.json"} {
			if !strings.Contains(c.Text, part) {
				t.Errorf("%s does not say %s", c.Language, part)
			}
		}
		for _, part := range []string{"sso.example.com", "grafana"} {
			if strings.Contains(c.Text, part) {
				t.Errorf("%s still says %s", c.Language, part)
			}
		}
	}
}

// What is not to be written into a program stays a string there.
func TestTokenChecksQuote(t *testing.T) {
	for _, c := range snippet.TokenChecks("https://in.example.net", "wi\"ki\n") {
		if !strings.Contains(c.Text, `"wi\"ki\n"`) {
			t.Errorf("%s: the name stands open:\n%s", c.Language, c.Text)
		}
	}
}

func TestTheDocumentHoldsTheTokenChecks(t *testing.T) {
	document, err := os.ReadFile("../../docs/check-the-token.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range snippet.TokenChecks("https://sso.example.com", "grafana") {
		if c.Text == "" || !strings.Contains(string(document), "\n## "+c.Language+"\n") ||
			!strings.Contains(string(document), "```"+c.Fence+"\n"+c.Text+"```\n") {
			t.Errorf("docs/check-the-token.md has another text for %s", c.Language)
		}
	}
}
