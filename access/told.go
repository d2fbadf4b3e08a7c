package access

import (
	"encoding/json"
	"fmt"
	"reflect"

	"sallyport/audit"
)

// objectEvent tells what was done to an object of that name. Of a change it
// says which parts changed, never what they say: rules and documents are
// nobody's business who merely hears of events.
func objectEvent(action audit.Action, actor, object, name string, changed []string) (audit.Event, error) {
	e := audit.New(action, actor)
	e.Object = object
	detail, err := json.Marshal(struct {
		Name    string   `json:"name,omitempty"`
		Changed []string `json:"changed,omitempty"`
	}{name, changed})
	if err != nil {
		return e, fmt.Errorf("describe %s: %w", object, err)
	}
	e.Detail = detail
	return e, nil
}

// part is one part of an object, before and after a change.
type part struct {
	name        string
	before, now any
}

func changedParts(parts ...part) []string {
	var changed []string
	for _, p := range parts {
		if !same(p.before, p.now) {
			changed = append(changed, p.name)
		}
	}
	return changed
}

// same takes an empty list for none, as they are stored.
func same(before, now any) bool {
	b, n := reflect.ValueOf(before), reflect.ValueOf(now)
	if b.Kind() == reflect.Slice && b.Len() == 0 && n.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(before, now)
}

func changedInSet(before, now *PermissionSet) []string {
	return changedParts(
		part{"name", before.Name, now.Name},
		part{"description", before.Description, now.Description},
		part{"session_duration", before.SessionDuration, now.SessionDuration},
		part{"relay_state", before.RelayState, now.RelayState},
		part{"tags", before.Tags, now.Tags},
		part{"rules", before.Rules, now.Rules},
	)
}

func changedInRole(before, now *Role) []string {
	return changedParts(
		part{"description", before.Description, now.Description},
		part{"trust", before.Trust, now.Trust},
		part{"inline", before.Inline, now.Inline},
		part{"max_session_duration", before.MaxSessionDuration, now.MaxSessionDuration},
	)
}

func changedInApplication(before, now *Application) []string {
	return changedParts(
		part{"title", before.Title, now.Title},
		part{"description", before.Description, now.Description},
		part{"url", before.URL, now.URL},
		part{"allowed", before.Allowed, now.Allowed},
		part{"links", before.Links, now.Links},
		part{"icon", before.Icon, now.Icon},
		part{"kind", before.Kind, now.Kind},
		part{"entry", before.Entry, now.Entry},
		part{"workspaces", before.WorkSpaces, now.WorkSpaces},
		part{"rules", before.Rules, now.Rules},
		part{"ask_whom", before.AskWhom, now.AskWhom},
		part{"user_access", before.UserAccess, now.UserAccess},
		part{"step_up", before.StepUp, now.StepUp},
		part{"gateway", before.Gateway, now.Gateway},
	)
}
