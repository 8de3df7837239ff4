package main

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

// noNap keeps the race detector from sleeping for a second at every exit.
const noNap = "atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	if err := os.Setenv("GORACE", noNap); err != nil {
		panic(err)
	}
	testscript.Main(leakless{m}, map[string]func(){"bg": main, "docker-bg": main})
}

// leakless runs the tests and fails if they leave goroutines.
type leakless struct{ m *testing.M }

func (l leakless) Run() int {
	code := l.m.Run()
	if err := goleak.Find(); code == 0 && err != nil {
		println(err.Error())
		return 1
	}
	return code
}
