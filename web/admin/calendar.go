package admin

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"sallyport/idp"
	"sallyport/session"
)

// MakeCalendar makes the address of the calendar anew and shows it this once;
// the one before stops working.
func (c *Console) MakeCalendar(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	token, err := c.Registry.MakeCalendar(r.Context(), actor(ses))
	if err != nil {
		return err
	}
	page, err := c.certificatesPage(r)
	if err != nil {
		return err
	}
	page.Calendar = c.BaseURL + "/calendar/" + token + ".ics"
	return c.show(w, r, page)
}

// Calendar is the ends of all certificates for calendar programs (RFC 5545).
// The caller has checked the token.
func (c *Console) Calendar(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `inline; filename="sallyport-certificates.ics"`)
	_, _ = w.Write([]byte(calendar(c.Registry.Expiries(), c.BaseURL, time.Now()))) // the reader has gone: nobody is left to tell
	return nil
}

// calendar renders one all-day event for each end, with alarms 30 and 7 days
// before.
func calendar(expiries []idp.Expiry, base string, now time.Time) string {
	host := base
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		host = u.Host
	}
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Sallyport//Certificates//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("NAME", escape("Certificates of "+host))
	line("X-WR-CALNAME", escape("Certificates of "+host))
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT12H")
	for _, e := range expiries {
		summary := escape("Ends: " + e.What)
		line("BEGIN", "VEVENT")
		line("UID", uid(e)+"@"+host)
		line("DTSTAMP", now.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE", e.NotAfter.UTC().Format("20060102"))
		line("DTEND;VALUE=DATE", e.NotAfter.UTC().AddDate(0, 0, 1).Format("20060102"))
		line("SUMMARY", summary)
		line("DESCRIPTION", escape(e.Subject+"\nSHA-256 "+e.Fingerprint+"\nEnds "+e.NotAfter.UTC().Format("2006-01-02 15:04")+" UTC"))
		line("URL", base+"/admin/certificates")
		line("TRANSP", "TRANSPARENT")
		for _, before := range []string{"-P30D", "-P7D"} {
			line("BEGIN", "VALARM")
			line("ACTION", "DISPLAY")
			line("TRIGGER", before)
			line("DESCRIPTION", summary)
			line("END", "VALARM")
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.String()
}

// uid stays the same for the same certificate in the same place.
func uid(e idp.Expiry) string {
	place := e.IDP
	if place == "" {
		place = "ours"
	}
	return place + "-" + strings.ToLower(strings.ReplaceAll(e.Fingerprint, ":", ""))
}

var textEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// escape writes a TEXT value (RFC 5545 section 3.3.11).
func escape(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, textEscapes.Replace(strings.ToValidUTF8(s, "")))
}

// maxLine is the longest content line, in bytes, its end left out.
const maxLine = 75

// fold writes one content line in lines of at most 75 bytes, never within a
// character (RFC 5545 section 3.1).
func fold(b *strings.Builder, line string) {
	room := maxLine
	for len(line) > room {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line, room = line[cut:], maxLine-1 // the space counts
	}
	b.WriteString(line + "\r\n")
}

// OpenCalendar checks the token of a calendar's address; fault.NotFound.
func (c *Console) OpenCalendar(r *http.Request) error {
	token, ok := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !ok {
		token = ""
	}
	return c.Registry.OpenCalendar(r.Context(), token)
}
