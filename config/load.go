package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/viper"
)

// delimiter of viper's keys. Not a dot: viper would split names at it.
const delimiter = "::"

// EnvPrefix begins every environment variable of ours.
const EnvPrefix = "SALLYPORT"

// Load reads the file (none where it is ""), the environment and flags, which
// maps keys such as "store.url" to values and wins over both. Relative paths
// are relative to the file's folder, or to the working directory where there
// is no file. Every problem is named at once, with its key.
func Load(file string, flags map[string]string) (*Config, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter(delimiter))
	v.SetConfigType("yaml")
	v.SetEnvPrefix(EnvPrefix)
	v.SetEnvKeyReplacer(strings.NewReplacer(delimiter, "_"))
	v.AutomaticEnv()
	for key, value := range entries(Default()) {
		// Viper ignores the environment for a key without a default.
		v.SetDefault(inViper(key), value)
	}
	if err := readFile(v, file); err != nil {
		return nil, err
	}
	for key, value := range flags {
		v.Set(inViper(key), value)
	}
	if err := unknownKeys(v); err != nil {
		return nil, fmt.Errorf("%s: %w", named(file), err)
	}

	c := new(Config)
	if err := v.UnmarshalExact(c); err != nil {
		return nil, fmt.Errorf("%s: %w", named(file), typeErrors(err))
	}
	c.anchor(file)
	if err := c.readSecrets(); err != nil {
		return nil, fmt.Errorf("%s: %w", named(file), err)
	}
	c.normalise()
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", named(file), err)
	}
	return c, nil
}

func readFile(v *viper.Viper, file string) error {
	if file == "" {
		return nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	if err := v.ReadConfig(bytes.NewReader(raw)); err != nil {
		return fmt.Errorf("read configuration %s: %w", file, err)
	}
	return nil
}

// unknownKeys names every key that is none of ours: a misspelt key would
// otherwise leave its default in force without a word.
func unknownKeys(v *viper.Viper) error {
	known := entries(Config{})
	var found Problems
	for _, key := range v.AllKeys() {
		key = strings.ReplaceAll(key, delimiter, ".")
		if _, ok := known[key]; !ok && !isGroup(key) {
			found = append(found, Problem{Key: key, Says: "is not a key; config.example.yaml lists them all"})
		}
	}
	slices.SortFunc(found, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return found.orNil()
}

// isGroup reports a group of keys such as "store"; one without a value under
// it is left to the decoder.
func isGroup(key string) bool {
	return slices.ContainsFunc(Keys(), func(k string) bool { return strings.HasPrefix(k, key+".") })
}

// anchor makes relative paths absolute, so that a service started from
// another folder finds the same data.
func (c *Config) anchor(file string) {
	base := "."
	if file != "" {
		base = filepath.Dir(file)
	}
	for _, path := range []*string{&c.DataDir, &c.SecretFile, &c.Store.URLFile, &c.Webhook.SecretFile, &c.TLS.CertFile, &c.TLS.KeyFile} {
		if *path == "" || filepath.IsAbs(*path) {
			continue
		}
		if abs, err := filepath.Abs(filepath.Join(base, *path)); err == nil {
			*path = abs
		}
	}
}

func (c *Config) readSecrets() error {
	var found Problems
	for _, s := range []struct {
		key, file string
		into      *Secret
	}{
		{"secret", c.SecretFile, &c.Secret},
		{"store.url", c.Store.URLFile, &c.Store.URL},
		{"webhook.secret", c.Webhook.SecretFile, &c.Webhook.Secret},
	} {
		if s.file == "" {
			continue
		}
		if *s.into != "" {
			found = append(found, Problem{Key: s.key, Says: "is set, and so is " + s.key + "_file: leave one out"})
			continue
		}
		raw, err := os.ReadFile(s.file)
		if err != nil {
			found = append(found, Problem{Key: s.key + "_file", Says: err.Error()})
			continue
		}
		*s.into = Secret(strings.TrimSpace(string(raw)))
		if *s.into == "" {
			found = append(found, Problem{Key: s.key + "_file", Says: s.file + " is empty"})
		}
	}
	return found.orNil()
}

// normalise fills what follows from other keys.
func (c *Config) normalise() {
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if c.Store.URL == "" {
		c.Store.URL = Secret("sqlite://" + filepath.ToSlash(filepath.Join(c.DataDir, "sallyport.db")))
	}
}

func named(file string) string {
	if file == "" {
		return "configuration"
	}
	return file
}

func inViper(key string) string { return strings.ReplaceAll(key, ".", delimiter) }
