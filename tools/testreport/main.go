// Command testreport reads the output of "go test -json" and writes what a
// person wants to know: each package as it is done, the whole output of every
// test that failed, at the end every test that was skipped, by name and with
// what was missing, and last the lines with which go test itself ends. It
// exits with 1 where anything failed or nothing ran.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	r := report{out: os.Stdout, output: map[string][]string{}}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	r.close()
	if r.failed || len(r.packages) == 0 {
		os.Exit(1)
	}
}

// event is one line of go test -json (go doc test2json).
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

type report struct {
	out      io.Writer
	output   map[string][]string // of running tests, by package and test
	packages []string            // the line with which each one ended
	skipped  []string
	passed   int
	failed   bool
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the output of go test: %w", err)
		}
	}
}

func (r *report) line(line string) {
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		fmt.Fprint(r.out, line) // not of go test: an error of the go command
		return
	}
	key := e.Package + "." + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "build-fail":
		r.failed = true
	case "output":
		r.output[key] = append(r.output[key], e.Output)
	case "pass", "fail", "skip":
		r.end(e, key)
		delete(r.output, key)
	}
}

func (r *report) end(e event, key string) {
	output := r.output[key]
	if e.Action == "fail" {
		r.failed = true
		fmt.Fprintf(r.out, "%s", strings.Join(output, ""))
	}
	switch {
	case e.Test == "":
		r.endPackage(output)
	case e.Action == "skip":
		r.skipped = append(r.skipped, e.Package+" "+e.Test+": "+reason(output))
	case e.Action == "pass":
		r.passed++
	}
}

// endPackage keeps the last line of a package, such as "ok  sallyport/saml 2s".
func (r *report) endPackage(output []string) {
	for _, line := range slices.Backward(output) {
		if strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "FAIL\t") || strings.HasPrefix(line, "?") {
			r.packages = append(r.packages, line)
			fmt.Fprint(r.out, line)
			return
		}
	}
}

// reason is what a skipped test said: the text behind "file_test.go:12:".
func reason(output []string) string {
	for _, line := range output {
		if _, says, ok := strings.Cut(line, "_test.go:"); ok {
			if _, says, ok = strings.Cut(says, ": "); ok {
				return strings.TrimSpace(says)
			}
		}
		if trimmed := strings.TrimSpace(line); trimmed != "" && !strings.HasPrefix(trimmed, "===") && !strings.HasPrefix(trimmed, "---") {
			return trimmed
		}
	}
	return "without a word"
}

func (r *report) close() {
	fmt.Fprintf(r.out, "\n%d tests passed, %d were skipped", r.passed, len(r.skipped))
	if len(r.skipped) > 0 {
		fmt.Fprint(r.out, ":")
	}
	fmt.Fprintln(r.out)
	for _, line := range r.skipped {
		fmt.Fprintln(r.out, "  skipped:", line)
	}
	fmt.Fprintln(r.out)
	for _, line := range r.packages {
		fmt.Fprint(r.out, line)
	}
	if r.failed {
		fmt.Fprintln(r.out, "FAIL")
	}
}
