package admin

import (
	"time"

	"sallyport/access"
)

// assignedAgain is what of new assignments there is already.
type assignedAgain struct {
	replaced  []string // IDs of those that new ones would replace
	otherEnds int      // of those still in force, how many get another end
	same      int      // how many stay as they are
}

// assignedAgain finds what of all is there already. Where all[i] names no end
// it gets the one that stays, as when it is saved.
func (c *Console) assignedAgain(all []*access.Assignment, now time.Time) assignedAgain {
	type place struct {
		who      access.Principal
		app, set string
	}
	of := func(a *access.Assignment) place {
		who := a.Principal
		if who.Kind != access.ToClaim {
			who.Name = "" // only for showing
		}
		return place{who, a.ApplicationID, a.PermissionSetID}
	}
	there := map[place]*access.Assignment{}
	for _, a := range c.Applications.Assignments(access.AssignmentFilter{}) {
		there[of(a)] = a
	}
	var found assignedAgain
	for _, a := range all {
		old := there[of(a)]
		if old == nil {
			continue
		}
		found.replaced = append(found.replaced, old.ID)
		if !old.EndsAt.IsZero() && !now.Before(old.EndsAt) {
			continue // it is over: this is a new one
		}
		if a.EndsAt.IsZero() {
			a.EndsAt = old.EndsAt
		}
		if a.EndsAt.Equal(old.EndsAt) {
			found.same++
		} else {
			found.otherEnds++
		}
	}
	return found
}

// sentence says what a form that names so many assignments does.
func (g assignedAgain) sentence(named int) string {
	made := named - g.otherEnds - g.same
	text := "No new assignment is made."
	if made > 0 {
		text = some(made, "assignment is made.", "assignments are made.")
	}
	if g.otherEnds > 0 {
		text += " " + some(g.otherEnds, "is there already and gets another end.", "are there already and get another end.")
	}
	if g.same > 0 {
		text += " " + some(g.same, "is there already and stays as it is.", "are there already and stay as they are.")
	}
	return text
}

func some(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}
