package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sallyport/access"
)

// permissionSetRow is a permission set as the commands show it.
type permissionSetRow struct {
	ID              string       `json:"id"`
	Name            string       `json:"name"`
	Description     string       `json:"description,omitempty"`
	SessionDuration string       `json:"session_duration"` // ISO 8601
	RelayState      string       `json:"relay_state,omitempty"`
	Tags            []access.Tag `json:"tags,omitempty"`
	Rules           []ruleRow    `json:"rules,omitempty"`
}

func permissionSetRowOf(s *access.PermissionSet) permissionSetRow {
	return permissionSetRow{
		ID: s.ID, Name: s.Name, Description: s.Description, SessionDuration: isoDuration(s.SessionDuration),
		RelayState: s.RelayState, Tags: s.Tags, Rules: ruleRows(s.Rules),
	}
}

// isoDuration is how ISO 8601 writes a session's duration: PT1H, PT1H30M. Zero
// is what it stands for, an hour.
func isoDuration(d time.Duration) string {
	if d == 0 {
		d = time.Hour
	}
	text := strings.ToUpper(d.String()) // 1H30M0S
	for _, zero := range []string{"M0S", "H0M"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return "PT" + text
}

// sessionDuration reads PT1H30M, or 1h30m.
func sessionDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(strings.ToUpper(text), "PT")))
	if err != nil {
		return 0, usagef("a session's duration is written as PT1H or 1h30m; %q is none", text)
	}
	return d, nil
}

func (p *program) permissionSetListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List permission sets", Args: arguments()}
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			found := []permissionSetRow{}
			var rows [][]string
			for _, s := range h.apps.PermissionSets() {
				row := permissionSetRowOf(s)
				found = append(found, row)
				rows = append(rows, []string{s.Name, row.SessionDuration, orDash(s.RelayState), orDash(s.Description)})
			}
			return list(p.out, *format, found, []string{"NAME", "SESSION", "RELAY STATE", "DESCRIPTION"}, rows)
		})
	}
	return cmd
}

func (p *program) permissionSetRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a permission set that no assignment names",
		Args:  arguments("one NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				s, err := h.permissionSet(args[0])
				if err != nil {
					return err
				}
				if err := h.apps.RemovePermissionSet(cmd.Context(), s.ID, actor); err != nil {
					return err
				}
				p.say("Removed %s.", s.Name)
				return nil
			})
		},
	}
}

// permissionSet finds one by its name; fault.NotFound.
func (h *house) permissionSet(name string) (*access.PermissionSet, error) {
	s := h.apps.PermissionSetNamed(name)
	if s == nil {
		return nil, notFound("There is no permission set named %s.", name)
	}
	return s, nil
}

// application finds one by its name; fault.NotFound.
func (h *house) application(name string) (*access.Application, error) {
	a := h.apps.Application(name)
	if a == nil {
		return nil, notFound("There is no application named %s.", name)
	}
	return a, nil
}
