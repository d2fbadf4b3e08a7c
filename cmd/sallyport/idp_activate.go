package main

import "github.com/spf13/cobra"

func (p *program) idpActivateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "activate SLUG",
		Short: "Trust a connection's draft, or let a disabled connection work again",
		Args:  arguments("one SLUG"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				provider, err := h.idps.Activate(cmd.Context(), args[0], 0, actor)
				if err != nil {
					return err
				}
				p.say("%q is active and trusts %s.", provider.Slug, provider.Live.EntityID)
				return nil
			})
		},
	}
}
