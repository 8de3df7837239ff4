package testbed

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestALongStepGivesSignsOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := &printer{w: &out}
		err := p.step(t.Context(), "thing", time.Hour, func(_ context.Context, say func(string)) (string, error) {
			say("building")
			time.Sleep(2*heartbeat + time.Second)
			return "built", nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(strings.Fields(out.String()), " ")
		want := "thing building 0.0s thing building ... 10.0s thing building ... 20.0s thing built 21.0s"
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestAStepEndsAtItsLimitAndIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &printer{w: &bytes.Buffer{}}
		err := p.step(t.Context(), "thing", time.Second, func(ctx context.Context, _ func(string)) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})
		if err == nil || err.Error() != "thing: context deadline exceeded" {
			t.Errorf("got %v", err)
		}
	})
}
