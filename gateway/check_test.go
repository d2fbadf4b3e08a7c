package gateway_test

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/access"
	"sallyport/gateway"
	"sallyport/internal/fault"
	"sallyport/session"
)

const wikiPage = wikiBase + "/d/abc?x=1&y=%2F"

func TestCheckInThreeDialects(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	h.app("shut", "https://shut.example.com/", func(a *access.Application) {
		a.Entry, a.AskWhom = access.Assigned, "wiki-owners@example.com"
	})
	ann := h.as("ann@example.com", nil).at(wikiHost)
	for dialect := range dialects {
		t.Run(dialect, func(t *testing.T) {
			nginx := dialect == "auth-request"

			w := h.asks(dialect, asking{url: wikiPage, cookie: ann.token})
			status(t, w, http.StatusOK)
			if got := w.Header().Get("Remote-User"); got != "ann@example.com" {
				t.Errorf("Remote-User %q", got)
			}
			if c := claimsIn(t, w); c.Audience != "wiki" || c.UserName != "ann@example.com" || c.SessionID != ann.session.ID {
				t.Errorf("claims %+v", c)
			}
			if w.Header().Get("Cache-Control") != "no-store" || w.Body.Len() != 0 || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("headers %v, body %q", w.Header(), w.Body)
			}

			w = h.asks(dialect, asking{url: wikiPage})
			signIn := w.Header().Get("Location")
			if nginx {
				status(t, w, http.StatusUnauthorized)
				signIn = w.Header().Get("X-Sallyport-Sign-In")
			} else {
				status(t, w, http.StatusFound)
			}
			u, err := url.Parse(signIn)
			must(t, err)
			if got := u.Query(); !strings.HasPrefix(signIn, ssoBase+"/enter?") || got.Get("to") != wikiPage || got.Get("b") == "" {
				t.Errorf("sign-in at %q", signIn)
			}
			cookies := w.Result().Cookies()
			if len(cookies) != 1 || cookies[0].Name != tabCookie || !cookies[0].HttpOnly || !cookies[0].Secure || cookies[0].Domain != "" {
				t.Errorf("cookies %v", cookies)
			}

			ann := h.as("ann@example.com", nil).at("shut.example.com")
			w = h.asks(dialect, asking{url: "https://shut.example.com/", cookie: ann.token})
			status(t, w, http.StatusForbidden)
			if !nginx && (!strings.Contains(w.Body.String(), "wiki-owners@example.com") || !strings.Contains(w.Body.String(), "4F7Q-22KD")) {
				t.Errorf("says %s", w.Body)
			}
			for _, name := range access.IdentityHeaders() {
				if w.Header().Get(name) != "" {
					t.Errorf("a refusal tells %s", name)
				}
			}
		})
	}
}

func TestScriptsAndFormsAreNotRedirected(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	cases := map[string]struct {
		method string
		header http.Header
		want   int
	}{
		"a page":              {"GET", nil, 302},
		"a head":              {"HEAD", nil, 302},
		"curl":                {"GET", http.Header{"Accept": {"*/*"}}, 302},
		"a frame":             {"GET", http.Header{"Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"iframe"}}, 302},
		"a WebView":           {"GET", http.Header{"X-Requested-With": {"com.example.app"}, "Sec-Fetch-Mode": {"navigate"}}, 302},
		"fetch":               {"GET", http.Header{"Accept": {"*/*"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"}}, 401},
		"fetch, same origin":  {"GET", http.Header{"Sec-Fetch-Mode": {"same-origin"}}, 401},
		"an image":            {"GET", http.Header{"Sec-Fetch-Mode": {"no-cors"}, "Sec-Fetch-Dest": {"image"}}, 401},
		"axios":               {"GET", http.Header{"Accept": {"application/json, text/plain, */*"}}, 401},
		"XMLHttpRequest":      {"GET", http.Header{"X-Requested-With": {"XMLHttpRequest"}}, 401},
		"an event stream":     {"GET", http.Header{"Accept": {"text/event-stream"}}, 401},
		"a WebSocket":         {"GET", http.Header{"Upgrade": {"WebSocket"}, "Connection": {"Upgrade"}}, 401},
		"Traefik's WebSocket": {"GET", http.Header{"Sec-Websocket-Key": {"x"}, "Sec-Websocket-Version": {"13"}}, 401},
		"a preflight":         {"OPTIONS", http.Header{"Access-Control-Request-Method": {"PUT"}}, 401},
		"a deletion":          {"DELETE", nil, 401},
		"a form":              {"POST", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, 307},
		"a form with files":   {"POST", http.Header{"Content-Type": {"multipart/form-data; boundary=x"}, "Sec-Fetch-Mode": {"navigate"}}, 307},
		"a POST of JSON":      {"POST", http.Header{"Content-Type": {"application/json"}}, 401},
		"a POST by fetch":     {"POST", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Mode": {"cors"}}, 401},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := h.ask(asking{method: c.method, url: wikiPage, header: c.header})
			status(t, w, c.want)
			switch c.want {
			case 401:
				p := problemIn(t, w)
				if p.Reason != "signed_out" || !strings.HasPrefix(p.SignIn, ssoBase+"/enter?to=") || p.Error != "Unauthorized" || w.Header().Get("Location") != "" {
					t.Errorf("%+v, Location %q", p, w.Header().Get("Location"))
				}
			case 307:
				if got, want := w.Header().Get("Location"), wikiBase+"/.sallyport/interrupted?to=%2Fd%2Fabc%3Fx%3D1%26y%3D%252F"; got != want {
					t.Errorf("Location %s, want %s", got, want)
				}
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("may be stored")
			}
			// nginx shows none of it, and understands 401.
			status(t, h.asks("auth-request", asking{method: c.method, url: wikiPage, header: c.header}), 401)
		})
	}
}

func TestAWebSocketAndAScriptOfWhoIsInPass(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	for _, header := range []http.Header{
		{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}},
		{"Accept": {"application/json"}},
	} {
		status(t, h.ask(asking{url: wikiPage, cookie: ann.token, header: header}), 200)
	}
	// Traefik says wss for https where a WebSocket begins.
	status(t, h.ask(asking{url: wikiPage, cookie: ann.token, header: http.Header{"X-Forwarded-Proto": {"wss"}}}), 200)
	// What would be 403 as a page is 403 with JSON.
	h.app("shut", "https://shut.example.com/", func(a *access.Application) { a.Entry = access.Assigned })
	ann.at("shut.example.com")
	w := h.ask(asking{url: "https://shut.example.com/", cookie: ann.token, header: http.Header{"Accept": {"application/json"}}})
	status(t, w, 403)
	if p := problemIn(t, w); p.Reference != "4F7Q-22KD" {
		t.Errorf("%+v", p)
	}
}

func TestStrangersAreNotBelieved(t *testing.T) {
	for name, trusted := range map[string][]netip.Prefix{
		"nobody is trusted":    nil,
		"somebody else is":     {netip.MustParsePrefix("10.2.0.0/16")},
		"an address beside it": {netip.MustParsePrefix("10.1.2.4/32")},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(o *gateway.Options) { o.TrustedProxies = trusted })
			h.app("wiki", wikiBase+"/", nil)
			ann := h.as("ann@example.com", nil).at(wikiHost)
			for dialect := range dialects {
				w := h.asks(dialect, asking{url: wikiPage, cookie: ann.token})
				status(t, w, http.StatusForbidden)
				if !strings.Contains(w.Body.String(), "10.1.2.3") || !strings.Contains(w.Body.String(), "trusted_proxies") {
					t.Errorf("does not say what to configure: %s", w.Body)
				}
			}
		})
	}
}

func TestHopTricksAreRefused(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	h.app("evil", "https://evil.example.net/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	set := func(name string, values ...string) http.Header { return http.Header{name: values} }
	cases := map[string]struct {
		header http.Header
		want   int
	}{
		"another application's host":  {set("X-Forwarded-Host", "evil.example.net"), 302},
		"nobody's host":               {set("X-Forwarded-Host", "evil.example.org"), 404},
		"a list of hosts":             {set("X-Forwarded-Host", "wiki.example.com, evil.example.net"), 400},
		"a list of hosts, near first": {set("X-Forwarded-Host", "evil.example.net,wiki.example.com"), 400},
		"two hosts":                   {set("X-Forwarded-Host", wikiHost, "evil.example.net"), 400},
		"no host":                     {http.Header{"X-Forwarded-Host": nil}, 400},
		"an empty host":               {set("X-Forwarded-Host", ""), 400},
		"the usual port":              {set("X-Forwarded-Host", "wiki.example.com:443"), 200},
		"capitals":                    {set("X-Forwarded-Host", "WIKI.Example.com"), 200},
		"another port":                {set("X-Forwarded-Host", "wiki.example.com:8443"), 404},
		"a port that is none":         {set("X-Forwarded-Host", "wiki.example.com:0443"), 400},
		"a port without digits":       {set("X-Forwarded-Host", "wiki.example.com:"), 400},
		"two ports":                   {set("X-Forwarded-Host", "wiki.example.com:443:443"), 400},
		"a user name":                 {set("X-Forwarded-Host", "ann@wiki.example.com"), 400},
		"a host that is a user name":  {set("X-Forwarded-Host", "wiki.example.com@evil.example.net"), 400},
		"a final dot":                 {set("X-Forwarded-Host", "wiki.example.com."), 400},
		"a blank":                     {set("X-Forwarded-Host", "wiki.example.com evil"), 400},
		"a line end":                  {set("X-Forwarded-Host", "wiki.example.com\r\nX: y"), 400},
		"a slash":                     {set("X-Forwarded-Host", "wiki.example.com/evil"), 400},
		"a backslash":                 {set("X-Forwarded-Host", `wiki.example.com\evil`), 400},
		"an escape":                   {set("X-Forwarded-Host", "wiki%2eexample.com"), 400},
		"letters beyond ASCII":        {set("X-Forwarded-Host", "wıki.example.com"), 400},
		"no scheme":                   {http.Header{"X-Forwarded-Proto": nil}, 400},
		"a list of schemes":           {set("X-Forwarded-Proto", "https,http"), 400},
		"a scheme in capitals":        {set("X-Forwarded-Proto", "HTTPS"), 400},
		"a scheme of scripts":         {set("X-Forwarded-Proto", "javascript"), 400},
		"plain http":                  {set("X-Forwarded-Proto", "http"), 404},
		"no path":                     {http.Header{"X-Forwarded-Uri": nil}, 400},
		"two paths":                   {set("X-Forwarded-Uri", "/d/abc", "/public"), 400},
		"an absolute address":         {set("X-Forwarded-Uri", "https://evil.example.net/"), 400},
		"two slashes":                 {set("X-Forwarded-Uri", "//evil.example.net/"), 400},
		"slash, backslash":            {set("X-Forwarded-Uri", `/\evil.example.net/`), 400},
		"a fragment":                  {set("X-Forwarded-Uri", "/d#x"), 400},
		"a blank in the path":         {set("X-Forwarded-Uri", "/d abc"), 400},
		"a NUL":                       {set("X-Forwarded-Uri", "/d\x00"), 400},
		"line ends":                   {set("X-Forwarded-Uri", "/d\r\nSet-Cookie: a=b"), 400},
		"percent games":               {set("X-Forwarded-Uri", "/d%2e%2e/%252e/%00/%"), 200}, // all of the host is one application's
		"a backslash in the query":    {set("X-Forwarded-Uri", `/d?q=a\b`), 200},
		"a path as long as may be":    {set("X-Forwarded-Uri", "/"+strings.Repeat("a", 32<<10-1)), 200},
		"a path that is longer":       {set("X-Forwarded-Uri", "/"+strings.Repeat("a", 32<<10)), 414},
		"no method":                   {http.Header{"X-Forwarded-Method": nil}, 400},
		"two methods":                 {set("X-Forwarded-Method", "GET", "POST"), 400},
		"a method that is none":       {set("X-Forwarded-Method", "GET /"), 400},
		"the other dialect, the same": {set("X-Original-Url", wikiPage), 200},
		"the other dialect, another":  {set("X-Original-Url", wikiBase+"/public"), 400},
		"the other dialect, twice":    {set("X-Original-Url", wikiPage, wikiPage), 400},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := h.ask(asking{url: wikiPage, cookie: ann.token, header: c.header})
			status(t, w, c.want)
			if c.want != 200 && w.Header().Get("Remote-User") != "" {
				t.Error("tells who it is")
			}
			if strings.Contains(w.Header().Get("Location"), "\n") {
				t.Error("a line end in a header")
			}
		})
	}
}

func TestHopTricksOfTheOtherDialects(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	h.app("evil", "https://evil.example.net/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	ask := func(dialect string, header http.Header) int {
		return h.asks(dialect, asking{url: wikiPage, cookie: ann.token, header: header}).Code
	}
	for name, c := range map[string]struct {
		dialect string
		header  http.Header
		want    int
	}{
		"nginx: no address":              {"auth-request", http.Header{"X-Original-Url": nil}, 403},
		"nginx: two addresses":           {"auth-request", http.Header{"X-Original-Url": {wikiPage, wikiPage}}, 403},
		"nginx: a path alone":            {"auth-request", http.Header{"X-Original-Url": {"/d/abc"}}, 403},
		"nginx: no path":                 {"auth-request", http.Header{"X-Original-Url": {wikiBase}}, 403},
		"nginx: a user name":             {"auth-request", http.Header{"X-Original-Url": {"https://wiki.example.com@evil.example.net/"}}, 403},
		"nginx: a question before slash": {"auth-request", http.Header{"X-Original-Url": {"https://wiki.example.com?x=/"}}, 403},
		"nginx: the same said twice":     {"auth-request", http.Header{"X-Forwarded-Uri": {"/d/abc?x=1&y=%2F"}}, 200},
		"nginx: another path beside":     {"auth-request", http.Header{"X-Forwarded-Uri": {"/public"}}, 403},
		"nginx: no method":               {"auth-request", http.Header{"X-Original-Method": nil}, 403},
		"Envoy: no scheme":               {"ext-authz", http.Header{"X-Forwarded-Proto": nil}, 400},
		"Envoy: another host beside":     {"ext-authz", http.Header{"X-Forwarded-Host": {"evil.example.net"}}, 400},
		"Envoy: the same host beside":    {"ext-authz", http.Header{"X-Forwarded-Host": {"wiki.example.com"}}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ask(c.dialect, c.header); got != c.want {
				t.Errorf("status %d, want %d", got, c.want)
			}
		})
	}
	for target, want := range map[string]int{
		"/gateway/ext-authz/":                    200,
		"/gateway/ext-authz/a/../b":              200,
		"/gateway/ext-authz//evil.example.net/x": 400,
		"/gateway/ext-authz":                     404,
		"/gateway/%65xt-authz/x":                 400,
		"/gateway/other":                         404,
		"/gateway/":                              404,
		"/.sallyport/other":                      404,
	} {
		r := asking{url: wikiPage, cookie: ann.token}.request("ext-authz")
		r.URL.Path, _ = url.PathUnescape(target)
		r.RequestURI = target
		w := newRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", target, w.Code, want)
		}
	}
}

func TestTwoCookiesOfOneNameAreRefused(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	ann, ben := h.as("ann@example.com", nil).at(wikiHost), h.as("ben@example.com", nil).at(wikiHost)
	for dialect := range dialects {
		for name, c := range map[string]struct {
			cookies []string
			want    int
		}{
			"the same":            {[]string{appCookie + "=" + ann.token + "; " + appCookie + "=" + ann.token}, 200},
			"two in a line":       {[]string{appCookie + "=" + ann.token + "; " + appCookie + "=" + ben.token}, 401},
			"two lines":           {[]string{appCookie + "=" + ann.token, appCookie + "=" + ben.token}, 401},
			"one that is nothing": {[]string{appCookie + "=x; " + appCookie + "=" + ann.token}, 401},
			"an empty one":        {[]string{appCookie + "=; " + appCookie + "=" + ann.token}, 401},
			"a longer name":       {[]string{"a" + appCookie + "=x; " + appCookie + "=" + ann.token + ";" + appCookie + "2=y"}, 200},
		} {
			w := h.asks(dialect, asking{url: wikiPage, header: http.Header{"Cookie": c.cookies}})
			if w.Code != c.want {
				t.Errorf("%s, %s: status %d, want %d", dialect, name, w.Code, c.want)
			}
		}
	}
}

func TestATokenOpensItsHostAlone(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	h.app("crm", "https://"+otherHost+"/", nil)
	h.app("plain", "http://wiki.example.com/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	crm := "https://" + otherHost + "/"
	status(t, ann.opens(crm), 302) // never seen before
	status(t, ann.opens(wikiPage), 200)
	status(t, ann.opens(crm), 302) // and when memory knows it
	// A cookie that plain http could have set says nothing at https.
	status(t, h.ask(asking{url: wikiPage, header: http.Header{"Cookie": {"sallyport-app=" + ann.token}}}), 302)
}

func TestApplicationsBehindPathsOfOneHost(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/wiki", nil)
	h.app("shut", wikiBase+"/wiki/finance", func(a *access.Application) { a.Entry = access.Assigned })
	ann := h.as("ann@example.com", nil).at(wikiHost)
	for path, want := range map[string]int{
		"/wiki":                 200,
		"/wiki/page":            200,
		"/wiki/finance":         403,
		"/wiki/finance/2026":    403,
		"/wiki/FINANCE":         403, // there are servers that know no case
		"/wiki/%66inance":       403,
		"/wiki/x/../finance":    403,
		"/wiki/x/..;/finance":   403,
		"/wikis":                403,
		"/":                     403,
		"/wiki/page?to=finance": 200,
	} {
		w := ann.opens(wikiBase + path)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
	if c := claimsIn(t, ann.opens(wikiBase+"/wiki/page")); c.Audience != "wiki" {
		t.Errorf("audience %q", c.Audience)
	}
}

func TestChooseAndStepUpGoToTheSignIn(t *testing.T) {
	h := newHouse(t, nil)
	wiki := h.app("wiki", wikiBase+"/", func(a *access.Application) { a.Entry = access.Assigned })
	strong := h.app("strong", "https://strong.example.com/", func(a *access.Application) {
		a.StepUp.Contexts = []string{"urn:oasis:names:tc:SAML:2.0:ac:classes:X509"}
	})
	_ = strong
	ann := h.as("ann@example.com", nil).at(wikiHost)
	to := access.Principal{Kind: access.ToUser, ID: ann.session.UserID}
	read, write := h.set("Read"), h.set("Write")
	h.assign(to, wiki, read, nil)
	w := ann.opens(wikiPage)
	status(t, w, 200)
	if got := w.Header().Get(access.HeaderPermissionSet); got != "Read" || claimsIn(t, w).PermissionSet != "Read" {
		t.Errorf("permission set %q", got)
	}

	h.assign(to, wiki, write, nil)
	status(t, ann.opens(wikiPage), 302)
	w = h.ask(asking{url: wikiPage, cookie: ann.token, header: http.Header{"Accept": {"application/json"}}})
	status(t, w, 401)
	if p := problemIn(t, w); p.Reason != "choose" {
		t.Errorf("%+v", p)
	}
	must(t, h.manager.Choose(t.Context(), ann.session, wiki.ID, write.ID))
	w = ann.opens(wikiPage)
	status(t, w, 200)
	if got := w.Header().Get(access.HeaderPermissionSet); got != "Write" || claimsIn(t, w).PermissionSet != "Write" {
		t.Errorf("permission set %q", got)
	}
	must(t, h.manager.Choose(t.Context(), ann.session, wiki.ID, read.ID))
	if got := ann.opens(wikiPage).Header().Get(access.HeaderPermissionSet); got != "Read" {
		t.Errorf("permission set %q", got)
	}

	ann.at("strong.example.com")
	status(t, ann.opens("https://strong.example.com/"), 302)
	w = h.ask(asking{url: "https://strong.example.com/", cookie: ann.token, header: http.Header{"Accept": {"application/json"}}})
	if p := problemIn(t, w); p.Reason != "step_up" {
		t.Errorf("%+v", p)
	}
}

func TestSessionsEndByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, nil)
		h.app("wiki", wikiBase+"/", nil)
		ann := h.as("ann@example.com", nil).at(wikiHost)
		first := ann.opens(wikiPage)
		status(t, first, 200)
		time.Sleep(time.Until(ann.session.ExpiresAt) - time.Second)
		last := ann.opens(wikiPage)
		status(t, last, 200)
		if claimsIn(t, first).ID == claimsIn(t, last).ID {
			t.Error("the token was not renewed in eight hours")
		}
		if c := claimsIn(t, last); c.Expires > ann.session.ExpiresAt.Unix() {
			t.Errorf("the token is good until %d, the session until %d", c.Expires, ann.session.ExpiresAt.Unix())
		}
		time.Sleep(time.Second)
		status(t, ann.opens(wikiPage), 302)
	})
}

func TestTokensAreRenewedAfterHalfTheirLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, nil)
		h.app("wiki", wikiBase+"/", nil)
		ann := h.as("ann@example.com", nil).at(wikiHost)
		first := claimsIn(t, ann.opens(wikiPage))
		for range 100 {
			if again := claimsIn(t, ann.opens(wikiPage)); again.ID != first.ID {
				t.Fatal("a token for each request")
			}
		}
		for range 20 {
			time.Sleep(30 * time.Second)
			if c := claimsIn(t, ann.opens(wikiPage)); time.Until(time.Unix(c.Expires, 0)) < 2*time.Minute {
				t.Errorf("good for %s more", time.Until(time.Unix(c.Expires, 0)))
			}
		}
	})
}

func TestRulesSeeWhereThePersonIs(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", func(a *access.Application) {
		a.Rules = []access.Rule{{Name: "Office only", Text: `permit (principal, action, resource) when { context has address && context.address.isInRange(ip("198.51.100.0/24")) };`}}
	})
	ann := h.as("ann@example.com", nil).at(wikiHost)
	for forwarded, want := range map[string]int{
		"198.51.100.7":                 200,
		"203.0.113.9":                  403,
		"198.51.100.7, 203.0.113.9":    403, // the left one is what a browser said
		"203.0.113.9, 198.51.100.7":    200,
		"198.51.100.7, 10.1.9.9":       200, // another proxy of ours
		"":                             403, // the proxy itself
		"nonsense":                     403,
		"198.51.100.7, nonsense":       403,
		"::ffff:198.51.100.7":          200,
		"[2001:db8::1]:4711":           403,
		"10.1.9.9":                     403,
		"198.51.100.7,10.1.9.9,10.1.1": 403,
	} {
		w := h.ask(asking{url: wikiPage, cookie: ann.token, header: http.Header{"X-Forwarded-For": {forwarded}}})
		if w.Code != want {
			t.Errorf("X-Forwarded-For %q: status %d, want %d", forwarded, w.Code, want)
		}
	}
	w := h.ask(asking{url: wikiPage, cookie: ann.token, header: http.Header{"X-Forwarded-For": {"198.51.100.7", "203.0.113.9"}}})
	status(t, w, 403)
}

func TestNobodyPassesWhileTheStoreIsSilent(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	status(t, ann.opens(wikiPage), 200)

	h.front.fail = errors.New("connection refused: secret-dsn")
	ben := h.as("ben@example.com", nil).at(wikiHost)
	w := ben.opens(wikiPage)
	status(t, w, 503)
	if strings.Contains(w.Body.String(), "secret-dsn") {
		t.Error("tells what went wrong inside")
	}
	status(t, h.asks("auth-request", asking{url: wikiPage, cookie: ben.token}), 403)
	h.front.fail = nil
	status(t, ben.opens(wikiPage), 200)

	must(t, h.db.Close())
	status(t, ann.opens(wikiPage), 503) // although memory knows her
	status(t, h.asks("auth-request", asking{url: wikiPage, cookie: ann.token}), 403)
	h.db = nil
}

func TestPanicsLetNobodyPass(t *testing.T) {
	h := newHouse(t, func(o *gateway.Options) { o.People = panics{} })
	h.app("wiki", wikiBase+"/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	w := ann.opens(wikiPage)
	status(t, w, 500)
	if strings.Contains(w.Body.String()+h.logs.String(), "no such luck") {
		t.Error("tells the panic's value")
	}
	if w.Header().Get("X-Request-Id") == "" {
		t.Error("nothing leads to the log")
	}
}

func TestWhatIsLogged(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	h.logs.Reset()
	status(t, ann.opens(wikiPage), 200)
	if h.logs.Len() > 0 {
		t.Errorf("a check that lets pass is logged: %s", h.logs)
	}
	gone := session.NewToken()
	status(t, h.ask(asking{url: wikiPage, cookie: gone}), 302)
	for _, secret := range []string{ann.token, gone, "ann@example.com", "/d/abc"} {
		if strings.Contains(h.logs.String(), secret) {
			t.Errorf("the log holds %q: %s", secret, h.logs)
		}
	}
	if !strings.Contains(h.logs.String(), "route=/gateway/forward-auth") || !strings.Contains(h.logs.String(), personIP) {
		t.Errorf("the log says %s", h.logs)
	}
	if h.served["GET /gateway/forward-auth OK"] != 1 || h.served["GET /gateway/forward-auth Found"] != 1 {
		t.Errorf("served %v", h.served)
	}
}

func TestNewAsksForWhatItNeeds(t *testing.T) {
	if _, err := gateway.New(gateway.Options{}); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("got %v", err)
	}
}
