package traefik

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// hold holds the folder until the test ends.
func hold(t *testing.T, p *Publisher) {
	t.Helper()
	release, err := p.Hold()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
}

// another is a second controller's publisher for the same folder.
func another(t *testing.T, p *Publisher) *Publisher {
	t.Helper()
	other, err := NewPublisher(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	return other
}

// Fault 23 of the bar: two controllers: the second refuses.
func TestASecondControllerCannotHoldTheFolderUntilTheFirstLetsGo(t *testing.T) {
	first := newPublisher(t)
	release, err := first.Hold()
	if err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(first.stage(), "bg.yml.X.bg-tmp") // the first one's, being written
	if err := os.WriteFile(temp, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	second := another(t, first)
	for _, p := range []*Publisher{second, first} {
		if _, err := p.Hold(); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), first.dir) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := os.Stat(temp); err != nil {
		t.Errorf("the second one took it away: %v", err)
	}
	if err := errors.Join(first.Held(), first.Publish([]byte("one"))); err != nil {
		t.Error(err)
	}
	release()
	if err := first.Held(); !errors.Is(err, ErrHeld) {
		t.Errorf("after it let go: %v", err)
	}
	hold(t, second)
	if err := second.Publish([]byte("two")); err != nil {
		t.Error(err)
	}
}

// Whoever removes a frozen controller's lock can start another one. The first
// one finds out before it writes, also when that one is gone by then.
//
// Fault 24 of the bar: a frozen controller wakes after a takeover: fenced.
func TestWhoWakesAfterATakeoverPublishesNothing(t *testing.T) {
	for name, stays := range map[string]bool{"the other one is there": true, "the other one came and went": false} {
		t.Run(name, func(t *testing.T) {
			frozen := newPublisher(t)
			hold(t, frozen)
			if err := frozen.Publish([]byte("old")); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(frozen.stage()); err != nil {
				t.Fatal(err)
			}
			other := another(t, frozen)
			release, err := other.Hold()
			if err != nil {
				t.Fatal(err)
			}
			if err := other.Publish([]byte("new")); err != nil {
				t.Fatal(err)
			}
			if stays {
				defer release()
			} else {
				release()
			}
			for range 2 {
				if err := frozen.Publish([]byte("old")); !errors.Is(err, ErrHeld) {
					t.Errorf("publish: %v", err)
				}
				if err := frozen.Held(); !errors.Is(err, ErrHeld) {
					t.Errorf("held: %v", err)
				}
			}
			if data, err := other.Current(); string(data) != "new" || err != nil {
				t.Errorf("the file holds %q, %v", data, err)
			}
		})
	}
}

func TestAStageThatWasTidiedAwayIsHeldAnew(t *testing.T) {
	p := newPublisher(t)
	hold(t, p)
	if err := os.RemoveAll(p.stage()); err != nil {
		t.Fatal(err)
	}
	if err := p.Publish([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := another(t, p).Hold(); !errors.Is(err, ErrHeld) {
		t.Errorf("a second one: %v", err)
	}
	// The whole folder is away for a moment.
	away := p.dir + ".away"
	if err := os.Rename(p.dir, away); err != nil {
		t.Fatal(err)
	}
	if err := p.Held(); err == nil || errors.Is(err, ErrHeld) {
		t.Errorf("without the folder: %v", err)
	}
	if err := os.Rename(away, p.dir); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Held(), p.Publish([]byte("y"))); err != nil {
		t.Error(err)
	}
}

// Attack 7 of the bar: symlink in the output folder: not followed.
func TestALockThatIsNoFileIsRefused(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"a link":   func(path string) error { return os.Symlink("/etc/passwd", path) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
	} {
		p := newPublisher(t)
		if err := make(filepath.Join(p.stage(), lockName)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Hold(); err == nil || !strings.Contains(err.Error(), "must be a file: remove it") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The lock is the process's: one that is frozen holds it, so nobody takes
// over from it as long as it could wake up. The test runs itself again.
//
// Fault 24 of the bar: a frozen controller wakes after a takeover: fenced.
func TestAFrozenControllerKeepsTheFolderUntilItIsKilled(t *testing.T) {
	if dir := os.Getenv("BG_TEST_HOLD"); dir != "" {
		p, err := NewPublisher(dir)
		if err != nil {
			t.Fatal(err)
		}
		hold(t, p)
		fmt.Println("held")
		_, _ = os.Stdin.Read(make([]byte, 1))
		return
	}
	p := newPublisher(t)
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "BG_TEST_HOLD="+p.dir)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT, syscall.SIGSTOP} {
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Hold(); !errors.Is(err, ErrHeld) {
			t.Fatalf("after %v: %v", signal, err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	hold(t, p)
}
