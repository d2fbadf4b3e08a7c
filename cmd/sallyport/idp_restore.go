package main

import (
	"strconv"

	"github.com/spf13/cobra"
)

func (p *program) idpRestoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "restore SLUG NUMBER",
		Short: "Make an earlier version of a connection its draft again",
		Args:  arguments("one SLUG", "a NUMBER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := strconv.Atoi(args[1])
			if err != nil || number < 1 {
				return usagef("%q is no NUMBER; sallyport idp versions %s lists them", args[1], args[0])
			}
			return p.inHouse(cmd.Context(), func(h *house) error {
				provider, err := h.idps.Restore(cmd.Context(), args[0], number, actor)
				if err != nil {
					return err
				}
				p.say("Version %d is the draft of the connection %q again.", number, provider.Slug)
				return p.sayReview(h, provider)
			})
		},
	}
}
