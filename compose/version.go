package compose

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// Missing says that there is no usable docker compose.
type Missing struct {
	Version string // that was found; "" if none
	Cause   error  // nil where the version alone is wrong
}

func (m *Missing) Error() string {
	const fix = "install the plugin of version 2 or later (package docker-compose-plugin, or https://docs.docker.com/compose/install/linux/)"
	switch {
	case errors.Is(m.Cause, exec.ErrNotFound):
		return "there is no program docker in PATH; install Docker's command line and its plugin compose"
	case m.Version != "":
		return fmt.Sprintf("docker compose is of version %s, which is too old; %s", m.Version, fix)
	}
	return fmt.Sprintf("docker compose can't be run; %s: %v", fix, m.Cause)
}

// Unwrap returns the cause.
func (m *Missing) Unwrap() error { return m.Cause }

// Version returns the version of docker compose, such as 2.40.1. The error is
// a *Missing if there is none of version 2 or later.
func (c CLI) Version(ctx context.Context) (string, error) {
	out, err := c.output(ctx, "compose", "version", "--short")
	if ctx.Err() != nil {
		return "", err
	}
	if err != nil {
		return "", &Missing{Cause: err}
	}
	version := strings.TrimPrefix(strings.TrimSpace(out), "v")
	major, _, _ := strings.Cut(version, ".")
	switch n, err := strconv.Atoi(major); {
	case err != nil:
		return "", &Missing{Cause: fmt.Errorf("its version is %q", version)}
	case n < 2:
		return "", &Missing{Version: version}
	}
	return version, nil
}
