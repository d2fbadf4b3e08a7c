// Command sallyport is a SAML 2.0 service provider in front of a company's
// own applications. One binary serves, and administers what it serves:
// sallyport --help lists the commands.
//
// This package is the crossroads of the house: it alone reads the
// configuration and knows every room and every edge.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends at once
	code := run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}
