package testbed

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestAFailedCommandIsNamedWithItsLastLines(t *testing.T) {
	_, err := output(t.Context(), time.Minute, exec.Command("sh", "-c", "seq 100; echo broken >&2; exit 3"))
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"sh -c", "exit status 3", "\n    100", "broken"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error lacks %q: %s", part, err)
		}
	}
	if strings.Contains(err.Error(), "\n    50\n") {
		t.Errorf("the error holds more than the last lines: %s", err)
	}
}

func TestACommandEndsAtItsLimit(t *testing.T) {
	start := time.Now()
	_, err := output(t.Context(), 50*time.Millisecond, exec.Command("sleep", "60"))
	if err == nil || !strings.Contains(err.Error(), "limit of 50ms") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > leaveTime {
		t.Errorf("ended after %s", took)
	}
}
