package admin

import (
	"net/http"
	"slices"
	"strings"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// accessVendors is the WorkSpaces guide's table of user access URLs, with the
// parameter that carries the relay state.
var accessVendors = []ui.UserAccessRow{
	{Vendor: "adfs", Name: "AD FS", Parameter: "RelayState", Form: "https://HOST/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=RELYING-PARTY"},
	{Vendor: "entra", Name: "Microsoft Entra ID", Parameter: "RelayState", Form: "https://myapps.microsoft.com/signin/APP-NAME/APP-ID?tenantId=TENANT-ID"},
	{Vendor: "duo", Name: "Duo", Parameter: "RelayState", Form: "https://SUBDOMAIN.sso.duosecurity.com/saml2/sp/APP-ID/sso"},
	{Vendor: "okta", Name: "Okta", Parameter: "RelayState", Form: "https://SUBDOMAIN.okta.com/app/APP-NAME/APP-ID/sso/saml"},
	{Vendor: "onelogin", Name: "OneLogin", Parameter: "RelayState", Form: "https://SUBDOMAIN.onelogin.com/trust/saml2/http-post/sso/APP-ID"},
	{Vendor: "jumpcloud", Name: "JumpCloud", Parameter: "RelayState", Form: "https://sso.jumpcloud.com/saml2/APP-ID"},
	{Vendor: "auth0", Name: "Auth0", Parameter: "RelayState", Form: "https://TENANT.us.auth0.com/samlp/CLIENT-ID"},
	{Vendor: "pingfederate", Name: "PingFederate", Parameter: "TargetResource", Form: "https://HOST/idp/startSSO.ping?PartnerSpId=SP-ID"},
	{Vendor: "pingone", Name: "PingOne for Enterprise", Parameter: "TargetResource", Form: "https://sso.connect.pingidentity.com/sso/sp/initsso?saasid=APP-ID&idpid=IDP-ID"},
}

// userAccess is that table with an application's addresses and the links that
// they make.
func userAccess(app *access.Application, path string, addresses []access.UserAccess) []ui.UserAccessRow {
	rows := slices.Clone(accessVendors)
	for i := range rows {
		row := &rows[i]
		row.URL = accessURLOf(addresses, row.Vendor)
		if row.URL == "" {
			continue
		}
		links := access.Links(app, path, row.Vendor, row.URL)
		if len(links) < 2 {
			continue
		}
		row.Link = links[1].Value
		if row.Link == "" || links[1].TooLong {
			row.Note = links[1].Note
		}
	}
	return rows
}

func accessURLOf(addresses []access.UserAccess, vendor string) string {
	for _, a := range addresses {
		if a.Vendor == vendor {
			return a.URL
		}
	}
	return ""
}

// SaveUserAccess replaces an application's user access URLs, those that make
// no link refused.
func (c *Console) SaveUserAccess(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	app, version, err := c.versionedApplication(w, r)
	if err != nil {
		return err
	}
	changed := *app
	changed.Version = version
	changed.UserAccess = slices.DeleteFunc(slices.Clone(app.UserAccess), func(a access.UserAccess) bool {
		return slices.ContainsFunc(accessVendors, func(row ui.UserAccessRow) bool { return row.Vendor == a.Vendor })
	})
	for _, row := range accessVendors {
		if typed := strings.TrimSpace(r.PostForm.Get("access_" + row.Vendor)); typed != "" {
			changed.UserAccess = append(changed.UserAccess, access.UserAccess{Vendor: row.Vendor, URL: typed})
		}
	}
	rows := userAccess(app, "", changed.UserAccess)
	var refused error
	for _, row := range rows {
		if row.URL != "" && row.Link == "" {
			refused = fault.New(fault.Invalid, row.Name+": "+row.Note)
			break
		}
	}
	if refused == nil {
		refused = c.Applications.Change(r.Context(), &changed, actor(ses))
	}
	if again(refused) {
		page, err := c.applicationPage(r, app)
		if err != nil {
			return err
		}
		page.Access, page.AccessError = rows, public(refused)
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, applicationPath(app.Name), "user_access")
}
