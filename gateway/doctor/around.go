package doctor

import (
	"context"
	"errors"
	"net"
	"strconv"
	"syscall"
)

// aroundProxy: the application itself does not answer strangers.
func (v *visit) aroundProxy(ctx context.Context) {
	const check = "around the proxy"
	if v.o.Upstream == "" {
		v.unknown(check, "Run this again with --upstream HOST:PORT, from a machine of the network.", "whether the application can be reached around the proxy was not tried")
		return
	}
	within, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(within, "tcp", v.o.Upstream)
	switch {
	case err == nil:
		_ = conn.Close() // nothing was written
		v.bad(check, "Let the application listen on 127.0.0.1 only, or let a firewall keep everybody but the proxy out.",
			"%s answers from here: whoever reaches it can say to be anybody", v.o.Upstream)
	case ctx.Err() == nil && keptAway(err):
		v.good(check, "the application's own port does not answer from here")
	default:
		v.unknown(check, "Give --upstream an address that this machine can look up and has a way to.", "whether %s answers could not be seen from here", v.o.Upstream)
	}
}

// keptAway reports whether a port was tried, and nobody answered: a name that
// is not found, or no way to the network, say nothing of it.
func keptAway(err error) bool {
	var name *net.DNSError
	if errors.As(err, &name) {
		return false
	}
	var network net.Error
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &network) && network.Timeout()
}

// isAddress reports whether s is HOST:PORT.
func isAddress(s string) bool {
	host, digits, err := net.SplitHostPort(s)
	port, notNumber := strconv.ParseUint(digits, 10, 16)
	return err == nil && host != "" && notNumber == nil && port > 0
}
