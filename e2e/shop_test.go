package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
	"bg/e2e/internal/testbed"
)

// shop is a project whose colors share a database: that of e2e/tools/shop.
type shop struct {
	*project
	file   string // compose.yaml, with %VERSION%, %SOAK% and %LABELS% of web, and %HOST% to fill in
	client *http.Client
}

// The parts that the shop's Compose files have in common.
const (
	shopCommon = `
x-shop: &shop
  image: ` + testbed.ShopImage + `
  environment: {VERSION: "%VERSION%", LINGER: 1s, WORK: 10ms}
  volumes: ["data:/data"]
x-well: &well
  healthcheck: {test: [CMD, /shop, health], interval: 1s, timeout: 10s, retries: 2, start_period: 1s}
volumes:
  data: {}
`
	shopExpand = `
  expand:
    <<: *shop
    command: [expand]
    labels: {bg.hook: expand}
`
	shopWeb = `
  web:
    <<: [*shop, *well]
    command: [web]
    labels:
      bg.enable: "true"
      bg.soak: %SOAK%
      bg.drain: 1s
      traefik.http.routers.web.rule: Host(` + "`%HOST%`" + `)
      traefik.http.routers.web.entrypoints: web
      %LABELS%
`
)

func newShop(t *testing.T, s *stack.Stack, services string) *shop {
	t.Helper()
	x := &shop{
		project: newProject(t, s, recipe{version: "v0"}),
		file:    shopCommon + "services:" + services,
		// Each request has a connection of its own, so that net/http never sends
		// one a second time.
		client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}},
	}
	t.Cleanup(func() {
		if t.Failed() {
			x.logContainers()
		}
	})
	return x
}

// release deploys a version that the next one overtakes in its soak, and returns
// what was said.
func (x *shop) release(version string) string {
	x.t.Helper()
	x.compose(version, "1m", "")
	return x.deploy(0)
}

// complete deploys a version, with further labels of web, and waits until its
// release has passed the last step.
func (x *shop) complete(version, labels string) {
	x.t.Helper()
	x.compose(version, "2s", labels)
	x.deploy(0, "--wait=soaked")
	x.ended("done")
}

// compose writes the file of a version.
func (x *shop) compose(version, soak, labels string) {
	x.t.Helper()
	file := strings.NewReplacer("%VERSION%", version, "%SOAK%", soak, "%LABELS%", labels, "%HOST%", x.host).Replace(x.file)
	if err := x.p.Write(file); err != nil {
		x.t.Fatal(err)
	}
}

// send asks url for the shop once and returns the answer with its body read.
func (x *shop) send(method, url, body string) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(root, method, url, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	req.Host, req.GetBody = x.host, nil
	res, err := x.client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, "", err
	}
	return res, string(text), nil
}

// rows is what `shop dump` tells of the database.
type rows struct {
	Orders     []sale
	Jobs       int
	Executions []struct {
		Job, Color string
		Shift, At  int64
	}
	Doubled []string
	Shifts  []struct {
		Color, Version   string
		Started, Stopped int64 // nanoseconds since 1970
	}
}

// sale is one order.
type sale struct{ ID, Name, Color, Version string }

// dump reads the database through a container of the shop.
func (x *shop) dump(container string) (r rows) {
	x.t.Helper()
	if err := json.Unmarshal([]byte(x.docker("exec", container, "/shop", "dump")), &r); err != nil {
		x.t.Fatal(err)
	}
	return r
}

// logContainers tells how the containers of a failed test are, and the last words
// of each.
func (x *shop) logContainers() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	out, err := x.s.Docker(ctx, "ps", "-a", "--filter", "name="+x.name, "--format", "{{.Names}} {{.Status}}")
	if err != nil {
		x.t.Logf("no containers: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		name, _, _ := strings.Cut(line, " ")
		x.t.Logf("%s\n%s", strings.TrimSpace(line), x.s.Logs(ctx, name, 5))
	}
}

// said returns the output of a service's container of a color.
func (x *shop) said(color, service string) string {
	x.t.Helper()
	return x.docker("logs", x.running(color, service))
}

// running returns the name of a service's container of a color.
func (x *shop) running(color, service string) string {
	return fmt.Sprintf("%[1]s-%[2]s-%[3]s-%[2]s-1", x.name, color, service)
}

// active returns the color that the users get.
func (x *shop) active() string {
	x.t.Helper()
	a, _ := x.await("it has an active color", func(a api.App) error {
		if a.Active == "" {
			return fmt.Errorf("phase %s", a.Phase)
		}
		return nil
	})
	return a.Active
}

// steady calls do at that interval until ctx ends or limit is over. It waits for
// nothing else: do starts what takes long in the background.
func steady(ctx context.Context, interval, limit time.Duration, do func(n int)) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do(n)
		}
	}
}
