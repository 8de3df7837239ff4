package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bg/e2e/internal/lab"
	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// dockerd is a Docker engine of its own, which can be restarted without harm to
// what else runs on this machine: its data, its sockets, its containerd and its
// networks are others. It needs root.
type dockerd struct {
	Host    string // as DOCKER_HOST
	folder  string
	bridges []string
	args    []string
	lab     *lab.Lab
	cmd     *exec.Cmd
	ended   chan struct{}
}

// newDockerd starts an engine that has the sample image and a network with the
// lab's name, whose containers the lab's Traefik reaches.
func newDockerd(ctx context.Context, l *lab.Lab, args ...string) (d *dockerd, err error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("a dockerd of its own needs root")
	}
	tag := stack.Random()[:6]
	d = &dockerd{folder: filepath.Join(l.Folder, "dockerd"), bridges: []string{"bgd-" + tag, "bgn-" + tag}, args: args, lab: l}
	d.Host = "unix://" + filepath.Join(d.folder, "docker.sock")
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("run a dockerd: %w", err), d.Close())
		}
	}()
	if err := errors.Join(os.Mkdir(d.folder, 0o711), os.WriteFile(filepath.Join(d.folder, "daemon.json"), []byte("{}"), 0o600)); err != nil {
		return d, err
	}
	// A bridge of its own: told to use none, dockerd removes docker0, which is
	// the other engine's.
	net := 1 + rand.IntN(250)
	for _, args := range [][]string{
		{"link", "add", d.bridges[0], "type", "bridge"},
		{"addr", "add", fmt.Sprintf("10.214.%d.1/24", net), "dev", d.bridges[0]},
		{"link", "set", d.bridges[0], "up"},
	} {
		if out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput(); err != nil {
			return d, fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	if err := d.start(ctx); err != nil {
		return d, err
	}
	if err := d.load(ctx); err != nil {
		return d, err
	}
	_, err = d.docker(ctx, "network", "create", "--subnet", fmt.Sprintf("10.213.%d.0/24", net),
		"-o", "com.docker.network.bridge.name="+d.bridges[1], l.Name)
	return d, err
}

// start starts the engine and returns once it answers.
func (d *dockerd) start(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(d.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	in := func(name string) string { return filepath.Join(d.folder, name) }
	d.cmd = exec.Command("dockerd", append([]string{
		"--config-file", in("daemon.json"), "--data-root", in("data"), "--exec-root", in("exec"), "--pidfile", in("pid"),
		"--host", d.Host, "--bridge", d.bridges[0], "--iptables=false", "--ip6tables=false",
		"--containerd-namespace", "bg-faults", "--containerd-plugins-namespace", "bg-faults-plugins",
	}, d.args...)...)
	d.cmd.Stdout, d.cmd.Stderr = log, log
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	d.ended = ended
	go func(cmd *exec.Cmd) {
		_ = cmd.Wait() // its log tells more
		close(ended)
	}(d.cmd)
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := d.docker(ctx, "version")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for it to answer: %w", err)
		case <-ended:
			return fmt.Errorf("it ended: %s", d.lastWords())
		case <-tick.C:
		}
	}
}

// stop ends the engine in order and waits for it.
func (d *dockerd) stop(ctx context.Context) error {
	if d.cmd == nil || d.cmd.Process == nil {
		return nil
	}
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-d.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for dockerd to end: %w", ctx.Err())
	}
}

// load gives the engine the sample image of this machine's own.
func (d *dockerd) load(ctx context.Context) error {
	save := d.lab.Testbed.Docker(ctx, "save", testbed.SampleImage)
	load := d.lab.Testbed.Docker(ctx, "-H", d.Host, "load")
	read, write := io.Pipe()
	save.Stdout, load.Stdin = write, read
	if err := load.Start(); err != nil {
		return err
	}
	err := save.Run()
	write.CloseWithError(err)
	return errors.Join(err, load.Wait())
}

func (d *dockerd) docker(ctx context.Context, args ...string) (string, error) {
	return d.lab.Docker(ctx, append([]string{"-H", d.Host}, args...)...)
}

func (d *dockerd) lastWords() string {
	text, err := os.ReadFile(filepath.Join(d.folder, "log"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-6):], "\n")
}

// Close removes its containers, ends it and removes what it left on the machine;
// its folder goes with the lab's.
func (d *dockerd) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	if d.cmd != nil && d.cmd.Process != nil {
		if out, listed := d.docker(ctx, "ps", "-aq"); listed == nil && out != "" {
			_, err = d.docker(ctx, append([]string{"rm", "-f", "-v"}, strings.Fields(out)...)...)
		}
		if stopped := d.stop(ctx); stopped != nil {
			err = errors.Join(err, stopped, d.cmd.Process.Kill())
		}
	}
	for _, b := range d.bridges {
		if exec.CommandContext(ctx, "ip", "link", "show", b).Run() == nil {
			err = errors.Join(err, exec.CommandContext(ctx, "ip", "link", "del", b).Run())
		}
	}
	// It mounts its data over itself, and may not have unmounted it.
	_ = exec.CommandContext(ctx, "umount", "--lazy", filepath.Join(d.folder, "data")).Run()
	return err
}
