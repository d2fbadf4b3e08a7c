package main

import (
	"github.com/spf13/cobra"
)

func (p *program) idpListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List connections", Args: arguments()}
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			found := []connectionRow{}
			var rows [][]string
			for _, c := range h.idps.Connections() {
				row := rowOf(c.Provider)
				found = append(found, row)
				waits := "-"
				if row.Draft != "" {
					waits = row.Draft
				}
				expires := "-"
				if row.Expires != nil {
					expires = shown(*row.Expires)
				}
				rows = append(rows, []string{row.Slug, string(row.State), orDash(row.EntityID), expires, waits})
			}
			return list(p.out, *format, found, []string{"SLUG", "STATE", "ENTITY ID", "CERTIFICATE EXPIRES", "WAITS FOR REVIEW"}, rows)
		})
	}
	return cmd
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
