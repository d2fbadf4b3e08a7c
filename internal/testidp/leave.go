package testidp

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// leave answers a LogoutRequest with success: nobody has a session here. It
// does not check who asks, like the rest of this provider, but answers at an
// address that it knows.
func (p *IDP) leave(w http.ResponseWriter, r *http.Request) {
	to, err := p.answerLogout(r)
	if err != nil {
		p.handle(func(*http.Request) (*page, error) { return nil, err })(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusFound)
}

func (p *IDP) answerLogout(r *http.Request) (string, error) {
	query := r.URL.Query()
	packed, err := base64.StdEncoding.DecodeString(query.Get("SAMLRequest"))
	if err != nil || len(packed) == 0 {
		return "", errors.New("there is no SAMLRequest in base64 here")
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), 1<<20))
	if err != nil {
		return "", fmt.Errorf("inflate SAMLRequest: %w", err)
	}
	var message struct {
		XMLName xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:protocol LogoutRequest"`
		ID      string   `xml:"ID,attr"`
		Issuer  string   `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
	}
	if err := xml.Unmarshal(raw, &message); err != nil {
		return "", fmt.Errorf("parse LogoutRequest: %w", err)
	}
	sps, err := p.serviceProviders()
	if err != nil {
		return "", err
	}
	for _, sp := range sps {
		if sp.EntityID != strings.TrimSpace(message.Issuer) || sp.SLO == "" {
			continue
		}
		sent, err := p.Logout(Logout{Destination: sp.SLO, InResponseTo: message.ID, RelayState: query.Get("RelayState")})
		if err != nil {
			return "", err
		}
		return sp.SLO + "?" + sent.Query, nil
	}
	return "", errors.New("no service provider of that name takes part in single logout")
}
