package main

import (
	"github.com/spf13/cobra"

	"sallyport/access"
)

// applicationRow is an application as the commands show it.
type applicationRow struct {
	Name        string              `json:"name"`
	Title       string              `json:"title,omitempty"`
	Description string              `json:"description,omitempty"`
	URL         string              `json:"url"`
	Allowed     []string            `json:"allowed,omitempty"`
	Kind        access.Kind         `json:"kind"`
	Entry       access.Entry        `json:"entry"`
	Icon        string              `json:"icon,omitempty"`
	AskWhom     string              `json:"ask_whom,omitempty"`
	Links       []access.DeepLink   `json:"links,omitempty"`
	WorkSpaces  *access.WorkSpaces  `json:"workspaces,omitempty"`
	UserAccess  []access.UserAccess `json:"user_access,omitempty"`
	Rules       []ruleRow           `json:"rules,omitempty"`
	StepUp      *stepUpRow          `json:"step_up,omitempty"`
	Gateway     access.Gateway      `json:"gateway,omitzero"`
}

// stepUpRow is how people must have signed in, as the commands show it.
type stepUpRow struct {
	Contexts []string `json:"contexts,omitempty"`
	MaxAge   string   `json:"max_age,omitempty"` // ISO 8601
}

func stepUpRowOf(s access.StepUp) *stepUpRow {
	if s.None() {
		return nil
	}
	row := &stepUpRow{Contexts: s.Contexts}
	if s.MaxAge != 0 {
		row.MaxAge = isoDuration(s.MaxAge)
	}
	return row
}

func applicationRowOf(a *access.Application) applicationRow {
	return applicationRow{
		Name: a.Name, Title: a.Title, Description: a.Description, URL: a.URL, Allowed: a.Allowed, Kind: a.Kind, Entry: a.Entry, Icon: a.Icon,
		AskWhom: a.AskWhom, Links: a.Links, WorkSpaces: a.WorkSpaces, UserAccess: a.UserAccess, Rules: ruleRows(a.Rules),
		StepUp: stepUpRowOf(a.StepUp), Gateway: a.Gateway,
	}
}

func (p *program) appListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List applications", Args: arguments()}
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			found := []applicationRow{}
			var rows [][]string
			for _, a := range h.apps.Applications() {
				found = append(found, applicationRowOf(a))
				rows = append(rows, []string{a.Name, a.URL, string(a.Kind), string(a.Entry), orDash(a.Title)})
			}
			return list(p.out, *format, found, []string{"NAME", "URL", "KIND", "ENTRY", "TITLE"}, rows)
		})
	}
	return cmd
}

func (p *program) appRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove an application, and its assignments with it",
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
