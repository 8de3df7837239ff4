package traefik

import (
	"strings"
	"testing"

	"bg/controller/rollout"
)

func TestARequestIsSentOnAsOftenAsItTakesToMeetTheOtherColor(t *testing.T) {
	for rescuer, want := range map[int]int{99: 20, 90: 20, 50: 20, 25: 40, 11: 100, 10: 100, 1: 100} {
		if got := attempts(&safety(rescuer, 100-rescuer, "").Services[0]); got != want {
			t.Errorf("with %d%% left for the rescuing color: %d attempts, want %d", rescuer, got, want)
		}
	}
}

func TestTheUsersOwnMiddlewaresComeBeforeTheRetry(t *testing.T) {
	r := safety(50, 50, "Host(`shop.test`)")
	r.Routers[0].Options = strings.Replace(r.Routers[0].Options, "{", `{"middlewares":["shop-auth","a@file"],`, 1)
	file := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{r}}, nil)
	wantLines(t, file,
		`"shop-web":{"service":"shop-web","middlewares":["shop-auth","a@file","shop-web~retry"],`,
		`"shop-web~safe":{"service":"shop-web~safe","middlewares":["shop-auth","a@file"],`)
}
