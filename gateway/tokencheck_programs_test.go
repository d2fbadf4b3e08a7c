package gateway

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const goDriver = `package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if c, err := Check(context.Background(), in.Text()); err != nil {
			fmt.Println("refused")
		} else {
			fmt.Println("ok " + c.Subject)
		}
	}
}
`

// goChecker is built beside this module, whose go-jose it takes.
func goChecker(t *testing.T, text string) *exec.Cmd {
	t.Helper()
	folder := t.TempDir()
	program := filepath.Join(folder, "check")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, savedFile(t, folder, "check.go", text), savedFile(t, folder, "main.go", goDriver))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return exec.Command(program)
}

const nodeDriver = `import { createInterface } from "node:readline";
import { check } from "./check.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const claims = await check(line);
    console.log("ok " + claims.sub);
  } catch (e) {
    if (!String(e.code).startsWith("ERR_J")) console.error(e);
    console.log("refused");
  }
}
`

func nodeChecker(t *testing.T, text string) *exec.Cmd {
	t.Helper()
	folder := t.TempDir()
	if err := os.Symlink(installJOSE(t), filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	savedFile(t, folder, "check.mjs", text)
	return exec.Command("node", savedFile(t, folder, "main.mjs", nodeDriver))
}

// installJOSE has npm's jose in the user's cache, so that only the first run
// asks for it, and gives the folder of modules.
func installJOSE(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			lacking(t, name, "apt-get install nodejs npm")
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "sallyport-test", "jose-5.10.0")
	modules, done := filepath.Join(folder, "node_modules"), filepath.Join(folder, "installed")
	if _, err := os.Stat(done); err == nil {
		return modules
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join("testdata", "jose", name))
		if err != nil {
			t.Fatal(err)
		}
		savedFile(t, folder, name, string(content))
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = folder
	if out, err := install.CombinedOutput(); err != nil {
		lacking(t, "npm's jose", "npm ci failed: "+err.Error()+"\n"+string(out))
	}
	savedFile(t, folder, "installed", "")
	return modules
}

const pythonDriver = `import sys

import jwt

from check import check

for line in sys.stdin:
    try:
        print("ok " + check(line.rstrip("\n"))["sub"], flush=True)
    except jwt.PyJWTError:
        print("refused", flush=True)
`

func pythonChecker(t *testing.T, text string) *exec.Cmd {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} { // the first may be another than Debian's
		if exec.CommandContext(t.Context(), python, "-c", "import jwt, cryptography; jwt.PyJWKClient").Run() != nil {
			continue
		}
		folder := t.TempDir()
		savedFile(t, folder, "check.py", text)
		return exec.Command(python, savedFile(t, folder, "main.py", pythonDriver))
	}
	lacking(t, "Python's jwt", "apt-get install python3-jwt python3-cryptography")
	return nil
}
