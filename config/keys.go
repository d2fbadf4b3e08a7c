package config

import (
	"reflect"
	"slices"
)

// Keys lists every key, sorted.
func Keys() []string {
	var keys []string
	for key := range entries(Config{}) {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// entries maps every key to its value in c.
func entries(c Config) map[string]any {
	found := map[string]any{}
	collect("", reflect.ValueOf(c), found)
	return found
}

func collect(prefix string, v reflect.Value, into map[string]any) {
	for i := range v.NumField() {
		key := prefix + v.Type().Field(i).Tag.Get("mapstructure")
		if v.Field(i).Kind() == reflect.Struct {
			collect(key+".", v.Field(i), into)
			continue
		}
		into[key] = v.Field(i).Interface()
	}
}
