package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"sallyport/config"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// Exit codes that scripts rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// streams are where a command writes: data to out, everything meant for the
// person at the terminal to err.
type streams struct {
	out, err io.Writer
}

// program is what every command shares.
type program struct {
	streams
	configFile string
}

// run executes one command line and gives its exit code.
func run(ctx context.Context, args []string, s streams) int {
	p := &program{streams: s}
	root := p.root()
	root.SetArgs(args)
	root.SetOut(s.out)
	root.SetErr(s.err)
	began := false
	wrapCommands(root, &began)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var usage *usageError
	if errors.As(err, &usage) || !began {
		_, _ = fmt.Fprintf(s.err, "sallyport: %v\nsallyport --help says how to use it.\n", err)
		return exitUsage
	}
	_, _ = fmt.Fprintf(s.err, "sallyport: %s\n", explain(err))
	return exitFailed
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "sallyport",
		Short:         "A SAML 2.0 service provider in front of your own applications",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVar(&p.configFile, "config", "", "configuration `file` (default $SALLYPORT_CONFIG, else /etc/sallyport/config.yaml where it exists)")
	root.AddCommand(
		p.serveCommand(), p.demoCommand(), p.checkCommand(), p.migrateCommand(),
		group("idp", "Connections to identity providers", p.idpListCommand(), p.idpImportCommand(), p.idpSetCommand(), p.idpActivateCommand(), p.idpDisableCommand(),
			p.idpVersionsCommand(), p.idpRestoreCommand(), p.idpSetupLinkCommand()),
		group("app", "Applications that people are let in to", p.appListCommand(), p.appAddCommand(), p.appSetCommand(), p.appRemoveCommand()),
		group("permission-set", "What people may be inside an application", p.permissionSetListCommand(), p.permissionSetAddCommand(), p.permissionSetSetCommand(), p.permissionSetRemoveCommand()),
		group("assignment", "Who may enter what, with which permission set", p.assignmentListCommand(), p.assignmentGrantCommand(), p.assignmentRevokeCommand()),
		group("role", "IAM roles that assertions name, with their policies", p.roleListCommand(), p.roleAddCommand(), p.roleSetCommand(), p.roleRemoveCommand()),
		group("access", "Who may enter what, and why", p.accessExplainCommand()),
		p.metadataCommand(),
		group("session", "Sessions of people", p.sessionListCommand(), p.sessionRevokeCommand()),
		group("scim", "Provisioning by SCIM 2.0",
			group("token", "Tokens that let an identity provider's robot in", p.scimTokenCreateCommand(), p.scimTokenListCommand(), p.scimTokenRevokeCommand())),
		group("user", "People", p.userListCommand(), p.userDeactivateCommand(), p.userReactivateCommand()),
		group("admin", "Administrators", p.adminLinkCommand(), p.adminListCommand(), p.adminGrantCommand(), p.adminRevokeCommand()),
		group("key", "This service's own keys", p.keyListCommand(), p.keyPublishCommand(), p.keyPromoteCommand(), p.keyRetireCommand(), p.keyRotateCommand()),
		group("audit", "What happened", p.auditExportCommand()),
		p.inspectCommand(), p.doctorCommand(), p.healthcheckCommand(), p.versionCommand(),
	)
	return root
}

func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usagef("unknown command %q for %q", args[0], cmd.CommandPath())
		}
		return usagef("%q needs one of its commands; %s --help lists them", cmd.CommandPath(), cmd.CommandPath())
	}}
	g.AddCommand(commands...)
	return g
}

// usageError is a command line that cannot be run as it stands.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error {
	return &usageError{text: fmt.Sprintf(format, args...)}
}

// wrapCommands notes when a command's own work begins: whatever fails before
// is a command line that was used wrongly.
func wrapCommands(c *cobra.Command, began *bool) {
	if work := c.RunE; work != nil {
		c.RunE = func(cmd *cobra.Command, args []string) error {
			*began = true
			return work(cmd, args)
		}
	}
	for _, sub := range c.Commands() {
		wrapCommands(sub, began)
	}
}

// explain is an error as the operator reads it: the sentence alone where a
// room has one, the whole chain where it is our own failure.
func explain(err error) string {
	text := err.Error()
	var known *fault.Error
	if errors.As(err, &known) {
		text = known.Public
		if known.Kind == fault.Unavailable && known.Err != nil {
			text += " (" + known.Err.Error() + ")"
		}
	}
	var metadata *saml.MetadataError
	if errors.As(err, &metadata) {
		text = metadata.Sentence
		for _, id := range metadata.EntityIDs {
			text += "\n  --entity-id " + id
		}
	}
	return text
}

// load reads the configuration; flags win over everything else.
func (p *program) load(flags map[string]string) (*config.Config, error) {
	return config.Load(p.file(), flags)
}

const usualConfig = "/etc/sallyport/config.yaml"

func (p *program) file() string {
	if p.configFile != "" {
		return p.configFile
	}
	if file := os.Getenv("SALLYPORT_CONFIG"); file != "" {
		return file
	}
	if _, err := os.Stat(usualConfig); err == nil {
		return usualConfig
	}
	return ""
}
