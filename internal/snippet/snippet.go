// Package snippet writes the configuration that puts a reverse proxy's
// application behind the gateway: the same text in examples/, in the console and
// in the tests that run the proxies.
package snippet

import (
	"sallyport/access"
	"sallyport/internal/fault"
)

// Proxy is a kind of reverse proxy.
type Proxy string

const (
	NGINX   Proxy = "nginx"
	Caddy   Proxy = "caddy"
	Traefik Proxy = "traefik"
	Envoy   Proxy = "envoy"
	HAProxy Proxy = "haproxy"
	Apache  Proxy = "apache"
)

// Proxies are all, in the order in which they are offered.
var Proxies = []Proxy{NGINX, Caddy, Traefik, Envoy, HAProxy, Apache}

// Title is the name that people know it by.
func (p Proxy) Title() string { return kinds[p].title }

// Settings are what a snippet depends on.
type Settings struct {
	Application string        // name, for comments
	URL         string        // of the application, as browsers say it
	Upstream    string        // host:port of the application behind the proxy
	Sallyport   string        // host:port at which the proxy reaches this service
	Headers     access.Preset // which headers are passed on; those of all presets are taken out
}

// File is one piece of configuration.
type File struct {
	Name string // "sallyport.conf"
	Into string // where it goes, for people: "/etc/nginx/conf.d/"
	Text string
}

// Render writes the files of a proxy, the one to read first first;
// fault.Invalid where the settings cannot be written safely into it.
func Render(p Proxy, s Settings) ([]File, error) {
	k, ok := kinds[p]
	if !ok {
		return nil, fault.New(fault.Invalid, "There is no snippet for this proxy.")
	}
	v, err := check(s)
	if err != nil {
		return nil, err
	}
	made := make([]File, len(k.files))
	for i, one := range k.files {
		if made[i], err = render(one, v); err != nil {
			return nil, err
		}
	}
	return made, nil
}
