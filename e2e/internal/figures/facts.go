package figures

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"bg/e2e/internal/testbed"
)

// Facts is what figures depend on.
type Facts struct {
	Date    time.Time `json:"date"`
	OS      string    `json:"os"`
	Cores   int       `json:"cores"`
	Busy    string    `json:"load_average"` // before the benchmark began: others' work
	Go      string    `json:"go"`
	Docker  string    `json:"docker"`
	Compose string    `json:"compose"`
	Traefik string    `json:"traefik"`
	Rate    int       `json:"rate"` // requests a second of the load
	Seed    string    `json:"seed"`
}

// Gather asks Docker and the machine; what cannot be learned is "unknown".
func Gather(ctx context.Context, tb *testbed.Testbed, rate int) Facts {
	say := func(args ...string) string {
		out, err := tb.Docker(ctx, args...).Output()
		if err != nil {
			return "unknown"
		}
		return strings.TrimSpace(string(out))
	}
	return Facts{
		Date: time.Now(), OS: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version(),
		Docker:  say("version", "--format", "{{.Server.Version}}"),
		Compose: say("compose", "version", "--short"),
		Traefik: traefikVersion(say("run", "--rm", "--network", "none", testbed.TraefikImage, "version")),
		Busy:    busy(), Rate: rate, Seed: "none: nothing is left to chance but names",
	}
}

// busy returns how many processes wanted to run in the last minute.
func busy() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// traefikVersion reads what `traefik version` prints.
func traefikVersion(text string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "Version" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func (f Facts) String() string {
	return fmt.Sprintf("%s · %s, %d cores, load average %s · %s · Docker %s, Compose %s · Traefik %s · load %d/s · seed %s",
		f.Date.Format("2006-01-02 15:04"), f.OS, f.Cores, f.Busy, f.Go, f.Docker, f.Compose, f.Traefik, f.Rate, f.Seed)
}
