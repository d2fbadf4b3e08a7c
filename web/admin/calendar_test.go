package admin

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sallyport/idp"
)

// unfold is how a calendar program reads content lines (RFC 5545 section 3.1).
func unfold(s string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(s, "\r\n ", ""), "\r\n"), "\r\n")
}

func TestCalendarIsFoldedAndEscaped(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	what := "signing certificate of Müller, Söhne; \\ " + strings.Repeat("ü", 200) + "\nBEGIN:VEVENT"
	text := calendar([]idp.Expiry{{What: what, IDP: "partner", Fingerprint: "AB:CD", Subject: "CN=a,O=b", NotAfter: at.AddDate(0, 1, 0)}}, "https://sso.example.com", at)
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("%d bytes: %q", len(line), line)
		}
	}
	lines := map[string]bool{}
	for _, line := range unfold(text) {
		lines[line] = true
	}
	for _, want := range []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR",
		"UID:partner-abcd@sso.example.com",
		"DTSTAMP:20261121T120000Z", "DTSTART;VALUE=DATE:20261221", "DTEND;VALUE=DATE:20261222",
		`SUMMARY:Ends: signing certificate of Müller\, Söhne\; \\ ` + strings.Repeat("ü", 200) + `\nBEGIN:VEVENT`,
		`DESCRIPTION:CN=a\,O=b\nSHA-256 AB:CD\nEnds 2026-12-21 12:00 UTC`,
	} {
		if !lines[want] {
			t.Errorf("missing: %s\n%s", want, text)
		}
	}
	if got := strings.Count(text, "\r\nBEGIN:VEVENT\r\n"); got != 1 {
		t.Errorf("%d events", got)
	}
}
