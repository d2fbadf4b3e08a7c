package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
)

const day = 24 * time.Hour

// tokenRow is a provisioning token as the commands show it, without its secret.
type tokenRow struct {
	ID            string     `json:"id"`
	IDP           string     `json:"idp"`
	Compatibility string     `json:"compatibility"` // rfc or aws
	CreatedAt     time.Time  `json:"created_at"`
	CreatedBy     string     `json:"created_by"`
	ExpiresAt     time.Time  `json:"expires_at"`
	LastUsedAt    *time.Time `json:"last_used_at,omitempty"`
	LastUsedBy    string     `json:"last_used_by,omitempty"`
}

// tokenMade is what scim token create gives as JSON.
type tokenMade struct {
	ID        string    `json:"id"`
	Token     string    `json:"token"`
	IDP       string    `json:"idp"`
	BaseURL   string    `json:"base_url"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (p *program) scimTokenCreateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Make a token with which an identity provider provisions people and groups",
		Long: `Makes a token for one connection and prints it, alone, to stdout:

  TOKEN=$(sallyport scim token create --idp default)

It is shown this once. Two of a connection can be live at a time: to rotate,
make the second, give it to the identity provider, and revoke the first.

Without --idp it is for the only active connection where there is exactly one,
else for "default".`,
		Args: arguments(),
	}
	slug := cmd.Flags().String("idp", "", "`slug` of the connection whose people and groups it keeps")
	aws := cmd.Flags().Bool("aws", false, "answer as AWS IAM Identity Center's endpoint does, for clients that were written for it")
	days := cmd.Flags().Int("days", int(directory.TokenLifetime/day), "`number` of days after which it expires")
	format := cmd.Flags().StringP("output", "o", "token", "token or json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *days < 1 || *days > int(directory.TokenLifetime/day) {
			return usagef("--days is %d: use 1 to %d", *days, directory.TokenLifetime/day)
		}
		if *format != "token" && *format != "json" {
			return usagef("--output is %q: use token or json", *format)
		}
		o := directory.TokenOptions{Lifetime: time.Duration(*days) * day}
		if *aws {
			o.Compatibility = directory.AWS
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			of := *slug
			if of == "" {
				of = usualConnection(h.idps)
			}
			secret, t, err := h.people.MakeToken(cmd.Context(), of, o, actor)
			if err != nil {
				return err
			}
			made := tokenMade{ID: t.ID, Token: secret, IDP: t.IDP, BaseURL: h.config.BaseURL + scimPath, ExpiresAt: t.ExpiresAt.UTC()}
			if *format == "json" {
				return writeJSON(p.out, made)
			}
			p.say("Made token %s of the connection %q. It is shown this once.\n  SCIM base URL  %s\n  expires        %s", made.ID, made.IDP, made.BaseURL, shown(made.ExpiresAt))
			_, err = fmt.Fprintln(p.out, secret)
			return err
		})
	}
	return cmd
}

// usualConnection is the one that a command means which names none.
func usualConnection(idps *idp.Registry) string {
	var active []string
	for _, c := range idps.Connections() {
		if c.Provider.State == idp.Active {
			active = append(active, c.Provider.Slug)
		}
	}
	if len(active) == 1 {
		return active[0]
	}
	return idp.Default
}

func (p *program) scimTokenListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List provisioning tokens, without their secrets", Args: arguments()}
	format := outputFlag(cmd)
	slug := cmd.Flags().String("idp", "", "only those of the connection with this `slug`")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			tokens, err := h.people.Tokens(cmd.Context(), *slug)
			if err != nil {
				return err
			}
			found := []tokenRow{}
			var rows [][]string
			for _, t := range tokens {
				row := tokenRow{
					ID: t.ID, IDP: t.IDP, Compatibility: cmp.Or(string(t.Compatibility), "rfc"), CreatedAt: t.CreatedAt.UTC(), CreatedBy: t.CreatedBy,
					ExpiresAt: t.ExpiresAt.UTC(), LastUsedAt: orNil(t.LastUsedAt), LastUsedBy: t.LastUsedBy,
				}
				found = append(found, row)
				rows = append(rows, []string{t.ID, t.IDP, row.Compatibility, shown(t.CreatedAt), shown(t.ExpiresAt), shown(t.LastUsedAt)})
			}
			return list(p.out, *format, found, []string{"ID", "IDP", "COMPATIBILITY", "CREATED", "EXPIRES", "LAST USED"}, rows)
		})
	}
	return cmd
}

func (p *program) scimTokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "End a provisioning token at once",
		Args:  arguments("one ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				tokens, err := h.people.Tokens(cmd.Context(), "")
				if err != nil {
					return err
				}
				i := slices.IndexFunc(tokens, func(t *directory.Token) bool { return t.ID == args[0] })
				if i < 0 {
					return fault.New(fault.NotFound, "There is no provisioning token "+args[0]+".")
				}
				if err := h.people.RevokeToken(cmd.Context(), tokens[i].IDP, args[0], actor); err != nil {
					return err
				}
				p.say("The token %s of the connection %q is revoked.", args[0], tokens[i].IDP)
				return nil
			})
		},
	}
}
