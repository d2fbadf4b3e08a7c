package main

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"

	"sallyport/config"
)

// certificate is that of the listener; it can be read again while in use.
type certificate struct {
	files config.TLS
	held  atomic.Pointer[tls.Certificate]
}

func newCertificate(files config.TLS) (*certificate, error) {
	c := &certificate{files: files}
	return c, c.Reload()
}

// Reload reads the files again. What was in use stays so where they are bad.
func (c *certificate) Reload() error {
	pair, err := tls.LoadX509KeyPair(c.files.CertFile, c.files.KeyFile)
	if err != nil {
		return fmt.Errorf("read TLS certificate: %w", err)
	}
	c.held.Store(&pair)
	return nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.held.Load(), nil
		},
	}
}
