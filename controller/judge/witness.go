package judge

import (
	"math"
	"time"
)

// halfLife is the time after which what the stable color did weighs half.
const halfLife = 30 * time.Second

// witness is what the stable color did of late: whether the candidate is
// alone in going beyond the limit. It must never learn of the candidate's
// errors, for it says which polls count.
type witness struct {
	At   time.Time `json:"at"`
	Late mass      `json:"late"`
}

// exceeds takes one poll of the stable color in and reports whether that
// color itself was beyond the limit in it, or has been of late.
func (w *witness) exceeds(at time.Time, t tally, limit float64) bool {
	if old := at.Sub(w.At); old > 0 {
		weight := math.Exp2(-float64(old) / float64(halfLife))
		w.Late = mass{w.Late.Events * weight, w.Late.Of * weight}
		w.At = at
	}
	w.Late = w.Late.plus(t, 1)
	return t.share() > limit || w.Late.Events > limit*w.Late.Of
}
