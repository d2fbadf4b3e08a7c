package gateway

import (
	"strings"
	"sync"
)

// names holds each of the short texts that many people have in common once:
// groups, connections, tags. It never lets one go, so that it takes no long ones.
type names struct {
	mu sync.Mutex
	of map[string]string
}

// maxNames bounds it; beyond, it begins anew, and what is shared then is shared
// twice.
const maxNames = 200_000

// maxName is the longest of them, in bytes.
const maxName = 128

// one gives the one copy of a text, or of a long one a copy of its own.
func (n *names) one(text string) string {
	if text == "" {
		return ""
	}
	if len(text) > maxName {
		return strings.Clone(text)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if known, ok := n.of[text]; ok {
		return known
	}
	if n.of == nil || len(n.of) >= maxNames {
		n.of = map[string]string{}
	}
	text = strings.Clone(text)
	n.of[text] = text
	return text
}
