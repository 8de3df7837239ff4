package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/lab"
)

// missed are the faults of events that do not come as they happened.
var missed = []Fault{
	{
		Number: 3, Text: "events dropped, doubled and reordered, same end state", On: Real, Bound: 15 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.meddled(ctx, mangled) },
	},
	{
		Number: 4, Text: "more than 256 events missed, same end state", On: Real, Bound: 15 * time.Second, Lossless: true,
		run: func(ctx context.Context, t *trial) error { return t.meddled(ctx, overrun) },
	},
}

// meddled runs play on a scene whose controller hears of this machine's Docker
// through a meddler.
func (t *trial) meddled(ctx context.Context, play func(ctx context.Context, s *scene, m *meddler) error) error {
	return t.onLab(ctx, func(ctx context.Context, l *lab.Lab) (err error) {
		m, err := meddle(l.Folder, uint64(t.n))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, m.Close()) }()
		return t.onReal(ctx, l, "", lab.Options{Docker: m.Host}, colors, func(ctx context.Context, s *scene) error {
			return play(ctx, s, m)
		})
	})
}

// mangled does this and that to the containers that have no users.
func mangled(ctx context.Context, s *scene, m *meddler) error {
	random := rand.New(rand.NewPCG(uint64(s.n), 1))
	const changes = 16
	for range changes {
		name := s.Container(apps[random.IntN(2)] + "-green")
		var args []string
		switch random.IntN(5) {
		case 0:
			args = []string{"pause", name}
		case 1:
			args = []string{"unpause", name}
		case 2:
			args = []string{"kill", name}
		case 3:
			args = []string{"start", name}
		case 4:
			args = []string{"network", "disconnect", s.Lab.Name, name}
			if random.IntN(2) == 0 {
				args[1] = "connect"
			}
		}
		// What Docker refuses, such as to pause what is paused, is no change.
		_, _ = s.docker(ctx, "", args...)
	}
	from := time.Now()
	if err := s.agrees(ctx, from); err != nil {
		return err
	}
	s.note("of %d events the controller got %d, doubled ones counted twice", m.told, m.passed)
	return nil
}

// overrun keeps all events away while more of them happen than Docker remembers.
func overrun(ctx context.Context, s *scene, m *meddler) error {
	socket, err := dockerSocket()
	if err != nil {
		return err
	}
	transport := &http.Transport{DialContext: dialTo(socket)}
	defer transport.CloseIdleConnections()
	m.block(true)
	one, two := s.Container("one-green"), s.Container("two-green")
	if _, err := s.docker(ctx, "", "pause", one); err != nil {
		return err
	}
	const renames = 300 // an even number: the last one gives the name back
	for i := range renames {
		names := []string{two, two + "-renamed"}
		if err := rename(ctx, transport, names[i%2], names[1-i%2]); err != nil {
			return err
		}
	}
	if _, err := s.docker(ctx, "", "kill", two); err != nil {
		return err
	}
	from := time.Now()
	m.block(false)
	return s.agrees(ctx, from)
}

// rename is `docker rename`, some fifty times as fast.
func rename(ctx context.Context, transport *http.Transport, from, to string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://docker/containers/"+from+"/rename?name="+url.QueryEscape(to), nil)
	if err != nil {
		return err
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("rename %s: Docker answers %s", from, res.Status)
	}
	return nil
}

// agrees waits until bg has every container as Docker has it.
func (s *scene) agrees(ctx context.Context, from time.Time) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	limited, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	for {
		differ := s.differs(limited)
		if differ == nil {
			s.took(time.Since(from))
			return nil
		}
		select {
		case <-limited.Done():
			s.took(time.Since(from))
			s.wrong("bg and Docker do not agree: %v", differ)
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// differs returns how bg's picture differs from Docker's, nil if it does not.
func (s *scene) differs(ctx context.Context) error {
	status, err := s.controller.Client.Status(ctx, 0, 0)
	if err != nil {
		return err
	}
	for _, name := range apps {
		for _, c := range colors {
			condition, address, err := s.truth(ctx, s.Container(name+"-"+c))
			if err != nil {
				return err
			}
			if err := app(name, func(x api.App) error {
				found := color(x, c).Containers
				if len(found) != 1 || found[0].Condition != condition || condition == "ready" && found[0].Address != address {
					return fmt.Errorf("%s of %s is %s at %q, bg has %+v", c, name, condition, address, found)
				}
				return nil
			})(status); err != nil {
				return err
			}
		}
	}
	return nil
}
