package access

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

func parseIAMBool(text string) (is, ok bool) {
	switch strings.ToLower(text) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// parseIAMTime reads the W3C's profile of ISO 8601 from the day on, and
// seconds since 1970. Milliseconds count, nothing finer.
func parseIAMTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Truncate(time.Millisecond), true
		}
	}
	// Fewer digits could be a year or a day such as 20300101, more would be
	// milliseconds.
	if len(text) < 9 || len(text) > 11 || strings.Trim(text, "0123456789") != "" {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}

// parseIAMNetwork reads a range or one address. Bits behind the mask don't
// count. IPv4 written as IPv6 is taken for IPv4 where it is one address, and
// refused as a range, whose mask would be another.
func parseIAMNetwork(text string) (netip.Prefix, bool) {
	if address, ok := parseIAMAddress(text); ok {
		return netip.PrefixFrom(address, address.BitLen()), true
	}
	network, err := netip.ParsePrefix(text)
	if err != nil || network.Addr().Is4In6() {
		return netip.Prefix{}, false
	}
	return network.Masked(), true
}

func parseIAMAddress(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.Addr{}, false
	}
	return address.Unmap(), true
}
