package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"sallyport/idp"
)

// expiries tells when the certificates in use run out: theirs and ours.
type expiries struct{ idps *idp.Registry }

var (
	theirExpiryDesc = prometheus.NewDesc("sallyport_idp_certificate_expiry_seconds",
		"When a trusted signing certificate of an active connection runs out, in seconds since 1970.", []string{"idp", "fingerprint"}, nil)
	ourExpiryDesc = prometheus.NewDesc("sallyport_own_certificate_expiry_seconds",
		"When a certificate of this service's own runs out, in seconds since 1970.", []string{"certificate", "fingerprint"}, nil)
)

func (e expiries) Describe(ch chan<- *prometheus.Desc) {
	ch <- theirExpiryDesc
	ch <- ourExpiryDesc
}

func (e expiries) Collect(ch chan<- prometheus.Metric) {
	seen := map[[2]string]bool{} // the same twice would fail the whole scrape
	for _, x := range e.idps.Expiries() {
		desc, of := theirExpiryDesc, x.IDP
		if x.IDP == "" {
			desc, of = ourExpiryDesc, x.What
		}
		if key := [2]string{of, x.Fingerprint}; !seen[key] {
			seen[key] = true
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(x.NotAfter.Unix()), of, x.Fingerprint)
		}
	}
}
