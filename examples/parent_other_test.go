//go:build unix && !linux

package examples_test

import "syscall"

// dieWithParent is Linux's alone: elsewhere the tests must be left to clean up.
func dieWithParent(*syscall.SysProcAttr) {}
