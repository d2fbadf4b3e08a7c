package doctor

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
)

const snippetFix = "Put the snippet of the console (application, Behind a proxy) into the proxy's configuration, whole, and reload it."

// transport: the address is https.
func (v *visit) transport(context.Context) {
	const check = "https"
	switch {
	case v.page.Scheme == "https":
		v.good(check, "the application is reached by https, with a certificate that this machine trusts")
	case isLoopback(v.page.Hostname()):
		v.unknown(check, "", "plain http on this machine; in earnest the application needs https")
	default:
		v.bad(check, "Serve the application by https.", "the application is reached by plain http: whoever is on the way can take over sessions")
	}
}

// hello is what the service says of a request that came through the proxy.
type hello struct {
	Service     string `json:"service"`
	Scheme      string `json:"scheme"`
	Host        string `json:"host"`
	Address     string `json:"address"`
	Application bool   `json:"application"`
}

func (v *visit) hello(ctx context.Context, headers http.Header) (h hello, status int, err error) {
	a, err := v.get(ctx, v.at("/.sallyport/hello"), headers)
	if err != nil {
		return h, 0, err
	}
	if err := json.Unmarshal([]byte(a.body), &h); err != nil || h.Service != "sallyport" {
		return hello{}, a.StatusCode, nil
	}
	return h, a.StatusCode, nil
}

// routed: /.sallyport/ reaches the service, which knows the host by its name.
func (v *visit) routed(ctx context.Context) {
	const check = "way to sallyport"
	h, status, err := v.hello(ctx, nil)
	switch {
	case err != nil:
		v.bad(check, snippetFix, "/.sallyport/hello on this host does not answer")
	case h.Service == "":
		v.bad(check, snippetFix, "/.sallyport/hello on this host is not answered by Sallyport (status %d): people could not come back from signing in", status)
	case h.Scheme != v.page.Scheme || !strings.EqualFold(h.Host, v.page.Host):
		v.bad(check, "Let the proxy set X-Forwarded-Host and X-Forwarded-Proto, and name its address in trusted_proxies.", "Sallyport takes this host for %s://%s", h.Scheme, h.Host)
	case !h.Application:
		v.bad(check, "Add the application with this address: sallyport app add --name NAME --url "+v.page.Scheme+"://"+v.page.Host+"/", "no application is registered for this host")
	default:
		v.good(check, "/.sallyport/ reaches Sallyport, which knows this host by its name")
	}
}

// signedOut: who is not signed in is sent to sign in, and back to this very page.
func (v *visit) signedOut(ctx context.Context) {
	const check = "signed out"
	to, err := url.Parse(v.page.String())
	if err != nil {
		return
	}
	if to.RawQuery != "" {
		to.RawQuery += "&"
	}
	to.RawQuery += "a=%2Fx&b=" + v.canary
	a, err := v.get(ctx, to, nil)
	switch {
	case err != nil:
		v.bad(check, snippetFix, "the page does not answer")
	case !a.refused():
		v.bad(check, snippetFix, "the page opens without a sign-in (status %d)", a.StatusCode)
	case !a.redirects():
		v.bad(check, snippetFix, "a person who is not signed in gets status %d instead of being sent to sign in", a.StatusCode)
	default:
		v.backTo(check, a, to)
	}
}

func (v *visit) backTo(check string, a *answer, want *url.URL) {
	location, err := a.Location()
	if err != nil {
		v.bad(check, snippetFix, "the redirect to the sign-in has no address")
		return
	}
	if v.o.BaseURL != "" && !strings.HasPrefix(location.String(), v.o.BaseURL+"/enter?") {
		v.bad(check, snippetFix, "people are sent to %s://%s, which is not the sign-in of %s", location.Scheme, location.Host, v.o.BaseURL)
		return
	}
	if back := location.Query().Get("to"); back != want.String() {
		v.bad(check, "Let the proxy pass on the address as the browser sent it (X-Forwarded-Uri), unchanged.", "after signing in people would come back to another address than the one they opened")
		return
	}
	v.good(check, "a person who is not signed in is sent to sign in, and comes back to the very page")
}

// cookies: the cookie that begins a sign-in is kept as tight as a browser can.
func (v *visit) cookies(ctx context.Context) {
	const check = "cookies"
	a, err := v.get(ctx, v.page, nil)
	if err != nil {
		v.unknown(check, "", "the page does not answer")
		return
	}
	for _, c := range a.Cookies() {
		if !strings.Contains(c.Name, "sallyport") {
			continue
		}
		secure := v.page.Scheme != "https" || (c.Secure && strings.HasPrefix(c.Name, "__Host-"))
		if !secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			v.bad(check, "Let the proxy pass Set-Cookie on unchanged.", "cookie %s has lost its flags on the way (wanted: Secure, HttpOnly, SameSite=Lax, Path=/, no Domain)", c.Name)
			return
		}
		v.good(check, "cookies are Secure, HttpOnly, SameSite=Lax and for this host alone")
		return
	}
	v.bad(check, "Let the proxy pass on Set-Cookie of Sallyport's answer.", "the redirect to the sign-in sets no cookie: the browser could not come back")
}

// scripts: a script is told 401 in JSON, and never sent to a sign-in page.
func (v *visit) scripts(ctx context.Context) {
	const check = "scripts"
	for _, headers := range []http.Header{
		{"Accept": {"application/json"}, "Sec-Fetch-Mode": nil, "Sec-Fetch-Dest": nil},
		{"Accept": {"*/*"}, "X-Requested-With": {"XMLHttpRequest"}, "Sec-Fetch-Mode": nil, "Sec-Fetch-Dest": nil},
		{"Accept": {"*/*"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"}},
	} {
		a, err := v.get(ctx, v.page, headers)
		if err != nil {
			v.unknown(check, "", "the page does not answer")
			return
		}
		if a.StatusCode != http.StatusUnauthorized {
			v.bad(check, snippetFix, "a script that is not signed in gets status %d instead of 401: it would show a sign-in page as if it were data", a.StatusCode)
			return
		}
		if !json.Valid([]byte(a.body)) {
			v.bad(check, "Let the proxy relay Sallyport's own answer at 401.", "a script gets 401, but not Sallyport's answer in JSON")
			return
		}
	}
	v.good(check, "scripts get 401 with JSON, and no redirect")
}

// webSocket: an upgrade is decided like everything else.
func (v *visit) webSocket(ctx context.Context) {
	const check = "websocket"
	a, err := v.get(ctx, v.page, http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-WebSocket-Version": {"13"},
		"Sec-WebSocket-Key": {"c2FsbHlwb3J0LWRvY3Rvcg=="}, "Sec-Fetch-Mode": {"websocket"}, "Sec-Fetch-Dest": {"empty"},
	})
	switch {
	case err != nil:
		v.unknown(check, "", "the upgrade to WebSocket got no answer that can be read")
	case a.StatusCode == http.StatusUnauthorized:
		v.good(check, "a WebSocket of somebody who is not signed in is refused with 401")
	case a.refused():
		v.bad(check, snippetFix, "a WebSocket of somebody who is not signed in gets status %d instead of 401", a.StatusCode)
	default:
		v.bad(check, snippetFix, "a WebSocket opens without a sign-in (status %d)", a.StatusCode)
	}
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
