package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"sallyport/idp"
)

// keyRow is one of our own keys as the commands show it.
type keyRow struct {
	ID          string       `json:"id"`
	Use         idp.KeyUse   `json:"use"`
	State       idp.KeyState `json:"state"`
	Fingerprint string       `json:"fingerprint"`
	NotBefore   time.Time    `json:"not_before"`
	NotAfter    time.Time    `json:"not_after"`
	CreatedAt   time.Time    `json:"created_at"`
	ChangesAt   *time.Time   `json:"changes_at,omitempty"` // of token keys: when the state ends by itself
}

func (p *program) keyListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List this service's own keys", Args: arguments()}
	format := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.inHouse(cmd.Context(), func(h *house) error {
			keys, err := h.idps.Keys(cmd.Context())
			if err != nil {
				return err
			}
			found := []keyRow{}
			var rows [][]string
			for _, k := range keys {
				row := keyRow{
					ID: k.ID, Use: k.Use, State: k.State, Fingerprint: k.Fingerprint,
					NotBefore: k.NotBefore.UTC(), NotAfter: k.NotAfter.UTC(), CreatedAt: k.CreatedAt.UTC(),
				}
				changes := "-"
				if !k.ChangesAt.IsZero() {
					at := k.ChangesAt.UTC()
					row.ChangesAt, changes = &at, shown(at)
				}
				found = append(found, row)
				rows = append(rows, []string{k.ID, string(k.Use), string(k.State), changes, shown(k.NotAfter), k.Fingerprint})
			}
			return list(p.out, *format, found, []string{"ID", "USE", "STATE", "CHANGES", "EXPIRES", "FINGERPRINT"}, rows)
		})
	}
	return cmd
}

func (p *program) keyPublishCommand() *cobra.Command {
	return p.keyStep("publish", "USE", "Make the next key and publish it in our metadata, not yet used",
		"The next %[1]s key is published. Let every identity provider fetch our metadata, then: sallyport key promote %[1]s",
		func(ctx context.Context, h *house, use string) error {
			return h.idps.PublishNext(ctx, idp.KeyUse(use), actor)
		})
}

func (p *program) keyPromoteCommand() *cobra.Command {
	return p.keyStep("promote", "USE", "Use the next key from now on, and retire the current one",
		"The next %[1]s key is the current one now. Once no identity provider needs the old one: sallyport key retire ID",
		func(ctx context.Context, h *house, use string) error {
			return h.idps.Promote(ctx, idp.KeyUse(use), actor)
		})
}

func (p *program) keyRetireCommand() *cobra.Command {
	return p.keyStep("retire", "ID", "Delete a retired key",
		"The key %s is gone.",
		func(ctx context.Context, h *house, id string) error { return h.idps.Retire(ctx, id, actor) })
}

func (p *program) keyStep(step, of, short, done string, take func(context.Context, *house, string) error) *cobra.Command {
	return &cobra.Command{
		Use:   step + " " + of,
		Short: short,
		Args:  arguments("one " + of),
		RunE: func(cmd *cobra.Command, args []string) error {
			if of == "USE" && args[0] == string(idp.KeyToken) {
				return usagef("token keys are published and promoted by themselves: to have them change now, sallyport key rotate token")
			}
			if of == "USE" && args[0] != string(idp.KeySigning) && args[0] != string(idp.KeyEncryption) {
				return usagef("%q is no USE: give %s or %s", args[0], idp.KeySigning, idp.KeyEncryption)
			}
			return p.inHouse(cmd.Context(), func(h *house) error {
				if err := take(cmd.Context(), h, args[0]); err != nil {
					return err
				}
				p.say(done, args[0])
				return nil
			})
		},
	}
}

func (p *program) keyRotateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate token",
		Short: "Sign the tokens that applications get by the next key from now on",
		Long: `The keys of app tokens change by themselves every 30 days. This has them change now: what the old key signed
stays good until it expires. With --stolen all of them are deleted at once and new ones are made: applications refuse
whatever the old ones signed as soon as they have fetched the keys again, within minutes.`,
		Args: arguments("token"),
	}
	stolen := cmd.Flags().Bool("stolen", false, "delete the old keys at once, the next one too: nothing that they signed is to be good")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if args[0] != string(idp.KeyToken) {
			return usagef("only token keys are rotated; of the others: sallyport key publish %s, and later promote", args[0])
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			if *stolen {
				if err := h.idps.ReplaceTokenKeys(cmd.Context(), actor); err != nil {
					return err
				}
				p.say("New keys sign tokens from now on, and the old ones are gone. Applications refuse what those signed once they have fetched the keys again.")
				return nil
			}
			if err := h.idps.RotateTokenKey(cmd.Context(), actor); err != nil {
				return err
			}
			p.say("The next key signs tokens from now on. The old one stays published for an hour.")
			return nil
		})
	}
	return cmd
}
