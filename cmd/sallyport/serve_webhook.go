package main

import (
	"sallyport/store"
	"sallyport/webhook"
)

var _ webhook.Store = (*store.DB)(nil)

// webhook is the worker that tells events to the configured address.
func (s *service) webhook() *webhook.Worker {
	for _, r := range []webhook.Result{webhook.Delivered, webhook.Failed, webhook.GivenUp} {
		s.metrics.webhooks.WithLabelValues(string(r)) // shown as 0 before it happens
	}
	return webhook.New(s.house.db, webhook.Options{
		URL:     s.config.Webhook.URL.Reveal(),
		Secret:  s.config.Webhook.Secret.Reveal(),
		Service: s.config.BaseURL,
		Version: version,
		Logger:  s.logger,
		Counted: func(r webhook.Result) { s.metrics.webhooks.WithLabelValues(string(r)).Inc() },
	})
}
