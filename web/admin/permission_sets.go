package admin

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// PermissionSets lists them.
func (c *Console) PermissionSets(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	return c.show(w, r, c.permissionSetsPage(ui.PermissionSetForm{}, notice(r)))
}

// AddPermissionSet makes one.
func (c *Console) AddPermissionSet(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	set, form, refused := typedSet(r, access.PermissionSet{})
	if refused == nil {
		refused = c.Applications.AddPermissionSet(r.Context(), set, actor(ses))
	}
	if again(refused) {
		form.Error = public(refused)
		return c.showRefusal(w, r, refused, c.permissionSetsPage(form, ""))
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, setPath(set.ID), "set_made")
}

// AddStarters makes the usual ones, where there is none yet.
func (c *Console) AddStarters(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if len(c.Applications.PermissionSets()) > 0 {
		return fault.New(fault.Conflict, "There are permission sets already, so the usual ones were not made.")
	}
	for _, set := range access.Starters() {
		if err := c.Applications.AddPermissionSet(r.Context(), set, actor(ses)); err != nil {
			return err
		}
	}
	return seeOther(w, r, "/admin/permission-sets", "sets_made")
}

func (c *Console) permissionSetsPage(form ui.PermissionSetForm, done string) ui.PermissionSets {
	page := ui.PermissionSets{Form: form, Notice: done}
	held := map[string]int{}
	for _, a := range c.Applications.Assignments(access.AssignmentFilter{}) {
		held[a.PermissionSetID]++
	}
	for _, s := range c.Applications.PermissionSets() {
		page.Sets = append(page.Sets, ui.PermissionSetRow{Set: s, Assignments: held[s.ID]})
	}
	if len(page.Sets) == 0 {
		page.Starters = access.Starters()
	}
	return page
}

// typedSet is what a form makes of a permission set, and the form as it was
// typed.
func typedSet(r *http.Request, now access.PermissionSet) (*access.PermissionSet, ui.PermissionSetForm, error) {
	text := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	form := ui.PermissionSetForm{
		Name: text("name"), Description: text("description"), RelayState: text("relay_state"), Hours: text("hours"), Tags: r.PostForm.Get("tags"),
	}
	now.Name, now.Description, now.RelayState = form.Name, form.Description, form.RelayState
	var err error
	if now.SessionDuration, err = typedHours(form.Hours); err != nil {
		return nil, form, err
	}
	now.Tags, err = typedTags(form.Tags)
	return &now, form, err
}

// typedHours reads a length in hours, such as "1.5"; "" is none said.
func typedHours(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	hours, err := strconv.ParseFloat(text, 64)
	if err != nil || !(hours >= 1 && hours <= 12) {
		return 0, fault.New(fault.Invalid, "A session lasts 1 to 12 hours, such as 8 or 1.5.")
	}
	return time.Duration(hours * float64(time.Hour)).Round(time.Second), nil
}

func hoursText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.FormatFloat(d.Hours(), 'f', -1, 64)
}

// typedTags reads "Key=value", one a line: the first "=" divides.
func typedTags(text string) ([]access.Tag, error) {
	var tags []access.Tag
	for _, line := range lines(text) {
		key, value, ok := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return nil, fault.New(fault.Invalid, "Write session tags as Key=value, one a line.")
		}
		tags = append(tags, access.Tag{Key: key, Value: strings.TrimSpace(value)})
	}
	return tags, nil
}

func tagsText(tags []access.Tag) string {
	var b strings.Builder
	for _, t := range tags {
		b.WriteString(t.Key + "=" + t.Value + "\n")
	}
	return b.String()
}
