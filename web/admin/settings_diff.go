package admin

import (
	"encoding/json"
	"reflect"
	"strings"

	"sallyport/idp"
	"sallyport/web/ui"
)

// savedMeanwhile is the connection as somebody else has saved it, and where it
// differs from what was typed here.
func (c *Console) savedMeanwhile(p *idp.Provider, name string, typed idp.Settings) (*idp.Provider, []ui.SettingChange) {
	if connection := c.Registry.Connection(p.Slug); connection != nil {
		p = connection.Provider
	}
	var all []ui.SettingChange
	if p.Name != name {
		all = append(all, ui.SettingChange{What: "Name", Saved: p.Name, Yours: name})
	}
	saved, yours := reflect.ValueOf(p.Settings), reflect.ValueOf(typed)
	for i := range saved.NumField() {
		s, y := settingText(saved.Field(i)), settingText(yours.Field(i))
		if s == y {
			continue
		}
		label, _, _ := strings.Cut(saved.Type().Field(i).Tag.Get("json"), ",")
		label = strings.ReplaceAll(label, "_", " ")
		all = append(all, ui.SettingChange{What: strings.ToUpper(label[:1]) + label[1:], Saved: s, Yours: y})
	}
	return p, all
}

// settingText is one setting as people read it; "" for the default.
func settingText(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case bool:
		if x {
			return "yes"
		}
		return "no"
	case string:
		return x
	case []string:
		return strings.Join(x, ", ")
	case []idp.TagMapping:
		var all []string
		for _, m := range x {
			all = append(all, m.Key+" = "+m.Path)
		}
		return strings.Join(all, ", ")
	default:
		if v.IsZero() {
			return ""
		}
		text, err := json.Marshal(x)
		if err != nil {
			return ""
		}
		return string(text)
	}
}
