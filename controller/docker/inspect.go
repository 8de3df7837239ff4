package docker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"

	"bg/labels"
)

// errNotColored: the container does not ask for bg.
var errNotColored = errors.New("bg.enable is not set")

// fact is what one inspect said of a container, checked. It is immutable.
type fact struct {
	face
	asked   *asked
	address string // on the network that is asked for, while it runs
	offline string // why address is ""
	failing int    // health checks in a row
	oom     bool
	code    int // exit code
	started time.Time
	ownStop int           // number of its stop signal
	grace   time.Duration // from that to its end by force
	routed  bool          // it needs an address
}

// asked is what a container's labels ask for, decoded once.
type asked struct {
	key     askedKey
	spec    *labels.Spec
	invalid string
}

// askedKey is all that the result of decoding depends on.
type askedKey struct {
	name   string
	labels uint64
	ports  string
}

// inspect looks at one container. last is what its labels asked for at the
// last look, or nil. The error is errNotColored, or satisfies
// errdefs.IsNotFound if there is no such container.
func (c *conn) inspect(ctx context.Context, id, network string, last *asked) (*fact, error) {
	var f *fact
	err := c.call(ctx, "inspect container "+id[:12], func(ctx context.Context) error {
		answer, err := c.ContainerInspect(ctx, id)
		if err == nil {
			f, err = factOf(&answer, id, network, last)
		}
		return err
	})
	return f, err
}

// factOf checks an inspect's answer and reads what counts out of it.
func factOf(c *container.InspectResponse, id, network string, last *asked) (*fact, error) {
	switch {
	case c.ContainerJSONBase == nil || !strings.HasPrefix(c.ID, id):
		return nil, errors.New("the answer is about something else")
	case c.State == nil:
		return nil, errors.New("the answer has no state")
	case c.Config == nil:
		return nil, errors.New("the answer has no labels")
	case !labels.Enabled(c.Config.Labels), foreign(c.Config.Labels, network):
		return nil, errNotColored
	}
	if err := container.ValidateContainerState(c.State.Status); err != nil {
		return nil, err
	}
	f := &fact{face: faceOfInspect(c), oom: c.State.OOMKilled, code: c.State.ExitCode}
	if h := c.State.Health; h != nil && h.Status != "" {
		if err := container.ValidateHealthStatus(h.Status); err != nil {
			return nil, err
		}
		f.failing = h.FailingStreak
	}
	// A container that never ran has the year 1 or nothing here.
	f.started, _ = time.Parse(time.RFC3339Nano, c.State.StartedAt)
	if f.ownStop = signalNumber(c.Config.StopSignal); f.ownStop == 0 {
		f.ownStop = sigTERM
	}
	f.grace = grace(c.Config)
	f.asked = decode(f.name, f.labels, c.Config.Labels, exposed(c.Config), last)
	f.routed = f.asked.spec.Port != 0 || len(f.asked.spec.HTTP.Routers) > 0
	f.place(c, network)
	return f, nil
}

// foreign reports whether the labels give the container to the controller of
// another network. Hooks and workers are on none that would tell.
func foreign(l map[string]string, network string) bool {
	of := l["bg.network"]
	return of != "" && network != "" && of != network
}

// place finds the address on the network that the labels name, or on the
// default one.
func (f *fact) place(c *container.InspectResponse, network string) {
	if n := f.asked.spec.Network; n != "" {
		network = n
	}
	switch {
	case f.state != container.StateRunning && f.state != container.StatePaused:
		return // Docker may have given the address to another one by now
	case c.HostConfig != nil && c.HostConfig.NetworkMode.IsHost():
		f.offline = "it uses the host's network and has no address of its own"
		return
	case c.NetworkSettings == nil || c.NetworkSettings.Networks[network] == nil:
		f.offline = fmt.Sprintf("it is not on network %q", network)
		return
	}
	if f.address = address(c.NetworkSettings.Networks[network]); f.address == "" {
		f.offline = fmt.Sprintf("it has no address on network %q", network)
	}
}

// exposed returns the TCP ports of the image and the service, sorted.
func exposed(c *container.Config) []int {
	var ports []int
	for p := range maps.Keys(c.ExposedPorts) {
		if p.Proto() == "tcp" && p.Int() > 0 {
			ports = append(ports, p.Int())
		}
	}
	slices.Sort(ports)
	return ports
}

// decode reads the labels, or returns last if that is the same.
func decode(name string, sum uint64, l map[string]string, ports []int, last *asked) *asked {
	key := askedKey{name, sum, fmt.Sprint(ports)}
	if last != nil && last.key == key {
		return last
	}
	spec, err := labels.Decode(labels.Container{Name: name, Labels: l, Ports: ports})
	return &asked{key: key, spec: &spec, invalid: message(err)}
}
