package saml

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What is judged is the tree that was read from the very bytes that were
// signed: their hash is the DigestValue, and the Signature is gone from them.
func TestOnlySignedBytesAreRead(t *testing.T) {
	for _, name := range []string{"assertion-signed", "response-signed", "both-signed", "signature-last", "default-namespaces-response", "single-quotes", "line-ends"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("..", "testdata", "saml")
			raw, err := os.ReadFile(filepath.Join(dir, "accept", name, "response.xml"))
			if err != nil {
				t.Fatal(err)
			}
			metadata, err := os.ReadFile(filepath.Join(dir, "metadata.xml"))
			if err != nil {
				t.Fatal(err)
			}
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			m, err := ParseMetadata(metadata, "", now)
			if err != nil {
				t.Fatal(err)
			}
			v := verifier{now: now, opts: &VerifyOptions{Trust: &Trust{IDPEntityID: m.EntityID, Certificates: m.Certificates}}}
			if err := v.guard(string(raw)); err != nil {
				t.Fatal(err)
			}
			outer := v.response
			if err := v.verifyResponse(); err != nil {
				t.Fatal(err)
			}
			judged, at, refusal := v.assertion()
			if refusal != nil {
				t.Fatal(refusal)
			}
			if judged == outer {
				t.Fatal("the raw document is read")
			}
			if judged.child(at, nsDSig, "Signature") != -1 {
				t.Error("the signed element still has its Signature")
			}
			if !digestIn(t, outer, sum(digestMethods[nsXMLEnc+"sha256"], []byte(judged.src))) {
				t.Error("the hash of what is read is no DigestValue of the document")
			}
		})
	}
}

// digestIn looks for a DigestValue in a document.
func digestIn(t *testing.T, doc *tree, hash []byte) bool {
	t.Helper()
	for i := range doc.nodes {
		if !doc.is(int32(i), nsDSig, "DigestValue") {
			continue
		}
		if got, ok := decodeBase64(doc.text(int32(i))); ok && bytes.Equal(got, hash) {
			return true
		}
	}
	return false
}
