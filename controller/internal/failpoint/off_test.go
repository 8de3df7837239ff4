//go:build !failpoints

package failpoint

import (
	"os"
	"path/filepath"
	"testing"
)

func TestANormalBuildPassesEveryPointWhateverTheEnvironmentSays(t *testing.T) {
	points := filepath.Join(t.TempDir(), "points")
	if err := os.WriteFile(points, []byte("save EIO\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BG_FAILPOINTS", points)
	if err := Reach(Save); err != nil {
		t.Errorf("got %v", err)
	}
}
