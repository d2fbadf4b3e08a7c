package main

import (
	"github.com/spf13/cobra"

	"sallyport/access"
)

// applicationRow is an application as the commands show it.
type applicationRow struct {
	Name        string   `json:"name"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	URL         string   `json:"url"`
	Allowed     []string `json:"allowed,omitempty"`
}

func (p *program) appListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List applications", Args: arguments()}
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			found := []applicationRow{}
			var rows [][]string
			for _, a := range h.apps.Applications() {
				found = append(found, applicationRow{Name: a.Name, Title: a.Title, Description: a.Description, URL: a.URL, Allowed: a.Allowed})
				rows = append(rows, []string{a.Name, a.URL, orDash(a.Title)})
			}
			return list(p.out, *format, found, []string{"NAME", "URL", "TITLE"}, rows)
		})
	}
	return cmd
}

func (p *program) appAddCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add --name NAME --url URL",
		Short: "Add an application that a relay state may name",
		Long: `Adds an application. A tile in the identity provider's portal leads to it by
the relay state NAME, or NAME/path; a link leads to it by /go/NAME/path.`,
		Args: arguments(),
	}
	var a access.Application
	cmd.Flags().StringVar(&a.Name, "name", "", "short `name` for relay states: lower-case letters, digits, hyphens")
	cmd.Flags().StringVar(&a.URL, "url", "", "`address` where it lives")
	cmd.Flags().StringVar(&a.Title, "title", "", "what people read; the name where empty")
	cmd.Flags().StringVar(&a.Description, "description", "", "one sentence for people")
	cmd.Flags().StringArrayVar(&a.Allowed, "allow", nil, "a further `prefix` of addresses that a relay state may name; may be repeated")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if a.Name == "" || a.URL == "" {
			return usagef("app add needs --name and --url")
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			if err := h.apps.Add(cmd.Context(), &a, actor); err != nil {
				return err
			}
			p.say("Added %s. People reach it by %s/go/%s, a tile by the relay state %q.", a.Name, h.config.BaseURL, a.Name, a.Name)
			return nil
		})
	}
	return cmd
}

func (p *program) appRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove an application",
		Args:  arguments("one NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				if err := h.apps.Remove(cmd.Context(), args[0], actor); err != nil {
					return err
				}
				p.say("Removed %s.", args[0])
				return nil
			})
		},
	}
}
