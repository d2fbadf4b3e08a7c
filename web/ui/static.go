package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

// Static serves the embedded files below addresses that hold their checksum:
// a browser may keep them for good, and a new version has new addresses.
type Static struct {
	paths map[string]string // "app.css" -> "/static/<checksum>/app.css"
	files map[string][]byte // by that path
}

func newStatic() (*Static, error) {
	s := &Static{paths: map[string]string{}, files: map[string][]byte{}}
	err := fs.WalkDir(static, "static", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := static.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		sum := sha256.Sum256(content)
		name := strings.TrimPrefix(file, "static/")
		s.paths[name] = "/static/" + hex.EncodeToString(sum[:8]) + "/" + name
		s.files[s.paths[name]] = content
		return nil
	})
	return s, err
}

// Path is the address of a file. It fails for one that is not embedded, so
// that a misspelt name breaks the page in the first test.
func (s *Static) Path(name string) (string, error) {
	if p, ok := s.paths[name]; ok {
		return p, nil
	}
	return "", fmt.Errorf("no static file %s", name)
}

// ServeFile sends the file at r's path; false where there is none.
func (s *Static) ServeFile(w http.ResponseWriter, r *http.Request) bool {
	content, ok := s.files[r.URL.Path]
	if !ok {
		return false
	}
	w.Header().Set("Content-Type", contentTypes[path.Ext(r.URL.Path)])
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(content) // the browser has gone: nobody is left to tell
	return true
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}
