package rollout

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// begins returns what the models begin with: the same in every run, and two,
// as they run side by side on two cores. The command line may name another.
func begins() []string {
	if f := flag.Lookup("rapid.seed"); f.Value.String() != f.DefValue {
		return []string{f.Value.String()}
	}
	return []string{"20261123", "7"}
}

// sequences counts those that the models went through, for TestMain to tell.
var sequences atomic.Int64

// TestMain says at the end how much was explored: go test prints it in the
// package's folder, and everywhere with -v. Of packages that pass it prints
// nothing else, so .ci/run names a file for it.
func TestMain(m *testing.M) {
	code := m.Run()
	if n := sequences.Load(); n > 0 {
		told := fmt.Sprintf("model: %d sequences, seeds %v\n", n, begins())
		fmt.Print(told)
		if file := os.Getenv("BG_MODEL_COUNT"); file != "" {
			if err := os.WriteFile(file, []byte(told), 0o644); err != nil {
				fmt.Println(err)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// reading guards rapid's flags, which it reads as a check begins.
var reading sync.Mutex

// explore checks prop with long sequences in all, or short ones, in equal
// parts. The command line has the last word: -rapid.checks is for each part,
// and with -rapid.seed there is but one.
func explore(t *testing.T, long, short int, prop func(*rapid.T)) {
	from := begins()
	t.Cleanup(restore(t, "rapid.seed"))
	n := long / len(from)
	if testing.Short() {
		n = short / len(from)
	}
	checks(t, n)
	t.Cleanup(restore(t, "rapid.steps"))
	set(t, "rapid.steps", "50")
	for _, seed := range from {
		t.Run("seed="+seed, func(t *testing.T) {
			t.Parallel()
			reading.Lock()
			read := sync.OnceFunc(reading.Unlock)
			defer read()
			set(t, "rapid.seed", seed)
			rapid.Check(t, func(t *rapid.T) {
				read()
				sequences.Add(1)
				prop(t)
			})
		})
	}
}

// checks sets rapid's number of sequences where the command line does not. It
// is what will be run, which rapid makes a fifth of with -short.
func checks(t *testing.T, n int) {
	f := flag.Lookup("rapid.checks")
	if f.Value.String() != f.DefValue {
		return
	}
	t.Cleanup(restore(t, "rapid.checks"))
	if testing.Short() {
		n *= 5
	}
	set(t, "rapid.checks", fmt.Sprint(n))
}

// restore returns what gives a flag back the value that it has now.
func restore(t *testing.T, name string) func() {
	was := flag.Lookup(name).Value.String()
	return func() { set(t, name, was) }
}

func set(t *testing.T, name, value string) {
	t.Helper()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
}
