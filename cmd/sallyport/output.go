package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// outputFlag adds -o to a command that lists something.
func outputFlag(cmd *cobra.Command) *string {
	return cmd.Flags().StringP("output", "o", "table", "table or json")
}

// list writes rows: aligned under headings, or as the JSON of value.
func list(w io.Writer, format string, value any, headings []string, rows [][]string) error {
	switch format {
	case "json":
		return writeJSON(w, value)
	case "table":
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		_, _ = fmt.Fprintln(t, strings.Join(headings, "\t"))
		for _, row := range rows {
			_, _ = fmt.Fprintln(t, strings.Join(row, "\t"))
		}
		return t.Flush()
	default:
		return usagef("--output is %q: use table or json", format)
	}
}

// resultFlag adds -o to a command that makes or changes something: it says what
// it did, and as JSON also what there is now.
func resultFlag(cmd *cobra.Command) *string {
	return cmd.Flags().StringP("output", "o", "text", "text or json")
}

// checkResult comes before anything is done.
func checkResult(format string) error {
	if format != "text" && format != "json" {
		return usagef("--output is %q: use text or json", format)
	}
	return nil
}

// result writes what there is now, where it was asked for.
func (p *program) result(format string, value any) error {
	if format != "json" {
		return nil
	}
	return writeJSON(p.out, value)
}

func writeJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// shown is a time as tables show it; "-" for none.
func shown(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// orNil is a time as JSON shows it; null for none.
func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// arguments accepts exactly the arguments that are named.
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		if len(names) == 0 {
			return usagef("%s takes no arguments, got %q", cmd.CommandPath(), args)
		}
		return usagef("%s takes %s, got %d", cmd.CommandPath(), strings.Join(names, " and "), len(args))
	}
}
