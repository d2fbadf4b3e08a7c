package ui

import "sallyport/session"

// SignOut asks before somebody is signed out: a link alone does nothing.
type SignOut struct {
	UserName string
	To       string // name of the identity provider
}

func (SignOut) Head() Head { return Head{Template: "signout", Title: "Sign out?"} }

// SigningOut carries a message of single logout to the identity provider; the
// session here is over already.
type SigningOut struct {
	To      string // name of the identity provider
	URL     string
	Fields  []Field // of the HTTP-POST binding; none: the address has it all
	Outcome string  // address of our own page that tells the rest, or ""
}

func (SigningOut) Head() Head { return Head{Template: "signing_out", Title: "Signing out"} }

// SignedOut tells what ended, and what did not.
type SignedOut struct {
	Known    bool // this browser signed out a moment ago; otherwise nothing is known
	UserName string
	Hosts    []string // of applications that were open
	IDP      string   // name of the identity provider
	Outcome  session.LogoutOutcome
	Present  string // who is signed in all the same, or ""
}

func (p SignedOut) Head() Head {
	if p.Present != "" {
		return Head{Template: "signed_out", Title: "Signed in again"}
	}
	return Head{Template: "signed_out", Title: "You are signed out"}
}

// signOutSamples are the pages around signing out.
func signOutSamples() []Sample {
	hosts := []string{"billing.example.com", "grafana.example.com"}
	out := func(o session.LogoutOutcome, hosts ...string) SignedOut {
		return SignedOut{Known: true, UserName: sampleUser, Hosts: hosts, IDP: "Example Entra ID", Outcome: o}
	}
	return []Sample{
		{"signout", sampleUser, SignOut{UserName: sampleUser, To: "Example Entra ID"}},
		{"signing-out", "", SigningOut{To: "Example Entra ID", URL: "https://login.example.com/saml2?SAMLRequest=PHNhbWw%2B", Outcome: "/signed-out?h=_a3f1"}},
		{"signing-out-post", "", SigningOut{To: "Example AD FS", URL: "https://adfs.example.com/adfs/ls/", Fields: []Field{{"SAMLResponse", "PHNhbWw+"}, {"RelayState", "a3f1"}}}},
		{"signed-out", "", SignedOut{}},
		{"signed-out-done", "", out(session.LogoutDone, hosts...)},
		{"signed-out-partial", "", out(session.LogoutPartial, hosts[:1]...)},
		{"signed-out-failed", "", out(session.LogoutFailed)},
		{"signed-out-waiting", "", out(session.LogoutWaiting)},
		{"signed-out-not-sent", "", out(session.LogoutNotSent, hosts...)},
		{"signed-out-present", sampleUser, SignedOut{Present: sampleUser}},
	}
}
