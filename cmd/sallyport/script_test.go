package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sallyport/internal/pgtest"
	"sallyport/internal/testidp"
)

func TestMain(m *testing.M) {
	testscript.Main(withFolder{pgtest.Tests{M: m}}, map[string]func(){"sallyport": main})
}

// withFolder gives the tests a folder for the program.
type withFolder struct{ tests pgtest.Tests }

// Run runs the tests and takes the folder away.
func (w withFolder) Run() int {
	folder, err := os.MkdirTemp("", "sallyport-built-")
	if err == nil {
		err = os.Setenv("SALLYPORT_TEST_BUILT", folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := w.tests.Run()
	if err := os.RemoveAll(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// TestScripts holds conversations with the real binary, one file for each.
// Beside what testscript knows, there are $LISTEN, an address that is free,
// with its $PORT, the metadata of a test identity provider as idp.xml with a response of it
// as response.b64, and the command await, which waits until an address answers.
func TestScripts(t *testing.T) {
	twin, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := twin.Respond(testidp.Response{ACS: "https://sso.example.com/saml/acs", Audience: "https://sso.example.com/saml/metadata", Person: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	field := testidp.Form(raw, "").Get("SAMLResponse")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			address, err := freePort()
			if err != nil {
				return err
			}
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return err
			}
			env.Setenv("LISTEN", address)
			env.Setenv("PORT", port)
			for name, content := range map[string]string{
				"idp.xml":      string(twin.Metadata()),
				"response.b64": field,
				"response.xml": string(raw),
				"config.yaml":  fmt.Sprintf("base_url: http://%s\nlisten: %s\n", address, address),
			} {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(content), 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"await": await},
	})
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// await waits until a GET of args[0] answers 200.
func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("await takes one address")
	}
	client := &http.Client{Timeout: time.Second}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		response, err := client.Get(args[0])
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
	}
	ts.Fatalf("%s does not answer", args[0])
}
