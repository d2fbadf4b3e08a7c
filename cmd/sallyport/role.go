package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"sallyport/access"
)

// roleRow is a role as the commands show it.
type roleRow struct {
	ARN                string                `json:"arn"`
	Description        string                `json:"description,omitempty"`
	Trust              string                `json:"trust"`
	Inline             []access.InlinePolicy `json:"inline,omitempty"`
	MaxSessionDuration string                `json:"max_session_duration"` // ISO 8601
}

func roleRowOf(r *access.Role) roleRow {
	return roleRow{ARN: r.ARN, Description: r.Description, Trust: r.Trust, Inline: r.Inline, MaxSessionDuration: isoDuration(r.MaxSessionDuration)}
}

func (p *program) roleListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the roles that are registered here", Args: arguments()}
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			found := []roleRow{}
			var rows [][]string
			for _, r := range h.apps.Roles() {
				row := roleRowOf(r)
				found = append(found, row)
				rows = append(rows, []string{r.ARN, row.MaxSessionDuration, strconv.Itoa(len(r.Inline)), orDash(r.Description)})
			}
			return list(p.out, *format, found, []string{"ARN", "LONGEST SESSION", "INLINE", "DESCRIPTION"}, rows)
		})
	}
	return cmd
}

func (p *program) roleRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove ARN",
		Short: "Remove a role",
		Long: `Removes a role. Where it was the last one of its account, the account's
WorkSpaces applications are then entered by assignments and rules alone.`,
		Args: arguments("one ARN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				r, err := h.role(args[0])
				if err != nil {
					return err
				}
				if err := h.apps.RemoveRole(cmd.Context(), r.ID, actor); err != nil {
					return err
				}
				p.say("Removed %s.", r.ARN)
				return nil
			})
		},
	}
}

// role finds one by its ARN; fault.NotFound.
func (h *house) role(arn string) (*access.Role, error) {
	r := h.apps.Role(arn)
	if r == nil {
		return nil, notFound("There is no role %s here.", arn)
	}
	return r, nil
}
