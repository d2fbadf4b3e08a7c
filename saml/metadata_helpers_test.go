package saml_test

import (
	"errors"
	"strings"
	"testing"

	"sallyport/saml"
)

// wantSentence fails unless err refuses metadata with a sentence that says
// this.
func wantSentence(t *testing.T, err error, says string) {
	t.Helper()
	var refusal *saml.MetadataError
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal that says %q", err, says)
	}
	if !strings.Contains(refusal.Sentence, says) || !strings.HasSuffix(refusal.Sentence, ".") {
		t.Errorf("refused with %q, want a sentence that says %q", refusal.Sentence, says)
	}
}
