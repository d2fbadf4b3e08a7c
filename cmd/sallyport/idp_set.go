package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/idp"
)

func (p *program) idpSetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set SLUG [KEY=VALUE...]",
		Short: "Change a connection's name and settings",
		Long: `Changes settings of a connection, all or none. KEY is "name" or one of

  ` + strings.Join(settingKeys(), "\n  ") + `

VALUE is true or false, a number, a word, or JSON for a list:

  sallyport idp set default any_name_id=true unsolicited=bounce
  sallyport idp set default 'email_domains=["example.com"]'
  sallyport idp set default 'tag_mappings=[{"key":"CostCenter","path":"${path:enterprise.costCenter}"}]'

An empty VALUE goes back to the default.

The brake holds what provisioning does to too many people at once:

  sallyport idp set default --brake-share 10 --brake-least 25`,
	}
	brake := newBrakeFlags(cmd)
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) < 1 || len(args) < 2 && !brake.given() {
			return usagef("%s takes a SLUG and at least one KEY=VALUE or flag", cmd.CommandPath())
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		limits, err := brake.parse()
		if err != nil {
			return err
		}
		change, err := parseSettings(args[1:])
		if err != nil {
			return err
		}
		return p.inHouse(cmd.Context(), func(h *house) error {
			if len(args) > 1 {
				if _, err := h.idps.UpdateSettings(cmd.Context(), args[0], 0, change, actor); err != nil {
					return err
				}
			}
			if brake.given() {
				if err := limits.set(cmd.Context(), h.people, args[0]); err != nil {
					return err
				}
			}
			p.say("Changed the settings of %q.", args[0])
			return nil
		})
	}
	return cmd
}

// settingKeys are the JSON names of idp.Settings.
func settingKeys() []string {
	var keys []string
	t := reflect.TypeFor[idp.Settings]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		keys = append(keys, name)
	}
	return keys
}

// parseSettings turns KEY=VALUE arguments into one change. What it gives
// cannot fail: every value was decoded once already.
func parseSettings(pairs []string) (func(*string, *idp.Settings), error) {
	var newName *string
	values := map[string]json.RawMessage{}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok:
			return nil, usagef("%q is not KEY=VALUE", pair)
		case key == "name":
			newName = &value
		case !slices.Contains(settingKeys(), key):
			return nil, usagef("%q is no setting of a connection; sallyport idp set --help lists them", key)
		default:
			values[key] = asJSON(key, value)
			if !json.Valid(values[key]) {
				return nil, usagef("%s is neither true or false, nor a number, nor JSON: %s", key, value)
			}
		}
	}
	merged, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	if err := decodeSettings(merged, new(idp.Settings)); err != nil {
		return nil, err
	}
	return func(name *string, s *idp.Settings) {
		if newName != nil {
			*name = *newName
		}
		resetSettings(s, values)
		_ = decodeSettings(merged, s)
	}, nil
}

// asJSON lets a string setting be written bare: unsolicited=bounce.
func asJSON(key, value string) json.RawMessage {
	if value == "" {
		return json.RawMessage("null")
	}
	f, _ := settingField(key)
	if f.Type.Kind() == reflect.String && !strings.HasPrefix(value, `"`) {
		quoted, _ := json.Marshal(value)
		return quoted
	}
	return json.RawMessage(value)
}

func decodeSettings(raw []byte, into *idp.Settings) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return usagef("%s", strings.TrimPrefix(fmt.Sprint(err), "json: "))
	}
	return nil
}

// resetSettings clears what is about to be set: JSON leaves a field alone for
// null, and merges into a list that is there.
func resetSettings(s *idp.Settings, keys map[string]json.RawMessage) {
	v := reflect.ValueOf(s).Elem()
	for key := range keys {
		if f, ok := settingField(key); ok {
			v.FieldByIndex(f.Index).SetZero()
		}
	}
}

func settingField(key string) (reflect.StructField, bool) {
	t := reflect.TypeFor[idp.Settings]()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name == key {
			return t.Field(i), true
		}
	}
	return reflect.StructField{}, false
}
