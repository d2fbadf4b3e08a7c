package session

import (
	"time"

	"sallyport/idp"
)

// Bounds of a session's lifetime as a setting.
const (
	defaultLifetime = 8 * time.Hour
	minLifetime     = 15 * time.Minute
	maxLifetime     = 90 * 24 * time.Hour
)

// expiry is when a session that begins now ends by itself: after the
// connection's lifetime, and no later than the identity provider's
// SessionNotOnOrAfter (notAfter, zero: not said) and SessionDuration
// (duration, zero: not said) allow.
func expiry(now time.Time, s idp.Settings, notAfter time.Time, duration time.Duration) time.Time {
	lifetime := defaultLifetime
	if s.SessionLifetimeMinutes != 0 {
		lifetime = min(max(time.Duration(s.SessionLifetimeMinutes)*time.Minute, minLifetime), maxLifetime)
	}
	if duration > 0 {
		lifetime = min(lifetime, duration)
	}
	end := now.Add(lifetime)
	if !notAfter.IsZero() && notAfter.Before(end) {
		end = notAfter
	}
	return end
}
