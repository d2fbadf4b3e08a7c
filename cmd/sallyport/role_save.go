package main

import (
	"slices"

	"github.com/spf13/cobra"

	"sallyport/access"
)

// roleFlags are what role add and role set share.
type roleFlags struct {
	cmd                          *cobra.Command
	trust, description, duration string
	inline, off                  []string
}

func newRoleFlags(cmd *cobra.Command) *roleFlags {
	f := &roleFlags{cmd: cmd}
	cmd.Flags().StringVar(&f.trust, "trust", "", "`file` with its trust policy, in IAM's JSON")
	cmd.Flags().StringArrayVar(&f.inline, "inline", nil, "an inline policy, as `NAME=FILE`, instead of the one of that name; may be repeated")
	cmd.Flags().StringArrayVar(&f.off, "remove-inline", nil, "take off the inline policy of this `name`; may be repeated")
	cmd.Flags().StringVar(&f.description, "description", "", "one sentence for people")
	cmd.Flags().StringVar(&f.duration, "max-session-duration", "", "the `longest` that a session may ask for: PT1H to PT12H")
	return f
}

// apply changes in r what the flags say.
func (f *roleFlags) apply(r *access.Role) (err error) {
	given := f.cmd.Flags().Changed
	if given("description") {
		r.Description = f.description
	}
	if given("max-session-duration") {
		if r.MaxSessionDuration, err = sessionDuration(f.duration); err != nil {
			return err
		}
	}
	if given("trust") {
		if r.Trust, err = document(f.trust); err != nil {
			return err
		}
	}
	r.Inline = slices.Clone(r.Inline)
	at := func(name string) int {
		return slices.IndexFunc(r.Inline, func(p access.InlinePolicy) bool { return p.Name == name })
	}
	for _, name := range f.off {
		i := at(name)
		if i < 0 {
			return notFound("The role has no inline policy named %q.", name)
		}
		r.Inline = slices.Delete(r.Inline, i, i+1)
	}
	for _, text := range f.inline {
		name, content, err := namedFile("--inline", text)
		if err != nil {
			return err
		}
		if i := at(name); i >= 0 {
			r.Inline[i].Document = content
			continue
		}
		r.Inline = append(r.Inline, access.InlinePolicy{Name: name, Document: content})
	}
	return nil
}

func (p *program) roleAddCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add --arn ARN --trust FILE --inline NAME=FILE",
		Short: "Register an IAM role with its policies",
		Long: `Registers a role as a guide of AWS sets it up, with the documents that are
pasted there into the IAM console. From then on, a WorkSpaces application of its
account is entered by a role that the assertion names, that the trust policy
lets the person assume, and whose inline policies allow workspaces:Stream.

What a document says and this house does not evaluate is refused by name and
place; nothing is ignored.

  sallyport role add --arn arn:aws:iam::123456789012:role/WorkSpaces \
    --trust trust.json --inline Stream=stream.json`,
		Args: arguments(),
	}
	var r access.Role
	cmd.Flags().StringVar(&r.ARN, "arn", "", "`ARN` of the role, exactly as assertions say it")
	flags := newRoleFlags(cmd)
	format := resultFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		if r.ARN == "" || flags.trust == "" {
			return usagef("role add needs --arn and --trust")
		}
		if err := flags.apply(&r); err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			if err := h.apps.AddRole(cmd.Context(), &r, actor); err != nil {
				return err
			}
			p.say("Added %s.", r.ARN)
			return p.result(*format, roleRowOf(&r))
		})
	}
	return cmd
}

func (p *program) roleSetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set ARN",
		Short: "Change a role; its ARN stays",
		Args:  arguments("one ARN"),
	}
	flags := newRoleFlags(cmd)
	format := resultFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			now, err := h.role(args[0])
			if err != nil {
				return err
			}
			r := *now
			if err := flags.apply(&r); err != nil {
				return err
			}
			if err := h.apps.ChangeRole(cmd.Context(), &r, actor); err != nil {
				return err
			}
			p.say("Changed %s.", r.ARN)
			return p.result(*format, roleRowOf(&r))
		})
	}
	return cmd
}
