package store

import (
	"encoding/binary"
	"os"
	"sync/atomic"

	"sallyport/session"
)

// walIndex is a look at the header of SQLite's WAL index, the side file "-shm"
// (https://www.sqlite.org/walformat.html, section 2.1). Every commit, of this
// process or of any, writes another header before it is acknowledged: as long
// as it is the same, so is all that is committed. Reading it takes no lock and
// no more than one system call, which is a fraction of what asking SQLite
// costs; and whatever about it is unexpected only means that SQLite is asked.
type walIndex struct {
	path  string
	ended atomic.Bool
	file  atomic.Pointer[os.File]
	seen  atomic.Pointer[seenHeader]
}

// header is the one that SQLite keeps twice, to tell one that is being written.
type header [2 * headerSize]byte

const (
	headerSize    = 48
	headerVersion = 3007000 // the only one there has been
)

// seenHeader is a header and what was read, by a read that began after it.
type seenHeader struct {
	header header
	last   session.Revisions
}

func newWALIndex(database string) *walIndex { return &walIndex{path: database + "-shm"} }

// look gives the header as it is now; false where there is none that can be
// relied on.
func (w *walIndex) look() (h header, ok bool) {
	f := w.file.Load()
	if f == nil {
		if f = w.open(); f == nil {
			return h, false
		}
	}
	if w.ended.Load() {
		return h, false
	}
	if n, err := f.ReadAt(h[:], 0); err != nil || n != len(h) {
		return h, false
	}
	whole := [headerSize]byte(h[:headerSize]) == [headerSize]byte(h[headerSize:])
	// isInit, a byte at offset 12, is 1 once the header is one.
	return h, whole && binary.NativeEndian.Uint32(h[:]) == headerVersion && h[12] == 1
}

// open opens the side file, which is there as long as a connection is.
func (w *walIndex) open() *os.File {
	if w.ended.Load() {
		return nil
	}
	f, err := os.Open(w.path)
	if err != nil {
		return nil
	}
	if !w.file.CompareAndSwap(nil, f) {
		_ = f.Close() // somebody else was quicker; nothing was written
	}
	return w.file.Load()
}

// known gives what was read under this header.
func (w *walIndex) known(h header) (session.Revisions, bool) {
	seen := w.seen.Load()
	if seen == nil || seen.header != h {
		return session.Revisions{}, false
	}
	return seen.last, true
}

// keep remembers what a read gave that began after h was looked at.
func (w *walIndex) keep(h header, r session.Revisions) { w.seen.Store(&seenHeader{h, r}) }

// close may leave a file open that is being opened now: the process ends soon.
func (w *walIndex) close() error {
	w.ended.Store(true)
	if f := w.file.Swap(nil); f != nil {
		return f.Close()
	}
	return nil
}
