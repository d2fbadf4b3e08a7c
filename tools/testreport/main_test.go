package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	var out bytes.Buffer
	r := report{out: &out, output: map[string][]string{}}
	err := r.read(strings.NewReader(`{"Action":"run","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"    x_test.go:7: chromium is missing: apt-get install chromium\n"}
{"Action":"output","Package":"a","Test":"TestX","Output":"--- SKIP: TestX (0.00s)\n"}
{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Test":"TestY","Output":"    y_test.go:9: got 1, want 2\n"}
{"Action":"fail","Package":"a","Test":"TestY"}
{"Action":"pass","Package":"a","Test":"TestZ"}
{"Action":"output","Package":"a","Output":"FAIL\n"}
{"Action":"output","Package":"a","Output":"FAIL\ta\t0.1s\n"}
{"Action":"fail","Package":"a"}
{"Action":"output","Package":"b","Output":"ok  \tb\t0.2s\n"}
{"Action":"pass","Package":"b"}
go: not of go test
`))
	if err != nil {
		t.Fatal(err)
	}
	r.close()
	if !r.failed {
		t.Error("a failed test leaves the report clean")
	}
	text := out.String()
	for _, want := range []string{"y_test.go:9: got 1, want 2", "go: not of go test", "1 tests passed, 1 were skipped:\n  skipped: a TestX: chromium is missing: apt-get install chromium\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	if end := "\nFAIL\ta\t0.1s\nok  \tb\t0.2s\nFAIL\n"; !strings.HasSuffix(text, end) {
		t.Errorf("does not end with the lines of go test:\n%s", text)
	}
}
