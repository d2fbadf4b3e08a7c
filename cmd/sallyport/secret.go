package main

import (
	"fmt"
	"os"
	"path/filepath"

	"sallyport/config"
	"sallyport/internal/keyring"
)

const secretName = "secret"

// sealingSecret gives the secret that seals our private keys: the configured
// one, else the one in data_dir, made there where it is missing. made is the
// file's name when this call made it, "" otherwise.
func sealingSecret(c *config.Config) (secret []byte, made string, err error) {
	if c.Secret != "" {
		secret, err := c.SealingSecret()
		return secret, "", err
	}
	file := filepath.Join(c.DataDir, secretName)
	secret, created, err := keyring.LoadOrCreateSecret(file)
	if err != nil {
		return nil, "", err
	}
	if created {
		made = file
	}
	return secret, made, nil
}

// makeDataDir makes data_dir, for its owner alone.
func makeDataDir(c *config.Config) error {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return fmt.Errorf("make data_dir: %w", err)
	}
	return nil
}
