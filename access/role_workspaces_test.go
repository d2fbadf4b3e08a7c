package access_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/access"
)

const emailAddress = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"

// The documents of the WorkSpaces guide, for a partition.
func guideTrust(partition, condition string) string {
	return fmt.Sprintf(`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:%s:iam::123456789012:saml-provider/Example"
      },
      "Action": [
        "sts:AssumeRoleWithSAML",
        "sts:TagSession"
      ],
      "Condition": {
        "StringEquals": {
          %s
        }
      }
    }
  ]
}`, partition, condition)
}

func guideInline(partition, region string) string {
	return fmt.Sprintf(`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "workspaces:Stream",
      "Resource": "arn:%s:workspaces:%s:123456789012:directory/d-1234567890",
      "Condition": {
        "StringEquals": {
          "workspaces:userId": "${saml:sub}"
        }
      }
    }
  ]
}`, partition, region)
}

func guideRole(partition, region string) *access.Role {
	return &access.Role{
		ARN:    "arn:" + partition + ":iam::123456789012:role/WorkSpaces",
		Trust:  guideTrust(partition, `"SAML:sub_type": "persistent"`),
		Inline: []access.InlinePolicy{{Name: "Stream", Document: guideInline(partition, region)}},
	}
}

func guideAssertion(partition string) access.Assertion {
	return access.Assertion{
		RoleARN:         "arn:" + partition + ":iam::123456789012:role/WorkSpaces",
		ProviderARN:     "arn:" + partition + ":iam::123456789012:saml-provider/Example",
		Subject:         "ann",
		SubjectType:     "persistent",
		Audience:        "https://sp.example.com/saml/entra/acs",
		Issuer:          "https://idp.example.com",
		Tags:            []access.Tag{{Key: "Email", Value: "ann@example.com"}},
		RoleSessionName: "ann@example.com",
	}
}

var partitions = []struct{ partition, region, relayState string }{
	{"aws", "eu-west-1", "https://workspaces.euc-sso.eu-west-1.aws.amazon.com/sso-idp?registrationCode=SLiad%2BAB12CD"},
	{"aws-us-gov", "us-gov-west-1", "https://workspaces.euc-sso.us-gov-west-1.amazonaws-us-gov.com/sso-idp?registrationCode=SLiad%2BAB12CD"},
}

func TestGuideLetsPersistentIn(t *testing.T) {
	for _, p := range partitions {
		t.Run(p.partition, func(t *testing.T) {
			role, a := guideRole(p.partition, p.region), guideAssertion(p.partition)
			if err := access.CheckRole(role); err != nil {
				t.Fatal(err)
			}
			got := role.Assume(a, midday)
			want := access.AssumeDecision{
				Allowed: true,
				Because: "Statement 1 of the trust policy allows sts:AssumeRoleWithSAML. Statement 1 of the trust policy allows sts:TagSession.",
				Lasts:   time.Hour,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			desk := &access.WorkSpaces{Region: p.region, RegistrationCode: "SLiad+AB12CD", DirectoryID: "d-1234567890", AccountID: "123456789012"}
			stream := role.Permits(a, "workspaces:Stream", desk.StreamResource(), map[string]string{"workspaces:userId": "ann"}, midday)
			if want := "Statement 1 of the inline policy Stream allows workspaces:Stream."; !stream.Allowed || stream.Because != want {
				t.Errorf("got %+v", stream)
			}
			if desk.RelayState() != p.relayState {
				t.Errorf("got %s", desk.RelayState())
			}
		})
	}
}

func TestGuideRefusesEmailAddress(t *testing.T) {
	for _, p := range partitions {
		t.Run(p.partition, func(t *testing.T) {
			a := guideAssertion(p.partition)
			a.SubjectType = emailAddress
			got := guideRole(p.partition, p.region).Assume(a, midday)
			want := access.AssumeDecision{
				Code:    "AccessDenied",
				Message: "Not authorized to perform sts:AssumeRoleWithSAML",
				Because: `Statement 1 of the trust policy does not allow sts:AssumeRoleWithSAML: its condition StringEquals SAML:sub_type wants "persistent" and got "` + emailAddress + `".`,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGuideNeedsTagSession(t *testing.T) {
	for _, p := range partitions {
		t.Run(p.partition, func(t *testing.T) {
			role, a := guideRole(p.partition, p.region), guideAssertion(p.partition)
			role.Trust = strings.Replace(role.Trust, `"sts:AssumeRoleWithSAML",`, `"sts:AssumeRoleWithSAML"`, 1)
			role.Trust = strings.Replace(role.Trust, `"sts:TagSession"`, "", 1)
			if err := access.CheckRole(role); err != nil {
				t.Fatal(err)
			}
			got := role.Assume(a, midday)
			want := access.AssumeDecision{
				Code:    "AccessDenied",
				Message: "Not authorized to perform sts:AssumeRoleWithSAML",
				Because: "No statement of the trust policy allows sts:TagSession. The assertion passes session tags (1), so the trust policy must allow sts:TagSession too.",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			a.Tags = nil
			if got := role.Assume(a, midday); !got.Allowed {
				t.Errorf("without tags: %s", got.Because)
			}
		})
	}
}

// The guide of today asks for the Recipient instead of the NameID's format.
func TestGuideByAudience(t *testing.T) {
	role, a := guideRole("aws", "eu-west-1"), guideAssertion("aws")
	role.Trust = guideTrust("aws", `"SAML:aud": "https://sp.example.com/saml/entra/acs"`)
	if got := role.Assume(a, midday); !got.Allowed {
		t.Error(got.Because)
	}
	a.Audience = "https://sp.example.com/saml/okta/acs"
	got := role.Assume(a, midday)
	want := `Statement 1 of the trust policy does not allow sts:AssumeRoleWithSAML: its condition StringEquals SAML:aud wants "https://sp.example.com/saml/entra/acs" and got "https://sp.example.com/saml/okta/acs".`
	if got.Allowed || got.Because != want {
		t.Errorf("got %+v", got)
	}
}

func TestGuideStreamsOnlyToOneself(t *testing.T) {
	role, a := guideRole("aws", "eu-west-1"), guideAssertion("aws")
	directory := "arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890"
	for _, c := range []struct {
		name, action, resource, user, because string
	}{
		{"another's desk", "workspaces:Stream", directory, "bob",
			`Statement 1 of the inline policy Stream does not allow workspaces:Stream: its condition StringEquals workspaces:userId wants "${saml:sub}" ("ann") and got "bob".`},
		{"another directory", "workspaces:Stream", directory + "1", "ann",
			`Statement 1 of the inline policy Stream does not allow workspaces:Stream: its Resource wants "` + directory + `" and got "` + directory + `1".`},
		{"another action", "workspaces:RebootWorkspaces", directory, "ann",
			"No statement of the inline policy Stream allows workspaces:RebootWorkspaces."},
		{"no resource", "workspaces:Stream", "", "ann", "Nothing is allowed without an action and a resource."},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := role.Permits(a, c.action, c.resource, map[string]string{"workspaces:userId": c.user}, midday)
			if diff := cmp.Diff(access.PermitDecision{Because: c.because}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := role.Permits(a, "workspaces:Stream", directory, nil, midday); got.Allowed || !strings.Contains(got.Because, "got nothing") {
		t.Errorf("without workspaces:userId: %+v", got)
	}
}

// trustOf lets one provider's people in and pass tags, under a condition.
func trustOf(provider, condition string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"` + provider +
		`"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{` + condition + `}}}`
}
