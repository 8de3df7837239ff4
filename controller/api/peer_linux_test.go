package api

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Attack 17 of the bar: wrong user on the socket: 403.
// The test runs itself again as another user.
func TestAnotherUserOnTheSocketIsRefused(t *testing.T) {
	if path := os.Getenv("BG_TEST_PEER"); path != "" {
		err := client(t, path).Ping(soon(t))
		var answer *Failure
		if !errors.As(err, &answer) || answer.Status != 403 || !strings.Contains(answer.Text, "this socket is for the user") {
			t.Errorf("got %v", err)
		}
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	path := serve(t, &fake{})
	dir := filepath.Dir(path)
	own, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "test")
	if err := os.WriteFile(binary, own, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{dir: 0o755, path: 0o666} { // as if the kernel let it pass
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(binary, "-test.run=^TestAnotherUserOnTheSocketIsRefused$")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "BG_TEST_PEER="+path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if w := ask(NewHandler(&fake{}, quiet()), "GET", "/v1/ping", ""); w.Code != 200 {
		t.Errorf("own user: got %d", w.Code)
	}
}
