//go:build failpoints

package failpoint

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// Reach passes the point, unless the file says otherwise. It is read each time,
// so that a test can break and mend a process that runs.
func Reach(point string) error {
	text, err := os.ReadFile(os.Getenv("BG_FAILPOINTS"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		name, action, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != point {
			continue
		}
		switch action {
		case "kill":
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // it comes at once, but not within this line
		case "ENOSPC":
			return syscall.ENOSPC
		case "EIO":
			return syscall.EIO
		case "EROFS":
			return syscall.EROFS
		default:
			return fmt.Errorf("failure point %s: unknown action %q", point, action)
		}
	}
	return nil
}
