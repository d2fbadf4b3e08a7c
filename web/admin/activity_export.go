package admin

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"sallyport/audit"
	"sallyport/session"
)

const (
	mostExported   = 50_000
	exportedAtOnce = 500
	exportMayTake  = 5 * time.Minute
)

// ExportActivity streams what the filter selects as a file, newest first and
// at most mostExported events. That it was taken is recorded before the first
// byte leaves, and the file ends before that record.
func (c *Console) ExportActivity(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	filter := activityFilter(r.URL.Query())
	asked, err := c.activityAsked(r.Context(), filter)
	if err != nil {
		return err
	}
	format := strings.TrimPrefix(path.Ext(r.URL.Path), ".")
	taken := audit.New(audit.EventsExported, actor(ses))
	taken.ClientIP = clientIP(r)
	if taken.Detail, err = json.Marshal(map[string]any{"format": format, "filter": chosen(r)}); err != nil {
		return err
	}
	if err := c.Events.AppendEvent(r.Context(), taken); err != nil {
		return err
	}
	asked.Before, asked.Limit = taken.ID, exportedAtOnce

	// The first page is read before anything is sent: what fails until then
	// has a page of its own.
	events, err := c.Events.Events(r.Context(), asked)
	if err != nil {
		return err
	}
	// A long file may take longer than a page may.
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(exportMayTake)) // not every writer knows deadlines
	w.Header().Set("Content-Disposition", `attachment; filename="sallyport-activity-`+taken.At.Format("20060102-150405")+"."+format+`"`)
	var out exporter = &csvExport{w: csv.NewWriter(w)}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	if format == "json" {
		w.Header().Set("Content-Type", "application/json")
		out = &jsonExport{w: w}
	}
	if err := c.stream(r.Context(), out, control, asked, events); err != nil {
		panic(http.ErrAbortHandler) // net/http's way to cut the connection: nobody takes half a file for a whole one
	}
	return nil
}

// exporter writes events one by one.
type exporter interface {
	begin() error
	event(audit.Event) error
	end(complete bool) error
}

// stream writes page after page.
func (c *Console) stream(ctx context.Context, out exporter, control *http.ResponseController, asked audit.Filter, events []audit.Event) error {
	if err := out.begin(); err != nil {
		return err
	}
	for n := 0; ; {
		for _, e := range events {
			if n == mostExported {
				return out.end(false)
			}
			if err := out.event(e); err != nil {
				return err
			}
			n++
		}
		if len(events) < exportedAtOnce {
			return out.end(true)
		}
		_ = control.Flush() // a writer that keeps everything until the end is fine
		asked.Before = events[len(events)-1].ID
		var err error
		if events, err = c.Events.Events(ctx, asked); err != nil {
			return err
		}
	}
}

type csvExport struct{ w *csv.Writer }

func (x *csvExport) begin() error {
	return x.w.Write([]string{"id", "at", "action", "actor", "connection", "object", "person", "reference", "reason", "client_ip", "detail"})
}

func (x *csvExport) event(e audit.Event) error {
	row := []string{e.ID, e.At.UTC().Format(time.RFC3339Nano), string(e.Action), e.Actor, e.IDP, e.Object, e.Person, e.Reference, e.Reason, e.ClientIP, string(e.Detail)}
	for i := range row {
		row[i] = audit.InertCell(row[i])
	}
	return x.w.Write(row)
}

func (x *csvExport) end(bool) error {
	x.w.Flush()
	return x.w.Error()
}

// exportedEvent is an event in a file. Its names are a promise.
type exportedEvent struct {
	ID         string          `json:"id"`
	At         time.Time       `json:"at"`
	Action     audit.Action    `json:"action"`
	Actor      string          `json:"actor"`
	Connection string          `json:"connection,omitempty"`
	Object     string          `json:"object,omitempty"`
	Person     string          `json:"person,omitempty"`
	Reference  string          `json:"reference,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	ClientIP   string          `json:"client_ip,omitempty"`
	Detail     json.RawMessage `json:"detail,omitempty"`
}

type jsonExport struct {
	w     io.Writer
	later bool // an event was written already
}

func (x *jsonExport) begin() error {
	_, err := io.WriteString(x.w, `{"events":[`)
	return err
}

func (x *jsonExport) event(e audit.Event) error {
	b, err := json.Marshal(exportedEvent{e.ID, e.At.UTC(), e.Action, e.Actor, e.IDP, e.Object, e.Person, e.Reference, e.Reason, e.ClientIP, e.Detail})
	if err != nil {
		return err
	}
	separator := ",\n"
	if !x.later {
		separator, x.later = "\n", true
	}
	_, err = x.w.Write(append([]byte(separator), b...))
	return err
}

func (x *jsonExport) end(complete bool) error {
	text := "\n],\"complete\":true}\n"
	if !complete {
		text = "\n],\"complete\":false}\n"
	}
	_, err := io.WriteString(x.w, text)
	return err
}

// chosen is what the filter was asked for, without what was left empty.
func chosen(r *http.Request) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"action", "idp", "person", "actor", "object", "from", "to"} {
		if v := strings.TrimSpace(r.URL.Query().Get(name)); v != "" {
			out[name] = v
		}
	}
	return out
}
