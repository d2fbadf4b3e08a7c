package main

import "github.com/spf13/cobra"

func (p *program) idpDisableCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "disable SLUG",
		Short: "Refuse a connection on every path and end its sessions",
		Args:  arguments("one SLUG"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				provider, err := h.idps.Disable(cmd.Context(), args[0], actor)
				if err != nil {
					return err
				}
				p.say("%q is disabled, and its sessions are over.", provider.Slug)
				return nil
			})
		},
	}
}
