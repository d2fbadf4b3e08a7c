package saml

import (
	"slices"
	"strings"
	"time"
)

// judge is the third door. t is a tree that was read from signed bytes, or
// the subtree of one; everything that ends up in the Assertion is read here
// and nowhere else. It goes on after a failure, so that an administrator sees
// all that is wrong at once. The error is that of the request look-up.
func (v *verifier) judge(t *tree, at int32) (*Assertion, error) {
	p, err := guardAssertion(t, at)
	if err != nil {
		v.fail(checkShape, err)
		return nil, nil
	}
	a := &Assertion{signedResponse: v.signed, encrypted: v.shape.encrypted}
	id, _ := t.attr(at, "ID")
	if id == "" {
		v.fail(checkShape, malformed("an Assertion with an ID", "one without"))
	}
	a.id = strings.Clone(id)
	v.version(t, at)
	a.issueInstant = v.issueInstant(t, at, checkAIssued)
	a.issuer = strings.Clone(v.issuer(t, p.issuer, "Assertion", checkAIssuer))
	if p.subject < 0 {
		v.fail(checkConfirm, &Error{Reason: NoBearerConfirmation, Want: "a Subject with a bearer SubjectConfirmation", Got: "no Subject"})
		return nil, nil
	}
	if err := v.confirm(a, t, p.subject); err != nil {
		return nil, err
	}
	v.conditions(a, t, p.conditions)
	v.authn(a, t, p.statements)
	v.nameID(a, t, p.subject)
	v.attributes(a, t, p.statements)
	return a, nil
}

// confirm looks for one bearer confirmation that holds (SAML Profiles section
// 4.1.4.2) and for the request that it answers.
func (v *verifier) confirm(a *Assertion, t *tree, subject int32) error {
	var best *Error // the failure that came nearest to holding
	bestRank, question, held := -1, "", false
	for c := range t.elements(subject) {
		if !t.is(c, nsAssertion, "SubjectConfirmation") {
			continue
		}
		answer, err, rank := v.bearer(a, t, c)
		if err == nil {
			question, held = answer, true
			break
		}
		if rank > bestRank {
			best, bestRank = err, rank
			question = answer
		}
	}
	switch {
	case !held && best == nil:
		v.fail(checkConfirm, &Error{Reason: NoBearerConfirmation, Want: "a bearer SubjectConfirmation", Got: "none"})
		return nil
	case !held && (best.Reason == WrongRecipient):
		v.fail(checkRecipient, best)
	case !held:
		v.fail(checkConfirm, best)
	default:
		v.pass(checkConfirm, methodBearer, methodBearer)
		v.pass(checkRecipient, v.opts.Trust.ACSURLs[0], a.recipient)
	}
	return v.question(a, question)
}

// bearer reads one SubjectConfirmation: what it answers, and why it does not
// hold. A higher rank came further.
func (v *verifier) bearer(a *Assertion, t *tree, c int32) (answer string, err *Error, rank int) {
	if method, _ := t.attr(c, "Method"); method != methodBearer {
		return "", &Error{Reason: NoBearerConfirmation, Want: methodBearer, Got: method}, 0
	}
	data := t.child(c, nsAssertion, "SubjectConfirmationData")
	if data < 0 {
		return "", &Error{Reason: NoBearerConfirmation, Want: "SubjectConfirmationData", Got: "none"}, 1
	}
	answer, _ = t.attr(data, "InResponseTo")
	if _, present := t.attr(data, "NotBefore"); present {
		return answer, &Error{Reason: NoBearerConfirmation, Want: "a bearer confirmation without NotBefore", Got: "one with"}, 2
	}
	recipient, _ := t.attr(data, "Recipient")
	if !slices.Contains(v.opts.Trust.ACSURLs, recipient) {
		return answer, &Error{Reason: WrongRecipient, Want: strings.Join(v.opts.Trust.ACSURLs, " or "), Got: recipient}, 3
	}
	raw, present := t.attr(data, "NotOnOrAfter")
	until, ok := parseTime(raw)
	switch {
	case !present:
		return answer, &Error{Reason: NoBearerConfirmation, Want: "a bearer confirmation with NotOnOrAfter", Got: "one without"}, 4
	case !ok:
		return answer, malformed("a NotOnOrAfter", raw), 4
	case !v.now.Before(until.Add(v.skew)):
		return answer, &Error{Reason: Expired, Want: "NotOnOrAfter after " + v.clock(-v.skew), Got: raw}, 5
	}
	a.recipient = strings.Clone(recipient)
	// A record of use must outlive every clock skew that may be set meanwhile,
	// and no claim of an identity provider makes it live for ever.
	a.expires = until.Add(maxSkew)
	age := v.opts.Trust.MaxAge
	if age <= 0 {
		age = defaultAge
	}
	if most := v.now.Add(age + 2*maxSkew); a.expires.After(most) {
		a.expires = most
	}
	return answer, nil, 6
}

// question decides between solicited and unsolicited, on signed words alone.
func (v *verifier) question(a *Assertion, answer string) error {
	outer, present := v.response.attr(root, "InResponseTo")
	if answer == "" {
		switch {
		case present && outer != "":
			v.fail(checkRequest, &Error{Reason: UnknownRequest, Want: "the same InResponseTo in Response and SubjectConfirmationData", Got: outer + " in the Response alone"})
		case !v.opts.AllowUnsolicited:
			v.fail(checkRequest, &Error{Reason: Unsolicited, Want: "an answer to a request of ours", Got: "a response that nobody asked for"})
		default:
			v.pass(checkRequest, "none", "none: unsolicited")
		}
		return nil
	}
	if present && outer != answer {
		v.fail(checkRequest, &Error{Reason: UnknownRequest, Want: "the same InResponseTo in Response and SubjectConfirmationData", Got: outer + " and " + answer})
		return nil
	}
	unknown := &Error{Reason: UnknownRequest, Want: "the ID of a request that this connection made in the last ten minutes and that is not answered yet", Got: answer}
	if v.opts.Request == nil {
		v.fail(checkRequest, unknown)
		return nil
	}
	if v.failed != nil {
		// Refused already: a stranger's guess is not worth a look-up.
		v.note(checkRequest, NotReached, "", answer)
		return nil
	}
	r, ok, err := v.opts.Request(strings.Clone(answer))
	if err != nil {
		return err
	}
	if !ok || r == nil || r.ID != answer {
		v.fail(checkRequest, unknown)
		return nil
	}
	v.request = r
	a.inResponseTo = r.ID
	v.pass(checkRequest, r.ID, r.ID)
	return nil
}

// conditions reads Conditions: time, audience, and nothing that we do not know
// (SAML Core section 2.5.1).
func (v *verifier) conditions(a *Assertion, t *tree, at int32) {
	if at < 0 {
		v.fail(checkAudience, &Error{Reason: WrongAudience, Want: v.opts.Trust.EntityIDs[0], Got: "no Conditions, and so no Audience"})
		return
	}
	if !v.window(t, at) {
		return
	}
	restrictions, fit := 0, true
	for c := range t.elements(at) {
		switch {
		case t.is(c, nsAssertion, "AudienceRestriction"):
			restrictions++
			fit = v.audience(a, t, c) && fit
		case t.is(c, nsAssertion, "OneTimeUse"), t.is(c, nsAssertion, "ProxyRestriction"):
			// Every assertion is used once here, and we pass none on.
		default:
			v.fail(checkConditions, &Error{Reason: UnknownCondition, Want: "AudienceRestriction, OneTimeUse or ProxyRestriction", Got: t.local(c)})
		}
	}
	switch {
	case restrictions == 0:
		v.fail(checkAudience, &Error{Reason: WrongAudience, Want: v.opts.Trust.EntityIDs[0], Got: "no AudienceRestriction"})
	case fit:
		v.pass(checkAudience, v.opts.Trust.EntityIDs[0], a.audience)
	}
}

// window checks NotBefore and NotOnOrAfter.
func (v *verifier) window(t *tree, at int32) bool {
	var from, until time.Time
	rawFrom, hasFrom := t.attr(at, "NotBefore")
	rawUntil, hasUntil := t.attr(at, "NotOnOrAfter")
	ok := true
	if hasFrom {
		from, ok = parseTime(rawFrom)
	}
	if hasUntil && ok {
		until, ok = parseTime(rawUntil)
	}
	switch {
	case !ok:
		v.fail(checkConditions, malformed("times in Conditions", rawFrom+" and "+rawUntil))
	case hasFrom && from.After(v.now.Add(v.skew)):
		v.fail(checkConditions, &Error{Reason: NotYetValid, Want: "NotBefore not after " + v.clock(v.skew), Got: rawFrom})
	case hasUntil && !v.now.Before(until.Add(v.skew)):
		v.fail(checkConditions, &Error{Reason: Expired, Want: "NotOnOrAfter after " + v.clock(-v.skew), Got: rawUntil})
	default:
		v.pass(checkConditions, "", rawUntil)
		return true
	}
	return false
}

// audience wants one of our entity IDs among those of one restriction.
func (v *verifier) audience(a *Assertion, t *tree, restriction int32) bool {
	var seen []string
	for c := range t.elements(restriction) {
		got, ok := t.text(c)
		if !ok || !t.is(c, nsAssertion, "Audience") {
			v.fail(checkAudience, malformed("Audience elements with text", t.local(c)))
			return false
		}
		if slices.Contains(v.opts.Trust.EntityIDs, got) {
			a.audience = strings.Clone(got)
			return true
		}
		seen = append(seen, clip(got))
	}
	v.fail(checkAudience, &Error{Reason: WrongAudience, Want: strings.Join(v.opts.Trust.EntityIDs, " or "), Got: strings.Join(seen, ", ")})
	return false
}

// authn reads the AuthnStatements (SAML Core section 2.7.2).
func (v *verifier) authn(a *Assertion, t *tree, statements []int32) {
	found := false
	for _, s := range statements {
		if !t.is(s, nsAssertion, "AuthnStatement") {
			continue
		}
		if raw, present := t.attr(s, "SessionNotOnOrAfter"); present {
			until, ok := parseTime(raw)
			switch {
			case !ok:
				v.fail(checkAuthn, malformed("a SessionNotOnOrAfter", raw))
			case !v.now.Before(until):
				v.fail(checkAuthn, &Error{Reason: SessionExpired, Want: "SessionNotOnOrAfter after " + v.clock(0), Got: raw})
			case a.sessionNotAfter.IsZero() || until.Before(a.sessionNotAfter):
				a.sessionNotAfter = until
			}
		}
		if found {
			continue // the first statement speaks; the others can only shorten
		}
		found = true
		v.statement(a, t, s)
	}
	switch {
	case found:
	case v.opts.Trust.AllowMissingAuthnStatement:
		v.skip(checkAuthn, "none, which the connection allows")
	default:
		v.fail(checkAuthn, &Error{Reason: NoAuthnStatement, Want: "an AuthnStatement", Got: "none"})
		return
	}
	v.context(a)
}

func (v *verifier) statement(a *Assertion, t *tree, s int32) {
	raw, _ := t.attr(s, "AuthnInstant")
	instant, ok := parseTime(raw)
	switch {
	case !ok:
		v.fail(checkAuthn, malformed("an AuthnInstant", raw))
	case instant.After(v.now.Add(v.skew)):
		v.fail(checkAuthn, &Error{Reason: NotYetValid, Want: "AuthnInstant not after " + v.clock(v.skew), Got: raw})
	default:
		v.pass(checkAuthn, "", raw)
	}
	a.authnInstant = instant
	index, _ := t.attr(s, "SessionIndex")
	a.sessionIndex = strings.Clone(index)
	if context := t.child(s, nsAssertion, "AuthnContext"); context >= 0 {
		if ref := t.child(context, nsAssertion, "AuthnContextClassRef"); ref >= 0 {
			text, _ := t.text(ref)
			a.authnContext = strings.Clone(strings.TrimSpace(text))
		}
	}
}

// context enforces what our request demanded: the identity provider was asked,
// and its answer counts, not our asking.
func (v *verifier) context(a *Assertion) {
	r := v.request
	switch {
	case r == nil || len(r.RequestedAuthnContext) == 0 && !r.ForceAuthn:
		v.skip(checkContext, "nothing was demanded")
	case len(r.RequestedAuthnContext) > 0 && !slices.Contains(r.RequestedAuthnContext, a.authnContext):
		v.fail(checkContext, &Error{Reason: WrongAuthnContext, Want: strings.Join(r.RequestedAuthnContext, " or "), Got: a.authnContext})
	case r.ForceAuthn && a.authnInstant.Before(r.IssuedAt.Add(-v.skew)):
		v.fail(checkContext, &Error{Reason: StaleAuthentication, Want: "an AuthnInstant not before the request of " + r.IssuedAt.UTC().Format(time.RFC3339), Got: a.authnInstant.UTC().Format(time.RFC3339)})
	default:
		v.pass(checkContext, strings.Join(r.RequestedAuthnContext, " or "), a.authnContext)
	}
}
