package gateway

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"sallyport/access"
	"sallyport/saml"
	"sallyport/session"
)

// keyRing is a house's keys in a test.
type keyRing struct {
	mu   sync.Mutex
	keys []Key
}

func (r *keyRing) TokenKeys() []Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys
}

func (r *keyRing) set(keys ...Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = keys
}

func newTokenKey(t testing.TB, id string) Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return Key{ID: id, Private: private, Public: &private.PublicKey}
}

// public is what is left of a key that does not sign.
func (k Key) public() Key { return Key{ID: k.ID, Public: k.Public} }

func mintedWith(t testing.TB, keys Keys, c Claims) token {
	t.Helper()
	made, err := newMinter(keys).mint(c, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// read checks a token by a public key and gives header and claims.
func readToken(t testing.TB, text string, key *ecdsa.PublicKey) (header map[string]any, claims map[string]any) {
	t.Helper()
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := signed.Verify(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	h := signed.Signatures[0].Protected
	header = map[string]any{"alg": h.Algorithm, "kid": h.KeyID}
	for name, value := range h.ExtraHeaders {
		header[string(name)] = value
	}
	return header, claims
}

func tokenSession(now time.Time) *session.Session {
	return &session.Session{
		ID: "s-1", UserID: "u-1", UserName: "jane@example.com", IDP: "corp",
		NameID: saml.NameID{Value: "jane@example.com"}, AuthnContext: "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
		AuthnInstant: now.Add(-time.Minute), ExpiresAt: now.Add(8 * time.Hour),
		Tags: []session.Tag{{Key: "Department", Value: "Research"}, {Key: "Project", Value: "Blue", Transitive: true}},
	}
}

func TestToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		key := newTokenKey(t, "k-1")
		c := claimsOf("https://in.example.com/", &access.Application{Name: "wiki"}, tokenSession(now),
			Person{Email: "jane@example.com", Name: "Jane <Doe>"}, []string{"staff", "Ops & Co"}, &access.PermissionSet{Name: "Editor"})
		made := mintedWith(t, &keyRing{keys: []Key{key}}, c)
		if made.KeyID != "k-1" || !made.Expires.Equal(now.Add(5*time.Minute)) {
			t.Errorf("made %s until %v", made.KeyID, made.Expires)
		}
		header, claims := readToken(t, made.Text, key.Public)
		if diff := cmp.Diff(map[string]any{"alg": "ES256", "kid": "k-1", "typ": "JWT"}, header); diff != "" {
			t.Error(diff)
		}
		if id, _ := claims["jti"].(string); len(id) < 26 {
			t.Errorf("jti = %q", id)
		}
		delete(claims, "jti")
		at := float64(now.Unix())
		want := map[string]any{
			"iss": "https://in.example.com", "aud": "wiki", "sub": "u-1", "iat": at, "nbf": at, "exp": at + 300,
			"preferred_username": "jane@example.com", "email": "jane@example.com", "name": "Jane <Doe>",
			"groups": []any{"staff", "Ops & Co"}, "permission_set": "Editor",
			"tags": map[string]any{"Department": "Research", "Project": "Blue"},
			"https://aws.amazon.com/tags": map[string]any{
				"principal_tags":      map[string]any{"Department": []any{"Research"}, "Project": []any{"Blue"}},
				"transitive_tag_keys": []any{"Project"},
			},
			"sid": "s-1", "idp": "corp", "acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:X509", "auth_time": at - 60,
		}
		if diff := cmp.Diff(want, claims); diff != "" {
			t.Error(diff)
		}
	})
}

// What is not known is not said, and groups are a list always.
func TestTokenOfSomebodyUnknown(t *testing.T) {
	key := newTokenKey(t, "k-1")
	s := &session.Session{ID: "s-1", UserName: "jane@example.com", IDP: "corp", NameID: saml.NameID{Value: "jane@example.com"}}
	made := mintedWith(t, &keyRing{keys: []Key{key}}, claimsOf("https://in.example.com", &access.Application{Name: "wiki"}, s, Person{}, nil, nil))
	_, claims := readToken(t, made.Text, key.Public)
	for _, name := range []string{"iat", "nbf", "exp", "jti"} {
		delete(claims, name)
	}
	want := map[string]any{
		"iss": "https://in.example.com", "aud": "wiki", "sub": "idp:corp:jane@example.com", "preferred_username": "jane@example.com",
		"groups": []any{}, "sid": "s-1", "idp": "corp",
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Error(diff)
	}
}

func TestTokenEndsWithTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMinter(&keyRing{keys: []Key{newTokenKey(t, "k-1")}})
		for left, want := range map[time.Duration]time.Duration{
			time.Hour: 5 * time.Minute, 5 * time.Minute: 5 * time.Minute, 90 * time.Second: 90 * time.Second, 2500 * time.Millisecond: 2 * time.Second,
			999 * time.Millisecond: time.Second, // in the last second of a session a token of a second
		} {
			made, err := m.mint(Claims{}, time.Now().Add(left))
			if err != nil || time.Until(made.Expires) != want {
				t.Errorf("a session of %v: a token of %v, %v; want %v", left, time.Until(made.Expires), err, want)
			}
		}
		for _, left := range []time.Duration{0, -time.Second} {
			if made, err := m.mint(Claims{}, time.Now().Add(left)); err == nil {
				t.Errorf("a session of %v: a token until %v", left, made.Expires)
			}
		}
	})
}

func TestTokensAreOneOfAKind(t *testing.T) {
	m := newMinter(&keyRing{keys: []Key{newTokenKey(t, "k-1")}})
	seen := map[string]bool{}
	for range 100 {
		made, err := m.mint(Claims{}, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		seen[made.Text] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d of 100 tokens differ", len(seen))
	}
}

func TestTokenFitsAHeader(t *testing.T) {
	names := func(n int) (all []string) {
		for range n {
			all = append(all, "group-"+rand.Text()[:20])
		}
		return all
	}
	tags := func(n int) (all []session.Tag) {
		for range n {
			all = append(all, session.Tag{Key: "Key-" + rand.Text(), Value: strings.Repeat("v", 256)})
		}
		return all
	}
	key := newTokenKey(t, "k-1")
	for name, c := range map[string]struct {
		groups           []string
		tags             []session.Tag
		person           Person
		noGroups, noTags bool
		noName           bool
	}{
		"usual":               {groups: names(20), tags: tags(1)},
		"a hundred groups":    {groups: names(100), tags: tags(1)},
		"many groups":         {groups: names(250), noGroups: true},
		"thousands of groups": {groups: names(5000), noGroups: true},
		"many tags":           {tags: tags(50), groups: names(2), noGroups: true, noTags: true},
		"groups and tags":     {tags: tags(2), groups: names(180), noGroups: true},
		"a name beyond words": {person: Person{Email: "jane@example.com", Name: strings.Repeat("ü", 3000)}, noGroups: true, noTags: true, noName: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := tokenSession(time.Now())
			s.Tags = c.tags
			made := mintedWith(t, &keyRing{keys: []Key{key}}, claimsOf("https://in.example.com", &access.Application{Name: "wiki"}, s, c.person, c.groups, nil))
			if len(made.Text) > 8<<10-len("X-Sallyport-Assertion: \r\n") {
				t.Errorf("the token has %d bytes", len(made.Text))
			}
			_, claims := readToken(t, made.Text, key.Public)
			groups, _ := claims["groups"].([]any)
			if omitted, _ := claims["groups_omitted"].(bool); omitted != c.noGroups || (c.noGroups && len(groups) != 0) || (!c.noGroups && len(groups) != len(c.groups)) {
				t.Errorf("%d of %d groups, omitted: %v", len(groups), len(c.groups), omitted)
			}
			said, _ := claims["tags"].(map[string]any)
			if omitted, _ := claims["tags_omitted"].(bool); omitted != c.noTags || (c.noTags && (len(said) != 0 || claims["https://aws.amazon.com/tags"] != nil)) || (!c.noTags && len(said) != len(c.tags)) {
				t.Errorf("%d of %d tags, omitted: %v", len(said), len(c.tags), omitted)
			}
			if got, _ := claims["name"].(string); c.noName == (got == c.person.Name) {
				t.Errorf("name = %.20q", got)
			}
			if claims["sub"] != "u-1" || claims["aud"] != "wiki" {
				t.Errorf("sub %v, aud %v", claims["sub"], claims["aud"])
			}
		})
	}
	if _, err := newMinter(&keyRing{keys: []Key{key}}).mint(Claims{UserName: strings.Repeat("u", 6000)}, time.Now().Add(time.Hour)); err == nil {
		t.Error("a token is made that fits no header")
	}
}

func TestTokenIsSignedByThePresentKey(t *testing.T) {
	first, second := newTokenKey(t, "k-1"), newTokenKey(t, "k-2")
	keys := &keyRing{keys: []Key{first, second.public()}}
	m := newMinter(keys)
	ends := time.Now().Add(time.Hour)
	if made, err := m.mint(Claims{}, ends); err != nil || made.KeyID != "k-1" || m.keyID() != "k-1" {
		t.Fatalf("%+v, %v", made, err)
	}
	keys.set(second, newTokenKey(t, "k-3").public(), first.public())
	made, err := m.mint(Claims{}, ends)
	if err != nil || made.KeyID != "k-2" || m.keyID() != "k-2" {
		t.Fatalf("%+v, %v", made, err)
	}
	readToken(t, made.Text, second.Public)

	// The same name, another key.
	other := newTokenKey(t, "k-2")
	keys.set(other)
	if made, err = m.mint(Claims{}, ends); err != nil {
		t.Fatal(err)
	}
	readToken(t, made.Text, other.Public)

	for what, none := range map[string][]Key{"no key": nil, "no private key": {first.public()}} {
		keys.set(none...)
		if _, err := m.mint(Claims{}, ends); err == nil {
			t.Errorf("%s, and a token is signed", what)
		}
	}
	if keys.set(); m.keyID() != "" {
		t.Error("no key, and one is named")
	}
}

func TestTokensAreMintedAtOnce(t *testing.T) {
	first, second := newTokenKey(t, "k-1"), newTokenKey(t, "k-2")
	keys := &keyRing{keys: []Key{first}}
	m := newMinter(keys)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 20 {
				if i == 0 {
					keys.set(second, first.public())
				}
				made, err := m.mint(Claims{}, time.Now().Add(time.Hour))
				if err != nil {
					t.Error(err)
					return
				}
				readToken(t, made.Text, map[string]Key{"k-1": first, "k-2": second}[made.KeyID].Public)
			}
		})
	}
	all.Wait()
}

func BenchmarkMint(b *testing.B) {
	m := newMinter(&keyRing{keys: []Key{newTokenKey(b, "k-1")}})
	s := tokenSession(time.Now())
	c := claimsOf("https://in.example.com", &access.Application{Name: "wiki"}, s, Person{Email: "jane@example.com", Name: "Jane Doe"},
		[]string{"staff", "engineering", "wiki-editors", "on-call", "berlin"}, &access.PermissionSet{Name: "Editor"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.mint(c, s.ExpiresAt); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareSignature is the floor of BenchmarkMint.
func BenchmarkBareSignature(b *testing.B) {
	key, hash := newTokenKey(b, "k-1"), make([]byte, 32)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ecdsa.SignASN1(rand.Reader, key.Private, hash); err != nil {
			b.Fatal(err)
		}
	}
}
