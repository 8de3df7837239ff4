package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
)

func TestWordsOfOtherProgramsStandApartAndSteerNothing(t *testing.T) {
	var out, err strings.Builder
	v := (&program{out: &out, err: &err}).progress("shop", false)
	w := v.words()
	fmt.Fprint(w, " Container web-1  Creating\r\x1b[1A\x1b[2K Container web-1  Created\n\n\x07half")
	fmt.Fprint(w, " a line")
	w.close()
	v.close()
	if want := "     Container web-1  Creating\n     Container web-1  Created\n    half a line\n"; err.String() != want || out.String() != "" {
		t.Errorf("got %q and %q, want %q", err.String(), out.String(), want)
	}
}

func TestSpansAreShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1: "", 0: "0ms", 42 * time.Millisecond: "42ms", 2100 * time.Millisecond: "2.1s",
		70 * time.Second: "1m10s", 5 * time.Minute: "5m", 2 * time.Hour: "2h", 3*time.Hour + time.Minute: "3h1m",
	} {
		if got := shortSpan(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestSuspectsAreNamedOrOdd(t *testing.T) {
	picture := func(outcome string, containers ...api.Container) api.App {
		return api.App{Name: "shop", Release: &api.Release{Outcome: outcome}, Colors: []api.Color{{Color: "green", Containers: containers}}}
	}
	web := api.Container{ID: "1", Name: "shop-green-web-1", Condition: "ready"}
	worker := api.Container{ID: "2", Name: "shop-green-worker-1", Condition: "restarting"}
	hook := api.Container{ID: "3", Name: "shop-green-migrate-1", Condition: "exited", Detail: "exit code 1", Hook: "expand"}
	done := api.Container{ID: "4", Name: "shop-green-seed-1", Condition: "exited", Detail: "exit code 0", Hook: "expand"}
	gone := api.Container{ID: "1", Name: "shop-green-web-1", Condition: "exited"}
	for _, c := range []struct {
		step, cause, want string
	}{
		{api.StepExpand, "hook migrate ended", "3"},
		{api.StepStart, "not ready within 10m", "2"},
		{api.StepSmoke, "test of shop-green-web-1: status 500", "1"},
		{api.StepSoak, "nothing that is known", "2"},
	} {
		d := &deployment{
			release: api.Release{Color: "green", Step: c.step},
			before:  picture("", web, worker, hook, done), app: picture(api.ReleaseFailed, gone, worker, hook, done),
		}
		var got []string
		for _, k := range d.suspects(c.cause) {
			got = append(got, k.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s, %s: %q, want %s", c.step, c.cause, got, c.want)
		}
	}
}
