package gateway

import (
	"net/mail"

	"sallyport/access"
)

// deniedPage tells somebody who is signed in that an application stays shut:
// why, whom to ask, and by which reference. base is the address of this
// service, origin that of the application's host.
func deniedPage(app *access.Application, why, reference, base, origin string) *page {
	title := app.Title
	if title == "" {
		title = app.Name
	}
	p := &page{
		Title: "You can’t open " + title,
		Says:  []string{why},
		Ask:   &ask{Whom: app.AskWhom, Reference: reference},
		First: &link{"To your applications", base + "/"},
		Links: []link{{"Sign in as somebody else", origin + signOutPath}},
	}
	if address, err := mail.ParseAddress(app.AskWhom); err == nil && address.Name == "" && address.Address == app.AskWhom {
		p.Ask.Mail = "mailto:" + app.AskWhom
	}
	return p
}
