package idp

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"time"

	"github.com/google/uuid"

	"sallyport/audit"
	"sallyport/saml"
)

// maxDecryptionKeys is how many keys saml.Verify tries.
const maxDecryptionKeys = 4

// ownKeys are this service's keys, opened and in the order of their use.
type ownKeys struct {
	signer                 *saml.Signer
	signingCertificates    []*x509.Certificate // current, then next
	encryptionCertificates []*x509.Certificate // current, then next
	decryptionKeys         []*rsa.PrivateKey   // newest first, retired ones too
}

// ensureKeys makes a signing and an encryption key where there is none.
func (r *Registry) ensureKeys(ctx context.Context) error {
	have, err := r.store.Keys(ctx)
	if err != nil {
		return fmt.Errorf("load keys: %w", err)
	}
	var missing []*Key
	var uses []KeyUse
	for _, use := range []KeyUse{KeySigning, KeyEncryption} {
		if hasCurrent(have, use) {
			continue
		}
		key, err := r.newKey(use)
		if err != nil {
			return fmt.Errorf("make %s key: %w", use, err)
		}
		missing, uses = append(missing, key), append(uses, use)
	}
	if len(missing) == 0 {
		return nil
	}
	e := audit.New(audit.KeyMade, "system")
	e.Object = "key:" + missing[0].ID
	if e.Detail, err = json.Marshal(map[string]any{"uses": uses}); err != nil {
		return fmt.Errorf("describe keys: %w", err)
	}
	if _, err := r.store.CreateKeys(ctx, missing, e); err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	return nil
}

func hasCurrent(keys []*Key, use KeyUse) bool {
	for _, k := range keys {
		if k.Use == use && k.State == KeyCurrent {
			return true
		}
	}
	return false
}

// newKey makes an RSA-2048 key, which every identity provider takes, and a
// certificate valid for ten years: metadata carries keys in certificates, and
// nobody reads more of them.
func (r *Registry) newKey(use KeyUse) (*Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	certificate, err := selfSigned(private, r.commonName())
	if err != nil {
		return nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	sealed, err := r.options.Sealer.Seal(pkcs8)
	if err != nil {
		return nil, err
	}
	return &Key{
		ID:          uuid.Must(uuid.NewV7()).String(),
		Use:         use,
		State:       KeyCurrent,
		Certificate: certificate,
		Sealed:      sealed,
		CreatedAt:   now(),
	}, nil
}

func selfSigned(private *rsa.PrivateKey, commonName string) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: commonName},
		NotBefore:    now().Add(-time.Hour), // for a far side whose clock is behind
		NotAfter:     now().AddDate(10, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	return x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
}

func (r *Registry) commonName() string {
	name := "sallyport"
	if u, err := url.Parse(r.options.BaseURL); err == nil && u.Hostname() != "" {
		name = u.Hostname()
	}
	return name[:min(len(name), 64)] // RFC 5280 appendix A: ub-common-name
}

// loadKeys opens every key. A key that does not open is an error: going on
// without it would change what identity providers were told.
func (r *Registry) loadKeys(ctx context.Context) (*ownKeys, error) {
	stored, err := r.store.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("load keys: %w", err)
	}
	own := &ownKeys{}
	for _, state := range []KeyState{KeyCurrent, KeyNext, KeyRetired} {
		for _, k := range stored {
			if k.State != state || (k.Use == KeySigning && state == KeyRetired) {
				continue
			}
			private, certificate, err := r.open(k)
			if err != nil {
				return nil, fmt.Errorf("open %s key %s: %w", k.Use, k.ID, err)
			}
			own.add(k, private, certificate)
		}
	}
	if own.signer == nil {
		return nil, fmt.Errorf("load keys: there is no current signing key")
	}
	return own, nil
}

func (own *ownKeys) add(k *Key, private *rsa.PrivateKey, certificate *x509.Certificate) {
	switch k.Use {
	case KeySigning:
		if own.signer == nil && k.State == KeyCurrent {
			own.signer = &saml.Signer{Key: private, Certificate: certificate}
		}
		own.signingCertificates = append(own.signingCertificates, certificate)
	case KeyEncryption:
		if k.State != KeyRetired {
			own.encryptionCertificates = append(own.encryptionCertificates, certificate)
		}
		if len(own.decryptionKeys) < maxDecryptionKeys {
			own.decryptionKeys = append(own.decryptionKeys, private)
		}
	}
}

func (r *Registry) open(k *Key) (*rsa.PrivateKey, *x509.Certificate, error) {
	pkcs8, err := r.options.Sealer.Open(k.Sealed)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, nil, fmt.Errorf("parse key: %w", err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, nil, fmt.Errorf("the key is a %T, want RSA", parsed)
	}
	certificate, err := x509.ParseCertificate(k.Certificate)
	if err != nil {
		return nil, nil, fmt.Errorf("parse certificate: %w", err)
	}
	if !private.PublicKey.Equal(certificate.PublicKey) {
		return nil, nil, fmt.Errorf("the certificate is of another key")
	}
	return private, certificate, nil
}

// now is the present time as the stores keep it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
