package ui

import (
	"sallyport/audit"
	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
)

// SignIns lists sign-ins and refusals, newest first.
type SignIns struct {
	Events    []audit.Event
	Filter    SignInFilter
	IDPs      []*idp.Provider
	Reasons   []saml.Reason
	Older     string // address of the next page, or ""
	Filtering bool
	Error     string // what of the filter could not be read
}

// SignInFilter is what the list was asked for, as it was typed.
type SignInFilter struct{ IDP, Reason, Person, Reference, From, To string }

// Beside "any outcome" and the reasons, the list can be asked for these.
const (
	OutcomeAccepted = "accepted"
	OutcomeRefused  = "refused"
)

func (SignIns) Head() Head {
	return Head{Template: "admin/signins", Title: "Sign-ins", Section: "signins"}
}

// SignInReport explains one refusal.
type SignInReport struct {
	Event    audit.Event
	Detail   session.RefusalDetail
	Sentence string
	Remedy   Remedy
	Tested   bool          // by an administrator, before activation
	Logout   bool          // a message of single logout, not a sign-in
	IDP      *idp.Provider // nil where the connection is gone
	Vendor   VendorField   // whose fields are shown first
	Chosen   bool          // by the administrator, where the metadata does not say
	Vendors  []VendorField // to choose from
	NotKept  bool          // the response was asked for, and is not there
}

// Remedy is what to do about a refusal.
type Remedy struct {
	Fixer    string // who must act, in words
	Field    VendorField
	Others   []VendorField
	Why      string // why there is no field at the identity provider; "" where there is one
	Here     string // what to change in this console, or ""
	HerePath string // its address, or ""
	Next     string // what to do then
}

// VendorField says where at one vendor's identity provider a thing is set.
type VendorField struct {
	ID     string
	Vendor string
	Where  string
	None   string // a sentence why that vendor has no such field; "" where it has
}

func (p SignInReport) Head() Head {
	return Head{Template: "admin/signin", Title: "Reference " + p.Event.Reference, Section: "signins"}
}

// SignInResponse shows a refused response as it came, as text.
type SignInResponse struct {
	Reference string
	XML       string
}

func (p SignInResponse) Head() Head {
	return Head{Template: "admin/signin_response", Title: "Response of " + p.Reference, Section: "signins"}
}
