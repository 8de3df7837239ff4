package compose

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// container is one line of docker compose ps.
type container struct {
	Name     string
	Service  string
	State    string
	Health   string
	ExitCode int
	Labels   string
}

// meets reports whether the container is what a condition of depends_on asks
// for, or else why it won't be.
func (c container) meets(condition string) (ok bool, why string) {
	ended := c.State == "exited" || c.State == "dead"
	switch {
	case c.State == "paused":
		return false, "is paused; resume it with docker unpause"
	case ended && c.ExitCode != 0:
		return false, fmt.Sprintf("has ended with exit code %d", c.ExitCode)
	case condition == types.ServiceConditionCompletedSuccessfully:
		return ended, ""
	case condition == types.ServiceConditionHealthy && ended:
		return false, "has ended, and should be healthy"
	case condition == types.ServiceConditionHealthy && c.State == "running" && c.Health == "":
		return false, "has no healthcheck, and depends_on asks for service_healthy; add healthcheck: to the service"
	case condition == types.ServiceConditionHealthy && c.Health == "unhealthy":
		return false, "is unhealthy"
	case condition == types.ServiceConditionHealthy:
		return c.State == "running" && c.Health == "healthy", ""
	}
	return c.State == "running" || ended, ""
}

// containers returns the containers of the user's own project by service.
func (c CLI) containers(ctx context.Context, p *Project) (map[string][]container, error) {
	return c.containersOf(ctx, p.Name)
}

// containersOf returns the containers of any Compose project by service.
func (c CLI) containersOf(ctx context.Context, project string) (map[string][]container, error) {
	out, err := c.output(ctx, "compose", "-p", project, "ps", "-a", "--format", "json")
	if err != nil {
		return nil, err
	}
	list, err := parsePs(out)
	if err != nil {
		return nil, fmt.Errorf("docker compose ps: %w", err)
	}
	found := map[string][]container{}
	for _, one := range list {
		if !strings.Contains(one.Labels, "com.docker.compose.oneoff=True") { // docker compose run
			found[one.Service] = append(found[one.Service], one)
		}
	}
	return found, nil
}

// parsePs reads a JSON object a line, or one array as before Compose v2.21.
func parsePs(text string) ([]container, error) {
	var list []container
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		err := json.Unmarshal([]byte(text), &list)
		return list, err
	}
	d := json.NewDecoder(strings.NewReader(text))
	for {
		var one container
		switch err := d.Decode(&one); {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, err
		}
		list = append(list, one)
	}
}
