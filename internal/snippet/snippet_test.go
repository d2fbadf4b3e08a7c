package snippet_test

import (
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/internal/snippet"
)

func good() snippet.Settings {
	return snippet.Settings{Application: "grafana", URL: "https://grafana.example.com", Upstream: "127.0.0.1:3000", Sallyport: "127.0.0.1:8080", Headers: access.PresetRemote}
}

func TestRenderRefusesWhatItCannotWrite(t *testing.T) {
	// Each of these ends a word, a line, a quotation or a comment of one proxy
	// or another, or is expanded by it.
	hostile := []string{
		"", " ", "a b", "a\nb", "a\r\nb", "a\tb", "a\x00b", "a\u2028b", "a;b", "a{b", "a}b", "a\"b", "a'b", "a`b", "a$b", "a\\b", "a#b", "a%b", "a,b",
		"${HOME}", "{env.HOME}", "%[env(HOME)]", "$(id)", "a -- b", "a]]b", "../a", "a/../b", "é", "a..b", "-a", strings.Repeat("a", 300),
	}
	for _, p := range snippet.Proxies {
		for _, h := range hostile {
			for what, change := range map[string]func(*snippet.Settings){
				"name":          func(s *snippet.Settings) { s.Application = h },
				"host":          func(s *snippet.Settings) { s.URL = "https://" + h },
				"host and port": func(s *snippet.Settings) { s.URL = "https://" + h + ":8443/" },
				"port":          func(s *snippet.Settings) { s.URL = "https://grafana.example.com:" + h },
				"scheme":        func(s *snippet.Settings) { s.URL = h + "://grafana.example.com" },
				"upstream":      func(s *snippet.Settings) { s.Upstream = h + ":3000" },
				"its port":      func(s *snippet.Settings) { s.Upstream = "127.0.0.1:" + h },
				"service":       func(s *snippet.Settings) { s.Sallyport = h + ":8080" },
				"line after it": func(s *snippet.Settings) { s.Sallyport += "\n" + h },
				"preset":        func(s *snippet.Settings) { s.Headers = access.Preset("odd" + h) },
			} {
				s := good()
				change(&s)
				if hostAllowed(what, h) {
					continue
				}
				if made, err := snippet.Render(p, s); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%s, %s %q: %v and %d files, want it refused", p, what, h, err, len(made))
				}
			}
		}
	}
	if _, err := snippet.Render("squid", good()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a proxy that nobody knows: %v, want it refused", err)
	}
}

// hostAllowed names the few of the corpus that say something good in one
// place: a path and a fragment after the host are not written anywhere.
func hostAllowed(what, h string) bool {
	return strings.HasPrefix(what, "host") && (h == "a#b" || h == "a/../b")
}

func TestRenderWritesTheHostAsBrowsersSayIt(t *testing.T) {
	for url, host := range map[string]string{
		"https://Grafana.Example.COM":            "grafana.example.com",
		"https://grafana.example.com:443/":       "grafana.example.com",
		"https://grafana.example.com:8443/x?y#z": "grafana.example.com:8443",
		"http://grafana.example.com:80":          "grafana.example.com",
		"http://grafana.example.com:443":         "grafana.example.com:443",
		"https://[2001:DB8::1]:8443/":            "[2001:db8::1]:8443",
		"https://127.0.0.1":                      "127.0.0.1",
	} {
		s := good()
		s.URL = url
		made, err := snippet.Render(snippet.NGINX, s)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if want := "proxy_set_header X-Forwarded-Host " + host + ";"; !strings.Contains(made[0].Text, want) {
			t.Errorf("%s: there is no %q", url, want)
		}
	}
}

func TestRenderCopiesThePresetAlone(t *testing.T) {
	presets := []access.Preset{"", access.PresetRemote, access.PresetAuthRequest, access.PresetForwarded, access.PresetWebAuth, access.PresetNone}
	for _, preset := range presets {
		s := good()
		s.Headers = preset
		made, err := snippet.Render(snippet.Caddy, s)
		if err != nil {
			t.Fatal(err)
		}
		_, line, _ := strings.Cut(made[0].Text, "\tcopy_headers ")
		line, _, _ = strings.Cut(line, "\n")
		n := preset.Names()
		var want []string
		for _, name := range []string{n.User, n.Groups, n.Email, n.Name, access.HeaderPermissionSet, access.HeaderTags, access.HeaderAssertion} {
			if name != "" {
				want = append(want, name)
			}
		}
		if line != strings.Join(want, " ") {
			t.Errorf("%q: %q is copied, want %q", preset, line, want)
		}
	}
}

func TestTitles(t *testing.T) {
	for _, p := range snippet.Proxies {
		if p.Title() == "" {
			t.Errorf("%s has no title", p)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("grafana", "https://grafana.example.com", "127.0.0.1:3000", "[::1]:8080", "remote")
	f.Fuzz(func(t *testing.T, name, url, upstream, sallyport, headers string) {
		for _, p := range snippet.Proxies {
			plain, err := snippet.Render(p, good())
			if err != nil {
				t.Fatal(err)
			}
			made, err := snippet.Render(p, snippet.Settings{Application: name, URL: url, Upstream: upstream, Sallyport: sallyport, Headers: access.Preset(headers)})
			if err != nil {
				continue
			}
			// Settings fill words; they make no lines.
			if access.Preset(headers).Names() == good().Headers.Names() && strings.HasPrefix(strings.ToLower(url), "https:") {
				for i := range made {
					if got, want := strings.Count(made[i].Text, "\n"), strings.Count(plain[i].Text, "\n"); got != want {
						t.Errorf("%s: %d lines, want %d", made[i].Name, got, want)
					}
				}
			}
		}
	})
}
