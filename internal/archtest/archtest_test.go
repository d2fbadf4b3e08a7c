package archtest_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/version"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sallyport/internal/archtest"
)

// listed is one package as go list tells it.
type listed struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	Imports    []string
}

// own is the path of a package within the module.
func (l listed) own() string { return strings.TrimPrefix(l.ImportPath, archtest.Module+"/") }

func packages(t *testing.T) []listed {
	t.Helper()
	out := goList(t, "-json=ImportPath,Name,Dir,GoFiles,Imports", archtest.Module+"/...")
	var found []listed
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var one listed
		err := d.Decode(&one)
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, one)
	}
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return string(out)
}

func TestDependencyTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range packages(t) {
		seen[p.own()] = true
		if p.own() == archtest.Crossroads {
			continue
		}
		allowed, ok := archtest.Imports[p.own()]
		if !ok {
			t.Errorf("%s is not in the dependency table", p.own())
			continue
		}
		for _, i := range p.Imports {
			imported, ours := strings.CutPrefix(i, archtest.Module+"/")
			if ours && !slices.Contains(allowed, imported) {
				t.Errorf("%s imports %s, which its row of the dependency table does not allow", p.own(), imported)
			}
		}
	}
	if len(seen) == 0 {
		t.Error("go list names no package")
	}
}

func TestSoleImporters(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			for library, importer := range archtest.SoleImporters {
				if (i == library || strings.HasPrefix(i, library+"/")) && p.own() != importer && !testOnly(p.own()) {
					t.Errorf("%s imports %s, which only %s may", p.own(), i, importer)
				}
			}
		}
	}
}

func testOnly(own string) bool {
	_, ok := archtest.TestOnly[own]
	return ok
}

func TestTestPackagesStayInTests(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			imported := strings.TrimPrefix(i, archtest.Module+"/")
			if testOnly(imported) && !testOnly(p.own()) && !slices.Contains(archtest.TestOnly[imported], p.own()) {
				t.Errorf("%s imports %s outside its tests", p.own(), imported)
			}
		}
	}
}

func TestPackageNames(t *testing.T) {
	for _, p := range packages(t) {
		for _, word := range append(strings.Split(p.own(), "/"), p.Name) {
			if slices.Contains(archtest.ForbiddenNames, word) {
				t.Errorf("%s: %q says nothing of what the package is for", p.own(), word)
			}
		}
	}
}

func TestForbiddenCalls(t *testing.T) {
	for _, p := range packages(t) {
		if testOnly(p.own()) {
			continue
		}
		for _, name := range p.GoFiles {
			for _, says := range forbidden(t, filepath.Join(p.Dir, name)) {
				t.Errorf("%s/%s: %s", p.own(), name, says)
			}
		}
	}
}

// forbidden names the forbidden calls of one file.
func forbidden(t *testing.T, file string) []string {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string]string{} // local name to path
	for _, i := range parsed.Imports {
		full, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		local := path.Base(full)
		if i.Name != nil {
			local = i.Name.Name
		}
		imports[local] = full
	}
	var found []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			receiver := ""
			if id, ok := n.X.(*ast.Ident); ok {
				receiver = imports[id.Name]
			}
			for _, c := range archtest.ForbiddenCalls {
				if n.Sel.Name == c.Name && (c.Import == "" || c.Import == receiver) {
					found = append(found, c.Name+": "+c.Why)
				}
			}
		case *ast.CallExpr:
			if searches(n) {
				found = append(found, "FindElement with \"//\": it finds an element wherever an attacker puts it; walk the tree step by step")
			}
		}
		return true
	})
	return found
}

// searches reports a call such as FindElement("//Assertion").
func searches(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !strings.HasPrefix(selector.Sel.Name, "FindElement") || len(call.Args) == 0 {
		return false
	}
	text, ok := call.Args[0].(*ast.BasicLit)
	return ok && strings.Contains(text.Value, "//")
}

func TestForbiddenCallsAreFound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.go")
	text := `package x

import "encoding/xml"
import enc "github.com/crewjam/saml/xmlenc"

func f() {
	xml.Unmarshal(nil, nil)
	xml.NewDecoder(nil)
	enc.Decrypt(nil, nil)
	sp.ParseResponse(nil, nil)
	e.FindElement("//Assertion")
	other.Unmarshal(nil, nil)
	e.FindElement("./Assertion")
}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := forbidden(t, file); len(found) != 5 {
		t.Errorf("found %d of 5:\n%s", len(found), strings.Join(found, "\n"))
	}
}

func TestVersions(t *testing.T) {
	for module, least := range archtest.MinimumVersions {
		got := strings.TrimSpace(goList(t, "-m", "-f", "{{.Version}}", module))
		// Versions of modules and of Go are ordered alike, but for a letter.
		if version.Compare("go"+got[1:], "go"+least[1:]) < 0 {
			t.Errorf("%s resolves to %s, at least %s is needed", module, got, least)
		}
	}
}

// SQLite in Go is translated against one version of libc, and crashes with
// another.
func TestLibcIsThatOfSQLite(t *testing.T) {
	gomod := strings.TrimSpace(goList(t, "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite"))
	raw, err := os.ReadFile(gomod)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.TrimSpace(goList(t, "-m", "-f", "{{.Version}}", "modernc.org/libc"))
	if !strings.Contains(string(raw), "modernc.org/libc "+got+"\n") {
		t.Errorf("modernc.org/libc resolves to %s, which is not the version that %s names", got, gomod)
	}
}

func TestFilesStayShort(t *testing.T) {
	root := filepath.Dir(strings.TrimSpace(goList(t, "-m", "-f", "{{.GoMod}}", archtest.Module)))
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".git", "build", "node_modules", "testdata"}, entry.Name()) {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		if n := lines(t, name); n > archtest.LongestFile {
			t.Errorf("%s has %d lines; at %d a file wants a wall", strings.TrimPrefix(name, root+"/"), n, archtest.LongestFile)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func lines(t *testing.T, name string) int {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for s := bufio.NewScanner(file); s.Scan(); {
		n++
	}
	return n
}
