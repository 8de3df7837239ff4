// Package renames notes when files are renamed into a folder, which is when a
// change is on its way to Traefik: it parts bg's share of the time from
// Traefik's.
package renames

import (
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// Watch is a folder that is watched. Its methods may run at once.
type Watch struct {
	file *os.File
	done chan struct{}
	each chan time.Time // the newest ones that nobody took

	mu sync.Mutex
	at time.Time
}

// Of begins to watch a folder. Who is done with it closes it.
func Of(folder string) (*Watch, error) {
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", folder, err)
	}
	w := &Watch{file: os.NewFile(uintptr(fd), "inotify"), done: make(chan struct{}), each: make(chan time.Time, 64)}
	if _, err := syscall.InotifyAddWatch(fd, folder, syscall.IN_MOVED_TO); err != nil {
		w.file.Close()
		return nil, fmt.Errorf("watch %s: %w", folder, err)
	}
	go w.run()
	return w, nil
}

func (w *Watch) run() {
	defer close(w.done)
	buffer := make([]byte, 4096)
	for {
		if _, err := w.file.Read(buffer); err != nil {
			return
		}
		now := time.Now()
		w.mu.Lock()
		w.at = now
		w.mu.Unlock()
		select {
		case w.each <- now:
		default: // nobody waits for any
		}
	}
}

// Last returns the time of the newest rename, zero if there was none.
func (w *Watch) Last() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

// After waits for the first rename after a moment. One goroutine may wait.
func (w *Watch) After(ctx context.Context, moment time.Time) (time.Time, error) {
	for {
		select {
		case at := <-w.each:
			if at.After(moment) {
				return at, nil
			}
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("wait for a rename: %w", ctx.Err())
		}
	}
}

// Close ends the watch. A nil Watch may be closed.
func (w *Watch) Close() {
	if w == nil {
		return
	}
	w.file.Close()
	<-w.done
}
