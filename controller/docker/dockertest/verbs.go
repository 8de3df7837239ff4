package dockertest

import (
	"maps"
	"strconv"
)

// Run adds a container and tells its events.
func (e *Engine) Run(c Container) {
	e.Put(c)
	e.Emit(c.ID, "create", nil)
	for n := range c.Networks {
		e.EmitNetwork(c.ID, n, "connect")
	}
	e.Emit(c.ID, "start", nil)
}

// Signal tells that a container got a signal, which changes nothing yet.
func (e *Engine) Signal(id string, number int) {
	e.Emit(id, "kill", map[string]string{"signal": strconv.Itoa(number)})
}

// Exit ends a container: its addresses are free.
func (e *Engine) Exit(id string, code int, oom bool) {
	var nets map[string]string
	e.Change(id, func(c *Container) {
		nets = maps.Clone(c.Networks)
		c.State, c.ExitCode, c.OOM = "exited", code, oom
		for n := range c.Networks {
			c.Networks[n] = ""
		}
	})
	e.Emit(id, "die", map[string]string{"exitCode": strconv.Itoa(code)})
	for n := range nets {
		e.EmitNetwork(id, n, "disconnect")
	}
}

// Start runs a container again, with these addresses.
func (e *Engine) Start(id string, networks map[string]string) {
	e.mu.Lock()
	at := e.now()
	e.mu.Unlock()
	e.Change(id, func(c *Container) {
		c.State, c.ExitCode, c.OOM, c.Started = "running", 0, false, at
		c.Networks = maps.Clone(networks)
		if c.Health != "" {
			c.Health = "starting"
		}
	})
	for n := range networks {
		e.EmitNetwork(id, n, "connect")
	}
	e.Emit(id, "start", nil)
}

// SetHealth changes what the health check says.
func (e *Engine) SetHealth(id, health string, failing int) {
	e.Change(id, func(c *Container) { c.Health, c.Failing = health, failing })
	e.Emit(id, "health_status: "+health, nil)
}

// SetPaused pauses what runs, or unpauses what is paused. As with Docker
// nothing happens to others: who has ended can't be brought back that way.
func (e *Engine) SetPaused(id string, paused bool) {
	from, to, action := "paused", "running", "unpause"
	if paused {
		from, to, action = "running", "paused", "pause"
	}
	if c, ok := e.get(id); !ok || c.State != from {
		return
	}
	e.Change(id, func(c *Container) { c.State = to })
	e.Emit(id, action, nil)
}

// Connect gives a container an address on a network; "" takes it off.
func (e *Engine) Connect(id, network, ip string) {
	action := "connect"
	e.Change(id, func(c *Container) {
		c.Networks[network] = ip
		if ip == "" {
			action = "disconnect"
			delete(c.Networks, network)
		}
	})
	e.EmitNetwork(id, network, action)
}

// Remove removes a container.
func (e *Engine) Remove(id string) {
	e.mu.Lock()
	attributes := e.attributes(id)
	delete(e.containers, id)
	e.mu.Unlock()
	e.send(Event{Type: "container", Action: "destroy", Actor: Actor{id, attributes}})
}
