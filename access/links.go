package access

// Link is one text to paste at an identity provider, or to give to people.
type Link struct {
	Vendor  string // "entra", "onelogin", "okta", "adfs", "pingfederate", ...
	Label   string // the field in that vendor's console, or what the address is for
	Value   string // to be copied as it is; "" where it can't be made, and Note says why
	Note    string // what to mind; may be ""
	TooLong bool   // the relay state in it is longer than 80 bytes, the limit of SAML Bindings section 3.4.3
}

// Links gives the texts that lead to app.
func Links(app *Application, path, vendor, userAccessURL string) []Link {
	panic("unwritten")
}
