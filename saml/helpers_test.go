package saml_test

import (
	"errors"
	"testing"

	"sallyport/saml"
)

// wantReason fails unless err is a refusal for this reason.
func wantReason(t *testing.T, err error, want saml.Reason) {
	t.Helper()
	var refusal *saml.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal for %s", err, want)
	}
	if refusal.Reason != want {
		t.Fatalf("refused for %v, want %s", refusal, want)
	}
}
