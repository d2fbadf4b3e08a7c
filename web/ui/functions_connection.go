package ui

import (
	"fmt"
	"strings"
	"time"

	"sallyport/idp"
)

// wrong is a sentence beside a field, which names it by its ID.
type wrong struct{ Text, ID string }

// brief is enough of a fingerprint to tell one from another.
func brief(fingerprint string) string {
	const pairs = 4
	if len(fingerprint) <= 3*pairs {
		return fingerprint
	}
	return fingerprint[:3*pairs-1] + "…"
}

// left says how far t is from now in words.
func left(t, now time.Time) string {
	d := t.Sub(now)
	switch {
	case d <= 0:
		return count(int(-d/day), "day", "ended today", "ended %s ago")
	case d < time.Hour:
		return count(int(d/time.Minute), "minute", "less than a minute", "%s left")
	case d < day:
		return count(int(d/time.Hour), "hour", "", "%s left")
	}
	if d > 2*365*day {
		return count(int(d/(365*day)), "year", "", "%s left")
	}
	return count(int(d/day), "day", "", "%s left")
}

// actorKinds are what people call those who act, by what Event.Actor begins with.
var actorKinds = map[string]string{
	"user": "an administrator", "link": "a one-time link", "setup_link": "a setup link", "command": "a command", "system": "this service",
}

func actorKind(actor string) string {
	kind, _, _ := strings.Cut(actor, ":")
	if name, ok := actorKinds[kind]; ok {
		return name
	}
	return kind
}

const day = 24 * time.Hour

func count(n int, what, none, some string) string {
	if n == 0 && none != "" {
		return none
	}
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf(some, fmt.Sprintf("%d %s", n, what))
}

// IsLive reports whether t is what is trusted now.
func (p Versions) IsLive(t *idp.Trust) bool {
	return p.Provider.Live != nil && p.Provider.Live.Number == t.Number
}

// IsDraft reports whether t waits for review.
func (p Versions) IsDraft(t *idp.Trust) bool {
	return p.Provider.Draft != nil && p.Provider.Draft.Number == t.Number
}

// stepValue is one step of a guide with the text of ours that belongs there.
type stepValue struct {
	Step                            idp.Step
	Value, MetadataURL, Certificate string
}

func newStepValue(s idp.Step, value string, g guided) stepValue {
	return stepValue{s, value, g.Values.MetadataURL, g.Certificate}
}

// symptom is a reason in words, or the identity provider's own message as it is.
func symptom(s string) string {
	if strings.ContainsAny(s, " 0123456789") {
		return s
	}
	return words(s)
}
