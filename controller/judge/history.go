package judge

import "time"

// A History is kept in blocks of 5 minutes, as many as reach back an hour.
const (
	minute       = 60 // seconds
	blockMinutes = 5
	blocks       = 13
)

// History is the last hour of one color's traffic. The zero value is empty.
// It is of a bounded size, in memory and as JSON, and a copy is independent.
type History struct {
	Blocks  [blocks]block `json:"blocks"`
	Minute  int64         `json:"minute"`  // the newest one, counted from 1970
	Current Counts        `json:"current"` // of that minute
}

// block is the sums of five minutes.
type block struct {
	Number       int64  `json:"number"` // counted from 1970; 0: empty
	Counts       Counts `json:"counts"`
	PollErrors   spread `json:"poll_errors"`
	PollSlow     spread `json:"poll_slow"`
	MinuteErrors spread `json:"minute_errors"` // of full minutes
	MinuteSlow   spread `json:"minute_slow"`
}

// Add takes one poll in. Polls need not be evenly spaced. One that is older
// than the newest counts as new, as clocks are set back; by more than an hour
// it is another time, and the History starts anew.
func (h *History) Add(at time.Time, c Counts) {
	c = c.checked()
	if c.Requests == 0 {
		return
	}
	now := max(at.Unix()/minute, blockMinutes)
	if h.Minute < 0 || now < h.Minute-blocks*blockMinutes { // less than 0: a broken file
		*h = History{}
	}
	if now > h.Minute {
		b := h.block(h.Minute / blockMinutes)
		b.MinuteErrors.add(h.Current.errors())
		b.MinuteSlow.add(h.Current.slow())
		h.Minute, h.Current = now, Counts{}
	}
	h.Current = h.Current.Plus(c)
	b := h.block(h.Minute / blockMinutes)
	b.Counts = b.Counts.Plus(c)
	b.PollErrors.add(c.errors())
	b.PollSlow.add(c.slow())
}

// block returns the block of a number, empty if it is new.
func (h *History) block(number int64) *block {
	b := &h.Blocks[number%blocks]
	if b.Number != number {
		*b = block{Number: number}
	}
	return b
}

// Baseline is what an hour of a color tells of what is to be expected of it,
// and of one that is no worse.
//
// Dispersion is how many times as much errors, or slow answers, vary from
// poll to poll or from minute to minute as they would if each came by itself;
// drift is the same from one five minutes to the next. Both are at least 1.
type Baseline struct {
	Counts
	Polls           uint64  `json:"polls"` // with at least one request
	ErrorDispersion float64 `json:"error_dispersion"`
	SlowDispersion  float64 `json:"slow_dispersion"`
	ErrorDrift      float64 `json:"error_drift"` // counts in a soak only: what befalls
	SlowDrift       float64 `json:"slow_drift"`  // two colors at once cancels out
}

// checked returns b with possible counts and dispersions.
func (b Baseline) checked() Baseline {
	b.Counts = b.Counts.checked()
	for _, phi := range []*float64{&b.ErrorDispersion, &b.SlowDispersion, &b.ErrorDrift, &b.SlowDrift} {
		*phi = atLeast1(*phi)
	}
	return b
}

// Baseline returns what the hour before now tells, up to five minutes more.
func (h *History) Baseline(now time.Time) Baseline {
	var b Baseline
	var polls, minutes [2][blocks]spread
	var drift [2]spread
	oldest := now.Unix()/minute/blockMinutes - blocks + 1
	for i, part := range h.Blocks {
		if part.Number == 0 || part.Number < oldest {
			continue
		}
		b.Counts = b.Counts.Plus(part.Counts)
		b.Polls = plus(b.Polls, part.PollErrors.Parts)
		polls[0][i], polls[1][i] = part.PollErrors, part.PollSlow
		minutes[0][i], minutes[1][i] = part.MinuteErrors, part.MinuteSlow
		drift[0].add(part.Counts.errors())
		drift[1].add(part.Counts.slow())
	}
	coarse := func(times ...spread) float64 { return min(dispersion(times...), mostCoarse) }
	b.ErrorDispersion = max(dispersion(polls[0][:]...), coarse(minutes[0][:]...))
	b.SlowDispersion = max(dispersion(polls[1][:]...), coarse(minutes[1][:]...))
	b.ErrorDrift, b.SlowDrift = coarse(drift[0]), coarse(drift[1])
	return b
}
