package idp_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/keyring"
	"sallyport/store"
)

const base = "https://sp.example.com"

func database(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func options(t *testing.T) idp.Options {
	t.Helper()
	ring, err := keyring.New(make([]byte, keyring.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	return idp.Options{BaseURL: base, Sealer: ring}
}

func registry(t *testing.T, change ...func(*idp.Options)) (*idp.Registry, *store.DB) {
	t.Helper()
	db, o := database(t), options(t)
	for _, c := range change {
		c(&o)
	}
	return open(t, db, o), db
}

func open(t *testing.T, db *store.DB, o idp.Options) *idp.Registry {
	t.Helper()
	r, err := idp.Open(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// certificate makes a certificate of a fresh P-256 key with these days left.
func certificate(t *testing.T, daysLeft int) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return certificateOf(t, key, daysLeft)
}

func certificateOf(t *testing.T, key crypto.Signer, daysLeft int) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "idp.example.net"},
		NotBefore:    time.Now().AddDate(-2, 0, 0),
		NotAfter:     time.Now().AddDate(0, 0, daysLeft),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func asPEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// metadata is a document of the identity provider with these certificates.
func metadata(entityID string, certificates ...[]byte) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="%s"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">`, entityID)
	for _, der := range certificates {
		fmt.Fprintf(&b, `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`, base64.StdEncoding.EncodeToString(der))
	}
	b.WriteString(`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.net/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`)
	return []byte(b.String())
}

const entity = "https://idp.example.net/metadata"

func importInto(t *testing.T, r *idp.Registry, slug string, raw []byte) *idp.Provider {
	t.Helper()
	p, err := r.ImportMetadata(t.Context(), idp.Import{
		Slug: slug, Raw: raw, Source: idp.FromUpload, SourceName: "metadata.xml", Actor: "user:1",
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func activate(t *testing.T, r *idp.Registry, slug string) *idp.Provider {
	t.Helper()
	p, err := r.Activate(t.Context(), slug, 0, "user:1")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// actions of the audit events about a connection, oldest first.
func actions(t *testing.T, db *store.DB, slug string) []audit.Action {
	t.Helper()
	events, err := db.Events(t.Context(), audit.Filter{IDP: slug, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var all []audit.Action
	for _, e := range events {
		all = append(all, e.Action)
	}
	slices.Reverse(all)
	return all
}

func wantKind(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != kind {
		t.Errorf("%s = %v, want %s", what, err, kind)
	}
}

func wantWarning(t *testing.T, warnings []string, part string) {
	t.Helper()
	if !slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, part) }) {
		t.Errorf("no warning says %q: %q", part, warnings)
	}
}
