package access

import (
	"slices"
	"time"
)

// StreamAction is what a role must permit on the directory of a WorkSpaces
// application, for the person whose NameID is workspaces:userId.
const StreamAction = "workspaces:Stream"

// EntryRoles are the registered roles of the account of a WorkSpaces
// application. Where there is any, entering takes one of them; where there is
// none, assignments and rules decide alone.
func (c *Catalog) EntryRoles(app *Application) []*Role {
	if app.Kind != KindWorkSpaces || app.WorkSpaces == nil {
		return nil
	}
	return slices.DeleteFunc(c.Roles(), func(r *Role) bool { return r.Account() != app.WorkSpaces.AccountID })
}

// Account is the account in the role's ARN, or "" where that is none.
func (r *Role) Account() string {
	arn, _ := parseRoleARN(r.ARN)
	return arn.account
}

// Stream decides an entry into a WorkSpaces directory as AWS would: the trust
// policy must let the person assume the role, and then its policies must
// permit to stream from the directory. Of a role that may not be assumed
// nothing is permitted.
func (r *Role) Stream(a Assertion, w *WorkSpaces, at time.Time) (AssumeDecision, PermitDecision) {
	assumed := r.Assume(a, at)
	if !assumed.Allowed {
		return assumed, PermitDecision{}
	}
	return assumed, r.Permits(a, StreamAction, w.StreamResource(), map[string]string{"workspaces:userId": a.Subject}, at)
}
