package admin

import (
	"encoding/csv"
	"net/http"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// ExportBrake sends everyone whom the brake holds, and everyone whom an
// administrator has kept, as a file. It sends the list that the page was made
// from or none: what was read in the file is what the page releases.
func (c *Console) ExportBrake(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page, err := c.brakePage(r.Context(), p)
	if err != nil {
		return err
	}
	if page.Brake.Fingerprint() != r.URL.Query().Get("seen") {
		return fault.New(fault.Conflict, "The list has changed since you looked at it. Go back, reload the page and download it once more.")
	}
	w.Header().Set("Content-Disposition", `attachment; filename="sallyport-brake-`+p.Slug+`-`+page.Now.UTC().Format("20060102-150405")+`.csv"`)
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	// A long list may take longer than a page may.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(exportMayTake)) // not every writer knows deadlines
	if err := writeHeld(csv.NewWriter(w), page); err != nil {
		panic(http.ErrAbortHandler) // net/http's way to cut the connection: nobody takes half a file for a whole one
	}
	return nil
}

func writeHeld(out *csv.Writer, page ui.Brake) error {
	if err := out.Write([]string{"user_id", "user_name", "wish", "asked_at", "state"}); err != nil {
		return err
	}
	for _, h := range page.Brake.Held {
		wish, state := "deactivate", "waits"
		if h.Removal {
			wish = "remove"
		}
		if h.Rejected {
			state = "kept"
		}
		row := []string{h.UserID, audit.InertCell(h.UserName), wish, h.At.UTC().Format(time.RFC3339Nano), state}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
