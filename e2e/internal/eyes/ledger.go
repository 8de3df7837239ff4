package eyes

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"bg/e2e/internal/stack"
	"bg/e2e/load"
)

// posts is the share of the load that are POSTs.
const posts = 0.1

// patience is how long a user waits for an answer.
const patience = 5 * time.Second

// ledger is a load with every answer kept. Its methods may be called at once.
type ledger struct {
	run   *load.Run
	trial string // with which each id begins

	mu      sync.Mutex
	answers []load.Answer
	grown   chan struct{} // closed when answers has grown
}

// users begins to send requests to the app.
func (a *app) users(ctx context.Context) (*ledger, error) {
	l := &ledger{trial: stack.Random(), grown: make(chan struct{})}
	// By chance: every tenth would meet a proxy that takes the colors in turns,
	// so all POSTs would go to one of them. The same chance in each trial.
	random := rand.New(rand.NewPCG(1, 2))
	var err error
	l.run, err = load.Start(ctx, load.Options{
		Target: a.stack.URL(), Host: a.host, Rate: a.rate, Duration: 2 * time.Minute,
		// As many as may hang before the slowest scenario is over; those that
		// are free take turns.
		Connections: min(2*a.rate, 1000), Timeout: patience,
		Each: func(i int64) load.Request {
			if random.Float64() >= posts {
				return load.Request{Method: "GET"}
			}
			id := fmt.Sprintf("%s-%d", l.trial, i)
			return load.Request{Method: "POST", Path: "/once/" + id, Body: id}
		},
		OnAnswer: l.note,
	})
	return l, err
}

func (l *ledger) note(x load.Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, x)
	close(l.grown)
	l.grown = make(chan struct{})
}

// more waits until load for so long, sent after from, was answered.
func (l *ledger) more(ctx context.Context, rate int, from time.Time, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, d+2*patience)
	defer cancel()
	want := int(d.Seconds() * float64(rate))
	have, seen := 0, 0
	for {
		l.mu.Lock()
		for ; seen < len(l.answers); seen++ {
			if l.answers[seen].Sent.After(from) {
				have++
			}
		}
		grown := l.grown
		l.mu.Unlock()
		if have >= want {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %d answers, %d so far: %w", want, have, ctx.Err())
		case <-grown:
		}
	}
}

// stop ends the load and returns all answers, when the last one has come.
func (l *ledger) stop() []load.Answer {
	l.run.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answers
}
