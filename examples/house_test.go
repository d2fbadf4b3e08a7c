package examples_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sallyport/internal/testidp"
)

// folder holds what all tests share.
var folder string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		// Servers are there, which is not in everybody's PATH.
		err := os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if folder, err = os.MkdirTemp("", "sallyport-examples-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(folder)
		return m.Run()
	}())
}

// build makes the program as it ships, once.
var build = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(folder, "sallyport")
	out, err := exec.Command("go", "build", "-o", binary, "sallyport/cmd/sallyport").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

// Where the house stands, for browsers.
const door = "https://door.example.com"

// house is the service with its own database and an identity provider.
type house struct {
	binary  string
	config  string
	address string
	twin    *testidp.IDP
	places  places
}

// newHouse starts it with two applications: grafana, which everybody may
// enter, and payroll, which takes an assignment that nobody has.
func newHouse(t *testing.T) *house {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	h := &house{binary: binary, config: filepath.Join(folder, "config.yaml"), address: freeAddress(t)}
	h.places = places{"door.example.com": h.address}
	write(t, h.config, fmt.Sprintf("base_url: %s\nlisten: %s\ndata_dir: %s\ntrusted_proxies: [127.0.0.1]\nstore:\n  url: sqlite://%s\n",
		door, h.address, folder, filepath.Join(folder, "sallyport.db")))
	h.run(t, "app", "add", "--name", "grafana", "--url", "https://grafana.example.com")
	h.run(t, "app", "add", "--name", "payroll", "--url", "https://payroll.example.com", "--entry", "assigned", "--ask-whom", "the payroll desk")

	far := httptest.NewUnstartedServer(nil)
	t.Cleanup(far.Close)
	h.twin, err = testidp.New(testidp.Options{
		BaseURL:       "http://" + far.Listener.Addr().String(),
		SPMetadataURL: door + "/saml/metadata",
		Client:        &http.Client{Transport: &http.Transport{DialTLSContext: h.places.dial, DisableKeepAlives: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	far.Config.Handler = h.twin
	far.Start()
	metadata := filepath.Join(folder, "metadata.xml")
	write(t, metadata, string(h.twin.Metadata()))
	h.run(t, "idp", "import", "--idp", "default", metadata)
	h.run(t, "idp", "activate", "default")
	start(t, exec.Command(h.binary, "serve", "--config", h.config), h.address)
	return h
}

// run runs one command beside the server.
func (h *house) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), h.binary, append(args, "--config", h.config)...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("sallyport %v: %v\n%s", args, err, &problems)
	}
	return out.String()
}

// behind is the house with its applications behind a proxy.
func (h *house) behind(t *testing.T, r runner) (browse func(*testing.T) *browser, proxy string) {
	t.Helper()
	upstream := newUpstream(t)
	proxy = r.front(t, snippetFor("grafana", upstream, h.address), snippetFor("payroll", upstream, h.address))
	p := places{"door.example.com": h.address, "grafana.example.com": proxy, "payroll.example.com": proxy}
	return func(t *testing.T) *browser { return newBrowser(t, p) }, proxy
}

// user is the userName under which a test signs in behind one proxy, so that
// what one test revokes is nobody else's.
func user(t *testing.T) string {
	return strings.ToLower(strings.NewReplacer("/", ".", "_", "-").Replace(t.Name())) + "@example.com"
}
