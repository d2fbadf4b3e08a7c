package testidp

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Logout is one logout message to be made: a LogoutRequest, or the answer to
// one. The zero value of each field is what an ordinary provider does.
type Logout struct {
	Destination string // the service provider's single logout service; required
	Post        bool   // by HTTP-POST; else by HTTP-Redirect
	RelayState  string

	InResponseTo string // ID of the request that it answers; "": it is a request
	Status       string // of an answer: "", "Responder", "Success/PartialLogout", ...

	NameID         string // of a request; required there
	Format         string // "": emailAddress
	SessionIndexes []string

	ID     string    // "": a fresh one
	Issuer string    // "": this provider
	Now    time.Time // zero: the current time

	Unsigned bool
	Foreign  bool // signed by somebody else's key
}

// SentLogout is a logout message on its way. One of the two is there.
type SentLogout struct {
	Query string     // HTTP-Redirect: the raw query
	Form  url.Values // HTTP-POST
}

// Logout makes a logout message, signed as its binding wants it.
func (p *IDP) Logout(l Logout) (*SentLogout, error) {
	s, err := p.logoutSigning(l.Foreign)
	if err != nil {
		return nil, err
	}
	name, message := p.logoutMessage(l)
	if !l.Post {
		query, err := s.query(name, message.plain(), l)
		return &SentLogout{Query: query}, err
	}
	out := message.plain()
	if !l.Unsigned {
		signature, err := s.element(message.id, out)
		if err != nil {
			return nil, err
		}
		out = message.signed(signature, SignatureAfterIssuer)
	}
	form := url.Values{name: {base64.StdEncoding.EncodeToString([]byte(out))}}
	if l.RelayState != "" {
		form.Set("RelayState", l.RelayState)
	}
	return &SentLogout{Form: form}, nil
}

func (p *IDP) logoutSigning(foreign bool) (signing, error) {
	s, err := p.signing("", "", KeyInfoOwn)
	if err != nil || !foreign {
		return s, err
	}
	s.key, err = p.foreign()
	return s, err
}

// logoutMessage gives the parameter and the element in canonical form.
func (p *IDP) logoutMessage(l Logout) (name string, e element) {
	if l.ID == "" {
		l.ID = newID()
	}
	if l.Issuer == "" {
		l.Issuer = p.EntityID()
	}
	if l.Now.IsZero() {
		l.Now = time.Now()
	}
	if l.Format == "" {
		l.Format = formatEmail
	}
	name, kind := "SAMLRequest", "LogoutRequest"
	if l.InResponseTo != "" {
		name, kind = "SAMLResponse", "LogoutResponse"
	}
	e = element{
		id: l.ID,
		open: `<samlp:` + kind + ` xmlns:samlp="` + nsProtocol + `"` + attr("Destination", l.Destination) + attr("ID", l.ID) +
			attr("InResponseTo", l.InResponseTo) + attr("IssueInstant", timestamp(l.Now)) + attr("Version", "2.0") + `>`,
		first: `<saml:Issuer xmlns:saml="` + nsAssertion + `">` + text(l.Issuer) + `</saml:Issuer>`,
		close: `</samlp:` + kind + `>`,
	}
	if l.InResponseTo != "" {
		e.rest = logoutStatus(l.Status)
		return name, e
	}
	e.rest = `<saml:NameID xmlns:saml="` + nsAssertion + `"` + attr("Format", l.Format) + `>` + text(l.NameID) + `</saml:NameID>`
	for _, index := range l.SessionIndexes {
		e.rest += `<samlp:SessionIndex>` + text(index) + `</samlp:SessionIndex>`
	}
	return name, e
}

func logoutStatus(status string) string {
	if status == "" {
		status = "Success"
	}
	top, second, _ := strings.Cut(status, "/")
	out := `<samlp:Status><samlp:StatusCode` + attr("Value", statusPrefix+top) + `>`
	if second != "" {
		out += `<samlp:StatusCode` + attr("Value", statusPrefix+second) + `></samlp:StatusCode>`
	}
	return out + `</samlp:StatusCode></samlp:Status>`
}

// query deflates a message and signs the octets as they travel (SAML Bindings
// section 3.4.4.1).
func (s signing) query(name, message string, l Logout) (string, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return "", fmt.Errorf("deflate: %w", err)
	}
	if _, err := w.Write([]byte(message)); err != nil {
		return "", fmt.Errorf("deflate: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("deflate: %w", err)
	}
	query := name + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
	if l.RelayState != "" {
		query += "&RelayState=" + url.QueryEscape(l.RelayState)
	}
	if l.Unsigned {
		return query, nil
	}
	query += "&SigAlg=" + url.QueryEscape(s.method.uri)
	value, err := s.key.sign(s.method.hash, sum(s.method.hash, query))
	if err != nil {
		return "", err
	}
	return query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(value)), nil
}
