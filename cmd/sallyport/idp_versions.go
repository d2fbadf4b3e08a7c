package main

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"sallyport/idp"
)

// versionRow is one version of what an identity provider said of itself.
type versionRow struct {
	Number       int        `json:"number"`
	State        string     `json:"state,omitempty"` // live, draft or ""
	EntityID     string     `json:"entity_id"`
	Source       idp.Source `json:"source"`
	Certificates []string   `json:"certificates"` // fingerprints
	CreatedAt    time.Time  `json:"created_at"`
	CreatedBy    string     `json:"created_by"`
	ActivatedAt  *time.Time `json:"activated_at,omitempty"`
}

func (p *program) idpVersionsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "versions SLUG", Short: "List what a connection trusted over time, newest first", Args: arguments("one SLUG")}
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			versions, err := h.idps.Versions(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			found := []versionRow{}
			var rows [][]string
			for _, t := range versions {
				row := versionRow{
					Number: t.Number, State: standing(h.idps.Connection(args[0]), t.Number), EntityID: t.EntityID, Source: t.Source,
					Certificates: []string{}, CreatedAt: t.CreatedAt.UTC(), CreatedBy: t.CreatedBy, ActivatedAt: orNil(t.ActivatedAt),
				}
				for _, c := range t.Certificates {
					row.Certificates = append(row.Certificates, c.Fingerprint)
				}
				found = append(found, row)
				rows = append(rows, []string{
					strconv.Itoa(t.Number), orDash(row.State), t.EntityID, strconv.Itoa(len(t.Certificates)),
					shown(firstExpiry(t)), shown(t.CreatedAt), t.CreatedBy, shown(t.ActivatedAt),
				})
			}
			return list(p.out, *format, found, []string{"NUMBER", "STATE", "ENTITY ID", "CERTIFICATES", "FIRST EXPIRES", "MADE", "BY", "ACTIVATED"}, rows)
		})
	}
	return cmd
}

// standing says whether that version is the live one or the draft.
func standing(c *idp.Connection, number int) string {
	switch {
	case c == nil:
		return ""
	case c.Provider.Live != nil && c.Provider.Live.Number == number:
		return "live"
	case c.Provider.Draft != nil && c.Provider.Draft.Number == number:
		return "draft"
	default:
		return ""
	}
}
