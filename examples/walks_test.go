package examples_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sallyport/access"
)

var visits = map[string]func(visit, *testing.T){
	"page": visit.page, "script": visit.script, "forbidden": visit.forbidden, "web socket": visit.webSocket,
	"smuggling": visit.smuggling, "interrupted form": visit.interruptedForm, "revoked": visit.revoked,
	"separator": visit.separator, "many groups": visit.manyGroups, "sign out": visit.signOut,
}

// The whole house behind each proxy, as people and programs meet it.
func TestHouse(t *testing.T) {
	h := newHouse(t)
	eachProxy(t, func(t *testing.T, r runner) {
		browse, proxy := h.behind(t, r)
		for name, test := range visits {
			t.Run(name, func(t *testing.T) { test(visit{h, browse(t), proxy, user(t)}, t) })
		}
	})
}

// visit is one person's, in a browser of their own.
type visit struct {
	house *house
	*browser
	proxy string
	user  string
}

// deep is a link with everything in it that gets lost on the way.
const deep = grafana + "/d/a%2Fb/uptime%20of%20all?from=now-6h&to=now&var=a%26b&empty=&x=%2F%2Fevil.example"

func (v visit) page(t *testing.T) {
	shut := v.get(deep)
	if shut.status != http.StatusFound || shut.header.Get("Cache-Control") != "no-store" {
		t.Errorf("signed out: status %d, Cache-Control %q; want 302, no-store", shut.status, shut.header.Get("Cache-Control"))
	}
	if to := shut.location(t); !strings.HasPrefix(to, door+"/enter?") {
		t.Errorf("signed out: led to %s", to)
	}
	arrived := v.vouched(v.house, v.follow(shut), v.user, "engineering", "on-call")
	if arrived.url.String() != deep {
		t.Errorf("arrived at %s, want %s", arrived.url, deep)
	}
	g := v.heard(arrived)
	if want := strings.TrimPrefix(deep, grafana); g.URI != want || g.Host != "grafana.example.com" {
		t.Errorf("the application was asked for %s at %s, want %s", g.URI, g.Host, want)
	}
	if g.Header.Get("Remote-User") != v.user || !sameGroups(g.Header.Get("Remote-Groups"), "engineering", "on-call") {
		t.Errorf("the application heard of %q in %q", g.Header.Get("Remote-User"), g.Header.Get("Remote-Groups"))
	}
	if tags, err := url.ParseQuery(g.Header.Get(access.HeaderTags)); err != nil || tags.Get("CostCenter") != "4711" {
		t.Errorf("tags %q, %v; want CostCenter=4711 among them", g.Header.Get(access.HeaderTags), err)
	}
	c := v.verified(t, g.Header.Get(access.HeaderAssertion))
	if c.UserName != v.user || c.Audience != "grafana" {
		t.Errorf("the token is of %q for %q", c.UserName, c.Audience)
	}
	// No page in between from now on, whatever the method.
	if again := v.get(grafana + "/"); again.status != http.StatusOK {
		t.Errorf("signed in: status %d", again.status)
	}
	sent := v.post(grafana+"/save", grafana, url.Values{"a": {"b c"}})
	if g := v.heard(sent); g.Method != http.MethodPost || g.Body != "a=b+c" {
		t.Errorf("signed in: %s with %q", g.Method, g.Body)
	}
}

func (v visit) script(t *testing.T) {
	for name, header := range map[string]http.Header{
		"fetch": script, "accept": {"Accept": {"application/json"}}, "old": {"Accept": {"*/*"}, "X-Requested-With": {"XMLHttpRequest"}},
	} {
		a := v.do(http.MethodGet, deep, header, "")
		var told struct {
			Error, Message, Reason string
			SignIn                 string `json:"sign_in"`
		}
		if err := json.Unmarshal([]byte(a.body), &told); err != nil || a.status != http.StatusUnauthorized || a.header.Get("Location") != "" {
			t.Errorf("%s: status %d with %.200q, want 401 and JSON (%v)", name, a.status, a.body, err)
		}
		if !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") || told.Reason != "signed_out" || !strings.HasPrefix(told.SignIn, door+"/enter?") {
			t.Errorf("%s: %s, %+v", name, a.header.Get("Content-Type"), told)
		}
	}
	for _, method := range []string{http.MethodOptions, http.MethodPut, http.MethodDelete} {
		if a := v.do(method, grafana+"/api", nil, ""); a.status != http.StatusUnauthorized {
			t.Errorf("%s: status %d, want 401", method, a.status)
		}
	}
	v.signIn(v.house, grafana+"/", v.user)
	if g := v.heard(v.do(http.MethodPut, grafana+"/api", script, `{"a":1}`)); g.Method != http.MethodPut || g.Body != `{"a":1}` {
		t.Errorf("signed in: %s with %q", g.Method, g.Body)
	}
}

func (v visit) forbidden(t *testing.T) {
	v.signIn(v.house, grafana+"/", v.user)
	a := v.follow(v.get("https://payroll.example.com/salaries"))
	if a.status != http.StatusForbidden || !strings.Contains(a.body, "the payroll desk") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("status %d, want 403 and whom to ask\n%.1000s", a.status, a.body)
	}
	b := v.do(http.MethodGet, "https://payroll.example.com/salaries", script, "")
	if b.status != http.StatusForbidden && b.status != http.StatusUnauthorized || b.header.Get("X-Application") != "" {
		t.Errorf("a script: status %d", b.status)
	}
}

func (v visit) webSocket(t *testing.T) {
	status := raw(t, v.proxy, []string{"GET /socket HTTP/1.1", "Host: grafana.example.com", "Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: " + grafana}, "").status
	if status != http.StatusUnauthorized {
		t.Errorf("signed out: status %d, want 401", status)
	}
	v.signIn(v.house, grafana+"/", v.user, "engineering")
	c, err := dialSocket(t, v.proxy, "grafana.example.com", "/socket", http.Header{"Cookie": {v.cookies(grafana)}, "Remote-User": {"forged"}})
	if err != nil {
		t.Fatalf("signed in: %v", err)
	}
	defer c.Close()
	if heard := expectEcho(t, c); heard.Get("Remote-User") != v.user || len(heard["Remote-User"]) != 1 {
		t.Errorf("the application heard of %q, want %q", heard["Remote-User"], v.user)
	}
}

// cookies are the browser's for a host, as a header.
func (b *browser) cookies(address string) string {
	b.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	var all []string
	for _, c := range b.client.Jar.Cookies(u) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

func (v visit) smuggling(t *testing.T) {
	heard := v.heard(v.signIn(v.house, grafana+"/", v.user, "engineering")).Header
	want := http.Header{}
	for _, name := range access.IdentityHeaders() {
		if heard[name] != nil {
			want[name] = heard[name]
		}
	}
	cookie := v.cookies(grafana)
	for name, forged := range smuggled() {
		if forged.trailer != "" {
			continue // of a form, and the browser's own: with the stub
		}
		// What says so behind the browser's back, after its cookie.
		request := append([]string{"GET /d/abc HTTP/1.1", "Host: grafana.example.com", "Cookie: " + cookie}, forged.lines...)
		if !slices.ContainsFunc(forged.lines, func(line string) bool { return strings.HasPrefix(line, "Connection:") }) {
			request = append(request, "Connection: close")
		}
		a := raw(t, v.proxy, request, "")
		if a.status != http.StatusOK {
			t.Errorf("%s: status %d, want 200\n%.300s", name, a.status, a.body)
			continue
		}
		expectHeard(t, name, want, echoed(t, a.body).Header)
	}
	// The same without a cookie gets nobody in.
	for name, forged := range smuggled() {
		if forged.trailer != "" {
			continue
		}
		request := append([]string{"GET /d/abc HTTP/1.1", "Host: grafana.example.com", "Accept: application/json", "Connection: close"}, forged.lines...)
		if a := raw(t, v.proxy, request, ""); a.status != http.StatusUnauthorized {
			t.Errorf("%s, signed out: status %d, want 401\n%.300s", name, a.status, a.body)
		}
	}
}

func (v visit) interruptedForm(t *testing.T) {
	v.signIn(v.house, grafana+"/", v.user)
	v.house.run(t, "session", "revoke", "--user", v.user)
	form := url.Values{"title": {"Über <all> & \"more\""}, "tag": {"a", "b"}, "text": {"two\r\nlines"}}
	shut := v.post(grafana+"/save?draft=1", grafana, form)
	if shut.status != http.StatusTemporaryRedirect || shut.header.Get("X-Application") != "" {
		t.Fatalf("the session is over: status %d, want 307\n%.500s", shut.status, shut.body)
	}
	kept := v.post(shut.location(t), grafana, form)
	if kept.status != http.StatusSeeOther {
		t.Fatalf("to be kept: status %d, want 303\n%.1000s", kept.status, kept.body)
	}
	arrived := v.vouched(v.house, v.follow(kept), v.user)
	to, filled := v.fields(arrived)
	if to != grafana+"/save?draft=1" || arrived.header.Get("X-Application") != "" {
		t.Errorf("the form is sent again to %s", to)
	}
	g := v.heard(v.post(to, grafana, filled))
	again, err := url.ParseQuery(g.Body)
	if err != nil || g.Method != http.MethodPost || again.Encode() != form.Encode() {
		t.Errorf("the application got %s with %q, want %q", g.Method, g.Body, form.Encode())
	}
}

func (v visit) revoked(t *testing.T) {
	v.signIn(v.house, grafana+"/", v.user)
	for range 3 {
		if a := v.get(grafana + "/"); a.status != http.StatusOK {
			t.Fatalf("signed in: status %d", a.status)
		}
	}
	v.house.run(t, "session", "revoke", "--user", v.user)
	if a := v.get(grafana + "/"); a.status != http.StatusFound {
		t.Errorf("the next request: status %d, want 302", a.status)
	}
	if a := v.do(http.MethodGet, grafana+"/", script, ""); a.status != http.StatusUnauthorized {
		t.Errorf("the next script: status %d, want 401", a.status)
	}
}

// A group whose name holds the separator would be two to the application.
func (v visit) separator(t *testing.T) {
	g := v.heard(v.signIn(v.house, grafana+"/", v.user, "staff", "guests,admins", "on-call"))
	if !sameGroups(g.Header.Get("Remote-Groups"), "staff", "on-call") {
		t.Errorf("groups %q, want staff and on-call", g.Header.Get("Remote-Groups"))
	}
	if c := v.verified(t, g.Header.Get(access.HeaderAssertion)); !slices.Contains(c.Groups, "guests,admins") || len(c.Groups) != 3 {
		t.Errorf("groups of the token %q, want all three", c.Groups)
	}
}

func (v visit) manyGroups(t *testing.T) {
	var groups []string
	for i := range 150 {
		groups = append(groups, fmt.Sprintf("department-%03d-of-the-whole-company", i))
	}
	g := v.heard(v.signIn(v.house, grafana+"/", v.user, groups...))
	if !sameGroups(g.Header.Get("Remote-Groups"), groups...) {
		t.Errorf("%d bytes of groups, want all 150", len(g.Header.Get("Remote-Groups")))
	}
	if c := v.verified(t, g.Header.Get(access.HeaderAssertion)); len(c.Groups) != 150 && !c.Omitted {
		t.Errorf("%d groups in the token, want 150, or that they are left out", len(c.Groups))
	}
}

func (v visit) signOut(t *testing.T) {
	v.signIn(v.house, grafana+"/", v.user)
	a := v.get(grafana + "/.sallyport/sign-out")
	if a.status/100 != 3 || !strings.HasPrefix(a.location(t), door+"/signout") {
		t.Errorf("status %d to %s, want the page for signing out", a.status, a.header.Get("Location"))
	}
	if strings.Contains(v.cookies(grafana), "__Host-sallyport-app=") {
		t.Error("the host's cookie is still there")
	}
}

func sameGroups(joined string, want ...string) bool {
	have := strings.Split(joined, ",")
	slices.Sort(have)
	slices.Sort(want)
	return slices.Equal(have, want)
}
