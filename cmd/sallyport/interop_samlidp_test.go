package main_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// installSAMLIDP has npm's saml-idp in the user's cache, so that only the
// first run takes long, and gives its program.
func installSAMLIDP(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			needed(t, name, "apt-get install nodejs npm")
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "sallyport-test", "saml-idp-1.2.1")
	program := filepath.Join(folder, "node_modules", "saml-idp", "bin", "run.js")
	done := filepath.Join(folder, "installed")
	if _, err := os.Stat(done); err == nil {
		return program
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join("testdata", "saml-idp", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, name), content)
	}
	npm := recentNPM(t, filepath.Join(cache, "sallyport-test", "npm-10.9.3"))
	install := exec.CommandContext(t.Context(), npm[0], append(npm[1:], "ci", "--no-audit", "--no-fund", "--ignore-scripts")...)
	install.Dir = folder
	if out, err := install.CombinedOutput(); err != nil {
		needed(t, "npm's saml-idp", "npm ci failed: "+err.Error()+"\n"+string(out))
	}
	write(t, done, nil)
	return program
}

// recentNPM is how to call an npm that can replace a dependency which names a
// git repository. Debian's npm 9 can't; it fetches one that can.
func recentNPM(t *testing.T, folder string) []string {
	t.Helper()
	version, err := exec.CommandContext(t.Context(), "npm", "--version").Output()
	if err != nil {
		needed(t, "npm", err.Error())
	}
	if major, _, _ := strings.Cut(string(version), "."); len(major) > 1 {
		return []string{"npm"}
	}
	program := filepath.Join(folder, "node_modules", "npm", "bin", "npm-cli.js")
	if _, err := os.Stat(program); err == nil {
		return []string{"node", program}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	install := exec.CommandContext(t.Context(), "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, "npm@10.9.3")
	if out, err := install.CombinedOutput(); err != nil {
		needed(t, "a recent npm", err.Error()+"\n"+string(out))
	}
	return []string{"node", program}
}

var keyDescriptor = regexp.MustCompile(`(?s)<KeyDescriptor use="signing">.*?</KeyDescriptor>`)

// One key signs, then the next one, while both certificates are live: nobody
// notices the change.
func TestSAMLIDP(t *testing.T) {
	program := installSAMLIDP(t)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer app.Close()
	s := newSallyport(t)
	s.run("app", "add", "--name", "wiki", "--url", app.URL)
	s.serve()

	folder := t.TempDir()
	config, err := filepath.Abs("testdata/saml-idp/config.js")
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	base := "http://localhost:" + port
	serve := func(key string) (*process, string) {
		cmd := exec.Command("node", program, "--host", "localhost", "--port", port, "--configFile", config,
			"--acsUrl", s.url+"/saml/rollover/acs", "--audience", s.url+"/saml/rollover/metadata",
			"--key", filepath.Join(folder, key+".pem"), "--cert", filepath.Join(folder, key+".crt"), "--rollSession")
		cmd.Dir = folder
		p := start(t, cmd, base+"/metadata")
		return p, newBrowser(t).get(base + "/metadata").body
	}
	for _, key := range []string{"first", "second"} {
		writeKeyPair(t, filepath.Join(folder, key+".pem"), filepath.Join(folder, key+".crt"), 2048)
	}
	chloe := sessionJSON{
		User: "chloe@example.com", NameID: "chloe@example.com", NameIDFormat: formatEmail, SubType: formatEmail, IDP: "rollover",
		Groups: []string{"engineering", "contractors"},
		Tags:   []tagJSON{{Key: "Department", Value: "Research", Source: "AccessControl"}},
	}
	// signIn comes back with what stands at the end of the walk.
	signIn := func(t *testing.T) (*browser, *webPage) {
		t.Helper()
		b := newBrowser(t)
		asked := b.get(s.url + "/saml/rollover/login?target=wiki")
		return b, b.submit(b.submit(asked, "userName", nil), "SAMLResponse", nil)
	}
	accepted := func(t *testing.T) {
		t.Helper()
		b, arrived := signIn(t)
		if arrived.status != http.StatusOK || arrived.url.String() != app.URL {
			t.Errorf("arrived at %s with status %d, want the wiki", arrived.url, arrived.status)
		}
		expectSession(t, b, s.url, chloe)
	}

	server, second := serve("second")
	server.stop()
	server, first := serve("first")
	s.trust("rollover", []byte(first))
	eventually(t, "the connection is known", func() bool {
		return newBrowser(t).get(s.url+"/saml/rollover/login").url.Host == "localhost:"+port
	})
	t.Run("first key alone", accepted)

	descriptors := keyDescriptor.FindString(first) + keyDescriptor.FindString(second)
	both := keyDescriptor.ReplaceAllLiteralString(first, descriptors)
	if strings.Count(both, "<KeyDescriptor") != 2 {
		t.Fatalf("want metadata with two keys, got:\n%s", both)
	}
	s.trust("rollover", []byte(both))
	t.Run("first key of two", accepted)

	server.stop()
	serve("second")
	eventually(t, "the second key is trusted", func() bool {
		_, arrived := signIn(t)
		return arrived.status == http.StatusOK
	})
	t.Run("second key of two", accepted)

	t.Run("signed AuthnRequest by HTTP-POST", func(t *testing.T) {
		s.run("idp", "set", "rollover", "request_binding=urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "sign_requests=true")
		eventually(t, "requests are posted", func() bool {
			return newBrowser(t).get(s.url + "/saml/rollover/login").has("SAMLRequest")
		})
		b := newBrowser(t)
		asked := b.submit(b.get(s.url+"/saml/rollover/login"), "SAMLRequest", nil)
		b.submit(b.submit(asked, "userName", nil), "SAMLResponse", nil)
		expectSession(t, b, s.url, chloe)
		s.run("idp", "set", "rollover", "request_binding=", "sign_requests=false")
		eventually(t, "requests are not posted any more", func() bool {
			return !newBrowser(t).get(s.url + "/saml/rollover/login").has("SAMLRequest")
		})
	})

	s.trust("rollover", []byte(first))
	eventually(t, "the second key is not trusted any more", func() bool {
		_, arrived := signIn(t)
		return arrived.status != http.StatusOK
	})
	t.Run("second key when it is gone from the metadata", func(t *testing.T) {
		b, refused := signIn(t)
		if refused.status != http.StatusForbidden {
			t.Errorf("status %d, want 403", refused.status)
		}
		if status, _ := b.session(s.url); status != http.StatusUnauthorized {
			t.Errorf("/session: status %d, want 401", status)
		}
	})
}
