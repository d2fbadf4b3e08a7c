// Package audit names what happened. An Event is a row, written in the
// transaction of the act it tells of, so that no act is without its event and
// no event without its act.
package audit

import (
	"context"
	"encoding/json"
	"time"
)

// Action is object.past: what was done, to what kind of thing.
type Action string

const (
	SessionBegan         Action = "session.began"
	SessionEnded         Action = "session.ended"
	SignInRefused        Action = "signin.refused"
	SignInTested         Action = "signin.tested"
	SignInRawViewed      Action = "signin.raw_viewed"
	LogoutRefused        Action = "logout.refused" // a message of single logout
	RelayStateUnknown    Action = "relaystate.unknown"
	IDPCreated           Action = "idp.created"
	IDPImported          Action = "idp.imported"
	IDPActivated         Action = "idp.activated"
	IDPConfirmed         Action = "idp.confirmed"
	IDPReverted          Action = "idp.reverted"
	IDPRestored          Action = "idp.restored"
	IDPDisabled          Action = "idp.disabled"
	IDPSettingsChanged   Action = "idp.settings_changed"
	IDPDraftDiscarded    Action = "idp.draft_discarded"
	IDPRefreshFailed     Action = "idp.refresh_failed"
	IDPHeld              Action = "idp.held"
	CertificateExpiring  Action = "certificate.expiring"
	SetupLinkMade        Action = "setup_link.made"
	SetupLinkUsed        Action = "setup_link.used"
	SetupLinkRevoked     Action = "setup_link.revoked"
	CalendarMade         Action = "calendar.made"
	ApplicationAdded     Action = "application.added"
	ApplicationChanged   Action = "application.changed"
	ApplicationRemoved   Action = "application.removed"
	PermissionSetCreated Action = "permission_set.created"
	PermissionSetChanged Action = "permission_set.changed"
	PermissionSetRemoved Action = "permission_set.removed"
	AssignmentGranted    Action = "assignment.granted"
	AssignmentRevoked    Action = "assignment.revoked"
	AssignmentEnded      Action = "assignment.ended" // by its end date, or with what it was for
	RoleCreated          Action = "role.created"
	RoleChanged          Action = "role.changed"
	RoleRemoved          Action = "role.removed"
	AccessDenied         Action = "access.denied"
	UserCreated          Action = "user.created"
	UserDeactivated      Action = "user.deactivated"
	UserReactivated      Action = "user.reactivated"
	UserChanged          Action = "user.changed"
	UserRemoved          Action = "user.removed"
	RemovalForgotten     Action = "user.removal_forgotten"
	GroupCreated         Action = "group.created"
	GroupChanged         Action = "group.changed"
	GroupRemoved         Action = "group.removed"
	SCIMTokenMade        Action = "scim_token.made"
	SCIMTokenRevoked     Action = "scim_token.revoked"
	SCIMTokenExpiring    Action = "scim_token.expiring"
	ProvisioningDisabled Action = "provisioning.disabled"
	ProvisioningHeld     Action = "provisioning.held"
	ProvisioningReleased Action = "provisioning.released"
	ProvisioningRejected Action = "provisioning.rejected"
	BrakeChanged         Action = "provisioning.brake_changed"
	ProvisioningReplayed Action = "provisioning.replayed"
	AdminGranted         Action = "admin.granted"
	AdminRevoked         Action = "admin.revoked"
	AdminLinkMade        Action = "admin_link.made"
	AdminLinkUsed        Action = "admin_link.used"
	AdminLinkDismissed   Action = "admin_link.dismissed"
	KeyMade              Action = "key.made"
	KeyRotated           Action = "key.rotated"
	KeyRetired           Action = "key.retired"
	EventsExported       Action = "events.exported"
	WebhookFailed        Action = "webhook.failed"
)

// Event is one thing that happened.
type Event struct {
	ID        string          // sortable random
	At        time.Time       // UTC, milliseconds
	Action    Action          //
	Actor     string          // "user:ID", "link:ID", "command" or "system"
	IDP       string          // slug of the connection concerned, or ""
	Object    string          // "kind:ID" of the thing acted on, or ""
	Person    string          // userName (or NameID of a refused sign-in), or ""
	Reference string          // what the person was shown, "4F7Q-22KD", or ""
	Reason    string          // a saml.Reason or a room's own word, or ""
	ClientIP  string          // "" where no request was behind it
	Detail    json.RawMessage // a JSON object; the action says which; may be nil
}

// Filter selects events, newest first. Zero fields don't restrict.
type Filter struct {
	Actions   []Action
	IDP       string
	Person    string
	Object    string // "kind:ID", whole
	Actor     string // "user:ID", "link:ID", "command" or "system", whole
	Reference string
	Reason    string
	Since     time.Time // not before
	Until     time.Time // before
	Before    string    // ID of the last event of the page before: keyset paging
	Limit     int       // 0: 50
}

// Store keeps events. Acts of other rooms append theirs in their own
// transactions; Append is for what changes nothing else.
type Store interface {
	// AppendEvent saves e. Refused sign-ins and denied entries are kept bounded:
	// the store may drop the oldest of them.
	AppendEvent(ctx context.Context, e Event) error
	// Events gives matching events, newest first.
	Events(ctx context.Context, f Filter) ([]Event, error)
}
