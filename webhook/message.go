package webhook

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"sallyport/audit"
)

// told are the actions that an administrator should hear of without looking,
// and whether their detail is told too: only where it is about certificates,
// metadata and numbers, never where it may hold a person's name or attributes.
var told = map[audit.Action]bool{
	audit.CertificateExpiring:  true,
	audit.IDPImported:          true, // only those of a refresh
	audit.IDPHeld:              true,
	audit.IDPRefreshFailed:     true,
	audit.IDPActivated:         true,
	audit.IDPConfirmed:         false,
	audit.IDPReverted:          true,
	audit.IDPDisabled:          false,
	audit.SetupLinkMade:        false,
	audit.SetupLinkUsed:        false,
	audit.AdminLinkMade:        false,
	audit.AdminLinkUsed:        false,
	audit.AdminGranted:         false,
	audit.AdminRevoked:         false,
	audit.KeyMade:              true,
	audit.KeyRotated:           true,
	audit.KeyRetired:           true,
	audit.SCIMTokenMade:        false,
	audit.SCIMTokenRevoked:     false,
	audit.SCIMTokenExpiring:    true,
	audit.ProvisioningDisabled: false,
	audit.ProvisioningHeld:     true, // numbers
	audit.ProvisioningReleased: true, // numbers
	audit.ProvisioningRejected: true, // numbers
	audit.BrakeChanged:         true, // numbers
}

// pages are where an administrator acts on what was told, below the page of
// the connection.
var pages = map[audit.Action]string{
	audit.SCIMTokenMade:        "/provisioning",
	audit.SCIMTokenRevoked:     "/provisioning",
	audit.SCIMTokenExpiring:    "/provisioning",
	audit.ProvisioningDisabled: "/provisioning",
	audit.ProvisioningHeld:     "/brake",
	audit.ProvisioningReleased: "/brake",
	audit.ProvisioningRejected: "/brake",
	audit.BrakeChanged:         "/brake",
}

func actions() []audit.Action { return slices.Sorted(maps.Keys(told)) }

// worthTelling leaves out imports by people, who know what they did.
func worthTelling(e audit.Event) bool {
	return e.Action != audit.IDPImported || e.Actor == "system"
}

// message is the body of a request.
type message struct {
	ID      string          `json:"id"` // the same in every attempt
	At      time.Time       `json:"at"`
	Service string          `json:"service"`
	Action  audit.Action    `json:"action"`
	Actor   string          `json:"actor"`
	IDP     string          `json:"idp,omitempty"`
	Object  string          `json:"object,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	Link    string          `json:"link"` // where to look in the console
	Detail  json.RawMessage `json:"detail,omitempty"`
}

func newMessage(e audit.Event, service string) message {
	m := message{
		ID: e.ID, At: e.At.UTC(), Service: service, Action: e.Action, Actor: e.Actor,
		IDP: e.IDP, Object: e.Object, Reason: e.Reason, Link: service + "/admin",
	}
	if e.IDP != "" && !strings.Contains(e.IDP, "/") {
		m.Link += "/idps/" + e.IDP + pages[e.Action]
	}
	if told[e.Action] {
		m.Detail = e.Detail
	}
	return m
}
