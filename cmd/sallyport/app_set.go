package main

import "github.com/spf13/cobra"

func (p *program) appSetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Change an application",
		Long: `Changes the parts of an application that flags name, and leaves the others as
they are. A list is replaced as a whole; an empty value empties it:

  sallyport app set grafana --entry assigned --ask-whom it@example.com
  sallyport app set grafana --rule 'Blue cost centre=blue.cedar'
  sallyport app set grafana --allow ''

Its name stays: tiles at identity providers say it.`,
		Args: arguments("one NAME"),
	}
	flags := newApplicationFlags(cmd)
	format := resultFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			now, err := h.application(args[0])
			if err != nil {
				return err
			}
			a := *now
			if err := flags.apply(&a); err != nil {
				return err
			}
			if err := h.apps.Change(cmd.Context(), &a, actor); err != nil {
				return err
			}
			p.say("Changed %s.", a.Name)
			return p.result(*format, applicationRowOf(&a))
		})
	}
	return cmd
}
