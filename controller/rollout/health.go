package rollout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bg/labels"
)

// Checkup is what bg's own health check asks of one container.
type Checkup struct {
	ID      string    // of the container
	Started time.Time // when the life began that is asked
	Address string    // IP
	Port    int
	Scheme  string // http, https or h2c
	Network string // that the address is on; "" is the controller's own
	Health  labels.Health
}

// Check is what bg's own health check has found of one container. The zero
// Check is that of a container that was not asked yet.
type Check struct {
	Started time.Time // the life that was asked
	Address string    // the address that was asked
	Passed  bool      // at least once
	Failing bool      // as many times in a row as its labels put up with
	// Silent: it is Failing, and answered none of those checks at all.
	Silent bool
	// Deaf: it is Failing and did not answer the newest check, and nobody else on
	// its network was heard meanwhile either. It may be bg that can't hear.
	Deaf  bool
	Fault string // what is wrong, for people; set while it is Failing
}

// Checkups returns what to ask, sorted by container: all that could take
// traffic and have labels bg.health.*. Those that never could, such as hooks
// and what is paused or on its way out, are left alone.
func Checkups(w *World) []Checkup {
	if w == nil {
		return nil
	}
	var out []Checkup
	for _, c := range w.Containers {
		if c.asked() {
			out = append(out, Checkup{
				ID: c.ID, Started: c.Started, Address: c.Address, Port: c.Spec.Port,
				Scheme: scheme(c.Spec), Network: c.Spec.Network, Health: c.Spec.Health,
			})
		}
	}
	return out
}

// asked reports whether bg itself asks the container for its health.
func (c *Container) asked() bool {
	if !c.valid() || !c.Spec.Health.Set || c.Spec.Hook != "" || c.Spec.Port == 0 || c.Address == "" {
		return false
	}
	switch c.Condition {
	case Ready, Unchecked, Starting, Unhealthy:
		return true
	}
	return false
}

// Checked returns w with what bg's own checks say laid over it, by container
// ID: where Docker finds a fault, that one stays, and where it finds none, the
// check has the last word.
//
// last is what it returned before, or nil. What did not change since keeps its
// pointer, container or world, so that equal worlds are known by that. Nothing
// that is passed in is changed.
func Checked(w *World, checks map[string]Check, last *World) *World {
	if w == nil {
		return nil
	}
	out := make([]*Container, len(w.Containers))
	for i, c := range w.Containers {
		out[i] = last.reuse(c.checked(checks[c.ID]))
	}
	switch {
	case slices.Equal(out, w.Containers):
		return w
	case last != nil && slices.Equal(out, last.Containers):
		return last
	}
	return &World{Containers: out}
}

// reuse returns the container of w that is equal to c, or c.
func (w *World) reuse(c *Container) *Container {
	if w == nil {
		return c
	}
	i, found := slices.BinarySearchFunc(w.Containers, c.ID, func(o *Container, id string) int { return strings.Compare(o.ID, id) })
	if found && *w.Containers[i] == *c {
		return w.Containers[i]
	}
	return c
}

// checked returns the container as the check sees it; c itself where that is
// no different.
func (c *Container) checked(check Check) *Container {
	if !c.asked() || c.Condition != Ready && c.Condition != Unchecked {
		return c
	}
	if !check.Started.Equal(c.Started) || check.Address != c.Address {
		check = Check{} // of another life, or of who had the address then
	}
	out := *c
	out.Condition, out.Detail = check.verdict(c.Spec.Health.Failures)
	out.Silent = out.Condition == Unhealthy && check.Silent
	if out == *c {
		return c
	}
	return &out
}

// verdict says what the check means, and why it is not Ready.
func (c Check) verdict(failures int) (Condition, string) {
	const unpassed = "bg's own check has not passed yet"
	row := fmt.Sprintf("bg's own check fails %d times in a row: %s", failures, c.Fault)
	if failures == 1 {
		row = "bg's own check fails: " + c.Fault
	}
	switch {
	case c.Failing && c.Deaf:
		return Unproven, row + "; nothing else on its network answers bg, so it may be bg's fault"
	case c.Failing && c.Passed:
		return Unhealthy, row
	case c.Failing:
		return Starting, unpassed + ": " + c.Fault
	case c.Passed:
		return Ready, ""
	}
	return Unproven, unpassed
}
