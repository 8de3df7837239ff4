package judge

import "math/bits"

// Counts is what one color answered between two looks at the proxy.
type Counts struct {
	Requests uint64 `json:"requests"`
	Errors   uint64 `json:"errors"` // of Requests
	Timed    uint64 `json:"timed"`  // of Requests: those whose duration tells something (no WebSockets, no event streams)
	Slow     uint64 `json:"slow"`   // of Timed: slower than the bound
}

// Plus returns the sum. A sum past 64 bits stays at the largest number.
func (c Counts) Plus(d Counts) Counts {
	return Counts{plus(c.Requests, d.Requests), plus(c.Errors, d.Errors), plus(c.Timed, d.Timed), plus(c.Slow, d.Slow)}
}

func plus(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	if carry > 0 {
		return ^uint64(0)
	}
	return sum
}

// checked returns c with no more errors than requests and no more slow ones
// than timed ones: the parts are read one after the other while requests go on.
func (c Counts) checked() Counts {
	c.Errors = min(c.Errors, c.Requests)
	c.Timed = min(c.Timed, c.Requests)
	c.Slow = min(c.Slow, c.Timed)
	return c
}

// tally is what one metric counts: events of trials.
type tally struct {
	Events uint64 `json:"events"`
	Of     uint64 `json:"of"`
}

func (c Counts) errors() tally { return tally{c.Errors, c.Requests} }
func (c Counts) slow() tally   { return tally{c.Slow, c.Timed} }

func (t tally) plus(o tally) tally { return tally{plus(t.Events, o.Events), plus(t.Of, o.Of)} }

// share is 0 where there is nothing to take a share of.
func (t tally) share() float64 {
	if t.Of == 0 {
		return 0
	}
	return float64(t.Events) / float64(t.Of)
}
