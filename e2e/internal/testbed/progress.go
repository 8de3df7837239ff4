package testbed

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// heartbeat is how often a long step says that it is still at work.
const heartbeat = 10 * time.Second

// printer writes whole lines from several steps at once.
type printer struct {
	mu sync.Mutex
	w  io.Writer
}

func (p *printer) line(step, text string, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "%-14s %-58s %6.1fs\n", step, text, took.Seconds())
}

// step runs work within limit and prints what came of it. Work may say what it
// is doing now; the last thing said is repeated while it lasts.
func (p *printer) step(ctx context.Context, name string, limit time.Duration,
	work func(ctx context.Context, say func(string)) (string, error),
) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	start := time.Now()

	said := make(chan string)
	done := make(chan struct{})
	var printing sync.WaitGroup
	printing.Go(func() {
		doing := "at work"
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case doing = <-said:
				p.line(name, doing, time.Since(start))
			case <-tick.C:
				p.line(name, doing+" ...", time.Since(start))
			case <-done:
				return
			}
		}
	})
	result, err := work(ctx, func(text string) { said <- text })
	close(done)
	printing.Wait()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.line(name, result, time.Since(start))
	return nil
}
