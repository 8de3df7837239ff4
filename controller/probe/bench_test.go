package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bg/controller/rollout"
)

// serving makes this test's binary a process that stands for the containers,
// so that what the checks cost is told apart from what answering does.
const serving = "BG_TEST_SERVE"

// serve answers on as many ports as the environment says, and prints them,
// until its standard input ends.
func serve() error {
	n, err := strconv.Atoi(os.Getenv(serving))
	if err != nil {
		return err
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			<-r.Context().Done()
		}
		fmt.Fprint(w, "ok")
	})}
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		go s.Serve(l)
		fmt.Println(l.Addr().(*net.TCPAddr).Port)
	}
	io.Copy(io.Discard, os.Stdin)
	return nil
}

// apps starts such a process and returns its ports.
func apps(b *testing.B, n int) []int {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), fmt.Sprintf("%s=%d", serving, n)), os.Stderr
	in, err := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err, err2); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	var ports []int
	for lines := bufio.NewScanner(out); len(ports) < n && lines.Scan(); {
		port, err := strconv.Atoi(lines.Text())
		if err != nil {
			b.Fatal(err)
		}
		ports = append(ports, port)
	}
	return ports
}

// A thousand containers with the default labels, for ten seconds each.
func BenchmarkAThousandContainers(b *testing.B) {
	for _, what := range []struct{ name, path string }{{"http", "/healthz"}, {"tcp", ""}, {"hung", "/hang"}} {
		b.Run(what.name, func(b *testing.B) {
			var set []rollout.Checkup
			for i, port := range apps(b, 1000) {
				c := bed(fmt.Sprint("c", i))
				c.Address, c.Port, c.Health.Path = "127.0.0.1", port, what.path
				set = append(set, c)
			}
			for b.Loop() {
				watch(b, set, 10*time.Second)
			}
		})
	}
}

// watch has a Checker ask the set for a while, and reports what that took.
func watch(b *testing.B, set []rollout.Checkup, period time.Duration) {
	var mu sync.Mutex
	begun, failed, took := map[string][]time.Time{}, 0, []time.Duration{}
	c := &Checker{ask: func(ctx context.Context, c rollout.Checkup) (bool, error) {
		began := time.Now()
		heard, err := ask(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		begun[c.ID], took = append(begun[c.ID], began), append(took, time.Since(began))
		if err != nil && ctx.Err() == nil {
			failed++
		}
		return heard, err
	}}
	sets := make(chan []rollout.Checkup, 1)
	sets <- set
	ctx, cancel := context.WithCancel(b.Context())
	time.AfterFunc(period, cancel)
	before := cpu(b)
	c.Run(ctx, sets, func(map[string]rollout.Check) {})
	used := cpu(b) - before

	var late []time.Duration
	for _, at := range begun {
		for i := range at {
			late = append(late, max(0, at[i].Sub(at[0])-time.Duration(i)*time.Second))
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	slices.Sort(late)
	slices.Sort(took)
	b.ReportMetric(float64(len(late))/period.Seconds(), "checks/s")
	b.ReportMetric(float64(failed), "failed")
	b.ReportMetric(float64(memory.Sys-memory.HeapReleased)/(1<<20), "MiB")
	b.ReportMetric(100*used.Seconds()/period.Seconds(), "%core")
	b.ReportMetric(float64(used.Microseconds())/float64(len(late)), "µs-cpu/check")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(late[len(late)*99/100].Microseconds())/1000, "p99-ms-late")
	b.ReportMetric(float64(late[len(late)-1].Microseconds())/1000, "max-ms-late")
	b.ReportMetric(float64(waiting(b)), "time-wait")
}

// cpu returns the time that this process has had.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// waiting returns the connections of this machine in TIME_WAIT.
func waiting(b *testing.B) int {
	text, err := os.ReadFile("/proc/net/sockstat")
	if err != nil {
		b.Skip(err)
	}
	_, rest, _ := strings.Cut(string(text), " tw ")
	word, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(word)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
