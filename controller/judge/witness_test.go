package judge

import (
	"testing"
	"time"
)

func TestAWitnessTellsOfLateAndOfNow(t *testing.T) {
	var w witness
	at := noon
	see := func(after time.Duration, errors, requests uint64) bool {
		at = at.Add(after)
		return w.exceeds(at, tally{errors, requests}, 0.05)
	}
	for range 300 {
		if see(time.Second, 0, 9) {
			t.Fatal("a healthy color exceeds the limit")
		}
	}
	if !see(time.Second, 1, 9) {
		t.Error("the first poll of an outage")
	}
	for range 60 {
		see(time.Second, 5, 9)
	}
	if !see(time.Second, 0, 0) || !see(-time.Hour, 0, 1) {
		t.Error("a quiet poll of an outage")
	}
	at = at.Add(time.Hour)
	if see(10*time.Minute, 0, 9) {
		t.Error("ten minutes later")
	}
}
