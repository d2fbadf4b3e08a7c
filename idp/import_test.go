package idp_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// corpus is where real identity providers' metadata lies, beside the repository.
const corpus = "../../shared/corpus/metadata"

// What becomes of each real document.
var documents = map[string]struct {
	vendor   string
	refused  string // part of the sentence
	warned   string // part of a warning
	inactive bool   // imports, and must not be activated
}{
	"adfs-v2.xml":           {vendor: "adfs"},
	"adfs-v3.xml":           {vendor: "adfs"},
	"adfs-v4.xml":           {vendor: "adfs"},
	"entra-common.xml":      {vendor: "entra", warned: "{tenantid}", inactive: true},
	"google.xml":            {vendor: "google", warned: "valid until"},
	"keycloak.xml":          {vendor: "keycloak"},
	"okta.xml":              {vendor: "okta"},
	"onelogin.xml":          {vendor: "onelogin"},
	"pingone.xml":           {vendor: "pingone"},
	"shibboleth-no-use.xml": {vendor: "shibboleth"},
	"idp_metadata_different_sign_and_encrypt_cert.xml": {vendor: "onelogin", warned: "for encryption only"},
	"idp_metadata_multi_signing_certs.xml":             {},
	"idp_multiple_descriptors.xml":                     {refused: "Say which one"},
	"entities_metadata.xml":                            {refused: "service provider"},
	"testshib-aggregate.xml":                           {vendor: "shibboleth"},
	"reject-wsfed-only.xml":                            {refused: "service provider"},
}

func TestRealDocuments(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("real metadata is missing: %v", err)
		}
		t.Skipf("real metadata is missing: %s", corpus)
	}
	r, _ := registry(t)
	files, err := filepath.Glob(filepath.Join(corpus, "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			want, ok := documents[name]
			if !ok {
				t.Fatalf("nobody has said what is to become of it")
			}
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			slug := "c" + string(rune('a'+i))
			in := idp.Import{Slug: slug, Raw: raw, Source: idp.FromUpload, SourceName: name, Actor: "user:1"}
			p, err := r.ImportMetadata(t.Context(), in)
			if want.refused != "" {
				var refusal *saml.MetadataError
				if fault.KindOf(err) != fault.Invalid || !errors.As(err, &refusal) || !strings.Contains(refusal.Sentence, want.refused) {
					t.Errorf("got %v, want a refusal that says %q", err, want.refused)
				}
				if r.Connection(slug) != nil {
					t.Error("a refused document made a connection")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			d := p.Draft
			if d.Vendor != want.vendor || d.EntityID == "" || len(d.SSO) == 0 || len(d.Certificates) == 0 {
				t.Errorf("vendor %q, entity ID %q, %d endpoints, %d certificates", d.Vendor, d.EntityID, len(d.SSO), len(d.Certificates))
			}
			if want.warned != "" {
				wantWarning(t, d.Warnings, want.warned)
			}
			_, err = r.Activate(t.Context(), slug, p.Version, "user:1")
			if want.inactive {
				wantKind(t, "activate", err, fault.Invalid)
				if r.Candidate(slug) != nil || r.Connection(slug).Active() {
					t.Error("it can be used")
				}
				return
			}
			if err != nil || !r.Connection(slug).Active() {
				t.Errorf("Activate: %v", err)
			}
		})
	}
	for name := range maps.Keys(documents) {
		if !slices.Contains(files, filepath.Join(corpus, name)) {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestRefusedDocumentsChangeNothing(t *testing.T) {
	r, db := registry(t)
	importInto(t, r, "corp", metadata(entity, certificate(t, 400)))
	before := activate(t, r, "corp")
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	aggregate := []byte(`<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` +
		string(metadata("https://a.example.net/", certificate(t, 9))) + string(metadata("https://b.example.net/", certificate(t, 9))) + `</md:EntitiesDescriptor>`)
	for what, raw := range map[string][]byte{
		"nothing":        nil,
		"a page":         []byte("<!doctype html><html></html>"),
		"too much":       make([]byte, idp.MaxMetadata+1),
		"no certificate": metadata(entity),
		"a weak key":     metadata(entity, certificateOf(t, weak, 400)),
		"an aggregate":   aggregate,
	} {
		for _, slug := range []string{"corp", "new"} {
			_, err := r.ImportMetadata(t.Context(), idp.Import{Slug: slug, Raw: raw, Source: idp.FromUpload, Actor: "user:1"})
			var refusal *saml.MetadataError
			if fault.KindOf(err) != fault.Invalid || !errors.As(err, &refusal) || fault.Public(err) != refusal.Sentence {
				t.Errorf("%s: %v", what, err)
			}
			if what == "an aggregate" && len(refusal.EntityIDs) != 2 {
				t.Errorf("an aggregate asks for one of %q", refusal.EntityIDs)
			}
		}
	}
	_, err = r.ImportMetadata(t.Context(), idp.Import{Slug: "acs", Raw: metadata(entity, certificate(t, 9)), Actor: "user:1"})
	wantKind(t, "a reserved slug", err, fault.Invalid)
	if r.Connection("new") != nil || r.Connection("acs") != nil {
		t.Error("a refused document made a connection")
	}
	if err := r.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := r.Connection("corp").Provider; after.Version != before.Version || after.Draft != nil {
		t.Errorf("a refused document changed the connection: %+v", after)
	}
	if n := len(actions(t, db, "corp")); n != 3 {
		t.Errorf("%d events, want 3", n)
	}
	p, err := r.ImportMetadata(t.Context(), idp.Import{Slug: "corp", Raw: aggregate, EntityID: "https://b.example.net/", Source: idp.FromUpload, Actor: "user:1"})
	if err != nil || p.Draft.EntityID != "https://b.example.net/" {
		t.Errorf("one of an aggregate: %v", err)
	}
}

func TestCertificatesAreWarnedAbout(t *testing.T) {
	r, _ := registry(t)
	p := importInto(t, r, "corp", metadata(entity, certificate(t, -3), certificate(t, 20), certificate(t, 400)))
	wantWarning(t, p.Draft.Warnings, "expired on")
	wantWarning(t, p.Draft.Warnings, "runs out on")
	if len(p.Draft.Warnings) != 2 || len(p.Draft.Certificates) != 3 {
		t.Errorf("%d certificates, warnings %q", len(p.Draft.Certificates), p.Draft.Warnings)
	}
	c := p.Draft.Certificates[0]
	if c.KeyType != "ECDSA P-256" || len(c.Fingerprint) != 95 || c.Subject != "CN=idp.example.net" || c.Use != "signing" {
		t.Errorf("facts = %+v", c)
	}
	// An expired certificate stays in the trust: the verifier has the say.
	activate(t, r, "corp")
	if n := len(r.Connection("corp").Trust.Certificates); n != 3 {
		t.Errorf("%d live certificates, want 3", n)
	}
}

func TestByHand(t *testing.T) {
	r, _ := registry(t)
	one, two := certificate(t, 400), certificate(t, -1)
	in := idp.ByHand{Slug: "corp", EntityID: " http://www.okta.com/exk1 ", SSOURL: "https://example.okta.com/app/x/exk1/sso/saml", CertificatePEM: asPEM(one) + "\n" + asPEM(two) + asPEM(one), Actor: "user:1"}
	p, err := r.ImportByHand(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	d := p.Draft
	if d.EntityID != "http://www.okta.com/exk1" || d.Vendor != "okta" || len(d.Certificates) != 2 || d.Source != idp.FromHand || d.SSO[0].Binding != saml.BindingRedirect {
		t.Errorf("draft = %+v", d)
	}
	wantWarning(t, d.Warnings, "ran out on")
	activate(t, r, "corp")

	in.CertificatePEM, in.SSOURL, in.SSOBinding = base64.StdEncoding.EncodeToString(one), "http://idp.example.net/sso", saml.BindingPOST
	if p, err = r.ImportByHand(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	wantWarning(t, p.Draft.Warnings, "not encrypted")

	in.SSOURL = "https://login.microsoftonline.com/{tenantid}/saml2"
	if p, err = r.ImportByHand(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	wantWarning(t, p.Draft.Warnings, "{tenantid}")
	_, err = r.Activate(t.Context(), "corp", p.Version, "user:1")
	wantKind(t, "activate a template", err, fault.Invalid)
}

func TestByHandRefuses(t *testing.T) {
	r, _ := registry(t)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	small, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := idp.ByHand{Slug: "corp", EntityID: entity, SSOURL: "https://idp.example.net/sso", CertificatePEM: asPEM(certificate(t, 400)), Actor: "user:1"}
	var many string
	for range 9 {
		many += asPEM(certificate(t, 400))
	}
	for what, change := range map[string]func(*idp.ByHand){
		"no slug":          func(in *idp.ByHand) { in.Slug = "" },
		"no issuer":        func(in *idp.ByHand) { in.EntityID = " " },
		"issuer and space": func(in *idp.ByHand) { in.EntityID = "a b" },
		"long issuer":      func(in *idp.ByHand) { in.EntityID = strings.Repeat("a", 1025) },
		"no URL":           func(in *idp.ByHand) { in.SSOURL = "" },
		"relative URL":     func(in *idp.ByHand) { in.SSOURL = "/sso" },
		"javascript":       func(in *idp.ByHand) { in.SSOURL = "javascript:alert(1)" },
		"javascript host":  func(in *idp.ByHand) { in.SSOURL = "javascript://idp.example.net/%0aalert(1)" },
		"data":             func(in *idp.ByHand) { in.SSOURL = "data:text/html,x" },
		"userinfo":         func(in *idp.ByHand) { in.SSOURL = "https://a@idp.example.net/" },
		"fragment":         func(in *idp.ByHand) { in.SSOURL = "https://idp.example.net/#a" },
		"tab in URL":       func(in *idp.ByHand) { in.SSOURL = "https://idp.example.net/\tx" },
		"backslash":        func(in *idp.ByHand) { in.SSOURL = "https://idp.example.net\\x" },
		"binding":          func(in *idp.ByHand) { in.SSOBinding = "SOAP" },
		"no certificate":   func(in *idp.ByHand) { in.CertificatePEM = "" },
		"not base64":       func(in *idp.ByHand) { in.CertificatePEM = "AAA" },
		"no X.509":         func(in *idp.ByHand) { in.CertificatePEM = "AAAA" },
		"half a PEM":       func(in *idp.ByHand) { in.CertificatePEM = in.CertificatePEM[:200] },
		"trailing text":    func(in *idp.ByHand) { in.CertificatePEM += "and more" },
		"a private key": func(in *idp.ByHand) {
			in.CertificatePEM = strings.ReplaceAll(in.CertificatePEM, "CERTIFICATE", "PRIVATE KEY")
		},
		"RSA 1024":   func(in *idp.ByHand) { in.CertificatePEM = asPEM(certificateOf(t, weak, 400)) },
		"P-224":      func(in *idp.ByHand) { in.CertificatePEM = asPEM(certificateOf(t, small, 400)) },
		"Ed25519":    func(in *idp.ByHand) { in.CertificatePEM = asPEM(certificateOf(t, edwards, 400)) },
		"nine":       func(in *idp.ByHand) { in.CertificatePEM = many },
		"a megabyte": func(in *idp.ByHand) { in.CertificatePEM = strings.Repeat("A", 1<<20) },
	} {
		in := good
		change(&in)
		_, err := r.ImportByHand(t.Context(), in)
		wantKind(t, what, err, fault.Invalid)
	}
	if r.Connection("corp") != nil {
		t.Error("a refused entry made a connection")
	}
}
