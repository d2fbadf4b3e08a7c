package idp

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
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
	tokens                 []TokenKey          // current, next, and then retired ones
}

// ensureKeys makes a key of each use where there is none, and for tokens the
// next one too.
func (r *Registry) ensureKeys(ctx context.Context) error {
	have, err := r.store.Keys(ctx)
	if err != nil {
		return fmt.Errorf("load keys: %w", err)
	}
	var missing []*Key
	var uses []KeyUse
	for _, use := range []KeyUse{KeySigning, KeyEncryption, KeyToken} {
		if hasCurrent(have, use) {
			continue
		}
		keys, err := r.firstKeys(use)
		if err != nil {
			return err
		}
		missing, uses = append(missing, keys...), append(uses, use)
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

// firstKeys are those with which a use begins.
func (r *Registry) firstKeys(use KeyUse) ([]*Key, error) {
	if use == KeyToken {
		return r.firstTokenKeys()
	}
	key, err := r.newKey(use, KeyCurrent)
	if err != nil {
		return nil, err
	}
	return []*Key{key}, nil
}

// newKey makes a key and a certificate valid for ten years: metadata carries
// keys in certificates, and nobody reads more of them.
func (r *Registry) newKey(use KeyUse, state KeyState) (*Key, error) {
	private, err := generate(use)
	if err != nil {
		return nil, fmt.Errorf("make %s key: %w", use, err)
	}
	certificate, err := selfSigned(private, r.commonName(), use)
	if err != nil {
		return nil, fmt.Errorf("certify %s key: %w", use, err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("write %s key: %w", use, err)
	}
	sealed, err := r.options.Sealer.Seal(pkcs8)
	if err != nil {
		return nil, fmt.Errorf("seal %s key: %w", use, err)
	}
	return &Key{
		ID:          uuid.Must(uuid.NewV7()).String(),
		Use:         use,
		State:       state,
		Certificate: certificate,
		Sealed:      sealed,
		CreatedAt:   now(),
	}, nil
}

// generate makes RSA-2048 for SAML, which every identity provider takes, and
// P-256 for tokens, which are short with it.
func generate(use KeyUse) (crypto.Signer, error) {
	if use == KeyToken {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}

func selfSigned(private crypto.Signer, commonName string, use KeyUse) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: commonName},
		NotBefore:    now().Add(-time.Hour), // for a far side whose clock is behind
		NotAfter:     now().AddDate(10, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	if use != KeyToken {
		template.KeyUsage |= x509.KeyUsageKeyEncipherment
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
			if k.State != state || k.Use == KeyToken || (k.Use == KeySigning && state == KeyRetired) {
				continue
			}
			private, certificate, err := r.openRSA(k)
			if err != nil {
				return nil, fmt.Errorf("open %s key %s: %w", k.Use, k.ID, err)
			}
			own.add(k, private, certificate)
		}
	}
	if own.signer == nil {
		return nil, fmt.Errorf("load keys: there is no current signing key")
	}
	if own.tokens, err = r.openTokenKeys(stored); err != nil {
		return nil, err
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

func (r *Registry) openRSA(k *Key) (*rsa.PrivateKey, *x509.Certificate, error) {
	opened, certificate, err := r.open(k)
	if err != nil {
		return nil, nil, err
	}
	private, ok := opened.(*rsa.PrivateKey)
	if !ok {
		return nil, nil, fmt.Errorf("the key is a %T, want RSA", opened)
	}
	return private, certificate, nil
}

// open gives a key and its certificate, which are of one another.
func (r *Registry) open(k *Key) (crypto.Signer, *x509.Certificate, error) {
	pkcs8, err := r.options.Sealer.Open(k.Sealed)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, nil, fmt.Errorf("parse key: %w", err)
	}
	private, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, nil, fmt.Errorf("the key is a %T, which signs nothing", parsed)
	}
	certificate, err := x509.ParseCertificate(k.Certificate)
	if err != nil {
		return nil, nil, fmt.Errorf("parse certificate: %w", err)
	}
	public, ok := private.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(certificate.PublicKey) {
		return nil, nil, fmt.Errorf("the certificate is of another key")
	}
	return private, certificate, nil
}

// now is the present time as the stores keep it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
