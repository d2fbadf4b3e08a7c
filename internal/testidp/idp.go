package testidp

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Where an IDP answers, below its base URL. The sign-in address for
// HTTP-Redirect has a query of its own, as some real ones do.
const (
	MetadataPath = "/federation/metadata.xml"
	portalPath   = "/"
	tilePath     = "/tile"
	redirectPath = "/trust/enter/"
	postPath     = "/trust/enter/by-post"
	logoutPath   = "/trust/leave"
	answerPath   = "/trust/answer"

	redirectQuery = "realm=odd+realm&v=2"
)

// Options of an IDP.
type Options struct {
	BaseURL string // scheme and host, without a slash at the end; required
	Title   string // of the portal; "" is "Test identity provider"

	// SPs are the service providers that may be answered. The first one is
	// where the portal's tiles lead.
	SPs []SP
	// SPMetadataURL is read when a service provider is first needed. What it
	// describes joins SPs, or replaces the one with that entity ID.
	SPMetadataURL string
	Client        *http.Client // fetches SPMetadataURL; nil: http.DefaultClient

	Apps []App // tiles of the portal

	// SingleLogout: it takes LogoutRequests of its service providers by
	// HTTP-Redirect, and its metadata says so.
	SingleLogout bool

	ECDSA bool // have P-256 and P-384 keys too, and name them in the metadata
}

// SP is one service provider.
type SP struct {
	EntityID    string
	ACS         string
	SLO         string            // "": that of its metadata, or none
	Certificate *x509.Certificate // to encrypt for; nil: no encryption
}

// App is one tile of the portal.
type App struct {
	Title       string
	Description string
	RelayState  string // sent with the unsolicited response
}

// IDP is a test identity provider.
type IDP struct {
	options Options
	rsa     *keyPair
	p256    *keyPair // nil unless Options.ECDSA
	p384    *keyPair
	foreign func() (*keyPair, error) // made when first needed
	pages   http.Handler

	mu   sync.Mutex
	last map[string][]byte // the last good unsolicited response, by ACS
	sps  []SP              // nil until they are known
}

// New makes an IDP with fresh keys.
func New(o Options) (*IDP, error) {
	u, err := url.Parse(o.BaseURL)
	if err != nil || u.Host == "" || strings.HasSuffix(o.BaseURL, "/") {
		return nil, fmt.Errorf("base URL %q: want scheme and host without a slash at the end", o.BaseURL)
	}
	if o.Title == "" {
		o.Title = "Test identity provider"
	}
	p := &IDP{
		options: o,
		last:    map[string][]byte{},
		foreign: sync.OnceValues(func() (*keyPair, error) { return newRSAKey("somebody else") }),
	}
	if p.rsa, err = newRSAKey("test identity provider"); err != nil {
		return nil, err
	}
	if o.ECDSA {
		var err256, err384 error
		p.p256, err256 = newECDSAKey("test identity provider, P-256", 256)
		p.p384, err384 = newECDSAKey("test identity provider, P-384", 384)
		if err := errors.Join(err256, err384); err != nil {
			return nil, err
		}
	}
	p.pages = p.routes()
	return p, nil
}

// ServeHTTP serves metadata, sign-in and the portal.
func (p *IDP) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.pages.ServeHTTP(w, r) }

// EntityID names this provider in metadata and as Issuer.
func (p *IDP) EntityID() string { return p.options.BaseURL + "/federation" }

// Certificates are the signing certificates, RSA first.
func (p *IDP) Certificates() []*x509.Certificate {
	var certificates []*x509.Certificate
	for _, k := range p.keys() {
		certificates = append(certificates, k.certificate)
	}
	return certificates
}

// CertificatePEM are the signing certificates in PEM, RSA first.
func (p *IDP) CertificatePEM() []byte {
	var out []byte
	for _, c := range p.Certificates() {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// Signer is the RSA key, for tests that sign what this package doesn't write.
func (p *IDP) Signer() crypto.Signer { return p.rsa.key }

func (p *IDP) keys() []*keyPair {
	if p.p256 == nil {
		return []*keyPair{p.rsa}
	}
	return []*keyPair{p.rsa, p.p256, p.p384}
}

func (p *IDP) redirectURL() string { return p.options.BaseURL + redirectPath + "?" + redirectQuery }
func (p *IDP) postURL() string     { return p.options.BaseURL + postPath }
