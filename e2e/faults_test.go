package e2e

import (
	"context"
	"testing"

	"bg/e2e/internal/faults"
	"bg/e2e/internal/show"
)

// Each once, on a stack of their own: they disturb all that others rely on.
func TestFaults(t *testing.T) {
	need(t)
	w := faults.NewWorld(bed, 50)
	t.Cleanup(func() {
		if err := w.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	for _, f := range faults.All() {
		t.Run(f.Name(), func(t *testing.T) {
			need(t)
			t.Parallel()
			o, err := f.Run(root, w, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, broken := range o.Violations {
				t.Error(broken)
			}
			t.Logf("%s requests, %d lost, converged after %s", show.Count(o.Requests), o.Lost, show.Took(o.Took))
			for _, text := range o.Notes {
				t.Log(text)
			}
		})
	}
}
