package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"sallyport/access"
	"sallyport/internal/fault"
)

// assignmentRow is an assignment as the commands show it.
type assignmentRow struct {
	ID            string               `json:"id"`
	Application   string               `json:"application"`
	PermissionSet string               `json:"permission_set"`
	Kind          access.PrincipalKind `json:"kind"` // user, group or claim
	Principal     string               `json:"principal"`
	PrincipalID   string               `json:"principal_id,omitempty"`
	IDP           string               `json:"idp,omitempty"` // of a claim
	EndsAt        *time.Time           `json:"ends_at,omitempty"`
	CreatedAt     time.Time            `json:"created_at"`
	CreatedBy     string               `json:"created_by"`
}

func (h *house) assignmentRowOf(a *access.Assignment) assignmentRow {
	row := assignmentRow{
		ID: a.ID, Kind: a.Principal.Kind, Principal: a.Principal.Name, PrincipalID: a.Principal.ID, IDP: a.Principal.IDP,
		EndsAt: orNil(a.EndsAt), CreatedAt: a.CreatedAt.UTC(), CreatedBy: a.CreatedBy,
	}
	for _, app := range h.apps.Applications() {
		if app.ID == a.ApplicationID {
			row.Application = app.Name
		}
	}
	if s := h.apps.PermissionSet(a.PermissionSetID); s != nil {
		row.PermissionSet = s.Name
	}
	return row
}

func (p *program) assignmentListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List who is assigned what",
		Long: `Lists assignments, also those that ended within the last 30 days. Flags narrow
it down. An assignment of a group stands under the group, not under its people:
"sallyport access explain" says what reaches one person.`,
		Args: arguments(),
	}
	chosen := newAssignmentFlags(cmd)
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			found := []assignmentRow{}
			var rows [][]string
			matching, err := chosen.matching(cmd.Context(), h)
			if err != nil {
				return err
			}
			for _, a := range matching {
				row := h.assignmentRowOf(a)
				found = append(found, row)
				rows = append(rows, []string{row.ID, string(row.Kind), row.Principal, row.Application, row.PermissionSet, shown(a.EndsAt)})
			}
			return list(p.out, *format, found, []string{"ID", "KIND", "PRINCIPAL", "APPLICATION", "PERMISSION SET", "ENDS"}, rows)
		})
	}
	return cmd
}

func (p *program) assignmentGrantCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "grant --user USERNAME | --group NAME | --claim NAME, --app NAME --permission-set NAME",
		Short: "Assign an application with a permission set to people and groups",
		Long: `Assigns every application named, with every permission set named, to every
person and group named; all of it or nothing, up to 1,000 assignments. One that
is there already gets the end given here, if one is, and else stays as it is.

--group is a group of the directory, by its name or its ID; --claim is one that
the assertions of a connection name, exactly as they spell it.

  sallyport assignment grant --group Engineering --app grafana --permission-set PowerUserAccess
  sallyport assignment grant --user ann@example.com --app wiki --app grafana --permission-set ViewOnlyAccess --until 2027-01-31`,
		Args: arguments(),
	}
	chosen := newAssignmentFlags(cmd)
	until := cmd.Flags().String("until", "", "when it ends: `time` such as 2027-01-31 or 2027-01-31T18:00:00Z, or a duration from now such as 720h")
	format := resultFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		if !chosen.complete() {
			return usagef("assignment grant needs whom (--user, --group or --claim), --app and --permission-set")
		}
		ends, err := ending(*until)
		if err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			all, err := chosen.assignments(cmd.Context(), h)
			if err != nil {
				return err
			}
			for _, a := range all {
				a.EndsAt = ends
			}
			n, err := h.apps.Grant(cmd.Context(), all, actor)
			if err != nil {
				return err
			}
			p.say("Granted %d; %d were there before.", n, len(all)-n)
			rows := []assignmentRow{}
			for _, a := range all {
				rows = append(rows, h.assignmentRowOf(a))
			}
			return p.result(*format, rows)
		})
	}
	return cmd
}

func (p *program) assignmentRevokeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revoke ID... | --user USERNAME | --group NAME | --claim NAME, --app NAME --permission-set NAME",
		Short: "Take assignments back; they count no longer at once",
		Args:  func(*cobra.Command, []string) error { return nil },
	}
	chosen := newAssignmentFlags(cmd)
	format := resultFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		if (len(args) > 0) == chosen.complete() || len(args) > 0 && chosen.any() {
			return usagef("assignment revoke needs IDs, or whom (--user, --group or --claim), --app and --permission-set")
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			gone, err := chosen.revoked(cmd.Context(), h, args)
			if err != nil {
				return err
			}
			rows, ids := []assignmentRow{}, []string{}
			for _, a := range gone {
				rows, ids = append(rows, h.assignmentRowOf(a)), append(ids, a.ID)
			}
			n, err := h.apps.RevokeAssignments(cmd.Context(), ids, actor)
			if err != nil {
				return err
			}
			p.say("Revoked %d.", n)
			return p.result(*format, rows)
		})
	}
	return cmd
}

// revoked are the assignments to take back. An ID that is none is an error:
// who mistypes one would think that it is done.
func (f *assignmentFlags) revoked(ctx context.Context, h *house, ids []string) ([]*access.Assignment, error) {
	if len(ids) == 0 {
		return f.matching(ctx, h)
	}
	all := h.apps.Assignments(access.AssignmentFilter{})
	var gone []*access.Assignment
	for _, id := range ids {
		i := slices.IndexFunc(all, func(a *access.Assignment) bool { return a.ID == id })
		if i < 0 {
			return nil, notFound("There is no assignment %s. Nothing was revoked.", id)
		}
		gone = append(gone, all[i])
	}
	return gone, nil
}

// ending reads when an assignment ends; zero where text is "".
func ending(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if in, err := time.ParseDuration(text); err == nil && in > 0 {
		return time.Now().Add(in), nil
	}
	return time.Time{}, usagef("--until is %q: give a day such as 2027-01-31, a time such as 2027-01-31T18:00:00Z, or a duration such as 720h", text)
}

func notFound(format string, args ...any) error {
	return fault.New(fault.NotFound, fmt.Sprintf(format, args...))
}
