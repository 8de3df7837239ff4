package docker

import (
	"fmt"
	"strconv"

	"github.com/docker/docker/api/types/container"

	"bg/controller/rollout"
)

// signs are what events told of a container's present or last life.
type signs struct {
	stopping bool // it got signal, and runs
	signal   int
	paused   bool // it is, and no inspect has shown it yet
	dead     bool // it ended with code, and no inspect has shown it yet
	code     int
	oom      bool // it ran out of memory
}

// condition says what f and the signs mean and why it is not Ready.
//
// Offline takes the place of Ready, Starting and Unchecked only: whoever is
// unhealthy, paused or on its way out has the graver trouble. A service
// without routes and port (a worker) needs no address.
func (f *fact) condition(s signs) (rollout.Condition, string) {
	switch f.state {
	case container.StateCreated:
		return rollout.Created, "created, not started"
	case container.StatePaused:
		return rollout.Paused, "paused"
	case container.StateRestarting:
		return rollout.Restarting, "restarting after " + f.exitText(s.oom)
	case container.StateRemoving:
		return rollout.Exited, "being removed"
	case container.StateDead:
		return rollout.Exited, "dead: Docker could not remove it"
	case container.StateExited:
		return rollout.Exited, f.exitText(s.oom)
	}
	if s.dead {
		ended := *f
		ended.code = s.code
		return rollout.Exited, ended.exitText(s.oom)
	}
	switch {
	case s.paused:
		return rollout.Paused, "paused"
	case s.stopping:
		return rollout.Stopping, "got " + signalName(s.signal)
	case f.health == container.Unhealthy:
		return rollout.Unhealthy, f.failingText()
	case f.address == "" && f.routed:
		return rollout.Offline, f.offline
	case f.health == container.Starting:
		return rollout.Starting, "its health check has not passed yet"
	case f.health == container.Healthy:
		return rollout.Ready, ""
	}
	return rollout.Unchecked, "it has no health check"
}

// exitText takes the event's word only where the container was killed: one
// of its processes may have died of it long before.
func (f *fact) exitText(oom bool) string {
	s := "exit code " + strconv.Itoa(f.code)
	if f.oom || (oom && f.code == 128+sigKILL) {
		s += ", out of memory"
	}
	return s
}

func (f *fact) failingText() string {
	if f.failing < 1 {
		return "its health check fails"
	}
	return fmt.Sprintf("health check failing %d times in a row", f.failing)
}
