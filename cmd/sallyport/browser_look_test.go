package main_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1, https://github.com/dequelabs/axe-core, under the
// licences beside it.
//
//go:embed testdata/axe/axe.min.js
var axe string

// screens is where pages are kept as pictures, for people to look at.
const screens = "../../build/screens"

const (
	narrow, wide = 390, 1280
	light, dark  = "light", "dark"
)

// view is one way to see a page.
type view struct {
	width  int64
	scheme string
}

// emulate sets the window's width and the colours that the person prefers,
// who likes no movement, so that no colour is measured on its way.
func (b *tab) emulate(width int64, scheme string) {
	b.t.Helper()
	metrics := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 800, DeviceScaleFactor: 1, Mobile: width == narrow}
	if _, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, metrics); err != nil {
		b.t.Fatal(err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.t.Fatal(err)
	}
}

// violation is one breach of one rule by one element.
type violation struct{ Rule, Help, Selector, HTML, Why string }

// runAxe judges by the rules of WCAG 2.2 A and AA and by axe's own of good
// practice. It loads nothing: the page's policy would stop it.
const runAxe = `axe.run(document, {
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
	resultTypes: ["violations"], preload: false,
}).then(found => JSON.stringify(found.violations.flatMap(v => v.nodes.map(n =>
	({Rule: v.id, Help: v.help, Selector: n.target.join(" "), HTML: n.html, Why: n.failureSummary})))))`

// look judges the page as it is, wide and narrow, light and dark, and keeps a
// picture of each.
func (b *tab) look(name string) {
	b.t.Helper()
	b.judge(name, view{wide, light}, view{wide, dark}, view{narrow, light}, view{narrow, dark})
}

// glance is a look at the two views that have the least in common.
func (b *tab) glance(name string) {
	b.t.Helper()
	b.judge(name, view{wide, light}, view{narrow, dark})
}

func (b *tab) judge(name string, views ...view) {
	b.t.Helper()
	if !evaluate[bool](b, `"axe" in window`) {
		b.do("inject axe-core", chromedp.Evaluate[chromedp.Void](axe))
	}
	breaches := map[violation][]string{}
	for _, view := range views {
		b.emulate(view.width, view.scheme)
		how := fmt.Sprintf("%d_%s", view.width, view.scheme)
		b.picture(name + "_" + how)
		if over := evaluate[int](b, `document.scrollingElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			b.t.Errorf("%s_%s: the page is %d px wider than its window", name, how, over)
		}
		var found []violation
		if err := json.Unmarshal([]byte(evaluate[string](b, runAxe)), &found); err != nil {
			b.t.Fatal(err)
		}
		for _, v := range found {
			breaches[v] = append(breaches[v], how)
		}
	}
	for v, how := range breaches {
		b.t.Errorf("%s %v: %s (%s)\n  at %s\n  %s\n  %s", name, how, v.Rule, v.Help, v.Selector, v.HTML, v.Why)
	}
	b.emulate(wide, light)
}

// picture keeps what the page looks like, in full length.
func (b *tab) picture(name string) {
	b.t.Helper()
	yes := true
	shot, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &yes, OptimizeForSpeed: &yes})
	if err != nil {
		b.t.Fatalf("picture %s: %v", name, err)
	}
	if err := os.MkdirAll(screens, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(screens, name+".png"), shot.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
