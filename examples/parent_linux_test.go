package examples_test

import "syscall"

// dieWithParent has the kernel end the process where the tests are killed.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
