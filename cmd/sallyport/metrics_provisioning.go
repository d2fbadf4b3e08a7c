package main

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sallyport/directory"
)

func newRobotCounter() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sallyport_scim_requests_total",
		Help: "Requests of provisioning robots by route and status.",
	}, []string{"route", "status"})
}

// servedRobot counts one request of a robot, beside what counts for all.
func (m *metrics) servedRobot(method, route string, status int, took time.Duration) {
	m.robots.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.served(method, scimPath+route, status, took)
}

// provisioning tells what an administrator has to see to: tokens that expire,
// and brakes that hold.
type provisioning struct {
	people *directory.Directory
	logger *slog.Logger
}

var (
	tokenExpiryDesc = prometheus.NewDesc("sallyport_scim_token_expiry_seconds",
		"When a provisioning token expires, in seconds since 1970.", []string{"idp", "token"}, nil)
	heldDesc = prometheus.NewDesc("sallyport_provisioning_held",
		"How many people's deactivations and removals the brake holds, of each connection with a provisioning token.", []string{"idp"}, nil)
)

// scrapeTimeout is how long a scrape waits for the database.
const scrapeTimeout = 5 * time.Second

func (p provisioning) Describe(ch chan<- *prometheus.Desc) {
	ch <- tokenExpiryDesc
	ch <- heldDesc
}

// Collect leaves out what cannot be read: a scrape tells most where the
// database is away.
func (p provisioning) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	tokens, err := p.people.Tokens(ctx, "")
	if err != nil {
		p.logger.Warn("could not measure provisioning tokens", "error", err)
		return
	}
	brakes, err := p.people.Brakes(ctx)
	if err != nil {
		p.logger.Warn("could not measure brakes", "error", err)
		return
	}
	held := map[string]int{}
	for _, t := range tokens {
		held[t.IDP] = 0
		ch <- prometheus.MustNewConstMetric(tokenExpiryDesc, prometheus.GaugeValue, float64(t.ExpiresAt.Unix()), t.IDP, t.ID)
	}
	for _, b := range brakes {
		held[b.IDP] = b.People
	}
	for idp, people := range held {
		ch <- prometheus.MustNewConstMetric(heldDesc, prometheus.GaugeValue, float64(people), idp)
	}
}
