package saml

import (
	"errors"
	"net/url"
	"strings"
)

// maxLocation is what browsers and proxies still carry.
const maxLocation = 2048

// checkLocation refuses what a browser must not be sent to: only absolute
// http and https URLs pass, so that no metadata brings javascript: or data:
// into a page of ours.
func checkLocation(location string) error {
	if location == "" {
		return errors.New("the URL is missing")
	}
	if len(location) > maxLocation {
		return errors.New("the URL is too long")
	}
	for _, c := range []byte(location) {
		if c <= ' ' || c == '\\' || c == '"' || c == '<' || c == '>' || c >= 0x7f {
			return errors.New("the URL holds a character that URLs may not have")
		}
	}
	u, err := url.Parse(location)
	if err != nil {
		return errors.New("the URL cannot be read")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("the URL begins with neither https:// nor http://")
	case u.Hostname() == "":
		return errors.New("the URL names no host")
	case u.User != nil:
		return errors.New("the URL holds a user name")
	case strings.Contains(location, "#"):
		return errors.New("the URL ends in a fragment")
	}
	return nil
}
