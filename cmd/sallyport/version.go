package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "development"

func (p *program) versionCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "version", Short: "Say which version this is", Args: arguments()}
	format := outputFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		commit := revision()
		if *format == "json" {
			return writeJSON(p.out, map[string]string{"version": version, "commit": commit, "go": runtime.Version(), "platform": platform()})
		}
		_, err := fmt.Fprintf(p.out, "sallyport %s (commit %s, %s, %s)\n", version, commit, runtime.Version(), platform())
		return err
	}
	return cmd
}

func platform() string { return runtime.GOOS + "/" + runtime.GOARCH }

func revision() string {
	commit, changed := "unknown", ""
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return commit
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			commit = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changes"
		}
	}
	return commit + changed
}
