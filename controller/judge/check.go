package judge

import (
	"encoding/json"
	"fmt"
	"slices"
)

// UnmarshalJSON takes in what was saved. Numbers that no Trial could have
// come to are an error, which names them.
func (t *Trial) UnmarshalJSON(b []byte) error {
	type plain Trial
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	saved := Trial(p)
	if err := saved.check(); err != nil {
		return fmt.Errorf("trial: %w", err)
	}
	saved.Rules = saved.Rules.checked()
	saved.Baseline = saved.Baseline.checked()
	*t = saved
	return nil
}

// What is beyond all that a Trial can come to: of evidence, and of time, which
// is some two thousand years.
const (
	farthest   = 1e200
	lastMinute = 1_000_000_000
)

func (t *Trial) check() error {
	for name, e := range map[string]evidence{ErrorsTest: t.Errors, LimitTest: t.Limit, SlowTest: t.Slow} {
		if e.Staked < 0 || e.Staked >= 1 {
			return fmt.Errorf("%s: staked is %g, and goes from 0 to 1", name, e.Staked)
		}
		for _, l := range e.Logs {
			if l < -farthest || l > farthest {
				return fmt.Errorf("%s: evidence of %g is none", name, l)
			}
		}
	}
	for name, m := range map[string]mass{"mass": t.Mass, "witness": t.Witness.Late} {
		if m.Events < 0 || m.Of < m.Events || m.Of > farthest {
			return fmt.Errorf("%s: %g of %g cannot be", name, m.Events, m.Of)
		}
	}
	for name, phi := range map[string]float64{"error_pair": t.ErrorPair.Dispersion, "slow_pair": t.SlowPair.Dispersion} {
		if phi != 0 && (phi < 1 || phi > mostDispersion) {
			return fmt.Errorf("%s: a dispersion of %g cannot be", name, phi)
		}
	}
	if t.Minute < 0 || t.Minute > lastMinute {
		return fmt.Errorf("minute %d goes from 0 to %d", t.Minute, lastMinute)
	}
	if !slices.Contains([]string{"", ErrorsTest, LimitTest, SlowTest}, t.Failed) {
		return fmt.Errorf("there is no test %q that it could have failed", t.Failed)
	}
	return nil
}
