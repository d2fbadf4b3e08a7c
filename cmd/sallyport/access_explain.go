package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sallyport/access"
)

// explanation is why somebody can or can't enter an application.
type explanation struct {
	Allowed        bool          `json:"allowed"`
	Verdict        string        `json:"verdict"`
	Refusal        string        `json:"refusal,omitempty"`
	Application    string        `json:"application"`
	PermissionSets []string      `json:"permission_sets"` // with which they may enter
	Steps          []explainStep `json:"steps"`
	Roles          []explainRole `json:"roles,omitempty"` // where roles decide too
	Person         explainPerson `json:"person"`
	At             time.Time     `json:"at"`
}

type explainStep struct {
	Sentence string `json:"sentence"`
	Counts   bool   `json:"counts"` // it made the decision, or has a part in it
}

type explainRole struct {
	ARN      string `json:"arn"`
	Allowed  bool   `json:"allowed"`
	Sentence string `json:"sentence"`
}

// explainPerson is what the decision knew of who asks.
type explainPerson struct {
	UserName     string       `json:"userName"`
	Known        string       `json:"known"` // by session, by directory, or not at all
	IDP          string       `json:"idp,omitempty"`
	Groups       []string     `json:"groups"`
	Tags         []access.Tag `json:"tags"`
	Address      string       `json:"address,omitempty"`
	AuthnContext string       `json:"authn_context,omitempty"`
	AuthnInstant time.Time    `json:"authn_instant"`
}

func (p *program) accessExplainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain --app NAME [--user USERNAME]",
		Short: "Say why somebody can or can't enter an application",
		Long: `Makes the decision that is made when somebody enters, and says all that led to
it. A person who is signed in is taken as their session says, anybody else as
the directory does, as if they signed in now. Groups, session tags, the address
and the time can be made up; without --user the whole person is.

  sallyport access explain --user ann@example.com --app grafana --permission-set PowerUserAccess
  sallyport access explain --app grafana --group Engineering --tag CostCenter=blue --at 2027-01-31T18:00:00Z

It exits with 0 whatever the answer; -o json has it as "allowed".`,
		Args: arguments(),
	}
	var a explainFlags
	cmd.Flags().StringVar(&a.user, "user", "", "the person, by `userName`")
	cmd.Flags().StringVar(&a.app, "app", "", "the application, by `name`")
	cmd.Flags().StringVar(&a.set, "permission-set", "", "the permission set, by `name`; any where empty")
	cmd.Flags().StringArrayVar(&a.tags, "tag", nil, "a session tag to make up, as `KEY=VALUE`; may be repeated")
	cmd.Flags().StringArrayVar(&a.groups, "group", nil, "a group to make up, by `name`: the directory's, or one that assertions name; may be repeated")
	cmd.Flags().StringVar(&a.address, "address", "", "the `address` that they come from; not known where empty")
	cmd.Flags().StringVar(&a.context, "authn-context", "", "the `class` of how they signed in")
	cmd.Flags().StringVar(&a.slug, "idp", "", "sign-in through the connection with this `slug`")
	cmd.Flags().StringVar(&a.at, "at", "", "the `time` of the decision, such as 2027-01-31T18:00:00Z; now where empty")
	format := cmd.Flags().StringP("output", "o", "text", "text or json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		if a.app == "" {
			return usagef("access explain needs --app")
		}
		if err := a.parse(); err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			told, err := h.explain(cmd.Context(), &a)
			if err != nil {
				return err
			}
			if *format == "json" {
				return writeJSON(p.out, told)
			}
			return told.write(p.out)
		})
	}
	return cmd
}

// write says it to a person at a terminal. What decided is marked.
func (e *explanation) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, e.Verdict)
	if len(e.PermissionSets) > 0 {
		fmt.Fprintf(&b, "With: %s\n", strings.Join(e.PermissionSets, ", "))
	}
	b.WriteString("\nWhat was looked at (* decided):\n")
	for _, s := range e.Steps {
		mark := " "
		if s.Counts {
			mark = "*"
		}
		fmt.Fprintf(&b, "  %s %s\n", mark, s.Sentence)
	}
	for _, r := range e.Roles {
		fmt.Fprintf(&b, "  * %s\n", strings.TrimPrefix(r.ARN+": "+r.Sentence, ": "))
	}
	who := e.Person
	fmt.Fprintf(&b, "\nWhat was known: %s\n", who.Known)
	tags := make([]string, len(who.Tags))
	for i, t := range who.Tags {
		tags[i] = t.Key + "=" + t.Value
	}
	for _, line := range [][2]string{
		{"connection", who.IDP}, {"groups", strings.Join(who.Groups, ", ")}, {"tags", strings.Join(tags, ", ")}, {"address", who.Address},
		{"authn context", who.AuthnContext}, {"signed in", shown(who.AuthnInstant)}, {"decided at", shown(e.At)},
	} {
		fmt.Fprintf(&b, "  %-14s %s\n", line[0], cmp.Or(line[1], "-"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
