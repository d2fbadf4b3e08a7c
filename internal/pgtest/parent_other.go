//go:build unix && !linux

package pgtest

import "syscall"

// dieWithParent is Linux's alone: elsewhere Main must be left to stop the server.
func dieWithParent(*syscall.SysProcAttr) {}
