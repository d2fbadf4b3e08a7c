package access_test

import (
	"fmt"
	"strings"
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

// What nobody can compare opens nothing: an Allow with a variable that has no
// value does not match, and a Deny does.
func TestVariablesWithoutAValue(t *testing.T) {
	for _, with := range []string{
		condition("StringNotEquals", "saml:sub", `"${aws:PrincipalTag/Owner}"`),
		condition("StringNotLike", "saml:sub", `["${aws:PrincipalTag/Owner}*","bob"]`),
		condition("StringEquals", "saml:sub", `["${aws:PrincipalTag/Owner}","ann"]`),
		condition("StringEqualsIfExists", "aws:PrincipalTag/Team", `"${aws:PrincipalTag/Owner}"`),
		condition("ForAllValues:StringNotEquals", "aws:PrincipalTag/Team", `"${aws:PrincipalTag/Owner}"`),
	} {
		permits := func(a access.Assertion, document ...string) access.PermitDecision {
			role := guideRole("aws", "eu-west-1")
			role.Inline = nil
			for i, d := range document {
				role.Inline = append(role.Inline, access.InlinePolicy{Name: fmt.Sprint("p", i), Document: d})
			}
			if err := access.CheckRole(role); err != nil {
				t.Fatal(err)
			}
			return role.Permits(a, "workspaces:Stream", "arn:aws:workspaces:eu-west-1:123456789012:directory/x", nil, midday)
		}
		a := guideAssertion("aws")
		if got := permits(a, inlineWith(with)); got.Allowed || !strings.Contains(got.Because, "which has no value") {
			t.Errorf("%s: allowed %v: %s", with, got.Allowed, got.Because)
		}
		if got := permits(a, inlineWith(""), strings.Replace(inlineWith(with), "Allow", "Deny", 1)); got.Allowed {
			t.Errorf("%s: a Deny is passed by: %s", with, got.Because)
		}
	}
	role := guideRole("aws", "eu-west-1")
	denied := strings.Replace(strings.Replace(inlineWith(""), `"*"`, `"arn:aws:workspaces:*:*:directory/${aws:PrincipalTag/Owner}"`, 1), "Allow", "Deny", 1)
	role.Inline = []access.InlinePolicy{{Name: "all", Document: inlineWith("")}, {Name: "others", Document: denied}}
	if got := role.Permits(guideAssertion("aws"), "workspaces:Stream", "arn:aws:workspaces:eu-west-1:123456789012:directory/x", nil, midday); got.Allowed {
		t.Errorf("a Deny of a Resource that nobody can name is passed by: %s", got.Because)
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
