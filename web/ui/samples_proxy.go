package ui

import (
	"time"

	"sallyport/access"
)

// sampleOpen is where a session is open.
func sampleOpen() []OpenHost {
	return []OpenHost{
		{"grafana.example.com", []*access.Application{{Name: "grafana", Title: "Grafana"}}},
		{"old.example.com:8443", nil},
	}
}

// proxySamples are the pages of what stands in front of an application.
func proxySamples() []Sample {
	payments := &access.Application{
		Name: "payments", Title: "Payments", URL: "https://bank.example.com/payments", Kind: access.KindWeb, Entry: access.Assigned, Version: 3,
		StepUp:  access.StepUp{Contexts: []string{"http://schemas.microsoft.com/claims/multipleauthn", "urn:example:card"}, MaxAge: 15 * time.Minute},
		Gateway: access.Gateway{Headers: access.PresetWebAuth, Separator: "|", Groups: access.TellAssigned},
	}
	application := Application{Application: payments, BaseURL: "https://sso.example.com", Form: FormOf(payments), Proxy: ProxyFormOf(payments), Assignments: sampleAssignments()}
	refused := application
	refused.EditingProxy, refused.Proxy.Minutes, refused.Proxy.Error = true, "soon", "The age of the sign-in is a number of minutes, such as 15. Empty: any age."
	desktops := application
	desktops.Application = sampleDesktops()
	desktops.Proxy = ProxyFormOf(desktops.Application)

	place := Proxy{
		Application: payments, Proxies: []Option{{"nginx", "nginx"}, {"caddy", "Caddy"}, {"haproxy", "HAProxy"}},
		Form:     ProxyPlace{Sallyport: "127.0.0.1:8080"},
		Headers:  []Option{{"X-WEBAUTH-USER", "user name"}, {"X-WEBAUTH-GROUPS", "names of groups, with a vertical bar between"}, {access.HeaderAssertion, "signed token that says all of this"}},
		SameHost: []*access.Application{{Name: "bank"}}, Differs: true,
	}
	written, wrong := place, place
	written.Form = ProxyPlace{Proxy: "haproxy", Upstream: "127.0.0.1:3000", Sallyport: "127.0.0.1:8080"}
	written.Files = []ProxyFile{
		{"sallyport-payments.cfg", "/etc/haproxy/", "# payments at https://bank.example.com, behind Sallyport.\nfrontend bank\n    bind :443\n"},
		{"sallyport.lua", "/etc/haproxy/", "-- asks about a request\n"},
	}
	written.Trusted = `trusted_proxies: ["127.0.0.1"]`
	written.Doctor = "sallyport doctor https://bank.example.com/payments --base-url https://sso.example.com"
	written.Inside = written.Doctor + " --upstream 127.0.0.1:3000"
	wrong.Form = ProxyPlace{Proxy: "nginx", Upstream: "bank", Sallyport: "127.0.0.1:8080", Error: "Where the proxy reaches the application must be host:port."}

	token := Token{Application: payments, CanCheck: true, Ways: []TokenWay{{"Go", "go-jose", "package main\n"}, {"Python", "PyJWT", "import jwt\n"}}, Now: sampleTime}
	good, bad, nothing := token, token, token
	good.Report = &TokenReport{
		Good: true, Header: "{\n  \"alg\": \"ES256\"\n}", Claims: "{\n  \"aud\": \"payments\"\n}", IssuedAt: sampleTime.Add(-time.Minute), Expires: sampleTime.Add(4 * time.Minute), AuthTime: sampleTime.Add(-3 * time.Hour),
		Checks: []TokenCheck{{"The signature", true, "made by that key", "it was"}},
	}
	good.Session = "Its session is open."
	bad.Report = &TokenReport{Header: "{}", Claims: "{}", Expires: sampleTime.Add(-time.Hour), Checks: []TokenCheck{{"alg, the algorithm", false, "ES256", "none"}, {"exp, until when", false, "after now", "an hour ago"}}}
	nothing.Report, nothing.Error = &TokenReport{Checks: []TokenCheck{{"It is a signed token", false, "three parts", "something else"}}}, "Paste the value of the header."
	return []Sample{
		{"application-step-up", sampleAdmin, application},
		{"application-step-up-refused", sampleAdmin, refused},
		{"application-desktops-step-up", sampleAdmin, desktops},
		{"proxy", sampleAdmin, place},
		{"proxy-written", sampleAdmin, written},
		{"proxy-refused", sampleAdmin, wrong},
		{"token", sampleAdmin, token},
		{"token-good", sampleAdmin, good},
		{"token-bad", sampleAdmin, bad},
		{"token-nothing", sampleAdmin, nothing},
	}
}
