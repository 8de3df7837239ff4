package store

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"bg/controller/rollout"
)

// bigFile is a file whose apps and events take several pages, one of which
// leads to the others, with free pages from earlier saves.
func bigFile(t *testing.T) []byte {
	t.Helper()
	path := statePath(t)
	s := open1(t, path)
	var last rollout.State
	for range 3 {
		next := sample(200)
		if err := s.Save(last, next, events(50)); err != nil {
			t.Fatal(err)
		}
		last = next
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Fault 34 of the bar: state file corrupt or from a newer version: refuses to
// write, routes stay.
func TestPagesThatAreNoTreeAreRefusedBeforeTheyAreFollowed(t *testing.T) {
	whole := bigFile(t)
	size := os.Getpagesize()
	each := func(data []byte, kind uint16, spoil func(id int, page []byte)) {
		n := 0
		for at := 2 * size; at < len(data); at += size {
			if page := data[at : at+size]; number2(page[8:]) == kind && number8(page) == uint64(at/size) {
				spoil(at/size, page)
				n++
			}
		}
		if n == 0 {
			t.Fatalf("there is no page of kind %d: this test looks at nothing", kind)
		}
	}
	put8 := binary.NativeEndian.PutUint64
	put4 := binary.NativeEndian.PutUint32
	for name, c := range map[string]struct {
		want  string
		kind  uint16
		spoil func(id int, page []byte)
	}{
		// This one had bbolt follow it until the memory was full.
		"a circle":        {"is led to twice", kindBranch, func(id int, page []byte) { put8(page[headSize+8:], uint64(id)) }},
		"two ways":        {"is led to twice", kindBranch, func(_ int, page []byte) { copy(page[headSize+elementSize+8:], page[headSize+8:headSize+16]) }},
		"a way out":       {"is asked for", kindBranch, func(_ int, page []byte) { put8(page[headSize+8:], 1<<40) }},
		"a key outside":   {"a key lies outside", kindBranch, func(_ int, page []byte) { put4(page[headSize:], 1<<31) }},
		"a value outside": {"a value lies outside", kindLeaf, func(_ int, page []byte) { put4(page[headSize+12:], 1<<31) }},
		"many elements":   {"damaged (page", kindLeaf, func(_ int, page []byte) { page[10], page[11] = 0xff, 0xff }},
		"another kind":    {"of kind 4", kindLeaf, func(_ int, page []byte) { page[8] = 4 }},
		"another page":    {"says that it is", kindLeaf, func(_ int, page []byte) { page[0]++ }},
		"a long one":      {"says that it is", kindLeaf, func(_ int, page []byte) { put4(page[12:], 1<<30) }},
		"a live free one": {"in use, or not there", kindFree, func(id int, page []byte) { put8(page[headSize:], uint64(id)) }},
		"a long list":     {"does not hold", kindFree, func(_ int, page []byte) { page[10], page[11] = 0xff, 0xff; put8(page[headSize:], 1<<60) }},
	} {
		t.Run(name, func(t *testing.T) {
			data := bytes.Clone(whole)
			each(data, c.kind, c.spoil)
			path := statePath(t)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, path, c.want)
		})
	}
}

func TestTheNewerWholeBeginningCounts(t *testing.T) {
	whole := bigFile(t)
	size := os.Getpagesize()
	for name, torn := range map[string]int{"the first": 0, "the second": size} {
		data := bytes.Clone(whole)
		data[torn+headSize+50]++ // as if it were written in part
		path := statePath(t)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open1(t, path)
		if n := len(load(t, s).Apps); n != 200 {
			t.Errorf("%s is torn: %d apps", name, n)
		}
	}
}
