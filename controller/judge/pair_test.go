package judge

import "testing"

// At one request in ten seconds hardly a poll has answers of both colors.
func TestPollsWithOneColorsAnswersCountTogether(t *testing.T) {
	tr := NewTrial(Rules{Alpha: 0.01})
	for i := range 5 {
		feed(tr, 20*i, 9, Counts{}, &Counts{Requests: 1}, Baseline{})
		feed(tr, 20*i+10, 1, Counts{Requests: 1, Errors: 1}, &Counts{}, Baseline{})
	}
	if v := tr.Verdict(); v.Outcome != Fail {
		t.Errorf("%+v", v)
	}
}

func TestAPairIsWeighedByWhatWasKnownBeforeIt(t *testing.T) {
	var p pair
	p.add(tally{}, tally{1, 5}, 2)
	if p.whole() {
		t.Error("one color is enough")
	}
	p.add(tally{1, 2}, tally{0, 1}, 7)
	if want := (pair{tally{1, 2}, tally{1, 6}, 2}); p != want || !p.whole() || p.errors() != 2 || p.share() != 0.25 {
		t.Errorf("%+v, want %+v", p, want)
	}
}
