package gateway

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func failing(t *ReadToken) []string {
	var all []string
	for _, c := range t.Checks {
		if !c.Passed {
			all = append(all, c.What)
		}
	}
	return all
}

func TestReadToken(t *testing.T) {
	const base, app = "https://sso.example.com", "grafana"
	ours, next, stranger := newTokenKey(t, "ours"), newTokenKey(t, "next"), newTokenKey(t, "ours")
	keys := &keyRing{}
	keys.set(ours, next.public())
	claims := Claims{Issuer: base, Audience: app, Subject: "1", SessionID: "s1", UserName: "ann@example.com"}
	by := func(k Key, change func(*Claims)) string {
		c := claims
		if change != nil {
			change(&c)
		}
		ring := &keyRing{}
		ring.set(k)
		return mintedWith(t, ring, c).Text
	}
	good := by(ours, nil)
	header, payload, signature := cut3(good)
	raw := base64.RawURLEncoding.EncodeToString
	now := time.Now()
	later := now.Add(time.Hour)
	for _, c := range []struct {
		name, text string
		at         time.Time
		want       []string
	}{
		{"good", good, now, nil},
		{"by the next key", by(next, nil), now, nil},
		{"expired", good, later, []string{checkExpires}},
		{"of the future", good, now.Add(-time.Hour), []string{checkNotBefore}},
		{"for another application", by(ours, func(c *Claims) { c.Audience = "wiki" }), now, []string{checkAudience}},
		{"of another service", by(ours, func(c *Claims) { c.Issuer = "https://evil.example.net" }), now, []string{checkIssuer}},
		{"by another key of that name", by(stranger, nil), now, []string{checkSignature}},
		{"by a key that nobody knows", by(newTokenKey(t, "odd"), nil), now, []string{checkKey, checkSignature}},
		{"not signed", raw([]byte(`{"alg":"none","kid":"ours"}`)) + "." + payload + ".", now, []string{checkAlgorithm, checkSignature}},
		{"none, with a signature", raw([]byte(`{"alg":"none","kid":"ours"}`)) + "." + payload + "." + signature, now, []string{checkAlgorithm, checkSignature}},
		{"by the public key as a password", raw([]byte(`{"alg":"HS256","kid":"ours"}`)) + "." + payload + "." + signature, now, []string{checkAlgorithm, checkSignature}},
		{"claims changed", header + "." + raw([]byte(`{"iss":"`+base+`","aud":"grafana","nbf":1,"exp":99999999999,"sub":"root"}`)) + "." + signature, now, []string{checkSignature}},
		{"claims of other types", header + "." + raw([]byte(`{"iss":[1],"aud":{"a":1},"nbf":"1","exp":1e300}`)) + "." + signature, now, []string{checkSignature, checkIssuer, checkAudience, checkNotBefore, checkExpires}},
		{"key of another type", raw([]byte(`{"alg":["ES256"],"kid":{"a":1}}`)) + "." + payload + "." + signature, now, []string{checkAlgorithm, checkKey, checkSignature}},
		{"no claims", header + "." + raw([]byte(`[1,2]`)) + "." + signature, now, []string{checkForm}},
		{"no JSON", header + "." + raw([]byte(`{`)) + "." + signature, now, []string{checkForm}},
		{"two parts", header + "." + payload, now, []string{checkForm}},
		{"four parts", good + ".x", now, []string{checkForm}},
		{"padding", header + "." + payload + "." + signature + "==", now, []string{checkForm}},
		{"nothing", "", now, []string{checkForm}},
		{"a word", "hello", now, []string{checkForm}},
		{"deep", header + "." + raw([]byte(strings.Repeat("[", 20000))) + "." + signature, now, []string{checkForm}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ReadTokenFor(keys, base+"/", app, c.text, c.at)
			if !slices.Equal(failing(got), c.want) || got.Good() != (c.want == nil) {
				t.Errorf("fails at %q, want %q", failing(got), c.want)
			}
		})
	}
	if got := ReadTokenFor(keys, base, app, good, now); got.SessionID != "s1" || got.Expires.Sub(got.IssuedAt) != tokenFor || !strings.Contains(got.Claims, `"preferred_username": "ann@example.com"`) || !strings.Contains(got.Header, string(jose.ES256)) {
		t.Errorf("read %+v", got)
	}
}

func cut3(text string) (a, b, c string) {
	parts := strings.Split(text, ".")
	return parts[0], parts[1], parts[2]
}

func FuzzReadToken(f *testing.F) {
	f.Add("a.b.c")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"exp":1}`)) + ".")
	keys := &keyRing{}
	keys.set(newTokenKey(f, "ours"))
	f.Fuzz(func(t *testing.T, text string) {
		if ReadTokenFor(keys, "https://sso.example.com", "grafana", text, time.Now()).Good() {
			t.Error("believed")
		}
	})
}
