package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

const usualSetupLink = 7 * 24 * time.Hour

func (p *program) idpSetupLinkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "setup-link SLUG",
		Short: "Print a link with which an identity provider's administrator sets up this connection",
		Long: `Prints a link that shows one connection's guided page and takes metadata
there, without any other right. What is uploaded becomes a draft that an
administrator reviews. Whoever has the link may use it until it ends.`,
		Args: arguments("one SLUG"),
	}
	validFor := cmd.Flags().Duration("valid-for", usualSetupLink, "how long it works: from 1h to 720h (30 days)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			token, err := h.idps.MakeSetupLink(cmd.Context(), args[0], *validFor, actor)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(p.out, h.config.BaseURL+"/setup/"+token)
			return err
		})
	}
	return cmd
}
