package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"sallyport/directory"
)

// userRow is a person as the commands show it.
type userRow struct {
	ID         string           `json:"id"`
	UserName   string           `json:"userName"`
	Name       string           `json:"displayName,omitempty"`
	Active     bool             `json:"active"`
	Source     directory.Source `json:"source"`
	IDP        string           `json:"idp,omitempty"`
	LastSignIn *time.Time       `json:"last_sign_in_at,omitempty"`
}

func (p *program) userListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List people by userName", Args: arguments()}
	format := outputFlag(cmd)
	search := cmd.Flags().String("search", "", "`part` of a userName or display name")
	limit := cmd.Flags().Int("limit", 50, "at most so `many`")
	after := cmd.Flags().String("after", "", "go on behind this `userName`")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			users, err := h.people.Users(cmd.Context(), directory.Filter{Search: *search, After: directory.Fold(*after), Limit: *limit})
			if err != nil {
				return err
			}
			found := []userRow{}
			var rows [][]string
			for _, u := range users {
				found = append(found, userRow{
					ID: u.ID, UserName: u.UserName, Name: u.Profile.DisplayName, Active: u.Active,
					Source: u.Source, IDP: u.IDP, LastSignIn: orNil(u.LastSignInAt),
				})
				rows = append(rows, []string{u.UserName, orDash(u.Profile.DisplayName), activeWord(u.Active), string(u.Source), shown(u.LastSignInAt)})
			}
			return list(p.out, *format, found, []string{"USERNAME", "NAME", "STATE", "SOURCE", "LAST SIGN-IN"}, rows)
		})
	}
	return cmd
}

func (p *program) userDeactivateCommand() *cobra.Command {
	return p.userChange("deactivate", "Stop a person from signing in and end their sessions", "%s can no longer sign in, and their sessions are over.",
		func(ctx context.Context, h *house, name string) (*directory.User, error) {
			return h.people.Deactivate(ctx, name, actor)
		})
}

func (p *program) userReactivateCommand() *cobra.Command {
	return p.userChange("reactivate", "Let a person sign in again", "%s can sign in again.",
		func(ctx context.Context, h *house, name string) (*directory.User, error) {
			return h.people.Reactivate(ctx, name, actor)
		})
}

func (p *program) userChange(use, short, done string, change func(context.Context, *house, string) (*directory.User, error)) *cobra.Command {
	return &cobra.Command{
		Use:   use + " USERNAME",
		Short: short,
		Args:  arguments("one USERNAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				user, err := change(cmd.Context(), h, args[0])
				if err != nil {
					return err
				}
				p.say(done, user.UserName)
				return nil
			})
		},
	}
}

func activeWord(active bool) string {
	if active {
		return "active"
	}
	return "deactivated"
}
