package main

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// renames notes when a file was last renamed into a folder, which is when a
// change is on its way to Traefik: it parts bg's share of the time from
// Traefik's.
type renames struct {
	file *os.File
	done chan struct{}

	mu sync.Mutex
	at time.Time
}

func watchRenames(folder string) (*renames, error) {
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", folder, err)
	}
	r := &renames{file: os.NewFile(uintptr(fd), "inotify"), done: make(chan struct{})}
	if _, err := syscall.InotifyAddWatch(fd, folder, syscall.IN_MOVED_TO); err != nil {
		r.file.Close()
		return nil, fmt.Errorf("watch %s: %w", folder, err)
	}
	go func() {
		defer close(r.done)
		buffer := make([]byte, 4096)
		for {
			if _, err := r.file.Read(buffer); err != nil {
				return
			}
			now := time.Now()
			r.mu.Lock()
			r.at = now
			r.mu.Unlock()
		}
	}()
	return r, nil
}

// last returns the time of the newest rename.
func (r *renames) last() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *renames) close() {
	if r == nil {
		return
	}
	r.file.Close()
	<-r.done
}
