package main_test

import (
	"bufio"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"sallyport/internal/testidp"
)

// walkDemo is what one does in the first minutes with the demo: in by several
// tiles, as several people, through several connections.
func walkDemo(w *world, b *tab) {
	d := startDemo(b.t, w.binary)
	b.open(d.link)
	b.arrive(d.link, "Open the console")
	b.click("main button")
	b.arrive(d.url+"/admin", "Connections")
	b.look("demo-console")

	d.tile(b, "ben", "Wiki, one page")
	b.arrive(d.app+"/wiki/pages/on-call", "Wiki")
	b.shows("Remote-User", "ben@example.com", "X-Sallyport-Assertion")
	b.look("demo-application")
	d.tile(b, "ben", "Grafana, one page")
	b.arrive(d.url+"/go/grafana/d/latency", "You can’t open Grafana")
	b.shows("It has not been assigned to you", "the platform team")
	b.look("demo-denied")
	d.tile(b, "ben", "Your applications")
	b.arrive(d.url+"/", "Your applications")
	b.shows("ben@example.com", "Wiki", "Payroll")
	if strings.Contains(b.read("main"), "Grafana") {
		b.t.Error("the portal shows what one may not enter")
	}
	b.look("portal")
	b.click(`a[href="/go/payroll"]`)
	b.arrive(d.app+"/payroll", "Payroll")

	d.tile(b, "chloe", "Wiki")
	b.arrive(d.url+"/saml/default/complete", "Change who is signed in?")
	b.shows("ben@example.com", "chloe@example.com")
	b.look("switch")
	b.click(`form:has([value="stay"]) button`)
	b.arrive(d.url+"/", "Your applications")
	b.shows("ben@example.com")
	d.tile(b, "chloe", "Wiki")
	b.arrive(d.url+"/saml/default/complete", "Change who is signed in?")
	b.click(`form:has([value="switch"]) button`)
	b.arrive(d.app+"/wiki", "Wiki")
	b.open(d.url + "/session")
	b.arrive(d.url+"/session", "Your session")
	b.shows("chloe@example.com", "Project Drawbridge")
	b.click(".person button")
	b.arrive(d.url+"/signed-out", "You are signed out")
	b.shows("says that it has ended its own session too")
	b.look("signed-out")

	// The console was closed with the session; Ann enters it by signing in.
	d.tile(b, "ann", "Wiki")
	b.arrive(d.app+"/wiki", "Wiki")
	d.secondConnection(b, w)
	d.signInByEmail(b)
}

// secondConnection activates the draft, and gives the first connection to the
// people of one domain.
func (d *demo) secondConnection(b *tab, w *world) {
	const page = "/admin/idps/second"
	b.open(d.url + page)
	b.arrive(d.url+page, "A second connection, to try things with")
	b.upload("#metadata", w.save("demo.xml", newBrowser(b.t).get(d.idp+testidp.MetadataPath).body))
	b.click("#by-file button")
	b.arrive(d.url+page+"/review", "Review A second connection, to try things with")
	b.click(`form[action$="/activations"] button`)
	b.arrive(d.url+page, "A second connection, to try things with")
	b.open(d.url + "/admin/idps/default/settings")
	b.arrive(d.url+"/admin/idps/default/settings", "Settings")
	b.fill("#email_domains", "example.com")
	b.click("form.settings .primary")
	b.arrive(d.url+"/admin/idps/default/settings?done=saved", "Settings")
	b.open(d.app + "/wiki")
	b.arrive(d.app+"/wiki", "Wiki")
	b.click(`a[href="/.sallyport/sign-out"]`)
	b.arrive(d.url+"/signout", "Sign out?")
	b.look("sign-out")
	b.click("main form button")
	b.arrive(d.url+"/signed-out", "You are signed out")
}

// signInByEmail follows a deep link as somebody whom the e-mail address tells
// which way to go.
func (d *demo) signInByEmail(b *tab) {
	b.open(d.url + "/go/wiki/pages/on-call")
	b.arrive(d.url+"/signin", "Sign in")
	b.shows("to Wiki", "A second connection")
	b.look("signin-several")
	b.fill("#email", "ann@elsewhere.example")
	b.click("main button")
	b.read(".alert")
	b.arrive(d.url+"/signin", "Sign in")
	b.look("signin-email-refused")
	b.fill("#email", "ann@example.com")
	b.click("main button")
	b.arrive(d.idp+"/trust/enter/", "Sign in")
	b.look("idp-signin")
	b.click("main button")
	b.arrive(d.app+"/wiki/pages/on-call", "Wiki")
}

// demo is a running demo with the addresses that it printed.
type demo struct{ url, idp, app, link string }

var (
	demoPortal = regexp.MustCompile(`app portal:\s+(http://\S+)/\n`)
	demoLink   = regexp.MustCompile(`administrator:\s+(http://\S+)\n`)
	demoOwn    = regexp.MustCompile(`applications:\s+(http://\S+)/\n`)
)

// startDemo runs the demo until the test ends, when it stops as by Ctrl-C.
func startDemo(t *testing.T, binary string) *demo {
	t.Helper()
	apps := freeAddress(t)
	_, port, _ := strings.Cut(apps, ":")
	cmd := exec.Command(binary, "demo", "--port", "0", "--idp-port", "0", "--app-port", port)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	rest := make(chan string, 1)
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Errorf("stop the demo: %v", err)
		}
		said := <-rest
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo ended badly: %v\n%s", err, said)
		}
	})
	text, lines := "", bufio.NewReader(out)
	for !demoOwn.MatchString(text) {
		line, err := lines.ReadString('\n')
		text += line
		if err != nil {
			rest <- text
			t.Fatalf("the demo printed no addresses: %v\n%s", err, text)
		}
	}
	go func() {
		said, _ := io.ReadAll(lines) // ends with the demo
		rest <- string(said)
	}()
	first := func(r *regexp.Regexp) string {
		found := r.FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("the demo's words lack %s:\n%s", r, text)
		}
		return found[1]
	}
	return &demo{url: first(demoOwn), idp: first(demoPortal), link: first(demoLink), app: "http://" + apps}
}

// tile clicks a tile of the app portal as a person.
func (d *demo) tile(b *tab, person, title string) {
	b.t.Helper()
	b.open(d.idp + "/")
	b.arrive(d.idp+"/", "Test identity provider")
	b.click("#person-" + person)
	tiles := evaluate[[]string](b, `[...document.querySelectorAll(".tiles button")].map(b => b.innerText.trim() + "=" + b.value)`)
	for _, tile := range tiles {
		if value, ok := strings.CutPrefix(tile, title+"="); ok {
			b.click(`.tiles button[value="` + value + `"]`)
			return
		}
	}
	b.t.Fatalf("no tile %q: %q", title, tiles)
}
