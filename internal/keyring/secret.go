package keyring

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LoadOrCreateSecret reads the secret that the file at path holds, in base64.
// Where there is no file it makes one, readable by its owner alone, and
// reports created. A file that others can read is refused.
func LoadOrCreateSecret(path string) (secret []byte, created bool, err error) {
	secret, err = loadSecret(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, false, err
	}
	secret = make([]byte, SecretSize)
	rand.Read(secret) // never fails: crypto/rand
	switch err := writeSecret(path, secret); {
	case errors.Is(err, fs.ErrExist):
		// Another process was quicker: its secret is the one.
		secret, err := loadSecret(path)
		return secret, false, err
	case err != nil:
		return nil, false, fmt.Errorf("make secret file: %w", err)
	}
	return secret, true, nil
}

func loadSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read secret file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("secret file %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read secret file: %w", err)
	}
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != SecretSize {
		return nil, fmt.Errorf("secret file %s does not hold %d bytes in base64", path, SecretSize)
	}
	return secret, nil
}

// writeSecret puts a finished file in place: nobody sees half a secret, and a
// file that is there already stays (fs.ErrExist).
func writeSecret(path string, secret []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
