package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
)

// byPackage returns for each package the pattern that runs its tests.
func byPackage(all []attack) map[string]string {
	names := map[string][]string{}
	for _, a := range all {
		for _, t := range a.Tests {
			if !slices.Contains(names[t.Package], t.Name) {
				names[t.Package] = append(names[t.Package], t.Name)
			}
		}
	}
	out := map[string]string{}
	for pkg, tests := range names {
		slices.Sort(tests)
		out[pkg] = "^(" + strings.Join(tests, "|") + ")$"
	}
	return out
}

// results is what became of each test.
type results map[test]string

// line takes one line of go test -json in.
func (r results) line(text []byte) {
	var e struct{ Action, Package, Test string }
	if json.Unmarshal(text, &e) != nil || e.Test == "" || strings.Contains(e.Test, "/") {
		return
	}
	switch e.Action {
	case "pass", "fail", "skip":
		r[test{e.Package, e.Test}] = e.Action
	}
}

func (r results) of(t test) string {
	if r[t] == "" {
		return "not run"
	}
	return r[t]
}

// run runs the tests, a package after the other. Tests that fail are no
// error; say is told which package is next.
func run(ctx context.Context, all []attack, say func(pkg string)) (results, error) {
	r, packages := results{}, byPackage(all)
	for _, pkg := range slices.Sorted(maps.Keys(packages)) {
		say(pkg)
		cmd := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-timeout=15m", "-run", packages[pkg], pkg)
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			return r, fmt.Errorf("go test %s: %w", pkg, err)
		}
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			r.line(lines.Bytes())
		}
		_ = cmd.Wait() // its exit code says what the lines have said
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
	}
	return r, nil
}
