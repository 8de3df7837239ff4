package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/figures"
	"bg/e2e/internal/renames"
)

// found is what was measured of one size.
type found struct {
	File    time.Duration  `json:"first_file_ns"`  // since the start
	Served  time.Duration  `json:"all_served_ns"`  // since the start; Settle is in it
	Rest    int64          `json:"rss_bytes"`      // after the window
	Most    int64          `json:"most_rss_bytes"` // in all
	Idle    float64        `json:"idle_cpu"`       // of a core
	Busy    float64        `json:"events_cpu"`     // of a core, with events
	Renamed figures.Sample `json:"renamed"`        // from an event to the file
}

// pace is the time between two events that matter.
const pace = 100 * time.Millisecond

// measure runs the controller with a size.
func measure(ctx context.Context, bin string, s size, o options) (f found, err error) {
	folder, err := os.MkdirTemp("", "bg-scale-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(folder)
	dynamic, state, run := filepath.Join(folder, "dynamic"), filepath.Join(folder, "state"), filepath.Join(folder, "run")
	if err := errors.Join(os.Mkdir(dynamic, 0o700), os.Mkdir(state, 0o700), os.Mkdir(run, 0o700)); err != nil {
		return f, err
	}
	answers, address, err := checked(s)
	if err != nil {
		return f, err
	}
	defer answers()
	t, err := newTown(s, filepath.Join(folder, "docker.sock"), address)
	if err != nil {
		return f, err
	}
	defer t.close()
	proxy, err := newProxy(dynamic, s.Apps)
	if err != nil {
		return f, err
	}
	defer proxy.close()
	files, err := renames.Of(dynamic)
	if err != nil || files == nil {
		return f, errors.Join(err, errors.New("this needs Linux"))
	}
	defer files.Close()

	socket := filepath.Join(run, "bg.sock")
	p, err := start(bin, filepath.Join(folder, "log"), []string{"DOCKER_HOST=" + t.host}, "controller",
		"--traefik-api", proxy.api, "--entrypoint", proxy.web, "--traefik-dir", dynamic,
		"--state-dir", state, "--socket", socket, "--network", network)
	if err != nil {
		return f, err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, p.lastWords())
		}
		err = errors.Join(err, p.stop())
	}()
	if err := f.rise(ctx, p, files, socket, s.Apps); err != nil {
		return f, err
	}
	if f.Idle, err = p.load(ctx, o.window); err != nil {
		return f, err
	}
	if f.Rest, _, err = p.memory(); err != nil {
		return f, err
	}
	if err := f.flips(ctx, p, t, files, o); err != nil {
		return f, err
	}
	_, f.Most, err = p.memory()
	return f, err
}

// rise waits until every app is served.
func (f *found) rise(ctx context.Context, p *process, files *renames.Watch, socket string, apps int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	first, err := files.After(ctx, p.begun)
	if err != nil {
		return err
	}
	f.File = first.Sub(p.begun)
	client := api.NewClient(func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	})
	defer client.Close()
	for {
		status, err := client.Status(ctx, 0, 0)
		served := 0
		for _, a := range status.Apps {
			if a.Active != "" && a.Live {
				served++
			}
		}
		if served == apps {
			f.Served = time.Since(p.begun)
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d apps are served: %w", served, apps, errors.Join(ctx.Err(), err))
		case ended := <-p.ended:
			p.ended <- ended
			return fmt.Errorf("the controller ended: %v", ended)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// load returns how much of a core it takes in the time to come.
func (p *process) load(ctx context.Context, during time.Duration) (float64, error) {
	// What came with the start is over by the next list.
	if err := pause(ctx, 12*time.Second); err != nil {
		return 0, err
	}
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := pause(ctx, during); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return float64(after-before) / float64(time.Since(begun)), err
}

// flips lets events happen: most change nothing, ten a second change the file.
func (f *found) flips(ctx context.Context, p *process, t *town, files *renames.Watch, o options) error {
	before, err := p.cpu()
	if err != nil {
		return err
	}
	begun := time.Now()
	quiet, hush := context.WithCancel(ctx)
	var murmur sync.WaitGroup
	murmur.Go(func() { t.murmur(quiet, o.rate) })
	defer murmur.Wait()
	defer hush()
	ctx, cancel := context.WithTimeout(ctx, time.Minute+time.Duration(o.flips)*time.Second)
	defer cancel()
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for i := 0; len(f.Renamed) < o.flips; i++ {
		at := time.Now()
		mend, again := t.flip(i % len(t.apps))
		renamed, err := files.After(ctx, at)
		if err != nil {
			return err
		}
		f.Renamed = append(f.Renamed, renamed.Sub(at))
		<-tick.C
		at = time.Now()
		if mend(); again {
			if renamed, err = files.After(ctx, at); err != nil {
				return err
			}
			f.Renamed = append(f.Renamed, renamed.Sub(at))
		}
		<-tick.C
	}
	after, err := p.cpu()
	f.Busy = float64(after-before) / float64(time.Since(begun))
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// checked answers bg's own checks, at an address of this machine which is not
// its loopback: containers have none of that kind.
func checked(s size) (end func(), address string, err error) {
	if s.Checked == 0 {
		return func() {}, "", nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, "", err
	}
	for _, a := range all {
		ip, ok := a.(*net.IPNet)
		if !ok || !ip.IP.IsGlobalUnicast() || strings.Contains(ip.IP.String(), ":") {
			continue
		}
		l, err := net.Listen("tcp", net.JoinHostPort(ip.IP.String(), "0"))
		if err != nil {
			continue
		}
		return serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), l.Addr().String(), nil
	}
	return nil, "", errors.New("this machine has no address but its loopback: nothing can be checked there")
}
