package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Limits of every listener. Bodies are limited where they are read.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	headerBytes   = 64 << 10
)

// listeners are the open listeners of a service with their servers.
type listeners []listener

type listener struct {
	socket net.Listener
	server *http.Server
}

// listen opens every listener, so that an address that is taken is known
// before anything is promised.
func (s *service) listen(handler http.Handler) (listeners, error) {
	if s.demo != nil {
		return s.demo.servers(handler), nil
	}
	socket, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen for people: %w", err)
	}
	s.logger.Info("listening", "for", "people", "address", socket.Addr().String())
	if s.certificate != nil {
		socket = tls.NewListener(socket, s.certificate.config())
	}
	open := listeners{{socket, newServer(handler)}}
	if s.config.Metrics.Listen == "" {
		return open, nil
	}
	socket, err = net.Listen("tcp", s.config.Metrics.Listen)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listen for metrics: %w", err), open.close())
	}
	s.logger.Info("listening", "for", "metrics", "address", socket.Addr().String())
	return append(open, listener{socket, newServer(s.metrics.handler())}), nil
}

func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytes,
	}
}

// serve starts all servers; the first failure arrives on the channel.
func (l listeners) serve() <-chan error {
	failed := make(chan error, len(l))
	for _, one := range l {
		go func() {
			if err := one.server.Serve(one.socket); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve: %w", err)
			}
		}()
	}
	return failed
}

// stop lets requests under way finish, at most for limit.
func (l listeners) stop(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var failed error
	for _, one := range l {
		if err := one.server.Shutdown(ctx); err != nil {
			failed = errors.Join(failed, fmt.Errorf("stop: %w", err), one.server.Close())
		}
	}
	return failed
}

func (l listeners) close() error {
	var failed error
	for _, one := range l {
		failed = errors.Join(failed, one.socket.Close())
	}
	return failed
}

// leaving is set once a service has begun to stop.
type leaving struct{ flag atomic.Bool }

func (l *leaving) begin()      { l.flag.Store(true) }
func (l *leaving) begun() bool { return l.flag.Load() }
