package eyes

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"bg/e2e/load"
)

func TestMoreCountsWhatWasSentAfterTheMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{grown: make(chan struct{})}
		from := time.Now()
		l.note(load.Answer{Sent: from.Add(-time.Second)})
		done := make(chan error, 1)
		go func() { done <- l.more(t.Context(), 2, from, time.Second) }()
		l.note(load.Answer{Sent: from.Add(1)})
		l.note(load.Answer{Sent: from.Add(-1)})
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("one answer was enough for two: %v", err)
		default:
		}
		l.note(load.Answer{Sent: from.Add(2)})
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestMoreEndsWhenNoAnswersCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{grown: make(chan struct{})}
		if err := l.more(context.Background(), 2, time.Now(), time.Second); err == nil {
			t.Error("no error without any answer")
		}
	})
}
