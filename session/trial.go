package session

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sallyport/internal/fault"
)

// testPrefix begins the relay state of a test. No ordinary one begins so: a
// dot is no letter of a token.
const testPrefix = "test."

// testRelayState marks a request as a test of one version of the trust. It
// names the request, so that the answer is recognised before it is verified.
func testRelayState(trust int, requestID string) string {
	return testPrefix + strconv.Itoa(trust) + "." + requestID
}

// isTest reports whether an administrator tries a connection with it: its
// answer is never worth a session.
func (p *Pending) isTest() bool { return strings.HasPrefix(p.RelayState, testPrefix) }

// AwaitsTest reports whether a response that came with relayState may be the
// answer to a test that waits on the connection. It is a hint about where to
// verify it and proves nothing: Test does. A relay state that is not ours
// costs nothing.
func (m *Manager) AwaitsTest(ctx context.Context, slug, relayState string) (bool, error) {
	rest, ok := strings.CutPrefix(relayState, testPrefix)
	_, requestID, named := strings.Cut(rest, ".")
	if !ok || !named || len(requestID) > maxRequestID {
		return false, nil
	}
	p, err := m.store.Pending(ctx, slug, requestID, time.Now())
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find the pending test: %w", err)
	}
	return p.RelayState == relayState, nil
}

// maxRequestID is beyond the length of every ID that we make.
const maxRequestID = 64
