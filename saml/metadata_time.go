package saml

import (
	"strconv"
	"strings"
	"time"
)

// lifetime reads validUntil and cacheDuration of one element; the shortest of
// the document's count. A date in the past is a warning and no refusal:
// several identity providers never renew theirs.
func (r *reader) lifetime(node int32) {
	if text, ok := r.t.attr(node, "validUntil"); ok {
		until, good := parseDateTime(strings.Trim(text, xmlSpace))
		switch {
		case !good:
			r.warn("The end of validity %q cannot be read and is not heeded.", clip(text))
		case r.m.ValidUntil.IsZero() || until.Before(r.m.ValidUntil):
			r.m.ValidUntil = until
		}
		if good && !until.After(r.now) {
			r.warn("The document was valid until %s only. Ask the identity provider for a new one.", until.Format(time.DateOnly))
		}
	}
	if text, ok := r.t.attr(node, "cacheDuration"); ok {
		d, good := parseDuration(strings.Trim(text, xmlSpace))
		switch {
		case !good:
			r.warn("The cache duration %q cannot be read and is not heeded.", clip(text))
		case r.m.CacheDuration == 0 || d < r.m.CacheDuration:
			r.m.CacheDuration = d
		}
	}
}

// parseDateTime reads an xs:dateTime; one without a zone is in UTC, as SAML
// says of all of its times (SAML Core section 1.3.3).
func parseDateTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseDuration reads a positive xs:duration of at most ten years. A month
// counts 30 days and a year 365, which is near enough for a cache.
func parseDuration(s string) (time.Duration, bool) {
	const day, longest = 24 * time.Hour, 3650 * 24 * time.Hour
	rest, ok := strings.CutPrefix(s, "P")
	date, clock, hasClock := strings.Cut(rest, "T")
	if !ok || rest == "" || hasClock && clock == "" {
		return 0, false
	}
	var total time.Duration
	read := func(part string, units string, sizes []time.Duration) bool {
		for part != "" {
			end := strings.IndexFunc(part, func(c rune) bool { return c < '0' || c > '9' })
			if end <= 0 {
				return false
			}
			n, err := strconv.ParseInt(part[:end], 10, 32)
			if err != nil {
				return false
			}
			if part[end] == '.' { // fractions of seconds, the last unit
				fraction := strings.TrimLeft(part[end+1:], "0123456789")
				if fraction != "S" || part[end+1] == 'S' {
					return false
				}
				part = part[:end] + "S"
			}
			i := strings.IndexByte(units, part[end])
			if i < 0 || time.Duration(n) > longest/sizes[i] {
				return false
			}
			total += time.Duration(n) * sizes[i]
			part, units, sizes = part[end+1:], units[i+1:], sizes[i+1:] // each once, in order
		}
		return total <= longest
	}
	good := read(date, "YMD", []time.Duration{365 * day, 30 * day, day}) &&
		read(clock, "HMS", []time.Duration{time.Hour, time.Minute, time.Second})
	return total, good && total > 0
}
