package admin

import (
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// SaveProxy saves how people must have signed in, and what a proxy tells the
// application. Who would have to sign in again is shown before it is saved.
func (c *Console) SaveProxy(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	app, version, err := c.versionedApplication(w, r)
	if err != nil {
		return err
	}
	changed, form, refused := typedProxy(r, app)
	changed.Version = version
	differs := !reflect.DeepEqual(changed.StepUp, app.StepUp) && !(changed.StepUp.None() && app.StepUp.None())
	if refused == nil && differs && version == app.Version && !confirmed(r.PostForm) {
		return c.showChanges(w, r, ui.Changes{
			Question: "Change how people must have signed in to " + titleOf(app) + "?", What: stepUpWords(changed.StepUp), Button: "Save", Back: applicationPath(app.Name),
		}, access.Proposal{Application: changed})
	}
	if refused == nil {
		refused = c.Applications.Change(r.Context(), changed, actor(ses))
	}
	if again(refused) {
		if app, err = c.application(r); err != nil {
			return err
		}
		page, err := c.applicationPage(r, app)
		if err != nil {
			return err
		}
		form.Error = public(refused)
		page.Proxy, page.EditingProxy = form, true
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, applicationPath(app.Name), "proxy_saved")
}

// typedProxy is what that form makes of an application. What is usual is left
// unsaid, so that an application can become one without a proxy.
func typedProxy(r *http.Request, now *access.Application) (*access.Application, ui.ProxyForm, error) {
	sent := r.PostForm
	a, form := *now, ui.ProxyFormOf(now)
	if now.Kind == access.KindWeb {
		form.Headers, form.Separator, form.Groups = access.Preset(sent.Get("headers")), sent.Get("separator"), access.Told(sent.Get("groups"))
		a.Gateway = access.Gateway{Headers: form.Headers, Separator: form.Separator, Groups: form.Groups}
		if a.Gateway.Headers == access.PresetRemote {
			a.Gateway.Headers = ""
		}
		if a.Gateway.Separator == access.Separators()[0] {
			a.Gateway.Separator = ""
		}
		if a.Gateway.Groups == access.TellAll {
			a.Gateway.Groups = ""
		}
	}
	form.Ticked, form.Others, form.Minutes = sent["context"], sent.Get("contexts"), strings.TrimSpace(sent.Get("minutes"))
	a.StepUp = access.StepUp{Contexts: slices.Concat(form.Ticked, lines(form.Others))}
	if form.Minutes == "" {
		return &a, form, nil
	}
	minutes, err := strconv.ParseFloat(form.Minutes, 64)
	if err != nil || !(minutes >= 0) || minutes > 1<<20 {
		return &a, form, fault.New(fault.Invalid, "The age of the sign-in is a number of minutes, such as 15. Empty: any age.")
	}
	a.StepUp.MaxAge = time.Duration(math.Round(minutes*60)) * time.Second
	return &a, form, nil
}

// stepUpWords says what is demanded of a sign-in.
func stepUpWords(s access.StepUp) string {
	var wanted []string
	if len(s.Contexts) > 0 {
		wanted = append(wanted, "by "+strings.Join(s.Contexts, " or "))
	}
	if s.MaxAge > 0 {
		wanted = append(wanted, "at most "+ui.Minutes(s.MaxAge)+" minutes ago")
	}
	if len(wanted) == 0 {
		return "It is enough to be signed in, in whatever way and since whenever."
	}
	return "To enter, people must have signed in " + strings.Join(wanted, ", and ") + ". Who has not is sent back to sign in again."
}
