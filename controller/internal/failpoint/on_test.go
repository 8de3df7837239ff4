//go:build failpoints

package failpoint

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

func TestThePointThatIsNamedFailsAndNoOther(t *testing.T) {
	points := filepath.Join(t.TempDir(), "points")
	t.Setenv("BG_FAILPOINTS", points)
	if err := Reach(Save); err != nil {
		t.Errorf("without a file: %v", err)
	}
	if err := os.WriteFile(points, []byte("commit ENOSPC\nsave EIO\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Reach(Save); !errors.Is(err, syscall.EIO) {
		t.Errorf("got %v", err)
	}
	if err := Reach(Saved); err != nil {
		t.Errorf("at another point: %v", err)
	}
}

func TestAKillIsOne(t *testing.T) {
	if os.Getenv("BG_FAILPOINTS") != "" {
		Reach(Act)
		return
	}
	points := filepath.Join(t.TempDir(), "points")
	if err := os.WriteFile(points, []byte("act kill\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestAKillIsOne$")
	cmd.Env = append(os.Environ(), "BG_FAILPOINTS="+points)
	if err := cmd.Run(); cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("it ended with %v", err)
	}
}
