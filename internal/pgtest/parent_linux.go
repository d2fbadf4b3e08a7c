package pgtest

import "syscall"

// dieWithParent has the kernel stop the process when the thread that started
// it ends, however it ends.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGQUIT }
