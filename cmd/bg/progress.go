package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"bg/controller/api"
)

// progressTick is the time between two redraws on a terminal.
const progressTick = 250 * time.Millisecond

// stepEvent is a line of bg deploy -o json.
type stepEvent struct {
	Time    time.Time `json:"time"`
	App     string    `json:"app"`
	Release string    `json:"release"`
	Step    string    `json:"step"`    // "images", a step of the release, or "deploy" for all of it
	State   string    `json:"state"`   // "begin", "done" or "failed"
	Seconds float64   `json:"seconds"` // that it took; 0 at its begin
	Text    string    `json:"text"`
}

// progress shows a release on its way: a line for each step that is over
// and, on a terminal, the one under way with a bar for each color below
// them. Its methods may be called at once.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	err   io.Writer // for the words of other programs
	style style
	dim   style         // of err
	json  *json.Encoder // instead of lines
	live  *frame        // nil but on a terminal
	file  *os.File      // the terminal
	stop  chan struct{}
	ended chan struct{}

	app, release string
	step         string // under way
	since        time.Time
	waits        string // what the step waits for
	shares       string // the bars
}

// progress returns the display for p's output. The caller closes it.
func (p *program) progress(app string, asJSON bool) *progress {
	v := &progress{out: p.out, err: p.err, style: p.style(), app: app}
	if e, ok := p.err.(*os.File); ok && term.IsTerminal(int(e.Fd())) {
		v.dim = v.style
	}
	f, terminal := p.terminal()
	switch {
	case asJSON:
		v.json = json.NewEncoder(p.out)
	case terminal && os.Getenv("TERM") != "dumb":
		v.live, v.file = &frame{out: p.out}, f
		v.stop, v.ended = make(chan struct{}), make(chan struct{})
		go v.redraw()
	}
	return v
}

// redraw keeps the time of the step going.
func (v *progress) redraw() {
	defer close(v.ended)
	tick := time.NewTicker(progressTick)
	defer tick.Stop()
	for {
		select {
		case <-v.stop:
			return
		case <-tick.C:
			v.mu.Lock()
			v.draw()
			v.mu.Unlock()
		}
	}
}

// close takes away what is not to stay on the terminal. It may be called
// again.
func (v *progress) close() {
	if v.live == nil {
		return
	}
	close(v.stop)
	<-v.ended
	v.mu.Lock()
	defer v.mu.Unlock()
	v.live.clear()
	v.live.leave()
	v.live, v.step = nil, ""
}

// draw shows the step under way. v.mu is held.
func (v *progress) draw() {
	if v.live == nil || v.step == "" {
		return
	}
	width, height, err := term.GetSize(int(v.file.Fd()))
	if err != nil {
		width, height = 80, 24
	}
	v.live.draw(v.line(v.style.cyan("·"), v.step, time.Since(v.since), v.waits)+v.shares, width, height)
}

// print puts lines above what is redrawn. v.mu is held.
func (v *progress) print(to io.Writer, text string) {
	if v.live != nil {
		v.live.clear()
	}
	_, _ = io.WriteString(to, text)
	v.draw()
}

func (v *progress) line(mark, step string, took time.Duration, text string) string {
	return strings.TrimRight(fmt.Sprintf("%s %-8s%6s  %s", mark, step, shortSpan(took), oneLine(text)), " ") + "\n"
}

func (v *progress) event(step, state string, took time.Duration, text string) {
	_ = v.json.Encode(stepEvent{
		Time: time.Now().UTC(), App: v.app, Release: v.release, Step: step, State: state,
		Seconds: max(took, 0).Round(time.Millisecond).Seconds(), Text: oneLine(text),
	})
}

// known sets the release that further lines are about.
func (v *progress) known(release string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.release = release
}

// begin says that a step began that long ago.
func (v *progress) begin(step string, ago time.Duration, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.step, v.since, v.waits = step, time.Now().Add(-ago), ""
	if v.json != nil {
		v.event(step, "begin", 0, text)
	}
	v.draw()
}

// done says that a step is over.
func (v *progress) done(step string, took time.Duration, text string) {
	v.over(step, "done", took, text)
}

// failed says that a step went wrong.
func (v *progress) failed(step string, took time.Duration, text string) {
	v.over(step, "failed", took, text)
}

func (v *progress) over(step, state string, took time.Duration, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.json != nil {
		v.event(step, state, took, text)
		return
	}
	v.step = ""
	mark := v.style.green("✓")
	if state == "failed" {
		mark = v.style.red("✗")
	}
	v.print(v.out, v.line(mark, step, took, text))
}

// say adds a word to the step under way.
func (v *progress) say(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.json == nil {
		v.print(v.out, v.style.faint("  "+oneLine(fmt.Sprintf(format, args...)))+"\n")
	}
}

// trouble shows what a container said before things went wrong.
func (v *progress) trouble(head, log string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var b strings.Builder
	b.WriteString(oneLine(head) + "\n")
	for line := range strings.Lines(log) {
		if line = strings.TrimRight(printable(escapeCodes.ReplaceAllString(line, "")), "\r\n "); line != "" {
			b.WriteString("    " + v.dim.faint(line) + "\n")
		}
	}
	v.print(v.err, b.String())
}

// wait shows what the step under way waits for, and who has which share of
// the users. Away from a terminal a line says so when it is new and worth
// it.
func (v *progress) wait(text string, a api.App, worth bool) {
	text = oneLine(text)
	v.mu.Lock()
	defer v.mu.Unlock()
	changed := text != v.waits
	v.waits, v.shares = text, v.bars(a)
	switch {
	case v.json != nil:
	case v.live != nil:
		v.draw()
	case changed && worth && text != "":
		_, _ = io.WriteString(v.out, "  "+v.step+": "+text+"\n")
	}
}

// took returns how long the step under way has lasted.
func (v *progress) took() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return time.Since(v.since)
}

// bars is a line for each color that is there.
func (v *progress) bars(a api.App) string {
	var b strings.Builder
	for _, color := range []string{"blue", "green"} {
		c := find(a, color)
		if c == nil {
			continue
		}
		cells := min(max((c.Weight*barWidth+50)/100, 0), barWidth)
		if c.Weight > 0 {
			cells = max(cells, 1)
		}
		fmt.Fprintf(&b, "  %s %s%s %s  %s\n", v.style.side(color, fmt.Sprintf("%-5s", color)),
			v.style.side(color, strings.Repeat("█", cells)), v.style.faint(strings.Repeat("░", barWidth-cells)),
			v.style.side(color, fmt.Sprintf("%3d%%", c.Weight)), v.style.faint(oneLine(c.Role)))
	}
	if a.Judgment != nil && a.Judgment.Reason != "" {
		b.WriteString("  " + v.style.faint("traffic: "+oneLine(a.Judgment.Reason)) + "\n")
	}
	return b.String()
}

// shortSpan is a duration for people: 42ms, 2.1s, 1m10s; "" if unknown.
func shortSpan(d time.Duration) string {
	switch {
	case d < 0:
		return ""
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return shortTime(d.Round(time.Second))
}
