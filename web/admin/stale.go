package admin

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

const (
	cleanedAtOnce = 500 // people
	staleDays     = 30
	mostStaleDays = 3650
)

// Stale lists people whom somebody should look at again.
func (c *Console) Stale(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	query := r.URL.Query()
	page := ui.Stale{IDPs: c.providers(), AtOnce: cleanedAtOnce, Notice: cleaned(r)}
	asked, days, err := staleAsked(query)
	page.Kind, page.Days, page.IDP = asked.Kind, days, asked.IDP
	if again(err) {
		page.Error = public(err)
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	if byAssignments(asked.Kind) {
		if err := c.fillStale(r.Context(), &page, asked, query); err != nil {
			return err
		}
		return c.show(w, r, page)
	}
	if page.Total, err = c.Directory.CountStale(r.Context(), asked); err != nil {
		return err
	}
	asked.After, asked.Limit = query.Get("after"), perPage+1
	users, err := c.Directory.Stale(r.Context(), asked)
	if err != nil {
		return err
	}
	page.Users, page.Older = cutBy("after", users, "/admin/stale", query, func(u *directory.User) string { return u.ID })
	return c.show(w, r, page)
}

// PreviewCleanUp says what would happen to whom, before it does.
func (c *Console) PreviewCleanUp(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	form := r.PostForm
	page := ui.CleanUp{Remove: form.Get("act") == "remove", SeenAt: time.Now(), Back: "/admin/people"}
	asked, days, err := staleAsked(form)
	if err != nil {
		return err
	}
	if form.Get("kind") != "" {
		page.Kind, page.Days, page.IDP = asked.Kind, days, asked.IDP
		page.Back = stalePath(page.Kind, page.Days, page.IDP, nil)
	}
	if page.Users, page.Total, err = c.toCleanUp(r.Context(), form, asked, ses); err != nil {
		return err
	}
	for _, u := range page.Users {
		if u.Source == directory.FromSCIM {
			page.Kept++
		}
		if !u.Active {
			page.Gone++
		}
	}
	return c.show(w, r, page)
}

// CleanUp deactivates or removes those whom the preview has shown, as it has
// shown them: who has changed or signed in since is left alone.
func (c *Console) CleanUp(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	form := r.PostForm
	seen, err := strconv.ParseInt(form.Get("seen"), 10, 64)
	act := form.Get("act")
	if err != nil || act != "remove" && act != "deactivate" {
		return fault.New(fault.Invalid, "The form does not say what to do. Go back, reload the page and try again.")
	}
	versions, err := shownVersions(form)
	if err != nil {
		return err
	}
	users, _, err := c.toCleanUp(r.Context(), url.Values{"id": form["id"]}, directory.StaleFilter{}, ses)
	if err != nil {
		return err
	}
	since := time.UnixMilli(seen)
	var chosen []directory.Chosen
	for _, u := range users {
		if !u.LastSignInAt.After(since) { // a sign-in is no change of the person
			chosen = append(chosen, directory.Chosen{ID: u.ID, Version: versions[u.ID]})
		}
	}
	sum, err := c.Directory.CleanUp(r.Context(), chosen, act == "remove", actor(ses))
	if err != nil {
		return err
	}
	told := url.Values{"done": {act}, "n": {strconv.Itoa(sum.Done)}, "left": {strconv.Itoa(sum.Left + len(users) - len(chosen))}}
	to := "/admin/people?" + told.Encode()
	if form.Get("kind") != "" {
		asked, days, err := staleAsked(form)
		if err != nil {
			return err
		}
		to = stalePath(asked.Kind, days, asked.IDP, told)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// shownVersions are the people of a preview, each as they stood.
func shownVersions(form url.Values) (map[string]int64, error) {
	ids, typed := form["id"], form["version"]
	all := make(map[string]int64, len(ids))
	for i, id := range ids {
		if len(ids) != len(typed) {
			break
		}
		version, err := strconv.ParseInt(typed[i], 10, 64)
		if err != nil || version < 1 {
			break
		}
		all[id] = version
	}
	if len(all) != len(ids) {
		return nil, fault.New(fault.Invalid, "The form does not say as what each was shown. Go back, reload the page and try again.")
	}
	return all, nil
}

// toCleanUp are the people whom a form takes: those ticked, or all that match.
// Nobody takes themselves.
func (c *Console) toCleanUp(ctx context.Context, form url.Values, asked directory.StaleFilter, ses *session.Session) (users []*directory.User, total int, err error) {
	switch {
	case form.Get("all") == "yes" && asked.Kind == ui.StaleUnassigned:
		return nil, 0, fault.New(fault.Invalid, "Tick those whom you mean: of this kind not all are known at once.")
	case form.Get("all") == "yes" && asked.Kind == ui.StaleAssignmentOver:
		if users, err = c.assignmentsOver(ctx, asked); err != nil {
			return nil, 0, err
		}
		total = len(users)
		users = users[:min(total, cleanedAtOnce)]
	case form.Get("all") == "yes":
		if total, err = c.Directory.CountStale(ctx, asked); err != nil {
			return nil, 0, err
		}
		asked.Limit = cleanedAtOnce
		if users, err = c.Directory.Stale(ctx, asked); err != nil {
			return nil, 0, err
		}
	default:
		ids := form["id"]
		if len(ids) > cleanedAtOnce {
			return nil, 0, fault.New(fault.Invalid, fmt.Sprintf("Take at most %d people at a time.", cleanedAtOnce))
		}
		if len(ids) > 0 {
			if users, err = c.Directory.Users(ctx, directory.Filter{IDs: ids, Limit: len(ids)}); err != nil {
				return nil, 0, err
			}
		}
		total = len(users)
	}
	users = slices.DeleteFunc(users, func(u *directory.User) bool { return u.ID == ses.UserID })
	if len(users) == 0 {
		return nil, 0, fault.New(fault.Invalid, "Nobody was chosen. Go back and tick those whom you mean; you can't choose yourself.")
	}
	return users, total, nil
}

// staleAsked reads what to look for; what is not said is the usual.
func staleAsked(form url.Values) (directory.StaleFilter, int, error) {
	asked := directory.StaleFilter{Kind: directory.Staleness(cmp.Or(form.Get("kind"), string(directory.StaleNeverSignedIn))), IDP: form.Get("idp")}
	days := staleDays
	if text := strings.TrimSpace(form.Get("days")); text != "" {
		var err error
		if days, err = strconv.Atoi(text); err != nil || days < 0 || days > mostStaleDays {
			return asked, staleDays, fault.New(fault.Invalid, fmt.Sprintf("Give 0 to %d days.", mostStaleDays))
		}
	}
	if !slices.ContainsFunc(ui.Stale{}.Kinds(), func(k ui.StaleKind) bool { return k.Kind == asked.Kind }) {
		return asked, days, fault.New(fault.Invalid, "There is no such kind of stale identity.")
	}
	asked.Since = time.Now().AddDate(0, 0, -days)
	return asked, days, nil
}

func stalePath(kind directory.Staleness, days int, slug string, told url.Values) string {
	query := url.Values{"kind": {string(kind)}, "days": {strconv.Itoa(days)}}
	if slug != "" {
		query.Set("idp", slug)
	}
	for key, values := range told {
		query[key] = values
	}
	return "/admin/stale?" + query.Encode()
}

// cleaned tells what a clean-up did, from the address that it led to.
func cleaned(r *http.Request) string {
	query := r.URL.Query()
	n, err := strconv.Atoi(query.Get("n"))
	if err != nil || n < 0 {
		return ""
	}
	said := "Nobody was"
	switch {
	case n == 1:
		said = "1 person was"
	case n > 1:
		said = fmt.Sprintf("%d people were", n)
	}
	switch query.Get("done") {
	case "remove":
		said += " removed."
	case "deactivate":
		said += " deactivated."
	default:
		return ""
	}
	if left, err := strconv.Atoi(query.Get("left")); err == nil && left > 0 {
		said += fmt.Sprintf(" Left alone, because something changed meanwhile: %d.", left)
	}
	return said
}
