package rollout

import (
	"time"

	"bg/labels"
)

// Condition is what the observer found of one container.
type Condition string

// The conditions. Only Ready containers get new traffic, and only Unknown and
// Unproven ones keep what they had: a call that failed says nothing about a
// container, and neither does a check that was not made.
const (
	Ready      Condition = "ready"
	Unknown    Condition = "unknown" // never looked at successfully
	Created    Condition = "created"
	Starting   Condition = "starting"
	Unhealthy  Condition = "unhealthy"
	Unchecked  Condition = "unchecked" // no health check to judge it by
	Unproven   Condition = "unproven"  // Docker finds no fault; bg's own check has not told yet, or can't
	Paused     Condition = "paused"
	Restarting Condition = "restarting"
	Stopping   Condition = "stopping" // got its stop signal
	Exited     Condition = "exited"
	Offline    Condition = "offline" // runs, but has no address on the proxy's network
)

// Container is one labeled container as last seen. It is immutable, and the
// observer hands out the same pointer until something about it changes.
type Container struct {
	ID        string
	Name      string
	Address   string // IP on the proxy's network, "" if none
	Condition Condition
	Detail    string // why it is not Ready, for people: "exit code 137, out of memory"
	Code      int    // exit code, of an exited container
	Ran       bool   // it was started at least once
	Silent    bool   // it is Unhealthy for no more than not answering bg's own check
	// Started is when its present or last life began; zero if it never did, or
	// is Unknown.
	Started time.Time

	// Spec is what its labels ask for. With Invalid set it holds just App,
	// Color, Service and Project, each as far as it could be told.
	Spec    *labels.Spec
	Invalid string // what is wrong with its labels, and the fix
}

// holdsAddress reports whether Docker still keeps the address for this
// container. The address of one that exited goes to the next that starts.
func (c *Container) holdsAddress() bool {
	switch c.Condition {
	case Ready, Starting, Unhealthy, Unchecked, Unproven, Paused, Stopping:
		return c.Address != ""
	}
	return false
}

// World is everything seen in one look at Docker, sorted by container ID.
// A nil World means that there was no successful look yet.
type World struct {
	Containers []*Container
}
