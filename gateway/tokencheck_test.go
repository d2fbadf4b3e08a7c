package gateway

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"sallyport/access"
	"sallyport/internal/snippet"
)

// The texts of docs/check-the-token.md are run as they stand there, but for
// the two names: they take what is good and refuse everything else.

// tokenChecker is a program around one of the texts: it answers "ok" and the
// subject, or "refused", to each token that it gets.
type tokenChecker struct {
	in  io.Writer
	out *bufio.Scanner
}

func (c *tokenChecker) check(t *testing.T, text string) string {
	t.Helper()
	if _, err := io.WriteString(c.in, text+"\n"); err != nil {
		t.Fatal(err)
	}
	if !c.out.Scan() {
		t.Fatalf("no answer: %v", c.out.Err())
	}
	return c.out.Text()
}

func startChecker(t *testing.T, cmd *exec.Cmd) *tokenChecker {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // it ends by that
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", cmd.Path, err)
		}
	})
	return &tokenChecker{in: in, out: bufio.NewScanner(out)}
}

func TestIndependentLibrariesCheckTokens(t *testing.T) {
	for fence, begin := range map[string]func(t *testing.T, text string) *exec.Cmd{"go": goChecker, "js": nodeChecker, "python": pythonChecker} {
		t.Run(fence, func(t *testing.T) {
			t.Parallel()
			first, second := newTokenKey(t, "k-1"), newTokenKey(t, "k-2")
			keys := &keyRing{keys: []Key{first, second.public()}}
			var fetched atomic.Int32
			house := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fetched.Add(1)
				if err := (&Gateway{o: Options{Keys: keys}}).jwks(w, r); err != nil || r.URL.Path != jwksPath {
					t.Errorf("%s: %v", r.URL.Path, err)
				}
			}))
			defer house.Close()
			text := strings.NewReplacer("https://sso.example.com", house.URL).Replace(documented(t, fence))
			c := startChecker(t, begin(t, text))

			good := goodClaims(house.URL)
			expect := func(what, token, want string) {
				t.Helper()
				if got := c.check(t, token); got != want {
					t.Errorf("%s: %s, want %s", what, got, want)
				}
			}
			old := mintedWith(t, keys, good).Text
			expect("a good token", old, "ok u-1")
			for what, bad := range badTokens(t, first, good) {
				expect(what, bad, "refused")
			}
			expect("a good token once more", old, "ok u-1")

			keys.set(second, newTokenKey(t, "k-3").public(), first.public())
			expect("after a rotation, an old token", old, "ok u-1")
			expect("after a rotation, a new token", mintedWith(t, keys, good).Text, "ok u-1")
			if n := fetched.Load(); n > 6 {
				t.Errorf("the keys were fetched %d times", n)
			}

			// After a theft, whoever fetches the keys refuses what the old one signed.
			keys.set(newTokenKey(t, "k-4"), newTokenKey(t, "k-5").public())
			c = startChecker(t, begin(t, text))
			expect("after a theft, an old token", old, "refused")
			expect("after a theft, a new token", mintedWith(t, keys, good).Text, "ok u-1")
		})
	}
}

func goodClaims(base string) Claims {
	return claimsOf(base, &access.Application{Name: "grafana"}, tokenSession(time.Now()), Person{Email: "jane@example.com", Name: "Jane Doe"}, []string{"staff"}, nil)
}

// badTokens are what somebody may try who has the public key, but in the
// last of them, which are ours and not for this application, or not now.
func badTokens(t *testing.T, key Key, good Claims) map[string]string {
	t.Helper()
	other := newTokenKey(t, key.ID)
	now := time.Now()
	good.IssuedAt, good.NotBefore, good.Expires, good.ID = now.Unix(), now.Unix(), now.Add(5*time.Minute).Unix(), "j-1"
	signed := func(k Key, change func(*Claims)) string {
		c := good
		change(&c)
		return byHand(t, map[string]any{"alg": "ES256", "typ": "JWT", "kid": k.ID}, asMap(t, c), signES256(t, k.Private))
	}
	same := func(*Claims) {}
	if got := signed(key, same); strings.Count(got, ".") != 2 {
		t.Fatal(got)
	}
	parts := strings.Split(signed(key, same), ".")
	endless := asMap(t, good)
	delete(endless, "exp")
	nobody := asMap(t, good)
	delete(nobody, "aud")
	spki, err := x509.MarshalPKIXPublicKey(key.Public)
	if err != nil {
		t.Fatal(err)
	}
	pemKey := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
	jwk, err := json.Marshal(jose.JSONWebKey{Key: key.Public, KeyID: key.ID, Algorithm: "ES256", Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	hs256 := map[string]any{"alg": "HS256", "typ": "JWT", "kid": key.ID}
	bad := map[string]string{
		"no token":                       "",
		"no token at all":                "Bearer",
		"alg none":                       byHand(t, map[string]any{"alg": "none", "typ": "JWT", "kid": key.ID}, asMap(t, good), func(string) []byte { return nil }),
		"alg none, as it was signed":     b64(`{"alg":"none","kid":"k-1"}`) + "." + parts[1] + "." + parts[2],
		"alg None":                       byHand(t, map[string]any{"alg": "None", "typ": "JWT", "kid": key.ID}, asMap(t, good), func(string) []byte { return nil }),
		"the public key for a password":  byHand(t, hs256, asMap(t, good), signHS256(pemKey)),
		"its DER for a password":         byHand(t, hs256, asMap(t, good), signHS256(spki)),
		"its JWK for a password":         byHand(t, hs256, asMap(t, good), signHS256(jwk)),
		"nothing for a password":         byHand(t, hs256, asMap(t, good), signHS256(nil)),
		"other claims":                   parts[0] + "." + b64(strings.Replace(unb64(t, parts[1]), `"u-1"`, `"u-2"`, 1)) + "." + parts[2],
		"no signature":                   parts[0] + "." + parts[1] + ".",
		"a signature of zeros":           parts[0] + "." + parts[1] + "." + b64(string(make([]byte, 64))),
		"another key of the same name":   signed(other, same),
		"a key that nobody knows":        signed(Key{ID: "k-9", Private: other.Private}, same),
		"a key that the token brings":    byHand(t, map[string]any{"alg": "ES256", "typ": "JWT", "jwk": jose.JSONWebKey{Key: other.Public}}, asMap(t, good), signES256(t, other.Private)),
		"no end":                         byHand(t, map[string]any{"alg": "ES256", "typ": "JWT", "kid": key.ID}, endless, signES256(t, key.Private)),
		"no audience":                    byHand(t, map[string]any{"alg": "ES256", "typ": "JWT", "kid": key.ID}, nobody, signES256(t, key.Private)),
		"for another application":        signed(key, func(c *Claims) { c.Audience = "wiki" }),
		"for an application like it":     signed(key, func(c *Claims) { c.Audience = "grafana-2" }),
		"of another issuer":              signed(key, func(c *Claims) { c.Issuer = "https://in.example.net" }),
		"expired":                        signed(key, func(c *Claims) { c.Expires = now.Add(-time.Minute).Unix() }),
		"of tomorrow":                    signed(key, func(c *Claims) { c.NotBefore = now.Add(time.Hour).Unix(); c.Expires = now.Add(2 * time.Hour).Unix() }),
		"something that must be heeded":  byHand(t, map[string]any{"alg": "ES256", "kid": key.ID, "crit": []string{"x"}, "x": 1}, asMap(t, good), signES256(t, key.Private)),
		"with what stands behind it too": signed(key, same) + ".e30",
	}
	return bad
}

func asMap(t *testing.T, c Claims) (m map[string]any) {
	t.Helper()
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// byHand writes a token without any library, which would refuse to.
func byHand(t *testing.T, header, claims map[string]any, sign func(string) []byte) string {
	t.Helper()
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	said := b64(string(h)) + "." + b64(string(c))
	return said + "." + b64(string(sign(said)))
}

func signES256(t *testing.T, key *ecdsa.PrivateKey) func(string) []byte {
	return func(said string) []byte {
		hash := sha256.Sum256([]byte(said))
		r, s, err := ecdsa.Sign(rand.Reader, key, hash[:])
		if err != nil {
			t.Fatal(err)
		}
		out := make([]byte, 64)
		r.FillBytes(out[:32])
		s.FillBytes(out[32:])
		return out
	}
}

func signHS256(password []byte) func(string) []byte {
	return func(said string) []byte {
		m := hmac.New(sha256.New, password)
		m.Write([]byte(said))
		return m.Sum(nil)
	}
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func unb64(t *testing.T, s string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// documented is the text for one language as the document has it.
func documented(t *testing.T, fence string) string {
	t.Helper()
	document, err := os.ReadFile("../docs/check-the-token.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(document), "\n```"+fence+"\n")
	text, _, closed := strings.Cut(text, "\n```\n")
	if !found || !closed {
		t.Fatalf("docs/check-the-token.md has no text in %s", fence)
	}
	for _, c := range snippet.TokenChecks("https://sso.example.com", "grafana") {
		if c.Fence == fence && c.Text != text+"\n" {
			t.Errorf("the console has another text in %s", fence)
		}
	}
	return text
}

func savedFile(t *testing.T, folder, name, text string) string {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// lacking skips what lacks a program, and fails in CI.
func lacking(t *testing.T, missing, install string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %s", missing, install)
	}
	t.Skipf("%s is missing: %s", missing, install)
}
