package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is everything that /metrics tells, on a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	signIns  *signInCounter
	webhooks *prometheus.CounterVec
	requests *prometheus.HistogramVec
	robots   *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), signIns: newSignInCounter(), robots: newRobotCounter(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "sallyport_http_request_duration_seconds",
		Help:    "How long requests took, by method, route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
	}, []string{"method", "route", "status"}), webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sallyport_webhook_deliveries_total",
		Help: "Attempts to tell the webhook of an event by result (delivered, failed), and events that were given up (given_up).",
	}, []string{"result"})}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.signIns.counter,
		m.requests,
		m.webhooks,
		m.robots,
	)
	return m
}

func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

// served counts one request. Routes are those of a closed table, "" for none.
func (m *metrics) served(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// watch adds what is read from the rooms at each scrape.
func (m *metrics) watch(h *house) {
	m.registry.MustRegister(expiries{h.idps}, provisioning{h.people, h.logger})
}
