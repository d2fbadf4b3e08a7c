package access

import "net/url"

// StreamResource is the ARN of a WorkSpaces directory in the partition of its
// Region: arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890.
// It is "" where the guide's table does not have the Region.
func (w *WorkSpaces) StreamResource() string {
	row, ok := w.row()
	if !ok {
		return ""
	}
	return "arn:" + row.Partition + ":workspaces:" + row.Region + ":" + w.AccountID + ":directory/" + w.DirectoryID
}

// RelayState is the address that the WorkSpaces guide builds:
// https://<endpoint>/sso-idp?registrationCode=..., with &client= where a
// client is chosen. It is "" where the guide's table does not have the
// Region, or has no FIPS endpoint for it and one is asked for: nobody is sent
// to an ordinary endpoint instead.
func (w *WorkSpaces) RelayState() string {
	row, ok := w.row()
	if !ok {
		return ""
	}
	host := row.Endpoint
	if w.FIPS {
		host = row.FIPS
	}
	if host == "" {
		return ""
	}
	address := "https://" + host + "/sso-idp?registrationCode=" + url.QueryEscape(w.RegistrationCode)
	if w.Client != "" {
		address += "&client=" + url.QueryEscape(w.Client)
	}
	return address
}

func (w *WorkSpaces) row() (WorkSpacesRegion, bool) {
	for _, row := range WorkSpacesRegions {
		if row.Region == w.Region {
			return row, true
		}
	}
	return WorkSpacesRegion{}, false
}
