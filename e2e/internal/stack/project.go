package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Project is a user's own Compose project in a folder: what bg deploy releases.
// Down removes it with both colors.
type Project struct {
	Name, Dir string
	stack     *Stack
}

// NewProject makes a folder with the given compose.yaml, in which %NAME% stands for
// the project's random name and %NETWORK% for the proxy's network.
func (s *Stack) NewProject(compose string) (*Project, error) {
	folder, err := os.MkdirTemp("", "bg-e2e-")
	if err != nil {
		return nil, err
	}
	p := &Project{Name: "p" + Random(), Dir: folder, stack: s}
	s.mu.Lock()
	s.folders = append(s.folders, folder)
	s.projects = append(s.projects, p.Name, p.Name+"-blue", p.Name+"-green")
	s.deployed = append(s.deployed, p)
	s.mu.Unlock()
	return p, p.Write(compose)
}

// Write replaces the project's compose.yaml, as a user edits it between releases.
func (p *Project) Write(compose string) error {
	text := strings.NewReplacer("%NAME%", p.Name, "%NETWORK%", p.stack.Network).Replace(compose)
	return os.WriteFile(filepath.Join(p.Dir, "compose.yaml"), []byte("name: "+p.Name+"\n"+text), 0o644)
}

// Command returns bg with the arguments, unstarted, in the project's folder and
// with a place of its own for what bg keeps.
func (p *Project) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.stack.Testbed.BG, args...)
	cmd.Dir = p.Dir
	cmd.Env = append(p.stack.Testbed.Env(),
		"BG_CONTROLLER="+p.stack.Controller, "BG_HOST=", "BG_NETWORK="+p.stack.Network,
		"XDG_STATE_HOME="+p.state())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// BG runs bg in the project's folder. A code of -1 says that it could not be run
// or was killed.
func (p *Project) BG(ctx context.Context, args ...string) (stdout, stderr string, code int) {
	cmd := p.Command(ctx, args...)
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		return "", err.Error(), -1
	}
	return out.String(), words.String(), cmd.ProcessState.ExitCode()
}

// state is the folder that stands for the user's ~/.local/state.
func (p *Project) state() string { return filepath.Join(p.Dir, ".state") }

// untag removes the image tags that the project's releases were given.
func (p *Project) untag(ctx context.Context) error {
	releases, err := os.ReadDir(filepath.Join(p.state(), "bg", p.Name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	out, err := p.stack.Docker(ctx, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}")
	if err != nil {
		return err
	}
	for _, ref := range strings.Fields(string(out)) {
		_, tag, _ := strings.Cut(ref, ":")
		if !slices.ContainsFunc(releases, func(r os.DirEntry) bool { return strings.HasPrefix(tag+"-", "bg-"+r.Name()+"-") }) {
			continue
		}
		if _, err := p.stack.Docker(ctx, "image", "rm", ref); err != nil {
			return fmt.Errorf("remove the tag %s: %w", ref, err)
		}
	}
	return nil
}
