package traefik

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Info is what Traefik says of itself.
type Info struct {
	Version     string   // "3.7.10"; "" if it did not say
	Failover    bool     // 3.7 or later
	Providers   []string // "File", "Docker", …
	Entrypoints []string // those that Confirm asks, as NAME=HOST:PORT
	Metrics     bool     // the judge can see what each color answers
}

// The severities of a Problem.
const (
	Error   = "error"   // releases do not work
	Warning = "warning" // they work worse
)

// Problem is something wrong with the set-up.
type Problem struct {
	Severity string // Error or Warning
	Text     string // what is wrong and the fix, for people
}

// Check looks at Traefik's set-up: the worst problems come first. What it
// can't see there: the throttle (see Throttled), and files that Traefik
// refuses (see Publisher.Neighbors).
func (c *Client) Check(ctx context.Context) (Info, []Problem) {
	var info Info
	var problems []Problem
	add := func(severity, format string, args ...any) {
		problems = append(problems, Problem{severity, fmt.Sprintf(format, args...)})
	}

	var version struct{ Version string }
	if _, err := c.ask(ctx, "api/version", "", &version); err != nil {
		add(Error, "%v", err)
		return info, problems
	}
	info.Version = cut(version.Version)
	major, minor, known := parseVersion(info.Version)
	info.Failover = !known || major > 3 || major == 3 && minor >= 7
	switch {
	case known && major < 3:
		add(Error, "Traefik is version %s, bg needs 3.0 or later: use the image traefik:v3.7", info.Version)
	case !info.Failover:
		add(Warning, "Traefik is version %s: requests that the new color cannot answer go to the standby from 3.7 on only; use the image traefik:v3.7", info.Version)
	}

	var overview struct{ Providers []string }
	if _, err := c.ask(ctx, "api/overview", "", &overview); err != nil {
		add(Error, "%v", err)
		return info, problems
	}
	for _, p := range overview.Providers {
		info.Providers = append(info.Providers, cut(p))
	}
	if !slices.Contains(info.Providers, "File") {
		add(Error, "Traefik's file provider is off: start Traefik with --providers.file.directory=FOLDER, the folder that bg writes to")
	}
	if slices.Contains(info.Providers, "Docker") {
		add(Warning, "Traefik's own Docker provider is on and would route bg's containers too, both colors at once: give it --providers.docker.constraints='!Label(`bg.enable`,`true`)'")
	}

	points, err := c.entrypoints(ctx)
	if err != nil {
		add(Error, "%v", err)
	}
	for _, p := range points {
		info.Entrypoints = append(info.Entrypoints, cut(p.name)+"="+p.address)
	}
	for _, kind := range []string{"routers", "services"} {
		texts, err := c.rejected(ctx, kind)
		if err != nil {
			add(Error, "%v", err)
		}
		for _, t := range texts {
			add(Error, "%s", t)
		}
	}
	if err := c.judging(ctx); err != nil {
		add(Warning, "new colors are not judged by their traffic: %v", err)
	} else {
		info.Metrics = true
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.Severity, b.Severity) })
	return info, problems
}

// Of so many leaves it takes Traefik long to tell, with 2,000 a quarter of a
// second of CPU: they are spared for a while then.
const (
	crowded = 200
	spared  = 5 * time.Minute
)

// judging returns what keeps the judge from seeing what each color answers.
// That Traefik does not count per service shows only after it has answered
// something meanwhile: it names no service before the first request, and none
// that has left its configuration.
func (c *Client) judging(ctx context.Context) error {
	c.mu.Lock()
	spare, known := time.Now().Before(c.spare), c.unnamed
	c.mu.Unlock()
	if spare {
		return unnamed(known)
	}
	m, err := c.Metrics(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(m.Leaves) > crowded {
		c.spare = time.Now().Add(spared)
	}
	switch {
	case m.services:
		c.unnamed = false
	case c.looked && !c.named && m.answered > c.answered: // else what was answered may be the last of an app that has gone
		c.unnamed = true
	}
	c.looked, c.named, c.answered = true, m.services, m.answered
	return unnamed(c.unnamed)
}

// unnamed returns what to say of a Traefik that counts, but not per service.
func unnamed(is bool) error {
	if is {
		return errors.New("requests are counted, but not per service: start Traefik with --metrics.prometheus.addServicesLabels=true")
	}
	return nil
}

// maxRejected bounds how many routers or services are reported.
const maxRejected = 10

// rejected lists what Traefik took over from files but does not serve.
func (c *Client) rejected(ctx context.Context, kind string) ([]string, error) {
	var texts []string
	for _, status := range []string{"disabled", "warning"} {
		var answers []struct {
			Name, Provider, Status string
			Error                  []string
			LoadBalancer           *struct{}
		}
		if _, err := c.ask(ctx, "api/http/"+kind, "per_page=100&status="+status, &answers); err != nil {
			return texts, err
		}
		for _, a := range answers {
			// Older versions know no filter and list everything.
			if a.Provider != "file" || a.Status == "enabled" || len(a.Error) == 0 || len(texts) >= maxRejected {
				continue
			}
			reason := cut(a.Error[0])
			if strings.Contains(a.Name, previewed) {
				reason = "see Traefik's log" // the reason may quote the rule, and so what only some may know
			}
			texts = append(texts, fmt.Sprintf("Traefik's %s %s is %s: %s: mend the traefik.http labels or the file that it comes from",
				strings.TrimSuffix(kind, "s"), cut(a.Name), cut(a.Status), reason))
		}
	}
	return texts, nil
}

// cut bounds what Traefik says to what fits into a line.
func cut(s string) string {
	return fmt.Sprintf("%.200s", strings.Join(strings.Fields(s), " "))
}

var versionPattern = regexp.MustCompile(`^v?(\d{1,4})\.(\d{1,4})`)

// parseVersion reads a version; those made from source call themselves "dev".
func parseVersion(s string) (major, minor int, known bool) {
	m := versionPattern.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, false
	}
	major, _ = strconv.Atoi(m[1])
	minor, _ = strconv.Atoi(m[2])
	return major, minor, true
}

// throttleFloor is more than any reload takes with up to a few thousand
// routers, and less than any throttle that somebody would set.
const throttleFloor = 500 * time.Millisecond

// Throttled judges, from times between a write and its confirmation, the
// latest last, whether Traefik's providersThrottleDuration holds changes
// back: its API does not show that. One slow reload proves nothing; three
// out of the last five do.
func Throttled(samples []time.Duration) bool {
	slow := 0
	for _, s := range samples[max(0, len(samples)-5):] {
		if s > throttleFloor {
			slow++
		}
	}
	return slow >= 3
}
