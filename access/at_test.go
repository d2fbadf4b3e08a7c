package access_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sallyport/access"
)

func TestAt(t *testing.T) {
	at := func(name, url string, allowed ...string) *access.Application {
		return &access.Application{ID: name, Name: name, URL: url, Allowed: allowed}
	}
	c := access.NewCatalog([]*access.Application{
		at("grafana", "https://grafana.example.com/d/home", "https://grafana.example.com/"),
		at("wiki", "https://apps.example.com/wiki"),
		at("admin", "https://apps.example.com/wiki/admin/"),
		at("root", "https://shared.example.com/"),
		at("inner", "https://shared.example.com/inner"),
		at("tenant", "https://crm.example.com/x?tenant=1"),
		at("crm", "https://crm.example.com/"),
		at("local", "http://127.0.0.1:3000"),
		at("six", "http://[::1]:8080/"),
	}, nil, nil)
	for in, want := range map[string]string{
		"https://grafana.example.com":                           "grafana",
		"https://grafana.example.com/":                          "grafana",
		"https://grafana.example.com/d/abc?orgId=1&from=now-6h": "grafana",
		"https://grafana.example.com?x=1":                       "grafana",
		"HTTPS://Grafana.Example.COM:443/d/abc":                 "grafana",
		"wss://grafana.example.com/api/live/ws":                 "grafana",
		"https://grafana.example.com/proxy/https://elsewhere/":  "grafana", // all of the host is theirs
		"https://grafana.example.com/a/../b%5c%2e%2e;x|\"{}^é":  "grafana",
		"https://grafana.example.com/bad%zz":                    "grafana",
		"https://grafana.example.com/a b":                       "grafana",
		"https://grafana.example.com/a\tb":                      "",
		"https://grafana.example.com/a#b":                       "",
		"https://grafana.example.com/a\x00":                     "",
		"https://grafana.example.com/a\r\nHost: x":              "",
		"http://grafana.example.com/":                           "",
		"ws://grafana.example.com/":                             "",
		"https://grafana.example.com:8443/":                     "",
		"https://grafana.example.com:0/":                        "",
		"https://grafana.example.com./":                         "",
		"https://grafana.example.com.evil.example.net/":         "",
		"https://user@grafana.example.com/":                     "",
		"https://grafana.example.com@evil.example.net/":         "",
		"https://evil.example.net\\@grafana.example.com/":       "",
		"https://grafana.example.com\\@evil.example.net/":       "",
		"https://evil.example.net/https://grafana.example.com/": "",
		"//grafana.example.com/":                                "",
		"grafana.example.com":                                   "",
		"https:/grafana.example.com/":                           "",
		"https:///grafana.example.com/":                         "",
		"javascript://grafana.example.com/%0aalert(1)":          "",
		"":                               "",
		"://":                            "",
		"https://":                       "",
		"https://apps.example.com/":      "",
		"https://apps.example.com/wikis": "",
		"https://apps.example.com/wiki":  "wiki",
		"https://apps.example.com/wiki/": "wiki",
		"https://apps.example.com/wiki/Main?x=/wiki/admin":        "wiki",
		"https://apps.example.com/Wiki/Main":                      "", // exact, as written
		"https://apps.example.com/wiki/admin":                     "admin",
		"https://apps.example.com/wiki/admin/users":               "admin",
		"https://apps.example.com/wiki/administrators":            "wiki",
		"https://apps.example.com/wiki/Admin/users":               "", // some servers know no case
		"https://apps.example.com/wiki/%61dmin/users":             "",
		"https://apps.example.com/wiki/x/../admin/users":          "",
		"https://apps.example.com/wiki//admin/users":              "",
		"https://apps.example.com/wiki/admin;x/users":             "",
		"https://apps.example.com/wiki/;x/admin":                  "",
		"https://apps.example.com/wiki/x%2f..%2fadmin":            "",
		"https://apps.example.com/wiki/über uns":                  "wiki",
		"https://apps.example.com/wiki/a|b":                       "wiki",
		"https://apps.example.com/wiki/.well-known":               "wiki",
		"https://shared.example.com/inner/x":                      "inner",
		"https://shared.example.com/INNER/x":                      "",
		"https://shared.example.com/other":                        "root",
		"https://shared.example.com/other#/../inner":              "",
		"https://crm.example.com/x?tenant=1":                      "tenant",
		"https://crm.example.com/x?tenant=2":                      "crm",
		"https://crm.example.com/x?a=b&tenant=1":                  "",
		"https://crm.example.com/x%3ftenant=1":                    "",
		"https://crm.example.com/y?tenant=1":                      "crm",
		"http://127.0.0.1:3000/x":                                 "local",
		"http://127.0.0.1:03000/x":                                "local",
		"http://127.0.0.1/x":                                      "",
		"http://[::1]:8080/x":                                     "six",
		"https://grafana.example.com/" + strings.Repeat("a", 9e3): "grafana",
	} {
		got := ""
		if a := c.At(in); a != nil {
			got = a.Name
		}
		if got != want {
			t.Errorf("At(%q) = %q, want %q", in, got, want)
		}
	}
	for _, tc := range []struct {
		scheme, host string
		want         bool
	}{
		{"https", "grafana.example.com", true}, {"HTTPS", "GRAFANA.example.com:443", true}, {"wss", "grafana.example.com", true},
		{"http", "grafana.example.com", false}, {"https", "grafana.example.com:8443", false}, {"https", "grafana.example.com/", false},
		{"https", "grafana.example.com?x", false}, {"https", "x@grafana.example.com", false}, {"https", "", false}, {"", "", false},
		{"https://grafana.example.com/", "", false}, {"http", "127.0.0.1:3000", true}, {"http", "127.0.0.1", false}, {"https", "shared.example.com", true},
	} {
		if got := c.AtHost(tc.scheme, tc.host); got != tc.want {
			t.Errorf("AtHost(%q, %q) = %v", tc.scheme, tc.host, got)
		}
	}
}

// TestAtOwnsAsLookingAtAllDoes holds the index against the plain search, and
// against where relay states may lead.
func TestAtOwnsAsLookingAtAllDoes(t *testing.T) {
	segment := rapid.SampledFrom([]string{"a", "b", "A", "ab", "%61", "a;x", "x.y", "%2f", "a%2fb", "%3fq=1", ".", "%2e%2e", "", "~", "a+b"})
	query := rapid.SampledFrom([]string{"", "", "?q=1", "?q=2", "?q=1&r=2", "?Q=1", "?%71=1", "?"})
	path := func(t *rapid.T, label string) string {
		var b strings.Builder
		for _, one := range rapid.SliceOfN(segment, 0, 4).Draw(t, label) {
			b.WriteString("/" + one)
		}
		return b.String() + query.Draw(t, label+" query")
	}
	const host = "https://host.example.com"
	rapid.Check(t, func(t *rapid.T) {
		var apps []*access.Application
		for _, name := range []string{"x", "y", "z"}[:rapid.IntRange(1, 3).Draw(t, "applications")] {
			a := &access.Application{ID: name, Name: name, URL: host + path(t, name)}
			for range rapid.IntRange(0, 2).Draw(t, "further") {
				a.Allowed = append(a.Allowed, host+path(t, "further"))
			}
			apps = append(apps, a)
		}
		c := access.NewCatalog(apps, nil, nil)
		for range 5 {
			in := host + path(t, "address")
			want, got := access.OwnerByAll(c, in), c.At(in)
			to := c.Resolve(in)
			if to.Application != want {
				t.Fatalf("Resolve(%q) leads to %+v, want %+v", in, to.Application, want)
			}
			if got != want && !(want == nil && got != nil && alone(apps, got)) {
				t.Fatalf("At(%q) = %+v, want %+v", in, got, want)
			}
		}
	})
}

// alone reports whether no other application has a place that can be read.
func alone(apps []*access.Application, a *access.Application) bool {
	for _, other := range apps {
		if other != a && access.HasPlaces(other) {
			return false
		}
	}
	return true
}
