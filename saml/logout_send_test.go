package saml_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/saml"
)

func leaving(binding string) *saml.NewLogoutRequest {
	return &saml.NewLogoutRequest{
		ID:             "_0123456789abcdef",
		IssueInstant:   time.Date(2026, 11, 21, 13, 30, 15, 123456789, time.FixedZone("CET", 3600)),
		NotOnOrAfter:   time.Date(2026, 11, 21, 13, 35, 15, 0, time.FixedZone("CET", 3600)),
		Issuer:         "https://sp.example.com/saml/entra/metadata?a=1&b=2",
		Endpoint:       saml.Endpoint{Binding: binding, Location: "https://idp.example.com/slo?tenant=7", ResponseLocation: "https://idp.example.com/done"},
		NameID:         saml.NameID{Value: `O'Neil & "sons" <o@example.com>`, Format: saml.FormatPersistent, NameQualifier: "https://idp.example.com/a&b", SPNameQualifier: "https://sp.example.com"},
		SessionIndexes: []string{"_s1", "s<2>&'\""},
		RelayState:     "handle-1",
	}
}

func answering(binding string) *saml.NewLogoutResponse {
	return &saml.NewLogoutResponse{
		ID:           "_0123456789abcdef",
		InResponseTo: "id-of & theirs",
		IssueInstant: time.Date(2026, 11, 21, 13, 30, 15, 0, time.UTC),
		Issuer:       "https://sp.example.com/saml/entra/metadata",
		Endpoint:     saml.Endpoint{Binding: binding, Location: "https://idp.example.com/slo?tenant=7"},
		RelayState:   "handle-1",
	}
}

// sentXML is the message without its signature.
func sentXML(t *testing.T, m *saml.RequestMessage) string {
	t.Helper()
	if m.Form == nil {
		return string(requestXML(t, &saml.RequestMessage{URL: strings.Replace(m.URL, "SAMLResponse=", "SAMLRequest=", 1)}))
	}
	raw, err := base64.StdEncoding.DecodeString(arrived(m).Field)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(raw), between(string(raw), "<ds:Signature ", "</ds:Signature>"), "", 1)
}

// What is signed inside is canonical: attributes in order, and namespaces
// where they are used.
func TestLogoutRequestSaysWhatIsEnded(t *testing.T) {
	const sessions = `O&apos;Neil &amp; &quot;sons&quot; &lt;o@example.com&gt;</saml:NameID><samlp:SessionIndex>_s1</samlp:SessionIndex><samlp:SessionIndex>s&lt;2&gt;&amp;&apos;&quot;</samlp:SessionIndex></samlp:LogoutRequest>`
	for binding, want := range map[string]string{
		saml.BindingRedirect: `<samlp:LogoutRequest xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_0123456789abcdef" Version="2.0" IssueInstant="2026-11-21T12:30:15.123Z" NotOnOrAfter="2026-11-21T12:35:15Z" Destination="https://idp.example.com/slo?tenant=7">` +
			`<saml:Issuer>https://sp.example.com/saml/entra/metadata?a=1&amp;b=2</saml:Issuer>` +
			`<saml:NameID NameQualifier="https://idp.example.com/a&amp;b" SPNameQualifier="https://sp.example.com" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">` + sessions,
		saml.BindingPOST: `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://idp.example.com/slo?tenant=7" ID="_0123456789abcdef" IssueInstant="2026-11-21T12:30:15.123Z" NotOnOrAfter="2026-11-21T12:35:15Z" Version="2.0">` +
			`<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://sp.example.com/saml/entra/metadata?a=1&amp;b=2</saml:Issuer>` +
			`<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" NameQualifier="https://idp.example.com/a&amp;b" SPNameQualifier="https://sp.example.com">` + sessions,
	} {
		q := leaving(binding)
		q.Signer = signerOf(t, rsaKey())
		m, err := q.Message()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, sentXML(t, m)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", binding, diff)
		}
		if want := "https://idp.example.com/slo?tenant=7"; m.URL != want && !strings.HasPrefix(m.URL, want+"&SAMLRequest=") {
			t.Errorf("goes to %s", m.URL)
		}
	}
}

func TestLogoutResponseSaysWhatWasEnded(t *testing.T) {
	const success = "urn:oasis:names:tc:SAML:2.0:status:Success"
	for binding, want := range map[string]string{
		saml.BindingRedirect: `<samlp:LogoutResponse xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_0123456789abcdef" InResponseTo="id-of &amp; theirs" Version="2.0" IssueInstant="2026-11-21T13:30:15Z" Destination="[[at]]">` +
			`<saml:Issuer>https://sp.example.com/saml/entra/metadata</saml:Issuer>`,
		saml.BindingPOST: `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="[[at]]" ID="_0123456789abcdef" InResponseTo="id-of &amp; theirs" IssueInstant="2026-11-21T13:30:15Z" Version="2.0">` +
			`<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://sp.example.com/saml/entra/metadata</saml:Issuer>`,
	} {
		for _, partial := range []bool{false, true} {
			for at, answers := range map[string]string{"https://idp.example.com/slo?tenant=7": "", "https://idp.example.com/done": "https://idp.example.com/done"} {
				r := answering(binding)
				r.Signer, r.Partial, r.Endpoint.ResponseLocation = signerOf(t, rsaKey()), partial, answers
				m, err := r.Message()
				if err != nil {
					t.Fatal(err)
				}
				status := `<samlp:StatusCode Value="` + success + `"/>`
				if partial {
					status = `<samlp:StatusCode Value="` + success + `"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:PartialLogout"/></samlp:StatusCode>`
				}
				want := strings.Replace(want, "[[at]]", at, 1) + `<samlp:Status>` + status + `</samlp:Status></samlp:LogoutResponse>`
				if diff := cmp.Diff(want, sentXML(t, m)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", binding, diff)
				}
				if m.Form == nil && !strings.HasPrefix(m.URL, at) || m.Form != nil && (m.URL != at || m.Form.Has("SAMLRequest") || m.Form.Get("RelayState") != "handle-1") {
					t.Errorf("goes to %s with %v", m.URL, m.Form)
				}
			}
		}
	}
}

// What the far side reads is what the session holds, to the letter.
func TestLogoutRoundTrip(t *testing.T) {
	for _, key := range []string{"rsa", "ecdsa"} {
		signer := signerOf(t, rsaKey())
		if key == "ecdsa" {
			signer = signerOf(t, ecKey())
		}
		for _, binding := range []string{saml.BindingPOST, saml.BindingRedirect} {
			q, r := leaving(binding), answering(binding)
			q.Signer, r.Signer, r.Partial = signer, signer, true
			q.Endpoint.Location = "https://idp.example.com/slo"
			r.Endpoint.Location = q.Endpoint.Location
			asked, err := q.Message()
			if err != nil {
				t.Fatal(err)
			}
			o := saml.LogoutOptions{Trust: selfTrust(&saml.Trust{IDPEntityID: q.Issuer}, signer), SLOURLs: []string{q.Endpoint.Location}, Now: q.IssueInstant, InResponseTo: r.InResponseTo}
			got, err := saml.VerifyLogoutRequest(arrived(asked), o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]any{q.ID, q.NameID, q.SessionIndexes, q.RelayState}, []any{got.ID(), got.NameID(), got.SessionIndexes(), got.RelayState()}); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", binding, diff)
			}
			answered, err := r.Message()
			if err != nil {
				t.Fatal(err)
			}
			o.Trust = selfTrust(&saml.Trust{IDPEntityID: r.Issuer}, signer)
			o.Now = r.IssueInstant
			back, err := saml.VerifyLogoutResponse(arrived(answered), o)
			if err != nil {
				t.Fatal(err)
			}
			if !back.Status().Partial() || back.Status().Success() || back.RelayState() != r.RelayState {
				t.Errorf("got %+v", back)
			}
		}
	}
}

func TestLogoutRequestIsNotSent(t *testing.T) {
	for name, change := range map[string]func(*saml.NewLogoutRequest){
		"no signer":              func(q *saml.NewLogoutRequest) { q.Signer = nil },
		"signer without key":     func(q *saml.NewLogoutRequest) { q.Signer = &saml.Signer{} },
		"Ed25519 key":            func(q *saml.NewLogoutRequest) { q.Signer = signerOf(t, edKey(t)) },
		"javascript location":    func(q *saml.NewLogoutRequest) { q.Endpoint.Location = "javascript:alert(1)" },
		"empty location":         func(q *saml.NewLogoutRequest) { q.Endpoint.Location = "" },
		"other binding":          func(q *saml.NewLogoutRequest) { q.Endpoint.Binding = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP" },
		"empty ID":               func(q *saml.NewLogoutRequest) { q.ID = "" },
		"ID with a digit":        func(q *saml.NewLogoutRequest) { q.ID = "0abc" },
		"no issuer":              func(q *saml.NewLogoutRequest) { q.Issuer = "" },
		"no time":                func(q *saml.NewLogoutRequest) { q.IssueInstant = time.Time{} },
		"over before it begins":  func(q *saml.NewLogoutRequest) { q.NotOnOrAfter = q.IssueInstant },
		"long relay state":       func(q *saml.NewLogoutRequest) { q.RelayState = strings.Repeat("x", 81) },
		"no NameID":              func(q *saml.NewLogoutRequest) { q.NameID.Value = "" },
		"NameID with a line end": func(q *saml.NewLogoutRequest) { q.NameID.Value = "a\rb" },
		"qualifier with a tab":   func(q *saml.NewLogoutRequest) { q.NameID.NameQualifier = "a\tb" },
		"empty session index":    func(q *saml.NewLogoutRequest) { q.SessionIndexes = []string{""} },
		"session index with NUL": func(q *saml.NewLogoutRequest) { q.SessionIndexes = []string{"\x00"} },
		"too many sessions":      func(q *saml.NewLogoutRequest) { q.SessionIndexes = strings.Split(strings.Repeat("x ", 256)+"x", " ") },
	} {
		for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
			q := leaving(binding)
			q.Signer = signerOf(t, rsaKey())
			change(q)
			if m, err := q.Message(); err == nil {
				t.Errorf("%s by %s: got %+v", name, binding, m)
			}
		}
	}
}

func TestLogoutResponseIsNotSent(t *testing.T) {
	for name, change := range map[string]func(*saml.NewLogoutResponse){
		"no signer":            func(r *saml.NewLogoutResponse) { r.Signer = nil },
		"bad answer location":  func(r *saml.NewLogoutResponse) { r.Endpoint.ResponseLocation = "javascript:alert(1)" },
		"answer to nothing":    func(r *saml.NewLogoutResponse) { r.InResponseTo = "" },
		"answer with line end": func(r *saml.NewLogoutResponse) { r.InResponseTo = "a\nb" },
		"other binding":        func(r *saml.NewLogoutResponse) { r.Endpoint.Binding = "" },
		"empty ID":             func(r *saml.NewLogoutResponse) { r.ID = "" },
		"no issuer":            func(r *saml.NewLogoutResponse) { r.Issuer = "" },
		"no time":              func(r *saml.NewLogoutResponse) { r.IssueInstant = time.Time{} },
		"endless relay state":  func(r *saml.NewLogoutResponse) { r.RelayState = strings.Repeat("x", 1025) },
	} {
		for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
			r := answering(binding)
			r.Signer = signerOf(t, rsaKey())
			change(r)
			if m, err := r.Message(); err == nil {
				t.Errorf("%s by %s: got %+v", name, binding, m)
			}
		}
	}
}
