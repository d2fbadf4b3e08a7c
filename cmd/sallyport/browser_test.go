package main_test

import (
	"context"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// How long one walk in the browser may take, and one step of it.
const (
	patience = 5 * time.Minute
	step     = 20 * time.Second
)

// startChromium runs one Chromium until the test ends. Every tab of it keeps
// its own cookies.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		needed(t, "chromium", "apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.IgnoreCertErrors, // our proxy's is its own
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel) // ends the process where Cancel could not
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	t.Cleanup(func() {
		within, done := context.WithTimeout(ctx, 10*time.Second)
		defer done()
		if err := chromedp.Cancel(within); err != nil {
			t.Errorf("end %s: %v", program, err)
		}
	})
	return ctx
}

// tab is a window without any cookies, and what its pages complained about.
type tab struct {
	t     *testing.T
	ctx   context.Context
	loads chan struct{} // a page was loaded since one last looked

	mu       sync.Mutex
	refusals map[string]bool // pages that came with a status of 400 and above
	problems []problem
}

// problem is what a page wrote to the console, or what the browser wrote there
// about it: a script that failed, something that the policy forbade.
type problem struct{ text, url string }

// newTab opens a tab that is closed when the test ends.
func newTab(t *testing.T, chromium context.Context) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{t: t, loads: make(chan struct{}, 1), refusals: map[string]bool{}}
	if err := chromedp.Listen(ctx, b.notice); err != nil {
		t.Fatal(err)
	}
	b.ctx, cancel = context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	t.Cleanup(b.settle)
	b.emulate(wide, light)
	return b
}

// notice runs on the goroutine that reads from the browser, and may not wait.
func (b *tab) notice(event any) {
	switch e := event.(type) {
	case *page.EventLoadEventFired:
		select {
		case b.loads <- struct{}{}:
		default:
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument && e.Response.Status >= 400 {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.refusals[e.Response.URL] = true
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.complain(string(e.Entry.Source)+": "+e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.complain("exception: "+e.ExceptionDetails.Text, e.ExceptionDetails.URL)
	case *runtime.EventConsoleAPICalled:
		b.complain("console."+string(e.Type), "")
	}
}

func (b *tab) complain(text, url string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, problem{text, url})
}

// settle fails the test for what pages complained about. That a page itself
// came with a status of 400 and above is no complaint: refusals do.
func (b *tab) settle() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.problems {
		if b.refusals[p.url] && strings.Contains(p.text, "the server responded with a status of") {
			continue
		}
		b.t.Errorf("the browser complains: %s (%s)", p.text, p.url)
	}
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, step)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v; the tab shows %s", what, err, b.whereabouts())
	}
}

// whereabouts is where the tab is, also where its time is over.
func (b *tab) whereabouts() string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + " " + (document.body?.innerText ?? "").slice(0, 600)`))
	if err != nil {
		return "nothing: " + err.Error()
	}
	return at
}

// open goes to an address and does not wait for what comes of it.
func (b *tab) open(address string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.Navigate, page.NavigateParams{URL: address}); err != nil {
		b.t.Fatalf("open %s: %v", address, err)
	}
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// fill replaces what is in a field as pasting does.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do("fill "+selector, chromedp.Focus(chromedp.CSS(selector)))
	b.do("select what is in "+selector, chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"))
	if _, err := chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		b.t.Fatalf("fill %s: %v", selector, err)
	}
}

func (b *tab) upload(selector, file string) {
	b.t.Helper()
	b.do("upload "+file, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}

// script turns the scripts of pages that are yet to come on or off.
func (b *tab) script(on bool) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		b.t.Fatal(err)
	}
}

// arrive waits until the page at an address, with that heading, is there. The
// address may leave out the query.
func (b *tab) arrive(address, heading string) {
	b.t.Helper()
	b.await(address, func(h1 string) bool { return h1 == heading }, heading)
}

// stand waits until the page at an address is there, whatever its heading.
func (b *tab) stand(address string) {
	b.t.Helper()
	b.await(address, func(h1 string) bool { return h1 != "" }, "a heading")
}

func (b *tab) await(address string, fits func(heading string) bool, want string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, step)
	defer cancel()
	for {
		// While one page makes room for the next there is none to ask: the
		// next one's arrival is told.
		at, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[location.href, document.readyState, document.querySelector("h1")?.innerText ?? ""]`))
		if err == nil && sameAddress(at[0], address) && at[1] == "complete" && fits(at[2]) {
			return
		}
		select {
		case <-b.loads:
		case <-ctx.Done():
			b.t.Fatalf("waiting for %s at %s: %v; the tab shows %s", want, address, ctx.Err(), b.whereabouts())
		}
	}
}

func sameAddress(at, want string) bool {
	if at == want {
		return true
	}
	u, err := url.Parse(at)
	if err != nil {
		return false
	}
	u.RawQuery = ""
	return u.String() == want
}

// read is the text that a person sees at the first element of that kind.
func (b *tab) read(selector string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		b.t.Fatalf("read %s: %v; the tab shows %s", selector, err, b.whereabouts())
	}
	return strings.TrimSpace(text)
}

// shows asks that all of these are to be read on the page.
func (b *tab) shows(texts ...string) {
	b.t.Helper()
	words := strings.Join(strings.Fields(b.read("main")), " ")
	for _, text := range texts {
		if !strings.Contains(words, text) {
			b.t.Errorf("%q is not to be read at %s", text, b.whereabouts())
		}
	}
}

// evaluate asks the page.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("evaluate %s: %v; the tab shows %s", expression, err, b.whereabouts())
	}
	return value
}
