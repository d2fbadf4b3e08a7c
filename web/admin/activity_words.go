package admin

import (
	"strings"

	"sallyport/audit"
	"sallyport/web/ui"
)

type actionWords struct {
	action audit.Action
	words  string
}

// actionGroups says what each action is called, in the order of the list.
var actionGroups = []struct {
	name    string
	actions []actionWords
}{
	{"Sign-ins", []actionWords{
		{audit.SessionBegan, "signed in"},
		{audit.SessionEnded, "session ended"},
		{audit.SignInRefused, "sign-in refused"},
		{audit.SignInTested, "sign-in tested"},
		{audit.SignInRawViewed, "refused response looked at"},
		{audit.LogoutRefused, "single logout refused"},
		{audit.RelayStateUnknown, "relay state unknown"},
	}},
	{"Connections", []actionWords{
		{audit.IDPCreated, "connection made"},
		{audit.IDPImported, "metadata imported"},
		{audit.IDPActivated, "connection activated"},
		{audit.IDPConfirmed, "activation confirmed"},
		{audit.IDPReverted, "activation reverted by itself"},
		{audit.IDPRestored, "older version restored"},
		{audit.IDPDisabled, "connection disabled"},
		{audit.IDPSettingsChanged, "settings changed"},
		{audit.IDPDraftDiscarded, "draft discarded"},
		{audit.IDPRefreshFailed, "metadata could not be read"},
		{audit.IDPHeld, "new certificates held for approval"},
		{audit.SetupLinkMade, "setup link made"},
		{audit.SetupLinkUsed, "setup link used"},
		{audit.SetupLinkRevoked, "setup link revoked"},
		{audit.CalendarMade, "calendar address made"},
	}},
	{"Keys and certificates", []actionWords{
		{audit.CertificateExpiring, "certificate expires"},
		{audit.KeyMade, "key made"},
		{audit.KeyRotated, "key rotated"},
		{audit.KeyRetired, "key retired"},
	}},
	{"Applications", []actionWords{
		{audit.ApplicationAdded, "application added"},
		{audit.ApplicationChanged, "application changed"},
		{audit.ApplicationRemoved, "application removed"},
		{audit.PermissionSetCreated, "permission set made"},
		{audit.PermissionSetChanged, "permission set changed"},
		{audit.PermissionSetRemoved, "permission set removed"},
		{audit.AssignmentGranted, "assigned"},
		{audit.AssignmentRevoked, "assignment ended by somebody"},
		{audit.AssignmentEnded, "assignment ended by itself"},
		{audit.RoleCreated, "role registered"},
		{audit.RoleChanged, "role changed"},
		{audit.RoleRemoved, "role removed"},
		{audit.AccessDenied, "entry denied"},
	}},
	{"People", []actionWords{
		{audit.UserCreated, "person created"},
		{audit.UserDeactivated, "person deactivated"},
		{audit.UserReactivated, "person reactivated"},
		{audit.UserChanged, "person changed"},
		{audit.UserRemoved, "person removed"},
		{audit.RemovalForgotten, "removal of a person forgotten"},
		{audit.GroupCreated, "group made"},
		{audit.GroupChanged, "group changed"},
		{audit.GroupRemoved, "group deleted"},
	}},
	{"Provisioning", []actionWords{
		{audit.SCIMTokenMade, "provisioning token made"},
		{audit.SCIMTokenRevoked, "provisioning token revoked"},
		{audit.SCIMTokenExpiring, "provisioning token ends soon"},
		{audit.ProvisioningDisabled, "provisioning turned off"},
		{audit.ProvisioningHeld, "mass change held"},
		{audit.ProvisioningReleased, "mass change released"},
		{audit.ProvisioningRejected, "mass change rejected"},
		{audit.BrakeChanged, "brake set"},
		{audit.ProvisioningReplayed, "request tried again as a dry run"},
	}},
	{"Administrators", []actionWords{
		{audit.AdminGranted, "administrator let in"},
		{audit.AdminRevoked, "administrator removed"},
		{audit.AdminLinkMade, "one-time link made"},
		{audit.AdminLinkUsed, "one-time link used"},
		{audit.AdminLinkDismissed, "use of a one-time link dismissed"},
		{audit.EventsExported, "events exported"},
		{audit.WebhookFailed, "webhook failed"},
	}},
}

func wordsOf(action audit.Action) string {
	for _, g := range actionGroups {
		for _, a := range g.actions {
			if a.action == action {
				return a.words
			}
		}
	}
	return strings.NewReplacer(".", " ", "_", " ").Replace(string(action))
}

func actionChoices() []ui.ActionGroup {
	var out []ui.ActionGroup
	for _, g := range actionGroups {
		group := ui.ActionGroup{Name: g.name}
		for _, a := range g.actions {
			group.Actions = append(group.Actions, ui.ActionChoice{Action: string(a.action), Words: a.words})
		}
		out = append(out, group)
	}
	return out
}
