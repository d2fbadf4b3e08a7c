package testidp

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Request is what the twin reads of an AuthnRequest. It does not check its
// signature: whoever asks is answered, at an address that it knows.
type Request struct {
	ID           string
	Issuer       string
	ACS          string // "": the service provider's default
	Destination  string
	ForceAuthn   bool
	IsPassive    bool
	NameIDFormat string
	AuthnContext []string
	Binding      string // how it came: HTTP-Redirect or HTTP-POST
	RelayState   string
	Signed       bool // a signature is there, good or bad
}

// ParseRequest reads the AuthnRequest that r carries by HTTP-Redirect or
// HTTP-POST (SAML Bindings sections 3.4 and 3.5).
func ParseRequest(r *http.Request) (*Request, error) {
	if err := r.ParseForm(); err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	q := &Request{Binding: "HTTP-POST", RelayState: r.Form.Get("RelayState")}
	raw, err := base64.StdEncoding.DecodeString(r.Form.Get("SAMLRequest"))
	if err != nil || len(raw) == 0 {
		return nil, fmt.Errorf("there is no SAMLRequest in base64 here")
	}
	if r.Method == http.MethodGet {
		q.Binding = "HTTP-Redirect"
		q.Signed = r.Form.Get("Signature") != ""
		if raw, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), 1<<20)); err != nil {
			return nil, fmt.Errorf("inflate SAMLRequest: %w", err)
		}
	}
	var message struct {
		XMLName     xml.Name  `xml:"urn:oasis:names:tc:SAML:2.0:protocol AuthnRequest"`
		ID          string    `xml:"ID,attr"`
		Issuer      string    `xml:"urn:oasis:names:tc:SAML:2.0:assertion Issuer"`
		ACS         string    `xml:"AssertionConsumerServiceURL,attr"`
		Destination string    `xml:"Destination,attr"`
		ForceAuthn  bool      `xml:"ForceAuthn,attr"`
		IsPassive   bool      `xml:"IsPassive,attr"`
		Signature   *struct{} `xml:"http://www.w3.org/2000/09/xmldsig# Signature"`
		Policy      struct {
			Format string `xml:"Format,attr"`
		} `xml:"NameIDPolicy"`
		Context []string `xml:"RequestedAuthnContext>AuthnContextClassRef"`
	}
	if err := xml.Unmarshal(raw, &message); err != nil {
		return nil, fmt.Errorf("parse AuthnRequest: %w", err)
	}
	q.ID, q.Issuer, q.ACS, q.Destination = message.ID, strings.TrimSpace(message.Issuer), message.ACS, message.Destination
	q.ForceAuthn, q.IsPassive, q.NameIDFormat, q.AuthnContext = message.ForceAuthn, message.IsPassive, message.Policy.Format, message.Context
	q.Signed = q.Signed || message.Signature != nil
	return q, nil
}
