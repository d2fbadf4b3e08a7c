package main_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	download "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"sallyport/internal/testidp"
)

// world is a new sallyport with nobody to trust, an identity provider at
// another site that has been told of it, and an application.
type world struct {
	*instance
	twin *testidp.IDP
	idp  string // the provider's address
	app  string // the application's
	file string // the provider's metadata
	dir  string // for files to upload
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{instance: newSallyport(t)}
	w.serve()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Wiki</title><link rel="icon" href="data:,"><main><h1>Wiki</h1><p>%s`, r.URL.Path)
	}))
	t.Cleanup(app.Close)
	w.app = app.URL
	// Cookies know no ports, so that a site of its own takes a name of its own.
	server := httptest.NewUnstartedServer(nil)
	w.idp = strings.Replace("http://"+server.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	var err error
	w.twin, err = testidp.New(testidp.Options{
		BaseURL: w.idp,
		SPs:     []testidp.SP{w.serviceProvider("default"), w.serviceProvider("plain"), w.serviceProvider("posted"), w.serviceProvider("keys")},
		Apps:    []testidp.App{{Title: "Wiki", RelayState: "wiki/on-call"}, {Title: "A stranger's site", RelayState: "https://stranger.example/"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = w.twin
	server.Start()
	t.Cleanup(server.Close)
	w.dir = t.TempDir()
	w.file = w.save("twin.xml", string(w.twin.Metadata()))
	return w
}

// save makes a file to upload.
func (w *world) save(name, content string) string {
	file := filepath.Join(w.dir, name)
	write(w.t, file, []byte(content))
	return file
}

func (w *world) serviceProvider(slug string) testidp.SP {
	return testidp.SP{EntityID: w.url + "/saml/" + slug + "/metadata", ACS: w.url + "/saml/" + slug + "/acs"}
}

// enter takes a one-time link into the console.
func (w *world) enter(b *tab, look bool) {
	b.t.Helper()
	link := strings.TrimSpace(string(w.run("admin", "link")))
	b.open(link)
	b.arrive(link, "Open the console")
	if look {
		b.look("link")
	}
	b.click("main button")
	b.arrive(w.url+"/admin", "Connections")
	if look {
		b.open(link)
		b.arrive(link, "Open the console")
		b.click("main button")
		b.arrive(link, "This link does not work any more")
		b.shows("was used before")
		b.look("link-used")
		b.open(w.url + "/admin")
		b.arrive(w.url+"/admin", "Connections")
	}
}

// dismiss takes the notice of one's own way in off every page.
func (w *world) dismiss(b *tab) {
	b.t.Helper()
	b.click(".link-uses form button")
	b.arrive(w.url+"/admin/administrators?done=dismissed", "Administrators")
	b.open(w.url + "/admin")
	b.arrive(w.url+"/admin", "Connections")
}

// fingerprint is how the console shows the provider's certificate.
func (w *world) fingerprint() string {
	sum := sha256.Sum256(w.twin.Certificates()[0].Raw)
	var pairs []string
	for _, octet := range sum {
		pairs = append(pairs, strings.ToUpper(hex.EncodeToString([]byte{octet})))
	}
	return strings.Join(pairs, ":")
}

// download follows a link to a file and gives what it holds.
func (b *tab) download(selector string) string {
	b.t.Helper()
	folder := b.t.TempDir()
	events := true
	if _, err := chromedp.CallBrowser(b.ctx, download.SetDownloadBehavior, download.SetDownloadBehaviorParams{
		Behavior: download.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: folder, EventsEnabled: &events,
		BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
	}); err != nil {
		b.t.Fatal(err)
	}
	progress := chromedp.BrowserEvents(b.ctx, download.DownloadProgress)
	b.click(selector)
	for e, err := range progress {
		if err != nil {
			b.t.Fatalf("download %s: %v", selector, err)
		}
		switch e.State {
		case download.DownloadProgressStateCanceled:
			b.t.Fatalf("download %s: canceled", selector)
		case download.DownloadProgressStateCompleted:
			content, err := os.ReadFile(filepath.Join(folder, e.GUID))
			if err != nil {
				b.t.Fatal(err)
			}
			return string(content)
		}
	}
	b.t.Fatalf("download %s: no end", selector)
	return ""
}
