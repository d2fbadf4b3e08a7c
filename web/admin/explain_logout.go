package admin

import (
	"sallyport/saml"
	"sallyport/web/ui"
)

// sloURL is where each vendor's console names our single logout service.
var sloURL = &place{fields: [...]string{
	"Single sign-on › Basic SAML Configuration › Logout Url (Optional)",
	"Configuration › Single Logout URL",
	"General › SAML Settings › Show Advanced Settings › Single Logout URL",
	"Relying party trust › Properties › Endpoints › SAML Logout Endpoints",
	"SP Connection › Browser SSO › Protocol Settings › SLO Service URLs",
	"Applications › the application › Configuration › SLO Endpoint",
	"Applications › the application › Service Provider › Single Logout URL",
	"",
	"Clients › the client › Advanced › Logout Service POST Binding URL and Redirect Binding URL",
	"",
	"The application's single logout URL",
}, none: "has no field for single logout."}

const nextLogout = "Correct it there and save, then sign out there once more. Nothing was ended here by this message; sessions can be ended under Sessions at any time."

// remediesOfLogout are those in which a message of single logout differs from
// a response.
var remediesOfLogout = map[saml.Reason]remedy{
	saml.TooLarge:         {why: whyNoField, next: nextBetween},
	saml.NotAResponse:     {theirs: sloURL, here: hereConnection, next: nextLogout},
	saml.WrongDestination: {theirs: sloURL, here: hereConnection, next: nextLogout},
	saml.WrongIssuer:      {theirs: sloURL, here: hereConnection, next: "Each connection has a single logout URL of its own: the identity provider must call that of its connection. If it was replaced or renamed, import its metadata here."},
	saml.Unsigned:         {theirs: sloURL, next: "Logout messages are taken only where they are signed. Switch on the signing of logout messages there, or take our single logout URL away."},
	saml.NotYetValid:      {why: "The message itself says when it is good.", here: hereSkew, next: nextClock},
	saml.Expired:          {why: "The message itself says when it is good.", here: hereSkew, next: nextClock},
	saml.TooOld:           {why: "The message itself says when it was made.", here: hereSkew, next: nextClock},
	saml.InvalidNameID:    {why: whyNoField, next: nextBetween},
	saml.UnknownRequest:   {why: "Nothing is set wrong at the identity provider: this one answer belongs to no sign-out that is waiting.", next: "The session here ended when the person signed out. Ask them to sign out once more only if the identity provider still knows them."},
	saml.Replayed:         {why: "Nothing is set wrong at the identity provider: this one message came twice.", next: "What it names was ended when it came first. If it goes on, look at the address it came from."},
}

// explainLogout is explain for messages of single logout.
func explainLogout(reason saml.Reason, vendor, slug string) ui.Remedy {
	r, ok := remediesOfLogout[reason]
	if !ok {
		return explain(reason, vendor, slug)
	}
	return r.told(reason, vendor, slug)
}
