package access

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// maxPrincipal is the longest userName or group name of a grant, in characters.
const maxPrincipal = 256

// Grant gives set to a person by userName, or to a group by its name, who sign
// in through the connection idp; fault.Invalid, fault.Conflict where they have
// it already.
func (a *Administrators) Grant(ctx context.Context, idp string, set AdminSet, group bool, principal, actor string) (*AdminGrant, error) {
	g := &AdminGrant{
		ID: uuid.Must(uuid.NewV7()).String(), IDP: idp, Set: set, Group: group, Principal: strings.TrimSpace(principal),
		CreatedAt: time.Now().UTC().Truncate(time.Millisecond), CreatedBy: actor,
	}
	if err := checkGrant(g); err != nil {
		return nil, err
	}
	e, err := grantEvent(audit.AdminGranted, g, actor)
	if err != nil {
		return nil, err
	}
	if err := a.store.CreateAdminGrant(ctx, g, e); err != nil {
		return nil, fmt.Errorf("grant %s: %w", set, err)
	}
	return g, a.Reload(ctx)
}

// Revoke takes a grant away by ID; fault.NotFound; fault.Conflict where it is
// the last one of an Administrator.
func (a *Administrators) Revoke(ctx context.Context, id, actor string) error {
	g, err := a.grant(ctx, id)
	if err != nil {
		return err
	}
	e, err := grantEvent(audit.AdminRevoked, g, actor)
	if err != nil {
		return err
	}
	if err := a.store.DeleteAdminGrant(ctx, id, e); err != nil {
		return fmt.Errorf("revoke administrator's grant %s: %w", id, err)
	}
	return a.Reload(ctx)
}

// grant finds one by ID, also one that another instance made a moment ago.
func (a *Administrators) grant(ctx context.Context, id string) (*AdminGrant, error) {
	for range 2 {
		for _, g := range a.snapshot.Load().grants {
			if g.ID == id {
				return g, nil
			}
		}
		if err := a.Reload(ctx); err != nil {
			return nil, err
		}
	}
	return nil, fault.New(fault.NotFound, "There is no such administrator. Somebody may have removed them meanwhile.")
}

func checkGrant(g *AdminGrant) error {
	if g.Set != Administrator && g.Set != Auditor {
		return fault.New(fault.Invalid, "Choose Administrator or Auditor.")
	}
	if g.IDP == "" {
		return fault.New(fault.Invalid, "Choose the connection through which they sign in.")
	}
	if g.Principal != "" && isText(g.Principal, maxPrincipal) && g.Folded() != "" {
		return nil
	}
	what := "user name of the person, as it stands under People"
	if g.Group {
		what = "name of the group, exactly as the identity provider sends it"
	}
	return fault.New(fault.Invalid, fmt.Sprintf("Give the %s: 1 to %d characters in one line.", what, maxPrincipal))
}

// grantEvent tells who got or lost what. A person is searched for by userName.
func grantEvent(action audit.Action, g *AdminGrant, actor string) (audit.Event, error) {
	e := audit.New(action, actor)
	e.Object = "admin_grant:" + g.ID
	e.IDP = g.IDP
	detail := map[string]string{"set": string(g.Set)}
	if g.Group {
		detail["group"] = g.Principal
	} else {
		e.Person = g.Principal
	}
	var err error
	if e.Detail, err = json.Marshal(detail); err != nil {
		return e, fmt.Errorf("describe the grant: %w", err)
	}
	return e, nil
}
