package admin

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/internal/snippet"
	"sallyport/session"
	"sallyport/web/ui"
)

// hereUsually is where a proxy on the same machine reaches this service.
const hereUsually = "127.0.0.1:8080"

// Proxy writes what puts a reverse proxy in front of an application.
func (c *Console) Proxy(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	app, err := c.webApplication(r)
	if err != nil {
		return err
	}
	page := ui.Proxy{Application: app, Form: typedPlace(r.URL.Query()), Headers: arriving(app.Gateway)}
	for _, p := range snippet.Proxies {
		page.Proxies = append(page.Proxies, ui.Option{Value: string(p), Name: p.Title()})
	}
	page.SameHost, page.Differs = c.sameHost(app)
	if !r.URL.Query().Has("proxy") {
		return c.show(w, r, page)
	}
	peer, err := peerOf(page.Form)
	if err == nil {
		page.Files, err = files(app, page.Form)
	}
	if again(err) {
		page.Form.Error = public(err)
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	if peer != "" {
		page.Trusted = `trusted_proxies: ["` + peer + `"]`
	}
	page.Doctor = "sallyport doctor " + quoted(app.URL) + " --base-url " + quoted(c.BaseURL)
	page.Inside = page.Doctor + " --upstream " + quoted(page.Form.Upstream)
	return c.show(w, r, page)
}

func typedPlace(query url.Values) ui.ProxyPlace {
	text := func(name string) string { return strings.TrimSpace(query.Get(name)) }
	f := ui.ProxyPlace{Proxy: text("proxy"), Upstream: text("upstream"), Sallyport: text("sallyport"), Peer: text("peer")}
	if !query.Has("sallyport") {
		f.Sallyport = hereUsually
	}
	return f
}

func files(app *access.Application, f ui.ProxyPlace) ([]ui.ProxyFile, error) {
	made, err := snippet.Render(snippet.Proxy(f.Proxy), snippet.Settings{
		Application: app.Name, URL: app.URL, Upstream: f.Upstream, Sallyport: f.Sallyport, Headers: app.Gateway.Headers,
	})
	if err != nil {
		return nil, err
	}
	var out []ui.ProxyFile
	for _, one := range made {
		out = append(out, ui.ProxyFile{Name: one.Name, Into: one.Into, Text: one.Text})
	}
	return out, nil
}

// peerOf is the address from which the proxy asks: as it was typed, or the
// loopback's where it reaches this service there; "" where it is not known.
func peerOf(f ui.ProxyPlace) (string, error) {
	if f.Peer == "" {
		host, _, err := net.SplitHostPort(f.Sallyport)
		if err != nil {
			return "", nil
		}
		if addr, err := netip.ParseAddr(host); err == nil && addr.IsLoopback() {
			return addr.String(), nil
		}
		return "", nil
	}
	if addr, err := netip.ParseAddr(f.Peer); err == nil && addr.Zone() == "" {
		return addr.String(), nil
	}
	if network, err := netip.ParsePrefix(f.Peer); err == nil {
		return network.String(), nil
	}
	return "", fault.New(fault.Invalid, "The proxy's address is written as 10.0.3.7, 2001:db8::7 or 10.0.3.0/29.")
}

// arriving are the headers that the application gets, with what each says.
func arriving(g access.Gateway) []ui.Option {
	n := g.Headers.Names()
	separated := ui.ProxyForm{Separator: g.Separator}
	if separated.Separator == "" {
		separated.Separator = access.Separators()[0]
	}
	groups := "names of groups, with " + separated.Separated() + " between"
	if g.Groups == access.TellNone {
		groups = "nothing: the application is told no groups"
	}
	all := []ui.Option{
		{Value: n.User, Name: "user name"}, {Value: n.Groups, Name: groups}, {Value: n.Email, Name: "e-mail address"}, {Value: n.Name, Name: "name for people"},
		{Value: access.HeaderPermissionSet, Name: "permission set with which the person entered"},
		{Value: access.HeaderTags, Name: "session tags, as Key=Value&Key=Value, percent-encoded"},
		{Value: access.HeaderAssertion, Name: "signed token that says all of this; the only one that cannot be forged around the proxy"},
	}
	return slices.DeleteFunc(all, func(o ui.Option) bool { return o.Value == "" })
}

// sameHost are the other applications that live at the host of app, and whether
// one of them has other headers: one proxy serves all of them.
func (c *Console) sameHost(app *access.Application) (others []*access.Application, differs bool) {
	host := hostOf(app.URL)
	for _, other := range c.Applications.Applications() {
		if other.ID == app.ID || other.Kind != access.KindWeb || hostOf(other.URL) != host {
			continue
		}
		others = append(others, other)
		differs = differs || other.Gateway.Headers.Names() != app.Gateway.Headers.Names()
	}
	return others, differs
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// plainWord is what a shell takes as it is.
var plainWord = regexp.MustCompile(`\A[A-Za-z0-9._:/@%+=,-]+\z`)

// quoted is one word of a command line.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
