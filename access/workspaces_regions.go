package access

// WorkSpacesRegion is one row of the guide's table.
type WorkSpacesRegion struct {
	Region    string
	Partition string // "aws" or "aws-us-gov"
	Endpoint  string
	FIPS      string // endpoint, or ""
}

// WorkSpacesRegions is the guide's table. Do not change it.
var WorkSpacesRegions = []WorkSpacesRegion{
	commercial("us-east-1", true),
	commercial("us-west-2", true),
	commercial("af-south-1", false),
	commercial("ap-south-1", false),
	commercial("ap-northeast-1", false),
	commercial("ap-northeast-2", false),
	commercial("ap-southeast-1", false),
	commercial("ap-southeast-2", false),
	commercial("ca-central-1", false),
	commercial("eu-central-1", false),
	commercial("eu-west-1", false),
	commercial("eu-west-2", false),
	commercial("il-central-1", false),
	commercial("sa-east-1", false),
	govCloud("us-gov-west-1"),
	govCloud("us-gov-east-1"),
}

func commercial(region string, fips bool) WorkSpacesRegion {
	row := WorkSpacesRegion{Region: region, Partition: "aws", Endpoint: "workspaces.euc-sso." + region + ".aws.amazon.com"}
	if fips {
		row.FIPS = "workspaces.euc-sso-fips." + region + ".aws.amazon.com"
	}
	return row
}

func govCloud(region string) WorkSpacesRegion {
	return WorkSpacesRegion{
		Region:    region,
		Partition: "aws-us-gov",
		Endpoint:  "workspaces.euc-sso." + region + ".amazonaws-us-gov.com",
		FIPS:      "workspaces.euc-sso-fips." + region + ".amazonaws-us-gov.com",
	}
}
