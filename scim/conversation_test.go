package scim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sallyport/directory"
)

// TestConversations has what robots of identity providers say, in files under
// testdata/scim that say what comes back: README.md there tells how to read
// them. A file added is a test added.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("../testdata/scim/*/*.txt")
	must(t, err)
	if len(files) == 0 {
		t.Fatal("there is no conversation in testdata/scim")
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			must(t, err)
			c, err := readConversation(string(text))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			c.run(t)
		})
	}
}

// conversation is one file.
type conversation struct {
	compatibility directory.Compatibility
	exchanges     []*exchange
}

// exchange is a request and the answer to it.
type exchange struct {
	line     int
	method   string
	target   string
	header   []string
	body     string
	statuses []string // any of these
	want     []string // header lines
	answer   string   // what the answer's JSON has
}

func readConversation(text string) (*conversation, error) {
	c := &conversation{}
	var now *exchange
	part := &strings.Builder{} // what body lines go to
	headers := new([]string)   // where header lines go to; nil within a body
	finish := func(to *string) { *to = strings.TrimSpace(part.String()); part.Reset() }
	for number, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "> "):
			if now != nil {
				finish(&now.answer)
			}
			now = &exchange{line: number + 1}
			now.method, now.target, _ = strings.Cut(line[2:], " ")
			c.exchanges = append(c.exchanges, now)
			headers = &now.header
		case strings.HasPrefix(line, "< "):
			if now == nil || now.statuses != nil {
				return nil, fmt.Errorf("line %d: an answer without a request", number+1)
			}
			finish(&now.body)
			now.statuses = strings.Fields(line[2:])
			headers = &now.want
		case now == nil:
			if line == "compatibility: aws" {
				c.compatibility = directory.AWS
			}
		case headers != nil && line == "":
			headers = nil
		case headers != nil:
			*headers = append(*headers, line)
		default:
			part.WriteString(line + "\n")
		}
	}
	if now == nil || now.statuses == nil {
		return nil, fmt.Errorf("the last request has no answer")
	}
	finish(&now.answer)
	return c, nil
}

func (c *conversation) run(t *testing.T) {
	h := newHouseOn(t, sqliteURL(t), directory.TokenOptions{Compatibility: c.compatibility})
	known := map[string]string{"token": h.token}
	for _, e := range c.exchanges {
		header := slices.Clone(e.header)
		for i := range header {
			header[i] = fill(header[i], known)
		}
		a := h.do(e.method, fill(e.target, known), fill(e.body, known), header...)
		says := fmt.Sprintf("line %d, %s %s", e.line, e.method, e.target)
		if !slices.Contains(e.statuses, strconv.Itoa(a.status)) {
			t.Fatalf("%s: got %d, want %s\n%s", says, a.status, strings.Join(e.statuses, " or "), a.body)
		}
		for _, problem := range manners(a, c.compatibility) {
			t.Errorf("%s: %s\n%s", says, problem, a.body)
		}
		for _, line := range e.want {
			name, want, _ := strings.Cut(line, ": ")
			if err := matches(a.header.Get(name), want, known); err != nil {
				t.Errorf("%s: header %s: %v", says, name, err)
			}
		}
		if e.answer == "" || len(a.body) == 0 && a.status == 204 {
			continue
		}
		var want any
		if err := json.Unmarshal([]byte(e.answer), &want); err != nil {
			t.Fatalf("%s: the file's answer is not JSON: %v", says, err)
		}
		if err := matches(a.json, want, known); err != nil {
			t.Fatalf("%s: %v\n%s", says, err, a.body)
		}
	}
}

var placeholder = regexp.MustCompile(`<([a-z][a-z0-9-]*)>`)

// fill puts in what is known by now.
func fill(text string, known map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		if value, ok := known[p[1:len(p)-1]]; ok {
			return value
		}
		return p
	})
}

// matches says how got differs from want: an object may have more than want
// has, an array has those elements and no others, in any order. "<*>" is
// anything but nothing, "<->" is what must not be there, "<name>" is the same
// throughout the file.
func matches(got, want any, known map[string]string) error {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("got %v, want an object", got)
		}
		for _, key := range slices.Sorted(maps.Keys(want)) {
			value, there := object[key]
			if want[key] == "<->" {
				if there {
					return fmt.Errorf("%s is there: %v", key, value)
				}
				continue
			}
			if !there {
				return fmt.Errorf("%s is missing", key)
			}
			if err := matches(value, want[key], known); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		return nil
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return fmt.Errorf("got %v, want %d elements", got, len(want))
		}
		return sameElements(list, want, known)
	case string:
		return matchesText(got, want, known)
	}
	if got != want {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

func sameElements(got, want []any, known map[string]string) error {
	left := slices.Clone(got)
	for _, one := range want {
		var last error
		i := slices.IndexFunc(left, func(candidate any) bool {
			trial := maps.Clone(known)
			if last = matches(candidate, one, trial); last != nil {
				return false
			}
			maps.Copy(known, trial)
			return true
		})
		if i < 0 {
			return fmt.Errorf("no element is %v; of the last: %w", one, last)
		}
		left = slices.Delete(left, i, i+1)
	}
	return nil
}

func matchesText(got any, want string, known map[string]string) error {
	want = fill(want, known)
	text, _ := got.(string)
	switch p := placeholder.FindString(want); {
	case want == "<*>":
		if got == nil || got == "" {
			return fmt.Errorf("is empty")
		}
	case p != "" && p == want:
		if text == "" {
			return fmt.Errorf("got %v, want a text", got)
		}
		known[p[1:len(p)-1]] = text
	case got != want:
		return fmt.Errorf("got %v, want %q", got, want)
	}
	return nil
}

// manners are what every answer keeps, whoever asked.
func manners(a *answer, c directory.Compatibility) []string {
	var wrong []string
	mediaType, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	want := "application/scim+json"
	if c == directory.AWS {
		want = "application/json"
	}
	if len(a.body) > 0 && mediaType != want {
		wrong = append(wrong, fmt.Sprintf("its type is %q, want %s", mediaType, want))
	}
	if a.status == 204 && len(a.body) > 0 {
		wrong = append(wrong, "204 with a body")
	}
	if location := a.header.Get("Location"); a.status == 201 && c == directory.RFC && (location == "" || a.at("meta") != nil && location != a.text("meta", "location")) {
		wrong = append(wrong, fmt.Sprintf("Location %q is not meta.location", location))
	}
	if a.status >= 400 && c == directory.RFC {
		if schemas, _ := a.at("schemas").([]any); len(schemas) != 1 || schemas[0] != errorMessage {
			wrong = append(wrong, "the error has another schemas")
		}
	}
	if a.status >= 400 && (a.text("status") != strconv.Itoa(a.status) || a.text("detail") == "") {
		wrong = append(wrong, "the error has another status, or no detail")
	}
	if where := nullIn(a.json, "the answer"); where != "" && len(a.body) > 0 {
		wrong = append(wrong, where+" is null")
	}
	if object, ok := a.json.(map[string]any); ok && object["password"] != nil {
		wrong = append(wrong, "it gives a password")
	}
	return wrong
}

func nullIn(v any, name string) string {
	switch v := v.(type) {
	case nil:
		return name
	case map[string]any:
		for key, value := range v {
			if where := nullIn(value, name+"."+key); where != "" {
				return where
			}
		}
	case []any:
		for _, value := range v {
			if where := nullIn(value, name+"[]"); where != "" {
				return where
			}
		}
	}
	return ""
}
