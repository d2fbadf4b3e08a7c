package saml

import (
	"slices"
	"strings"
	"time"
)

// judgeResponse asks what the Response says of itself. Where it is not signed
// its words can only refuse.
func (v *verifier) judgeResponse() {
	t, trust := v.response, v.opts.Trust
	v.version(t, root)
	v.issueInstant(t, root, checkIssued)

	dest, present := t.attr(root, "Destination")
	switch {
	case present && !slices.Contains(trust.ACSURLs, dest):
		v.fail(checkDest, &Error{Reason: WrongDestination, Want: strings.Join(trust.ACSURLs, " or "), Got: dest})
	case !present && v.signed:
		v.fail(checkDest, &Error{Reason: WrongDestination, Want: trust.ACSURLs[0], Got: "no Destination, which a signed Response must have"})
	case present:
		v.pass(checkDest, trust.ACSURLs[0], dest)
	default:
		v.skip(checkDest, "the Response is not signed and names none")
	}

	if v.shape.issuer >= 0 || v.signed || v.shape.encrypted {
		v.issuer(t, v.shape.issuer, "Response", checkIssuer)
	}
	if err := checkStatus(t, v.shape.status); err != nil {
		v.fail(checkStat, err)
	} else {
		v.pass(checkStat, statusSuccess, statusSuccess)
	}
}

func (v *verifier) version(t *tree, at int32) {
	if got, _ := t.attr(at, "Version"); got != "2.0" {
		v.fail(checkVersion, &Error{Reason: WrongVersion, Want: "2.0", Got: got})
	} else if at == root && t == v.response {
		v.pass(checkVersion, "2.0", "2.0")
	}
}

// issueInstant refuses what comes from the future and what is old.
func (v *verifier) issueInstant(t *tree, at int32, check string) time.Time {
	raw, _ := t.attr(at, "IssueInstant")
	issued, ok := parseTime(raw)
	age := v.opts.Trust.MaxAge
	if age <= 0 {
		age = defaultAge
	}
	switch {
	case !ok:
		v.fail(check, malformed("an IssueInstant", raw))
	case issued.After(v.now.Add(v.skew)):
		v.fail(check, &Error{Reason: NotYetValid, Want: "not after " + v.clock(v.skew), Got: raw})
	case issued.Before(v.now.Add(-age - v.skew)):
		v.fail(check, &Error{Reason: TooOld, Want: "not before " + v.clock(-age-v.skew), Got: raw})
	default:
		v.pass(check, "", raw)
	}
	return issued
}

// issuer wants the identity provider of this connection and no other.
func (v *verifier) issuer(t *tree, at int32, where, check string) string {
	want := v.opts.Trust.IDPEntityID
	if at < 0 {
		v.fail(check, &Error{Reason: WrongIssuer, Want: want, Got: "a " + where + " without Issuer"})
		return ""
	}
	got, ok := t.text(at)
	format, present := t.attr(at, "Format")
	switch {
	case !ok || got != want:
		v.fail(check, &Error{Reason: WrongIssuer, Want: want, Got: got})
	case present && format != formatEntity:
		v.fail(check, &Error{Reason: WrongIssuer, Want: "an Issuer that is an entity", Got: format})
	default:
		v.pass(check, want, got)
	}
	return got
}

// clock is the present moment, moved by d, as an administrator reads it.
func (v *verifier) clock(d time.Duration) string {
	return v.now.Add(d).UTC().Format("2006-01-02T15:04:05Z")
}

// parseTime reads an xs:dateTime; without a zone it is UTC (SAML Core section
// 1.3.3).
func parseTime(s string) (time.Time, bool) {
	if s == "" || len(s) > 40 {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		if t, err = time.Parse("2006-01-02T15:04:05", s); err != nil {
			return time.Time{}, false
		}
	}
	return t, true
}
