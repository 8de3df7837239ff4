// Command attacks runs the tests of every attack that bg has to withstand, and
// prints them as a table.
//
//	go run ./e2e/attacks [-list] [-e2e=false]
//
// A test says itself which attack it is of, in the line above it. The command
// exits with 1 if one fails, was skipped or could not be run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"bg/e2e/internal/show"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	list := flag.Bool("list", false, "name the tests and run none")
	docker := flag.Bool("e2e", true, "also those on a real Docker and Traefik")
	flag.Parse()
	if err := table(ctx, *list, *docker); err != nil {
		fmt.Fprintln(os.Stderr, "attacks:", err)
		os.Exit(1)
	}
}

func table(ctx context.Context, list, docker bool) error {
	all, err := collect(".")
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("there are no tests here: run it in the project's folder")
	}
	if !docker {
		for i := range all {
			all[i].Tests = slices.DeleteFunc(all[i].Tests, func(t test) bool { return t.Package == "bg/e2e" })
		}
	}
	r := results{}
	if !list {
		if r, err = run(ctx, all, func(pkg string) { fmt.Fprintln(os.Stderr, "testing", pkg) }); err != nil {
			return err
		}
	}
	t, bad, tests := show.Table{Head: []string{"", "ATTACK", "RESULT", "TESTS"}, Left: 4}, 0, 0
	for _, a := range all {
		for i, one := range a.Tests {
			number, text, result := "", "", r.of(one)
			if tests++; i == 0 {
				number, text = strconv.Itoa(a.Number), a.Text
			}
			if list {
				result = ""
			} else if result != "pass" {
				bad++
			}
			t.Add(number, text, result, strings.TrimPrefix(one.Package, "bg/")+" "+one.Name)
		}
	}
	fmt.Print(t.Render(show.Style{}, ""))
	fmt.Printf("\n%d attacks, %d tests, %d not passed\n", len(all), tests, bad)
	if bad > 0 {
		return fmt.Errorf("%d tests did not pass", bad)
	}
	return nil
}
