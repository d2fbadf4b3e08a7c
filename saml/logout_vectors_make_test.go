package saml_test

import (
	"bytes"
	"compress/flate"
	"encoding/asn1"
	"encoding/base64"
	"io"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// logoutRecipe says how one folder of testdata/saml/logout is made. Of the
// recipe, signs is "l" (the message), "a" (an Assertion in it) or "n" for
// nothing; the default is "l" by HTTP-POST and "n" by HTTP-Redirect.
type logoutRecipe struct {
	recipe
	response bool // a LogoutResponse
	redirect bool

	// HTTP-Redirect.
	hash     string   // "" sha256
	sigAlg   string   // "" rsa-sha256
	sideways bool     // ECDSA: r and s side by side, as XML Signature has it
	state    string   // "&RelayState=..." as it travels
	octets   []string // old, new on what is signed
	query    []string // the same on the whole query
	behind   string   // behind the deflated message
	packed   string   // instead of the deflated message
}

const (
	logoutVectors = "logout"
	madeSLO       = "https://sp.example.com/saml/default/slo"
)

var baseLogoutRequest = `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l1" Version="2.0" IssueInstant="2026-03-01T12:00:00Z" Destination="` + madeSLO + `" NotOnOrAfter="2026-03-01T12:05:00Z" Reason="urn:oasis:names:tc:SAML:2.0:logout:user">
  <saml:Issuer>` + madeIDP + `</saml:Issuer>[[l]]
  <saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">alice@example.com</saml:NameID>
  <samlp:SessionIndex>_s1</samlp:SessionIndex>
</samlp:LogoutRequest>
`

var baseLogoutResponse = `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l1" Version="2.0" IssueInstant="2026-03-01T12:00:00Z" Destination="` + madeSLO + `" InResponseTo="_q1">
  <saml:Issuer>` + madeIDP + `</saml:Issuer>[[l]]
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
</samlp:LogoutResponse>
`

// TestMakeLogoutVectors makes testdata/saml/logout anew: go test ./saml -run
// MakeLogoutVectors -update. xmlsec1 signs what goes by HTTP-POST and openssl
// the queries; keys are thrown away.
func TestMakeLogoutVectors(t *testing.T) {
	if !*update {
		t.Skip("vectors are made with -update alone")
	}
	needProgram(t, "xmlsec1")
	needProgram(t, "openssl")
	m := newMaker(t)
	m.write(filepath.Join(logoutVectors, "metadata.xml"), m.metadata("rsa", "p256", "p384"))
	for kind, recipes := range map[string][]logoutRecipe{"accept": acceptLogoutRecipes(), "reject": rejectLogoutRecipes()} {
		if err := os.RemoveAll(filepath.Join(vectors, logoutVectors, kind)); err != nil {
			t.Fatal(err)
		}
		for _, r := range recipes {
			m.makeLogout(filepath.Join(logoutVectors, kind, r.name), r)
		}
	}
}

func (m *maker) makeLogout(dir string, r logoutRecipe) {
	doc := r.whole
	if doc == "" {
		doc = baseLogoutRequest
		if r.response {
			doc = baseLogoutResponse
		}
		doc = m.replace(r.name, doc, r.before)
		switch {
		case strings.Contains(r.signs, "a"):
			doc = m.sign(r.recipe, doc, "[[a]]", "_a1")
		case r.signs == "l", r.signs == "" && !r.redirect:
			doc = m.sign(r.recipe, doc, "[[l]]", "_l1")
		}
		doc = m.replace(r.name, strings.NewReplacer("[[l]]", "", "[[a]]", "").Replace(doc), r.after)
	}
	m.write(filepath.Join(dir, "message.xml"), doc)
	if r.redirect {
		m.write(filepath.Join(dir, "query.txt"), m.replace(r.name, m.signedQuery(r, doc), r.query)+"\n")
	}
	if r.key == "old" {
		m.write(filepath.Join(dir, "metadata.xml"), m.metadata("old"))
	}
	lines := map[string]string{"kind": "LogoutRequest", "binding": "HTTP-POST", "now": "2026-03-01T12:00:10Z", "slo": madeSLO, "in_response_to": "none", "expect": r.expect}
	if r.response {
		lines["kind"], lines["in_response_to"] = "LogoutResponse", "_q1"
	}
	if r.redirect {
		lines["binding"] = "HTTP-Redirect"
	}
	for key, value := range r.lines {
		lines[key] = value
	}
	var b strings.Builder
	for _, key := range logoutLines {
		if lines[key] != "" {
			b.WriteString(key + ": " + lines[key] + "\n")
		}
	}
	m.write(filepath.Join(dir, "case.txt"), b.String())
}

// signedQuery is the query that carries doc, signed by openssl.
func (m *maker) signedQuery(r logoutRecipe, doc string) string {
	packed := r.packed
	if packed == "" {
		packed = base64.StdEncoding.EncodeToString(append(deflated(doc), r.behind...))
	}
	sigAlg, hash, key := r.sigAlg, r.hash, r.key
	if sigAlg == "" {
		sigAlg = dsMore + "rsa-sha256"
	}
	if hash == "" {
		hash = "sha256"
	}
	if key == "" {
		key = "rsa"
	}
	parameter := "SAMLRequest="
	if r.response {
		parameter = "SAMLResponse="
	}
	octets := m.replace(r.name, parameter+url.QueryEscape(packed)+r.state+"&SigAlg="+url.QueryEscape(sigAlg), r.octets)
	file := filepath.Join(m.dir, "octets")
	if err := os.WriteFile(file, []byte(octets), 0o600); err != nil {
		m.t.Fatal(err)
	}
	value, err := exec.Command("openssl", "dgst", "-"+hash, "-sign", filepath.Join(m.dir, key+".pem"), file).Output()
	if err != nil {
		m.t.Fatalf("%s: openssl: %v", r.name, err)
	}
	if r.sideways {
		value = sideBySide(m.t, value, map[string]int{"p256": 32, "p384": 48}[key])
	}
	return octets + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(value))
}

// deflated never fails: it writes to memory.
func deflated(doc string) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	io.WriteString(w, doc)
	w.Close()
	return b.Bytes()
}

// sideBySide turns an ASN.1 signature into r and s side by side.
func sideBySide(t testing.TB, der []byte, size int) []byte {
	t.Helper()
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 2*size)
	pair.R.FillBytes(out[:size])
	pair.S.FillBytes(out[size:])
	return out
}
