package saml

import (
	"slices"
	"strconv"
	"strings"
)

// judgeMessage asks what both messages must say of themselves.
func (v *logoutVerifier) judgeMessage(f *logoutFacts) {
	t := v.response
	id, _ := t.attr(root, "ID")
	if id == "" || len(id) > maxIdentifier {
		v.fail(checkMessage, malformed("a "+v.kind+" with an ID", "one without"))
	}
	f.id = strings.Clone(id)
	f.relayState = strings.Clone(v.state)
	v.version(t, root)
	f.issueInstant = v.issueInstant(t, root, checkIssued)
	urls := v.logout.SLOURLs
	switch dest, present := t.attr(root, "Destination"); {
	case !present:
		v.fail(checkDest, &Error{Reason: WrongDestination, Want: urls[0], Got: "no Destination, which a signed message must have"})
	case !slices.Contains(urls, dest):
		v.fail(checkDest, &Error{Reason: WrongDestination, Want: strings.Join(urls, " or "), Got: dest})
	default:
		v.pass(checkDest, urls[0], dest)
	}
	f.issuer = strings.Clone(v.issuer(t, v.parts.issuer, v.kind, checkIssuer))
}

// judgeRequest reads the verified LogoutRequest and nothing else.
func (v *logoutVerifier) judgeRequest(q *LogoutRequest) {
	t := v.response
	v.judgeMessage(&q.logoutFacts)
	v.ends(q)
	if reason, _ := t.attr(root, "Reason"); len(reason) > maxIdentifier {
		v.fail(checkMessage, malformed("a Reason that is a URI", clip(reason)))
	} else {
		q.reason = strings.Clone(reason)
	}
	v.person(q)
	v.indexes(q)
}

// ends reads NotOnOrAfter, and says how long the ID must be remembered: for
// as long as the message could pass under any clock skew that may be set
// meanwhile.
func (v *logoutVerifier) ends(q *LogoutRequest) {
	age := v.logout.Trust.MaxAge
	if age <= 0 {
		age = defaultAge
	}
	q.expires = q.issueInstant.Add(age + maxSkew)
	raw, present := v.response.attr(root, "NotOnOrAfter")
	if !present {
		v.skip(checkUntil, "the request does not say when it ends")
		return
	}
	until, ok := parseTime(raw)
	switch {
	case !ok:
		v.fail(checkUntil, malformed("a NotOnOrAfter", raw))
		return
	case !v.now.Before(until.Add(v.skew)):
		v.fail(checkUntil, &Error{Reason: Expired, Want: "NotOnOrAfter after " + v.clock(-v.skew), Got: raw})
		return
	}
	v.pass(checkUntil, "", raw)
	q.until = until
	if end := until.Add(maxSkew); end.Before(q.expires) {
		q.expires = end
	}
}

// person reads the NameID. Its format is not judged: only a session that was
// begun with the same one can be meant.
func (v *logoutVerifier) person(q *LogoutRequest) {
	q.encrypted = v.response.child(root, nsAssertion, "EncryptedID") >= 0
	n, ok := v.readNameID(v.response, root)
	if !q.encrypted {
		v.skip(checkDecrypt, "the NameID is not encrypted")
	} else if ok {
		v.pass(checkDecrypt, "", "")
	}
	if !ok {
		return
	}
	if !usableNameID(n.Value) {
		v.fail(checkNameID, invalidNameID(n.Value))
		return
	}
	q.nameID, v.named = n, n.Value
	v.pass(checkNameID, "", commonFormat(n.Format))
}

// indexes reads the SessionIndexes. An empty one would fit every session that
// was begun without.
func (v *logoutVerifier) indexes(q *LogoutRequest) {
	if len(v.parts.sessions) == 0 {
		v.skip(checkSessions, "none: all sessions of the NameID are meant")
		return
	}
	if len(v.parts.sessions) > maxSessionIndexes {
		v.fail(checkSessions, &Error{Reason: TooLarge, Want: "at most " + strconv.Itoa(maxSessionIndexes) + " SessionIndexes", Got: strconv.Itoa(len(v.parts.sessions))})
		return
	}
	for _, at := range v.parts.sessions {
		index, ok := v.response.text(at)
		if !ok || index == "" || len(index) > maxIdentifier || !printable(index) {
			v.fail(checkSessions, malformed("SessionIndexes of 1 to 1024 printable bytes", clip(index)))
			return
		}
		q.sessions = append(q.sessions, strings.Clone(index))
	}
	v.pass(checkSessions, "", strconv.Itoa(len(q.sessions)))
}

// judgeAnswer reads the verified LogoutResponse and nothing else.
func (v *logoutVerifier) judgeAnswer(r *LogoutResponse) {
	v.judgeMessage(&r.logoutFacts)
	v.answers(r)
	status, err := readLogoutStatus(v.response, v.parts.status)
	if err != nil {
		v.fail(checkStat, err)
		return
	}
	r.status = status
	v.pass(checkStat, "", clip(status.Code))
}

// answers holds the answer against the request that is waiting for it.
func (v *logoutVerifier) answers(r *LogoutResponse) {
	got, _ := v.response.attr(root, "InResponseTo")
	waits := got != "" && got == v.logout.InResponseTo
	if v.logout.Waiting != nil {
		if v.failed != nil {
			// Refused already: a stranger's guess is not worth a look-up.
			v.note(checkRequest, NotReached, "", got)
			return
		}
		waits = false
		if got != "" && len(got) <= maxIdentifier {
			waits, v.lookup = v.logout.Waiting(strings.Clone(got))
		}
	}
	if !waits {
		v.fail(checkRequest, &Error{Reason: UnknownRequest, Want: "the ID of the LogoutRequest that is waiting", Got: got})
		return
	}
	r.inResponseTo = strings.Clone(got)
	v.pass(checkRequest, r.inResponseTo, r.inResponseTo)
}

// readLogoutStatus takes a Status as it is: that a logout failed elsewhere is
// news, not a reason to refuse the messenger.
func readLogoutStatus(t *tree, at int32) (LogoutStatus, *Error) {
	var s LogoutStatus
	if at < 0 {
		return s, malformed("a LogoutResponse with a Status", "one without")
	}
	code := t.child(at, nsProtocol, "StatusCode")
	if code < 0 {
		return s, malformed("a Status with one StatusCode", "another Status")
	}
	value, _ := t.attr(code, "Value")
	second := t.child(code, nsProtocol, "StatusCode")
	inner := ""
	if second >= 0 {
		inner, _ = t.attr(second, "Value")
	}
	if value == "" || len(value) > maxIdentifier || len(inner) > maxIdentifier || second == -2 {
		return s, malformed("a StatusCode with a Value, and one below it at most", "another")
	}
	if message := t.child(at, nsProtocol, "StatusMessage"); message >= 0 {
		text, _ := t.text(message)
		s.Message = strings.Clone(clip(strings.TrimSpace(text)))
	}
	s.Code, s.Second = strings.Clone(value), strings.Clone(inner)
	return s, nil
}

// passed is the list of checks of a message that was accepted.
func (v *logoutVerifier) passed() []Check { return v.checks[:v.n:v.n] }
