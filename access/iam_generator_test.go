package access_test

import (
	"pgregory.net/rapid"
)

// What requests say, and documents ask for: few words, so that they meet.
var (
	requestActions   = []string{"workspaces:Stream", "workspaces:Describe", "s3:GetObject"}
	requestResources = []string{
		"arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890",
		"arn:aws:workspaces:eu-west-1:123456789012:directory/blue",
		"arn:aws:s3:::blue/x",
	}
	requestValues = []string{
		"", "blue", "Blue", "BLUE", "red", "b*e", "a.b", "bl?e", "ſtraße", "straße", "STRASSE", "日本", "日本語",
		"true", "False", "203.0.113.7", "2001:db8::1", "2026-03-14T12:00:00Z", "2026-03-14", "1773489600", "$", "${x}",
	}
)

var (
	trustActionTexts  = []string{"sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity", "sts:*", "STS:assumerolewithSAML", "sts:??gSession", "sts:*Session", "sts:Set*", "sts:AssumeRole"}
	inlineActionTexts = []string{"workspaces:Stream", "workspaces:*", "*", "workspaces:S????m", "WorkSpaces:stream", "s3:Get*", "s3:?et*"}
	resourceTexts     = []string{
		"*", "arn:aws:workspaces:*:123456789012:directory/*", "arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890",
		"arn:aws:s3:::*/x", "arn:aws:workspaces:eu-west-?:123456789012:directory/d-*0", "arn:aws:s3:::blue/?",
	}
	stringBases = []string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"}
	dateBases   = []string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"}

	sharedKeys = []string{"saml:sub", "SAML:Sub_Type", "saml:namequalifier", "aws:CurrentTime", "aws:EpochTime", "aws:SourceIp", "aws:PrincipalTag/color", "aws:principaltag/SIZE"}
	trustKeys  = []string{"saml:aud", "saml:iss", "saml:doc", "aws:RequestTag/Color", "AWS:RequestTag/dept/unit", "sts:RoleSessionName", "sts:SourceIdentity"}
	manyKeys   = []string{"aws:TagKeys", "sts:TransitiveTagKeys"}
	inlineKeys = []string{"workspaces:userId", "Workspaces:When", "workspaces:from", "workspaces:managed", "aws:FederatedProvider", "aws:SourceIdentity"}
	variables  = []string{"saml:sub", "SAML:sub_type", "saml:namequalifier", "aws:PrincipalTag/color", "aws:PrincipalTag/missing"}
)

func drawDocument(t *rapid.T, trust bool) refDocument {
	var d refDocument
	for range rapid.IntRange(1, 4).Draw(t, "statements") {
		d = append(d, drawStatement(t, trust))
	}
	return d
}

func drawStatement(t *rapid.T, trust bool) refStatement {
	s := refStatement{deny: rapid.IntRange(0, 4).Draw(t, "deny") == 0}
	actions := inlineActionTexts
	if trust {
		actions = trustActionTexts
		s.principals = rapid.SampledFrom([][]string{{providerARN}, {providerARN}, {otherProvider}, {otherProvider, providerARN}}).Draw(t, "principals")
	}
	for range rapid.IntRange(1, 4).Draw(t, "actions") {
		s.actions = append(s.actions, wildText(rapid.SampledFrom(actions).Draw(t, "action")))
	}
	if !trust {
		for range rapid.IntRange(1, 3).Draw(t, "resources") {
			s.resources = append(s.resources, drawResource(t))
		}
	}
	seen := map[string]bool{}
	for range rapid.IntRange(0, 3).Draw(t, "conditions") {
		c := drawCondition(t, trust)
		if at := c.operator() + c.key; !seen[at] {
			seen[at] = true
			s.conditions = append(s.conditions, c)
		}
	}
	return s
}

func drawResource(t *rapid.T) refValue {
	v := wildText(rapid.SampledFrom(resourceTexts).Draw(t, "resource"))
	if rapid.IntRange(0, 3).Draw(t, "resource with variable") == 0 {
		v = append(wildText("arn:aws:workspaces:eu-west-1:123456789012:directory/"), refToken{'v', rapid.SampledFrom(variables).Draw(t, "variable")})
	}
	return v
}

func drawCondition(t *rapid.T, trust bool) refCondition {
	keys := append(append([]string{}, sharedKeys...), inlineKeys...)
	if trust {
		keys = append(append(append([]string{}, sharedKeys...), trustKeys...), append(manyKeys, "aws:TagKeys", "aws:TagKeys", "aws:TagKeys")...)
	}
	c := refCondition{key: rapid.SampledFrom(keys).Draw(t, "key")}
	several := c.key == manyKeys[0] || c.key == manyKeys[1]
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if kind == 9 {
		c.base, c.values = "Null", []refValue{wildText(rapid.SampledFrom([]string{"true", "false"}).Draw(t, "null"))}
		return c
	}
	sets := []string{"", "", "ForAnyValue:", "ForAllValues:"}
	if several {
		sets = sets[2:]
	}
	c.set = rapid.SampledFrom(sets).Draw(t, "set")
	c.ifExists = c.set != "ForAnyValue:" && rapid.IntRange(0, 3).Draw(t, "if exists") == 0
	for range rapid.IntRange(1, 3).Draw(t, "values") {
		switch {
		case kind < 6:
			c.base = pickOnce(t, c.base, stringBases)
			c.values = append(c.values, drawText(t))
		case kind == 6:
			c.base = "Bool"
			c.values = append(c.values, plainText(rapid.SampledFrom([]string{"true", "false", "True"}).Draw(t, "bool")))
		case kind == 7:
			c.base = pickOnce(t, c.base, dateBases)
			c.values = append(c.values, plainText(rapid.SampledFrom([]string{
				"2026-03-14T12:00:00Z", "2026-03-14T13:00:00+01:00", "2026-03-14", "2027-01-01", "1773489600", "1773489599", "2026-03-14T12:00:00.001Z", "2026-03-14T12:00:01Z",
			}).Draw(t, "date")))
		default:
			c.base = pickOnce(t, c.base, []string{"IpAddress", "NotIpAddress"})
			c.values = append(c.values, plainText(rapid.SampledFrom([]string{
				"203.0.113.0/24", "203.0.113.7", "198.51.100.99/30", "0.0.0.0/0", "2001:db8::/32", "::/0",
			}).Draw(t, "network")))
		}
	}
	return c
}

func pickOnce(t *rapid.T, picked string, from []string) string {
	if picked != "" {
		return picked
	}
	return rapid.SampledFrom(from).Draw(t, "base")
}

// drawText mixes what requests say with wildcards, variables and escapes.
func drawText(t *rapid.T) refValue {
	switch rapid.IntRange(0, 3).Draw(t, "shape") {
	case 0, 1:
		word := rapid.SampledFrom([]string{"", "blue", "Blue", "persistent", "red", "a.b", "ſtraße", "STRASSE", "日本", "ann", "size", "Size", "Color", "Color", "https://sp.example.com/acs", "true"}).Draw(t, "word")
		return plainText(word)
	case 2:
		return refValue{{'v', rapid.SampledFrom(variables).Draw(t, "variable")}}
	}
	var v refValue
	for range rapid.IntRange(1, 5).Draw(t, "parts") {
		v = append(v, rapid.SampledFrom([]refToken{
			{'l', "b"}, {'l', "l"}, {'l', "ue"}, {'l', "日"}, {'l', "e"}, {'*', ""}, {'*', ""}, {'?', ""}, {'?', ""},
			{'e', "*"}, {'e', "?"}, {'e', "$"}, {'v', "saml:sub"},
		}).Draw(t, "part"))
	}
	return v
}

func plainText(s string) refValue { return refValue{{'l', s}} }

func wildText(s string) refValue {
	var v refValue
	for _, r := range s {
		if r == '*' || r == '?' {
			v = append(v, refToken{byte(r), ""})
		} else {
			v = append(v, refToken{'l', string(r)})
		}
	}
	return v
}
