package faults

import (
	"testing"
	"time"
)

// The trial has to tell a soak that a jump shortens from one that it does not.
func TestASoakThatIsTooShortIsBooked(t *testing.T) {
	for _, c := range []struct {
		seen time.Duration
		want int
	}{{longSoak - step, 1}, {longSoak, 0}, {longSoak + step, 0}, {longSoak + time.Minute, 1}} {
		var x trial
		if x.soaked(&clockwork{seen: c.seen}, ""); len(x.out.Violations) != c.want {
			t.Errorf("after %s: %v", c.seen, x.out.Violations)
		}
	}
}
