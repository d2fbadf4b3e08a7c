package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	simpleSAMLphpPages = "/usr/share/simplesamlphp/www"
	formatEmail        = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
)

// simpleSAMLphp is a private instance of Debian's package.
type simpleSAMLphp struct {
	t      *testing.T
	folder string
	url    string
}

// startSimpleSAMLphp serves an identity provider that knows one service
// provider, by that one's own metadata.
func startSimpleSAMLphp(t *testing.T, spMetadata []byte) *simpleSAMLphp {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"cert", "log", "data", "tmp", "www"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(simpleSAMLphpPages, filepath.Join(folder, "www", "simplesaml")); err != nil {
		t.Fatal(err)
	}
	writeKeyPair(t, filepath.Join(folder, "cert", "idp.pem"), filepath.Join(folder, "cert", "idp.crt"), 3072)
	write(t, filepath.Join(folder, "sp.xml"), spMetadata)
	config, err := filepath.Abs("testdata/simplesamlphp/config")
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	// localhost is another site than 127.0.0.1, as in real life.
	p := &simpleSAMLphp{t: t, folder: folder, url: "http://localhost:" + port}
	p.host(map[string]bool{})
	cmd := exec.Command("php", "-S", address, "-t", filepath.Join(folder, "www"))
	cmd.Env = append(os.Environ(), "SIMPLESAMLPHP_CONFIG_DIR="+config, "SALLYPORT_TEST_FOLDER="+folder, "SALLYPORT_TEST_URL="+p.url)
	start(t, cmd, "http://"+address+"/simplesaml/saml2/idp/metadata.php")
	return p
}

// host changes what the identity provider signs and encrypts.
func (p *simpleSAMLphp) host(settings any) {
	p.t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		p.t.Fatal(err)
	}
	write(p.t, filepath.Join(p.folder, "hosted.json"), raw)
}

// signIn answers the name and password that stand between a browser and its
// response, and gives the page that carries the response.
func (p *simpleSAMLphp) signIn(b *browser, asked *webPage, name, password string) *webPage {
	p.t.Helper()
	return b.submit(asked, "AuthState", url.Values{"username": {name}, "password": {password}})
}

func TestSimpleSAMLphp(t *testing.T) {
	if _, err := os.Stat(simpleSAMLphpPages); err != nil {
		needed(t, "SimpleSAMLphp", "apt-get install simplesamlphp php-xml php-mbstring php-sqlite3 php-curl php-intl")
	}
	if _, err := exec.LookPath("php"); err != nil {
		needed(t, "php", "apt-get install php-cli")
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer app.Close()

	// Metadata both ways: ours exists before theirs is known.
	s := newSallyport(t)
	metadata := s.run("metadata")
	p := startSimpleSAMLphp(t, metadata)
	s.trust("default", []byte(newBrowser(t).get(p.url+"/simplesaml/saml2/idp/metadata.php").body))
	s.run("app", "add", "--name", "grafana", "--url", app.URL)
	server := s.serve()
	if served := newBrowser(t).get(s.url + "/saml/metadata"); served.status != http.StatusOK || served.body != string(metadata) {
		t.Errorf("/saml/metadata: status %d, and not what the command prints", served.status)
	}

	ann := sessionJSON{
		User: "ann@example.com", NameID: "ann@example.com", NameIDFormat: formatEmail, SubType: formatEmail, IDP: "default",
		Groups: []string{"engineering", "on-call"},
		Tags: []tagJSON{
			{Key: "Department", Value: "Engineering", Source: "AccessControl"},
			{Key: "Site", Value: "Zürich / HQ", Source: "AccessControl"},
		},
	}
	ben := sessionJSON{
		User: "ben@example.com", NameID: "ben@example.com", NameIDFormat: formatEmail, SubType: formatEmail, IDP: "default",
		Groups: []string{"finance"},
		Tags: []tagJSON{
			{Key: "CostCenter", Value: "CC-0815", Source: "PrincipalTag", Transitive: true},
			{Key: "Department", Value: "Finance", Source: "PrincipalTag"},
		},
	}
	tests := []struct {
		name     string
		settings map[string]bool
	}{
		{"plain", map[string]bool{"saml20.sign.response": false, "saml20.sign.assertion": true}},
		{"signed Response", map[string]bool{"saml20.sign.response": true, "saml20.sign.assertion": false}},
		{"both signed", map[string]bool{"saml20.sign.response": true, "saml20.sign.assertion": true}},
		{"encrypted assertion", map[string]bool{"saml20.sign.response": true, "assertion.encryption": true}},
	}
	for _, test := range tests {
		t.Run("SP-initiated, "+test.name, func(t *testing.T) {
			p.host(test.settings)
			b := newBrowser(t)
			asked := b.get(s.url + "/go/grafana/d/abc?panel=2")
			answered := p.signIn(b, asked, "ann", "open-sesame")
			expectEncryption(t, answered, test.settings["assertion.encryption"])
			arrived := b.submit(answered, "SAMLResponse", nil)
			if arrived.status != http.StatusOK || arrived.url.String() != app.URL+"/d/abc?panel=2" {
				t.Errorf("arrived at %s with status %d, want the address that was asked for", arrived.url, arrived.status)
			}
			expectSession(t, b, s.url, ann)
		})
		t.Run("IdP-initiated, "+test.name, func(t *testing.T) {
			p.host(test.settings)
			b := newBrowser(t)
			query := url.Values{"spentityid": {s.url + "/saml/default/metadata"}, "RelayState": {"grafana/d/abc"}}
			asked := b.get(p.url + "/simplesaml/saml2/idp/SSOService.php?" + query.Encode())
			answered := p.signIn(b, asked, "ben", "open-barley")
			expectEncryption(t, answered, test.settings["assertion.encryption"])
			arrived := b.submit(answered, "SAMLResponse", nil)
			if arrived.status != http.StatusOK || arrived.url.String() != app.URL+"/d/abc" {
				t.Errorf("arrived at %s with status %d, want the target of the relay state", arrived.url, arrived.status)
			}
			expectSession(t, b, s.url, ben)

			// The very same form once more, by somebody else.
			thief := newBrowser(t)
			refused := thief.submit(answered, "SAMLResponse", nil)
			if refused.status != http.StatusForbidden {
				t.Errorf("a replay got status %d, want 403", refused.status)
			}
			if status, session := thief.session(s.url); status != http.StatusUnauthorized {
				t.Errorf("a replay got a session: status %d, %+v", status, session)
			}
		})
	}

	// SimpleSAMLphp judges our signatures where our metadata promises them,
	// and takes no request without one then.
	t.Run("signed AuthnRequest", func(t *testing.T) {
		p.host(map[string]bool{})
		signInForm := func() (*browser, *webPage) {
			b := newBrowser(t)
			return b, b.get(s.url + "/go/grafana")
		}
		const unsigned, signed = `AuthnRequestsSigned="false"`, `AuthnRequestsSigned="true"`
		write(t, filepath.Join(p.folder, "sp.xml"), []byte(strings.Replace(string(metadata), unsigned, signed, 1)))
		if _, refused := signInForm(); refused.has("AuthState") {
			t.Fatalf("an unsigned request was taken: status %d at %s", refused.status, refused.url)
		}
		s.run("idp", "set", "default", "sign_requests=true")
		promised := s.run("metadata")
		if !strings.Contains(string(promised), signed) {
			t.Errorf("our metadata doesn't say %s", signed)
		}
		write(t, filepath.Join(p.folder, "sp.xml"), promised)
		eventually(t, "requests are signed", func() bool {
			_, asked := signInForm()
			return asked.has("AuthState")
		})
		b, asked := signInForm()
		b.submit(p.signIn(b, asked, "ann", "open-sesame"), "SAMLResponse", nil)
		expectSession(t, b, s.url, ann)
	})
	t.Run("ForceAuthn", func(t *testing.T) {
		p.host(map[string]bool{})
		b := newBrowser(t)
		b.submit(p.signIn(b, b.get(s.url+"/saml/login"), "ann", "open-sesame"), "SAMLResponse", nil)
		if again := b.get(s.url + "/saml/login"); !again.has("SAMLResponse") {
			t.Fatalf("SimpleSAMLphp forgot its own session: %s", again.text())
		}
		s.run("idp", "set", "default", "force_authn=true")
		eventually(t, "the password is asked for again", func() bool {
			return b.get(s.url + "/saml/login").has("AuthState")
		})
		b.submit(p.signIn(b, b.get(s.url+"/saml/login"), "ann", "open-sesame"), "SAMLResponse", nil)
		expectSession(t, b, s.url, ann)
	})
	t.Run("logs", func(t *testing.T) {
		server.stop()
		log := server.output.String()
		if !strings.Contains(log, "/saml/{idp}/acs") {
			t.Fatal("the log knows of no sign-in")
		}
		for _, private := range []string{"@example.com", "Engineering", "Finance", "CC-0815", "engineering", "Archer", "PHNhbWxwO", "AuthnRequest"} {
			if strings.Contains(log, private) {
				t.Errorf("the log of these sign-ins holds %q", private)
			}
		}
	})
}

// byKey compares session tags whatever their order.
var byKey = cmpopts.SortSlices(func(a, b tagJSON) bool { return a.Key < b.Key })

func expectSession(t *testing.T, b *browser, base string, want sessionJSON) {
	t.Helper()
	status, got := b.session(base)
	if status != http.StatusOK {
		t.Fatalf("/session: status %d", status)
	}
	if diff := cmp.Diff(want, got, byKey); diff != "" {
		t.Errorf("/session (-want +got):\n%s", diff)
	}
}

func expectEncryption(t *testing.T, answered *webPage, want bool) {
	t.Helper()
	if got := strings.Contains(samlResponse(t, answered), "EncryptedAssertion"); got != want {
		t.Errorf("the assertion is encrypted: %t, want %t", got, want)
	}
}
