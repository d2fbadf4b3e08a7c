package testidp_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"sallyport/internal/testidp"
)

func TestMisbehaviours(t *testing.T) {
	idp := newIDP(t)
	_, certificate := serviceKey(t)
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	good := testidp.Response{ACS: acs, Audience: entityID, SPCertificate: certificate}
	first, err := idp.Respond(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range testidp.Misbehaviours() {
		t.Run(m.Name, func(t *testing.T) {
			if seen[m.Name] || !name.MatchString(m.Name) {
				t.Errorf("name %q: want one of its own, in small letters, digits and hyphens", m.Name)
			}
			seen[m.Name] = true
			if !strings.HasSuffix(m.Description, ".") {
				t.Errorf("description %q: want whole sentences", m.Description)
			}
			response := good
			response.Misbehave = m.Name
			raw, err := idp.Respond(response)
			if err != nil {
				t.Fatal(err)
			}
			if m.Name == "replay" != bytes.Equal(raw, first) {
				t.Errorf("a replay, and only a replay, repeats an earlier response")
			}
		})
	}
}

func TestRespondRefuses(t *testing.T) {
	idp := newIDP(t)
	for name, response := range map[string]testidp.Response{
		"no ACS":                 {Audience: entityID},
		"no audience":            {ACS: acs},
		"unknown person":         {ACS: acs, Audience: entityID, Person: "mallory"},
		"unknown misbehaviour":   {ACS: acs, Audience: entityID, Misbehave: "tantrum"},
		"nothing to replay":      {ACS: acs, Audience: entityID, Misbehave: "replay"},
		"unknown signature":      {ACS: acs, Audience: entityID, SignatureAlgorithm: "dsa-sha1"},
		"unknown digest":         {ACS: acs, Audience: entityID, Digest: "md5"},
		"unknown KeyInfo":        {ACS: acs, Audience: entityID, KeyInfo: "guess"},
		"unknown cipher":         {ACS: acs, Audience: entityID, Encrypt: "tripledes-cbc"},
		"encryption for nobody":  {ACS: acs, Audience: entityID, Encrypt: "aes256-gcm"},
		"encryption, misbehaved": {ACS: acs, Audience: entityID, Misbehave: "encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			if raw, err := idp.Respond(response); err == nil {
				t.Errorf("got a response of %d bytes, want an error", len(raw))
			}
		})
	}
}
