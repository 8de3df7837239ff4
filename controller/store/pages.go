package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// The format of bbolt, as far as pages lead to pages. Its numbers are in the
// machine's own byte order.
const (
	headSize    = 16 // of a page: its ID (8 bytes), kind (2), number of elements (2), pages that follow (4)
	elementSize = 16
	metaSize    = 64 // behind a page's head; its last 8 bytes are a checksum

	kindBranch, kindLeaf, kindFree = 1, 2, 16

	magic     = 0xED0CDAED
	format    = 2
	inBucket  = 1      // flag of a leaf's element
	longCount = 0xFFFF // of a free list: the first number is its length
	noList    = ^uint64(0)
)

// walk goes over the pages of a file once.
type walk struct {
	f     io.ReaderAt
	size  uint64 // of a page
	pages uint64 // in use; IDs are below
	seen  []bool // by ID
	todo  []uint64
}

// checkPages makes sure that the pages of a file form a tree within the file,
// none of them free. bbolt believes what a page says: one that leads back to
// another above it has it follow the circle until the memory is full, which
// nothing can recover from, and a live page in the free list gets overwritten
// at the next save. f must not change meanwhile.
func checkPages(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	root, list, w, err := openWalk(f, uint64(info.Size()))
	if err != nil {
		return err
	}
	w.todo = []uint64{root}
	for len(w.todo) > 0 {
		id := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		page, err := w.take(id)
		if err != nil {
			return err
		}
		if err := w.follow(page); err != nil {
			return fmt.Errorf("page %d: %w", id, err)
		}
	}
	if err := w.checkFree(list); err != nil {
		return fmt.Errorf("free list: %w", err)
	}
	return nil
}

// openWalk reads the newer whole one of the two pages that all begins with,
// as bbolt chooses it.
func openWalk(f io.ReaderAt, length uint64) (root, list uint64, w *walk, err error) {
	first, ok := readMeta(f, 0)
	size := uint64(number4(first[8:]))
	for i := 0; !ok && i < 15; i++ { // the second one is a page further
		var second []byte
		second, ok = readMeta(f, 1024<<i)
		size = uint64(number4(second[8:]))
	}
	if !ok || size < 1024 || size > 1<<24 {
		return 0, 0, nil, errors.New("it does not begin like a database")
	}
	newest, ok := readMeta(f, 0)
	if other, whole := readMeta(f, size); whole && (!ok || number8(other[48:]) > number8(newest[48:])) {
		newest = other
	}
	w = &walk{f: f, size: size, pages: number8(newest[40:])}
	if w.pages > length/size {
		return 0, 0, nil, fmt.Errorf("it has %d bytes of %d pages", length, w.pages)
	}
	w.seen = make([]bool, w.pages)
	return number8(newest[16:]), number8(newest[32:]), w, nil
}

// readMeta reads one of them, and reports whether it is whole.
func readMeta(f io.ReaderAt, at uint64) (meta []byte, whole bool) {
	meta = make([]byte, metaSize)
	if _, err := f.ReadAt(meta, int64(at+headSize)); err != nil {
		return meta, false
	}
	sum := fnv.New64a()
	_, _ = sum.Write(meta[:metaSize-8])
	return meta, number4(meta) == magic && number4(meta[4:]) == format && number8(meta[metaSize-8:]) == sum.Sum64()
}

// take reads a page with those that follow it, and refuses to do so twice.
func (w *walk) take(id uint64) ([]byte, error) {
	if id < 2 || id >= w.pages {
		return nil, fmt.Errorf("page %d of %d is asked for", id, w.pages)
	}
	head := make([]byte, headSize)
	if _, err := w.f.ReadAt(head, int64(id*w.size)); err != nil {
		return nil, err
	}
	last := id + uint64(number4(head[12:]))
	if number8(head) != id || last >= w.pages {
		return nil, fmt.Errorf("page %d says that it is %d, up to %d of %d", id, number8(head), last, w.pages)
	}
	for i := id; i <= last; i++ {
		if w.seen[i] {
			return nil, fmt.Errorf("page %d is led to twice", i)
		}
		w.seen[i] = true
	}
	page := make([]byte, (last-id+1)*w.size)
	_, err := w.f.ReadAt(page, int64(id*w.size))
	return page, err
}

// follow notes the pages that a page of the tree leads to.
func (w *walk) follow(page []byte) error {
	kind := number2(page[8:])
	for i := range uint64(number2(page[10:])) {
		at := headSize + i*elementSize
		if at+elementSize > uint64(len(page)) {
			return errors.New("it has more elements than room")
		}
		e := page[at : at+elementSize]
		switch kind {
		case kindBranch:
			if at+uint64(number4(e))+uint64(number4(e[4:])) > uint64(len(page)) {
				return errors.New("a key lies outside")
			}
			w.todo = append(w.todo, number8(e[8:]))
		case kindLeaf:
			value := at + uint64(number4(e[4:])) + uint64(number4(e[8:]))
			end := value + uint64(number4(e[12:]))
			if end > uint64(len(page)) {
				return errors.New("a value lies outside")
			}
			if number4(e)&inBucket == 0 {
				continue
			}
			if err := w.enter(page[value:end]); err != nil {
				return err
			}
		default:
			return fmt.Errorf("it is of kind %d", kind)
		}
	}
	if kind != kindBranch && kind != kindLeaf {
		return fmt.Errorf("it is of kind %d", kind)
	}
	return nil
}

// enter looks into a bucket: it has a page, or is small and one itself.
func (w *walk) enter(bucket []byte) error {
	if len(bucket) < 16 {
		return errors.New("a bucket is cut short")
	}
	if root := number8(bucket); root != 0 {
		w.todo = append(w.todo, root)
		return nil
	}
	inner := bucket[16:]
	if len(inner) < headSize || number2(inner[8:]) != kindLeaf {
		return errors.New("a small bucket is no page")
	}
	before := len(w.todo)
	if err := w.follow(inner); err != nil {
		return fmt.Errorf("a small bucket: %w", err)
	}
	if len(w.todo) > before {
		return errors.New("a small bucket holds another one")
	}
	return nil
}

// checkFree checks the list of free pages, which bg's files always have.
func (w *walk) checkFree(list uint64) error {
	if list == noList {
		return errors.New("there is none")
	}
	page, err := w.take(list)
	if err != nil {
		return err
	}
	ids, n := page[headSize:], uint64(number2(page[10:]))
	if n == longCount {
		n, ids = number8(ids), ids[8:]
	}
	if number2(page[8:]) != kindFree || n > uint64(len(ids))/8 {
		return fmt.Errorf("page %d does not hold %d numbers", list, n)
	}
	for i := range n {
		id := number8(ids[8*i:])
		if id < 2 || id >= w.pages || w.seen[id] {
			return fmt.Errorf("page %d is in use, or not there", id)
		}
		w.seen[id] = true
	}
	return nil
}

func number2(b []byte) uint16 { return binary.NativeEndian.Uint16(b) }
func number4(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
func number8(b []byte) uint64 { return binary.NativeEndian.Uint64(b) }
