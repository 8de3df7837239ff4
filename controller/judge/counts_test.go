package judge

import (
	"math"
	"testing"
)

func TestSumsStayAtTheLargestNumber(t *testing.T) {
	got := Counts{math.MaxUint64, 1, 2, 3}.Plus(Counts{1, 10, 20, 30})
	if want := (Counts{math.MaxUint64, 11, 22, 33}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestPartsAreNoMoreThanTheWhole(t *testing.T) {
	got := Counts{Requests: 5, Errors: 9, Timed: 7, Slow: 6}.checked()
	if want := (Counts{Requests: 5, Errors: 5, Timed: 5, Slow: 5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestTheShareOfNothingIsZero(t *testing.T) {
	if s := (tally{}).share(); s != 0 {
		t.Errorf("%g", s)
	}
}
