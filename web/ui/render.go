// Package ui renders pages: one struct per page, one template per struct, all
// embedded. A page is executed into a buffer before a byte is sent, so that a
// failing template never leaves half a page.
package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:templates
var templates embed.FS

// Page is one screen. Its struct holds everything that the template shows.
type Page interface {
	// Head says which template renders the page and what the browser's title
	// and the console's navigation show.
	Head() Head
}

// Head is what the layout needs to know of a page.
type Head struct {
	Template string // below templates/, without ".html"
	Title    string
	Section  string // entry of the console's navigation; "" outside the console
}

// Chrome is what surrounds every page.
type Chrome struct {
	Viewer string // who is signed in, or ""
	Set    string // the permission set of who looks at the console
	Link   bool   // came in by a one-time link
	Demo   bool   // says on every page that this is no place for real people

	Links       []LinkUse // uses of one-time links that nobody has dismissed, on pages of the console
	LinksUnread bool      // whether there are any could not be read

	Waiting []Waiting // activations that revert unless they are confirmed

	Brakes       []BrakeNotice // brakes that hold until somebody decides
	BrakesUnread bool          // whether there are any could not be read
}

// Acts reports whether who looks may change anything.
func (c Chrome) Acts() bool { return c.Set != "Auditor" }

// Renderer holds the parsed templates and the static files.
type Renderer struct {
	pages  map[string]*template.Template
	Static *Static
	demo   bool
}

// New parses all templates; it fails where one of them is broken.
func New(demo bool) (*Renderer, error) {
	static, err := newStatic()
	if err != nil {
		return nil, err
	}
	r := &Renderer{pages: map[string]*template.Template{}, Static: static, demo: demo}
	base, err := template.New("base").Funcs(r.functions()).ParseFS(templates, "templates/_*.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	err = fs.WalkDir(templates, "templates", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(file), "_") {
			return err
		}
		page, err := template.Must(base.Clone()).ParseFS(templates, file)
		if err != nil {
			return fmt.Errorf("parse page %s: %w", file, err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		r.pages[name] = page
		return nil
	})
	return r, err
}

// Render sends page with a status. Nothing is sent where it fails.
func (r *Renderer) Render(w http.ResponseWriter, status int, viewer string, page Page) error {
	return r.RenderConsole(w, status, Chrome{Viewer: viewer}, page)
}

// RenderConsole is Render with what surrounds a page of the console.
func (r *Renderer) RenderConsole(w http.ResponseWriter, status int, chrome Chrome, page Page) error {
	chrome.Demo = r.demo
	head := page.Head()
	tmpl := r.pages[head.Template]
	if tmpl == nil {
		return fmt.Errorf("render page %s: no such template", head.Template)
	}
	var buf bytes.Buffer
	err := tmpl.ExecuteTemplate(&buf, "layout", struct {
		Chrome Chrome
		Head   Head
		Page   Page
	}{chrome, head, page})
	if err != nil {
		return fmt.Errorf("render page %s: %w", head.Template, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the browser has gone: nobody is left to tell
	return nil
}
