package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	deployFile = `services:
  web:
    image: shop/web:1
    expose: ["8080"]
    labels: {bg.enable: "true"}
`
	deployWalk = `release 7-3f9a2c81 green
clear
prepare
start
traffic weight=25 hold=more cause=green has 25%
verify live weight=100
soak hold=never weight=100
`
)

// deployCommand is bg deploy in a folder with a project, an image and the
// fake docker. walk is the release.
func deployCommand(t *testing.T, walk string, env []string, args ...string) (dir string, cmd *exec.Cmd) {
	t.Helper()
	dir = t.TempDir()
	fake, err := os.ReadFile("testdata/docker.sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"fake/docker": string(fake), "shop/compose.yaml": deployFile, "images/shop_web_1": "sha256:1111\n", "walk.txt": walk,
		"status.json": `{"revision": 1, "apps": [{"name": "shop", "active": "blue", "live": true}]}`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	path := dir + "/fake:" + os.Getenv("PATH")
	env = append([]string{"WORK=" + dir, "HOME=" + dir, "XDG_STATE_HOME=", "PATH=" + path}, env...)
	cmd = bgCommand(t, dir, env, append([]string{"deploy"}, args...)...)
	cmd.Dir = dir + "/shop"
	return dir, cmd
}

func TestDeployAsksAndDrawsABarForEachColor(t *testing.T) {
	dir, cmd := deployCommand(t, deployWalk, nil)
	term := startTerminal(t, 100, 30, cmd)
	term.expect(`blue.* → .*green`)
	term.expect(`colored.* web`)
	term.expect(`Release it\? \[Y/n\] `)
	term.send("\n")
	term.expect(`✓.* images `)
	term.expect(`Container shop-green-web-1  Started`)
	term.expect(`traffic .*green has 25%`)
	term.expect(`blue.*█.* 75%`)
	term.expect(`green.*█.* 25%`)
	write(t, dir+"/more", "")
	term.expect(`✓.* traffic `)
	term.expect(`release 7-3f9a2c81 is live on green`)
	if code := term.exit(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if text := term.seen(); strings.LastIndex(text, "\x1b[?25h") < strings.LastIndex(text, "\x1b[?25l") {
		t.Error("the cursor is not back")
	}
}

func TestDeployWithoutConsentDoesNothing(t *testing.T) {
	for keys, code := range map[string]int{"n\n": exitFailed, "\x04": exitFailed, "\x03": exitInterrupted} {
		dir, cmd := deployCommand(t, deployWalk, nil)
		term := startTerminal(t, 100, 30, cmd)
		term.expect(`Release it\? `)
		term.send(keys)
		if got := term.exit(); got != code {
			t.Errorf("%q: exit code %d, want %d: %q", keys, got, code, term.seen())
		}
		if exists(dir + "/commands.log") {
			t.Errorf("%q: the controller was told something", keys)
		}
	}
}

func TestDeployHeedsNoColor(t *testing.T) {
	_, cmd := deployCommand(t, strings.ReplaceAll(deployWalk, "hold=more", ""), []string{"NO_COLOR=1"}, "--yes")
	term := startTerminal(t, 100, 30, cmd)
	term.expect(`is live on green`)
	if code := term.exit(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if found := regexp.MustCompile(`\x1b\[[0-9;]*m`).FindString(term.seen()); found != "" {
		t.Errorf("the color %q", found)
	}
}

func TestCtrlCLeavesTheReleaseToTheController(t *testing.T) {
	_, cmd := deployCommand(t, deployWalk, nil, "--yes")
	term := startTerminal(t, 160, 30, cmd)
	term.expect(`green has 25%`)
	term.send("\x03")
	if code := term.exit(); code != exitInterrupted {
		t.Errorf("exit code %d: %q", code, term.seen())
	}
	if want := "release 7-3f9a2c81 is at traffic, and the controller goes on with it"; !strings.Contains(plainText(term.seen()), want) {
		t.Errorf("it does not say that %q: %q", want, term.seen())
	}
}

func TestCtrlCInPrepareSaysHowToGoOn(t *testing.T) {
	dir, cmd := deployCommand(t, strings.Replace(deployWalk, "clear\n", "clear hold=never\n", 1), nil, "--yes")
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has begun", func() bool { return exists(dir+"/commands.log") && strings.Contains(out.String(), "✓ images") })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d: %s", code, out)
	}
	if text := out.String(); !strings.Contains(text, "the same command takes it up again") && !strings.Contains(text, "nothing was released") {
		t.Errorf("it does not say what becomes of the release: %s", text)
	}
}
