package saml

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	logoutRequest  = "LogoutRequest"
	logoutResponse = "LogoutResponse"
)

// logoutLimits are narrow: a logout message names one person and a few
// sessions.
var logoutLimits = limits{
	bytes: 256 << 10, depth: 32, elements: 2000, attrs: 4000, attrsElement: 32,
	name: 256, text: 64 << 10, inScope: 256,
}

const (
	maxLogoutField    = 4 * (256<<10 + 2) / 3 * 21 / 20
	maxIncomingState  = 1 << 10 // bytes of RelayState; we send 80 at most
	maxSessionIndexes = 256
	maxIdentifier     = 1 << 10 // bytes of an ID, a SessionIndex, a Reason
)

// VerifyLogoutRequest decides whether a LogoutRequest may end sessions: it is
// signed by the identity provider of the connection, and meant for us, now
// (SAML Profiles section 4.4). A refusal is an *Error. The request says
// nothing about whether it was used before; the caller remembers its ID until
// it expires.
func VerifyLogoutRequest(m LogoutMessage, o LogoutOptions) (*LogoutRequest, error) {
	q := &LogoutRequest{}
	v, err := verifyLogout(logoutRequest, &m, &o, func(v *logoutVerifier) { v.judgeRequest(q) })
	if err != nil {
		return nil, err
	}
	q.sealed = true
	q.checks = v.passed()
	return q, nil
}

// VerifyLogoutResponse decides whether a LogoutResponse answers the request of
// ours that o names. A refusal is an *Error; an answer that says that the
// logout failed is none.
func VerifyLogoutResponse(m LogoutMessage, o LogoutOptions) (*LogoutResponse, error) {
	r := &LogoutResponse{}
	v, err := verifyLogout(logoutResponse, &m, &o, func(v *logoutVerifier) { v.judgeAnswer(r) })
	if err != nil {
		return nil, err
	}
	r.sealed = true
	r.checks = v.passed()
	return r, nil
}

// logoutVerifier takes one logout message through the doors.
type logoutVerifier struct {
	verifier
	kind    string // the element that must be the root
	message *LogoutMessage
	logout  *LogoutOptions
	parts   logoutParts
	state   string // RelayState
	named   string // whom the signed request names
	lookup  error  // of LogoutOptions.Waiting
}

func verifyLogout(kind string, m *LogoutMessage, o *LogoutOptions, judge func(*logoutVerifier)) (v *logoutVerifier, err error) {
	if o.Trust == nil || len(o.Trust.Certificates) == 0 || o.Trust.IDPEntityID == "" || len(o.SLOURLs) == 0 {
		return nil, errors.New("saml: verify logout: the connection has no trust to verify against")
	}
	if m.Binding != BindingRedirect && m.Binding != BindingPOST {
		return nil, fmt.Errorf("saml: verify logout: binding %q is neither HTTP-Redirect nor HTTP-POST", clip(m.Binding))
	}
	v = &logoutVerifier{kind: kind, message: m, logout: o}
	v.opts, v.now, v.order = &VerifyOptions{Trust: o.Trust}, o.Now, logoutRequestOrder[:]
	if kind == logoutResponse {
		v.order = logoutResponseOrder[:]
	}
	if v.now.IsZero() {
		v.now = time.Now()
	}
	v.setSkew()
	defer func() {
		if p := recover(); p != nil {
			v.fail(checkXML, &Error{Reason: Malformed, Want: "a document that can be read", Got: "one that broke the reader", Err: fmt.Errorf("panic: %v", p)})
			err = v.verdict()
		}
	}()
	if open := v.open(); open == nil {
		judge(v)
	}
	v.release() // not after a panic: nobody knows what was being read
	if v.lookup != nil {
		return nil, v.lookup
	}
	if verdict := v.verdict(); verdict != nil {
		verdict.NameID = v.named
		return nil, verdict
	}
	return v, nil
}

// open gets at the message: v.response is a tree whose every byte the
// identity provider signed.
func (v *logoutVerifier) open() *Error {
	if v.message.Binding == BindingRedirect {
		return v.openRedirect()
	}
	return v.openPOST()
}

// openPOST reads the form field: the signature stands in the message and
// covers its root (SAML Bindings section 3.5.4).
func (v *logoutVerifier) openPOST() *Error {
	v.state = v.message.RelayState
	raw, err := v.readForm()
	if err != nil {
		return v.refuse(checkSize, err)
	}
	t, err := v.scan(string(raw))
	if err != nil {
		return err
	}
	if v.parts.signature < 0 {
		return v.refuse(checkSignature, &Error{Reason: Unsigned, Want: "a signature over the " + v.kind, Got: "none"})
	}
	sealed, sig, err := verifyElement(t, root, v.parts.signature, v.logout.Trust, v.now)
	if err == nil {
		v.keep(sealed)
		v.parts, err = guardLogout(sealed, v.kind)
	}
	if err == nil && v.parts.signature >= 0 {
		err = badShape("one signature over the "+v.kind, "another one inside the first")
	}
	if err != nil {
		return v.refuse(checkSignature, err)
	}
	v.pass(checkSignature, "", sig.algorithm)
	v.response, v.signed = sealed, true
	return nil
}

func (v *logoutVerifier) readForm() ([]byte, *Error) {
	m := v.message
	switch q, err := splitQuery(m.Query); {
	case err != nil:
		return nil, err
	case q.any:
		return nil, malformed("a message in the form alone", "another in the URL")
	case len(m.Field) > maxLogoutField:
		return nil, &Error{Reason: TooLarge, Want: "a form field of at most " + strconv.Itoa(maxLogoutField) + " bytes", Got: strconv.Itoa(len(m.Field)) + " bytes"}
	case len(m.RelayState) > maxIncomingState:
		return nil, longState(m.RelayState)
	}
	raw, ok := decodeBase64(m.Field, true)
	if !ok || len(raw) == 0 {
		return nil, &Error{Reason: NotBase64, Want: "a message in base64", Got: "something else"}
	}
	return raw, nil
}

// scan reads a document and looks at its shape, as far as that can refuse it.
func (v *logoutVerifier) scan(src string) (*tree, *Error) {
	t, err := scan(src, &logoutLimits, nil)
	if err != nil {
		name := checkXML
		if err.Reason == TooLarge {
			name = checkSize
		}
		return nil, v.refuse(name, err)
	}
	v.keep(t)
	v.pass(checkSize, "", "")
	v.pass(checkXML, "", "")
	if v.parts, err = guardLogout(t, v.kind); err != nil {
		return nil, v.refuse(checkMessage, err)
	}
	v.pass(checkMessage, "", "")
	return t, nil
}

// refuse notes a failure and gives it back.
func (v *logoutVerifier) refuse(check string, err *Error) *Error {
	v.fail(check, err)
	return err
}

func longState(state string) *Error {
	return &Error{Reason: TooLarge, Want: "a RelayState of at most " + strconv.Itoa(maxIncomingState) + " bytes", Got: strconv.Itoa(len(state)) + " bytes"}
}
