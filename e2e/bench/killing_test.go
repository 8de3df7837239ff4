package main

import (
	"errors"
	"testing"
	"time"

	"bg/e2e/internal/flip"
	"bg/e2e/load"
)

func TestARequestBelongsToTheKillThatItMet(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	k := killing{watch: flip.NewWatch()}
	for _, span := range [][2]int{{8, 9}, {9, 11}, {10, 12}, {11, 30}, {13, 14}} {
		k.note(load.Answer{Sent: at(span[0]), Done: at(span[1]), Err: errors.New("lost")})
	}
	k.count(at(10), at(12)) // killed, first answer by the standby
	if k.hit.Failed != 3 || k.calm.Failed != 2 {
		t.Errorf("%d were hit, %d not; want 3 and 2", k.hit.Failed, k.calm.Failed)
	}
	k.note(load.Answer{Status: 200})
	k.count(time.Time{}, time.Time{})
	if k.calm.Requests != 3 || k.hit.Requests != 3 {
		t.Errorf("%d and %d requests, want 3 and 3: each counts once", k.hit.Requests, k.calm.Requests)
	}
}
