package ui

import "sallyport/session"

// SignOut asks before somebody is signed out: a link alone does nothing.
type SignOut struct {
	UserName string // "": nobody is signed in, and the console alone is open
	To       string // name of the identity provider
	Console  bool   // a one-time link has opened the console in this browser
}

func (SignOut) Head() Head { return Head{Template: "signout", Title: "Sign out?"} }

// SigningOut carries a message of single logout to the identity provider.
type SigningOut struct {
	Answer  bool   // to the identity provider's own request
	Ended   bool   // the session of this browser is over
	Console bool   // and so is the console's
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

	ConsoleClosed bool // the console that a one-time link had opened is closed
	ConsoleOpen   bool // it is open all the same
}

// ConsoleAlone reports whether the console is open, and nothing else is to tell.
func (p SignedOut) ConsoleAlone() bool { return p.ConsoleOpen && !p.Known && p.Present == "" }

func (p SignedOut) Head() Head {
	switch {
	case p.Present != "":
		return Head{Template: "signed_out", Title: "Signed in again"}
	case p.ConsoleAlone():
		return Head{Template: "signed_out", Title: "The console is still open"}
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
		{"signout-console", sampleUser, SignOut{UserName: sampleUser, To: "Example Entra ID", Console: true}},
		{"signout-console-alone", "", SignOut{Console: true}},
		{"signing-out", "", SigningOut{Ended: true, Console: true, To: "Example Entra ID", URL: "https://login.example.com/saml2?SAMLRequest=PHNhbWw%2B", Outcome: "/signed-out?h=_a3f1"}},
		{"signing-out-post", "", SigningOut{Answer: true, To: "Example AD FS", URL: "https://adfs.example.com/adfs/ls/", Fields: []Field{{"SAMLResponse", "PHNhbWw+"}, {"RelayState", "a3f1"}}}},
		{"signed-out", "", SignedOut{}},
		{"signed-out-done", "", out(session.LogoutDone, hosts...)},
		{"signed-out-partial", "", out(session.LogoutPartial, hosts[:1]...)},
		{"signed-out-failed", "", out(session.LogoutFailed)},
		{"signed-out-waiting", "", out(session.LogoutWaiting)},
		{"signed-out-not-sent", "", out(session.LogoutNotSent, hosts...)},
		{"signed-out-console", "", SignedOut{ConsoleClosed: true}},
		{"signed-out-console-open", "", SignedOut{ConsoleOpen: true}},
		{"signed-out-present", sampleUser, SignedOut{Present: sampleUser}},
	}
}
