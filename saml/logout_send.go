package saml

import (
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"
)

// NewLogoutRequest asks an identity provider to end a person's sessions (SAML
// Core section 3.7.1).
type NewLogoutRequest struct {
	ID           string // begins with a letter or underscore; remember it for the answer
	IssueInstant time.Time
	NotOnOrAfter time.Time // zero: not said
	Issuer       string    // our entity ID
	Endpoint     Endpoint  // the identity provider's single logout service

	// NameID and SessionIndexes are those of the assertion, to the letter.
	NameID         NameID
	SessionIndexes []string // empty: all sessions of the NameID

	RelayState string  // opaque, at most 80 bytes
	Signer     *Signer // always: unsigned ones are not sent
}

// NewLogoutResponse answers a LogoutRequest (SAML Core section 3.7.2).
type NewLogoutResponse struct {
	ID           string // begins with a letter or underscore
	InResponseTo string // the request's ID
	IssueInstant time.Time
	Issuer       string   // our entity ID
	Endpoint     Endpoint // the identity provider's; its ResponseLocation counts where it has one
	Partial      bool     // some sessions could not be ended
	RelayState   string   // the request's, unchanged
	Signer       *Signer  // always: unsigned ones are not sent
}

// Message renders the request for its binding, signed (SAML Bindings sections
// 3.4 and 3.5).
func (q *NewLogoutRequest) Message() (*RequestMessage, error) {
	err := q.check()
	if err != nil {
		return nil, fmt.Errorf("render logout request %s: %w", q.ID, err)
	}
	o := outgoing{root: q.element(), parameter: "SAMLRequest", location: q.Endpoint.Location, relayState: q.RelayState, signer: q.Signer}
	m, err := o.message(q.Endpoint.Binding)
	if err != nil {
		return nil, fmt.Errorf("render logout request %s: %w", q.ID, err)
	}
	return m, nil
}

// Message renders the answer for its binding, signed.
func (r *NewLogoutResponse) Message() (*RequestMessage, error) {
	err := r.check()
	if err != nil {
		return nil, fmt.Errorf("render logout response %s: %w", r.ID, err)
	}
	o := outgoing{root: r.element(), parameter: "SAMLResponse", location: r.location(), relayState: r.RelayState, signer: r.Signer}
	m, err := o.message(r.Endpoint.Binding)
	if err != nil {
		return nil, fmt.Errorf("render logout response %s: %w", r.ID, err)
	}
	return m, nil
}

func (q *NewLogoutRequest) check() error {
	if err := checkLogout(q.ID, q.Issuer, q.IssueInstant, q.Endpoint.Location, q.Signer); err != nil {
		return err
	}
	if !q.NotOnOrAfter.IsZero() && !q.NotOnOrAfter.After(q.IssueInstant) {
		return errors.New("the request would end before it is made")
	}
	if len(q.RelayState) > maxRelayState {
		return fmt.Errorf("the relay state has %d bytes, and at most %d are allowed", len(q.RelayState), maxRelayState)
	}
	if !usableNameID(q.NameID.Value) {
		return errors.New("the NameID is missing or cannot be sent as it is")
	}
	for _, s := range []string{q.NameID.Format, q.NameID.NameQualifier, q.NameID.SPNameQualifier} {
		if !printable(s) {
			return errors.New("the NameID has a qualifier that cannot be sent as it is")
		}
	}
	if len(q.SessionIndexes) > maxSessionIndexes {
		return fmt.Errorf("%d sessions are named, and at most %d are allowed", len(q.SessionIndexes), maxSessionIndexes)
	}
	for _, index := range q.SessionIndexes {
		if index == "" || !printable(index) {
			return errors.New("a SessionIndex is empty or cannot be sent as it is")
		}
	}
	return nil
}

func (r *NewLogoutResponse) check() error {
	if err := checkLogout(r.ID, r.Issuer, r.IssueInstant, r.location(), r.Signer); err != nil {
		return err
	}
	if r.InResponseTo == "" || !printable(r.InResponseTo) {
		return errors.New("the ID of the request that it answers is missing or cannot be sent as it is")
	}
	if len(r.RelayState) > maxIncomingState {
		return fmt.Errorf("the relay state has %d bytes, and at most %d are taken", len(r.RelayState), maxIncomingState)
	}
	return nil
}

func checkLogout(id, issuer string, issued time.Time, location string, s *Signer) error {
	if !isRequestID(id) {
		return errors.New("an ID begins with a letter or an underscore, and goes on with letters, digits and the characters - . _")
	}
	if issuer == "" {
		return errors.New("the issuer is missing")
	}
	if issued.IsZero() {
		return errors.New("the time of issue is missing")
	}
	if s == nil {
		return errors.New("logout messages are always signed, and the signer is missing")
	}
	if err := checkLocation(location); err != nil {
		return fmt.Errorf("single logout service: %w", err)
	}
	return nil
}

// location is where answers go (SAML Metadata section 2.2.2).
func (r *NewLogoutResponse) location() string {
	if r.Endpoint.ResponseLocation != "" {
		return r.Endpoint.ResponseLocation
	}
	return r.Endpoint.Location
}

func (q *NewLogoutRequest) element() *etree.Element {
	r := crewjam.LogoutRequest{
		ID:           q.ID,
		Version:      "2.0",
		IssueInstant: q.IssueInstant.UTC(),
		Destination:  q.Endpoint.Location,
		Issuer:       &crewjam.Issuer{Value: q.Issuer},
		NameID: &crewjam.NameID{Value: q.NameID.Value, Format: q.NameID.Format,
			NameQualifier: q.NameID.NameQualifier, SPNameQualifier: q.NameID.SPNameQualifier},
	}
	if !q.NotOnOrAfter.IsZero() {
		until := q.NotOnOrAfter.UTC()
		r.NotOnOrAfter = &until
	}
	el := r.Element()
	for _, index := range q.SessionIndexes { // the schema type holds one
		e := etree.NewElement("samlp:SessionIndex")
		e.SetText(index)
		el.AddChild(e)
	}
	return el
}

func (r *NewLogoutResponse) element() *etree.Element {
	answer := crewjam.LogoutResponse{
		ID:           r.ID,
		InResponseTo: r.InResponseTo,
		Version:      "2.0",
		IssueInstant: r.IssueInstant.UTC(),
		Destination:  r.location(),
		Issuer:       &crewjam.Issuer{Value: r.Issuer},
		Status:       crewjam.Status{StatusCode: crewjam.StatusCode{Value: statusSuccess}},
	}
	if r.Partial {
		answer.Status.StatusCode.StatusCode = &crewjam.StatusCode{Value: statusPartialLogout}
	}
	return answer.Element()
}
