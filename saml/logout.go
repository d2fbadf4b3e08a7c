package saml

import "time"

// LogoutMessage is a LogoutRequest or LogoutResponse as it came. The caller
// says which of the two it expects by what it calls.
type LogoutMessage struct {
	Binding string // BindingRedirect or BindingPOST

	// Query is the raw query of the URL, never decoded or put together again:
	// the signature of HTTP-Redirect covers its octets. With HTTP-POST it may
	// be given too, and must hold no message then.
	Query string

	// Field is the form field SAMLRequest or SAMLResponse, by HTTP-POST. A form
	// with both, or with one of them twice, is for the caller to refuse.
	Field      string
	RelayState string // HTTP-POST: the form field; HTTP-Redirect reads that of Query
}

// LogoutOptions are the circumstances of one logout message. A message is
// judged by Trust as a response is: issuer, certificates, clock skew, age and
// switches, and the keys for an EncryptedID. NameID formats are not: a session
// is found by what it was begun with.
type LogoutOptions struct {
	Trust   *Trust
	SLOURLs []string  // ours; any of them is a right Destination; at least one
	Now     time.Time // zero: the current time

	// InResponseTo is the ID of our LogoutRequest that is waiting for its
	// answer; "" where none is, which refuses every LogoutResponse.
	InResponseTo string

	// Waiting takes the place of InResponseTo where it is set: it reports whether
	// the request that an answer names is waiting. It is called at most once, with
	// a value that is signed, in a message that nothing else refuses so far. An
	// error is given back as it stands.
	Waiting func(id string) (bool, error)
}

// LogoutRequest is the receipt for a request that passed every check: the
// identity provider of the connection asks us to end sessions (SAML Core
// section 3.7.1). Only VerifyLogoutRequest makes one. That its ID was not seen
// before is for the caller to check.
type LogoutRequest struct {
	sealed bool
	logoutFacts

	nameID    NameID
	encrypted bool
	sessions  []string
	reason    string
	until     time.Time
	expires   time.Time
}

// LogoutResponse is the receipt for the answer to a LogoutRequest of ours
// (SAML Core section 3.7.2). Only VerifyLogoutResponse makes one. It is
// genuine, which does not mean that anything was ended: see Status.
type LogoutResponse struct {
	sealed bool
	logoutFacts

	inResponseTo string
	status       LogoutStatus
}

// logoutFacts are what both messages say.
type logoutFacts struct {
	id           string
	issuer       string
	relayState   string
	issueInstant time.Time
	checks       []Check
}

func (f *logoutFacts) ID() string              { return f.id }
func (f *logoutFacts) Issuer() string          { return f.issuer }
func (f *logoutFacts) IssueInstant() time.Time { return f.issueInstant }

// RelayState came with the message. HTTP-Redirect signs it; HTTP-POST does
// not: treat it as a stranger's word, and give a request's back unchanged.
func (f *logoutFacts) RelayState() string { return f.relayState }

// Checks are the checks that were passed, in order.
func (f *logoutFacts) Checks() []Check { return f.checks }

// Valid reports whether q came from VerifyLogoutRequest.
func (q *LogoutRequest) Valid() bool { return q != nil && q.sealed }

// NameID is whom the request names, qualifiers included. Entra names people
// differently here than in its assertions: there SessionIndexes decide.
func (q *LogoutRequest) NameID() NameID { return q.nameID }

// NameIDEncrypted reports whether the NameID came as an EncryptedID.
func (q *LogoutRequest) NameIDEncrypted() bool { return q.encrypted }

// SessionIndexes are the sessions to end, in document order, none of them "".
// Empty means all sessions of the NameID (SAML Core section 3.7.3.2).
func (q *LogoutRequest) SessionIndexes() []string { return q.sessions }

// Reason is a URI, such as urn:oasis:names:tc:SAML:2.0:logout:user; "" where
// none is given.
func (q *LogoutRequest) Reason() string { return q.reason }

// NotOnOrAfter is when the request itself ends; zero where it does not say.
func (q *LogoutRequest) NotOnOrAfter() time.Time { return q.until }

// Expires is when the request can no longer pass, skew included. Until then
// its ID must be remembered with the connection, and refused a second time.
func (q *LogoutRequest) Expires() time.Time { return q.expires }

// Valid reports whether r came from VerifyLogoutResponse.
func (r *LogoutResponse) Valid() bool { return r != nil && r.sealed }

// InResponseTo is the ID of the request of ours that it answers; that one is
// no longer waiting.
func (r *LogoutResponse) InResponseTo() string { return r.inResponseTo }

// Status is what the identity provider says it did.
func (r *LogoutResponse) Status() LogoutStatus { return r.status }

// LogoutStatus is the Status of a LogoutResponse (SAML Core section 3.2.2).
type LogoutStatus struct {
	Code    string // top level, a URI
	Second  string // second level, a URI; "" where there is none
	Message string // for administrators, at most 200 bytes
}

// Success reports whether every session was ended, here and elsewhere.
func (s LogoutStatus) Success() bool {
	return s.Code == statusSuccess && s.Second != statusPartialLogout
}

// Partial reports whether the identity provider ended its own session and
// could not end all others. Implementations disagree about the level of this
// status.
func (s LogoutStatus) Partial() bool {
	return s.Second == statusPartialLogout || s.Code == statusPartialLogout
}
