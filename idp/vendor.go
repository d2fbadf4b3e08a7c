package idp

import (
	"net/url"
	"strings"
)

// vendor recognises whose identity provider t is by its entity ID and its
// addresses; "" where nothing fits.
func vendor(t *Trust) string {
	addresses := []string{t.EntityID}
	for _, e := range t.SSO {
		addresses = append(addresses, e.Location)
	}
	for _, a := range addresses {
		if v := vendorOf(a); v != "" {
			return v
		}
	}
	return ""
}

var vendorHosts = []struct{ suffix, vendor string }{
	{"sts.windows.net", "entra"},
	{"login.microsoftonline.com", "entra"},
	{"login.microsoftonline.us", "entra"},
	{"login.partner.microsoftonline.cn", "entra"},
	{"onelogin.com", "onelogin"},
	{"okta.com", "okta"},
	{"oktapreview.com", "okta"},
	{"okta-emea.com", "okta"},
	{"accounts.google.com", "google"},
	{"pingone.com", "pingone"},
	{"pingone.eu", "pingone"},
	{"pingone.asia", "pingone"},
	{"pingone.ca", "pingone"},
	{"pingidentity.com", "pingone"},
	{"duosecurity.com", "duo"},
	{"jumpcloud.com", "jumpcloud"},
	{"auth0.com", "auth0"},
	{"awsapps.com", "aws"},
	{"portal.sso.amazonaws.com", "aws"},
}

var vendorPaths = []struct{ part, vendor string }{
	{"/adfs/", "adfs"},
	{"/protocol/saml", "keycloak"},
	{"/realms/", "keycloak"},
	{"/idp/profile/saml2/", "shibboleth"},
	{"/idp/shibboleth", "shibboleth"},
	{"/saml2/idp/ssoservice.php", "simplesamlphp"},
	{"/module.php/saml/idp/", "simplesamlphp"},
	{"/saml2/idp/metadata.php", "simplesamlphp"},
	{"/idp/sso.saml2", "pingfederate"},
}

func vendorOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	for _, v := range vendorHosts {
		if host == v.suffix || strings.HasSuffix(host, "."+v.suffix) {
			return v.vendor
		}
	}
	path := strings.ToLower(u.Path)
	for _, v := range vendorPaths {
		if strings.Contains(path, v.part) {
			return v.vendor
		}
	}
	return ""
}
