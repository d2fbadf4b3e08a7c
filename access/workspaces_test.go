package access_test

import (
	"net/url"
	"testing"

	"sallyport/access"
)

func TestWorkSpacesAddresses(t *testing.T) {
	for _, c := range []struct {
		name            string
		w               access.WorkSpaces
		relayState, arn string
	}{
		{"Ireland", access.WorkSpaces{Region: "eu-west-1", RegistrationCode: "SLiad+AB12CD"},
			"https://workspaces.euc-sso.eu-west-1.aws.amazon.com/sso-idp?registrationCode=SLiad%2BAB12CD",
			"arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890"},
		{"Virginia, FIPS", access.WorkSpaces{Region: "us-east-1", FIPS: true, RegistrationCode: "AB12CD"},
			"https://workspaces.euc-sso-fips.us-east-1.aws.amazon.com/sso-idp?registrationCode=AB12CD",
			"arn:aws:workspaces:us-east-1:123456789012:directory/d-1234567890"},
		{"Oregon, web client", access.WorkSpaces{Region: "us-west-2", RegistrationCode: "AB12CD", Client: "web"},
			"https://workspaces.euc-sso.us-west-2.aws.amazon.com/sso-idp?registrationCode=AB12CD&client=web",
			"arn:aws:workspaces:us-west-2:123456789012:directory/d-1234567890"},
		{"GovCloud", access.WorkSpaces{Region: "us-gov-west-1", RegistrationCode: "desktop.example.com", Client: "native"},
			"https://workspaces.euc-sso.us-gov-west-1.amazonaws-us-gov.com/sso-idp?registrationCode=desktop.example.com&client=native",
			"arn:aws-us-gov:workspaces:us-gov-west-1:123456789012:directory/d-1234567890"},
		{"GovCloud East, FIPS", access.WorkSpaces{Region: "us-gov-east-1", FIPS: true, RegistrationCode: "a&b=c#d"},
			"https://workspaces.euc-sso-fips.us-gov-east-1.amazonaws-us-gov.com/sso-idp?registrationCode=a%26b%3Dc%23d",
			"arn:aws-us-gov:workspaces:us-gov-east-1:123456789012:directory/d-1234567890"},
		{"FIPS where there is none", access.WorkSpaces{Region: "eu-west-1", FIPS: true, RegistrationCode: "AB12CD"},
			"", "arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890"},
		{"a Region without WorkSpaces", access.WorkSpaces{Region: "eu-north-1", RegistrationCode: "AB12CD"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.w.AccountID, c.w.DirectoryID = "123456789012", "d-1234567890"
			if got := c.w.RelayState(); got != c.relayState {
				t.Errorf("relay state %s", got)
			}
			if got := c.w.StreamResource(); got != c.arn {
				t.Errorf("ARN %s", got)
			}
		})
	}
}

func TestWorkSpacesRegions(t *testing.T) {
	seen, fips, gov := map[string]bool{}, 0, 0
	for _, row := range access.WorkSpacesRegions {
		if seen[row.Region] {
			t.Errorf("%s is there twice", row.Region)
		}
		seen[row.Region] = true
		if row.FIPS != "" {
			fips++
		}
		if row.Partition == "aws-us-gov" {
			gov++
		}
		w := access.WorkSpaces{Region: row.Region, RegistrationCode: "SLiad+AB12CD"}
		u, err := url.Parse(w.RelayState())
		if err != nil || u.Host != row.Endpoint || u.Query().Get("registrationCode") != "SLiad+AB12CD" {
			t.Errorf("%s: %s", row.Region, w.RelayState())
		}
	}
	if len(seen) != 16 || fips != 4 || gov != 2 {
		t.Errorf("%d Regions, %d with FIPS, %d of GovCloud", len(seen), fips, gov)
	}
}
