package docker

import (
	"context"
	"strings"
	"testing"
	"time"

	"bg/controller/docker/dockertest"
)

func checkFake(t *testing.T, e *dockertest.Engine, network string) (Info, error) {
	o := New(Options{Host: "unix:///fake", Network: network})
	o.dial = e.Dialer(t)
	return o.Check(t.Context())
}

func TestCheckTellsVersionsAndNetwork(t *testing.T) {
	for network, exists := range map[string]bool{"bg": true, "other": false} {
		info, err := checkFake(t, engine(0), network)
		want := Info{EngineVersion: "20.10.24", APIVersion: "1.41", NetworkExists: exists}
		if err != nil || info != want {
			t.Errorf("network %s: %+v, %v; want %+v", network, info, err, want)
		}
	}
}

func TestCheckRefusesAnEngineBefore2010(t *testing.T) {
	e := engine(0)
	e.Upgrade("1.12", "1.40")
	info, err := checkFake(t, e, "bg")
	if err == nil || !strings.Contains(err.Error(), "20.10 or later") || info.APIVersion != "1.40" {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestCheckReportsWhatFailed(t *testing.T) {
	for _, c := range []dockertest.Call{dockertest.Ping, dockertest.Version, dockertest.Network} {
		for _, f := range []dockertest.Fault{dockertest.Error, dockertest.Refuse, dockertest.Hang} {
			bubble(t, func(t *testing.T) {
				e := engine(0)
				e.Break(c, f)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				o := New(Options{Host: "unix:///fake", Network: "bg"})
				o.dial = e.Dialer(t)
				if info, err := o.Check(ctx); err == nil || ctx.Err() != nil {
					t.Errorf("%s %s: %+v, %v", c, f, info, err)
				}
			})
		}
	}
}
