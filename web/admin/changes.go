package admin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"sallyport/access"
	"sallyport/web/ui"
)

// shownChanges is how many rows of a difference one page shows.
const shownChanges = 200

// confirmed reports whether who sent a form has seen what it changes.
func confirmed(form url.Values) bool { return form.Get("confirm") == "yes" }

// showChanges says who could reach what if the proposal were saved. The form
// that was sent goes along, so that one more click saves it.
func (c *Console) showChanges(w http.ResponseWriter, r *http.Request, page ui.Changes, p access.Proposal) error {
	after, err := c.Applications.Preview(p)
	if err != nil {
		return err
	}
	people, more, missed, err := c.concerned(r.Context(), p)
	if err != nil {
		return err
	}
	facts, live, cut, err := c.factsOf(r.Context(), people)
	if err != nil {
		return err
	}
	differences, err := access.Differences(r.Context(), c.Applications, after, facts, time.Now())
	if err != nil {
		return err
	}
	page.Action = cmp.Or(page.Action, r.URL.Path)
	page.Looked, page.More, page.SignedIn, page.Differ = len(people), more, live, len(differences)
	page.Fields = hidden(r.PostForm)
	gain, lose, again := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, d := range differences {
		switch {
		case len(d.Before) == 0:
			gain[d.Person.UserID] = true
		case len(d.After) == 0:
			lose[d.Person.UserID] = true
		case moreOften(d):
			again[d.Person.UserID] = true
		}
		if len(page.Rows) < shownChanges {
			page.Rows = append(page.Rows, changeRow(d))
		}
	}
	page.Gain, page.Lose, page.Again = len(gain), len(lose), len(again)
	page.Claims, page.SessionsCut = c.claimsMatter(p), missed || cut
	apps := c.touched(p)
	page.Networks = c.Applications.ReadAddress(apps...) || after.ReadAddress(apps...)
	return c.show(w, r, page)
}

func changeRow(d access.Difference) ui.ChangeRow {
	return ui.ChangeRow{
		Person: d.Person.UserName, PersonPath: personPath(d.Person.UserID),
		App: titleOf(d.Application), AppPath: applicationPath(d.Application.Name),
		Before: ui.Entering(d.Before, d.AgainBefore), After: ui.Entering(d.After, d.AgainAfter),
	}
}

// moreOften reports whether something takes another sign-in that did not.
func moreOften(d access.Difference) bool {
	return slices.ContainsFunc(d.AgainAfter, func(set string) bool { return !slices.Contains(d.AgainBefore, set) })
}

// claimsMatter reports whether a proposal has to do with groups that only
// assertions name.
func (c *Console) claimsMatter(p access.Proposal) bool {
	return slices.ContainsFunc(c.principals(p), func(who access.Principal) bool { return who.Kind == access.ToClaim })
}

// hidden is a form as hidden fields, in a steady order.
func hidden(form url.Values) []ui.Field {
	var names []string
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	var fields []ui.Field
	for _, name := range names {
		for _, value := range form[name] {
			fields = append(fields, ui.Field{Name: name, Value: value})
		}
	}
	return fields
}
