package snippet

import (
	"embed"
	"strconv"
	"strings"
)

// TokenCheck is how an application checks the signed token that it gets, with
// a library that is known for it.
type TokenCheck struct {
	Language string // "Go", for people
	Library  string // "go-jose", for people
	Fence    string // how Markdown names the language
	Text     string
}

//go:embed tokencheck
var tokenChecks embed.FS

// What the texts are written with.
const (
	sampleBaseURL  = "https://sso.example.com"
	sampleAudience = "grafana"
)

// TokenChecks writes them for one application. baseURL is the scheme and host
// of this service; audience is the application's name.
func TokenChecks(baseURL, audience string) []TokenCheck {
	fill := strings.NewReplacer(
		strconv.Quote(sampleBaseURL), strconv.QuoteToASCII(strings.TrimRight(baseURL, "/")),
		strconv.Quote(sampleAudience), strconv.QuoteToASCII(audience))
	read := func(name string) string {
		text, err := tokenChecks.ReadFile("tokencheck/" + name)
		if err != nil {
			return "" // it is in the program: a test reads them all
		}
		return fill.Replace(string(text))
	}
	return []TokenCheck{
		{"Go", "go-jose", "go", read("check.go.txt")},
		{"Node", "jose", "js", read("check.mjs")},
		{"Python", "PyJWT", "python", read("check.py")},
		{"Java", "Nimbus JOSE + JWT", "java", read("TokenCheck.java")},
	}
}
