package ui

import (
	"net/url"
	"time"

	"sallyport/directory"
	"sallyport/idp"
)

// Provisioning is where one connection's robot is let in: the base URL, the
// tokens, and the way to turn it off.
type Provisioning struct {
	Provider   *idp.Provider
	BaseURL    string // of the SCIM server
	Guide      idp.Guide
	Values     idp.GuideValues
	Tokens     []*directory.Token
	Makers     []string // who made each, as people know them
	Brake      *directory.Brake
	NewToken   string // a token that was made just now: it is shown once
	TokenError string
	Word       string // what was typed to turn provisioning off
	OffError   string
	Now        time.Time
	Notice     string
}

func (p Provisioning) Head() Head {
	return Head{Template: "admin/provisioning", Title: "Provisioning of " + p.Provider.Name, Section: "overview"}
}

// Guided is what the steps at the identity provider are shown from.
func (p Provisioning) Guided() guided { return guided{Guide: p.Guide, Values: p.Values} }

// Live reports whether t lets the robot in.
func (p Provisioning) Live(t *directory.Token) bool { return p.Now.Before(t.ExpiresAt) }

// LiveTokens is how many of them let the robot in.
func (p Provisioning) LiveTokens() int {
	n := 0
	for _, t := range p.Tokens {
		if p.Live(t) {
			n++
		}
	}
	return n
}

// On reports whether the connection is provisioned.
func (p Provisioning) On() bool { return p.LiveTokens() > 0 }

// Full reports whether there is no room for one more token.
func (p Provisioning) Full() bool { return p.LiveTokens() >= directory.MaxTokens }

// Light is how near a token's end is.
func (p Provisioning) Light(t *directory.Token) string { return light(t.ExpiresAt, p.Now) }

// Refuses reports whether only people whom the robot made may come in.
func (p Provisioning) Refuses() bool {
	return p.Provider.Settings.FirstSignIn == idp.FirstSignInRefuse
}

func light(end, now time.Time) string {
	switch left := end.Sub(now); {
	case left <= 0:
		return idp.ExpiryExpired
	case left < soon:
		return idp.ExpirySoon
	}
	return idp.ExpiryGood
}

// TokenNotice tells of a provisioning token that ends soon, or has ended.
type TokenNotice struct {
	Slug, Name string // of the connection
	ExpiresAt  time.Time
	Now        time.Time
	Lasting    bool // there is another token, which lasts
}

// Ended reports whether the robot is refused already.
func (n TokenNotice) Ended() bool { return !n.Now.Before(n.ExpiresAt) }

// BrakeNotice tells on every page of the console that a brake holds.
type BrakeNotice struct {
	Slug, Name string // of the connection
	Held       int    // people who wait
	Since      time.Time
}

// Brake is what holds the robot of one connection, and whom.
type Brake struct {
	Provider *idp.Provider
	Brake    *directory.Brake
	Share    string // as it was typed
	Least    string
	Error    string // what was wrong with the settings
	Again    string // why it was not released
	Now      time.Time
	Notice   string
}

func (p Brake) Head() Head {
	return Head{Template: "admin/brake", Title: "Brake of " + p.Provider.Name, Section: "overview"}
}

// Holds reports whether somebody has to decide.
func (p Brake) Holds() bool { return !p.Brake.HeldSince.IsZero() }

// Off reports whether it never holds.
func (p Brake) Off() bool { return p.Brake.Share == directory.OffShare }

// ShareInForce is in percent.
func (p Brake) ShareInForce() int {
	if p.Brake.Share > 0 {
		return p.Brake.Share
	}
	return directory.DefaultShare
}

// LeastInForce is a number of people.
func (p Brake) LeastInForce() int {
	if p.Brake.Least > 0 {
		return p.Brake.Least
	}
	return directory.DefaultLeast
}

// Released reports whether an administrator has let the robot go on.
func (p Brake) Released() bool { return p.Now.Before(p.Brake.ReleasedUntil) }

// Waiting are those about whom somebody has to decide.
func (p Brake) Waiting() []directory.HeldChange { return p.changes(false) }

// shownHeld is how many people one list shows.
const shownHeld = 200

// heldList is a part of the people concerned, and how many more there are.
type heldList struct {
	Who   string // people of which kind
	Shown []directory.HeldChange
	More  int
	All   string // where the whole list is
}

// Listed is what of all is shown.
func (p Brake) Listed(who string, all []directory.HeldChange) heldList {
	n := min(len(all), shownHeld)
	whole := url.URL{Path: "/admin/idps/" + p.Provider.Slug + "/brake.csv", RawQuery: url.Values{"seen": {p.Brake.Fingerprint()}}.Encode()}
	return heldList{who, all[:n], len(all) - n, whole.String()}
}

// Rejected are those whom an administrator has kept.
func (p Brake) Rejected() []directory.HeldChange { return p.changes(true) }

func (p Brake) changes(rejected bool) []directory.HeldChange {
	var out []directory.HeldChange
	for _, h := range p.Brake.Held {
		if h.Rejected == rejected {
			out = append(out, h)
		}
	}
	return out
}

// ProvisioningLog lists what robots asked, newest first.
type ProvisioningLog struct {
	Records   []*directory.Record
	Filter    LogFilter
	IDPs      []*idp.Provider
	Older     string
	Filtering bool
}

// LogFilter is what the list was asked for.
type LogFilter struct {
	IDP, Person, Object string
	Show                string // "", "failed" or "changes"
}

func (ProvisioningLog) Head() Head {
	return Head{Template: "admin/provisioning_log", Title: "Provisioning", Section: "provisioning"}
}

// ProvisioningRecord is one request, what it changed and what was answered.
type ProvisioningRecord struct {
	Record     *directory.Record
	IDPName    string
	Sent       int    // bytes that are kept of it
	PersonPath string // page of the person concerned, or ""
	GroupPath  string // page of the group concerned, or ""
	Replayable bool   // there is a way to try it again
	Replay     *directory.Record
	Error      string // why it was not tried again
}

func (ProvisioningRecord) Head() Head {
	return Head{Template: "admin/provisioning_record", Title: "One request", Section: "provisioning"}
}
