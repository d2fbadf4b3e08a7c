package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sallyport/access"
	"sallyport/idp"
	"sallyport/internal/fault"
)

// grantRow is a grant of the console as the commands show it.
type grantRow struct {
	ID        string          `json:"id"`
	IDP       string          `json:"idp"`
	Set       access.AdminSet `json:"set"`
	Kind      string          `json:"kind"` // user or group
	Principal string          `json:"principal"`
	CreatedAt time.Time       `json:"created_at"`
	CreatedBy string          `json:"created_by"`
}

func (p *program) adminListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List who may enter the console by signing in", Args: arguments()}
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			found := []grantRow{}
			var rows [][]string
			for _, g := range h.administrators.Grants() {
				row := grantRow{ID: g.ID, IDP: g.IDP, Set: g.Set, Kind: principalKind(g.Group), Principal: g.Principal, CreatedAt: g.CreatedAt.UTC(), CreatedBy: g.CreatedBy}
				found = append(found, row)
				rows = append(rows, []string{g.ID, g.IDP, string(g.Set), row.Kind, g.Principal, shown(g.CreatedAt), g.CreatedBy})
			}
			return list(p.out, *format, found, []string{"ID", "IDP", "SET", "KIND", "PRINCIPAL", "GRANTED", "BY"}, rows)
		})
	}
	return cmd
}

func (p *program) adminGrantCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "grant --user USERNAME | --group NAME",
		Short: "Let a person or a group enter the console by signing in",
		Long: `Lets a person, by userName, or everybody in a group, by the name that the
identity provider sends, enter the console by signing in: as Administrator, or
as Auditor, who sees everything and changes nothing. The grant counts for
sign-ins through one connection: no other identity provider can name somebody
into the console.`,
		Args: arguments(),
	}
	set := cmd.Flags().String("set", string(access.Administrator), string(access.Administrator)+" or "+string(access.Auditor))
	slug := cmd.Flags().String("idp", idp.Default, "`slug` of the connection through which they sign in")
	userName := cmd.Flags().String("user", "", "the person's `userName`")
	groupName := cmd.Flags().String("group", "", "the `name` of the group")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if (*userName == "") == (*groupName == "") {
			return usagef("admin grant needs one of --user and --group")
		}
		chosen, ok := adminSet(*set)
		if !ok {
			return usagef("--set is %q: use %s or %s", *set, access.Administrator, access.Auditor)
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			if h.idps.Connection(*slug) == nil {
				return fault.New(fault.NotFound, "There is no connection "+*slug+".")
			}
			g, err := h.administrators.Grant(cmd.Context(), *slug, chosen, *groupName != "", *userName+*groupName, actor)
			if err != nil {
				return err
			}
			p.say("The %s %s may enter the console through %q as %s (grant %s).", principalKind(g.Group), g.Principal, g.IDP, g.Set, g.ID)
			return nil
		})
	}
	return cmd
}

func (p *program) adminRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "Take back a grant of the console",
		Args:  arguments("one ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				if err := h.administrators.Revoke(cmd.Context(), args[0], actor); err != nil {
					return err
				}
				p.say("The grant %s is taken back.", args[0])
				return nil
			})
		},
	}
}

// adminSet finds a set by its name in any case.
func adminSet(name string) (access.AdminSet, bool) {
	for _, set := range []access.AdminSet{access.Administrator, access.Auditor} {
		if strings.EqualFold(name, string(set)) {
			return set, true
		}
	}
	return "", false
}

func principalKind(group bool) string {
	if group {
		return "group"
	}
	return "user"
}
