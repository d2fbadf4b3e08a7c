package access_test

import (
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
)

// nested are applications that live below others.
func nested() *access.Catalog {
	return access.NewCatalog([]*access.Application{
		{ID: "1", Name: "intranet", URL: "https://intranet.example.com/", Entry: access.Everyone},
		{ID: "2", Name: "board", URL: "https://intranet.example.com/board", Entry: access.Assigned},
		{ID: "3", Name: "notes", URL: "https://intranet.example.com/Board/notes%20of%20all", Entry: access.Everyone},
		{ID: "4", Name: "tenants", URL: "https://q.example.com/", Entry: access.Everyone},
		{ID: "5", Name: "secret", URL: "https://q.example.com/app?tenant=secret&x=a+b", Entry: access.Assigned},
		{ID: "6", Name: "odd", URL: "https://intranet.example.com/q/a%3Fb;c%2Fd", Entry: access.Everyone},
	}, nil, nil)
}

// TestResolveLeadsNowhereThatMayBeAnothersPlace holds that no spelling of an
// address makes it another application's.
func TestResolveLeadsNowhereThatMayBeAnothersPlace(t *testing.T) {
	c := nested()
	for _, text := range []string{
		"intranet/%62oard", "intranet/b%6fard/minutes", "intranet/%2562oard", "intranet/%252562oard", "intranet/board%2Fminutes", "intranet/board%252fminutes", "intranet/%62oard%2Fminutes",
		"intranet/board;x=1", "intranet/board;x=1/minutes", "intranet/board%3Bx=1/minutes", "intranet/board%253bx", "intranet/;x/board", "intranet/%3Bx/board", "intranet/board;a=%2Fb", "intranet/;x=%2Fy/board",
		"intranet/Board", "intranet/BOARD/minutes", "intranet/%42oard", "intranet/board%3Fx", "intranet/board%23x", "intranet/board%253Fx",
		"https://intranet.example.com/%62oard", "https://intranet.example.com/Board", "RPID=x&RelayState=intranet%2F%252562oard",
		"board/Notes%20of%20all", "board/notes%2520of%2520all", "board/notes%20of%20all;x",
		"tenants/app?tenant=s%65cret&x=a+b", "tenants/app?tenant=secret&x=a%20b", "tenants/app?x=a+b&tenant=secret", "tenants/app?tenant=secret&x=a+b&y", "tenants/app?tenant=other&tenant=secret&x=a+b",
		"tenants/app?TENANT=secret&x=a+b", "tenants/%61pp?tenant=secret&x=a+b", "tenants/app/?tenant=secret&x=a+b", "tenants/app;y?tenant=secret&x=a+b", "tenants/app?tenant=secret;x=a+b",
		"tenants/app%3Ftenant=secret%26x=a+b", "tenants/app%3Ftenant=secret?x=a+b", "tenants/app?tenant=s%2565cret&x=a+b",
	} {
		if got := c.Resolve(text); !got.Unknown {
			t.Errorf("Resolve(%q) = %s %q, want nowhere", text, got.Application.Name, got.URL)
		}
	}
	for text, owner := range map[string]string{
		"intranet": "intranet", "intranet/boards": "intranet", "intranet/boarding%2Fx": "intranet", "intranet/a;b=1/c": "intranet", "intranet/x?y=%62oard": "intranet", "intranet/search?q=/board": "intranet", "intranet/100%25": "intranet", "intranet/x%2Fboard": "intranet",
		"board": "board", "board/%61;b/C": "board", "intranet/board": "board", "intranet/board/minutes": "board", "https://intranet.example.com/board/x": "board", "board/notes%3Fx": "board",
		"notes": "notes", "notes/x": "notes", "intranet/Board/notes of all": "notes", "odd": "odd", "odd?x": "odd",
		"tenants": "tenants", "tenants/app": "tenants", "tenants/app?tenant=other&x=a+b": "tenants", "tenants/app?tenant=secret": "tenants",
		"secret": "secret", "tenants/app?tenant=secret&x=a+b": "secret",
	} {
		if got := c.Resolve(text); got.Application == nil || got.Application.Name != owner {
			t.Errorf("Resolve(%q) = %+v %q, want %s", text, got.Application, got.URL, owner)
		}
	}
}

// sameOwner holds that an address belongs to whom each of its other spellings
// belongs to, where these lead anywhere.
func sameOwner(t *testing.T, c *access.Catalog, in string) {
	t.Helper()
	got := c.Resolve(in)
	if got.URL == "" {
		return
	}
	u, err := url.Parse(got.URL)
	if err != nil {
		t.Fatalf("Resolve(%q) = %q: %v", in, got.URL, err)
	}
	path, query, _ := strings.Cut(strings.TrimPrefix(got.URL, u.Scheme+"://"+u.Host), "?")
	path, _, _ = strings.Cut(path, "#")
	if query, _, _ = strings.Cut(query, "#"); query != "" {
		query = "?" + query
	}
	for range 5 {
		for _, spelling := range []string{path, strings.ToLower(path)} {
			again := c.Resolve(u.Scheme + "://" + u.Host + spelling + query)
			if again.Application != nil && again.Application.Name != got.Application.Name {
				t.Errorf("Resolve(%q) = %q of %s, and its spelling %q is of %s", in, got.URL, got.Application.Name, spelling, again.Application.Name)
			}
		}
		decoded, err := url.PathUnescape(path)
		if err != nil || strings.ContainsAny(decoded, "?#") {
			return
		}
		path = decoded
	}
}

func FuzzResolveOwner(f *testing.F) {
	c := nested()
	for _, in := range append([]string{"intranet/board/x", "intranet/%62oard", "intranet/board;x=%2F/y", "tenants/app?tenant=secret&x=a+b", "notes/%61", "odd/x"}, hostile...) {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) { sameOwner(t, c, in) })
}
