package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"bg/e2e/internal/testbed"
)

// What the demo makes are the Compose projects of docker-compose.yml and of its
// app with both colors; the tags of the app's image; what bg deploy keeps of its
// releases; and a volume that says that it was the demo who made them.
const (
	project = "bg"
	network = "bg"
	marker  = "bg-demo"
	image   = "bg-demo"
)

var projects = []string{app + "-blue", app + "-green", app, project}

// house is what the demo makes in Docker, all of it and nothing else.
type house struct{ tb *testbed.Testbed }

// foreignError says that something of the same name is not the demo's.
type foreignError struct{ found []string }

func (e *foreignError) Error() string {
	return fmt.Sprintf(`this is not of the demo's making, so it stays as it is: %s.
The demo needs the Compose projects %s for itself: if you can do without them, remove
them by 'docker compose -p NAME down -v' and start it again.`, strings.Join(e.found, ", "), strings.Join(projects, ", "))
}

// claim notes that what comes is the demo's, and names its image.
func (h house) claim(ctx context.Context) error {
	if _, err := h.docker(ctx, "volume", "create", marker); err != nil {
		return err
	}
	_, err := h.docker(ctx, "tag", testbed.SampleImage, image)
	return err
}

// kept is the folder in which bg deploy keeps the demo's releases.
func kept() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find what bg deploy keeps: %w", err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "bg", app), nil
}

// forget removes the tags of the app's image, and the kept releases.
func (h house) forget(ctx context.Context) error {
	tags, err := h.docker(ctx, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", image)
	if err != nil {
		return err
	}
	if tags != "" {
		if _, err := h.docker(ctx, append([]string{"image", "rm"}, strings.Fields(tags)...)...); err != nil {
			return err
		}
	}
	folder, err := kept()
	if err != nil {
		return err
	}
	return os.RemoveAll(folder)
}

// kinds are listed and removed in this order.
var kinds = []struct{ name, list, remove string }{
	{"container", "container ls -a --format {{.Names}}", "container rm -f -v"},
	{"network", "network ls --format {{.Name}}", "network rm"},
	{"volume", "volume ls --format {{.Name}}", "volume rm"},
}

// clear removes what an earlier demo made, also the half of it, and says
// whether there was anything. What another one made under the same names is
// a *foreignError. It ends its work also when ctx ends.
func (h house) clear(ctx context.Context) (found bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	marked, err := h.docker(ctx, "volume", "ls", "--quiet", "--filter", "name=^"+marker+"$")
	if err != nil {
		return false, err
	}
	if marked == "" {
		return false, h.foreign(ctx)
	}
	for _, kind := range kinds {
		for {
			names, err := h.list(ctx, kind.list)
			if err != nil {
				return true, err
			}
			if len(names) == 0 {
				break
			}
			_, err = h.docker(ctx, append(strings.Fields(kind.remove), names...)...)
			if err != nil && ctx.Err() != nil {
				return true, fmt.Errorf("remove what the demo made: %w", err)
			}
			if err != nil {
				time.Sleep(200 * time.Millisecond) // Docker is still at it
			}
		}
	}
	if err := h.forget(ctx); err != nil {
		return true, err
	}
	// Last: as long as something may be left, it is known whose it is.
	_, err = h.docker(ctx, "volume", "rm", marker)
	return true, err
}

// foreign returns an error if something has the demo's names.
func (h house) foreign(ctx context.Context) error {
	var found []string
	for _, kind := range kinds {
		names, err := h.list(ctx, kind.list)
		if err != nil {
			return err
		}
		for _, name := range names {
			found = append(found, kind.name+" "+name)
		}
	}
	if len(found) > 0 {
		return &foreignError{found}
	}
	return nil
}

// list returns the names of what carries the label of one of the projects.
func (h house) list(ctx context.Context, command string) ([]string, error) {
	var names []string
	for _, p := range projects {
		out, err := h.docker(ctx, append(strings.Fields(command), "--filter", "label=com.docker.compose.project="+p)...)
		if err != nil {
			return nil, err
		}
		names = append(names, strings.Fields(out)...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (h house) docker(ctx context.Context, args ...string) (string, error) {
	return output(h.tb.Docker(ctx, args...))
}

// output runs a command and returns what it printed. It runs in a process
// group of its own: Ctrl-C is for the demo, which ends it in order.
func output(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}
