package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/htmlcheck"
	"sallyport/session"
	"sallyport/web"
	"sallyport/web/ui"
)

// proxied is a form of what stands behind a proxy, as the page has it.
func proxied(t *testing.T, b *browser, name string, change func(url.Values)) url.Values {
	t.Helper()
	form := url.Values{"version": {field(t, b.get("/admin/applications/"+name).body, "version")}, "headers": {"remote"}, "separator": {","}, "groups": {"all"}}
	change(form)
	return form
}

func sessionsOf(slug string) session.Filter { return session.Filter{IDP: slug} }

func TestWhatAProxyTellsAnApplication(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	const path = "/admin/applications/grafana"
	b.get(path).check(t, 200, htmlcheck.In("section[aria-labelledby=proxy] dl", htmlcheck.Text("Remote-User, Remote-Groups"), htmlcheck.Text("Any sign-in will do")))

	form := proxied(t, b, "grafana", func(v url.Values) {
		v.Set("headers", "x-webauth")
		v.Set("separator", "|")
		v.Set("groups", "assigned")
	})
	b.post(path+"/proxy", form).leadsTo(t, path+"?done=proxy_saved")
	if got, want := h.apps.Application("grafana").Gateway, (access.Gateway{Headers: access.PresetWebAuth, Separator: "|", Groups: access.TellAssigned}); got != want {
		t.Errorf("saved %+v", got)
	}
	b.get(path).check(t, 200, htmlcheck.In("section[aria-labelledby=proxy] dl", htmlcheck.Text("X-WEBAUTH-USER"), htmlcheck.Text("a vertical bar")))

	// Somebody else's version, and what is no choice, change nothing.
	b.post(path+"/proxy", form).check(t, http.StatusConflict, htmlcheck.In("section[aria-labelledby=proxy] p[role=alert]", htmlcheck.Text("changed")))
	for _, wrong := range []url.Values{{"headers": {"x-evil"}}, {"separator": {"\r\n"}}, {"groups": {"some"}}, {"minutes": {"soon"}}, {"minutes": {"NaN"}}, {"minutes": {"-1"}}, {"minutes": {"1e300"}}, {"minutes": {"0.5"}, "confirm": {"yes"}}, {"context": {"a\x00b"}, "confirm": {"yes"}}} {
		b.post(path+"/proxy", proxied(t, b, "grafana", func(v url.Values) {
			for name, values := range wrong {
				v[name] = values
			}
		})).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("section[aria-labelledby=proxy] p[role=alert]", 1))
	}
	if h.apps.Application("grafana").Gateway.Headers != access.PresetWebAuth {
		t.Error("a refused form changed something")
	}
	// What is usual is left unsaid: the application can become a mere link.
	b.post(path+"/proxy", proxied(t, b, "grafana", func(url.Values) {})).leadsTo(t, path+"?done=proxy_saved")
	if got := h.apps.Application("grafana").Gateway; got != (access.Gateway{}) {
		t.Errorf("saved %+v", got)
	}
}

func TestStepUpIsSavedAfterItWasSeen(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.signedIn("ann")
	b := h.administrator()
	const path, mfa = "/admin/applications/grafana", "http://schemas.microsoft.com/claims/multipleauthn"
	const hostile = `urn:x:"><script>alert(1)</script>`
	form := proxied(t, b, "grafana", func(v url.Values) {
		v["context"] = []string{mfa}
		v.Set("contexts", hostile+"\r\n")
		v.Set("minutes", "15")
	})
	seen := b.post(path+"/proxy", form)
	seen.check(t, 200, htmlcheck.In("main", htmlcheck.Text("1 person has to sign in again"), htmlcheck.Text("enters after signing in again"), htmlcheck.Text(mfa), htmlcheck.Text("at most 15 minutes ago")), htmlcheck.Missing("main script"))
	if !h.apps.Application("grafana").StepUp.None() {
		t.Fatal("saved before it was seen")
	}
	form.Set("confirm", "yes")
	b.post(path+"/proxy", form).leadsTo(t, path+"?done=proxy_saved")
	if got := h.apps.Application("grafana").StepUp; !slices.Equal(got.Contexts, []string{mfa, hostile}) || got.MaxAge != 15*time.Minute {
		t.Errorf("saved %+v", got)
	}
	b.get(path).check(t, 200, htmlcheck.In("section[aria-labelledby=proxy] dl", htmlcheck.Text(hostile), htmlcheck.Text("at most 15 minutes ago")), htmlcheck.Missing("main script"),
		htmlcheck.In("#minutes", htmlcheck.Attr("value", "15")), htmlcheck.In("#contexts", htmlcheck.Text(hostile)))
	h.browser().post(path+"/proxy", form).check(t, http.StatusUnauthorized)
	b.get("/admin/reach?app=grafana&person=ann%40example.com").check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("Not yet: ann@example.com has to sign in again")), htmlcheck.In("ol.walked", htmlcheck.Text("demands a sign-in")))

	// A mere link is opened by a sign-in too, and no proxy tells it anything.
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "handbook", URL: "https://handbook.example.com/", Kind: access.KindLink}, "command"))
	b.get("/admin/applications/handbook").check(t, 200, htmlcheck.In("#proxy", htmlcheck.Text("How people must have signed in")), htmlcheck.Missing("input[name=headers]"))
	b.get("/admin/applications/handbook/proxy").check(t, http.StatusNotFound)
	b.get("/admin/applications/handbook/token").check(t, http.StatusNotFound)
	b.post("/admin/applications/handbook/proxy", proxied(t, b, "handbook", func(v url.Values) { v.Set("minutes", "60"); v.Set("headers", "x-webauth"); v.Set("confirm", "yes") })).leadsTo(t, "/admin/applications/handbook?done=proxy_saved")
	if got := h.apps.Application("handbook"); got.StepUp.MaxAge != time.Hour || got.Gateway != (access.Gateway{}) {
		t.Errorf("saved %+v", got)
	}
}

func TestConfigurationForAProxy(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	const path = "/admin/applications/grafana/proxy"
	b.get(path).check(t, 200, htmlcheck.Count("input[name=proxy]", 6), htmlcheck.In("#sallyport", htmlcheck.Attr("value", "127.0.0.1:8080")), htmlcheck.Missing("#files"), htmlcheck.In("section[aria-labelledby=headers]", htmlcheck.Text("Remote-User"), htmlcheck.Text("X-Sallyport-Assertion")))
	for _, proxy := range []string{"nginx", "caddy", "traefik", "envoy", "haproxy", "apache"} {
		page := b.get(path + "?" + url.Values{"proxy": {proxy}, "upstream": {"127.0.0.1:3000"}, "sallyport": {"127.0.0.1:8080"}}.Encode())
		page.check(t, 200, htmlcheck.In("section[aria-labelledby=files] textarea", htmlcheck.Text("grafana.example.com")),
			htmlcheck.In("section[aria-labelledby=trust]", htmlcheck.Text(`trusted_proxies: ["127.0.0.1"]`)),
			htmlcheck.In("section[aria-labelledby=doctor]", htmlcheck.Text("sallyport doctor https://grafana.example.com/ --base-url "+h.url), htmlcheck.Text("--upstream 127.0.0.1:3000")))
	}
	b.get(path+"?proxy=nginx&upstream=10.0.0.9:3000&sallyport=sso.internal:8080").check(t, 200, htmlcheck.In("section[aria-labelledby=trust]", htmlcheck.Text("the page of the refusal names the address")))
	b.get(path+"?proxy=nginx&upstream=10.0.0.9:3000&sallyport=sso.internal:8080&peer=10.0.3.7").check(t, 200, htmlcheck.In("section[aria-labelledby=trust]", htmlcheck.Text(`["10.0.3.7"]`)))
	for _, wrong := range []string{"proxy=squid&upstream=a:1&sallyport=b:2", "proxy=nginx&upstream=a&sallyport=b:2", "proxy=nginx&upstream=a:1%3B%20evil&sallyport=b:2", "proxy=nginx&upstream=a:1&sallyport=%22%3E%3Cscript%3E", "proxy=nginx&upstream=a:1&sallyport=b:2&peer=everybody", "proxy=nginx&upstream=a:1&sallyport=b:2&peer=%5D%0Ainsecure_http:%20true"} {
		b.get(path+"?"+wrong).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("form p[role=alert]", 1), htmlcheck.Missing("#files"), htmlcheck.Missing("main script"))
	}
	// One configuration serves a host, whoever lives there.
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "alerts", URL: "https://grafana.example.com/alerts", Gateway: access.Gateway{Headers: access.PresetWebAuth}}, "command"))
	b.get(path).check(t, 200, htmlcheck.In("p.note", htmlcheck.Text("alerts"), htmlcheck.Text("They have other headers")))
}

func TestATokenIsCheckedAndForgotten(t *testing.T) {
	const secret = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI8c2NyaXB0PiJ9.c2VjcmV0LXNpZ25hdHVyZQ"
	var asked [][2]string
	now := time.Now()
	report := &ui.TokenReport{Header: `{"alg":"none"}`, Claims: `{"sub":"</pre><script>alert(1)</script>"}`, Checks: []ui.TokenCheck{{What: "alg, the algorithm", Want: "ES256", Got: "<script>"}}}
	h := newHouse(t, func(o *web.Options) {
		o.CheckToken = func(application, token string) *ui.TokenReport {
			asked = append(asked, [2]string{application, token})
			return report
		}
	})
	h.connect("default", nil)
	b := h.administrator()
	const path = "/admin/applications/grafana/token"
	b.get(path).check(t, 200, htmlcheck.Count("details textarea", 4), htmlcheck.In("details textarea", htmlcheck.Text(h.url)))
	for _, typed := range []string{secret, "  " + secret + "\r\n", "X-Sallyport-Assertion: " + secret, "x-sallyport-assertion:Bearer " + secret} {
		page := b.post(path, url.Values{"token": {typed}})
		page.check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("must refuse")), htmlcheck.In("table", htmlcheck.Text("alg, the algorithm"), htmlcheck.Text("failed")), htmlcheck.Missing("main script"))
		if strings.Contains(page.body, secret) || page.Header.Get("Cache-Control") != "no-store" {
			t.Error("the token is shown again, or the page may be kept")
		}
	}
	for _, one := range asked {
		if one != [2]string{"grafana", secret} {
			t.Errorf("asked about %q", one)
		}
	}
	for _, nothing := range []string{"", "  ", strings.Repeat("a", 20<<10)} {
		b.post(path, url.Values{"token": {nothing}}).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("form p[role=alert]", 1))
	}
	h.signedIn("ann")
	sessions, err := h.sessions.Sessions(t.Context(), sessionsOf("default"))
	must(t, err)
	*report = ui.TokenReport{Good: true, Claims: `{}`, SessionID: sessions[0].ID, IssuedAt: now.Add(-2 * time.Minute), Expires: now.Add(3 * time.Minute)}
	b.post(path, url.Values{"token": {secret}}).check(t, 200, htmlcheck.In("section[aria-labelledby=verdict]", htmlcheck.Text("may believe it"), htmlcheck.Text("Its session is open")), htmlcheck.In("section[aria-labelledby=says]", htmlcheck.Text("Expires")))
	_, err = h.sessions.Revoke(t.Context(), sessionsOf("default"), "command")
	must(t, err)
	b.post(path, url.Values{"token": {secret}}).check(t, 200, htmlcheck.In("section[aria-labelledby=verdict]", htmlcheck.Text("Its session has ended since")))
	if strings.Contains(h.log.String(), "eyJ") {
		t.Error("the token is in the log")
	}
	// Where nothing can check, nothing is offered.
	plain := newHouse(t).administrator()
	plain.get(path).check(t, 200, htmlcheck.Missing("#token"), htmlcheck.Count("details", 4))
	plain.post(path, url.Values{"token": {secret}}).check(t, http.StatusNotFound)
}

func TestTokenKeysAreRotatedByHand(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	before := h.registry.TokenKeys()
	b.post("/admin/keys/token/rotations", nil).check(t, http.StatusConflict, htmlcheck.In("section[aria-labelledby=our-token] p[role=alert]", htmlcheck.Text("so new")))
	for _, word := range []string{"", "yes", "STOLEN"} {
		b.post("/admin/keys/token/replacements", url.Values{"word": {word}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("section[aria-labelledby=our-token] p[role=alert]", htmlcheck.Text("stolen")))
	}
	if got := h.registry.TokenKeys(); got[0].ID != before[0].ID || h.count(audit.KeyRotated) != 0 {
		t.Error("the keys changed")
	}
	b.post("/admin/keys/token/replacements", url.Values{"word": {"stolen"}}).leadsTo(t, "/admin/certificates?done=token_replaced")
	for _, k := range h.registry.TokenKeys() {
		if k.ID == before[0].ID || k.ID == before[1].ID {
			t.Errorf("%s is still there", k.ID)
		}
	}
	if h.count(audit.KeyRotated) != 1 {
		t.Errorf("%d events", h.count(audit.KeyRotated))
	}
}

func TestWhereASessionIsOpen(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	ann, admin := h.signedIn("ann"), h.administrator()
	page := "/admin/people/" + h.person("ann@example.com").ID
	admin.get(page).check(t, 200, htmlcheck.In("#main", htmlcheck.Text("no application behind the gateway"), htmlcheck.Text("Signed in there")))
	token, link := waiting("https://grafana.example.com/d/abc")
	h.letsIn(t, ann.get(link), token, "https://grafana.example.com", "/d/abc")
	for _, path := range []string{page, "/admin/sessions"} {
		admin.get(path).check(t, 200, htmlcheck.In("main", htmlcheck.Text("grafana.example.com"), htmlcheck.Text("PasswordProtectedTransport")), htmlcheck.In("main .open-host a", htmlcheck.Attr("href", "/admin/applications/grafana")))
	}
	admin.get(page).check(t, 200, htmlcheck.In("section[aria-labelledby=acts]", htmlcheck.Text("of applications behind the gateway"), htmlcheck.Text("of any other application when its own session ends")))
}

func TestConnectionsTellOfSingleLogout(t *testing.T) {
	h := newHouse(t)
	admin := h.administrator()
	admin.get("/admin/idps/default").check(t, 200, htmlcheck.In("section[aria-labelledby=logout]", htmlcheck.Text("Known once metadata is in force"), htmlcheck.Text(h.url+"/saml/default/slo")))
	h.connect("default", nil)
	live := h.registry.Connection("default").Provider.Live
	want := "Ends the session here alone"
	if len(live.SLO) > 0 {
		want = live.SLO[0].Location
	}
	admin.get("/admin/idps/default").check(t, 200, htmlcheck.In("section[aria-labelledby=logout]", htmlcheck.Text(want)))
}
