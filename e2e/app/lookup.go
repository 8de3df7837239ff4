package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"
)

// maxLookups bounds what one call may ask of the name server.
const maxLookups = 100_000

// resolver tells the addresses of a name, as net.Resolver does.
type resolver interface {
	LookupHost(ctx context.Context, name string) ([]string, error)
}

// lookup looks a name up n times, one after the other, and writes a line for each
// different answer: how often it came, then its addresses, sorted. A look-up that
// fails is an answer too, "error" with its text, so that none is lost from the
// count. It fails itself only for an n that is not from 1 to maxLookups, or when
// the lines cannot be written.
func lookup(r resolver, name string, n int, w io.Writer) error {
	if n < 1 || n > maxLookups {
		return fmt.Errorf("look-ups: %d is not from 1 to %d", n, maxLookups)
	}
	counts := map[string]int{}
	for range n {
		counts[answer(r, name)]++
	}
	var errs []error
	for _, text := range slices.Sorted(maps.Keys(counts)) {
		_, err := fmt.Fprintln(w, counts[text], text)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func answer(r resolver, name string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	found, err := r.LookupHost(ctx, name)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "error " + dns.Err // without the port asked from, which always differs
	case err != nil:
		return "error " + err.Error()
	}
	slices.Sort(found)
	return strings.Join(found, " ")
}
