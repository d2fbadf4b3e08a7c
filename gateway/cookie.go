package gateway

import (
	"net/http"
	"strings"
)

// onlyCookie is the value of a cookie, "" where there is none. clash reports
// two that differ: somebody set one of them who is not this host. It reads the
// header in place: this is done for each request of each application.
func onlyCookie(h http.Header, name string) (value string, clash bool) {
	found := false
	for _, line := range h["Cookie"] {
		for line != "" {
			var one string
			one, line, _ = strings.Cut(line, ";")
			one = strings.TrimSpace(one)
			if len(one) <= len(name) || one[len(name)] != '=' || one[:len(name)] != name {
				continue
			}
			one = one[len(name)+1:]
			if found && one != value {
				return "", true
			}
			value, found = one, true
		}
	}
	return value, false
}
