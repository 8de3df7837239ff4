package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"bg/controller/api"
)

// TestScripts runs the real binary against a controller whose answers the
// scripts hold as files.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup:               setupScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
		},
	})
}

// exits runs a program and checks its exit code: exits 2 bg promot.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENTS]")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("%v", err)
		}
		code = failed.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// setupScript serves the script's folder as a controller. BG_HOST leads
// there; SOCKET is the path.
func setupScript(env *testscript.Env) error {
	socket, stop, err := serveScripted(env.WorkDir)
	if err != nil {
		return err
	}
	env.Defer(stop)
	env.Setenv("SOCKET", socket)
	env.Setenv("BG_HOST", "unix://"+socket)
	env.Setenv("HOME", env.WorkDir+"/home")
	env.Setenv("XDG_STATE_HOME", "")
	fake, err := os.ReadFile("testdata/docker.sh")
	if err == nil {
		err = os.MkdirAll(filepath.Join(env.WorkDir, "fake"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(env.WorkDir, "fake", "docker"), fake, 0o755)
	}
	if err != nil {
		return err
	}
	env.Setenv("TZ", "UTC")
	env.Setenv("TERM", "xterm")
	env.Setenv("GORACE", noNap)
	return nil
}

// serveFolder serves a folder until the test ends and returns the address.
func serveFolder(t *testing.T, dir string) string {
	t.Helper()
	socket, stop, err := serveScripted(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return "unix://" + socket
}

func serveScripted(dir string) (socket string, stop func(), err error) {
	short, err := os.MkdirTemp("", "bg") // socket paths are limited
	if err != nil {
		return "", nil, err
	}
	socket = filepath.Join(short, "s")
	l, err := api.Listen(socket)
	if err != nil {
		return "", nil, err
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	server := api.NewServer(api.NewHandler(&scripted{dir: dir, walk: walk{dir: dir}}, quiet), quiet)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	return socket, func() {
		_ = server.Close()
		<-done
		_ = os.RemoveAll(short)
	}, nil
}

// scripted is a controller whose answers are files: status.json,
// history.json, accepted.json, refusal.txt, outcome.json. It appends what it
// is told to commands.log. next.json becomes the status once a status with
// a higher revision is asked for. With walk.txt it takes releases too.
type scripted struct {
	dir  string
	walk walk
}

func (s *scripted) read(name string, v any) error {
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

func (s *scripted) Command(_ context.Context, app, verb string, c api.Command) (api.Accepted, error) {
	if b, err := os.ReadFile(filepath.Join(s.dir, "refusal.txt")); err == nil {
		return api.Accepted{}, &api.Refusal{Text: strings.TrimSpace(string(b))}
	}
	if !strings.Contains(c.Actor, "@") {
		return api.Accepted{}, &api.Refusal{Text: "no actor: " + c.Actor}
	}
	if err := s.log(app, verb, c); err != nil {
		return api.Accepted{}, err
	}
	a := api.Accepted{App: app, Generation: 12, Message: "green gets all of " + app}
	if ok, err := s.walk.command(verb, c, &a); ok {
		return a, err
	}
	return a, s.read("accepted.json", &a)
}

func (s *scripted) Wait(ctx context.Context, app string, generation uint64) (api.Outcome, error) {
	o := api.Outcome{Outcome: api.Confirmed}
	if err := s.read("outcome.json", &o); err != nil {
		return o, err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "waited"), nil, 0o600); err != nil {
		return o, err
	}
	if o.Outcome == api.Pending {
		<-ctx.Done()
	}
	return o, nil
}

// Record answers record.txt, if there is one.
func (s *scripted) Record(_ context.Context, app, service string) (api.Record, error) {
	b, err := os.ReadFile(filepath.Join(s.dir, "record.txt"))
	if err != nil {
		return api.Record{}, &api.Refusal{Text: "no release of " + app + " is judged"}
	}
	return api.Record{Services: []string{""}, Text: string(b)}, nil
}

func (s *scripted) History(_ context.Context, app string, limit int) ([]api.Event, error) {
	var all, some []api.Event
	if err := s.read("history.json", &all); err != nil {
		return nil, err
	}
	for _, e := range all {
		if app == "" || e.App == app {
			some = append(some, e)
		}
	}
	return some[max(0, len(some)-limit):], nil
}
