package saml_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// whole is the part of a message that tampering changes: the XML by HTTP-POST,
// the query by HTTP-Redirect.
func (g *logoutTarget) whole() string {
	if g.posted() {
		return g.raw
	}
	return g.message.Query
}

// Every byte of every message, changed to each of these: refused, or it means
// the same.
func TestLogoutEveryByteChanged(t *testing.T) {
	t.Parallel()
	all := logoutTargets(t)
	for _, g := range all {
		raw := []byte(g.whole())
		for i, was := range raw {
			for _, now := range []byte{was ^ 1, '&', ' '} {
				if now != was {
					raw[i] = now
					g.try(t, fmt.Sprintf("byte %d from %q to %q", i, was, now), string(raw))
				}
			}
			raw[i] = was
		}
	}
	logLogoutTried(t, all)
}

// Any part cut out and any other put in, also from the message itself or from
// another: refused, or it means the same.
func TestLogoutTamperingProperty(t *testing.T) {
	t.Parallel()
	all := logoutTargets(t)
	rapid.Check(t, func(r *rapid.T) {
		g := rapid.SampledFrom(all).Draw(r, "target")
		raw := g.whole()
		from := rapid.IntRange(0, len(raw)).Draw(r, "from")
		to := rapid.IntRange(from, min(len(raw), from+64)).Draw(r, "to")
		donor := rapid.SampledFrom(all).Draw(r, "donor").whole()
		start := rapid.IntRange(0, len(donor)).Draw(r, "start")
		end := rapid.IntRange(start, min(len(donor), start+400)).Draw(r, "end")
		insert := rapid.OneOf(rapid.Just(""), rapid.Just(donor[start:end]), rapid.String(),
			rapid.SampledFrom([]string{"&", "=", "%26", "+", "&SAMLRequest=", "&RelayState=evil", "<!-- -->", "<", ">", `"`, "\x00", "&#97;"})).Draw(r, "insert")
		g.try(t, "spliced", raw[:from]+insert+raw[to:])
		if t.Failed() {
			r.FailNow()
		}
	})
	logLogoutTried(t, all)
}
