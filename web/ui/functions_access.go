package ui

import (
	"strconv"
	"time"
)

// ruled is a table of rules, and whether who looks may change them.
type ruled struct {
	Table RuleTable
	Acts  bool
}

// hours says how long a session lasts; 0 is the hour that AWS gives.
func hours(d time.Duration) string {
	switch {
	case d == 0, d == time.Hour:
		return "1 hour"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + " hours"
	}
	return d.Truncate(time.Minute).String()
}
