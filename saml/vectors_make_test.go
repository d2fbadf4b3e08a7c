package saml_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"flag"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sallyport/internal/testidp"
)

var update = flag.Bool("update", false, "make the vectors of testdata/saml anew, with new keys")

// recipe says how one vector is made from the base response: changes before
// signing, who signs, and changes after signing.
type recipe struct {
	name, expect string
	signs        string            // "a" assertion, "r" response, "ar" both, "" neither; the default is "a"
	before       []string          // old, new, old, new...
	after        []string          // the same on the signed document
	template     []string          // the same on the template of the signature
	key          string            // "" rsa, foreign, old, p256, p384
	lines        map[string]string // of case.txt, over the usual ones
	whole        string            // the document itself; nothing is signed
}

const (
	madeIDP = "https://idp.example.com/federation"
	madeACS = "https://sp.example.com/saml/default/acs"
	madeSP  = "https://sp.example.com/saml/default/metadata"
	dsMore  = "http://www.w3.org/2001/04/xmldsig-more#"
	dsSpace = "http://www.w3.org/2000/09/xmldsig#"
	encNS   = "http://www.w3.org/2001/04/xmlenc#"
	excC14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

var baseResponse = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="2026-03-01T12:00:00Z" Destination="` + madeACS + `" InResponseTo="_q1">
  <saml:Issuer>` + madeIDP + `</saml:Issuer>[[r]]
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
  <saml:Assertion ID="_a1" Version="2.0" IssueInstant="2026-03-01T12:00:00Z">
    <saml:Issuer>` + madeIDP + `</saml:Issuer>[[a]]
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@example.com</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="_q1" NotOnOrAfter="2026-03-01T12:05:00Z" Recipient="` + madeACS + `"/></saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="2026-03-01T11:59:00Z" NotOnOrAfter="2026-03-01T12:05:00Z"><saml:AudienceRestriction><saml:Audience>` + madeSP + `</saml:Audience></saml:AudienceRestriction></saml:Conditions>
    <saml:AuthnStatement AuthnInstant="2026-03-01T11:59:30Z" SessionIndex="_s1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
    <saml:AttributeStatement><saml:Attribute Name="groups"><saml:AttributeValue>staff</saml:AttributeValue><saml:AttributeValue>on-call</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>
`

const signatureTemplate = `<ds:Signature xmlns:ds="` + dsSpace + `"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="` + excC14N + `"/><ds:SignatureMethod Algorithm="` + dsMore + `rsa-sha256"/><ds:Reference URI="#[[id]]"><ds:Transforms><ds:Transform Algorithm="` + dsSpace + `enveloped-signature"/><ds:Transform Algorithm="` + excC14N + `"/></ds:Transforms><ds:DigestMethod Algorithm="` + encNS + `sha256"/><ds:DigestValue></ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>[[certificate]]</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`

// TestMakeVectors makes the vectors anew: go test ./saml -run MakeVectors
// -update. Keys are thrown away; xmlsec1 signs, so that no vector rests on
// the code that it tests.
func TestMakeVectors(t *testing.T) {
	if !*update {
		t.Skip("vectors are made with -update alone")
	}
	needProgram(t, "xmlsec1")
	m := newMaker(t)
	m.write("metadata.xml", m.metadata("rsa", "p256", "p384"))
	for kind, recipes := range map[string][]recipe{"accept": acceptRecipes(), "reject": rejectRecipes()} {
		if err := os.RemoveAll(filepath.Join(vectors, kind)); err != nil {
			t.Fatal(err)
		}
		for _, r := range recipes {
			m.make(kind, r)
		}
	}
	m.encrypted("decryption-failed", "DecryptionFailed", "decryption_key")
	m.encrypted("no-decryption-key", "NoDecryptionKey", "")
}

type maker struct {
	t            *testing.T
	dir          string
	certificates map[string][]byte
}

func newMaker(t *testing.T) *maker {
	m := &maker{t: t, dir: t.TempDir(), certificates: map[string][]byte{}}
	wide := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"rsa", "foreign", "old", "p256", "p384"} {
		var key crypto.Signer
		var err error
		until := wide
		switch name {
		case "p256":
			key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		case "p384":
			key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
		case "old":
			until = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			fallthrough
		default:
			key, err = rsa.GenerateKey(rand.Reader, 2048)
		}
		if err != nil {
			t.Fatal(err)
		}
		m.key(name, key, until)
	}
	return m
}

func (m *maker) key(name string, key crypto.Signer, until time.Time) {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		m.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		m.t.Fatal(err)
	}
	m.certificates[name] = der
	if err := os.WriteFile(filepath.Join(m.dir, name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

func (m *maker) metadata(names ...string) string {
	var keys strings.Builder
	for _, name := range names {
		keys.WriteString(`<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="` + dsSpace + `"><ds:X509Data><ds:X509Certificate>` +
			base64.StdEncoding.EncodeToString(m.certificates[name]) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>` + "\n")
	}
	return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + madeIDP + `"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` + "\n" +
		keys.String() + `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>` + "\n"
}

func (m *maker) write(path, content string) {
	path = filepath.Join(vectors, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// replace applies old, new pairs; each old must be there.
func (m *maker) replace(name, doc string, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(doc, pairs[i]) {
			m.t.Fatalf("%s: nothing to replace: %s", name, pairs[i])
		}
		doc = strings.ReplaceAll(doc, pairs[i], pairs[i+1])
	}
	return doc
}

func (m *maker) make(kind string, r recipe) {
	doc := r.whole
	if doc == "" {
		doc = m.replace(r.name, baseResponse, r.before)
		signs := r.signs
		if signs == "" {
			signs = "a"
		}
		if strings.Contains(signs, "a") {
			doc = m.sign(r, doc, "[[a]]", "_a1")
		}
		if strings.Contains(signs, "r") {
			doc = m.sign(r, doc, "[[r]]", "_r1")
		}
		doc = m.replace(r.name, strings.NewReplacer("[[a]]", "", "[[r]]", "").Replace(doc), r.after)
	}
	file := "response.xml"
	if r.expect == "NotBase64" {
		file = "response.b64"
	}
	dir := filepath.Join(kind, r.name)
	m.write(filepath.Join(dir, file), doc)
	if r.key == "old" {
		m.write(filepath.Join(dir, "metadata.xml"), m.metadata("old"))
	}
	m.caseFile(dir, r.expect, r.lines)
}

func (m *maker) caseFile(dir, expect string, over map[string]string) {
	lines := map[string]string{"now": "2026-03-01T12:00:10Z", "acs": madeACS, "audience": madeSP, "request": "_q1", "unsolicited": "no", "expect": expect}
	for key, value := range over {
		lines[key] = value
	}
	var b strings.Builder
	for _, key := range []string{"about", "now", "acs", "audience", "request", "unsolicited", "switch", "force_authn", "authn_context", "expect", "groups"} {
		if lines[key] != "" {
			b.WriteString(key + ": " + lines[key] + "\n")
		}
	}
	m.write(filepath.Join(dir, "case.txt"), b.String())
}

var (
	digestValue    = regexp.MustCompile(`DigestValue>([^<]+)<`)
	signatureValue = regexp.MustCompile(`SignatureValue>([^<]+)<`)
)

// sign lets xmlsec1 compute the values of one signature and puts them into
// the document as it stands, which xmlsec1's own output does not keep.
func (m *maker) sign(r recipe, doc, mark, id string) string {
	key := r.key
	if key == "" {
		key = "rsa"
	}
	template := strings.ReplaceAll(signatureTemplate, "[[id]]", id)
	template = m.replace(r.name, template, r.template)
	template = strings.ReplaceAll(template, "[[certificate]]", base64.StdEncoding.EncodeToString(m.certificates[key]))
	file := filepath.Join(m.dir, "template.xml")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(mark, template, "[[a]]", "", "[[r]]", "").Replace(doc)), 0o600); err != nil {
		m.t.Fatal(err)
	}
	out, err := exec.Command("xmlsec1", "--sign", "--privkey-pem", filepath.Join(m.dir, key+".pem"),
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:LogoutResponse",
		"--node-xpath", "//*[local-name()='Signature'][*[local-name()='SignedInfo']/*[local-name()='Reference'][@URI='#"+id+"']]", file).CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s: xmlsec1: %v\n%s", r.name, err, out)
	}
	// The signature that was just made is the one whose values are not in doc.
	digest, value := fresh(doc, digestValue.FindAllStringSubmatch(string(out), -1)), fresh(doc, signatureValue.FindAllStringSubmatch(string(out), -1))
	if digest == "" || value == "" {
		m.t.Fatalf("%s: xmlsec1 signed nothing:\n%s", r.name, out)
	}
	template = strings.Replace(template, "DigestValue></", "DigestValue>"+digest+"</", 1)
	template = strings.Replace(template, "SignatureValue></", "SignatureValue>"+value+"</", 1)
	return strings.Replace(doc, mark, template, 1)
}

func fresh(doc string, found [][]string) string {
	for _, f := range found {
		if !strings.Contains(doc, f[1]) {
			return f[1]
		}
	}
	return ""
}

// encrypted makes a vector for a key that nobody keeps.
func (m *maker) encrypted(name, expect, switches string) {
	twin, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
	if err != nil {
		m.t.Fatal(err)
	}
	_, certificate := newServiceKey(m.t)
	raw, err := twin.Respond(testidp.Response{ACS: madeACS, Audience: madeSP, Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		InResponseTo: "_q1", SignResponse: true, Encrypt: "aes256-gcm", SPCertificate: certificate})
	if err != nil {
		m.t.Fatal(err)
	}
	dir := filepath.Join("reject", name)
	m.write(filepath.Join(dir, "response.xml"), string(raw))
	m.write(filepath.Join(dir, "metadata.xml"), string(twin.Metadata()))
	m.caseFile(dir, expect, map[string]string{"switch": switches})
}
