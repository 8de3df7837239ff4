package main

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const before = `{"revision": 1, "time": "2026-03-01T12:00:00Z", "apps": [
 {"name": "docs", "phase": "stable", "active": "blue", "generation": 1, "live": true},
 {"name": "shop", "phase": "ready", "active": "blue", "generation": 2, "live": true, "note": "waits for bg promote", "colors": [
  {"color": "blue", "role": "active", "weight": 100, "containers": [{"name": "b", "condition": "ready"}]},
  {"color": "green", "role": "candidate", "weight": 0, "containers": [{"name": "g", "condition": "ready"}]}]}]}`

const after = `{"revision": 2, "time": "2026-03-01T12:00:09Z", "apps": [
 {"name": "docs", "phase": "stable", "active": "blue", "generation": 1, "live": true},
 {"name": "shop", "phase": "stable", "active": "green", "generation": 3, "live": true, "note": "", "colors": [
  {"color": "blue", "role": "standby", "weight": 0, "containers": [{"name": "b", "condition": "ready"}]},
  {"color": "green", "role": "active", "weight": 100, "containers": [{"name": "g", "condition": "ready"}]}]}]}`

// output is what a process prints, readable at any time.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func TestWatchOnAPipePrintsALineForEachChange(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/status.json", before)
	cmd := bgCommand(t, dir, nil, "status", "-w")
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "two lines", func() bool { return strings.Count(out.String(), "\n") == 2 })
	write(t, dir+"/next.json", after)
	eventually(t, "a third", func() bool { return strings.Count(out.String(), "\n") == 3 })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C is the good end of a watch: %v", err)
	}
	want := `2026-03-01T12:00:00Z docs stable active=blue generation=1 live=true
2026-03-01T12:00:00Z shop ready active=blue blue=active,100%,1/1 green=candidate,0%,1/1 generation=2 live=true waits for bg promote
2026-03-01T12:00:09Z shop stable active=green blue=standby,0%,1/1 green=active,100%,1/1 generation=3 live=true
`
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestWatchOfOneAppAsJSONPrintsADocumentPerLine(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/status.json", before)
	cmd := bgCommand(t, dir, nil, "status", "shop", "-wojson")
	out := &output{}
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a line", func() bool { return strings.Count(out.String(), "\n") == 1 })
	write(t, dir+"/next.json", after)
	eventually(t, "another", func() bool { return strings.Count(out.String(), "\n") == 2 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if got := out.String(); strings.Contains(got, "docs") || !strings.Contains(got, `"active":"green"`) {
		t.Error(got)
	}
}

func TestWatchOnATerminalRedrawsInPlace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/status.json", before)
	term := startTerminal(t, 120, 30, bgCommand(t, dir, nil, "status", "-w"))
	term.expect(`shop.*ready.*waits for bg promote`)
	term.expect(`\x1b\[3A`) // the next frame, over the three lines of this one
	write(t, dir+"/next.json", after)
	term.expect(`\x1b\[3A(?s:.*)shop.*stable.*green`)
	term.send("\x03")
	if code := term.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !strings.HasSuffix(term.seen(), "\x1b[?25h") {
		t.Errorf("the cursor is not back: %q", term.seen()[max(0, len(term.seen())-40):])
	}
}

func TestWatchFitsTheScreen(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/status.json", before)
	term := startTerminal(t, 50, 3, bgCommand(t, dir, nil, "status", "-w"))
	term.expect(`more lines`)
	term.expect(`\x1b\[2A`)
	for line := range strings.Lines(plainText(term.seen())) {
		if n := len([]rune(strings.Trim(line, "\r\n"))); n > 50 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

func TestWatchOutlivesItsController(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/status.json", before)
	socket, stop, err := serveScripted(dir)
	if err != nil {
		t.Fatal(err)
	}
	cmd := bgCommand(t, dir, []string{"BG_HOST=unix://" + socket}, "status", "-w")
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	eventually(t, "two lines", func() bool { return strings.Count(out.String(), "\n") == 2 })
	stop()
	eventually(t, "a complaint", func() bool { return strings.Contains(out.String(), "trying again") })
	again, stop, err := serveScripted(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	write(t, dir+"/status.json", after) // a new controller may count from 1 again
	if err := os.MkdirAll(strings.TrimSuffix(socket, "/s"), 0o700); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(strings.TrimSuffix(socket, "/s")) }()
	if err := os.Symlink(again, socket); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new picture", func() bool { return strings.Contains(out.String(), "shop stable active=green") })
}
