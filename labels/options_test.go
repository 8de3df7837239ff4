package labels

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEveryLabelOfBgIsDecoded(t *testing.T) {
	got := mustDecode(t, web(
		"bg.promote", "manual", "bg.canary.steps", "5, 25,50", "bg.canary.interval", "30",
		"bg.soak", "0", "bg.drain", "1m", "bg.deadline", "1h", "bg.retire", "keep",
		"bg.health.path", "/up?x=1", "bg.health.interval", "500ms", "bg.health.timeout", "1s",
		"bg.health.status", "204", "bg.health.latency", "250ms", "bg.health.failures", "5",
		"bg.smoke.home.path", "/", "bg.smoke.home.body", "hello\nworld",
		"bg.smoke.buy.path", "/buy", "bg.smoke.buy.method", "POST", "bg.smoke.buy.status", "200-299",
		"bg.smoke.buy.latency", "1", "bg.smoke.buy.via", "proxy",
		"bg.smoke.buy.header.X-B", "2", "bg.smoke.buy.header.X-A", "1",
		"bg.judge.errors", "1.5%", "bg.judge.enable", "false", "bg.judge.status", "400-599",
		"bg.judge.latency", "300ms", "bg.judge.alpha", "0.02", "bg.judge.thin", "hold", "bg.failover", "false", "bg.sticky", "true",
		"bg.preview.header", "X-Preview=a.b", "bg.preview.host", "next.example.com",
		"bg.hook", "smoke", "bg.handover", "exclusive",
	))
	want := Spec{
		App: "shop", Color: Green, Service: "web",
		Promote: Manual,
		Canary:  Canary{Steps: []int{5, 25, 50}, Interval: 30 * time.Second},
		Drain:   time.Minute, Deadline: time.Hour, Retire: Keep,
		Health: Health{
			Set: true, Path: "/up?x=1", Interval: 500 * time.Millisecond, Timeout: time.Second,
			Status: StatusRange{204, 204}, Latency: 250 * time.Millisecond, Failures: 5,
		},
		Smoke: []Smoke{
			{Name: "buy", Path: "/buy", Method: "POST", Status: StatusRange{200, 299}, Latency: time.Second, Via: "proxy",
				Headers: []Header{{"X-A", "1"}, {"X-B", "2"}}},
			{Name: "home", Path: "/", Method: "GET", Status: StatusRange{200, 399}, Body: "hello\nworld", Via: "direct"},
		},
		Judge:    Judge{Status: StatusRange{400, 599}, Errors: 0.015, Latency: 300 * time.Millisecond, Alpha: 0.02, Thin: ThinHold},
		Sticky:   true,
		Preview:  Preview{Header: "X-Preview=a.b", Host: "next.example.com"},
		Hook:     HookSmoke,
		Handover: Exclusive,
		Project:  "shop-green",
		Claims:   []Claim{{"next.example.com", math.MaxInt64}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestValuesOutOfBoundsAreRefusedWithTheFix(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"bg.enable", "yes", "true or false"},
		{"bg.port", "0", "1 to 65535"},
		{"bg.port", "", "empty"},
		{"bg.promote", "Auto", "auto, manual"},
		{"bg.canary.steps", "5,5", "rising percents"},
		{"bg.canary.steps", "50,100", "rising percents"},
		{"bg.canary.steps", "5,", "rising percents"},
		{"bg.canary.steps", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21", "at most 20"},
		{"bg.soak", "25h", "from 0s to 24h"},
		{"bg.soak", "-1", "from 0s to 24h"},
		{"bg.soak", "9223372036854775807", "from 0s to 24h"},
		{"bg.soak", "18446744074", "from 0s to 24h"}, // 1 s after paerser's overflow
		{"bg.soak", "soon", "such as 30s"},
		{"bg.judge.errors", "0", "0.01% to 99%"},
		{"bg.judge.errors", "1e-3", "0.01% to 99%"},
		{"bg.judge.errors", "100%", "0.01% to 99%"},
		{"bg.judge.alpha", "11%", "0.01% to 10%"},
		{"bg.judge.alpha", "NaN", "0.01% to 10%"},
		{"bg.judge.thin", "fail", "extend, promote, hold"},
		{"bg.health.interval", "50ms", "from 100ms"},
		{"bg.health.failures", "101", "1 to 100"},
		{"bg.health.status", "399-200", "200-399"},
		{"bg.health.status", "20", "200-399"},
		{"bg.health.path", "up", "begins with one /"},
		{"bg.health.path", "//evil.example/", "begins with one /"},
		{"bg.health.path", "http://evil.example/", "begins with one /"},
		{"bg.health.path", "/a#b", "begins with one /"},
		{"bg.health.path", "/a b", "begins with one /"},
		{"bg.smoke.home.method", "TRACE", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
		{"bg.smoke.home.via", "vpn", "direct, proxy"},
		{"bg.smoke.home.body", strings.Repeat("x", 1025), "1024 bytes"},
		{"bg.smoke.home.header.X-A", "a\nb", "one line"},
		{"bg.preview.header", "X-Preview", "NAME=VALUE"},
		{"bg.preview.header", "X=`) || Host(`b", "NAME=VALUE"},
		{"bg.preview.host", "a`b", "host name"},
		{"bg.hook", "before", "expand, smoke, promoted, contract, demoted"},
		{"bg.handover", "never", "overlap, exclusive"},
		{"bg.retire", "burn", "stop, remove, keep"},
	} {
		t.Run(c.key+"="+c.value[:min(len(c.value), 30)], func(t *testing.T) {
			labels := web("bg.smoke.home.path", "/")
			labels[c.key] = c.value
			wantError(t, Container{Name: "c1", Labels: labels}, c.key, c.want)
		})
	}
}

func TestUnknownLabelsSuggestTheNearest(t *testing.T) {
	for key, want := range map[string]string{
		"bg.prot":                "did you mean bg.port?",
		"bg.Port":                "did you mean bg.port?",
		"bg.helth.path":          "did you mean bg.health.path?",
		"bg.smok.home.path":      "did you mean bg.smoke.home.path?",
		"bg.canary.step":         "did you mean bg.canary.steps?",
		"bg.preview[0].host":     "did you mean bg.preview.host?",
		"bg.something.different": "the README lists all of them",
	} {
		wantError(t, Container{Name: "c1", Labels: web(key, "1")}, key, want)
	}
}

func TestASmokeTestWithoutPathIsRefused(t *testing.T) {
	wantError(t, Container{Name: "c1", Labels: web("bg.smoke.buy.method", "POST")}, "bg.smoke.buy.path")
}
