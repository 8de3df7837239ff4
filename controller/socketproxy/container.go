package socketproxy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"bg/labels"
)

// maxInspect is the most bytes of Docker's answer to an inspect.
const maxInspect = 4 << 20

// container is what the controller reads of an inspect. What has no field
// here is not handed on.
type container struct {
	ID              string     `json:"Id"`
	Name            string     `json:"Name"`
	State           *state     `json:"State,omitempty"`
	Config          *config    `json:"Config,omitempty"`
	HostConfig      hostConfig `json:"HostConfig"`
	NetworkSettings *networks  `json:"NetworkSettings,omitempty"`
}

type state struct {
	Status    string
	ExitCode  int
	OOMKilled bool
	StartedAt string
	Health    *health `json:",omitempty"`
}

type health struct {
	Status        string
	FailingStreak int
}

type config struct {
	Labels       map[string]string
	ExposedPorts map[string]struct{} `json:",omitempty"`
	StopSignal   string              `json:",omitempty"`
	StopTimeout  *int                `json:",omitempty"`
}

type hostConfig struct{ NetworkMode string }

type networks struct{ Networks map[string]*endpoint }

type endpoint struct{ EndpointID, IPAddress, GlobalIPv6Address string }

// inspect tells of one of bg's containers.
func (p *Proxy) inspect(ctx context.Context, w http.ResponseWriter, call Call) {
	c, err := p.look(ctx, call)
	if err != nil {
		answerError(w, err)
		return
	}
	answer(w, http.StatusOK, c)
}

// act starts or stops one of bg's containers. An ID never comes to mean
// another container, and labels don't change, so what look says still holds.
func (p *Proxy) act(ctx context.Context, w http.ResponseWriter, call Call) {
	c, err := p.look(ctx, call)
	if err != nil {
		answerError(w, err)
		return
	}
	res, err := p.engine.ask(ctx, http.MethodPost, call, "/containers/"+call.ID+"/"+string(call.Kind), nil,
		http.StatusNoContent, http.StatusNotModified)
	p.log.Info("container acted on", "action", string(call.Kind), "container", call.ID, "name", clip(c.Name), "error", err)
	if err != nil {
		answerError(w, err)
		return
	}
	defer res.Body.Close()
	w.WriteHeader(res.StatusCode)
}

// look asks Docker for a container and returns it if it is bg's.
func (p *Proxy) look(ctx context.Context, call Call) (*container, error) {
	res, err := p.engine.ask(ctx, http.MethodGet, call, "/containers/"+call.ID+"/json", nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxInspect+1))
	if err != nil {
		return nil, fmt.Errorf("read what Docker says of container %s: %w", call.ID[:12], err)
	}
	if len(data) > maxInspect {
		return nil, fmt.Errorf("what Docker says of container %s is longer than %d bytes", call.ID[:12], maxInspect)
	}
	var c container
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("read what Docker says of container %s: %w", call.ID[:12], err)
	}
	switch {
	case c.ID != call.ID:
		return nil, fmt.Errorf("asked for container %s, Docker tells of another one", call.ID[:12])
	case c.Config == nil || !p.own(c.Config.Labels):
		return nil, &failure{http.StatusForbidden, fmt.Sprintf(
			"bg socket-proxy: container %s is not labeled bg.enable=true, or belongs to another network's controller", call.ID[:12])}
	}
	return &c, nil
}

// own reports whether labels make a container one of this bg's.
func (p *Proxy) own(l map[string]string) bool {
	of := l["bg.network"]
	return labels.Enabled(l) && (of == "" || of == p.network)
}
