package saml_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"regexp"
	"testing"

	crewjam "github.com/crewjam/saml"
	"github.com/google/go-cmp/cmp"

	"sallyport/saml"
)

func ourSide(t testing.TB) *saml.ServiceProvider {
	t.Helper()
	return &saml.ServiceProvider{
		EntityID:               "https://sp.example.com/saml/entra/metadata",
		ACSURLs:                []string{"https://sp.example.com/saml/entra/acs", "https://sp.example.com/saml/acs"},
		SLOURL:                 "https://sp.example.com/saml/entra/slo",
		DisplayName:            "Portal & more",
		WantAssertionsSigned:   true,
		SignRequests:           true,
		SigningCertificates:    []*x509.Certificate{selfSigned(t, rsaKey(), "current"), selfSigned(t, ecKey(), "next")},
		EncryptionCertificates: []*x509.Certificate{selfSigned(t, rsaKey(), "decrypt"), selfSigned(t, rsaKey(), "decrypt next")},
	}
}

func TestMetadataReadsBack(t *testing.T) {
	sp := ourSide(t)
	raw, err := sp.Metadata(nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sp.Metadata(nil)
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("the same input gave other bytes (%v)", err)
	}
	var parsed crewjam.EntityDescriptor
	if err := xml.Unmarshal(raw, &parsed); err != nil {
		t.Fatal(err)
	}
	if parsed.EntityID != sp.EntityID || len(parsed.SPSSODescriptors) != 1 || !parsed.ValidUntil.IsZero() {
		t.Fatalf("got %+v", parsed)
	}
	role := parsed.SPSSODescriptors[0]

	type key struct {
		use, certificate string
		methods          []string
	}
	encoded := func(c *x509.Certificate) string { return base64.StdEncoding.EncodeToString(c.Raw) }
	methods := []string{
		"http://www.w3.org/2009/xmlenc11#aes256-gcm",
		"http://www.w3.org/2009/xmlenc11#aes192-gcm",
		"http://www.w3.org/2009/xmlenc11#aes128-gcm",
		"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
		"http://www.w3.org/2009/xmlenc11#rsa-oaep",
	}
	wantKeys := []key{
		{"signing", encoded(sp.SigningCertificates[0]), nil},
		{"signing", encoded(sp.SigningCertificates[1]), nil},
		{"encryption", encoded(sp.EncryptionCertificates[0]), methods},
		{"encryption", encoded(sp.EncryptionCertificates[1]), methods},
	}
	var gotKeys []key
	for _, k := range role.KeyDescriptors {
		got := key{use: k.Use, certificate: k.KeyInfo.X509Data.X509Certificates[0].Data}
		for _, m := range k.EncryptionMethods {
			got.methods = append(got.methods, m.Algorithm)
		}
		gotKeys = append(gotKeys, got)
	}
	if diff := cmp.Diff(wantKeys, gotKeys, cmp.AllowUnexported(key{})); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}

	yes := true
	if diff := cmp.Diff([]crewjam.IndexedEndpoint{
		{Binding: saml.BindingPOST, Location: sp.ACSURLs[0], Index: 0, IsDefault: &yes},
		{Binding: saml.BindingPOST, Location: sp.ACSURLs[1], Index: 1},
	}, role.AssertionConsumerServices); diff != "" {
		t.Errorf("assertion consumer services (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]crewjam.Endpoint{
		{Binding: saml.BindingRedirect, Location: sp.SLOURL},
		{Binding: saml.BindingPOST, Location: sp.SLOURL},
	}, role.SingleLogoutServices); diff != "" {
		t.Errorf("single logout services (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]crewjam.NameIDFormat{saml.FormatEmailAddress, saml.FormatPersistent}, role.NameIDFormats); diff != "" {
		t.Errorf("NameID formats (-want +got):\n%s", diff)
	}
	if !*role.AuthnRequestsSigned || !*role.WantAssertionsSigned {
		t.Error("the wishes for signatures are missing")
	}
	if !bytes.Contains(raw, []byte(`<mdui:DisplayName xml:lang="en">Portal &amp; more</mdui:DisplayName>`)) {
		t.Errorf("no display name in %s", raw)
	}
}

// The schema is a sequence: identity providers that validate refuse another
// order.
func TestMetadataElementOrder(t *testing.T) {
	raw, err := ourSide(t).Metadata(signerOf(t, rsaKey()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`<(?:md|ds):(Signature|SPSSODescriptor|Extensions|KeyDescriptor|SingleLogoutService|NameIDFormat|AssertionConsumerService)[ >]`).FindAllSubmatch(raw, -1) {
		if name := string(m[1]); len(got) == 0 || got[len(got)-1] != name {
			got = append(got, name)
		}
	}
	want := []string{"Signature", "SPSSODescriptor", "Extensions", "KeyDescriptor", "SingleLogoutService", "NameIDFormat", "AssertionConsumerService"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMetadataSignature(t *testing.T) {
	for _, key := range []crypto.Signer{rsaKey(), ecKey()} {
		signer := signerOf(t, key)
		raw, err := ourSide(t).Metadata(signer)
		if err != nil {
			t.Fatal(err)
		}
		xmlsecVerify(t, raw, "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor", signer.Certificate)
	}
}

func TestMetadataOfLittle(t *testing.T) {
	sp := &saml.ServiceProvider{EntityID: "https://sp.example.com/", ACSURLs: []string{"https://sp.example.com/acs"}, NameIDFormats: []string{saml.FormatUnspecified}}
	raw, err := sp.Metadata(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://sp.example.com/">
  <md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.example.com/acs" index="0" isDefault="true"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
`
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMetadataIsRefused(t *testing.T) {
	for name, change := range map[string]func(*saml.ServiceProvider){
		"no entity ID":       func(sp *saml.ServiceProvider) { sp.EntityID = "" },
		"no ACS":             func(sp *saml.ServiceProvider) { sp.ACSURLs = nil },
		"relative ACS":       func(sp *saml.ServiceProvider) { sp.ACSURLs[1] = "/acs" },
		"SLO without scheme": func(sp *saml.ServiceProvider) { sp.SLOURL = "sp.example.com/slo" },
		"no signing key":     func(sp *saml.ServiceProvider) { sp.SigningCertificates = nil },
	} {
		sp := ourSide(t)
		change(sp)
		if raw, err := sp.Metadata(nil); err == nil {
			t.Errorf("%s: got %s", name, raw)
		}
	}
	if _, err := ourSide(t).Metadata(&saml.Signer{}); err == nil {
		t.Error("signed without a key")
	}
}
