package access_test

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

const workspaces = "https://workspaces.euc-sso.eu-west-1.aws.amazon.com/sso-idp?registrationCode=SLiad+AB12CD"

// applications of the tests. Their origins are what no result may leave.
func applications() []*access.Application {
	return []*access.Application{
		{Name: "grafana", URL: "https://grafana.example.com/", Allowed: []string{"https://metrics.example.com:8443/team/a"}},
		{Name: "wiki", Title: "Company wiki", URL: "https://apps.example.com/wiki"},
		{Name: "crm", URL: "https://apps.example.com:443/crm/?tenant=1", Allowed: []string{"https://apps.example.com/crm/reports/"}},
		{Name: "workspaces", URL: workspaces},
		{Name: "desktops", URL: "https://workspaces.euc-sso.us-east-1.aws.amazon.com/sso-idp"},
		{Name: "local", URL: "http://127.0.0.1:3000"},
	}
}

var origins = []string{
	"https://grafana.example.com", "https://metrics.example.com:8443", "https://apps.example.com",
	"https://workspaces.euc-sso.eu-west-1.aws.amazon.com", "https://workspaces.euc-sso.us-east-1.aws.amazon.com",
	"http://127.0.0.1:3000",
}

func TestResolveUnderstands(t *testing.T) {
	c := catalog(t)
	for _, tc := range []struct{ in, app, url string }{
		{"", "", ""},
		{"grafana", "grafana", "https://grafana.example.com/"},
		{"grafana/", "grafana", "https://grafana.example.com/"},
		{"grafana/d/abc", "grafana", "https://grafana.example.com/d/abc"},
		{"grafana/d/abc?orgId=1&from=now-6h#panel", "grafana", "https://grafana.example.com/d/abc?orgId=1&from=now-6h#panel"},
		{"grafana?orgId=2", "grafana", "https://grafana.example.com/?orgId=2"},
		{"grafana/d/\u00fcber uns", "grafana", "https://grafana.example.com/d/%C3%BCber%20uns"},
		{"grafana/group%2Fproject", "grafana", "https://grafana.example.com/group%2Fproject"},
		{"grafana/100%25", "grafana", "https://grafana.example.com/100%25"},
		{"grafana/v1..v2/a...b", "grafana", "https://grafana.example.com/v1..v2/a...b"},
		{"wiki", "wiki", "https://apps.example.com/wiki"},
		{"wiki/Main", "wiki", "https://apps.example.com/wiki/Main"},
		{"wiki?next=https://elsewhere.example.net/", "wiki", "https://apps.example.com/wiki?next=https://elsewhere.example.net/"},
		{"crm", "crm", "https://apps.example.com/crm/?tenant=1"},
		{"crm/reports/7", "crm", "https://apps.example.com/crm/reports/7"},
		{"local", "local", "http://127.0.0.1:3000"},
		{"local/x", "local", "http://127.0.0.1:3000/x"},

		{"https://grafana.example.com", "grafana", "https://grafana.example.com"},
		{"https://grafana.example.com/d/abc?x=1", "grafana", "https://grafana.example.com/d/abc?x=1"},
		{"HTTPS://Grafana.Example.COM:443/d/abc", "grafana", "https://grafana.example.com/d/abc"},
		{"https://metrics.example.com:8443/team/a", "grafana", "https://metrics.example.com:8443/team/a"},
		{"https://metrics.example.com:8443/team/a/b", "grafana", "https://metrics.example.com:8443/team/a/b"},
		{"https://apps.example.com/wiki/Main", "wiki", "https://apps.example.com/wiki/Main"},
		{"https://apps.example.com/crm/reports?q=%2F%2Fx", "crm", "https://apps.example.com/crm/reports?q=%2F%2Fx"},
		{workspaces, "workspaces", workspaces},
		{"https://workspaces.euc-sso.us-east-1.aws.amazon.com/sso-idp?registrationCode=other&client=web", "desktops", "https://workspaces.euc-sso.us-east-1.aws.amazon.com/sso-idp?registrationCode=other&client=web"},

		{"RPID=https%3A%2F%2Fsp.example.com&RelayState=grafana%2Fd%2Fabc", "grafana", "https://grafana.example.com/d/abc"},
		{"RPID=https%3A%2F%2Fsp.example.com&RelayState=" + url.QueryEscape(workspaces), "workspaces", workspaces},
		{"RPID%3Dhttps%253A%252F%252Fsp.example.com%26RelayState%3D" + url.QueryEscape(url.QueryEscape(workspaces)), "workspaces", workspaces},
		{"RPID=urn:x&RelayState=" + url.QueryEscape(url.QueryEscape(workspaces)), "workspaces", workspaces},
		{"RPID=urn:x&RelayState=https://workspaces.euc-sso.us-east-1.aws.amazon.com/sso-idp?registrationCode=a&client=web", "desktops", "https://workspaces.euc-sso.us-east-1.aws.amazon.com/sso-idp?registrationCode=a&client=web"},
	} {
		got := c.Resolve(tc.in)
		name := ""
		if got.Application != nil {
			name = got.Application.Name
		}
		if name != tc.app || got.URL != tc.url || got.Unknown {
			t.Errorf("Resolve(%q) = %s %q unknown=%v, want %s %q", tc.in, name, got.URL, got.Unknown, tc.app, tc.url)
		}
	}
}

// hostile is what must lead nowhere but to the portal.
var hostile = []string{
	"/", "//evil.example.net", "///evil.example.net", "////evil.example.net", "/\\evil.example.net", "\\\\evil.example.net", "\\/evil.example.net", "/%5cevil.example.net",
	"/\t/evil.example.net", "/\n/evil.example.net", "evil.example.net", "evil", "https://evil.example.net", "https://evil.example.net/grafana",
	"http:evil.example.net", "https:evil.example.net", "https:/evil.example.net", "https:///evil.example.net", "https:\\\\evil.example.net", "https:/\\evil.example.net",
	"http://grafana.example.com/", "https://grafana.example.com:444/", "https://grafana.example.com:80/", "https://grafana.example.com:0/", "https://grafana.example.com:/", "https://grafana.example.com:443443/",
	"https://grafana.example.com@evil.example.net/", "https://grafana.example.com:x@evil.example.net/", "https://evil.example.net@grafana.example.com/", "https://@grafana.example.com/", "https://grafana.example.com%40evil.example.net/",
	"https://grafana.example.com.evil.example.net/", "https://evilgrafana.example.com/", "https://grafana.example.com.", "https://grafana.example.com./d", "https://grafana.example.comevil.net/",
	"https://grafana.example.com\\@evil.example.net/", "https://evil.example.net\\.grafana.example.com/", "https://evil.example.net#@grafana.example.com/", "https://evil.example.net?@grafana.example.com/", "https://evil.example.net/https://grafana.example.com/",
	"https://evil.example.net;.grafana.example.com/", "https://evil.example.net,grafana.example.com/", "https://grafana.example.com,evil.example.net/", "https://grafana%2eexample.com/", "https://grafana.example.com%2f@evil.example.net/", "https://grafana.example.com%00.evil.example.net/", "https://grafana.example.com%0d%0a/",
	"https://gr\u0430fana.example.com/", "https://grafana\uff0eexample.com/", "https://grafana\u3002example\u3002com/", "https://grafana.example.\uff43om/", "https://xn--grfana-4nf.example.com/", "https://grafana.example.com\uff0f@evil.example.net/", "https://grafana.example.com\u2215evil.example.net/", "https:\uff0f\uff0fgrafana.example.com/", "https://evil.example.net\uff03.grafana.example.com/", "https://\u212arafana.example.com/",
	"ht\ttps://grafana.example.com/", "https://grafana.exa\nmple.com/", "\thttps://grafana.example.com/", " https://grafana.example.com/", "https://grafana.example.com/\r\nLocation: https://evil.example.net", "https://grafana.example.com/\x00", "https://grafana.example.com/\x7f", "\x00grafana", "grafana\x00", "grafana\r\n", "grafana\t/x",
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "javascript://grafana.example.com/%0aalert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "ftp://grafana.example.com/", "blob:https://grafana.example.com/x", "view-source:https://grafana.example.com/", "mailto:a@grafana.example.com", "https://", "https:", "://", "?", "#", "https://?grafana.example.com", "https://[::1]/", "https://[grafana.example.com]/", "http://127.0.0.1:3001/", "http://127.1:3000/", "http://2130706433:3000/", "http://0x7f.0.0.1:3000/", "http://localhost:3000/",
	"%2f%2fevil.example.net", "%68ttps://grafana.example.com/", "https%3A%2F%2Fgrafana.example.com%2F", "%67rafana", "%2e%2e/grafana",
	"Grafana", "grafana.example.com", "grafana:443", "grafana@evil.example.net", "grafana.evil.example.net", "grafana ", " grafana", "grafana;x", "grafana&x",
	"grafana//evil.example.net", "grafana/../../x", "grafana/..", "grafana/./x", "grafana/.", "grafana/\\evil.example.net", "grafana\\evil", "grafana/%2e%2e/x", "grafana/%2E./x", "grafana/.%2e/x", "grafana/%252e%252e/x", "grafana/%25252e%25252e/x", "grafana/%252525252e%252525252e/x", "grafana/x%5c..%5cy", "grafana/x%255cy", "grafana/..%2fx", "grafana/a%2f..%2fb", "grafana/%2f%2fevil.example.net", "grafana/%00", "grafana/%0d%0aSet-Cookie:x", "grafana/%09", "grafana/..;/x", "grafana/%zz", "grafana/%", "grafana/%ff", "grafana/\xff", "grafana/\xc0\xae\xc0\xae/x", "grafana/%c0%ae%c0%ae/x", "grafana/%25zz/%252e%252e/x", "grafana?x=\\", "grafana#\\", "grafana?\x00", "grafana/https://evil.example.net",
	"https://grafana.example.com//evil.example.net", "https://grafana.example.com/%2f%2fevil.example.net", "https://grafana.example.com/../x", "https://grafana.example.com/\\evil.example.net",
	"https://apps.example.com/", "https://apps.example.com/wikipedia", "https://apps.example.com/wiki/../admin", "https://apps.example.com/wiki%2f..%2fadmin", "https://apps.example.com/WIKI", "https://apps.example.com/%77iki", "https://apps.example.com", "https://apps.example.com?wiki", "https://apps.example.com/crm/", "https://apps.example.com/crm/?tenant=2", "https://apps.example.com/crm/?tenant=1&tenant=2", "crm?tenant=2", "crm/admin", "wiki/../crm", "https://metrics.example.com:8443/team/ab", "https://metrics.example.com:8443/team", "https://metrics.example.com/team/a",
	"workspaces?registrationCode=other", "workspaces/x", "https://workspaces.euc-sso.eu-west-1.aws.amazon.com/sso-idp", "https://workspaces.euc-sso.eu-west-1.aws.amazon.com/sso-idp?registrationCode=other", workspaces + "&x=y",
	"RPID=x", "RPID=x&RelayState=", "RPID=x&RelayState=https%3A%2F%2Fevil.example.net", "RPID=x&RelayState=%2F%2Fevil.example.net", "RelayState=grafana", "RPID=x&RelayState=RPID%3Dx%26RelayState%3Dgrafana", "RPID=x&RelayState=grafana%2F..%2Fx", "RPID=x&RelayState=%zz", "rpid=x&relaystate=grafana", "RPID=x&RelayState=https://grafana.example.com%2540evil.example.net",
}

func TestResolveLeadsNowhereElse(t *testing.T) {
	c := catalog(t)
	cases := append(slices.Clone(hostile), "grafana/"+strings.Repeat("a", 5000), strings.Repeat("%25", 1300)+"grafana", "https://grafana.example.com/"+strings.Repeat("../", 900))
	for _, in := range cases {
		if got := c.Resolve(in); got != (access.Target{Unknown: true}) {
			t.Errorf("Resolve(%q) = %q, want the portal, unknown", in, got.URL)
		}
	}
	if len(cases) < 60 {
		t.Errorf("%d hostile strings only", len(cases))
	}
}

func FuzzResolve(f *testing.F) {
	c := catalog(f)
	for _, in := range hostile {
		f.Add(in)
	}
	for _, a := range applications() {
		f.Add(a.URL)
		f.Add(a.Name + "/a/b?c=d#e")
		f.Add("RPID=x&RelayState=" + url.QueryEscape(a.URL))
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := c.Resolve(in)
		if got.URL == "" {
			if got.Application != nil || (in != "" && !got.Unknown) {
				t.Errorf("Resolve(%q) = %+v", in, got)
			}
			return
		}
		if got.Application == nil || got.Unknown {
			t.Errorf("Resolve(%q) = %+v", in, got)
		}
		u, err := url.Parse(got.URL)
		if err != nil {
			t.Fatalf("Resolve(%q) = %q: %v", in, got.URL, err)
		}
		origin := u.Scheme + "://" + u.Host
		if !slices.Contains(origins, origin) || !strings.HasPrefix(got.URL, origin) || u.User != nil {
			t.Errorf("Resolve(%q) = %q leads to %s", in, got.URL, origin)
		}
		if seen := browserOrigin(got.URL); seen != origin {
			t.Errorf("Resolve(%q) = %q leads a browser to %s", in, got.URL, seen)
		}
		if again := c.Resolve(got.URL); again.URL != got.URL {
			t.Errorf("Resolve(%q) = %q, and of that %q", in, got.URL, again.URL)
		}
		sameOwner(t, c, in)
	})
}

// browserOrigin takes a URL apart as the WHATWG standard does where that
// differs from RFC 3986: tabs and newlines vanish, spaces around it too, a
// backslash is a slash, any number of slashes leads to the host, and the host
// begins behind the last @.
func browserOrigin(raw string) string {
	raw = strings.TrimFunc(raw, func(r rune) bool { return r <= ' ' })
	raw = strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(raw)
	scheme, rest, ok := strings.Cut(raw, ":")
	if !ok {
		return "relative"
	}
	rest = strings.TrimLeft(rest, "/")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = rest[at+1:]
	}
	host, err := url.PathUnescape(rest)
	if err != nil {
		return "invalid"
	}
	return strings.ToLower(scheme) + "://" + strings.ToLower(host)
}

// shelf is an access.Store in memory: what Resolve does hangs on no database.
// The SQL stores have their own suite.
type shelf struct {
	nothingElse
	mu       sync.Mutex
	apps     []*access.Application
	revision int64
	events   []audit.Event
	failing  error
}

func (s *shelf) Applications(context.Context) ([]*access.Application, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing != nil {
		return nil, s.failing
	}
	raw, err := json.Marshal(s.apps)
	if err != nil {
		return nil, err
	}
	var copies []*access.Application
	return copies, json.Unmarshal(raw, &copies)
}

func (s *shelf) CreateApplication(_ context.Context, a *access.Application, e audit.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.apps {
		if a.Name == b.Name {
			return fault.New(fault.Conflict, "There is an application of that name.")
		}
	}
	kept := *a
	s.apps, s.events, s.revision = append(s.apps, &kept), append(s.events, e), s.revision+1
	return nil
}

func (s *shelf) UpdateApplication(_ context.Context, a *access.Application, e audit.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, b := range s.apps {
		if a.Name == b.Name && a.Version == b.Version {
			a.Version++
			kept := *a
			s.apps[i], s.events, s.revision = &kept, append(s.events, e), s.revision+1
			return nil
		}
	}
	return fault.New(fault.Conflict, "There is no such version.")
}

func (s *shelf) DeleteApplication(_ context.Context, name string, e audit.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range s.apps {
		if a.Name == name {
			s.apps, s.events, s.revision = slices.Delete(s.apps, i, i+1), append(s.events, e), s.revision+1
			return nil
		}
	}
	return fault.New(fault.NotFound, "There is no such application.")
}

func (s *shelf) Revision(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision, s.failing
}

// set changes what is there behind the catalog's back.
func (s *shelf) set(revision int64, failing error, apps ...*access.Application) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision, s.failing, s.apps = revision, failing, apps
}

func catalog(t testing.TB) *access.Catalog {
	t.Helper()
	c, err := access.Open(t.Context(), &shelf{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range applications() {
		if err := c.Add(t.Context(), a, "command"); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// TestResolveBelowAnotherApplication holds that the name of one application
// does not lead into another that lives below it.
func TestResolveBelowAnotherApplication(t *testing.T) {
	all := []*access.Application{
		{Name: "a-twin", URL: "https://apps.example.com/hr/"},
		{Name: "hr", URL: "https://apps.example.com/hr"},
		{Name: "intranet", URL: "https://apps.example.com/"},
	}
	c, err := access.Open(t.Context(), &shelf{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if err := c.Add(t.Context(), a, "command"); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ in, app string }{
		{"intranet", "intranet"},
		{"intranet/news", "intranet"},
		{"intranet/hr", "a-twin"},
		{"intranet/hr/salaries", "a-twin"},
		{"hr/salaries", "hr"},
		{"a-twin/salaries", "a-twin"},
		{"https://apps.example.com/hr/salaries", "a-twin"},
	} {
		if got := c.Resolve(tc.in); got.Application == nil || got.Application.Name != tc.app {
			t.Errorf("Resolve(%q) = %+v, want %s", tc.in, got.Application, tc.app)
		}
	}
}
