package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/saml"
)

// Arrival is a response as it came to an assertion consumer service.
type Arrival struct {
	SAMLResponse string // the form field, still base64
	Target       string // where an unsolicited one leads; checked by the caller
	ClientIP     string
}

// Arrived is an accepted response.
type Arrived struct {
	Session *Session
	Token   string // goes into the arrival cookie, never into an address
	Bounce  bool   // nothing was recorded: begin a fresh sign-in to Target instead
	Target  string
}

// Receive verifies a response and records the sign-in. A refusal is *Refused;
// any other error is our own failure. The session of an earlier sign-in in
// the same browser stays: the response comes from another site, without our
// cookies, so only the step behind Complete can know of it.
func (m *Manager) Receive(ctx context.Context, c *idp.Connection, a Arrival) (*Arrived, error) {
	now := time.Now()
	known := refusedSignIn{
		idp: c.Provider.Slug, clientIP: a.ClientIP, target: a.Target,
		response: response{provider: c.Provider, field: a.SAMLResponse, at: now},
	}
	if !c.Active() {
		return nil, m.refuse(ctx, known, notInUse(c))
	}
	v, err := m.verify(ctx, c, a.SAMLResponse, now)
	if v != nil && v.pending != nil {
		known.flow, known.target, known.response.pending = Solicited, v.pending.Target, v.pending
	}
	if err != nil {
		return nil, m.refusalOf(ctx, known, err, "verify a response")
	}
	known.flow = v.flow()
	if v.pending == nil && c.Provider.Settings.Unsolicited == idp.UnsolicitedBounce {
		return &Arrived{Bounce: true, Target: known.target}, nil
	}
	known.person = v.assertion.NameID().Value

	out, err := m.consider(ctx, c.Provider, v.assertion, now)
	if out != nil {
		known.dropped = out.dropped
	}
	if err != nil {
		return nil, m.refusalOf(ctx, known, err, "consider a sign-in")
	}
	token := newToken()
	in := signIn(c.Provider, v, out, known, hashToken(token), now)
	in.Recording = m.recordAccepted(ctx, known)
	if err := m.store.RecordSignIn(ctx, in); err != nil {
		return nil, m.refusalOf(ctx, known, withTrail(v.assertion, err), "record a sign-in")
	}
	return &Arrived{Session: in.Session, Token: token, Target: known.target}, nil
}

// refusalOf saves and gives a refusal where err is one; any other error is
// wrapped with what was being done.
func (m *Manager) refusalOf(ctx context.Context, known refusedSignIn, err error, doing string) error {
	failed := asRefusal(err)
	if failed == nil {
		return fmt.Errorf("%s of connection %s: %w", doing, known.idp, err)
	}
	if known.person == "" {
		known.person = failed.NameID // signed, though refused
	}
	return m.refuse(ctx, known, failed)
}

// withTrail completes a refusal of the store with every check made so far.
func withTrail(a *saml.Assertion, err error) error {
	failed := asRefusal(err)
	if failed == nil {
		return err
	}
	complete := *failed
	complete.Checks = trail(a.Checks(), checkOf(failed.Reason), failed)
	return &complete
}

func trustNumber(p *idp.Provider) int {
	if p.Live == nil {
		return 0
	}
	return p.Live.Number
}

// signIn gathers what is to be recorded.
func signIn(p *idp.Provider, v *verified, out *considered, known refusedSignIn, tokenHash []byte, now time.Time) *SignIn {
	a := v.assertion
	s := &Session{
		ID:              newID(),
		TokenHash:       tokenHash,
		Kind:            Person,
		IDP:             p.Slug,
		NameID:          a.NameID(),
		SubType:         subType(a.NameID().Format),
		Issuer:          a.Issuer(),
		SessionIndex:    a.SessionIndex(),
		AuthnContext:    a.AuthnContextClassRef(),
		AuthnInstant:    a.AuthnInstant(),
		Tags:            out.tags,
		Roles:           out.roles,
		RoleSessionName: out.roleSessionName,
		SourceIdentity:  out.sourceIdentity,
		Duration:        out.duration,
		GroupsJSON:      groupsJSON(a.Attributes()),
		Trust:           trustNumber(p),
		Target:          known.target,
		Completed:       v.pending == nil,
		BeganAt:         now,
		ExpiresAt:       out.expires,
	}
	in := &SignIn{
		Session:       s,
		AssertionID:   a.ID(),
		UsedUntil:     a.Expires(),
		CreateUser:    out.create,
		Mappings:      p.Settings.TagMappings,
		PersonVersion: out.version,
		Event:         audit.New(audit.SessionBegan, ""), // the store knows whose it is
	}
	in.Event.IDP, in.Event.ClientIP = p.Slug, known.clientIP
	in.Event.Detail = out.detail(known.flow)
	if v.pending != nil {
		in.RequestID = v.pending.RequestID
		s.BrowserHash = v.pending.BrowserHash
	}
	return in
}
