package controller

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/traefik"
	"bg/labels"
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
		go c.checkSetup(ctx, func(setup) {})
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

func TestTheStandbyStandsBehindTheNewColorUntilTheSoakIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.info = traefik.Info{Version: "3.7.10", Failover: true}
		r.start()
		blue, green := web("shop", labels.Blue, 1), web("shop", labels.Green, 2)
		r.see(blue)
		r.settle()
		r.see(blue, green)
		r.settle()
		r.wantInFile(`"shop-web~green":{"failover":{"service":"shop-web-green","fallback":"shop-web-blue"`)
		before := r.generation()
		time.Sleep(5*time.Minute + time.Second)
		synctest.Wait()
		if strings.Contains(r.file(), "failover") || r.generation() != before+1 {
			t.Errorf("after the soak the file is\n%s", r.file())
		}
		if got := r.told(); len(got) > 0 {
			t.Fatalf("blue may still be asked, and Docker was told %v", got)
		}
		time.Sleep(10 * time.Second)
		if got := r.told(); len(got) != 1 || got[0] != "stop "+blue.ID {
			t.Errorf("drained, Docker was told %v", got)
		}
	})
}

func TestAnOlderTraefikIsGivenNoFailover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.info = traefik.Info{Version: "3.6.1"}
		r.start()
		r.see(web("shop", labels.Blue, 1))
		r.settle()
		r.see(web("shop", labels.Blue, 1), web("shop", labels.Green, 2))
		r.settle()
		r.wantActive("shop", "green")
		if strings.Contains(r.file(), "failover") {
			t.Errorf("the file is\n%s", r.file())
		}
	})
}
