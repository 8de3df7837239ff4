package rollout

import "fmt"

// Undisputed returns w with each address left to one container: of several
// that are said to have it the one whose life began last. What is said of the
// others is old: an engine gives an address away as soon as it is free, and
// may have hung when it was asked what became of who had it. They are Offline,
// else users of one app would be sent to another's container. Of lives that
// began at the same moment nobody can tell; an engine begins no two such.
//
// last is what it returned before, or nil. What did not change since keeps
// its pointer, container or world, as with Checked. w is not changed.
func Undisputed(w, last *World) *World {
	if w == nil {
		return nil
	}
	owners, disputed := make(map[string]*Container, len(w.Containers)), false
	for _, c := range w.Containers {
		if !c.holdsAddress() {
			continue
		}
		o := owners[c.Address]
		disputed = disputed || o != nil && !o.Started.Equal(c.Started)
		if o == nil || c.Started.After(o.Started) {
			owners[c.Address] = c
		}
	}
	if !disputed {
		return w
	}
	out := &World{Containers: make([]*Container, len(w.Containers))}
	for i, c := range w.Containers {
		if o := owners[c.Address]; c.holdsAddress() && o.Started.After(c.Started) {
			loser := *c
			loser.Condition, loser.Address = Offline, ""
			loser.Detail = fmt.Sprintf("container %s has its address now", o.Name)
			c = last.reuse(&loser)
		}
		out.Containers[i] = c
	}
	return out
}
