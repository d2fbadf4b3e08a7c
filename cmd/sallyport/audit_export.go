package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sallyport/audit"
)

func (p *program) auditExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the audit trail to standard output, newest first",
		Long: `Writes the audit trail to standard output, newest first. It holds names of
people and what their identity provider said in sign-ins that were refused:
keep it as you keep those.`,
		Args: arguments(),
	}
	format := cmd.Flags().String("format", string(audit.JSON), "csv or json")
	since := cmd.Flags().String("since", "", "not before this `time`: 2026-01-31, 2026-01-31T08:00:00Z, or a duration back from now such as 24h")
	until := cmd.Flags().String("until", "", "before this `time`")
	action := cmd.Flags().StringSlice("action", nil, "only these `actions`, such as signin.refused")
	slug := cmd.Flags().String("idp", "", "only the connection with this `slug`")
	limit := cmd.Flags().Int("limit", 0, "at most so `many`; 0: all")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if f := audit.Format(*format); f != audit.CSV && f != audit.JSON {
			return usagef("--format is %q: use %s or %s", *format, audit.CSV, audit.JSON)
		}
		if *limit < 0 {
			return usagef("--limit is negative")
		}
		f := audit.Filter{IDP: *slug, Limit: *limit}
		for _, a := range *action {
			f.Actions = append(f.Actions, audit.Action(a))
		}
		var err error
		if f.Since, err = moment("--since", *since); err != nil {
			return err
		}
		if f.Until, err = moment("--until", *until); err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			taken, err := h.exportTaken(cmd.Context(), *format)
			if err != nil {
				return err
			}
			f.Before = taken // the trail up to here
			out := bufio.NewWriter(p.out)
			err = audit.Export(cmd.Context(), h.db, f, audit.Format(*format), out)
			return errors.Join(err, out.Flush())
		})
	}
	return cmd
}

// exportTaken records that the trail is read, and gives the event's ID.
func (h *house) exportTaken(ctx context.Context, format string) (string, error) {
	e := audit.New(audit.EventsExported, actor)
	var err error
	if e.Detail, err = json.Marshal(map[string]string{"format": format}); err != nil {
		return "", fmt.Errorf("describe the export: %w", err)
	}
	if err := h.db.AppendEvent(ctx, e); err != nil {
		return "", fmt.Errorf("record the export: %w", err)
	}
	return e.ID, nil
}

// moment reads a time, a day (UTC), or how long ago; zero where text is "".
func moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return time.Now().Add(-ago), nil
	}
	return time.Time{}, usagef("%s is %q: give a day such as 2026-01-31, a time such as 2026-01-31T08:00:00Z, or a duration such as 24h", flag, text)
}
