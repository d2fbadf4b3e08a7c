package admin

import (
	"net/http"
	"strings"

	"sallyport/access"
	"sallyport/web/ui"
)

// typedApplication is what a form makes of an application; what the form does
// not ask for stays.
func typedApplication(r *http.Request, now *access.Application) *access.Application {
	form := r.PostForm
	a := *now
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	a.Title, a.Description, a.URL, a.Allowed = text("title"), text("description"), text("url"), lines(form.Get("allowed"))
	if form.Has("icon") {
		a.Icon = text("icon")
	}
	if form.Has("ask_whom") {
		a.AskWhom = text("ask_whom")
	}
	if form.Has("kind") {
		a.Kind = access.Kind(form.Get("kind"))
	}
	if form.Has("entry") {
		a.Entry = access.Entry(form.Get("entry"))
	}
	if form.Has("deep_name") {
		a.Links = typedLinks(form["deep_name"], form["deep_path"], form["deep_title"])
	}
	if a.Kind != access.KindWeb {
		a.Gateway = access.Gateway{} // no proxy tells it anything
	}
	switch {
	case a.Kind != access.KindWorkSpaces:
		a.WorkSpaces = nil
	case form.Has("ws_region"):
		a.WorkSpaces = &access.WorkSpaces{
			Region: text("ws_region"), FIPS: form.Has("ws_fips"), RegistrationCode: text("ws_code"),
			DirectoryID: text("ws_directory"), AccountID: text("ws_account"), Client: text("ws_client"),
		}
	}
	return &a
}

// typedLinks reads the rows of deep links; one without a name is none.
func typedLinks(names, paths, titles []string) []access.DeepLink {
	var links []access.DeepLink
	for i, name := range names {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		l := access.DeepLink{Name: name}
		if i < len(paths) {
			l.Path = strings.TrimSpace(paths[i])
		}
		if i < len(titles) {
			l.Title = strings.TrimSpace(titles[i])
		}
		links = append(links, l)
	}
	return links
}

// refusedForm is an application's form as it was typed, with what was wrong.
func refusedForm(a *access.Application, err error) ui.ApplicationForm {
	form := ui.FormOf(a)
	form.Error = public(err)
	return form
}

func titleOf(a *access.Application) string {
	if a.Title == "" {
		return a.Name
	}
	return a.Title
}

func applicationPath(name string) string { return "/admin/applications/" + name }
