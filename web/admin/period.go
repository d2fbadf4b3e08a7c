package admin

import (
	"time"

	"sallyport/internal/fault"
)

// moments are the forms in which a browser or a person writes a time, with
// how long each lasts.
var moments = []struct {
	layout string
	lasts  time.Duration
}{
	{"2006-01-02T15:04", time.Minute},
	{"2006-01-02T15:04:05", time.Second},
	{"2006-01-02 15:04", time.Minute},
	{"2006-01-02 15:04:05", time.Second},
	{"2006-01-02", 24 * time.Hour},
	{time.RFC3339, time.Second},
}

// period reads two times in UTC, of which each may be "". The last minute, or
// day, that was named belongs to the period.
func period(from, to string) (since, until time.Time, err error) {
	if since, _, err = moment(from); err != nil {
		return since, until, err
	}
	end, lasts, err := moment(to)
	if err != nil || end.IsZero() {
		return since, until, err
	}
	until = end.Add(lasts)
	if until.Before(since) {
		return since, until, fault.New(fault.Invalid, "The period ends before it begins.")
	}
	return since, until, nil
}

func moment(text string) (time.Time, time.Duration, error) {
	if text == "" {
		return time.Time{}, 0, nil
	}
	for _, m := range moments {
		if t, err := time.Parse(m.layout, text); err == nil {
			return t.UTC(), m.lasts, nil
		}
	}
	return time.Time{}, 0, fault.New(fault.Invalid, "Write times such as 2026-11-02 09:41, in UTC.")
}

// typed is a time as a field for times takes it; what is none is left out,
// since the browser would not show it either.
func typed(text string) string {
	t, _, err := moment(text)
	if err != nil || t.IsZero() {
		return ""
	}
	if t.Second() != 0 {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format("2006-01-02T15:04")
}
