package audit

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Format is how events are exported.
type Format string

const (
	CSV  Format = "csv"  // RFC 4180 with a heading; the detail is JSON in a cell
	JSON Format = "json" // one array of objects
)

const exportPage = 500

// Export writes every event that f selects, newest first; f.Limit bounds how
// many, 0 is all. It reads page by page, so that any length costs little
// memory. What was written before an error stays written.
func Export(ctx context.Context, s Store, f Filter, as Format, w io.Writer) error {
	out, err := newWriter(as, w)
	if err != nil {
		return err
	}
	left := f.Limit
	for {
		f.Limit = exportPage
		if left > 0 {
			f.Limit = min(left, exportPage)
		}
		events, err := s.Events(ctx, f)
		if err != nil {
			return fmt.Errorf("read events: %w", err)
		}
		for _, e := range events {
			if err := out.write(e); err != nil {
				return fmt.Errorf("export event %s: %w", e.ID, err)
			}
		}
		left -= len(events)
		if len(events) < f.Limit || left == 0 {
			break
		}
		f.Before = events[len(events)-1].ID
	}
	if err := out.end(); err != nil {
		return fmt.Errorf("end export: %w", err)
	}
	return nil
}

type exportWriter interface {
	write(Event) error
	end() error
}

func newWriter(as Format, w io.Writer) (exportWriter, error) {
	switch as {
	case CSV:
		c := csv.NewWriter(w)
		return csvWriter{c}, c.Write(columns)
	case JSON:
		return &jsonWriter{to: w, before: "[\n"}, nil
	default:
		return nil, fmt.Errorf("export as %q: use %s or %s", as, CSV, JSON)
	}
}

var columns = []string{"id", "at", "action", "actor", "idp", "object", "person", "reference", "reason", "client_ip", "detail"}

type csvWriter struct{ to *csv.Writer }

func (c csvWriter) write(e Event) error {
	cells := []string{
		e.ID, shownTime(e.At), string(e.Action), e.Actor, e.IDP, e.Object, e.Person, e.Reference, e.Reason, e.ClientIP, string(e.Detail),
	}
	for i := range cells {
		cells[i] = InertCell(cells[i])
	}
	return c.to.Write(cells)
}

func (c csvWriter) end() error {
	c.to.Flush()
	return c.to.Error()
}

// InertCell keeps a spreadsheet from running a cell as a formula: strangers
// choose some of what events hold.
func InertCell(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

type jsonWriter struct {
	to     io.Writer
	before string // what stands before the next event
}

func (j *jsonWriter) write(e Event) error {
	row, err := json.Marshal(struct {
		ID        string          `json:"id"`
		At        string          `json:"at"`
		Action    Action          `json:"action"`
		Actor     string          `json:"actor"`
		IDP       string          `json:"idp,omitempty"`
		Object    string          `json:"object,omitempty"`
		Person    string          `json:"person,omitempty"`
		Reference string          `json:"reference,omitempty"`
		Reason    string          `json:"reason,omitempty"`
		ClientIP  string          `json:"client_ip,omitempty"`
		Detail    json.RawMessage `json:"detail,omitempty"`
	}{e.ID, shownTime(e.At), e.Action, e.Actor, e.IDP, e.Object, e.Person, e.Reference, e.Reason, e.ClientIP, e.Detail})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(j.to, j.before); err != nil {
		return err
	}
	j.before = ",\n"
	_, err = j.to.Write(row)
	return err
}

func (j *jsonWriter) end() error {
	end := "\n]\n"
	if j.before == "[\n" {
		end = "[]\n"
	}
	_, err := io.WriteString(j.to, end)
	return err
}

func shownTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
