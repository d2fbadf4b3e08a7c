package main_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A binding as metadata names it, and as SimpleSAMLphp's hosted metadata does.
var bindings = map[string]string{
	"HTTP-Redirect": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
	"HTTP-POST":     "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
}

var sloElement = regexp.MustCompile(`<(\w+:)?SingleLogoutService\b[^>]*/?>(</(\w+:)?SingleLogoutService>)?`)

// onlySLO leaves in metadata the single logout services of one binding.
func onlySLO(t *testing.T, metadata []byte, binding string) []byte {
	t.Helper()
	left := 0
	out := sloElement.ReplaceAllStringFunc(string(metadata), func(element string) string {
		if strings.Contains(element, `Binding="`+binding+`"`) {
			left++
			return element
		}
		return ""
	})
	if left == 0 {
		t.Fatalf("the metadata offers no single logout by %s", binding)
	}
	return []byte(out)
}

// SimpleSAMLphp wants every logout message signed, and signs its own: its
// "sign.logout" and "validate.logout" say so.
func TestSimpleSAMLphpSingleLogout(t *testing.T) {
	if _, err := os.Stat(simpleSAMLphpPages); err != nil {
		needed(t, "SimpleSAMLphp", "apt-get install simplesamlphp php-xml php-mbstring php-sqlite3 php-curl php-intl")
	}
	if _, err := exec.LookPath("php"); err != nil {
		needed(t, "php", "apt-get install php-cli")
	}
	s := newSallyport(t)
	ours := s.run("metadata")
	p := startSimpleSAMLphp(t, ours)
	p.host(map[string]any{"sign.logout": true, "validate.logout": true, "SingleLogoutServiceBinding": []string{bindings["HTTP-Redirect"], bindings["HTTP-POST"]}})
	theirs := []byte(newBrowser(t).get(p.url + "/simplesaml/saml2/idp/metadata.php").body)
	s.trust("default", theirs)
	s.serve()

	for name, binding := range bindings {
		t.Run(name, func(t *testing.T) {
			write(t, filepath.Join(p.folder, "sp.xml"), onlySLO(t, ours, binding))
			s.trust("default", onlySLO(t, theirs, binding))
			signIn := func() *browser {
				b := newBrowser(t)
				b.submit(p.signIn(b, b.get(s.url+"/saml/login"), "ann", "open-sesame"), "SAMLResponse", nil)
				if status, _ := b.session(s.url); status != http.StatusOK {
					t.Fatalf("/session after signing in: status %d", status)
				}
				return b
			}
			t.Run("begun here", func(t *testing.T) {
				b := signIn()
				page := b.carry(b.send(http.MethodPost, s.url+"/signout", nil, "127.0.0.1"))
				if page.status != http.StatusOK || !strings.HasPrefix(page.url.String(), s.url+"/signed-out") {
					t.Fatalf("signing out led to %s with status %d: %s", page.url, page.status, page.text())
				}
				if strings.Contains(page.text(), "did not answer") {
					t.Errorf("the page knows of no answer: %s", page.text())
				}
				if status, _ := b.session(s.url); status != http.StatusUnauthorized {
					t.Errorf("/session after signing out: status %d, want 401", status)
				}
				if again := b.get(s.url + "/saml/login"); !again.has("AuthState") {
					t.Errorf("the identity provider's session goes on: %s", again.text())
				}
			})
			t.Run("begun there", func(t *testing.T) {
				b := signIn()
				other := signIn() // another browser of the same person, with another SessionIndex
				back := p.url + "/simplesaml/saml2/idp/metadata.php"
				page := b.carry(b.get(p.url + "/simplesaml/saml2/idp/SingleLogoutService.php?ReturnTo=" + url.QueryEscape(back)))
				if page.status != http.StatusOK || page.url.String() != back {
					t.Fatalf("signing out there led to %s with status %d: %s", page.url, page.status, page.text())
				}
				if status, _ := b.session(s.url); status != http.StatusUnauthorized {
					t.Errorf("/session after signing out there: status %d, want 401", status)
				}
				if status, _ := other.session(s.url); status != http.StatusOK {
					t.Errorf("/session of the other browser: status %d, want 200: only one SessionIndex was ended", status)
				}
			})
		})
	}

	// What our own request leaves unsigned is refused over there: the test
	// would not notice a SimpleSAMLphp that takes everything.
	t.Run("unsigned is refused there", func(t *testing.T) {
		write(t, filepath.Join(p.folder, "sp.xml"), onlySLO(t, ours, bindings["HTTP-Redirect"]))
		b := newBrowser(t)
		page := b.get(p.url + "/simplesaml/saml2/idp/SingleLogoutService.php?SAMLRequest=" + url.QueryEscape(unsignedLogout(t, s.url, p.url)))
		if !strings.Contains(page.text(), "no signature found on message") {
			t.Errorf("an unsigned request was taken: status %d, %s", page.status, page.text())
		}
	})
}

var onward = regexp.MustCompile(`href="([^"]*SAMLRequest=[^"]*)"`)

// carry does what the pages' scripts do: it takes a message on until a page
// carries none.
func (b *browser) carry(p *webPage) *webPage {
	b.t.Helper()
	for range 5 {
		switch {
		case p.has("SAMLRequest"):
			p = b.submit(p, "SAMLRequest", nil)
		case p.has("SAMLResponse"):
			p = b.submit(p, "SAMLResponse", nil)
		case onward.MatchString(p.body):
			p = b.get(html.UnescapeString(onward.FindStringSubmatch(p.body)[1]))
		default:
			return p
		}
	}
	b.t.Fatalf("logout messages without an end at %s", p.url)
	return nil
}

// unsignedLogout is a LogoutRequest of ours by HTTP-Redirect, without its signature.
func unsignedLogout(t *testing.T, sp, idp string) string {
	t.Helper()
	text := `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="` +
		time.Now().UTC().Format(time.RFC3339) + `" Destination="` + idp + `/simplesaml/saml2/idp/SingleLogoutService.php"><saml:Issuer>` + sp +
		`/saml/default/metadata</saml:Issuer><saml:NameID Format="` + formatEmail + `">ann@example.com</saml:NameID></samlp:LogoutRequest>`
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.Write([]byte(text)); err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(deflated.Bytes())
}
