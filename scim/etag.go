package scim

import (
	"net/http"
	"strconv"
	"strings"
)

// etag is the version of a resource as HTTP writes it (RFC 7644 section 3.14):
// weak, for a projection of the resource has the same.
func etag(version int64) string {
	return `W/"` + strconv.FormatInt(version, 10) + `"`
}

// version is which one If-Match asks for; 0: any. Of several it is the newest:
// who has seen that one knows that the others are gone.
func (c *call) version() (newest int64, err error) {
	if strings.TrimSpace(c.IfMatch) == "" {
		return 0, nil
	}
	for tag := range strings.SplitSeq(c.IfMatch, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" {
			return 0, nil
		}
		if v, err := strconv.ParseInt(opaque(tag), 10, 64); err == nil {
			newest = max(newest, v)
		}
	}
	if newest < 1 {
		// No version of ours: whatever it was, the resource is another now.
		return 0, refuse(http.StatusPreconditionFailed, "The resource has changed: its version is not the one in If-Match.")
	}
	return newest, nil
}

// unchanged reports whether If-None-Match knows this version already.
func (c *call) unchanged(version int64) bool {
	if c.IfNone == "" {
		return false
	}
	now := strconv.FormatInt(version, 10)
	for known := range strings.SplitSeq(c.IfNone, ",") {
		if known = strings.TrimSpace(known); known == "*" || opaque(known) == now {
			return true
		}
	}
	return false
}

// opaque is what stands between the quotes of an entity tag.
func opaque(tag string) string {
	return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
}
