package access_test

import (
	"strings"
	"testing"
	"time"

	"sallyport/access"
)

// What AWS looks at before and after policies, with its codes and words.
func TestAssumeByAWSsRules(t *testing.T) {
	const (
		notAuthorized  = "Not authorized to perform sts:AssumeRoleWithSAML"
		sessionName    = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"
		sourceIdentity = `Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`
		tooLong        = "Requested DurationSeconds exceeds MaxSessionDuration set for this role"
		invalid        = "Your request included an invalid SAML response"
	)
	for _, c := range []struct {
		name                   string
		change                 func(*access.Role, *access.Assertion)
		code, message, because string
	}{
		{"no RoleSessionName", func(_ *access.Role, a *access.Assertion) { a.RoleSessionName = "" },
			"InvalidIdentityToken", "RoleSessionName is required in AuthnResponse", "no RoleSessionName"},
		{"one letter", func(_ *access.Role, a *access.Assertion) { a.RoleSessionName = "a" },
			"InvalidIdentityToken", sessionName, `got "a"`},
		{"65 letters", func(_ *access.Role, a *access.Assertion) { a.RoleSessionName = strings.Repeat("a", 65) },
			"InvalidIdentityToken", sessionName, "2 to 64"},
		{"a blank", func(_ *access.Role, a *access.Assertion) { a.RoleSessionName = "Ann Lee" },
			"InvalidIdentityToken", sessionName, `got "Ann Lee"`},
		{"a line behind it", func(_ *access.Role, a *access.Assertion) { a.RoleSessionName = "ann\n" },
			"InvalidIdentityToken", sessionName, `got "ann\n"`},
		{"SourceIdentity with a blank", func(_ *access.Role, a *access.Assertion) { a.SourceIdentity = "Ann Lee" },
			"InvalidIdentityToken", sourceIdentity, `got "Ann Lee"`},
		{"SourceIdentity of AWS", func(_ *access.Role, a *access.Assertion) { a.SourceIdentity = "AWS:ann" },
			"InvalidIdentityToken", sourceIdentity, `got "AWS:ann"`},
		{"SourceIdentity that the role does not let set", func(_ *access.Role, a *access.Assertion) { a.SourceIdentity = "ann" },
			"AccessDenied", notAuthorized, "No statement of the trust policy allows sts:SetSourceIdentity. The assertion has a SourceIdentity"},
		{"899 seconds", func(_ *access.Role, a *access.Assertion) { a.Duration = 899 * time.Second },
			"InvalidIdentityToken", invalid, "got 899"},
		{"43201 seconds", func(r *access.Role, a *access.Assertion) {
			r.MaxSessionDuration, a.Duration = 12*time.Hour, 43201*time.Second
		}, "InvalidIdentityToken", invalid, "got 43201"},
		{"longer than the role lasts", func(_ *access.Role, a *access.Assertion) { a.Duration = 3601 * time.Second },
			"ValidationError", tooLong, "at most 3600 seconds, and got 3601"},
		{"no NameID", func(_ *access.Role, a *access.Assertion) { a.Subject = "" },
			"AccessDenied", notAuthorized, "no NameID"},
		{"the role in small letters", func(_ *access.Role, a *access.Assertion) { a.RoleARN = strings.ToLower(a.RoleARN) },
			"AccessDenied", notAuthorized, "capitals count"},
		{"a provider that the role does not trust", func(_ *access.Role, a *access.Assertion) { a.ProviderARN = otherProvider },
			"AccessDenied", notAuthorized, `its Principal wants "` + providerARN + `" and got "` + otherProvider + `"`},
		{"a provider of another account", func(r *access.Role, a *access.Assertion) {
			r.Trust = strings.Replace(r.Trust, "123456789012", "210987654321", 1)
			a.ProviderARN = "arn:aws:iam::210987654321:saml-provider/Example"
		}, "AccessDenied", notAuthorized, "not of the same account"},
		{"a provider of another partition", func(r *access.Role, a *access.Assertion) {
			r.Trust = strings.Replace(r.Trust, "arn:aws:", "arn:aws-us-gov:", 1)
			a.ProviderARN = "arn:aws-us-gov:iam::123456789012:saml-provider/Example"
		}, "AccessDenied", notAuthorized, "not of the same account"},
		{"no provider", func(_ *access.Role, a *access.Assertion) { a.ProviderARN = "" },
			"AccessDenied", notAuthorized, "not the ARN of a SAML provider"},
		{"a role of IAM Identity Center", func(r *access.Role, a *access.Assertion) {
			r.ARN = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_0123456789abcdef"
			a.RoleARN = r.ARN
		}, "AccessDenied", notAuthorized, "may be assumed"},
		{"a trust policy that cannot be read", func(r *access.Role, _ *access.Assertion) { r.Trust = "{" },
			"AccessDenied", notAuthorized, "line 1, column"},
		{"a Deny", func(r *access.Role, _ *access.Assertion) {
			r.Trust = strings.Replace(r.Trust, `"Statement": [`, `"Statement": [{"Sid":"NoMail","Effect":"Deny","Principal":{"Federated":"`+providerARN+
				`"},"Action":"sts:TagSession","Condition":{"StringLike":{"aws:RequestTag/email":"*@example.com"}}},`, 1)
		}, "AccessDenied", notAuthorized, `Statement 1 ("NoMail") of the trust policy denies sts:TagSession: its condition StringLike aws:RequestTag/email wants "*@example.com" and got "ann@example.com".`},
	} {
		t.Run(c.name, func(t *testing.T) {
			role, a := guideRole("aws", "eu-west-1"), guideAssertion("aws")
			c.change(role, &a)
			got := role.Assume(a, midday)
			if got.Allowed || got.Code != c.code || got.Message != c.message || got.Lasts != 0 {
				t.Errorf("got %+v", got)
			}
			if !strings.Contains(got.Because, c.because) {
				t.Errorf("%q is missing in %q", c.because, got.Because)
			}
		})
	}
}

func TestAssumedRoleLasts(t *testing.T) {
	for _, c := range []struct{ most, said, want time.Duration }{
		{0, 0, time.Hour},
		{12 * time.Hour, 0, time.Hour},
		{0, 15 * time.Minute, 15 * time.Minute},
		{8 * time.Hour, 8 * time.Hour, 8 * time.Hour},
		{12 * time.Hour, 43200 * time.Second, 12 * time.Hour},
	} {
		role, a := guideRole("aws", "eu-west-1"), guideAssertion("aws")
		role.MaxSessionDuration, a.Duration = c.most, c.said
		if got := role.Assume(a, midday); !got.Allowed || got.Lasts != c.want {
			t.Errorf("at most %s, said %s: %+v", c.most, c.said, got)
		}
	}
}
