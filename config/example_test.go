package config_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"sallyport/config"
)

const example = "../config.example.yaml"

func TestExampleHoldsEveryKey(t *testing.T) {
	raw, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	collect("", doc.Content[0], "", comments)

	var found []string
	for key := range comments {
		found = append(found, key)
	}
	slices.Sort(found)
	if diff := cmp.Diff(config.Keys(), found); diff != "" {
		t.Errorf("keys of the struct and of the example differ (-struct +example):\n%s", diff)
	}
	for key, comment := range comments {
		if key == "base_url" {
			continue
		}
		if !strings.Contains(comment, "default ") || !strings.Contains(comment, ". ") {
			t.Errorf("%s: the comment must give type, default and reason, got %q", key, comment)
		}
	}
}

func TestExampleSaysTheDefaults(t *testing.T) {
	got, err := config.Load(example, map[string]string{"data_dir": "/srv/data"})
	if err != nil {
		t.Fatal(err)
	}
	want, err := config.Load("", map[string]string{"base_url": "https://sso.example.com", "data_dir": "/srv/data"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the example changes a default (-default +example):\n%s", diff)
	}
	raw, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	d := config.Default()
	for _, line := range []string{
		"listen: " + d.Listen, "data_dir: " + d.DataDir, "level: " + d.Log.Level, "format: " + d.Log.Format,
		fmt.Sprintf("shutdown_delay: %s", d.ShutdownDelay), fmt.Sprintf("shutdown_timeout: %s", d.ShutdownTimeout),
	} {
		if !bytes.Contains(raw, []byte(line+"\n")) {
			t.Errorf("the example lacks the line %q", line)
		}
	}
}

// collect gathers the comment above every key that holds a value. A first key
// shares the comment that the parser gives to its mapping.
func collect(prefix string, n *yaml.Node, inherited string, into map[string]string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		comment := strings.ReplaceAll(key.HeadComment, "\n#", "")
		if i == 0 && comment == "" {
			comment = inherited
		}
		if value.Kind == yaml.MappingNode {
			collect(prefix+key.Value+".", value, comment, into)
			continue
		}
		into[prefix+key.Value] = comment
	}
}
