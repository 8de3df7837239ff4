package compose

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bg/labels"
)

// reply is what the fake docker does when its arguments hold Match. A reply
// with Times is gone after so many.
type reply struct {
	Match    string
	Out, Err string
	Code     int
	Times    int
	Env      string // NAME whose value is part of the record
	Hang     bool
}

// fake is a docker that answers from a list and records how it was called.
type fake struct {
	t      *testing.T
	folder string
}

func newFake(t *testing.T, replies ...reply) (*fake, CLI) {
	t.Helper()
	f := &fake{t: t, folder: t.TempDir()}
	data, err := json.Marshal(replies)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.folder, "replies"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	return f, CLI{Command: func(ctx context.Context, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, os.Args[0], append([]string{"-test.run=^TestFakeDocker$", "--"}, args...)...)
		cmd.Env = append(os.Environ(), "BG_FAKE_DOCKER="+f.folder)
		return cmd
	}}
}

// calls returns the arguments of every call, a line each.
func (f *fake) calls() []string {
	data, err := os.ReadFile(filepath.Join(f.folder, "calls"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		f.t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return lines
}

// TestFakeDocker is the fake program, when it's started as that.
func TestFakeDocker(t *testing.T) {
	folder := os.Getenv("BG_FAKE_DOCKER")
	if folder == "" {
		return // an ordinary run of the tests
	}
	_, args, _ := strings.Cut(strings.Join(os.Args, " "), " -- ")
	r := choose(folder, args)
	record := args
	if r.Env != "" {
		record += " with " + r.Env + "=" + os.Getenv(r.Env)
	}
	calls, err := os.OpenFile(filepath.Join(folder, "calls"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = fmt.Fprintln(calls, record)
	}
	if err != nil {
		panic(err)
	}
	fmt.Fprint(os.Stdout, r.Out)
	fmt.Fprint(os.Stderr, r.Err)
	if r.Hang {
		select {}
	}
	os.Exit(r.Code)
}

// choose returns the first reply that fits and isn't used up.
func choose(folder, args string) reply {
	var replies []reply
	data, err := os.ReadFile(filepath.Join(folder, "replies"))
	if err == nil {
		err = json.Unmarshal(data, &replies)
	}
	if err != nil {
		panic(err)
	}
	for i, r := range replies {
		if !strings.Contains(args, r.Match) {
			continue
		}
		if r.Times > 0 {
			if r.Times--; r.Times == 0 {
				replies[i].Match = "\x00" // never again
			}
			replies[i].Times = r.Times
			data, _ = json.Marshal(replies)
			if err := os.WriteFile(filepath.Join(folder, "replies"), data, 0o644); err != nil {
				panic(err)
			}
		}
		return r
	}
	return reply{}
}

func TestDockerComposeIsCalledWithTheUsersOwnFlags(t *testing.T) {
	folder := write(t, "a.yaml", services(web, "  db: {image: d, profiles: [x]}"), "b.yaml", services(api), "e.env", "")
	p, err := Load(context.Background(), Options{Files: []string{"a.yaml", "b.yaml"}, EnvFiles: []string{"e.env"}, Profiles: []string{"x"}, Name: "s"})
	if err != nil {
		t.Fatal(err)
	}
	f, c := newFake(t)
	for _, err := range []error{
		c.Build(t.Context(), p, []string{"web", "api"}, true),
		c.Build(t.Context(), p, nil, false),
		c.Pull(t.Context(), p, []string{"web"}),
		c.Pull(t.Context(), p, nil),
		c.Create(t.Context(), p, labels.Green, "/r.yaml"),
		c.Start(t.Context(), p, labels.Green, "/r.yaml", []string{"web", "api"}),
		c.Start(t.Context(), p, labels.Green, "/r.yaml", nil),
		c.Remove(t.Context(), p, labels.Blue),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	flags := strings.ReplaceAll("compose -p s -f DIR/a.yaml -f DIR/b.yaml --env-file DIR/e.env --profile x --project-directory DIR ", "DIR", folder)
	want := []string{
		flags + "build --pull web api",
		flags + "pull web",
		"compose -p s-green -f /r.yaml create --pull never --no-build --remove-orphans",
		"compose -p s-green -f /r.yaml up -d --no-recreate --no-build --pull never web-green api-green",
		"compose -p s-blue down --remove-orphans",
	}
	if diff := cmp.Diff(want, f.calls()); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsOfTheShellReachDockerComposeByTheEnvironment(t *testing.T) {
	t.Setenv("TOKEN", "hunter2")
	p := mustLoad(t, services("  web: {image: w, secrets: [s], labels: {bg.enable: 'true'}}")+"secrets: {s: {environment: TOKEN}}")
	os.Unsetenv("TOKEN")
	f, c := newFake(t, reply{Match: " create ", Env: "TOKEN"}, reply{Match: "up", Env: "MORE"})
	c.Env = []string{"MORE=1"}
	if err := errors.Join(c.Create(t.Context(), p, labels.Blue, "f"), c.Start(t.Context(), p, labels.Blue, "f", []string{"web"})); err != nil {
		t.Fatal(err)
	}
	if calls := strings.Join(f.calls(), "\n"); !strings.Contains(calls, "with TOKEN=hunter2") || !strings.Contains(calls, "with MORE=1") {
		t.Error(calls)
	}
}

func TestAFailureShowsTheLastLinesAndTheOutputIsPassedOn(t *testing.T) {
	p := mustLoad(t, services(web))
	long := strings.Repeat("chatter\n", 5000) + "no space left on device\n"
	_, c := newFake(t, reply{Match: "create", Out: "out", Err: long, Code: 3})
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Create(t.Context(), p, labels.Blue, "f")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.HasPrefix(err.Error(), "docker compose create: ") ||
		!strings.HasSuffix(err.Error(), "no space left on device") || strings.Count(err.Error(), "\n") != 10 {
		t.Error(err)
	}
	if out.String() != "out" || errs.String() != long {
		t.Errorf("%q and %d bytes were shown", out.String(), errs.Len())
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	p := mustLoad(t, services(web))
	_, c := newFake(t, reply{Match: "create", Err: "begun\n", Hang: true})
	begun := make(chan struct{})
	c.Stderr = writer(func(b []byte) { close(begun) })
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-begun
		cancel(errors.New("the user had enough"))
	}()
	start := time.Now()
	err := c.Create(ctx, p, labels.Blue, "f")
	if err == nil || !strings.Contains(err.Error(), "had enough") || time.Since(start) > patience {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

type writer func(b []byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }

func TestTheLastLinesOfAContainerAreOfBothStreams(t *testing.T) {
	f, c := newFake(t, reply{Match: "logs", Out: "1\n2\n3\n", Err: "e\n"})
	got, err := c.Logs(t.Context(), "web-1", 2)
	if err != nil || got != "2\n3\ne" || f.calls()[0] != "logs --tail 2 web-1" {
		t.Errorf("%q %v %v", got, err, f.calls())
	}
}
