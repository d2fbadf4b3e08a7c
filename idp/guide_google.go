package idp

func googleGuide() Guide {
	return Guide{
		Vendor: "google",
		Name:   "Google Workspace",
		Source: fromDocumentation,
		Steps: []Step{
			do("Google Admin console: Apps › Web and mobile apps › Add app › Add custom SAML app. Give it an App name, Continue."),
			do("Google Identity Provider details › Option 1: Download IdP metadata › Download Metadata. Keep the file for us, Continue. The next fields are the Service provider details."),
			fill("ACS URL", ValueACSURL, "Google keeps one only."),
			fill("Entity ID", ValueEntityID, ""),
			choose("Start URL (optional)", "See the relay state below."),
			choose("Signed response", "Ticked: the whole response is then signed. Not ticked, the assertion is, which serves as well."),
			choose("Name ID format", "EMAIL."),
			choose("Name ID", "Basic Information > Primary email. Continue."),
			do("Attributes: see the claims below. Finish."),
			do("User access › ON for everyone, or for organisational units or groups. A change takes from minutes to 24 hours."),
		},
		Claims: []Claim{
			{Needed: true, Name: "Name ID", Source: "Basic Information > Primary email", Note: "Name ID format: EMAIL. " + nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "Employee Details > Department", Note: "Attributes › Add mapping. Google Directory attributes: Department; App attributes: the whole name. " + tagNote},
			{Name: tagNamespace + "/" + principalName, Source: "a custom attribute", Note: otherTag + " What Google does not have by itself: Directory › Users › More options › Manage custom attributes › Add custom attribute. Info type: Text; No. of values: Single value, since several are refused. Then fill it in for each person."},
			{Name: groupsName, Source: "Group membership (optional)", Note: groupsNote + " Google groups: up to 75 to choose; App attribute: groups."},
		},
		RelayState:    "Service provider details › Start URL (optional): the address of the page to land on, of an application that is known here. Google sends it as the relay state. Empty leads to the portal.",
		TheirMetadata: "Apps › Web and mobile apps › the app › Download metadata. Google gives it as a file only, at no address, so give us a new file when the certificate changes (after five years).",
		Checks: []Check{
			{"403 app_not_enabled_for_user", "User access is OFF for the person's organisational unit, or was switched on a moment ago; or the person is signed in with another Google account."},
			{"403 app_not_configured, app_not_configured_for_user", "The Entity ID that we ask with is not that of the app. Compare it with Service provider details › Entity ID, letter by letter."},
			{"WrongNameIDFormat", "Service provider details › Name ID format: EMAIL."},
			{"WrongDestination", "Service provider details › ACS URL."},
			{"UntrustedCertificate", "Security › Authentication › SSO with SAML applications: another certificate was made. Choose it in the app, and give us the new file."},
			{"InvalidTag", "A custom attribute with several values: No. of values must be Single value."},
			{"An attribute called Role arrives", "It comes with Google's ready-made app for AWS. It does no harm here; a custom SAML app does without."},
		},
		Provisioning: googleProvisioning(),
	}
}
