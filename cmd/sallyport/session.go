package main

import (
	"time"

	"github.com/spf13/cobra"

	"sallyport/session"
)

// sessionRow is a session as the commands show it.
type sessionRow struct {
	ID        string       `json:"id"`
	Kind      session.Kind `json:"kind"`
	User      string       `json:"user,omitempty"`
	IDP       string       `json:"idp,omitempty"`
	BeganAt   time.Time    `json:"began_at"`
	ExpiresAt time.Time    `json:"expires_at"`
	EndedAt   *time.Time   `json:"ended_at,omitempty"`
	EndedWhy  string       `json:"ended_why,omitempty"`
}

func (p *program) sessionListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List live sessions, newest first", Args: arguments()}
	format := outputFlag(cmd)
	all := cmd.Flags().Bool("all", false, "ended and expired ones too")
	limit := cmd.Flags().Int("limit", 50, "at most so `many`")
	slug := cmd.Flags().String("idp", "", "only those of the connection with this `slug`")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			sessions, err := h.sessions.Sessions(cmd.Context(), session.Filter{IDP: *slug, Live: !*all, Limit: *limit})
			if err != nil {
				return err
			}
			found := []sessionRow{}
			var rows [][]string
			for _, s := range sessions {
				found = append(found, sessionRow{
					ID: s.ID, Kind: s.Kind, User: s.UserName, IDP: s.IDP,
					BeganAt: s.BeganAt.UTC(), ExpiresAt: s.ExpiresAt.UTC(), EndedAt: orNil(s.EndedAt), EndedWhy: s.EndedWhy,
				})
				rows = append(rows, []string{s.ID, string(s.Kind), orDash(s.UserName), orDash(s.IDP), shown(s.BeganAt), shown(s.ExpiresAt), orDash(s.EndedWhy)})
			}
			return list(p.out, *format, found, []string{"ID", "KIND", "USER", "IDP", "BEGAN", "EXPIRES", "ENDED"}, rows)
		})
	}
	return cmd
}

func (p *program) sessionRevokeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revoke ID | --user USERNAME | --idp SLUG",
		Short: "End sessions at once",
		Args:  func(*cobra.Command, []string) error { return nil },
	}
	userName := cmd.Flags().String("user", "", "all sessions of this `userName`")
	slug := cmd.Flags().String("idp", "", "all sessions of the connection with this `slug`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		chosen := len(args)
		for _, given := range []bool{*userName != "", *slug != ""} {
			if given {
				chosen++
			}
		}
		if chosen != 1 {
			return usagef("session revoke needs one of: an ID, --user or --idp")
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			f := session.Filter{IDP: *slug, Live: true}
			if len(args) == 1 {
				f.ID = args[0]
			}
			if *userName != "" {
				user, err := h.db.UserByUserName(cmd.Context(), *userName)
				if err != nil {
					return err
				}
				f.UserID = user.ID
			}
			n, err := h.sessions.Revoke(cmd.Context(), f, actor)
			if err != nil {
				return err
			}
			p.say("Revoked %d.", n)
			return nil
		})
	}
	return cmd
}
