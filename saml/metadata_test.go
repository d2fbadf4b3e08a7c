package saml_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"sallyport/saml"
)

var reviewTime = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const plainSSO = `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/>`

// descriptor is metadata of one identity provider around keys and endpoints.
func descriptor(attributes, body string) string {
	return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://idp.example.com/" ` + attributes + `>` +
		`<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol urn:oasis:names:tc:SAML:2.0:protocol">` + body + `</md:IDPSSODescriptor></md:EntityDescriptor>`
}

func keyDescriptor(use string, certificates ...string) string {
	s := `<md:KeyDescriptor` + use + `><ds:KeyInfo><ds:KeyName>k</ds:KeyName><ds:X509Data>`
	for _, c := range certificates {
		s += `<ds:X509Certificate>` + c + `</ds:X509Certificate>`
	}
	return s + `</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
}

func goodCertificate(t testing.TB) string {
	t.Helper()
	return base64.StdEncoding.EncodeToString(selfSigned(t, rsaKey(), "idp").Raw)
}

func goodMetadata(t testing.TB) string {
	t.Helper()
	return descriptor("", keyDescriptor(` use="signing"`, goodCertificate(t))+plainSSO)
}

func TestParseMetadataTolerates(t *testing.T) {
	good := goodMetadata(t)
	certificate := goodCertificate(t)
	var wrapped strings.Builder
	for i := 0; i < len(certificate); i += 64 {
		wrapped.WriteString("\r\n      " + certificate[i:min(i+64, len(certificate))])
	}
	for name, raw := range map[string]string{
		"as it is":              good,
		"a byte order mark":     "\ufeff" + good,
		"a declaration":         `<?xml version="1.0" encoding="utf-8"?>` + "\n" + good,
		"mark and declaration":  "\ufeff" + `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + good,
		"white space around":    "\n\n  \t" + `<?xml version="1.0"?>` + good + "\n\n",
		"comments":              "<!-- one -->" + strings.ReplaceAll(good, "<md:KeyDescriptor", "<!-- two --><md:KeyDescriptor") + "<!-- three -->",
		"comment in the base64": strings.ReplaceAll(good, certificate, certificate[:100]+"<!-- x -->"+certificate[100:]),
		"wrapped base64":        strings.ReplaceAll(good, certificate, wrapped.String()+"\n   "),
		"base64 with blanks":    strings.ReplaceAll(good, certificate, certificate[:50]+" \t "+certificate[50:]),
		"PEM":                   strings.ReplaceAll(good, certificate, "-----BEGIN CERTIFICATE-----"+wrapped.String()+"\n-----END CERTIFICATE-----\n"),
		"no use":                strings.ReplaceAll(good, ` use="signing"`, ""),
		"the key twice":         strings.ReplaceAll(good, plainSSO, keyDescriptor("", certificate)+plainSSO+plainSSO),
		"another protocol's":    strings.ReplaceAll(good, "<md:IDPSSODescriptor ", `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"/><md:RoleDescriptor/><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/><md:IDPSSODescriptor `),
		"other bindings":        strings.ReplaceAll(good, plainSSO, `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="soap:x"/>`+plainSSO),
		"an aggregate of one":   `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"><EntitiesDescriptor>` + good + `</EntitiesDescriptor></EntitiesDescriptor>`,
		"foreign look-alikes":   strings.ReplaceAll(good, plainSSO, `<x:SingleSignOnService xmlns:x="urn:x" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://evil.example.com/"/>`+plainSSO),
		"IDs twice":             strings.ReplaceAll(good, "<md:KeyDescriptor", `<md:Extensions ID="a"/><md:Extensions ID="a"/><md:KeyDescriptor`),
	} {
		t.Run(name, func(t *testing.T) {
			m, err := saml.ParseMetadata([]byte(raw), "", reviewTime)
			if err != nil {
				t.Fatal(err)
			}
			if m.EntityID != "https://idp.example.com/" || len(m.Certificates) != 1 || len(m.SSO) != 1 || m.SSO[0].Location != "https://idp.example.com/sso" || len(m.Warnings) != 0 {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestParseMetadataRefuses(t *testing.T) {
	good := goodMetadata(t)
	certificate := goodCertificate(t)
	signing := keyDescriptor(` use="signing"`, certificate)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weakKey := keyDescriptor("", base64.StdEncoding.EncodeToString(selfSigned(t, weak, "weak").Raw))
	var utf16LE, utf16BE []byte
	for _, u := range utf16.Encode([]rune(good)) {
		utf16LE, utf16BE = append(utf16LE, byte(u), byte(u>>8)), append(utf16BE, byte(u>>8), byte(u))
	}
	sso := func(location string) string {
		return strings.ReplaceAll(good, "https://idp.example.com/sso", location)
	}
	entity := func(roles string) string {
		return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="e">` + roles + `</EntityDescriptor>`
	}
	for _, tc := range []struct{ name, raw, says string }{
		{"nothing", "", "The document is empty"},
		{"blanks", "\ufeff \r\n\t", "The document is empty"},
		{"many blanks", strings.Repeat(" ", 5000), "The document is empty"},
		{"PNG", "\x89PNG\r\n\x1a\n", "a PNG image"},
		{"JPEG", "\xff\xd8\xff\xe0", "a JPEG image"},
		{"PDF", "%PDF-1.7", "a PDF document"},
		{"ZIP", "PK\x03\x04...", "a ZIP archive"},
		{"gzip", "\x1f\x8b\x08", "a gzip archive"},
		{"JSON", ` {"issuer":"https://idp.example.com"}`, "This is JSON"},
		{"HTML", "\n<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"},
		{"HTML without DOCTYPE", "<HTML><body>", "a web page"},
		{"PEM", "-----BEGIN CERTIFICATE-----\n" + certificate, "a certificate or a key"},
		{"an address", "https://idp.example.com/metadata", "an address"},
		{"plain text", "hello", "not an XML document"},
		{"UTF-16 LE with mark", "\xff\xfe" + string(utf16LE), "encoded in UTF-16"},
		{"UTF-16 BE with mark", "\xfe\xff" + string(utf16BE), "encoded in UTF-16"},
		{"UTF-16 LE", string(utf16LE), "encoded in UTF-16"},
		{"UTF-16 BE", string(utf16BE), "encoded in UTF-16"},
		{"Latin-1 declared", `<?xml version="1.0" encoding="ISO-8859-1"?>` + good, "encoded in ISO-8859-1"},
		{"Latin-1", strings.ReplaceAll(good, "<ds:KeyName>k", "<ds:KeyName>M\xfcller"), "not UTF-8"},
		{"DOCTYPE", `<!DOCTYPE x [<!ENTITY a "b">]>` + good, "has a DOCTYPE"},
		{"processing instruction", `<?xml-stylesheet href="x"?>` + good, "no processing instruction"},
		{"too large", good + strings.Repeat(" ", 5<<20), "larger than 5 MB"},
		{"too deep", strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100), "too deeply nested"},
		{"cut off", good[:len(good)-30], "the file is not whole"},
		{"cut off in a tag", good[:len(good)-5], "the file is not whole"},
		{"unbound prefix", `<md:EntityDescriptor/>`, "not well-formed XML"},
		{"two roots", good + good, "not well-formed XML"},
		{"a response", `<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"/>`, "a SAML message (Response)"},
		{"another document", `<rss/>`, "The root element is rss"},
		{"no namespace", `<EntityDescriptor entityID="x"/>`, "not in the namespace"},
		{"service provider", entity(`<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>`), "the metadata of a service provider"},
		{"WS-Federation", entity(`<RoleDescriptor/><SPSSODescriptor/>`), "WS-Federation only"},
		{"SAML 1.1", entity(`<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"/>`), "does not offer the SAML 2.0 protocol"},
		{"no protocol", entity(`<IDPSSODescriptor/>`), "does not offer the SAML 2.0 protocol"},
		{"no role", entity(``), "no IDPSSODescriptor"},
		{"foreign role", entity(`<IDPSSODescriptor xmlns="urn:x" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>`), "no IDPSSODescriptor"},
		{"empty aggregate", `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>`, "holds no EntityDescriptor"},
		{"two roles", strings.ReplaceAll(good, "<md:IDPSSODescriptor ", `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/><md:IDPSSODescriptor `), "has 2 IDPSSODescriptors"},
		{"no entity ID", strings.ReplaceAll(good, ` entityID="https://idp.example.com/"`, ""), "has no entityID"},
		{"prefixed entity ID", strings.ReplaceAll(good, ` entityID=`, ` md:entityID=`), "has no entityID"},
		{"long entity ID", strings.ReplaceAll(good, `"https://idp.example.com/"`, `"`+strings.Repeat("x", 1025)+`"`), "longer than 1024"},
		{"no key", descriptor("", plainSSO), "no signing certificate"},
		{"encryption key alone", descriptor("", keyDescriptor(` use="encryption"`, certificate)+plainSSO), "no signing certificate"},
		{"unknown use", descriptor("", keyDescriptor(` use="both"`, certificate)+plainSSO), "no signing certificate"},
		{"bare RSA key", descriptor("", `<md:KeyDescriptor><ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue></ds:KeyInfo></md:KeyDescriptor>`+plainSSO), "without an X.509 certificate"},
		{"no base64", descriptor("", keyDescriptor("", "!!!")+plainSSO), "is not base64"},
		{"no certificate", descriptor("", keyDescriptor("", "AAAA")+plainSSO), "cannot be read"},
		{"weak key", descriptor("", weakKey+plainSSO), "has 1024 bits"},
		{"weak curve", descriptor("", keyDescriptor("", curveCertificate(t, elliptic.P224()))+plainSSO), "P-256, P-384 or P-521"},
		{"Ed25519", descriptor("", keyDescriptor("", base64.StdEncoding.EncodeToString(selfSigned(t, edKey(t), "ed").Raw))+plainSSO), "neither RSA nor ECDSA but Ed25519"},
		{"no endpoint", descriptor("", signing), "no single sign-on service"},
		{"SOAP alone", descriptor("", signing+`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.example.com/soap"/>`), "no single sign-on service"},
		{"javascript", sso("javascript:alert(1)//https://x/"), "neither https:// nor http://"},
		{"data", sso("data:text/html,x"), "neither https:// nor http://"},
		{"relative", sso("/sso"), "neither https:// nor http://"},
		{"without host", sso("https:///sso"), "names no host"},
		{"user name", sso("https://login.example.com@evil.example.com/"), "holds a user name"},
		{"control character", sso("https://idp.example.com/&#10;x"), "character that URLs may not have"},
		{"empty location", sso(""), "the URL is missing"},
		{"javascript beside a good one", strings.ReplaceAll(good, plainSSO, plainSSO+strings.ReplaceAll(plainSSO, "https://idp.example.com/sso", "javascript:x")), "neither https:// nor http://"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, err := saml.ParseMetadata([]byte(tc.raw), "", reviewTime)
			if err == nil {
				t.Fatalf("got %+v", m)
			}
			wantSentence(t, err, tc.says)
		})
	}
}

func curveCertificate(t *testing.T, curve elliptic.Curve) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(selfSigned(t, key, "curve").Raw)
}

func TestParseMetadataWarns(t *testing.T) {
	certificate := goodCertificate(t)
	signing := keyDescriptor(` use="signing"`, certificate)
	ec := base64.StdEncoding.EncodeToString(selfSigned(t, ecKey(), "ec").Raw)
	for _, tc := range []struct {
		name, raw, says string
		now             time.Time
		check           func(*saml.IDPMetadata) bool
	}{
		{name: "bad cache duration", raw: descriptor(`cacheDuration="P1DT"`, signing+plainSSO), says: `"P1DT" cannot be read`, check: func(m *saml.IDPMetadata) bool { return m.CacheDuration == 0 }},
		{name: "bad end of validity", raw: descriptor(`validUntil="soon"`, signing+plainSSO), says: `"soon" cannot be read`, check: func(m *saml.IDPMetadata) bool { return m.ValidUntil.IsZero() }},
		{name: "past", raw: descriptor(`validUntil="2021-01-03T16:17:49.000Z"`, signing+plainSSO), says: "valid until 2021-01-03 only", check: func(m *saml.IDPMetadata) bool { return m.ValidUntil.Year() == 2021 }},
		{name: "expired", raw: descriptor("", signing+plainSSO), says: `"idp" expired on`, now: reviewTime.AddDate(20, 0, 0)},
		{name: "not begun", raw: descriptor("", signing+plainSSO), says: `"idp" is not valid before 2026-01-01`, now: reviewTime.AddDate(-1, 0, 0)},
		{name: "one bad key of two", raw: descriptor("", keyDescriptor("", "AAAA")+signing+plainSSO), says: "A signing key is left out: its certificate cannot be read"},
		{name: "bad encryption key", raw: descriptor("", keyDescriptor(` use="encryption"`, "AAAA")+signing+plainSSO), says: "An encryption key is left out"},
		{name: "a chain", raw: descriptor("", keyDescriptor("", certificate, ec)+plainSSO), says: "comes with 2 certificates", check: func(m *saml.IDPMetadata) bool { return m.Certificates[0].Subject.CommonName == "idp" }},
		{name: "http", raw: descriptor("", signing+strings.ReplaceAll(plainSSO, "https:", "http:")), says: "not encrypted (http)"},
		{name: "bad logout address", raw: descriptor("", signing+`<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="javascript:x"/>`+plainSSO), says: "single logout address is left out", check: func(m *saml.IDPMetadata) bool { return len(m.SLO) == 0 }},
		{name: "bad logout response address", raw: descriptor("", signing+`<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/slo" ResponseLocation="javascript:x"/>`+plainSSO), says: "response address of a single logout", check: func(m *saml.IDPMetadata) bool { return len(m.SLO) == 1 && m.SLO[0].ResponseLocation == "" }},
		{name: "placeholder", raw: strings.ReplaceAll(goodMetadata(t), `"https://idp.example.com/"`, `"https://sts.windows.net/{tenantid}/"`), says: "the placeholder {tenantid}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now := tc.now
			if now.IsZero() {
				now = reviewTime
			}
			m, err := saml.ParseMetadata([]byte(tc.raw), "", now)
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], tc.says) {
				t.Errorf("warnings %q, want one that says %q", m.Warnings, tc.says)
			}
			if len(m.Certificates) != 1 {
				t.Errorf("%d certificates, want one", len(m.Certificates))
			}
			if tc.check != nil && !tc.check(m) {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestParseMetadataReadsEverything(t *testing.T) {
	signing, encryption := selfSigned(t, rsaKey(), "idp"), selfSigned(t, ecKey(), "encryption")
	raw := `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" validUntil="2027-01-01T00:00:00Z" cacheDuration="PT6H"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>` +
		descriptor(`validUntil="2028-01-01T00:00:00+01:00" cacheDuration="P1DT2H3M4.5S"`,
			`<md:Extensions><u:UIInfo xmlns:u="urn:oasis:names:tc:SAML:metadata:ui"><u:DisplayName xml:lang="de">Anmeldung</u:DisplayName><u:DisplayName xml:lang="en">Example
			 sign-in</u:DisplayName></u:UIInfo></md:Extensions>`+
				keyDescriptor(` use="encryption"`, base64.StdEncoding.EncodeToString(encryption.Raw))+
				keyDescriptor(` use="signing"`, base64.StdEncoding.EncodeToString(signing.Raw))+
				`<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/slo" ResponseLocation="https://idp.example.com/slo/done"/>`+
				`<md:NameIDFormat> urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress
				</md:NameIDFormat>`+plainSSO) +
		entityNamed("https://other.example.com/") + `</EntitiesDescriptor>`
	raw = strings.Replace(raw, "<md:IDPSSODescriptor ", `<md:IDPSSODescriptor WantAuthnRequestsSigned="1" `, 1)

	got, err := saml.ParseMetadata([]byte(raw), "https://idp.example.com/", reviewTime)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Certificates) != 1 || !got.Certificates[0].Equal(signing) || len(got.EncryptionOnly) != 1 || !got.EncryptionOnly[0].Equal(encryption) {
		t.Errorf("certificates: %d signing, %d for encryption", len(got.Certificates), len(got.EncryptionOnly))
	}
	got.Certificates, got.EncryptionOnly = nil, nil
	want := &saml.IDPMetadata{
		EntityID:                "https://idp.example.com/",
		DisplayName:             "Example sign-in",
		SSO:                     []saml.Endpoint{{Binding: saml.BindingRedirect, Location: "https://idp.example.com/sso"}},
		SLO:                     []saml.Endpoint{{Binding: saml.BindingPOST, Location: "https://idp.example.com/slo", ResponseLocation: "https://idp.example.com/slo/done"}},
		NameIDFormats:           []string{saml.FormatEmailAddress},
		WantAuthnRequestsSigned: true,
		ValidUntil:              time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		CacheDuration:           6 * time.Hour,
		Signed:                  true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func entityNamed(id string) string {
	return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + id + `"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></EntityDescriptor>`
}

func TestParseMetadataTakesOneOfTwice(t *testing.T) {
	raw := `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">` + goodMetadata(t) + goodMetadata(t) + `</EntitiesDescriptor>`
	_, err := saml.ParseMetadata([]byte(raw), "https://idp.example.com/", reviewTime)
	wantSentence(t, err, "more than once")
}

func TestParseMetadataOfOneUnderAnotherName(t *testing.T) {
	_, err := saml.ParseMetadata([]byte(goodMetadata(t)), "https://another.example.com/", reviewTime)
	wantSentence(t, err, "does not describe https://another.example.com/ but https://idp.example.com/")
}

func TestParseMetadataOfManyCertificates(t *testing.T) {
	var keys strings.Builder
	for i := range 9 {
		keys.WriteString(keyDescriptor("", base64.StdEncoding.EncodeToString(selfSigned(t, ecKey(), string(rune('a'+i))).Raw)))
	}
	_, err := saml.ParseMetadata([]byte(descriptor("", keys.String()+plainSSO)), "", reviewTime)
	wantSentence(t, err, "9 signing certificates, and at most 8")
}

func TestCacheDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT1H": time.Hour, "P1D": 24 * time.Hour, "P1Y2M3D": (365 + 60 + 3) * 24 * time.Hour, "PT0.5S": 0, "PT1.5S": time.Second,
		"PT604800S": 7 * 24 * time.Hour, "": 0, "P": 0, "PT": 0, "P1DT": 0, "1D": 0, "-P1D": 0, "P1H": 0, "PT1D": 0, "P1D1D": 0, "P1M1Y": 0,
		"PTH": 0, "PT1": 0, "P99999999999D": 0, "P99Y": 0, "PT1.S": 0, "PT1.5H": 0, "P1.5D": 0, "PT1.5": 0,
	} {
		m, err := saml.ParseMetadata([]byte(descriptor(`cacheDuration="`+text+`"`, keyDescriptor("", goodCertificate(t))+plainSSO)), "", reviewTime)
		if err != nil {
			t.Fatal(err)
		}
		if m.CacheDuration != want || (want == 0) != (len(m.Warnings) == 1) {
			t.Errorf("%q: got %v and %q, want %v", text, m.CacheDuration, m.Warnings, want)
		}
	}
}

func FuzzMetadata(f *testing.F) {
	good := goodMetadata(f)
	f.Add([]byte(good), "")
	f.Add([]byte(`<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" cacheDuration="P1DT2H" validUntil="2027-01-01T00:00:00Z">`+good+entityNamed("x")+`</EntitiesDescriptor>`), "x")
	f.Add([]byte("\ufeff<?xml version='1.0'?>"+good), "https://idp.example.com/")
	f.Add([]byte("\x89PNG"), "")
	f.Fuzz(func(t *testing.T, raw []byte, entityID string) {
		before := bytes.Clone(raw)
		m, err := saml.ParseMetadata(raw, entityID, reviewTime)
		if !bytes.Equal(before, raw) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if _, ok := err.(*saml.MetadataError); !ok || m != nil || err.Error() == "" {
				t.Fatalf("got %v beside %T: %v", m, err, err)
			}
			return
		}
		if m.EntityID == "" || entityID != "" && m.EntityID != entityID || len(m.Certificates) == 0 || len(m.Certificates) > 8 || len(m.SSO) == 0 {
			t.Fatalf("got %+v", m)
		}
		for _, e := range append(m.SSO, m.SLO...) {
			if !strings.HasPrefix(strings.ToLower(e.Location), "http") {
				t.Fatalf("location %q", e.Location)
			}
		}
	})
}

func TestParseMetadataNamesTheOrganization(t *testing.T) {
	for body, want := range map[string]string{
		`<md:OrganizationName xml:lang="en">example-corp</md:OrganizationName><md:OrganizationDisplayName xml:lang="fr">Exemple</md:OrganizationDisplayName>`: "Exemple",
		`<md:OrganizationName xml:lang="en"> Example
		Corp </md:OrganizationName>`: "Example Corp",
		`<md:OrganizationName><b>Example</b></md:OrganizationName>`: "",
	} {
		raw := strings.Replace(goodMetadata(t), "</md:EntityDescriptor>", "<md:Organization>"+body+"</md:Organization></md:EntityDescriptor>", 1)
		m, err := saml.ParseMetadata([]byte(raw), "", reviewTime)
		if err != nil || m.DisplayName != want {
			t.Errorf("got %+v, %v, want the name %q", m, err, want)
		}
	}
}
