package access_test

import (
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/internal/fault"
)

// trustWith is a document of one statement with more in it, in one line.
func trustWith(more string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + providerARN + `"},"Action":"sts:AssumeRoleWithSAML"` + more + `}]}`
}

func inlineWith(more string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"workspaces:Stream","Resource":"*"` + more + `}]}`
}

func condition(operator, key, value string) string {
	return `,"Condition":{"` + operator + `":{"` + key + `":` + value + `}}`
}

func TestRefusedByNameAndPlace(t *testing.T) {
	const at = "line 1, Statement[0]"
	for _, c := range []struct {
		name, trust string
		want        []string
	}{
		{"NotAction", trustWith(`,"NotAction":"sts:TagSession"`), []string{at + `.NotAction`, `"NotAction" is not evaluated here`}},
		{"NotPrincipal", trustWith(`,"NotPrincipal":{"Federated":"x"}`), []string{at + `.NotPrincipal`, `"NotPrincipal" is not evaluated here`}},
		{"Resource", trustWith(`,"Resource":"*"`), []string{at + `.Resource`, `"Resource" is not evaluated here`}},
		{"an element in small letters", trustWith(`,"condition":{}`), []string{at + `.condition`, `"condition" is not evaluated here`}},
		{"Principal AWS", strings.Replace(trustWith(""), "Federated", "AWS", 1), []string{at + `.Principal.AWS`, `"AWS" is not evaluated here`}},
		{"Principal Service", strings.Replace(trustWith(""), "Federated", "Service", 1), []string{at + `.Principal.Service`}},
		{"Principal *", strings.Replace(trustWith(""), `{"Federated":"`+providerARN+`"}`, `"*"`, 1), []string{at + `.Principal: `, `"*" is not evaluated here`}},
		{"Principal empty", strings.Replace(trustWith(""), `{"Federated":"`+providerARN+`"}`, `{}`, 1), []string{at + `.Principal: Principal is empty`}},
		{"no SAML provider", strings.Replace(trustWith(""), providerARN, "accounts.google.com", 1), []string{at + `.Principal.Federated`, `"accounts.google.com" is not the ARN of a SAML provider`}},
		{"a wildcard provider", strings.Replace(trustWith(""), providerARN, "arn:aws:iam::123456789012:saml-provider/*", 1), []string{"is not the ARN of a SAML provider"}},
		{"no Principal", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML"}}`, []string{"line 1, Statement: Principal is missing"}},
		{"no Effect", strings.Replace(trustWith(""), `"Effect":"Allow",`, "", 1), []string{at + ": Effect is missing"}},
		{"no Action", strings.Replace(trustWith(""), `,"Action":"sts:AssumeRoleWithSAML"`, "", 1), []string{at + ": Action is missing"}},
		{"an Effect of its own", strings.Replace(trustWith(""), "Allow", "allow", 1), []string{at + `.Effect: Effect is "allow"`}},
		{"an action of another service", strings.Replace(trustWith(""), "sts:AssumeRoleWithSAML", "s3:GetObject", 1), []string{at + `.Action`, `"s3:GetObject" is not evaluated in a trust policy`}},
		{"all actions", strings.Replace(trustWith(""), "sts:AssumeRoleWithSAML", "*", 1), []string{at + `.Action`, `"*" is not evaluated in a trust policy`}},
		{"no action at all", strings.Replace(trustWith(""), "sts:AssumeRoleWithSAML", "AssumeRoleWithSAML", 1), []string{`"AssumeRoleWithSAML" is not an action`}},
		{"an empty list of actions", strings.Replace(trustWith(""), `"sts:AssumeRoleWithSAML"`, "[]", 1), []string{at + `.Action: the list is empty`}},
		{"an action that is a number", strings.Replace(trustWith(""), `"sts:AssumeRoleWithSAML"`, `["sts:TagSession",7]`, 1), []string{at + `.Action[1]: this must be a string, and is a number`}},
		{"a Sid with blanks", trustWith(`,"Sid":"let in"`), []string{at + `.Sid`}},
		{"a Sid that is null", trustWith(`,"Sid":null`), []string{at + `.Sid: this must be a string, and is null`}},

		{"numbers", trustWith(condition("NumericLessThan", "saml:sub", `"1"`)), []string{at + `.Condition.NumericLessThan`, `"NumericLessThan" is not evaluated here`}},
		{"ARNs", trustWith(condition("ArnLike", "saml:sub", `"arn:*"`)), []string{`"ArnLike" is not evaluated here`}},
		{"binaries", trustWith(condition("BinaryEquals", "saml:sub", `"QmluYXJ5"`)), []string{`"BinaryEquals" is not evaluated here`}},
		{"an operator that is none", trustWith(condition("StringMatches", "saml:sub", `"x"`)), []string{`"StringMatches" is not evaluated here`}},
		{"an operator in small letters", trustWith(condition("stringequals", "saml:sub", `"x"`)), []string{`"stringequals" is not evaluated here`}},
		{"a set of its own", trustWith(condition("ForNoValue:StringEquals", "aws:TagKeys", `"x"`)), []string{`"ForNoValue:StringEquals" is not evaluated here`}},
		{"NullIfExists", trustWith(condition("NullIfExists", "saml:sub", `"true"`)), []string{`"NullIfExists" is not evaluated here`}},
		{"a set of Null", trustWith(condition("ForAnyValue:Null", "saml:sub", `"true"`)), []string{`"ForAnyValue:Null" is not evaluated here`}},
		{"ForAnyValue with IfExists", trustWith(condition("ForAnyValue:StringEqualsIfExists", "aws:TagKeys", `"x"`)), []string{`"ForAnyValue:StringEqualsIfExists" is not evaluated here; ForAnyValue and IfExists contradict`}},
		{"a key outside ASCII", trustWith(condition("StringEquals", "ſaml:sub", `"x"`)), []string{`the condition key "ſaml:sub" has a character outside ASCII`}},
		{"a tag's key outside ASCII", trustWith(condition("StringEquals", "aws:RequestTag/ſize", `"x"`)), []string{`the condition key "aws:RequestTag/ſize" has a character outside ASCII`}},
		{"a variable outside ASCII", trustWith(condition("StringEquals", "saml:sub", `"${ſaml:sub}"`)), []string{`the policy variable ${ſaml:sub} is not evaluated here`}},
		{"an unknown key", trustWith(condition("StringEquals", "saml:subtype", `"x"`)), []string{at + `.Condition.StringEquals["saml:subtype"]`, `"saml:subtype" is not evaluated here`}},
		{"an unknown key of aws", trustWith(condition("StringEquals", "aws:PrincipalOrgID", `"x"`)), []string{`"aws:PrincipalOrgID" is not evaluated here`}},
		{"a tag without a key", trustWith(condition("StringEquals", "aws:RequestTag/", `"x"`)), []string{`"aws:RequestTag/" is not evaluated here`}},
		{"a key twice, capitals aside", trustWith(`,"Condition":{"StringEquals":{"saml:sub":"a","SAML:sub":"b"}}`), []string{`"SAML:sub" is here twice`}},
		{"several values without a set", trustWith(condition("StringEquals", "aws:TagKeys", `"x"`)), []string{`say ForAnyValue:StringEquals or ForAllValues:StringEquals`}},
		{"an empty operator", trustWith(`,"Condition":{"StringEquals":{}}`), []string{"StringEquals names no condition key"}},
		{"a Condition that is a list", trustWith(`,"Condition":[]`), []string{at + `.Condition: Condition must be an object, and is a list`}},
		{"a null value", trustWith(condition("StringEquals", "saml:sub", `null`)), []string{"a condition's value must be a string, and is null"}},
		{"no values", trustWith(condition("StringEquals", "saml:sub", `[]`)), []string{"the list is empty"}},
		{"a Bool that is none", trustWith(condition("Bool", "saml:sub", `"yes"`)), []string{`"yes" is neither`}},
		{"two Nulls", trustWith(condition("Null", "saml:sub", `["true","false"]`)), []string{"Null takes one value"}},
		{"a time that is none", trustWith(condition("DateLessThan", "aws:CurrentTime", `"tomorrow"`)), []string{`"tomorrow" is not a time`}},
		{"a mere year", trustWith(condition("DateLessThan", "aws:CurrentTime", `"2026"`)), []string{`"2026" is not a time`}},
		{"a day in digits", trustWith(condition("DateLessThan", "aws:CurrentTime", `"20300101"`)), []string{`"20300101" is not a time`}},
		{"milliseconds", trustWith(condition("DateLessThan", "aws:EpochTime", `1893456000000`)), []string{`"1893456000000" is not a time`}},
		{"a range that is none", trustWith(condition("IpAddress", "aws:SourceIp", `"203.0.113.0/33"`)), []string{`"203.0.113.0/33" is not an address range`}},
		{"a range with two masks", trustWith(condition("IpAddress", "aws:SourceIp", `"::ffff:203.0.113.0/120"`)), []string{`is not an address range`}},

		{"an unknown variable", trustWith(condition("StringEquals", "saml:sub", `"${aws:username}"`)), []string{`the policy variable ${aws:username} is not evaluated here`}},
		{"a default value", trustWith(condition("StringEquals", "saml:sub", `"${aws:PrincipalTag/team, 'none'}"`)), []string{`the default value in the policy variable ${aws:PrincipalTag/team, 'none'} is not evaluated here`}},
		{"a variable without an end", trustWith(condition("StringEquals", "saml:sub", `"x${saml:sub"`)), []string{`a policy variable in "x${saml:sub" has no end`}},
		{"a variable in a time", trustWith(condition("DateLessThan", "aws:CurrentTime", `"${saml:sub}"`)), []string{"policy variables", "only in String operators and in Resource"}},
		{"a variable in the old version", strings.Replace(trustWith(condition("StringEquals", "saml:sub", `"${saml:sub}"`)), "2012", "2008", 1), []string{`need "Version"`}},
		{"a variable without a version", strings.Replace(trustWith(condition("StringEquals", "saml:sub", `"${saml:sub}"`)), `"Version":"2012-10-17",`, "", 1), []string{`need "Version"`}},

		{"another version", strings.Replace(trustWith(""), "2012-10-17", "2024-01-01", 1), []string{`line 1, Version: Version is "2024-01-01"`}},
		{"an unknown member", strings.Replace(trustWith(""), `"Version"`, `"Comment":"x","Version"`, 1), []string{`line 1, Comment: "Comment" is not evaluated here`}},
		{"no Statement", `{"Version":"2012-10-17"}`, []string{"Statement is missing"}},
		{"an empty Statement", `{"Version":"2012-10-17","Statement":[]}`, []string{"Statement is empty"}},
		{"two Sids", `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"Federated":"` + providerARN + `"},"Action":"sts:TagSession"},
{"Sid":"A"}]}`, []string{`line 2, Statement[1].Sid: Sid "A" is here twice`}},
		{"a key twice", trustWith(`,
"Effect":"Deny"`), []string{`line 2, Statement[0].Effect: "Effect" is here twice; the first is in line 1`}},
		{"a key twice, escaped", trustWith(`,"\u0045ffect":"Deny"`), []string{`"Effect" is here twice`}},
		{"data behind the end", trustWith("") + `{}`, []string{"line 1, column", "this is not JSON"}},
		{"a byte order mark", "\ufeff" + trustWith(""), []string{"line 1: the document begins with a byte order mark"}},
		{"a comment", "{ // who\n}", []string{"line 1, column 3: this is not JSON"}},
		{"a comma too many", "{\n\"Version\":\"2012-10-17\",\n}", []string{"line 3, column 1: this is not JSON"}},
		{"no UTF-8", "{\"\xff\":1}", []string{"not UTF-8"}},
		{"half a character", trustWith(`,"Sid":"\ud800"`), []string{"a character that cannot be read"}},
		{"a list", `[]`, []string{"a policy is an object, and this is a list"}},
		{"nothing", " \n", []string{"the document is empty"}},
		{"too much", trustWith(`,"Sid":"` + strings.Repeat("a", 40_000) + `"`), []string{"takes up to 32768 bytes"}},
		{"too deep", trustWith(`,"Condition":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000)), []string{"nested too deeply"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			refusedWith(t, &access.Role{ARN: roleARN, Trust: c.trust}, append(c.want, "In the trust policy: ")...)
		})
	}
}

func TestInlineRefusedByNameAndPlace(t *testing.T) {
	const at = "line 1, Statement[0]"
	for _, c := range []struct {
		name, document string
		want           []string
	}{
		{"NotResource", inlineWith(`,"NotResource":"*"`), []string{at + `.NotResource`, `"NotResource" is not evaluated here`}},
		{"NotAction", inlineWith(`,"NotAction":"*"`), []string{at + `.NotAction`, `"NotAction" is not evaluated here`}},
		{"Principal", inlineWith(`,"Principal":"*"`), []string{at + `.Principal`, `"Principal" is not evaluated here`}},
		{"no Resource", strings.Replace(inlineWith(""), `,"Resource":"*"`, "", 1), []string{at + ": Resource is missing"}},
		{"a resource that is no ARN", strings.Replace(inlineWith(""), `"Resource":"*"`, `"Resource":"d-1234567890"`, 1), []string{`"d-1234567890" is neither "*" nor an ARN`}},
		{"an unknown variable", strings.Replace(inlineWith(""), `"Resource":"*"`, `"Resource":"arn:aws:s3:::${aws:userid}"`, 1), []string{at + `.Resource: the policy variable ${aws:userid} is not evaluated here`}},
		{"a key of the trust policy", inlineWith(condition("StringNotEquals", "saml:aud", `"x"`)), []string{`"saml:aud" is not evaluated here`}},
		{"tags of a request", inlineWith(condition("StringEquals", "aws:RequestTag/x", `"x"`)), []string{`"aws:RequestTag/x" is not evaluated here`}},
		{"a key without a service", inlineWith(condition("StringEquals", "userId", `"x"`)), []string{`"userId" is not evaluated here`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			role := &access.Role{ARN: roleARN, Trust: trustWith(""), Inline: []access.InlinePolicy{{Name: "Stream", Document: c.document}}}
			refusedWith(t, role, append(c.want, "In the inline policy Stream: ")...)
		})
	}
}

// refusedWith checks that a role cannot be saved, that each of want is said,
// and that such a role would let nobody in.
func refusedWith(t *testing.T, role *access.Role, want ...string) {
	t.Helper()
	err := access.CheckRole(role)
	if fault.KindOf(err) != fault.Invalid {
		t.Fatalf("got %v", err)
	}
	for _, w := range want {
		if !strings.Contains(fault.Public(err), w) {
			t.Errorf("%q is missing in %q", w, fault.Public(err))
		}
	}
	a := guideAssertion("aws")
	a.Tags = nil
	if got := role.Assume(a, midday); len(role.Inline) == 0 && got.Allowed {
		t.Error("a role with a trust policy that is refused can be assumed")
	}
	if got := role.Permits(a, "workspaces:Stream", "arn:aws:workspaces:eu-west-1:123456789012:directory/x", nil, midday); got.Allowed {
		t.Error("a role with a policy that is refused permits something")
	}
}

func TestAcceptedDocuments(t *testing.T) {
	for name, trust := range map[string]string{
		"no condition":         trustWith(`,"Condition":{}`),
		"the old version":      strings.Replace(trustWith(`,"Sid":""`), "2012", "2008", 1),
		"no version, an Id":    strings.Replace(trustWith(""), `"Version":"2012-10-17"`, `"Id":"federation"`, 1),
		"a Bool and a number":  trustWith(`,"Condition":{"Bool":{"saml:sub":true},"DateLessThan":{"aws:EpochTime":1893456000}}`),
		"all that an operator": trustWith(condition("ForAllValues:StringNotEqualsIgnoreCaseIfExists", "aws:TagKeys", `["a","${saml:sub}${*}${?}${$}"]`)),
		"an address alone":     trustWith(condition("NotIpAddress", "aws:SourceIp", `["203.0.113.7","2001:db8::/32"]`)),
	} {
		if err := access.CheckRole(&access.Role{ARN: roleARN, Trust: trust}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
