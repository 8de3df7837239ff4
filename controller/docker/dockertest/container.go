package dockertest

import (
	"fmt"
	"maps"
	"strconv"
	"time"
)

// Container is one container of the engine.
type Container struct {
	ID         string
	Name       string
	Labels     map[string]string
	State      string // "running", "exited", …
	Health     string // "", "starting", "healthy", "unhealthy"
	Failing    int
	ExitCode   int
	OOM        bool
	Started    time.Time
	StopSignal string
	Ports      []int

	StopTimeout *int          // grace in seconds; nil: Docker's default
	Ending      time.Duration // from its stop signal to its end, where nobody kills it before
	StartError  string        // why Docker can't start it

	Networks map[string]string // name -> IP
	Missing  []string          // fields that inspect leaves out: State, Config, NetworkSettings, Health

	endpoint int // changes whenever the addresses do
}

// list returns c as an entry of /containers/json.
func (c *Container) list() map[string]any {
	status := map[string]string{
		"running": "Up 2 minutes", "paused": "Up 2 minutes (Paused)", "created": "Created",
		"exited":     fmt.Sprintf("Exited (%d) 2 minutes ago", c.ExitCode),
		"restarting": fmt.Sprintf("Restarting (%d) 2 seconds ago", c.ExitCode),
		"removing":   "Removal In Progress", "dead": "Dead",
	}[c.State]
	if c.State == "running" && c.Health != "" {
		word := c.Health
		if word == "starting" {
			word = "health: starting"
		}
		status += " (" + word + ")"
	}
	ports := []any{}
	if c.State == "running" {
		for _, p := range c.Ports {
			ports = append(ports, map[string]any{"PrivatePort": p, "Type": "tcp"})
		}
	}
	return map[string]any{
		"Id": c.ID, "Names": []string{"/other/alias", "/" + c.Name}, "Labels": c.Labels,
		"State": c.State, "Status": status, "Ports": ports,
		"NetworkSettings": map[string]any{"Networks": c.networks()},
	}
}

// inspect returns c as /containers/ID/json does.
func (c *Container) inspect() map[string]any {
	state := map[string]any{
		"Status": c.State, "Running": c.State == "running", "ExitCode": c.ExitCode, "OOMKilled": c.OOM,
		"StartedAt": c.Started.UTC().Format(time.RFC3339Nano),
	}
	if c.Health != "" {
		state["Health"] = map[string]any{
			"Status": c.Health, "FailingStreak": c.Failing,
			"Log": []any{map[string]any{"ExitCode": 1, "Output": "password=hunter2"}},
		}
	}
	ports := map[string]any{}
	for _, p := range c.Ports {
		ports[strconv.Itoa(p)+"/tcp"] = map[string]any{}
	}
	answer := map[string]any{
		"Id": c.ID, "Name": "/" + c.Name, "State": state,
		"Config": map[string]any{
			"Labels": c.Labels, "ExposedPorts": ports, "StopSignal": c.StopSignal,
			"Env": []string{"TOKEN=hunter2"},
		},
		"HostConfig":      map[string]any{},
		"NetworkSettings": map[string]any{"Networks": c.networks()},
	}
	if c.StopTimeout != nil {
		answer["Config"].(map[string]any)["StopTimeout"] = *c.StopTimeout
	}
	for _, field := range c.Missing {
		delete(answer, field)
		delete(state, field)
	}
	return answer
}

func (c *Container) networks() map[string]any {
	all := map[string]any{}
	for name, ip := range c.Networks {
		endpoint := ""
		if ip != "" {
			endpoint = fmt.Sprintf("%s-%s-%d", c.ID[:12], name, c.endpoint)
		}
		all[name] = map[string]any{"IPAddress": ip, "EndpointID": endpoint}
	}
	return all
}

// Put adds or replaces a container and tells nobody.
func (e *Engine) Put(c Container) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.Started.IsZero() && c.State != "created" {
		c.Started = e.now()
	}
	e.endpoints++
	c.endpoint = e.endpoints
	c.Networks = maps.Clone(c.Networks)
	e.containers[c.ID] = &c
}

// Change alters a container and tells nobody.
func (e *Engine) Change(id string, alter func(*Container)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := *e.containers[id]
	c.Networks = maps.Clone(c.Networks)
	alter(&c)
	if !maps.Equal(c.Networks, e.containers[id].Networks) {
		e.endpoints++
		c.endpoint = e.endpoints
	}
	e.containers[id] = &c
}

// Drop removes a container and tells nobody.
func (e *Engine) Drop(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.containers, id)
}
