package store

import (
	"time"

	"sallyport/access"
	"sallyport/audit"
)

const (
	granted = audit.AssignmentGranted
	revoked = audit.AssignmentRevoked
	ended   = audit.AssignmentEnded
)

// toldAssignment is an assignment with what an event says of it.
type toldAssignment struct {
	*access.Assignment
	application, permissionSet string
	ended                      bool // its end has been told
}

// toldOf finds assignments whose column has one of values. It locks nothing.
func toldOf(t tx, column string, values []string) ([]toldAssignment, error) {
	var found []toldAssignment
	_, err := inBunches(values, func(bunch []any) (int64, error) {
		rows, err := t.rows("SELECT "+assignmentColumns+", p.name, s.name, a.ended"+assignmentTables+`
			JOIN applications p ON p.id = a.application_id JOIN permission_sets s ON s.id = a.permission_set_id
			WHERE `+column+" IN ("+placeholders(1, len(bunch))+") ORDER BY a.id", bunch...)
		some, err := collect(rows, err, scanTold)
		found = append(found, some...)
		return 0, err
	})
	return found, err
}

func scanTold(from scanner) (toldAssignment, error) {
	var a toldAssignment
	var err error
	a.Assignment, err = scanAssignment(also{also{also{from, &a.ended}, &a.permissionSet}, &a.application})
	return a, err
}

// tell writes the event of what became of one assignment.
func (d *DB) tell(t tx, action audit.Action, a toldAssignment, reason, actor string, at time.Time) error {
	detail := struct {
		Application   string `json:"application"`
		PermissionSet string `json:"permission_set"`
		Group         string `json:"group,omitempty"`
		EndsAt        string `json:"ends_at,omitempty"`
	}{Application: a.application, PermissionSet: a.permissionSet}
	if !a.EndsAt.IsZero() {
		detail.EndsAt = a.EndsAt.UTC().Format(time.RFC3339)
	}
	e := audit.Event{Action: action, At: at, Actor: actor, IDP: a.Principal.IDP, Object: "assignment:" + a.ID, Reason: reason}
	if a.Principal.Kind == access.ToUser {
		e.Person = a.Principal.Name
	} else {
		detail.Group = a.Principal.Name
	}
	text, err := encode(detail)
	if err != nil {
		return err
	}
	e.Detail = []byte(text)
	return d.appendEvent(t, e)
}
