package main

import (
	"github.com/spf13/cobra"

	"sallyport/idp"
)

func (p *program) metadataCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "metadata",
		Short: "Print our own metadata for an identity provider's administrator",
		Args:  arguments(),
	}
	slug := cmd.Flags().String("idp", idp.Default, "`slug` of the connection")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			raw, err := h.idps.ServiceMetadata(*slug)
			if err != nil {
				return err
			}
			_, err = p.out.Write(raw)
			return err
		})
	}
	return cmd
}
