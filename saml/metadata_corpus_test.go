package saml_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/saml"
)

// corpusFile reads a real document, which is no part of this repository.
func corpusFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "corpus", "metadata", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the corpus of real responses and metadata is not beside the project (../shared/corpus)")
	}
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestParseMetadataOfRealIdentityProviders(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		file, choose string
		entityID     string
		name         string
		sso          []saml.Endpoint
		certificates int
		encryption   int
		signed       bool
		wantSigned   bool
		warnings     []string // a part of each
	}{
		{file: "adfs-v2.xml", entityID: "http://fs.msidlab7.com/adfs/services/trust", sso: both("https://fs.msidlab7.com/adfs/ls/"), certificates: 1, encryption: 1, signed: true, warnings: []string{"expired on 2017-12-03"}},
		{file: "adfs-v3.xml", entityID: "http://fs.msidlab2.com/adfs/services/trust", sso: both("https://fs.msidlab2.com/adfs/ls/"), certificates: 1, encryption: 1, signed: true, warnings: []string{"expired"}},
		{file: "adfs-v4.xml", entityID: "http://fs.msidlab11.com/adfs/services/trust", sso: both("https://fs.msidlab11.com/adfs/ls/"), certificates: 1, encryption: 1, signed: true, warnings: []string{"expired"}},
		{file: "entra-common.xml", entityID: "https://sts.windows.net/{tenantid}/", sso: both("https://login.microsoftonline.com/common/saml2"), certificates: 3, signed: true, warnings: []string{"expired", "expired", "expired", "placeholder {tenantid}"}},
		{file: "google.xml", entityID: "https://accounts.google.com/o/saml2?idpid=C02dfl1r1", sso: []saml.Endpoint{{Binding: saml.BindingPOST, Location: "https://accounts.google.com/o/saml2/idp?idpid=C02dfl1r1"}}, certificates: 1, warnings: []string{"was valid until 2021-01-03 only", "expired"}},
		{file: "idp_metadata_different_sign_and_encrypt_cert.xml", entityID: "https://app.onelogin.com/saml/metadata/383123", sso: both("https://app.onelogin.com/trust/saml2/http-post/sso/383123"), certificates: 1, encryption: 1, warnings: []string{"expired"}},
		{file: "idp_metadata_multi_signing_certs.xml", entityID: "https://idp.examle.com/saml/metadata", sso: []saml.Endpoint{{Binding: saml.BindingRedirect, Location: "https://idp.examle.com/saml/sso"}}, certificates: 1, warnings: []string{"RSA key has 1024 bits", "expired"}},
		{file: "keycloak.xml", entityID: "http://localhost:8085/realms/master", sso: reversed(both("http://localhost:8085/realms/master/protocol/saml")), certificates: 1, wantSigned: true, warnings: []string{"not encrypted (http)"}},
		{file: "okta.xml", entityID: "http://www.okta.com/exkppsa1qwuFV4D7z0h7", sso: reversed(both("https://dev-513394.oktapreview.com/app/rstudioincdev513394_dev_1/exkppsa1qwuFV4D7z0h7/sso/saml")), certificates: 1},
		{file: "onelogin.xml", entityID: "https://app.onelogin.com/saml/metadata/503983", sso: []saml.Endpoint{{Binding: saml.BindingPOST, Location: "https://app.onelogin.com/trust/saml2/http-post/sso/503983"}}, certificates: 1, warnings: []string{"expired"}},
		{file: "pingone.xml", entityID: "https://auth.pingone.com/3030059e-440b-4ad0-9217-44326f1757f6", sso: reversed(both("https://auth.pingone.com/3030059e-440b-4ad0-9217-44326f1757f6/saml20/idp/sso")), certificates: 1, warnings: []string{"expired"}},
		{file: "shibboleth-no-use.xml", entityID: "https://idp.msidlab13.com/idp/shibboleth", certificates: 1, warnings: []string{"expired"},
			sso: []saml.Endpoint{{Binding: saml.BindingPOST, Location: "https://idp.msidlab13.com/idp/profile/SAML2/POST/SSO"}, {Binding: saml.BindingRedirect, Location: "https://idp.msidlab13.com/idp/profile/SAML2/Redirect/SSO"}}},
		{file: "testshib-aggregate.xml", entityID: "https://idp.testshib.org/idp/shibboleth", name: "TestShib Test IdP", certificates: 1,
			sso: []saml.Endpoint{{Binding: saml.BindingPOST, Location: "https://idp.testshib.org/idp/profile/SAML2/POST/SSO"}, {Binding: saml.BindingRedirect, Location: "https://idp.testshib.org/idp/profile/SAML2/Redirect/SSO"}}},
	} {
		t.Run(tc.file, func(t *testing.T) {
			m, err := saml.ParseMetadata(corpusFile(t, tc.file), tc.choose, now)
			if err != nil {
				t.Fatal(err)
			}
			type summary struct {
				EntityID, Name           string
				SSO                      []saml.Endpoint
				Certificates, Encryption int
				Signed, WantSigned       bool
			}
			want := summary{tc.entityID, tc.name, tc.sso, tc.certificates, tc.encryption, tc.signed, tc.wantSigned}
			got := summary{m.EntityID, m.DisplayName, m.SSO, len(m.Certificates), len(m.EncryptionOnly), m.Signed, m.WantAuthnRequestsSigned}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(m.Warnings) != len(tc.warnings) {
				t.Fatalf("warnings: %q, want parts %q", m.Warnings, tc.warnings)
			}
			for i, part := range tc.warnings {
				if !strings.Contains(m.Warnings[i], part) {
					t.Errorf("warning %q does not say %q", m.Warnings[i], part)
				}
			}
		})
	}
}

func TestParseMetadataBesideRealResponses(t *testing.T) {
	for _, vendor := range []string{"adfs", "google", "jumpcloud", "keycloak", "okta", "ping"} {
		t.Run(vendor, func(t *testing.T) {
			m, err := saml.ParseMetadata(corpusFile(t, filepath.Join("..", "responses", vendor, "metadata.xml")), "", time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if m.EntityID == "" || len(m.Certificates) == 0 || len(m.SSO) == 0 {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestParseMetadataRefusesRealDocuments(t *testing.T) {
	two := []string{"https://bar.example.com/access/saml/idp.xml", "https://foo.example.com/access/saml/idp.xml"}
	for _, tc := range []struct {
		name, file, choose, says string
		entityIDs                []string
	}{
		{name: "two identity providers", file: "idp_multiple_descriptors.xml", says: "describes 2 identity providers", entityIDs: two},
		{name: "a third one", file: "idp_multiple_descriptors.xml", choose: "https://baz.example.com/", says: "does not describe https://baz.example.com/"},
		// OpenSSL cannot read the certificates of this file either.
		{name: "one of two", file: "idp_multiple_descriptors.xml", choose: two[0], says: "its certificate cannot be read"},
		{name: "service providers", file: "entities_metadata.xml", says: "the metadata of a service provider"},
		{name: "Entra as a service provider", file: "reject-wsfed-only.xml", says: "the metadata of a service provider"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := saml.ParseMetadata(corpusFile(t, tc.file), tc.choose, time.Now())
			wantSentence(t, err, tc.says)
			var refusal *saml.MetadataError
			errors.As(err, &refusal)
			if diff := cmp.Diff(tc.entityIDs, refusal.EntityIDs); diff != "" {
				t.Errorf("entity IDs (-want +got):\n%s", diff)
			}
		})
	}
}

func both(location string) []saml.Endpoint {
	return []saml.Endpoint{{Binding: saml.BindingRedirect, Location: location}, {Binding: saml.BindingPOST, Location: location}}
}

func reversed(all []saml.Endpoint) []saml.Endpoint {
	slices.Reverse(all)
	return all
}
