package idp

import (
	"crypto/x509"
	"fmt"
	"slices"
	"sync"
	"time"

	"sallyport/saml"
)

// maxCertificates is how many signing certificates saml.Trust takes.
const maxCertificates = 8

// compile makes the Connection of p. On an error the Connection is there all
// the same, without Trust.
func (r *Registry) compile(p *Provider, keys *ownKeys) (*Connection, error) {
	c := &Connection{Provider: p, SP: r.serviceProvider(p, keys), SLOURLs: r.addresses(p.Slug, "slo"), Signer: keys.signer}
	c.metadata = sync.OnceValues(func() ([]byte, error) {
		var signer *saml.Signer
		if p.Settings.SignMetadata {
			signer = c.Signer
		}
		raw, err := c.SP.Metadata(signer)
		if err != nil {
			return nil, fmt.Errorf("render metadata for connection %s: %w", p.Slug, err)
		}
		return raw, nil
	})
	if p.State != Active || p.Live == nil {
		return c, nil
	}
	trust, err := r.trust(p, p.Live, keys)
	if err != nil {
		return c, err
	}
	c.Trust = trust
	return c, nil
}

// compileDraft makes the Connection as it would be with its draft activated;
// nil where nothing waits, or where it could not be activated.
func (r *Registry) compileDraft(p *Provider, keys *ownKeys) *Connection {
	if p.Draft == nil || activatable(p.Draft) != nil {
		return nil
	}
	would := *p
	would.Live, would.Draft, would.State = p.Draft, nil, Active
	c, err := r.compile(&would, keys)
	if err != nil {
		return nil
	}
	return c
}

// trust puts a reviewed Trust and the settings into what saml.Verify reads.
func (r *Registry) trust(p *Provider, t *Trust, keys *ownKeys) (*saml.Trust, error) {
	var certificates []*x509.Certificate
	for _, c := range t.Certificates {
		certificate, err := c.Parse()
		if err != nil {
			return nil, fmt.Errorf("parse certificate %s: %w", c.Fingerprint, err)
		}
		certificates = append(certificates, certificate)
	}
	if t.EntityID == "" || len(certificates) == 0 || len(certificates) > maxCertificates {
		return nil, fmt.Errorf("trust %d has an empty entity ID or %d certificates", t.Number, len(certificates))
	}
	set := p.Settings
	return &saml.Trust{
		IDPEntityID:                t.EntityID,
		Certificates:               certificates,
		EntityIDs:                  r.addresses(p.Slug, "metadata"),
		ACSURLs:                    r.addresses(p.Slug, "acs"),
		DecryptionKeys:             keys.decryptionKeys,
		NameIDFormats:              slices.Clone(set.NameIDFormats),
		AnyNameID:                  set.AnyNameID,
		ClockSkew:                  time.Duration(set.ClockSkewSeconds) * time.Second,
		AllowSHA1:                  set.AllowSHA1,
		AllowExpiredCertificates:   set.AllowExpiredCertificates,
		AllowMissingAuthnStatement: set.AllowMissingAuthnStatement,
		AllowUnsignedCBC:           set.AllowUnsignedCBC,
		MergeDuplicateAttributes:   set.MergeDuplicateAttributes,
		RequireSignedResponse:      set.RequireSignedResponse,
	}, nil
}

func (r *Registry) serviceProvider(p *Provider, keys *ownKeys) *saml.ServiceProvider {
	return &saml.ServiceProvider{
		EntityID:               r.addresses(p.Slug, "metadata")[0],
		ACSURLs:                r.addresses(p.Slug, "acs"),
		SLOURL:                 r.addresses(p.Slug, "slo")[0],
		NameIDFormats:          slices.Clone(p.Settings.NameIDFormats),
		DisplayName:            "Sallyport",
		WantAssertionsSigned:   true,
		SignRequests:           p.Settings.SignRequests,
		SigningCertificates:    keys.signingCertificates,
		EncryptionCertificates: keys.encryptionCertificates,
	}
}

// addresses are those of one connection's endpoint, the canonical one first.
// The connection "default" also answers without its slug.
func (r *Registry) addresses(slug, endpoint string) []string {
	all := []string{r.options.BaseURL + "/saml/" + slug + "/" + endpoint}
	if slug == Default {
		all = append(all, r.options.BaseURL+"/saml/"+endpoint)
	}
	return all
}
