package saml_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"io"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	crewjam "github.com/crewjam/saml"
	"github.com/google/go-cmp/cmp"

	"sallyport/saml"
)

func question(binding string) *saml.AuthnRequest {
	return &saml.AuthnRequest{
		ID:           "_0123456789abcdef",
		IssueInstant: time.Date(2026, 11, 21, 13, 30, 15, 123456789, time.FixedZone("CET", 3600)),
		Issuer:       "https://sp.example.com/saml/entra/metadata?a=1&b=2",
		ACSURL:       "https://sp.example.com/saml/entra/acs",
		Endpoint:     saml.Endpoint{Binding: binding, Location: "https://idp.example.com/sso"},
		RelayState:   "handle-1",
	}
}

// requestXML takes the XML out of a message, as its identity provider would.
func requestXML(t testing.TB, m *saml.RequestMessage) []byte {
	t.Helper()
	encoded := m.Form.Get("SAMLRequest")
	if m.Form == nil {
		u, err := url.Parse(m.URL)
		if err != nil {
			t.Fatal(err)
		}
		encoded = u.Query().Get("SAMLRequest")
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if m.Form != nil {
		return raw
	}
	raw, err = io.ReadAll(flate.NewReader(bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestRequestSaysWhatIsAsked(t *testing.T) {
	const head = `<samlp:AuthnRequest xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_0123456789abcdef" Version="2.0" IssueInstant="2026-11-21T12:30:15.123Z" Destination="https://idp.example.com/sso"`
	const where = ` AssertionConsumerServiceURL="https://sp.example.com/saml/entra/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">` +
		`<saml:Issuer>https://sp.example.com/saml/entra/metadata?a=1&amp;b=2</saml:Issuer>`
	for _, tc := range []struct {
		name   string
		change func(*saml.AuthnRequest)
		want   string
	}{
		{"nothing special", func(*saml.AuthnRequest) {}, head + where + `</samlp:AuthnRequest>`},
		{"a fresh authentication", func(q *saml.AuthnRequest) { q.ForceAuthn = true },
			head + ` ForceAuthn="true"` + where + `</samlp:AuthnRequest>`},
		{"a format and two contexts", func(q *saml.AuthnRequest) {
			q.NameIDFormat = saml.FormatEmailAddress
			q.RequestedAuthnContext = []string{"urn:a", "urn:b&c"}
		}, head + where +
			`<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" AllowCreate="true"/>` +
			`<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>urn:a</saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:b&amp;c</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>` +
			`</samlp:AuthnRequest>`},
	} {
		for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
			t.Run(tc.name+" by "+binding[strings.LastIndex(binding, ":")+1:], func(t *testing.T) {
				q := question(binding)
				tc.change(q)
				m, err := q.Message()
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, string(requestXML(t, m))); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestRedirectKeepsTheLocationAndEscapesTheRelayState(t *testing.T) {
	for _, tc := range []struct{ location, prefix string }{
		{"https://idp.example.com/sso", "https://idp.example.com/sso?SAMLRequest="},
		{"https://idp.example.com/sso?", "https://idp.example.com/sso?SAMLRequest="},
		{"https://idp.example.com/sso?idpid=C0&x=%2F", "https://idp.example.com/sso?idpid=C0&x=%2F&SAMLRequest="},
	} {
		q := question(saml.BindingRedirect)
		q.Endpoint.Location = tc.location
		q.RelayState = "a&SAMLRequest=evil#x y+z"
		m, err := q.Message()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(m.URL, tc.prefix) {
			t.Errorf("got %s, want the prefix %s", m.URL, tc.prefix)
		}
		u, err := url.Parse(m.URL)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Query()["RelayState"]; !cmp.Equal(got, []string{q.RelayState}) {
			t.Errorf("relay state %q", got)
		}
		if n := len(u.Query()["SAMLRequest"]); n != 1 {
			t.Errorf("%d SAMLRequest parameters", n)
		}
	}
}

// The signature covers exactly the octets that travel, and not what the
// location brought along.
func TestRedirectSignature(t *testing.T) {
	for _, key := range []crypto.Signer{rsaKey(), ecKey()} {
		for _, relayState := range []string{"", "a b+c/d"} {
			q := question(saml.BindingRedirect)
			q.Endpoint.Location += "?idpid=C0"
			q.RelayState = relayState
			q.Signer = signerOf(t, key)
			m, err := q.Message()
			if err != nil {
				t.Fatal(err)
			}
			_, query, _ := strings.Cut(m.URL, "?idpid=C0&")
			signed, encoded, ok := strings.Cut(query, "&Signature=")
			if !ok {
				t.Fatalf("no signature in %s", m.URL)
			}
			if strings.Contains(signed, "RelayState=") != (relayState != "") {
				t.Errorf("relay state in %s", signed)
			}
			encoded, err = url.QueryUnescape(encoded)
			if err != nil {
				t.Fatal(err)
			}
			signature, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatal(err)
			}
			digest := sha256.Sum256([]byte(signed))
			parameters, err := url.ParseQuery(signed)
			if err != nil {
				t.Fatal(err)
			}
			algorithm := parameters.Get("SigAlg")
			switch public := key.Public().(type) {
			case *rsa.PublicKey:
				if algorithm != "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" || rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) != nil {
					t.Errorf("the %s signature does not verify", algorithm)
				}
			case *ecdsa.PublicKey:
				r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
				if algorithm != "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" || len(signature) != 64 || !ecdsa.Verify(public, digest[:], r, s) {
					t.Errorf("the %s signature does not verify", algorithm)
				}
			}
			if bytes.Contains(requestXML(t, m), []byte("Signature")) {
				t.Error("the XML is signed as well, which the binding forbids")
			}
		}
	}
}

func TestPostSignature(t *testing.T) {
	for _, key := range []crypto.Signer{rsaKey(), ecKey()} {
		q := question(saml.BindingPOST)
		q.NameIDFormat = saml.FormatPersistent
		q.Signer = signerOf(t, key)
		m, err := q.Message()
		if err != nil {
			t.Fatal(err)
		}
		raw := requestXML(t, m)
		if !bytes.Contains(raw, []byte("</saml:Issuer><ds:Signature ")) {
			t.Errorf("the signature does not stand behind the issuer: %s", raw)
		}
		var parsed crewjam.AuthnRequest
		if err := xml.Unmarshal(raw, &parsed); err != nil || parsed.ID != q.ID {
			t.Errorf("read back: %v, ID %q", err, parsed.ID)
		}
		xmlsecVerify(t, raw, "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest", q.Signer.Certificate)
	}
}

func TestPostForm(t *testing.T) {
	q := question(saml.BindingPOST)
	m, err := q.Message()
	if err != nil {
		t.Fatal(err)
	}
	if m.URL != q.Endpoint.Location || m.Binding != saml.BindingPOST || m.Form.Get("RelayState") != "handle-1" {
		t.Errorf("got %+v", m)
	}
	q.RelayState = ""
	if m, err = q.Message(); err != nil || m.Form.Has("RelayState") {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestRequestIsRefused(t *testing.T) {
	for name, change := range map[string]func(*saml.AuthnRequest){
		"javascript location": func(q *saml.AuthnRequest) { q.Endpoint.Location = "javascript:alert(1)" },
		"data location":       func(q *saml.AuthnRequest) { q.Endpoint.Location = "data:text/html,x" },
		"relative location":   func(q *saml.AuthnRequest) { q.Endpoint.Location = "/sso" },
		"hostless location":   func(q *saml.AuthnRequest) { q.Endpoint.Location = "https:///sso" },
		"location with user":  func(q *saml.AuthnRequest) { q.Endpoint.Location = "https://a@b.example.com/sso" },
		"location with line":  func(q *saml.AuthnRequest) { q.Endpoint.Location = "https://b.example.com/\r\nX: y" },
		"empty location":      func(q *saml.AuthnRequest) { q.Endpoint.Location = "" },
		"location fragment":   func(q *saml.AuthnRequest) { q.Endpoint.Location += "#x" },
		"empty fragment":      func(q *saml.AuthnRequest) { q.Endpoint.Location += "#" },
		"other binding":       func(q *saml.AuthnRequest) { q.Endpoint.Binding = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP" },
		"empty ID":            func(q *saml.AuthnRequest) { q.ID = "" },
		"ID with a digit":     func(q *saml.AuthnRequest) { q.ID = "0abc" },
		"ID with a quote":     func(q *saml.AuthnRequest) { q.ID = `_a"b` },
		"no issuer":           func(q *saml.AuthnRequest) { q.Issuer = "" },
		"no ACS":              func(q *saml.AuthnRequest) { q.ACSURL = "" },
		"no time":             func(q *saml.AuthnRequest) { q.IssueInstant = time.Time{} },
		"long relay state":    func(q *saml.AuthnRequest) { q.RelayState = strings.Repeat("x", 81) },
		"signer without key":  func(q *saml.AuthnRequest) { q.Signer = &saml.Signer{} },
		"Ed25519 key":         func(q *saml.AuthnRequest) { q.Signer = signerOf(t, edKey(t)) },
	} {
		for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
			q := question(binding)
			change(q)
			if m, err := q.Message(); err == nil {
				t.Errorf("%s by %s: got %+v", name, binding, m)
			}
		}
	}
}

func TestNewID(t *testing.T) {
	a, b := saml.NewID(), saml.NewID()
	if a == b || !regexp.MustCompile(`^_[0-9a-f]{40}$`).MatchString(a) {
		t.Errorf("got %s and %s", a, b)
	}
}

func BenchmarkRedirect(b *testing.B) {
	q := question(saml.BindingRedirect)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := q.Message(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRedirectSigned(b *testing.B) {
	q := question(saml.BindingRedirect)
	q.Signer = signerOf(b, rsaKey())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := q.Message(); err != nil {
			b.Fatal(err)
		}
	}
}
