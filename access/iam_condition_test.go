package access_test

import (
	"testing"

	"sallyport/access"
)

func TestTrustConditions(t *testing.T) {
	for _, c := range []struct {
		name, condition string
		allowed         bool
	}{
		{"doc", `"StringEquals":{"saml:doc":"123456789012/Example"}`, true},
		{"issuer", `"StringEquals":{"saml:iss":"https://idp.example.com"}`, true},
		// echo -n 'https://idp.example.com123456789012/Example' | openssl sha1 -binary | base64
		{"namequalifier", `"StringEquals":{"saml:namequalifier":"CPgF319li/MG88nVyXr5uKrANpg="}`, true},
		{"a tag in another spelling", `"StringEquals":{"aws:requesttag/EMAIL":"ann@example.com"}`, true},
		{"keys of tags", `"ForAllValues:StringEquals":{"aws:TagKeys":["Domain","Email","UserPrincipalName"]}`, true},
		{"keys of tags, capitals count", `"ForAllValues:StringEquals":{"aws:TagKeys":["email","domain"]}`, false},
		{"one key of two, all", `"ForAllValues:StringEquals":{"aws:TagKeys":"Email"}`, false},
		{"one key of two, any", `"ForAnyValue:StringEquals":{"aws:TagKeys":"Email"}`, true},
		{"another key of two, any negated", `"ForAnyValue:StringNotEquals":{"aws:TagKeys":"Email"}`, true},
		{"any key", `"ForAnyValue:StringLike":{"aws:TagKeys":"E*"}`, true},
		{"no transitive keys, all", `"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":"Email"}`, true},
		{"no transitive keys, any", `"ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":"Email"}`, false},
		{"a missing tag", `"StringEquals":{"aws:RequestTag/Team":"blue"}`, false},
		{"a missing tag, negated", `"StringNotEquals":{"aws:RequestTag/Team":"blue"}`, true},
		{"a missing tag, if it exists", `"StringEqualsIfExists":{"aws:RequestTag/Team":"blue"}`, true},
		{"a tag that must be missing", `"Null":{"aws:RequestTag/Team":"true"}`, true},
		{"a tag that must be there", `"Null":{"aws:RequestTag/Email":"false","aws:RequestTag/Team":"false"}`, false},
		{"its own name in the tag", `"StringLike":{"aws:RequestTag/Email":"${saml:sub}@*"}`, true},
		{"before a time", `"DateLessThan":{"aws:CurrentTime":"2026-03-14T12:00:00Z"}`, false},
		{"before the next second", `"DateLessThan":{"aws:CurrentTime":"2026-03-14T12:00:01Z"}`, true},
		{"until a time", `"DateLessThanEquals":{"aws:CurrentTime":"2026-03-14T12:00:00Z"}`, true},
		{"an address that is not known", `"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			role := &access.Role{ARN: roleARN, Trust: trustOf(providerARN, c.condition)}
			if err := access.CheckRole(role); err != nil {
				t.Fatal(err)
			}
			a := guideAssertion("aws")
			a.Tags = append(a.Tags, access.Tag{Key: "Domain", Value: "example"})
			if got := role.Assume(a, midday); got.Allowed != c.allowed {
				t.Errorf("got %v: %s", got.Allowed, got.Because)
			}
		})
	}
}

// What a person's own values hold is never a pattern.
func TestValuesBringNoWildcards(t *testing.T) {
	role := guideRole("aws", "eu-west-1")
	role.Inline[0].Document = inlineWith(condition("StringLike", "workspaces:userId", `"${saml:sub}"`))
	a := guideAssertion("aws")
	for _, subject := range []string{"*", "b?b", "${*}", "***"} {
		a.Subject = subject
		got := role.Permits(a, "workspaces:Stream", "arn:aws:workspaces:eu-west-1:123456789012:directory/x", map[string]string{"workspaces:userId": "bob"}, midday)
		if got.Allowed {
			t.Errorf("%q passes for bob", subject)
		}
	}
}

// Keys that the house fills cannot be set from outside.
func TestExtraKeysStayTheirOwn(t *testing.T) {
	role := guideRole("aws", "eu-west-1")
	role.Inline[0].Document = inlineWith(condition("StringEquals", "saml:sub", `"bob"`))
	extra := map[string]string{"SAML:sub": "bob", "saml:sub": "bob"}
	if got := role.Permits(guideAssertion("aws"), "workspaces:Stream", "arn:aws:workspaces:eu-west-1:123456789012:directory/x", extra, midday); got.Allowed {
		t.Error(got.Because)
	}
}
