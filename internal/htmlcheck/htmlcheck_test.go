package htmlcheck_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sallyport/internal/htmlcheck"
)

const page = `<!doctype html><html lang="en"><head><title>A page</title></head><body><main>
<h1>Hello <em>you</em></h1><ul class="a b"><li id="one"><a href="/x">X</a></li><li>Y</li></ul>
<form id="f"><label for="q">Q</label><input id="q" name="q" type="text"></form></main></body></html>`

func TestFind(t *testing.T) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for selector, want := range map[string]int{
		"li": 2, "ul li": 2, "ul.a li": 2, ".b.a": 1, "#one a": 1, "li#one": 1, "a[href]": 1, "a[href=/x]": 1, "a[href=/y]": 0,
		"form#f input[type=text]": 1, "input[name=q][type=text]": 1, "ol li": 0, "html body main": 1,
	} {
		if got := len(htmlcheck.Find(root, selector)); got != want {
			t.Errorf("%s: found %d, want %d", selector, got, want)
		}
	}
}

func TestChecks(t *testing.T) {
	for _, c := range []struct {
		name  string
		check htmlcheck.Check
		holds bool
	}{
		{"text across elements", htmlcheck.In("h1", htmlcheck.Text("Hello you")), true},
		{"other text", htmlcheck.In("h1", htmlcheck.Text("Goodbye")), false},
		{"not there", htmlcheck.In("h2"), false},
		{"attribute", htmlcheck.In("a", htmlcheck.Attr("href", "/x")), true},
		{"other attribute", htmlcheck.In("a", htmlcheck.Attr("href", "/y")), false},
		{"missing", htmlcheck.Missing("table"), true},
		{"not missing", htmlcheck.Missing("li"), false},
	} {
		if failed := htmlcheck.Run(strings.NewReader(page), c.check); (len(failed) == 0) != c.holds {
			t.Errorf("%s: %v", c.name, failed)
		}
	}
}

func TestSound(t *testing.T) {
	if failed := htmlcheck.Sound(strings.NewReader(page)); len(failed) > 0 {
		t.Fatal(failed)
	}
	for name, change := range map[string][2]string{
		"no language":      {` lang="en"`, ""},
		"no title":         {"<title>A page</title>", ""},
		"empty title":      {"A page", " "},
		"two headings":     {"<ul", "<h1>More</h1><ul"},
		"no main":          {"main>", "div>"},
		"no label":         {`for="q"`, `for="p"`},
		"inline script":    {"<form", "<script>x()</script><form"},
		"inline sheet":     {"<form", "<style>p{}</style><form"},
		"inline style":     {"<form", `<form style="color:red"`},
		"inline handler":   {"<form", `<form onsubmit="x()"`},
		"script address":   {`"/x"`, `"javascript:x()"`},
		"an ID twice":      {`id="one"`, `id="q"`},
		"a link no name":   {">X<", "><"},
		"table no caption": {"<form", "<table></table><form"},
	} {
		broken := strings.ReplaceAll(page, change[0], change[1])
		if failed := htmlcheck.Sound(strings.NewReader(broken)); len(failed) == 0 {
			t.Errorf("%s: not noticed", name)
		}
	}
}
