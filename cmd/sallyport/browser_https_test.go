package main_test

import (
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"sallyport/internal/testidp"
)

// walkHTTPS signs in as one does in earnest: behind a proxy that speaks https,
// from an identity provider at another site, with cookies that browsers give
// to nobody else and take over https alone.
func walkHTTPS(w *world, b *tab) {
	address, folder := freeAddress(b.t), b.t.TempDir()
	backend := &url.URL{Scheme: "http", Host: address}
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(backend)
		r.Out.Host = r.In.Host
	}})
	b.t.Cleanup(proxy.Close)
	s := &world{instance: &instance{t: b.t, binary: w.binary, config: filepath.Join(folder, "config.yaml"), url: proxy.URL}}
	write(b.t, s.config, fmt.Appendf(nil, "base_url: %s\nlisten: %s\ndata_dir: %s\nstore:\n  url: sqlite://%s\n",
		s.url, address, folder, filepath.Join(folder, "sallyport.db")))
	idp := httptest.NewUnstartedServer(nil)
	s.idp = strings.Replace("http://"+idp.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	twin, err := testidp.New(testidp.Options{BaseURL: s.idp, SPs: []testidp.SP{s.serviceProvider("default")}, Apps: []testidp.App{{Title: "Wiki", RelayState: "wiki"}}})
	if err != nil {
		b.t.Fatal(err)
	}
	idp.Config.Handler = twin
	idp.Start()
	b.t.Cleanup(idp.Close)
	s.trust("default", twin.Metadata())
	s.run("app", "add", "--name", "wiki", "--url", w.app+"/wiki")
	start(b.t, exec.Command(s.binary, "serve", "--config", s.config), "http://"+address+"/readyz")

	b.open(s.url + "/go/wiki/deep")
	b.arrive(s.idp+"/trust/enter/", "Sign in")
	b.click("main button")
	b.arrive(w.app+"/wiki/deep", "Wiki")
	s.openTiles(b)
	b.click("#person-ben")
	b.click(`button[name="tile"]`)
	b.arrive(s.url+"/saml/default/complete", "Change who is signed in?")
	b.click(`form:has([value="switch"]) button`)
	b.arrive(w.app+"/wiki", "Wiki")
	s.enter(b, false)
	b.open(s.url + "/session")
	b.arrive(s.url+"/session", "Your session")
	b.shows("ben@example.com")

	jar, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{s.url + "/saml/default/acs"}})
	if err != nil {
		b.t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, c := range jar.Cookies {
		kept[c.Name] = true
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HTTPOnly || c.SameSite != network.CookieSameSiteLax {
			b.t.Errorf("cookie %s: secure %t, HttpOnly %t, SameSite %s", c.Name, c.Secure, c.HTTPOnly, c.SameSite)
		}
	}
	if !kept["__Host-sallyport"] || !kept["__Host-sallyport-admin"] {
		b.t.Errorf("cookies %v; want one for the person and one for the administrator", kept)
	}
}
