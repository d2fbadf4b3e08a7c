package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/session"
	"sallyport/store"
)

// metrics is everything that /metrics tells, on a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	signIns  *signInCounter
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), signIns: newSignInCounter(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "sallyport_http_request_duration_seconds",
		Help:    "How long requests took, by method, route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
	}, []string{"method", "route", "status"})}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.signIns.counter,
		m.requests,
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

// watch adds what is read from the connections at each scrape.
func (m *metrics) watch(idps *idp.Registry) { m.registry.MustRegister(expiries{idps}) }

// signInCounter counts sign-ins where they become durable, and refusals where
// their event is saved. It sees neither names nor attributes.
type signInCounter struct{ counter *prometheus.CounterVec }

func newSignInCounter() *signInCounter {
	return &signInCounter{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sallyport_sign_ins_total",
		Help: "Sign-ins by connection, flow (solicited, unsolicited, unknown), result (began, refused) and reason of a refusal.",
	}, []string{"idp", "flow", "result", "reason"})}
}

// over wraps what a session.Manager writes through.
func (c *signInCounter) over(db *store.DB) (session.Store, session.Events) {
	return countedSessions{db, c.counter}, countedEvents{db, c.counter}
}

type countedSessions struct {
	session.Store
	counter *prometheus.CounterVec
}

func (s countedSessions) RecordSignIn(ctx context.Context, in *session.SignIn) error {
	if err := s.Store.RecordSignIn(ctx, in); err != nil {
		return err
	}
	flow := "solicited"
	if in.RequestID == "" {
		flow = "unsolicited"
	}
	s.counter.WithLabelValues(in.Session.IDP, flow, "began", "").Inc()
	return nil
}

func (s countedSessions) RecordRefusal(ctx context.Context, r *session.Recording, e audit.Event) error {
	countRefusal(s.counter, e)
	return s.Store.RecordRefusal(ctx, r, e)
}

type countedEvents struct {
	session.Events
	counter *prometheus.CounterVec
}

func (s countedEvents) AppendEvent(ctx context.Context, e audit.Event) error {
	countRefusal(s.counter, e)
	return s.Events.AppendEvent(ctx, e)
}

func countRefusal(counter *prometheus.CounterVec, e audit.Event) {
	if e.Action == audit.SignInRefused {
		counter.WithLabelValues(e.IDP, "unknown", "refused", e.Reason).Inc()
	}
}

// expiries tells when the certificates that are trusted run out.
type expiries struct{ idps *idp.Registry }

var expiryDesc = prometheus.NewDesc("sallyport_idp_certificate_expiry_seconds",
	"When a trusted signing certificate of a connection runs out, in seconds since 1970.", []string{"idp", "fingerprint"}, nil)

func (e expiries) Describe(ch chan<- *prometheus.Desc) { ch <- expiryDesc }

func (e expiries) Collect(ch chan<- prometheus.Metric) {
	for _, c := range e.idps.Connections() {
		if c.Provider.Live == nil {
			continue
		}
		for _, cert := range c.Provider.Live.Certificates {
			ch <- prometheus.MustNewConstMetric(expiryDesc, prometheus.GaugeValue, float64(cert.NotAfter.Unix()), c.Provider.Slug, cert.Fingerprint)
		}
	}
}
