package main

import (
	"time"

	"sallyport/gateway"
	"sallyport/web/ui"
)

// checkToken lets the console make the checks of an application.
func checkToken(keys gateway.Keys, baseURL string) func(application, token string) *ui.TokenReport {
	return func(application, token string) *ui.TokenReport {
		read := gateway.ReadTokenFor(keys, baseURL, application, token, time.Now())
		report := &ui.TokenReport{
			Good: read.Good(), Header: read.Header, Claims: read.Claims,
			IssuedAt: read.IssuedAt, Expires: read.Expires, AuthTime: read.AuthTime, SessionID: read.SessionID,
		}
		for _, c := range read.Checks {
			report.Checks = append(report.Checks, ui.TokenCheck(c))
		}
		return report
	}
}
