package main

import (
	"cmp"

	"github.com/spf13/cobra"

	"sallyport/access"
)

func (p *program) appAddCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add --name NAME --url URL",
		Short: "Add an application that a relay state may name",
		Long: `Adds an application. A tile in the identity provider's portal leads to it by
the relay state NAME, or NAME/path; a link leads to it by /go/NAME/path.

Everyone who is signed in may enter it, unless --entry assigned says that it
takes an assignment.

An Amazon WorkSpaces directory has no address of its own to name:

  sallyport app add --name desktops --kind workspaces --region eu-west-1 \
    --registration-code SLiad+AB12CD --directory-id d-1234567890 --account-id 123456789012`,
		Args: arguments(),
	}
	var a access.Application
	cmd.Flags().StringVar(&a.Name, "name", "", "short `name` for relay states: lower-case letters, digits, hyphens")
	flags := newApplicationFlags(cmd)
	format := resultFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		if err := flags.apply(&a); err != nil {
			return err
		}
		if kind := cmp.Or(a.Kind, access.KindWeb); a.Name == "" || a.URL == "" && kind != access.KindWorkSpaces {
			return usagef("app add needs --name and --url, or --name and --kind workspaces with what that takes")
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			if err := h.apps.Add(cmd.Context(), &a, actor); err != nil {
				return err
			}
			p.say("Added %s. People reach it by %s/go/%s, a tile by the relay state %q.", a.Name, h.config.BaseURL, a.Name, a.Name)
			return p.result(*format, applicationRowOf(&a))
		})
	}
	return cmd
}
