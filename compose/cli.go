package compose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"bg/labels"
)

var errNot = errors.New("not implemented yet")

// CLI runs docker compose, and a few docker commands, with the user's files.
// No shell is involved. Every call ends when its context does.
type CLI struct {
	Command func(ctx context.Context, args ...string) *exec.Cmd // makes `docker ARGS...`
	Stdout  io.Writer
	Stderr  io.Writer
	Env     []string // NAME=VALUE, beside the process environment
}
type Missing struct {
	Version string
	Cause   error
}

func (m *Missing) Error() string                          { return fmt.Sprint("docker compose is missing ", m.Version, m.Cause) }
func (m *Missing) Unwrap() error                          { return m.Cause }
func (c CLI) Version(ctx context.Context) (string, error) { return "", errNot }
func (c CLI) Build(ctx context.Context, p *Project, services []string, pull bool) error {
	return errNot
}
func (c CLI) Pull(ctx context.Context, p *Project, services []string) error { return errNot }
func (c CLI) ImageID(ctx context.Context, ref string) (string, error)       { return "", errNot }
func (c CLI) Tag(ctx context.Context, id, ref string) error                 { return errNot }
func (c CLI) Untag(ctx context.Context, ref string) error                   { return errNot }
func (c CLI) Tags(ctx context.Context, repo string) ([]string, error)       { return nil, errNot }
func (c CLI) UpShared(ctx context.Context, p *Project, recreate bool) error { return errNot }
func (c CLI) EnsureVolumes(ctx context.Context, p *Project) error           { return errNot }
func (c CLI) Create(ctx context.Context, p *Project, color labels.Color, file string) error {
	return errNot
}
func (c CLI) Start(ctx context.Context, p *Project, color labels.Color, file string, services []string) error {
	return errNot
}
func (c CLI) Remove(ctx context.Context, p *Project, color labels.Color) error { return errNot }
func (c CLI) Logs(ctx context.Context, container string, lines int) (string, error) {
	return "", errNot
}

var _ = os.Environ
