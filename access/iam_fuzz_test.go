package access_test

import (
	"testing"

	"sallyport/access"
	"sallyport/internal/fault"
)

// FuzzIAMDocument pastes anything as a policy: it is refused as invalid, or
// decides the same each time, and what is refused lets nobody in.
func FuzzIAMDocument(f *testing.F) {
	f.Add(guideTrust("aws", `"SAML:sub_type": "persistent"`), "ann")
	f.Add(guideInline("aws", "eu-west-1"), "ann")
	f.Add(trustWith(condition("ForAllValues:StringLike", "aws:TagKeys", `["E*","?mail","${*}${saml:sub}"]`)), "*")
	f.Add(inlineWith(condition("StringNotLikeIfExists", "aws:PrincipalTag/Email", `"*@${saml:sub_type}"`)), "${saml:sub}")
	f.Add(inlineWith(condition("DateGreaterThan", "aws:CurrentTime", `["2026-01-01","1773489600"]`)), "2026-01-01")
	f.Add(inlineWith(condition("NotIpAddress", "workspaces:from", `"::ffff:203.0.113.7"`)), "203.0.113.7")
	f.Add(`{"Version":"2012-10-17","Version":"2008-10-17"}`, "")
	f.Fuzz(func(t *testing.T, document, subject string) {
		a := guideAssertion("aws")
		a.Subject = subject
		role := &access.Role{ARN: roleARN, Trust: document, Inline: []access.InlinePolicy{{Name: "p", Document: document}}}
		asTrust := access.CheckRole(&access.Role{ARN: roleARN, Trust: document})
		asInline := access.CheckRole(&access.Role{ARN: roleARN, Trust: trustWith(""), Inline: role.Inline})
		for _, err := range []error{asTrust, asInline} {
			if err != nil && fault.KindOf(err) != fault.Invalid {
				t.Fatalf("not a clear refusal: %v", err)
			}
		}
		assumed := role.Assume(a, midday)
		if assumed.Allowed && asTrust != nil {
			t.Errorf("refused with %v, and can be assumed", asTrust)
		}
		if again := role.Assume(a, midday); again != assumed {
			t.Errorf("%+v, then %+v", assumed, again)
		}
		extra := map[string]string{"workspaces:userId": subject, "workspaces:from": subject}
		permitted := role.Permits(a, "workspaces:Stream", "arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890", extra, midday)
		if permitted.Allowed && asInline != nil {
			t.Errorf("refused with %v, and permits", asInline)
		}
		if permitted.Because == "" || assumed.Because == "" {
			t.Error("a decision without a reason")
		}
	})
}
