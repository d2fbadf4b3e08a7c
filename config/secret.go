package config

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is text that prints as "[redacted]", whatever prints it.
type Secret string

// Reveal gives the text itself. Its result belongs into no log.
func (s Secret) Reveal() string { return string(s) }

// Format serves every verb of fmt, %x and %#v too.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.shown()) }

// MarshalText serves JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.shown()), nil }

// LogValue serves slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown()) }

func (s Secret) shown() string {
	if s == "" {
		return ""
	}
	return redacted
}
