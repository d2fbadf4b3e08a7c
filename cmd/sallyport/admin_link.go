package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) adminLinkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "link",
		Short: "Print a link that lets an administrator in once, within an hour",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				link, err := h.adminLink(cmd.Context(), actor)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(p.out, link)
				return err
			})
		},
	}
}

// adminLink makes a one-time link to the console.
func (h *house) adminLink(ctx context.Context, by string) (string, error) {
	token, err := h.sessions.MakeAdminLink(ctx, by)
	if err != nil {
		return "", err
	}
	return h.config.BaseURL + "/admin/signin/" + token, nil
}
