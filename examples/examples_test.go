package examples_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"sallyport/internal/snippet"
)

var update = flag.Bool("update", false, "write the examples as they are made now")

// The files in this folder are what is made for an application at its own
// host: the same text that the console shows and that these tests run.
func TestExamplesAreWhatIsMade(t *testing.T) {
	settings := snippetFor("grafana", "127.0.0.1:3000", "127.0.0.1:8080")
	var want []string
	for _, p := range snippet.Proxies {
		made, err := snippet.Render(p, settings)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range made {
			path := filepath.Join(string(p), file.Name)
			want = append(want, path)
			if *update {
				if err := os.MkdirAll(string(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(file.Text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			have, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
				continue
			}
			if diff := cmp.Diff(file.Text, string(have)); diff != "" {
				t.Errorf("%s is not what is made now; go test ./examples -run %s -update writes it (-want +got):\n%s", path, t.Name(), diff)
			}
		}
	}
	var have []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(path, string(filepath.Separator)) {
			have = append(have, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(have)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("files here (-made +there):\n%s", diff)
	}
}

// Every file says where it goes, in the words that README.md has for it too.
func TestExamplesAreExplained(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range snippet.Proxies {
		made, err := snippet.Render(p, snippetFor("grafana", "127.0.0.1:3000", "127.0.0.1:8080"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range made {
			for _, says := range []string{string(p) + "/" + file.Name, "`" + file.Into + "`"} {
				if !bytes.Contains(readme, []byte(says)) {
					t.Errorf("README.md says nothing of %s", says)
				}
			}
		}
	}
}

// yamlAt reads the one YAML file of a proxy strictly: a key twice, or a second
// document, is an error.
func yamlAt(t *testing.T, p snippet.Proxy) map[string]any {
	t.Helper()
	made, err := snippet.Render(p, snippetFor("grafana", "127.0.0.1:3000", "127.0.0.1:8080"))
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(strings.NewReader(made[0].Text))
	var read map[string]any
	if err := d.Decode(&read); err != nil {
		t.Fatal(err)
	}
	var second any
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		t.Fatalf("after the document: %v, %v", second, err)
	}
	return read
}

// at walks into what was read from YAML.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok || m[step] == nil {
				t.Fatalf("there is no %v in the way %v", step, path)
			}
			v = m[step]
		case int:
			l, ok := v.([]any)
			if !ok || len(l) <= step {
				t.Fatalf("there is no element %v in the way %v", step, path)
			}
			v = l[step]
		}
	}
	return v
}
