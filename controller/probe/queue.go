package probe

import (
	"container/heap"
	"context"
	"time"

	"bg/controller/rollout"
)

// subject is one life of a container, under watch.
type subject struct {
	rollout.Checkup
	ctx     context.Context // ends when it is not asked any more
	leave   context.CancelFunc
	due     time.Time // of the next check
	place   int       // in the queue
	serial  uint64    // of its newest check
	pending int       // checks under way
	tally   tally
}

// next returns when the check after the one that is due now is due. It keeps
// the subject's turn: whoever was late, as after a pause of the whole machine,
// does not ask everybody at once to make up for it.
func (s *subject) next(now time.Time) time.Time {
	late := max(0, now.Sub(s.due))
	return s.due.Add((late/s.Health.Interval + 1) * s.Health.Interval)
}

// queue holds the subjects, the one that is due first in front.
type queue []*subject

func (q *queue) add(s *subject)   { heap.Push((*byDue)(q), s) }
func (q *queue) drop(s *subject)  { heap.Remove((*byDue)(q), s.place) }
func (q *queue) moved(s *subject) { heap.Fix((*byDue)(q), s.place) }

// byDue is the queue as package heap wants it.
type byDue []*subject

func (q byDue) Len() int           { return len(q) }
func (q byDue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }

func (q byDue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

func (q *byDue) Push(x any) {
	s := x.(*subject)
	s.place = len(*q)
	*q = append(*q, s)
}

func (q *byDue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return s
}
