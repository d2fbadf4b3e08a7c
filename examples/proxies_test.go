package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/snippet"
)

// runner starts a private instance of a proxy that listens at address, with
// the snippets in folder, one for each host.
type runner struct {
	proxy   snippet.Proxy
	program string
	install string
	run     func(t *testing.T, folder, address string, sites []site)
	// trailers tells that the proxy cannot take away what follows a chunked
	// body. These are no headers, and no application should take them for such.
	trailers bool
}

// site is a host behind a proxy.
type site struct {
	host    string
	snippet string // file that is to be read for it
	name    string // of the application
}

var runners = []runner{
	{proxy: snippet.NGINX, program: "nginx", install: "apt-get install nginx", run: runNGINX},
	{proxy: snippet.Caddy, program: "caddy", install: "apt-get install caddy", run: runCaddy},
	{proxy: snippet.HAProxy, program: "haproxy", install: "apt-get install haproxy", run: runHAProxy, trailers: true},
	{proxy: snippet.Apache, program: "apache2", install: "apt-get install apache2 lua-socket", run: runApache},
}

// eachProxy runs a test behind each proxy that there is. Its subtests are
// named by the proxy.
func eachProxy(t *testing.T, test func(t *testing.T, r runner)) {
	for _, r := range runners {
		t.Run(string(r.proxy), func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(r.program); err != nil {
				needed(t, r.program, r.install)
			}
			test(t, r)
		})
	}
}

// snippetFor are the settings of an application at its own host.
func snippetFor(name, upstream, sallyport string) snippet.Settings {
	return snippet.Settings{Application: name, URL: "https://" + name + ".example.com", Upstream: upstream, Sallyport: sallyport}
}

// front writes the snippets as they are shipped, for these settings, and
// starts the proxy with them. It gives the address where it listens.
func (r runner) front(t *testing.T, all ...snippet.Settings) string {
	t.Helper()
	folder, address := t.TempDir(), freeAddress(t)
	var sites []site
	for _, s := range all {
		made, err := snippet.Render(r.proxy, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range made {
			// A snippet that names another of its files names it where it belongs.
			write(t, filepath.Join(folder, file.Name), strings.ReplaceAll(file.Text, file.Into, folder+"/"))
		}
		host := strings.TrimPrefix(strings.TrimPrefix(s.URL, "https://"), "http://")
		sites = append(sites, site{host, filepath.Join(folder, made[0].Name), s.Application})
	}
	r.run(t, folder, address, sites)
	return address
}

func runNGINX(t *testing.T, folder, address string, sites []site) {
	var b strings.Builder
	fmt.Fprintf(&b, "daemon off;\nworker_processes 1;\npid %[1]s/pid;\nerror_log stderr notice;\n", folder)
	if os.Geteuid() == 0 {
		b.WriteString("user root;\n")
	}
	fmt.Fprintf(&b, "events {}\nhttp {\n  access_log off;\n")
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "  %s_temp_path %s/%s;\n", kind, folder, kind)
	}
	// How headers are read is the default server's to say, and this one of
	// somebody else's takes underscores.
	fmt.Fprintf(&b, "  server {\n    listen %s default_server;\n    large_client_header_buffers 4 32k;\n    underscores_in_headers on;\n    return 404;\n  }\n", address)
	for _, s := range sites {
		fmt.Fprintf(&b, "  server {\n    listen %s;\n    server_name %s;\n    include %s;\n  }\n", address, s.host, s.snippet)
	}
	b.WriteString("}\n")
	file := filepath.Join(folder, "nginx.conf")
	write(t, file, b.String())
	start(t, exec.Command("nginx", "-p", folder, "-e", "stderr", "-c", file), address)
}

func runCaddy(t *testing.T, folder, address string, sites []site) {
	var b strings.Builder
	b.WriteString("{\n\tadmin off\n\tauto_https off\n}\n")
	_, port, _ := strings.Cut(address, ":")
	for _, s := range sites {
		fmt.Fprintf(&b, "http://%s:%s {\n\tbind 127.0.0.1\n\timport %s\n}\n", s.host, port, s.snippet)
	}
	file := filepath.Join(folder, "Caddyfile")
	write(t, file, b.String())
	cmd := exec.Command("caddy", "run", "--config", file, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder)
	start(t, cmd, address)
}

func runHAProxy(t *testing.T, folder, address string, sites []site) {
	var b strings.Builder
	fmt.Fprintf(&b, "defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n  timeout tunnel 30s\n"+
		"frontend private\n  bind %s\n", address)
	for _, s := range sites {
		fmt.Fprintf(&b, "  use_backend sallyport-%s if { req.hdr(host),field(1,:) -i %s }\n", s.name, s.host)
	}
	file := filepath.Join(folder, "haproxy.cfg")
	write(t, file, b.String())
	args := []string{"-db", "-f", filepath.Join(folder, "sallyport.cfg"), "-f", file}
	for _, s := range sites {
		args = append(args, "-f", s.snippet)
	}
	start(t, exec.Command("haproxy", args...), address)
}

func runApache(t *testing.T, folder, address string, sites []site) {
	modules := "/usr/lib/apache2/modules"
	var b strings.Builder
	fmt.Fprintf(&b, "ServerRoot %[1]s\nDefaultRuntimeDir %[1]s\nPidFile %[1]s/pid\nErrorLog /dev/stderr\nServerName localhost\nListen %[2]s\n", folder, address)
	if os.Geteuid() == 0 {
		// Its children run as somebody else, and read the Lua file.
		b.WriteString("User nobody\nGroup nogroup\n")
		for _, dir := range []string{folder, filepath.Dir(folder)} {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range sites {
			if err := os.Chmod(strings.TrimSuffix(s.snippet, ".conf")+".lua", 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range []string{"mpm_event", "authz_core", "headers", "proxy", "proxy_http", "lua"} {
		file := filepath.Join(modules, "mod_"+name+".so")
		if _, err := os.Stat(file); err != nil {
			needed(t, file, "apt-get install apache2")
		}
		fmt.Fprintf(&b, "LoadModule %s_module %s\n", name, file)
	}
	if _, err := os.Stat("/usr/share/lua/5.3/socket.lua"); err != nil {
		needed(t, "lua-socket", "apt-get install lua-socket")
	}
	for _, s := range sites {
		fmt.Fprintf(&b, "<VirtualHost %s>\n  ServerName %s\n  Include %s\n</VirtualHost>\n", address, s.host, s.snippet)
	}
	file := filepath.Join(folder, "apache2.conf")
	write(t, file, b.String())
	start(t, exec.Command("apache2", "-d", folder, "-f", file, "-DFOREGROUND"), address)
}
