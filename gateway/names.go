package gateway

import (
	"strings"
	"sync"
)

// names holds each of the texts that many people have in common once: groups,
// connections, tags.
type names struct {
	mu sync.Mutex
	of map[string]string
}

// maxNames bounds it; beyond, it begins anew, and what is shared then is shared
// twice.
const maxNames = 200_000

// one gives the one copy of a text.
func (n *names) one(text string) string {
	if text == "" {
		return ""
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
