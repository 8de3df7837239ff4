package stack

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"bg/controller/api"
)

// Status asks the controller, over docker exec as bg does.
func (s *Stack) Status(ctx context.Context) (api.Status, error) {
	return s.client.Status(ctx, 0, 0)
}

// Client returns the client behind Status. It is the Stack's: not to be closed.
func (s *Stack) Client() *api.Client { return s.client }

// Command hands a command to the controller and returns without waiting for its
// effect.
func (s *Stack) Command(ctx context.Context, app, verb string, c api.Command) (api.Accepted, error) {
	return s.client.Command(ctx, app, verb, c)
}

// History returns the newest 200 events of an app, oldest first.
func (s *Stack) History(ctx context.Context, app string) ([]api.Event, error) {
	return s.client.History(ctx, app, 200)
}

// Await waits until cond returns nil for a status. It sees every status that the
// controller tells after the call, the present one included, about a millisecond
// after it came to be. The error, when ctx ends, holds what cond said last.
// While the controller does not answer, it keeps waiting.
func (s *Stack) Await(ctx context.Context, what string, cond func(api.Status) error) error {
	seen, changed := s.watch.look()
	status, last := s.Status(ctx)
	if last == nil {
		if last = cond(status); last == nil {
			return nil
		}
	}
	asked := status.Time
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w; last: %w\n%s", what, ctx.Err(), last, summary(status))
		case <-changed:
		}
		if seen, changed = s.watch.look(); seen.err != nil {
			last = seen.err
			continue
		}
		if seen.status.Time.Before(asked) {
			continue // on its way when the newer one was asked for
		}
		status = seen.status
		if last = cond(status); last == nil {
			return nil
		}
	}
}

// summary is a status in a few lines.
func summary(s api.Status) string {
	var b strings.Builder
	fmt.Fprintf(&b, "generation %d, confirmed %d, %d apps", s.Generation, s.Confirmed, len(s.Apps))
	for _, p := range s.Problems {
		fmt.Fprintf(&b, "\n  %s: %s: %s", p.Severity, p.Subject, p.Text)
	}
	for _, x := range s.Strays {
		fmt.Fprintf(&b, "\n  stray %s: %s", x.Name, x.Reason)
	}
	for _, a := range s.Apps {
		fmt.Fprintf(&b, "\n  %s: %s, active %q, generation %d, live %v, %s", a.Name, a.Phase, a.Active, a.Generation, a.Live, a.Note)
		for _, c := range a.Colors {
			fmt.Fprintf(&b, "; %s %s %d%%", c.Color, c.Role, c.Weight)
			for _, m := range c.Containers {
				fmt.Fprintf(&b, " [%s %s %s]", m.Name, m.Condition, m.Detail)
			}
		}
	}
	return b.String()
}

// watch follows the status for all who wait, over one connection.
type watch struct {
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	now     sight
	changed chan struct{} // closed when now is replaced
}

// sight is one answer of the controller, or why there was none.
type sight struct {
	status api.Status
	err    error
}

func newWatch(client *api.Client) *watch {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watch{cancel: cancel, done: make(chan struct{}), changed: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.follow(ctx, client)
	}()
	return w
}

func (w *watch) stop() {
	w.cancel()
	<-w.done
}

func (w *watch) look() (sight, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now, w.changed
}

func (w *watch) follow(ctx context.Context, client *api.Client) {
	var after uint64
	for ctx.Err() == nil {
		call, cancel := context.WithTimeout(ctx, 30*time.Second)
		status, err := client.Status(call, after, 20*time.Second)
		cancel()
		w.mu.Lock()
		w.now = sight{status, err}
		close(w.changed)
		w.changed = make(chan struct{})
		w.mu.Unlock()
		after = status.Revision
		if err == nil {
			continue
		}
		after = 0 // a new controller counts anew
		select {
		case <-ctx.Done():
		case <-time.After(poll):
		}
	}
}
