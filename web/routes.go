package web

// routes is the one table of who may call what. What is not opened here by
// name needs a session; a path that is not here at all is not found.
func (s *Server) routes() *table {
	t := &table{}
	c := s.console

	// Public: for anyone, from anywhere.
	t.open("GET /healthz", s.healthz)
	t.open("GET /readyz", s.readyz)
	t.open("GET /static/{sum}/{file}", s.static)
	t.open("GET /signin", s.signIn)
	t.open("POST /signin", s.signInByEmail)
	t.open("POST /signout", s.signOut)
	t.open("GET /go/{target...}", s.goTo)
	t.open("GET /admin/signin/{token}", s.adminLink)
	t.open("POST /admin/signin/{token}", s.useAdminLink)
	t.open("GET /setup/{token}", s.setup)
	t.open("POST /setup/{token}", s.setup)
	t.open("GET /calendar/{file}", s.calendar)

	// Protocol: what identity providers and browsers on their way use. The
	// paths without a connection belong to the one that is called "default".
	for _, family := range []string{"/saml", "/saml/{idp}"} {
		t.open("GET "+family+"/metadata", s.metadata)
		t.open("GET "+family+"/login", s.login)
		t.assertion("POST "+family+"/acs", s.acs)
		t.open("GET "+family+"/complete", s.complete)
		t.open("POST "+family+"/complete", s.chooseSession)
		t.open("GET "+family+"/slo", s.slo)
		t.open("POST "+family+"/slo", s.slo)
	}

	// Signed in: a person with a live session.
	t.signedIn("GET /{$}", s.portal)
	t.signedIn("GET /session", s.session)

	// The console: a one-time link, or a person whom a grant makes Auditor,
	// who looks and changes nothing, or Administrator, who may do everything.
	t.auditor("GET /admin", c.Overview)
	t.administrator("POST /admin/signout", c.SignOut)
	t.administrator("GET /admin/idps/new", c.NewIDP)
	t.administrator("POST /admin/idps", c.CreateIDP)
	t.auditor("GET /admin/idps/{idp}", c.IDP)
	t.auditor("GET /admin/idps/{idp}/setup", c.Setup)
	t.administrator("POST /admin/idps/{idp}/setup-links", c.MakeSetupLink)
	t.administrator("POST /admin/idps/{idp}/setup-links/{id}/revocations", c.RevokeSetupLink)
	t.administrator("POST /admin/idps/{idp}/imports", c.Import)
	t.administrator("POST /admin/idps/{idp}/tests", c.StartTest)
	t.administrator("POST /admin/idps/{idp}/tests/results", c.TestResult)
	t.auditor("GET /admin/idps/{idp}/versions", c.Versions)
	t.administrator("POST /admin/idps/{idp}/versions/{number}/restorations", c.RestoreVersion)
	t.auditor("GET /admin/idps/{idp}/review", c.Review)
	t.administrator("POST /admin/idps/{idp}/activations", c.Activate)
	t.administrator("POST /admin/idps/{idp}/disablements", c.Disable)
	t.administrator("POST /admin/idps/{idp}/discards", c.Discard)
	t.auditor("GET /admin/idps/{idp}/settings", c.Settings)
	t.administrator("POST /admin/idps/{idp}/settings", c.SaveSettings)
	t.auditor("GET /admin/certificates", c.Certificates)
	t.administrator("POST /admin/calendars", c.MakeCalendar)
	t.administrator("POST /admin/keys/{use}/publications", c.PublishKey)
	t.administrator("POST /admin/keys/{use}/promotions", c.PromoteKey)
	t.administrator("POST /admin/keys/{id}/retirements", c.RetireKey)
	t.auditor("GET /admin/signins", c.SignIns)
	t.auditor("GET /admin/signins/{reference}", c.SignIn)
	t.administrator("POST /admin/signins/{reference}/responses", c.SignInResponse)
	t.auditor("GET /admin/activity", c.Activity)
	t.auditor("GET /admin/activity.csv", c.ExportActivity)
	t.auditor("GET /admin/activity.json", c.ExportActivity)
	t.auditor("GET /admin/applications", c.ApplicationList)
	t.auditor("GET /admin/applications/{name}", c.Application)
	t.administrator("POST /admin/applications/{name}", c.ChangeApplication)
	t.administrator("POST /admin/applications", c.AddApplication)
	t.administrator("POST /admin/applications/{name}/removals", c.RemoveApplication)
	t.auditor("GET /admin/people", c.People)
	t.auditor("GET /admin/people/{id}", c.Person)
	t.administrator("POST /admin/people/{id}/revocations", c.SignOutEverywhere)
	t.administrator("POST /admin/people/{id}/deactivations", c.Deactivate)
	t.administrator("POST /admin/people/{id}/reactivations", c.Reactivate)
	t.auditor("GET /admin/sessions", c.SessionList)
	t.administrator("POST /admin/sessions/{id}/revocations", c.RevokeSession)
	t.auditor("GET /admin/administrators", c.AdministratorList)
	t.administrator("POST /admin/administrators", c.AddAdministrator)
	t.administrator("POST /admin/administrators/{id}/removals", c.RemoveAdministrator)
	t.administrator("POST /admin/links/{session}/dismissals", c.DismissLink)
	return t
}
