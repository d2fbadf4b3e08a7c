package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	maxDocument = 32 << 10 // bytes; AWS's own limits are below it
	maxNesting  = 8        // Statement, Condition, operator, key, values: a policy needs five
)

// jsonNode is one JSON value that remembers where it stood. encoding/json alone
// would keep the last of two keys that are the same, and forget both lines.
type jsonNode struct {
	value   any // string, bool, json.Number, []*jsonNode, []jsonMember; nil for null
	line    int
	path    string // Statement[0].Condition
	wording string // "a string", for errors
}

type jsonMember struct {
	key  string
	line int
	node *jsonNode
}

// at is a complaint with its place.
func (n *jsonNode) at(format string, args ...any) error {
	return jsonComplaint(n.line, n.path, format, args...)
}

func jsonComplaint(line int, path, format string, args ...any) error {
	place := fmt.Sprintf("line %d", line)
	if path != "" {
		place += ", " + path
	}
	return errors.New(place + ": " + fmt.Sprintf(format, args...))
}

// parseTree reads one JSON value and nothing else.
func parseTree(text string) (*jsonNode, error) {
	switch {
	case len(text) > maxDocument:
		return nil, fmt.Errorf("a document takes up to %d bytes", maxDocument)
	case strings.TrimSpace(text) == "":
		return nil, errors.New("the document is empty")
	case strings.HasPrefix(text, "\ufeff"):
		return nil, errors.New("line 1: the document begins with a byte order mark; save it as UTF-8 without one")
	case !utf8.ValidString(text):
		return nil, errors.New("the document is not UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		return nil, syntaxComplaint(text, err)
	}
	r := &treeReader{text: text, decoder: json.NewDecoder(strings.NewReader(text))}
	r.decoder.UseNumber()
	return r.value("", 0)
}

func syntaxComplaint(text string, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return errors.New("the document is not JSON")
	}
	before := text[:min(max(int(syntax.Offset)-1, 0), len(text))]
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Errorf("line %d, column %d: this is not JSON (%s)", 1+strings.Count(before, "\n"), column, syntax)
}

type treeReader struct {
	text    string
	decoder *json.Decoder
}

// line is that of the token read last.
func (r *treeReader) line() int {
	return 1 + strings.Count(r.text[:min(int(r.decoder.InputOffset()), len(r.text))], "\n")
}

func (r *treeReader) value(path string, depth int) (*jsonNode, error) {
	token, err := r.decoder.Token()
	if err != nil {
		return nil, r.broken(err)
	}
	n := &jsonNode{line: r.line(), path: path}
	if depth > maxNesting {
		return nil, n.at("values are nested too deeply")
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			n.wording = "an object"
			n.value, err = r.members(path, depth)
		} else {
			n.wording = "a list"
			n.value, err = r.items(path, depth)
		}
	case string:
		n.wording, n.value = "a string", token
		err = unreadable(n, token)
	case bool:
		n.wording, n.value = "true or false", token
	case json.Number:
		n.wording, n.value = "a number", token
	default:
		n.wording = "null"
	}
	return n, err
}

func (r *treeReader) members(path string, depth int) ([]jsonMember, error) {
	all := []jsonMember{}
	seen := map[string]int{}
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return nil, r.broken(err)
		}
		key, line := token.(string), r.line()
		if first, twice := seen[key]; twice {
			return nil, jsonComplaint(line, jsonPath(path, key), "%q is here twice; the first is in line %d", key, first)
		}
		seen[key] = line
		child, err := r.value(jsonPath(path, key), depth+1)
		if err != nil {
			return nil, err
		}
		if err := unreadable(child, key); err != nil {
			return nil, err
		}
		all = append(all, jsonMember{key: key, line: line, node: child})
	}
	_, err := r.decoder.Token()
	return all, r.broken(err)
}

func (r *treeReader) items(path string, depth int) ([]*jsonNode, error) {
	all := []*jsonNode{}
	for r.decoder.More() {
		child, err := r.value(fmt.Sprintf("%s[%d]", path, len(all)), depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, child)
	}
	_, err := r.decoder.Token()
	return all, r.broken(err)
}

// broken words an error of the tokens; the document as a whole was JSON.
func (r *treeReader) broken(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return jsonComplaint(r.line(), "", "the document ends too early")
	}
	return jsonComplaint(r.line(), "", "this is not JSON")
}

// unreadable refuses what encoding/json would put U+FFFD for: two different
// texts must not become the same one.
func unreadable(n *jsonNode, text string) error {
	if strings.ContainsRune(text, utf8.RuneError) || strings.ContainsRune(text, 0) {
		return n.at("the text has a character that cannot be read")
	}
	return nil
}

// jsonPath appends a key to a path: .Key, or ["saml:aud"] for what is no plain word.
func jsonPath(path, key string) string {
	plain := key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	switch {
	case !plain:
		return fmt.Sprintf("%s[%q]", path, key)
	case path == "":
		return key
	default:
		return path + "." + key
	}
}
