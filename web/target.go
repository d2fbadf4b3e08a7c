package web

// unknownTarget is the portal with a notice: a relay state said something that
// no application takes.
const unknownTarget = "/?notice=target"

// maxRelayState bounds what is looked at. The specification allows 80 bytes
// (Bindings section 3.4.3); identity providers send whole addresses.
const maxRelayState = 1 << 10

// targetOf resolves what a stranger said about where to go: an address that an
// application allows, or a path of ours. Never anything else.
func (s *Server) targetOf(relayState string) string {
	switch relayState {
	case "", "/":
		return "/"
	case "/session", "/admin", unknownTarget:
		return relayState
	}
	if len(relayState) > maxRelayState {
		return unknownTarget
	}
	t := s.o.Applications.Resolve(relayState)
	switch {
	case t.Unknown:
		return unknownTarget
	case t.URL == "":
		return "/"
	}
	return t.URL
}

// applicationAt is what people call the application that a relay state leads
// to, or "".
func (s *Server) applicationAt(relayState string) string {
	if relayState == "" || len(relayState) > maxRelayState {
		return ""
	}
	if t := s.o.Applications.Resolve(relayState); t.Application != nil {
		return titleOf(t.Application)
	}
	return ""
}
