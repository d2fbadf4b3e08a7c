package session

import (
	"testing"
	"time"

	"sallyport/idp"
)

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		minutes  int
		notAfter time.Duration // from now; 0: not said
		duration time.Duration
		want     time.Duration
	}{
		"default":                          {want: 8 * time.Hour},
		"setting":                          {minutes: 60, want: time.Hour},
		"setting of 90 days":               {minutes: 129600, want: 90 * 24 * time.Hour},
		"setting below the least":          {minutes: 1, want: 15 * time.Minute},
		"setting below zero":               {minutes: -5, want: 15 * time.Minute},
		"setting above the most":           {minutes: 200000, want: 90 * 24 * time.Hour},
		"SessionNotOnOrAfter caps":         {notAfter: 20 * time.Minute, want: 20 * time.Minute},
		"SessionNotOnOrAfter never grows":  {notAfter: 20 * time.Hour, want: 8 * time.Hour},
		"SessionNotOnOrAfter may be short": {notAfter: time.Minute, want: time.Minute},
		"SessionNotOnOrAfter may be past":  {notAfter: -time.Minute, want: -time.Minute},
		"SessionDuration caps":             {duration: time.Hour, want: time.Hour},
		"SessionDuration never grows":      {minutes: 30, duration: 12 * time.Hour, want: 30 * time.Minute},
		"the least of all":                 {minutes: 120, notAfter: 100 * time.Minute, duration: time.Hour, want: time.Hour},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var notAfter time.Time
			if c.notAfter != 0 {
				notAfter = now.Add(c.notAfter)
			}
			got := expiry(now, idp.Settings{SessionLifetimeMinutes: c.minutes}, notAfter, c.duration)
			if want := now.Add(c.want); !got.Equal(want) {
				t.Errorf("want %v, got %v", want, got)
			}
		})
	}
}
