package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/idp"
)

// metadataLimit is more than any document that is accepted; what is longer is
// refused by its length, with a sentence, rather than cut.
const metadataLimit = 64 << 20

func (p *program) idpImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import [flags] FILE|URL",
		Short: "Take an identity provider's metadata as a draft",
		Long: `Reads the metadata of an identity provider from a file ("-" for standard
input) or an https address, and keeps it as the connection's draft, which
changes nothing for anybody until "sallyport idp activate". The connection is
made where it does not exist. Metadata from an address is kept fresh.

Metadata that cannot be used is refused with the reason, and nothing changes.`,
		Args: arguments("one FILE or URL"),
	}
	slug := cmd.Flags().String("idp", idp.Default, "`slug` of the connection")
	entityID := cmd.Flags().String("entity-id", "", "which identity provider, where the file describes several")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if strings.Contains(args[0], "://") {
			return p.inHouse(cmd.Context(), func(h *house) error {
				provider, err := h.idps.ImportURL(cmd.Context(), *slug, args[0], *entityID, actor)
				return p.imported(h, provider, err)
			})
		}
		raw, err := readInput(cmd.InOrStdin(), args[0])
		if err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			provider, err := h.idps.ImportMetadata(cmd.Context(), idp.Import{
				Slug: *slug, Raw: raw, EntityID: *entityID,
				Source: idp.FromCommand, SourceName: filepath.Base(args[0]), Actor: actor,
			})
			return p.imported(h, provider, err)
		})
	}
	return cmd
}

func (p *program) imported(h *house, provider *idp.Provider, err error) error {
	if err != nil {
		return err
	}
	p.say("Imported %s as a draft of the connection %q.", provider.Draft.EntityID, provider.Slug)
	return p.sayReview(h, provider)
}

// sayReview tells what a connection's draft would change.
func (p *program) sayReview(h *house, provider *idp.Provider) error {
	review, err := h.idps.Review(provider.Slug)
	if err != nil {
		return err
	}
	for _, c := range review.Changes {
		p.say("  %s: %s -> %s", c.What, orDash(c.From), orDash(c.To))
	}
	for _, w := range review.Warnings {
		p.say("  Warning: %s", w)
	}
	for _, d := range review.Danger {
		p.say("  This can lock people out: %s", d)
	}
	p.say("Nothing is trusted yet. Next: sallyport idp activate %s", provider.Slug)
	return nil
}

// readInput reads a file, or standard input for "-".
func readInput(stdin io.Reader, name string) ([]byte, error) {
	source := stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		source = file
	}
	raw, err := io.ReadAll(io.LimitReader(source, metadataLimit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(raw) > metadataLimit {
		return nil, fmt.Errorf("read %s: larger than %d MiB", name, metadataLimit>>20)
	}
	return raw, nil
}
