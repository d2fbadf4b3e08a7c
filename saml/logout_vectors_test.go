package saml_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/saml"
)

// logoutLines are what a case.txt of testdata/saml/logout may say, in its
// order.
var logoutLines = []string{"about", "kind", "binding", "now", "slo", "in_response_to", "query", "relay_state", "switch", "expect", "sessions"}

// logoutVector is one folder: a message as it arrives, and what must come of
// it. message.xml is the message; by HTTP-Redirect query.txt is what arrives.
type logoutVector struct {
	dir     string
	lines   map[string]string
	raw     []byte
	message saml.LogoutMessage
	options saml.LogoutOptions
}

func readLogoutVectors(t testing.TB, kind string) []logoutVector {
	t.Helper()
	cases, err := filepath.Glob(filepath.Join(vectors, logoutVectors, kind, "*", "case.txt"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no logout vectors in %s: %v", kind, err)
	}
	var out []logoutVector
	for _, file := range cases {
		out = append(out, readLogoutVector(t, filepath.Dir(file)))
	}
	return out
}

func readLogoutVector(t testing.TB, dir string) logoutVector {
	t.Helper()
	v := logoutVector{dir: dir, lines: map[string]string{}, raw: mustRead(t, filepath.Join(dir, "message.xml"))}
	for s := bufio.NewScanner(bytes.NewReader(mustRead(t, filepath.Join(dir, "case.txt")))); s.Scan(); {
		key, value, ok := strings.Cut(s.Text(), ": ")
		if !ok || !slices.Contains(logoutLines, key) {
			t.Fatalf("%s: cannot read %q", dir, s.Text())
		}
		v.lines[key] = value
	}
	switch v.lines["binding"] {
	case "HTTP-POST":
		v.message = saml.LogoutMessage{Binding: saml.BindingPOST, Query: v.lines["query"], RelayState: v.lines["relay_state"],
			Field: base64.StdEncoding.EncodeToString(bytes.TrimSpace(v.raw))}
	case "HTTP-Redirect":
		v.message = saml.LogoutMessage{Binding: saml.BindingRedirect, Query: strings.TrimSuffix(string(mustRead(t, filepath.Join(dir, "query.txt"))), "\n")}
	default:
		t.Fatalf("%s: say binding: HTTP-POST or HTTP-Redirect", dir)
	}
	now, err := time.Parse(time.RFC3339, v.lines["now"])
	if err != nil {
		t.Fatalf("%s: now: %v", dir, err)
	}
	metadata, err := os.ReadFile(filepath.Join(dir, "metadata.xml"))
	if err != nil {
		metadata = mustRead(t, filepath.Join(vectors, logoutVectors, "metadata.xml"))
	}
	m, err := saml.ParseMetadata(metadata, "", now)
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	trust := &saml.Trust{IDPEntityID: m.EntityID, Certificates: m.Certificates}
	v.options = saml.LogoutOptions{Trust: trust, SLOURLs: []string{v.lines["slo"]}, Now: now}
	if pending := v.lines["in_response_to"]; pending != "none" {
		v.options.InResponseTo = pending
	}
	for _, name := range strings.Fields(v.lines["switch"]) {
		switch name {
		case "allow_sha1":
			trust.AllowSHA1 = true
		case "allow_expired_certificates":
			trust.AllowExpiredCertificates = true
		case "decryption_key": // one that fits nothing: vectors come without keys
			trust.DecryptionKeys = []*rsa.PrivateKey{rsaKey()}
		default:
			t.Fatalf("%s: unknown switch %q", dir, name)
		}
	}
	return v
}

func (v logoutVector) verify() (string, error) {
	return verifyLogout(v.lines["kind"], v.message, v.options)
}

// verifyLogout gives all that an accepted message says, in one string.
func verifyLogout(kind string, m saml.LogoutMessage, o saml.LogoutOptions) (string, error) {
	if kind == "LogoutResponse" {
		r, err := saml.VerifyLogoutResponse(m, o)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%q", []any{r.Valid(), r.ID(), r.Issuer(), r.RelayState(), r.IssueInstant(), r.InResponseTo(), r.Status()}), nil
	}
	q, err := saml.VerifyLogoutRequest(m, o)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%q", []any{q.Valid(), q.ID(), q.Issuer(), q.RelayState(), q.IssueInstant(), q.NameID(), q.SessionIndexes(), q.Reason(), q.NotOnOrAfter(), q.Expires()}), nil
}

func TestAcceptLogoutVectors(t *testing.T) {
	for _, v := range readLogoutVectors(t, "accept") {
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			if v.lines["kind"] == "LogoutResponse" {
				r, err := saml.VerifyLogoutResponse(v.message, v.options)
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				got := "failed"
				if r.Status().Success() {
					got = "success"
				} else if r.Status().Partial() {
					got = "partial"
				}
				if got != v.lines["expect"] || r.InResponseTo() != "_q1" || !r.Valid() || len(r.Checks()) == 0 {
					t.Errorf("got %s, %+v", got, r)
				}
				return
			}
			q, err := saml.VerifyLogoutRequest(v.message, v.options)
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if got := q.NameID().Value; got != v.lines["expect"] {
				t.Errorf("NameID %q, want %q", got, v.lines["expect"])
			}
			if got := strings.Join(q.SessionIndexes(), ", "); got != v.lines["sessions"] {
				t.Errorf("sessions %q, want %q", got, v.lines["sessions"])
			}
			if q.RelayState() != v.lines["relay_state"] {
				t.Errorf("relay state %q, want %q", q.RelayState(), v.lines["relay_state"])
			}
			if !q.Valid() || q.ID() != "_l1" || q.Issuer() != madeIDP || len(q.Checks()) == 0 || !q.Expires().After(v.options.Now) {
				t.Errorf("got %+v", q)
			}
		})
	}
}

func TestRejectLogoutVectors(t *testing.T) {
	for _, v := range readLogoutVectors(t, "reject") {
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			got, err := v.verify()
			if err == nil {
				t.Fatalf("accepted as %s", got)
			}
			wantReason(t, err, saml.Reason(v.lines["expect"]))
			var refusal *saml.Error
			if errors.As(err, &refusal); len(refusal.Checks) == 0 || refusal.Err != nil {
				t.Errorf("refused without checks, or a reader broke: %+v", refusal)
			}
		})
	}
}

// What a stranger reads in message.xml is what the query carries.
func TestLogoutVectorsSayWhatTheyCarry(t *testing.T) {
	for _, kind := range []string{"accept", "reject"} {
		for _, v := range readLogoutVectors(t, kind) {
			parameters, err := url.ParseQuery(v.message.Query)
			if v.message.Binding != saml.BindingRedirect || err != nil || v.lines["expect"] == "TooLarge" {
				continue
			}
			packed, err := base64.StdEncoding.DecodeString(parameters.Get("SAMLRequest") + parameters.Get("SAMLResponse"))
			if err != nil || len(packed) == 0 {
				continue // refused for it
			}
			if got, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed))); err == nil && !bytes.Equal(got, v.raw) {
				t.Errorf("%s: carries\n%s", v.dir, got)
			}
		}
	}
}
