package saml_test

import (
	"bufio"
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/saml"
)

const vectors = "../testdata/saml"

// vector is one folder of testdata/saml: a response, the circumstances under
// which it arrives, and what must come of it.
type vector struct {
	dir     string
	lines   map[string]string
	field   string // as a browser sends it
	raw     []byte // nil where the field is no base64 on purpose
	trust   *saml.Trust
	options saml.VerifyOptions
}

// readVectors reads accept or reject.
func readVectors(t testing.TB, kind string) []vector {
	t.Helper()
	cases, err := filepath.Glob(filepath.Join(vectors, kind, "*", "case.txt"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no vectors in %s/%s: %v", vectors, kind, err)
	}
	var out []vector
	for _, file := range cases {
		out = append(out, readVector(t, filepath.Dir(file)))
	}
	return out
}

func readVector(t testing.TB, dir string) vector {
	t.Helper()
	v := vector{dir: dir, lines: caseLines(t, filepath.Join(dir, "case.txt"))}
	if field, err := os.ReadFile(filepath.Join(dir, "response.b64")); err == nil {
		v.field = string(field)
	} else {
		v.raw = mustRead(t, filepath.Join(dir, "response.xml"))
		v.field = base64.StdEncoding.EncodeToString(v.raw)
	}
	now, err := time.Parse(time.RFC3339, v.lines["now"])
	if err != nil {
		t.Fatalf("%s: now: %v", dir, err)
	}
	metadata, err := os.ReadFile(filepath.Join(dir, "metadata.xml"))
	if err != nil {
		metadata = mustRead(t, filepath.Join(vectors, "metadata.xml"))
	}
	m, err := saml.ParseMetadata(metadata, "", now)
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	v.trust = &saml.Trust{IDPEntityID: m.EntityID, Certificates: m.Certificates,
		EntityIDs: []string{v.lines["audience"]}, ACSURLs: []string{v.lines["acs"]}}
	v.switches(t)
	v.options = saml.VerifyOptions{Trust: v.trust, Now: now, AllowUnsolicited: v.lines["unsolicited"] == "yes", Request: v.request(t, now)}
	return v
}

func (v *vector) switches(t testing.TB) {
	for _, name := range strings.Fields(v.lines["switch"]) {
		switch name {
		case "allow_sha1":
			v.trust.AllowSHA1 = true
		case "allow_expired_certificates":
			v.trust.AllowExpiredCertificates = true
		case "allow_missing_authn_statement":
			v.trust.AllowMissingAuthnStatement = true
		case "merge_duplicate_attributes":
			v.trust.MergeDuplicateAttributes = true
		case "require_signed_response":
			v.trust.RequireSignedResponse = true
		case "any_name_id":
			v.trust.AnyNameID = true
		case "decryption_key": // one that fits nothing: vectors come without keys
			v.trust.DecryptionKeys = []*rsa.PrivateKey{rsaKey()}
		default:
			t.Fatalf("%s: unknown switch %q", v.dir, name)
		}
	}
}

// request is the one pending request, made a minute ago.
func (v *vector) request(t testing.TB, now time.Time) func(string) (*saml.Request, bool, error) {
	pending := v.lines["request"]
	if pending == "" {
		t.Fatalf("%s: say request: none, or the ID of the pending one", v.dir)
	}
	return func(id string) (*saml.Request, bool, error) {
		if id != pending {
			return nil, false, nil
		}
		r := &saml.Request{ID: id, IssuedAt: now.Add(-time.Minute), ForceAuthn: v.lines["force_authn"] == "yes"}
		if context := v.lines["authn_context"]; context != "" {
			r.RequestedAuthnContext = []string{context}
		}
		return r, true, nil
	}
}

func caseLines(t testing.TB, file string) map[string]string {
	t.Helper()
	lines := map[string]string{}
	known := []string{"about", "now", "acs", "audience", "request", "unsolicited", "switch", "force_authn", "authn_context", "expect", "groups"}
	for s := bufio.NewScanner(bytes.NewReader(mustRead(t, file))); s.Scan(); {
		key, value, ok := strings.Cut(s.Text(), ": ")
		if !ok || !slices.Contains(known, key) {
			t.Fatalf("%s: cannot read %q", file, s.Text())
		}
		lines[key] = value
	}
	return lines
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAcceptVectors(t *testing.T) {
	for _, v := range readVectors(t, "accept") {
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			a, err := saml.VerifyResponse(v.field, v.options)
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if got := a.NameID().Value; got != v.lines["expect"] {
				t.Errorf("NameID %q, want %q", got, v.lines["expect"])
			}
			if want, ok := v.lines["groups"]; ok {
				groups := a.Attribute("groups")
				if groups == nil || strings.Join(groups.Values, ", ") != want {
					t.Errorf("groups %v, want %s", groups, want)
				}
			}
		})
	}
}

func TestRejectVectors(t *testing.T) {
	for _, v := range readVectors(t, "reject") {
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			a, err := saml.VerifyResponse(v.field, v.options)
			if err == nil {
				t.Fatalf("accepted as %q", a.NameID().Value)
			}
			wantReason(t, err, saml.Reason(v.lines["expect"]))
		})
	}
}

// behind are the reasons that only the rooms behind this package give.
var behind = []saml.Reason{saml.Replayed, saml.WrongBrowser, saml.InvalidTag, saml.ConnectionDisabled,
	saml.UserInactive, saml.UserUnknown, saml.UserNameCase, saml.DomainNotAllowed}

func TestEveryReasonHasAVector(t *testing.T) {
	shown := map[saml.Reason]bool{}
	for _, v := range readVectors(t, "reject") {
		shown[saml.Reason(v.lines["expect"])] = true
	}
	for _, r := range saml.Reasons() {
		if shown[r] == slices.Contains(behind, r) {
			t.Errorf("%s: shown by a vector: %t, given by a room behind: %t", r, shown[r], !shown[r])
		}
	}
}
