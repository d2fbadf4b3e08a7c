package scim_test

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/directory"
)

// TestTokens: whoever shows no live token is told nothing, whatever is asked.
func TestTokens(t *testing.T) {
	h := newHouse(t)
	ada := h.person("ada@example.com")
	h.group("staff", ada)

	old := []byte("an old secret that has expired")
	sum := sha256.Sum256(old)
	must(t, h.db.CreateToken(t.Context(), &directory.Token{
		ID: "old", IDP: "other", Hash: sum[:], CreatedAt: time.Now().Add(-2 * time.Hour), ExpiresAt: time.Now().Add(-time.Hour),
	}, audit.Event{}))
	revoked, token, err := h.directory.MakeToken(t.Context(), "corp", directory.TokenOptions{}, "test")
	must(t, err)
	h.as(revoked).want(200, "GET", "/Users", "")
	must(t, h.directory.RevokeToken(t.Context(), "corp", token.ID, "test"))

	for name, authorization := range map[string]string{
		"none":               "",
		"empty":              "Bearer ",
		"two blanks":         "Bearer  ",
		"only the word":      "Bearer",
		"unknown":            "Bearer " + strings.Repeat("a", len(h.token)),
		"cut short":          "Bearer " + h.token[:len(h.token)-1],
		"with a tail":        "Bearer " + h.token + "x",
		"in another case":    "Bearer " + swapCase(h.token),
		"another scheme":     "Basic " + h.token,
		"without the scheme": h.token,
		"long":               "Bearer " + strings.Repeat("a", 100_000),
		"expired":            "Bearer " + string(old),
		"revoked":            "Bearer " + revoked,
		"two":                "Bearer " + h.token + ", Bearer " + h.token,
	} {
		t.Run(name, func(t *testing.T) {
			h := *h.as("")
			h.t = t
			h.unchanged(t, func() {
				for _, request := range [][3]string{
					{"GET", "/Users", ""}, {"GET", "/Users/" + ada, ""}, {"GET", "/Users/nobody", ""}, {"GET", "/Nothing", ""}, {"GET", "/ServiceProviderConfig", ""},
					{"GET", "/Schemas", ""}, {"POST", "/Users", userJSON("new@example.com")}, {"DELETE", "/Users/" + ada, ""}, {"POST", "/Bulk", bulk("")},
					{"POST", "/Users", strings.Repeat("x", 2<<20)},
				} {
					a := h.refused(401, "", request[0], request[1], request[2], "Authorization: "+authorization)
					if got := a.header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer") {
						t.Errorf("%s %s: WWW-Authenticate is %q", request[0], request[1], got)
					}
				}
			})
		})
	}

	for name, authorization := range map[string]string{
		"small letters": "bearer " + h.token, "capitals": "BEARER " + h.token, "more blanks": "Bearer   " + h.token,
	} {
		t.Run(name, func(t *testing.T) { h.as("").want(200, "GET", "/Users", "", "Authorization: "+authorization) })
	}

	// Disabling provisioning ends all of them, and the people stay.
	must(t, h.directory.DisableProvisioning(t.Context(), "corp", "DISABLE", "test"))
	h.refused(401, "", "GET", "/Users/"+ada, "")
	if users := h.state().Users; len(users) != 1 || !users[0].Active {
		t.Errorf("after provisioning was disabled there are %v", users)
	}
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 32
		case 'A' <= r && r <= 'Z':
			return r + 32
		}
		return r
	}, s)
}

// TestLogs: no secret and nothing of a person is in the service's own log.
func TestLogs(t *testing.T) {
	h := newHouse(t)
	ada := h.person("ada-in-a-log@example.com")
	h.want(200, "GET", `/Users?filter=userName eq "ada-in-a-log@example.com"`, "")
	h.want(409, "POST", "/Users", userJSON("ada-in-a-log@example.com"))
	h.want(400, "PATCH", "/Users/"+ada, patch(`{"op":"replace","path":"active","value":"ada-in-a-log"}`))
	h.want(201, "POST", "/Users", `{"userName":"eve-in-a-log@example.com","password":"secret-in-a-log"}`)
	h.as("wrong-in-a-log").want(401, "GET", "/Users", "")
	must(t, h.directory.Flush(t.Context()))
	h.far.Close() // so that nobody writes any more
	logs := h.logs.String()
	if logs == "" {
		t.Error("nothing is logged at all")
	}
	for _, secret := range []string{h.token, "in-a-log", "Example", "4711"} {
		if strings.Contains(logs, secret) {
			t.Errorf("%q is in the log:\n%s", secret, logs)
		}
	}
}
