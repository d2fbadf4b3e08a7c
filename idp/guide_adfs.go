package idp

func adfsGuide() Guide {
	return Guide{
		Vendor: "adfs",
		Name:   "AD FS",
		Source: fromDocumentation,
		Steps: []Step{
			do("AD FS Management › Relying Party Trusts › Add Relying Party Trust... › Claims aware › Start."),
			fill("Import data about the relying party published online or on a local network › Federation metadata address (host name or URL)", ValueMetadataURL, "AD FS must reach the address and trust its TLS certificate. AD FS can then keep itself up to date: Properties › Monitoring."),
			fill("Import data about the relying party from a file › Federation metadata file location", ValueMetadataFile, "In place of the former, where AD FS can't reach us."),
			do("Display name: Sallyport. The commands below use it. Choose Access Control Policy: Permit everyone, or a group. Next, and Close with \"Configure claims issuance policy for this application\" ticked."),
			fill("Properties › Identifiers › Relying party identifiers", ValueEntityID, "Compare it with what AD FS read."),
			fill("Properties › Endpoints › SAML Assertion Consumer Endpoints", ValueACSURL, "Compare it with what AD FS read: Binding POST, Default Yes."),
			choose("Properties › Advanced › Secure hash algorithm", "SHA-256."),
			set("PowerShell, on the primary AD FS server", `Set-AdfsRelyingPartyTrust -TargetName "Sallyport" -SamlResponseSignature MessageAndAssertion`, "AD FS encrypts with AES-CBC as soon as our metadata holds an encryption certificate. That is taken only where the response is signed too. (To do without encryption instead: -EncryptClaims $false.)"),
			set("PowerShell, for tiles and links that start at AD FS", `Set-AdfsProperties -EnableIdPInitiatedSignonPage $true -EnableRelayStateForIdpInitiatedSignOn $true`, "AD FS 2016 and later. On 2012 R2, useRelayStateForIdpInitiatedSignOn enabled=\"true\" in Microsoft.IdentityServer.Servicehost.exe.config, and a restart of the service."),
			do("Relying party trust › Edit Claim Issuance Policy... › Add Rule... › Send Claims Using a Custom Rule, once for each rule below. Their order matters."),
		},
		Claims: []Claim{
			{Needed: true, Name: "E-mail address", Source: "Active Directory: mail", Note: "The first rule fetches it for the second one.", Rule: adfsMail},
			{Needed: true, Name: "Name ID", Source: "E-mail address", Note: "The second rule; it is what the template Transform an Incoming Claim makes with Outgoing name ID format: Email. " + nameIDNote, Rule: adfsNameID},
			{Name: tagNamespace + "/" + tagName, Source: "Active Directory: department", Note: tagNote + " Further tags may follow in the same rule, or come from Send LDAP Attributes as Claims with the whole name typed as Outgoing Claim Type.", Rule: adfsTag},
			{Name: tagNamespace + "/" + principalName, Source: "Active Directory: extensionAttribute1", Note: otherTag + " Put the attribute that holds the cost centre in your directory in place of extensionAttribute1.", Rule: adfsPrincipalTag},
			{Name: groupsName, Source: "Active Directory: tokenGroups", Note: groupsNote + " The second rule here lets through only those whose name begins with Sallyport-; change it to yours.", Rule: adfsGroups},
		},
		RelayState:    "AD FS has no field for it: it stands in the address that starts a sign-in there, encoded twice, https://HOST/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID%3D...%26RelayState%3D... The page of each application here makes the whole address. Without a relay state people land on the portal.",
		TheirMetadata: "https://HOST/FederationMetadata/2007-06/FederationMetadata.xml, HOST being the federation service name. It is kept fresh here where we can reach it; otherwise save it as a file.",
		Checks: []Check{
			{"WrongNameIDFormat", "The rule for the Name ID is missing, or stands before the one that fetches the e-mail address; or its format is another one."},
			{"InvalidNameID", "The person has no E-mail address (mail) in Active Directory."},
			{"StatusNotSuccess", "AD FS refused. Event Viewer › Applications and Services Logs › AD FS › Admin, on each server of the farm: MSIS7012, MSIS3127 and the like say why. Often the access control policy, or a Name ID format that no rule makes."},
			{"DecryptionFailed", "Run the command with -SamlResponseSignature MessageAndAssertion, or -EncryptClaims $false."},
			{"WeakAlgorithm", "Properties › Advanced › Secure hash algorithm: SHA-256."},
			{"NotYetValid", "Clocks differ. W32tm /query /status on AD FS; or: Set-AdfsRelyingPartyTrust -TargetName \"Sallyport\" -NotBeforeSkew 2"},
			{"UntrustedCertificate", "AD FS renews its token-signing certificate by itself (AutoCertificateRollover). Give us the metadata again, or its address."},
			{"WrongIssuer", "The Federation Service identifier is http://HOST/adfs/services/trust: http, and no s."},
			{"Events 316 and 317", "AD FS can't check our certificates for revocation, as they are self-signed: Set-AdfsRelyingPartyTrust -TargetName \"Sallyport\" -SigningCertificateRevocationCheck None -EncryptionCertificateRevocationCheck None"},
			{"The relay state is lost", "Set-AdfsProperties -EnableRelayStateForIdpInitiatedSignOn $true, then Restart-Service adfssrv on every server of the farm."},
		},
	}
}

// Rules in AD FS's claim rule language.
const (
	adfsMail = `c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory", types = ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"), query = ";mail;{0}", param = c.Value);`

	adfsNameID = `c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"]
 => issue(Type = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, Value = c.Value, ValueType = c.ValueType, Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format"] = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");`

	adfsTag = `c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory", types = ("` + tagNamespace + "/" + tagName + `"), query = ";department;{0}", param = c.Value);`

	adfsPrincipalTag = `c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory", types = ("` + tagNamespace + "/" + principalName + `"), query = ";extensionAttribute1;{0}", param = c.Value);`

	adfsGroups = `c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname", Issuer == "AD AUTHORITY"]
 => add(store = "Active Directory", types = ("http://temp/groups"), query = ";tokenGroups;{0}", param = c.Value);

c:[Type == "http://temp/groups", Value =~ "^Sallyport-"]
 => issue(Type = "` + groupsName + `", Value = c.Value);`
)
