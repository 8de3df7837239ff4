package probe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestTheQueueHasWhoIsDueFirstInFront(t *testing.T) {
	var q queue
	var all []*subject
	start, chance := time.Now(), rand.New(rand.NewPCG(1, 2))
	soon := func() time.Time { return start.Add(time.Duration(chance.IntN(1000)) * time.Millisecond) }
	for i := range 200 {
		s := &subject{due: soon()}
		s.ID = fmt.Sprint(i)
		all = append(all, s)
		q.add(s)
	}
	for i, s := range all {
		switch {
		case i%3 == 0:
			q.drop(s)
		case i%3 == 1:
			s.due = soon()
			q.moved(s)
		}
	}
	var dues []time.Time
	for len(q) > 0 {
		dues = append(dues, q[0].due)
		q.drop(q[0])
	}
	if len(dues) != 133 || !slices.IsSortedFunc(dues, time.Time.Compare) {
		t.Errorf("%d came, sorted: %v", len(dues), slices.IsSortedFunc(dues, time.Time.Compare))
	}
}

func TestWhoIsLateKeepsHisTurn(t *testing.T) {
	due := time.Now()
	for late, want := range map[time.Duration]time.Duration{
		0: time.Second, -time.Millisecond: time.Second, 300 * time.Millisecond: time.Second,
		time.Second: 2 * time.Second, 90*time.Minute + time.Millisecond: 90*time.Minute + time.Second,
	} {
		s := bed("a")
		got := (&subject{Checkup: s, due: due}).next(due.Add(late)).Sub(due)
		if got != want {
			t.Errorf("%s late, the next is due %s later, want %s", late, got, want)
		}
	}
}
