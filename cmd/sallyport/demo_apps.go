package main

import (
	"html/template"
	"net/http"

	"sallyport/access"
	"sallyport/internal/testidp"
)

// demoCatalog are the applications of the demo. Where a group is named, its
// people alone may enter, with that permission set.
var demoCatalog = []struct {
	name, title, description string
	deep, place              string // a page in it, and what people call that
	group, set, askWhom      string
}{
	{name: "wiki", title: "Wiki", description: "What the company knows", deep: "pages/on-call", place: "On call"},
	{name: "grafana", title: "Grafana", description: "How the machines are", deep: "d/latency", place: "Latency",
		group: "engineering", set: "PowerUserAccess", askWhom: "the platform team"},
	{name: "payroll", title: "Payroll", description: "What people earn",
		group: "finance", set: "ViewOnlyAccess", askWhom: "payroll@example.com"},
}

// demoRule keeps some of those out who are assigned.
var demoRule = struct{ app, name, text string }{"grafana", "No contractors", `forbid (principal, action == Action::"enter", resource)
when { principal.groups.contains("contractors") };
`}

// demoTiles are what the test identity provider's portal offers: each
// application, a page deep inside one, and a relay state that leads nowhere.
func demoTiles() []testidp.App {
	var tiles []testidp.App
	for _, a := range demoCatalog {
		tiles = append(tiles, testidp.App{Title: a.title, Description: a.description, RelayState: a.name})
		if a.deep != "" {
			tiles = append(tiles, testidp.App{Title: a.title + ", one page", Description: "Relay state " + a.name + "/" + a.deep, RelayState: a.name + "/" + a.deep})
		}
	}
	return append(tiles,
		testidp.App{Title: "Your applications", Description: "No relay state: the portal"},
		testidp.App{Title: "A stranger's site", Description: "A relay state that nobody allowed", RelayState: "https://stranger.example/"})
}

var demoPage = template.Must(template.New("application").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<link rel="icon" href="data:,">
<style>:root{color-scheme:light dark;background:#fff;color:#1b1b1f}a{color:#1d4ed8}@media(prefers-color-scheme:dark){:root{background:#17171b;color:#ececf1}a{color:#9db8ff}}body{font:1.1rem/1.5 system-ui,sans-serif;margin:10vh auto;max-width:38rem;padding:0 1rem}dt{margin-top:.6rem}dd{margin:0;overflow-wrap:anywhere;opacity:.8}input{font:inherit}</style>
</head><body><main><h1>{{.Title}}</h1>
<p>{{.Description}}. This is a demo application, and you have arrived at <code>{{.Path}}</code>.</p>
<p>The proxy in front of it has asked Sallyport whether you may come in, and says who you are in these headers:</p>
<dl>{{range .Headers}}<dt><code>{{.Name}}</code></dt><dd><code>{{.Value}}</code></dd>{{end}}</dl>
<form method="post"><label>A form, to be sent after you were signed out meanwhile:<br><input name="note" value="{{.Note}}"></label> <button>Send</button></form>
<p><a href="/.sallyport/sign-out">Sign out</a></p>
</main></body></html>
`))

type demoView struct {
	Title, Description, Path, Note string
	Headers                        []demoHeader
}

type demoHeader struct{ Name, Value string }

// identityOf is what an application was told of who came.
func identityOf(r *http.Request) []demoHeader {
	var all []demoHeader
	for _, name := range access.IdentityHeaders() {
		if value := r.Header.Get(name); value != "" {
			all = append(all, demoHeader{name, value})
		}
	}
	return all
}

// demoApplications shows, under every path of an application, that one has
// arrived there.
func demoApplications() http.Handler {
	mux := http.NewServeMux()
	for _, a := range demoCatalog {
		show := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			// The status is sent: a failure to write has nobody left to tell.
			_ = demoPage.Execute(w, demoView{a.title, a.description, r.URL.Path, r.PostFormValue("note"), identityOf(r)})
		}
		for _, method := range []string{"GET ", "POST "} {
			mux.HandleFunc(method+"/"+a.name, show)
			mux.HandleFunc(method+"/"+a.name+"/", show)
		}
	}
	return mux
}
