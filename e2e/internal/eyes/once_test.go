package eyes

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArrivalsOfATrialAddUpOverContainers(t *testing.T) {
	seen := map[string]int{}
	tell(seen, []byte("blue v1 listens on [::]:8080\nonce t1-7\nonce t0-7\nonce t1-8\nonce t1\nonce t11-9\n"), "t1")
	tell(seen, []byte("once t1-7\nonce t1-9"), "t1")
	if diff := cmp.Diff(map[string]int{"t1-7": 2, "t1-8": 1, "t1-9": 1}, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
