package main

import (
	"strings"

	"github.com/spf13/cobra"

	"sallyport/access"
)

// permissionSetFlags are what permission-set add and set share.
type permissionSetFlags struct {
	cmd      *cobra.Command
	told     access.PermissionSet // texts
	duration string
	tags     []string
	rules    *ruleFlags
}

func newPermissionSetFlags(cmd *cobra.Command) *permissionSetFlags {
	f := &permissionSetFlags{cmd: cmd}
	cmd.Flags().StringVar(&f.told.Name, "name", "", "`name`: letters, digits and _ + = , . @ -")
	cmd.Flags().StringVar(&f.told.Description, "description", "", "one sentence for people")
	cmd.Flags().StringVar(&f.duration, "session-duration", "", "how `long` a session with it lasts: PT1H to PT12H")
	cmd.Flags().StringVar(&f.told.RelayState, "relay-state", "", "`place` in the application where one lands; its address where empty")
	cmd.Flags().StringArrayVar(&f.tags, "tag", nil, "a session tag that it adds, as `KEY=VALUE`; may be repeated")
	f.rules = newRuleFlags(cmd)
	return f
}

// apply changes in s what the flags say.
func (f *permissionSetFlags) apply(s *access.PermissionSet) (err error) {
	given := f.cmd.Flags().Changed
	for _, text := range []struct {
		flag     string
		from, to *string
	}{{"name", &f.told.Name, &s.Name}, {"description", &f.told.Description, &s.Description}, {"relay-state", &f.told.RelayState, &s.RelayState}} {
		if given(text.flag) {
			*text.to = *text.from
		}
	}
	if given("session-duration") {
		if s.SessionDuration, err = sessionDuration(f.duration); err != nil {
			return err
		}
	}
	if given("tag") {
		if s.Tags, err = tagsOf("--tag", f.tags); err != nil {
			return err
		}
	}
	s.Rules, err = f.rules.apply(s.Rules)
	return err
}

// tagsOf reads KEY=VALUE.
func tagsOf(flag string, texts []string) ([]access.Tag, error) {
	var tags []access.Tag
	for _, text := range filled(texts) {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return nil, usagef("%s is %q: give KEY=VALUE", flag, text)
		}
		tags = append(tags, access.Tag{Key: key, Value: value})
	}
	return tags, nil
}

func (p *program) permissionSetAddCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add --name NAME | --starters",
		Short: "Add a permission set",
		Long: `Adds a permission set: what a person may be inside an application. An
assignment gives it to a person or a group in one application.

--starters adds AdministratorAccess, PowerUserAccess and ViewOnlyAccess, those
of them that are not there yet.`,
		Args: arguments(),
	}
	flags := newPermissionSetFlags(cmd)
	starters := cmd.Flags().Bool("starters", false, "add the three usual ones")
	format := resultFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		if (flags.told.Name == "") != *starters {
			return usagef("permission-set add needs one of --name and --starters")
		}
		s := &access.PermissionSet{}
		if err := flags.apply(s); err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			wanted := []*access.PermissionSet{s}
			if *starters {
				wanted = access.Starters()
			}
			made := []permissionSetRow{}
			for _, one := range wanted {
				if *starters && h.apps.PermissionSetNamed(one.Name) != nil {
					continue
				}
				if err := h.apps.AddPermissionSet(cmd.Context(), one, actor); err != nil {
					return err
				}
				p.say("Added %s.", one.Name)
				made = append(made, permissionSetRowOf(one))
			}
			if *starters {
				return p.result(*format, made)
			}
			return p.result(*format, made[0])
		})
	}
	return cmd
}

func (p *program) permissionSetSetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Change a permission set; its identifier and its assignments stay",
		Args:  arguments("one NAME"),
	}
	flags := newPermissionSetFlags(cmd)
	format := resultFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			now, err := h.permissionSet(args[0])
			if err != nil {
				return err
			}
			s := *now
			if err := flags.apply(&s); err != nil {
				return err
			}
			if err := h.apps.ChangePermissionSet(cmd.Context(), &s, actor); err != nil {
				return err
			}
			p.say("Changed %s.", s.Name)
			return p.result(*format, permissionSetRowOf(&s))
		})
	}
	return cmd
}
