package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"sallyport/directory"
)

// brakeFlags are the brake's settings on a command line.
type brakeFlags struct{ share, least *string }

func newBrakeFlags(cmd *cobra.Command) brakeFlags {
	flags := cmd.Flags()
	return brakeFlags{
		share: flags.String("brake-share", "", "`percent` of the active people whom provisioning may deactivate or remove within an hour (1 to 100, default, or off)"),
		least: flags.String("brake-least", "", "`number` of people whom it may at any rate (1 and above, or default)"),
	}
}

func (b brakeFlags) given() bool { return *b.share != "" || *b.least != "" }

// brakeChange is what the flags say; nil changes nothing.
type brakeChange struct{ share, least *int }

func (b brakeFlags) parse() (c brakeChange, err error) {
	if *b.share != "" {
		if c.share, err = brakeNumber("--brake-share", *b.share, 100, "1 to 100, default or off"); err != nil {
			return c, err
		}
	}
	if *b.least != "" {
		if c.least, err = brakeNumber("--brake-least", *b.least, 1_000_000, "1 and above, or default"); err != nil {
			return c, err
		}
		if *c.least == directory.OffShare {
			return c, usagef("--brake-least cannot be off: it is --brake-share that turns the brake off")
		}
	}
	return c, nil
}

func brakeNumber(flag, text string, most int, want string) (*int, error) {
	n := 0
	switch text {
	case "default":
		return &n, nil
	case "off", strconv.Itoa(directory.OffShare):
		n = directory.OffShare
		return &n, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return nil, usagef("%s is %q: use %s", flag, text, want)
	}
	return &n, nil
}

// set changes the brake of one connection, keeping what was not given.
func (c brakeChange) set(ctx context.Context, people *directory.Directory, slug string) error {
	now, err := people.Brake(ctx, slug)
	if err != nil {
		return err
	}
	share, least := now.Share, now.Least
	if c.share != nil {
		share = *c.share
	}
	if c.least != nil {
		least = *c.least
	}
	return people.SetBrake(ctx, slug, share, least, actor)
}
