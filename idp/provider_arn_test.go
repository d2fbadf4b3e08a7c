package idp_test

import (
	"testing"

	"sallyport/idp"
	"sallyport/internal/fault"
)

func TestProviderARNHasItsForm(t *testing.T) {
	r, _ := registry(t)
	set := func(arn string) error {
		_, err := r.UpdateSettings(t.Context(), idp.Default, 0, func(_ *string, s *idp.Settings) { s.ProviderARN = arn }, "user:1")
		return err
	}
	const good = "arn:aws-us-gov:iam::123456789012:saml-provider/Example"
	for _, arn := range []string{good, " " + good + "\n", ""} {
		if err := set(arn); err != nil {
			t.Errorf("%q: %v", arn, err)
		}
	}
	for _, arn := range []string{"Example", "arn:aws:iam::123456789012:role/Example", "arn:aws:iam::1234:saml-provider/Example", "arn:aws:iam::123456789012:saml-provider/", good + ",x y"} {
		wantKind(t, arn, set(arn), fault.Invalid)
	}
	if r.NotProvider("missing", good) == "" || r.NotProvider(idp.Default, good) != "" {
		t.Error("whose the provider is")
	}
}
