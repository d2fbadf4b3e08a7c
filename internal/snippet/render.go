package snippet

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"
)

//go:embed templates
var files embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"lower":    strings.ToLower,
	"variable": variable,
}).ParseFS(files, "templates/*"))

// kind is what there is to know of a proxy.
type kind struct {
	title string
	files []piece
}

// piece is a template and where what it makes belongs. NAME stands for the
// application's name.
type piece struct{ template, name, into string }

var kinds = map[Proxy]kind{
	NGINX:   {"nginx", []piece{{"nginx.conf", "sallyport-NAME.conf", "/etc/nginx/snippets/"}}},
	Caddy:   {"Caddy", []piece{{"caddy", "sallyport-NAME.caddy", "/etc/caddy/"}}},
	Traefik: {"Traefik", []piece{{"traefik.yaml", "sallyport-NAME.yaml", "/etc/traefik/dynamic/"}}},
	Envoy:   {"Envoy", []piece{{"envoy.yaml", "envoy-NAME.yaml", "/etc/envoy/"}}},
	HAProxy: {"HAProxy", []piece{{"haproxy.cfg", "sallyport-NAME.cfg", "/etc/haproxy/"}, {"haproxy-global.cfg", "sallyport.cfg", "/etc/haproxy/"}, {"haproxy.lua", "sallyport.lua", "/etc/haproxy/"}}},
	Apache:  {"Apache httpd", []piece{{"apache.conf", "sallyport-NAME.conf", "/etc/apache2/sallyport/"}, {"apache.lua", "sallyport-NAME.lua", "/etc/apache2/sallyport/"}}},
}

func render(p piece, v *view) (File, error) {
	var text bytes.Buffer
	if err := templates.ExecuteTemplate(&text, p.template, v); err != nil {
		return File{}, fmt.Errorf("write %s: %w", p.template, err)
	}
	return File{Name: strings.ReplaceAll(p.name, "NAME", v.Application), Into: p.into, Text: text.String()}, nil
}

// variable is how nginx names a header in a variable.
func variable(header string) string { return strings.ToLower(strings.ReplaceAll(header, "-", "_")) }
