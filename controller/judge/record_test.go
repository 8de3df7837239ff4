package judge

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// Every poll of a long release is judged again to the same verdict, although
// only some are kept.
func TestARecordLeadsToTheSameVerdict(t *testing.T) {
	for _, most := range []int{0, 7, 100, 10_000} {
		tr := NewTrial(Rules{Alpha: 0.01, Limit: 0.2, Speed: true})
		r := NewRecorder(tr, most)
		for i := range 1000 {
			p := Poll{
				At:        noon.Add(time.Duration(i) * time.Second),
				Candidate: Counts{Requests: uint64(i % 3), Errors: uint64(i % 50 / 49), Timed: uint64(i % 2)},
				Stable:    &Counts{Requests: uint64(i % 7), Errors: uint64(i % 60 / 59)},
			}
			if i > 900 {
				p.Stable = nil
			}
			r.Add(p, hour)
			tr.Add(p, hour)
			if p.Stable != nil {
				*p.Stable = Counts{Requests: 99, Errors: 99} // the caller's own again
			}
		}
		var b bytes.Buffer
		n, err := r.WriteTo(&b)
		if err != nil || n != int64(b.Len()) {
			t.Fatalf("%d bytes of %d, %v", n, b.Len(), err)
		}
		polls := 0
		v, err := Replay(&b, func(Poll, Verdict) { polls++ })
		if err != nil {
			t.Fatal(err)
		}
		if want := tr.Verdict(); v.Reason != want.Reason || v.Bound != want.Bound || len(v.Tests) != 3 || v.Tests[0] != want.Tests[0] || v.Tests[1] != want.Tests[1] || v.Tests[2] != want.Tests[2] {
			t.Errorf("%d polls kept: %+v\nwant %+v", most, v, want)
		}
		if most >= 7 && (polls > most || polls < min(most/2, 900)) {
			t.Errorf("%d polls kept of %d at most", polls, most)
		}
	}
}

func TestPollsWithoutRequestsAreNotRecorded(t *testing.T) {
	r := NewRecorder(NewTrial(Rules{Alpha: 0.01}), 10)
	r.Add(Poll{At: noon}, Baseline{})
	r.Add(Poll{At: noon, Stable: &Counts{}}, Baseline{})
	r.Add(Poll{At: noon, Stable: &Counts{Requests: 1}}, Baseline{})
	var b bytes.Buffer
	if _, err := r.WriteTo(&b); err != nil || strings.Count(b.String(), "\n") != 2 {
		t.Errorf("%v:\n%s", err, b.String())
	}
}

// full takes so many bytes and then no more.
type full int

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	n := min(len(b), int(*f))
	*f -= full(n)
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func TestARecordThatCannotBeWrittenIsAnError(t *testing.T) {
	r := NewRecorder(NewTrial(Rules{Alpha: 0.01}), 10)
	for range 5 {
		r.Add(Poll{At: noon, Candidate: Counts{Requests: 1}}, Baseline{})
	}
	disk := full(500)
	if n, err := r.WriteTo(&disk); !errors.Is(err, errFull) || n != 500 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
