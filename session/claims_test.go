package session

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/saml"
)

func TestReadRoleClaims(t *testing.T) {
	const (
		role     = "arn:aws:iam::123456789012:role/Reader"
		provider = "arn:aws:iam::123456789012:saml-provider/Okta"
		name     = "it must be 2 to 64 letters, digits or _ + = , . @ -"
		seconds  = "it must be a whole number of seconds from 900 to 43200"
		twice    = "the attribute is there more than once"
	)
	pair := []RolePair{{RoleARN: role, ProviderARN: provider}}

	cases := map[string]struct {
		attributes []saml.Attribute
		roles      []RolePair
		name       string
		source     string
		duration   time.Duration
		broken     string
	}{
		"none":                 {},
		"role first":           {attributes: []saml.Attribute{said("Role", role+","+provider)}, roles: pair},
		"provider first":       {attributes: []saml.Attribute{said("Role", provider+","+role)}, roles: pair},
		"blanks around":        {attributes: []saml.Attribute{said("Role", "\n  "+role+" , "+provider+"\n")}, roles: pair},
		"a path with a comma":  {attributes: []saml.Attribute{said("Role", "arn:aws:iam::123456789012:role/a,b/R,"+provider)}, roles: []RolePair{{RoleARN: "arn:aws:iam::123456789012:role/a,b/R", ProviderARN: provider}}},
		"other partitions":     {attributes: []saml.Attribute{said("Role", strings.ReplaceAll(role+","+provider, "arn:aws:", "arn:aws-cn:"), strings.ReplaceAll(role+","+provider, "arn:aws:", "arn:aws-us-gov:"))}, roles: []RolePair{{RoleARN: "arn:aws-cn:iam::123456789012:role/Reader", ProviderARN: "arn:aws-cn:iam::123456789012:saml-provider/Okta"}, {RoleARN: "arn:aws-us-gov:iam::123456789012:role/Reader", ProviderARN: "arn:aws-us-gov:iam::123456789012:saml-provider/Okta"}}},
		"two accounts":         {attributes: []saml.Attribute{said("Role", role+","+strings.Replace(provider, "123", "321", 1))}},
		"two partitions":       {attributes: []saml.Attribute{said("Role", role+","+strings.Replace(provider, "aws", "aws-cn", 1))}},
		"a department as role": {attributes: []saml.Attribute{said("Role", "Sales", "", ",", "a,b", role+","+provider)}, roles: pair},
		"unknown partition":    {attributes: []saml.Attribute{said("Role", strings.ReplaceAll(role+","+provider, "arn:aws:", "arn:moon:"))}},
		"no name format asked": {attributes: []saml.Attribute{{Name: attributePrefix + "Role", NameFormat: "odd", Values: []string{role + "," + provider}}}, roles: pair},

		"RoleSessionName":         {attributes: []saml.Attribute{said("RoleSessionName", "ann+1=,.@-_x")}, name: "ann+1=,.@-_x"},
		"of 64":                   {attributes: []saml.Attribute{said("RoleSessionName", strings.Repeat("a", 64))}, name: strings.Repeat("a", 64)},
		"of 65":                   {attributes: []saml.Attribute{said("RoleSessionName", strings.Repeat("a", 65))}, broken: name},
		"of 1":                    {attributes: []saml.Attribute{said("RoleSessionName", "a")}, broken: name},
		"empty":                   {attributes: []saml.Attribute{said("RoleSessionName", "")}, broken: name},
		"with a space":            {attributes: []saml.Attribute{said("RoleSessionName", "Ann Archer")}, broken: name},
		"with a newline":          {attributes: []saml.Attribute{said("RoleSessionName", "ann\n")}, broken: name},
		"with an umlaut":          {attributes: []saml.Attribute{said("RoleSessionName", "jürgen")}, broken: name},
		"two of them":             {attributes: []saml.Attribute{said("RoleSessionName", "ann", "ben")}, broken: "there are 2 values, and there may be one"},
		"in two NameFormats":      {attributes: []saml.Attribute{said("RoleSessionName", "ann"), {Name: attributePrefix + "RoleSessionName", Values: []string{"ben"}}}, name: "ann", broken: twice},
		"without a value":         {attributes: []saml.Attribute{said("RoleSessionName")}},
		"SourceIdentity":          {attributes: []saml.Attribute{said("SourceIdentity", "ann@example.com")}, source: "ann@example.com"},
		"SourceIdentity reserved": {attributes: []saml.Attribute{said("SourceIdentity", "AWS:ann")}, broken: name},
		"SourceIdentity bad":      {attributes: []saml.Attribute{said("SourceIdentity", "a/b")}, broken: name},

		"SessionDuration":     {attributes: []saml.Attribute{said("SessionDuration", "3600")}, duration: time.Hour},
		"in blanks":           {attributes: []saml.Attribute{said("SessionDuration", "\n 3600 ")}, duration: time.Hour},
		"900":                 {attributes: []saml.Attribute{said("SessionDuration", "900")}, duration: 15 * time.Minute},
		"899":                 {attributes: []saml.Attribute{said("SessionDuration", "899")}, broken: seconds},
		"43200":               {attributes: []saml.Attribute{said("SessionDuration", "43200")}, duration: 12 * time.Hour},
		"43201":               {attributes: []saml.Attribute{said("SessionDuration", "43201")}, broken: seconds},
		"with a sign":         {attributes: []saml.Attribute{said("SessionDuration", "+3600")}, broken: seconds},
		"a fraction":          {attributes: []saml.Attribute{said("SessionDuration", "3600.0")}, broken: seconds},
		"a word":              {attributes: []saml.Attribute{said("SessionDuration", "PT1H")}, broken: seconds},
		"a flood of digits":   {attributes: []saml.Attribute{said("SessionDuration", strings.Repeat("9", 400))}, broken: seconds},
		"an empty one":        {attributes: []saml.Attribute{said("SessionDuration", "")}, broken: seconds},
		"a structured one":    {attributes: []saml.Attribute{{Name: attributePrefix + "SessionDuration", Structured: true}}, broken: "the value is XML, and must be text"},
		"under another name":  {attributes: []saml.Attribute{{Name: "SessionDuration", Values: []string{"3600"}}}},
		"under a wrong case":  {attributes: []saml.Attribute{said("sessionduration", "3600")}},
		"a repeated duration": {attributes: []saml.Attribute{{Name: attributePrefix + "SessionDuration", Values: []string{"3600"}, Repeated: true}}, broken: twice},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := readRoleClaims(c.attributes)
			if diff := cmp.Diff(c.roles, r.roles); diff != "" {
				t.Errorf("roles (-want +got):\n%s", diff)
			}
			if r.roleSessionName != c.name || r.sourceIdentity != c.source || r.duration != c.duration {
				t.Errorf("want %q %q %v, got %q %q %v", c.name, c.source, c.duration, r.roleSessionName, r.sourceIdentity, r.duration)
			}
			broken := ""
			if len(r.broken) > 0 {
				broken = r.broken[0].Why
			}
			if broken != c.broken {
				t.Errorf("broken: want %q, got %q", c.broken, broken)
			}
		})
	}
}

// A value that looks like many pairs costs no more than its length allows.
func TestReadRoleClaimsIsBounded(t *testing.T) {
	many := make([]string, 0, maxRoles+10)
	for range maxRoles + 10 {
		many = append(many, "arn:aws:iam::123456789012:role/R,arn:aws:iam::123456789012:saml-provider/P")
	}
	if r := readRoleClaims([]saml.Attribute{said("Role", many...)}); len(r.roles) != maxRoles {
		t.Errorf("roles: want %d, got %d", maxRoles, len(r.roles))
	}
	r := readRoleClaims([]saml.Attribute{said("Role", strings.Repeat(",", 1<<14))})
	if len(r.roles) != 0 || len(r.broken) != 0 {
		t.Errorf("commas: got %d roles, broken %v", len(r.roles), r.broken)
	}
}
