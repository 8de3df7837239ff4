package main

import (
	"context"
	"fmt"

	"bg/controller/docker/dockertest"
	"bg/e2e/internal/lab"
	"bg/e2e/internal/testbed"
)

func appName(i int) string { return fmt.Sprintf("app-%04d", i) }
func appHost(i int) string { return appName(i) + ".localhost" }

// newLab is a lab with a sample in each color.
func newLab(ctx context.Context, tb *testbed.Testbed) (*lab.Lab, error) {
	return lab.New(ctx, tb, lab.Sample{Name: "blue", Color: "blue", Version: "v1"}, lab.Sample{Name: "green", Color: "green", Version: "v1"})
}

// newEngine serves count apps, each with a container in both colors: so the
// controller has all the work of that many. The first one, which is switched and
// asked, has the addresses of the lab's samples; those of the others nobody asks.
func newEngine(l *lab.Lab, count int) (*lab.Engine, error) {
	fake := dockertest.New(l.Name)
	for i := range count {
		for n, color := range []string{"blue", "green"} {
			project, address := appName(i)+"-"+color, l.Address[color]
			if i > 0 {
				address = fmt.Sprintf("10.%d.%d.%d", 100+n, i/200, i%200+1)
			}
			fake.Put(dockertest.Container{
				ID: dockertest.ID(2*i + n), Name: project + "-web-1", State: "running", Health: "healthy",
				Networks: map[string]string{l.Name: address}, Ports: []int{8080},
				Labels: map[string]string{
					"com.docker.compose.project": project, "com.docker.compose.service": "web",
					"bg.enable": "true", "bg.promote": "manual",
					"traefik.http.routers.web.rule":        "Host(`" + appHost(i) + "`)",
					"traefik.http.routers.web.entrypoints": "web",
				},
			})
		}
	}
	return l.Serve(fake)
}
