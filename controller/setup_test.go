package controller

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/traefik"
)

func TestASetUpThatIsWrongIsLookedAtAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := traefik.NewPublisher(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var looks []time.Duration
		c := New(Config{Publisher: p, Check: func(context.Context) (traefik.Info, []traefik.Problem) {
			looks = append(looks, time.Since(start))
			if len(looks) < 3 {
				return traefik.Info{}, []traefik.Problem{{Severity: traefik.Error, Text: "not there yet"}}
			}
			return traefik.Info{}, []traefik.Problem{{Severity: traefik.Warning, Text: "slow"}}
		}})
		ctx, cancel := context.WithCancel(t.Context())
		go c.checkSetup(ctx, func([]traefik.Problem) {})
		time.Sleep(2*retryPause + checkPeriod)
		synctest.Wait()
		cancel()
		synctest.Wait()
		want := []time.Duration{0, retryPause, 2 * retryPause, 2*retryPause + checkPeriod}
		if !slices.Equal(looks, want) {
			t.Errorf("looked at %v, want %v", looks, want)
		}
	})
}
