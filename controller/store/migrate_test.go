package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"bg/controller/internal/durable"
	"bg/controller/rollout"
)

// version1 writes a file as the first bg did, from bytes that it wrote: what
// today's code would write has no say in it.
func version1(t testing.TB, path string) {
	t.Helper()
	app, err := os.ReadFile("testdata/v1/app.json")
	if err != nil {
		t.Fatal(err)
	}
	event, err := os.ReadFile("testdata/v1/event.json")
	if err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for bucket, pairs := range map[string]map[string][]byte{
			"meta": {"version": []byte("1"), "generation": {0, 0, 0, 0, 0, 0, 0, 5}, "confirmed": {0, 0, 0, 0, 0, 0, 0, 4}},
			"apps": {"shop": bytes.TrimSpace(app)}, "history": {"\x00\x00\x00\x00\x00\x00\x00\x01": bytes.TrimSpace(event)},
			"blobs": {"default-certificate": []byte("pem")},
		} {
			b, err := tx.CreateBucket([]byte(bucket))
			if err != nil {
				return err
			}
			for k, v := range pairs {
				if err := b.Put([]byte(k), v); err != nil {
					return err
				}
			}
		}
		return tx.Bucket([]byte("history")).SetSequence(1)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// next is a layout that no bg has yet: version 3, by way of 2.
func next() layout {
	return layout{version: 3, steps: map[int]func(*bbolt.Tx) error{
		1: func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("numbers"))
			return err
		},
		2: func(tx *bbolt.Tx) error {
			for i := range 1000 { // more than a page
				if err := tx.Bucket([]byte("numbers")).Put(fmt.Appendf(nil, "app-%d", i), number(7)); err != nil {
					return err
				}
			}
			return tx.Bucket(bucketBlobs).Delete([]byte("default-certificate"))
		},
	}}
}

// wantVersion1 fails unless the file is the recorded one.
func wantVersion1(t *testing.T, path string) {
	t.Helper()
	s, err := openAs(path, layout{version: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if s.Migrated() != nil {
		t.Errorf("%s was migrated", path)
	}
	wantRecorded(t, s)
	if v, err := s.Get("default-certificate"); string(v) != "pem" || err != nil {
		t.Errorf("the certificate is %q, %v", v, err)
	}
}

func wantRecorded(t *testing.T, s *Store) {
	t.Helper()
	want := rollout.State{Generation: 5, Confirmed: 4, Apps: map[string]*rollout.App{"shop": app("shop")}}
	if diff := cmp.Diff(want, load(t, s)); diff != "" {
		t.Error(diff)
	}
	if list, err := s.History("shop", 0); err != nil || len(list) != 1 || list[0].Actor != "bg" {
		t.Errorf("the history is %v, %v", list, err)
	}
}

func wantNext(t *testing.T, path string) {
	t.Helper()
	s, err := openAs(path, next())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	wantRecorded(t, s)
	err = s.db.View(func(tx *bbolt.Tx) error {
		if v := tx.Bucket([]byte("numbers")).Get([]byte("app-999")); !bytes.Equal(v, number(7)) {
			t.Errorf("the number is %x", v)
		}
		if v := tx.Bucket(bucketBlobs).Get([]byte("default-certificate")); v != nil {
			t.Errorf("the old certificate is there: %q", v)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAFileOfTheFirstVersionIsReadToday(t *testing.T) {
	path := statePath(t)
	version1(t, path)
	wantRecorded(t, open1(t, path))
}

func TestAnOlderFileIsCopiedAndMigratedOverSeveralVersions(t *testing.T) {
	path := statePath(t)
	version1(t, path)
	s, err := openAs(path, next())
	if err != nil {
		t.Fatal(err)
	}
	want := Migration{From: 1, To: 3, Copy: path + ".v1"}
	if got := s.Migrated(); got == nil || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantNext(t, path)
	info, err := os.Stat(path + ".v1")
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("the copy: %v, %v", info, err)
	}
	wantVersion1(t, path+".v1")
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(left) != 2 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "has version 3, this bg knows version 1") {
		t.Errorf("today's bg: %v", err)
	}
	// The way back that the README tells.
	if err := os.Rename(path+".v1", path); err != nil {
		t.Fatal(err)
	}
	wantRecorded(t, open1(t, path))
}

func TestAStepThatFailsChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		step func(*bbolt.Tx) error
		want string
	}{
		"an error":        {func(*bbolt.Tx) error { return errors.New("no such luck") }, "no such luck"},
		"a panic":         {func(*bbolt.Tx) error { panic("off the rails") }, "off the rails"},
		"a broken state":  {func(tx *bbolt.Tx) error { return tx.Bucket(bucketApps).Put([]byte("shop"), []byte("{")) }, `app "shop"`},
		"a part is lost":  {func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketBlobs) }, `no part "blobs"`},
		"there is no way": {nil, "too old for this bg"},
	} {
		t.Run(name, func(t *testing.T) {
			path := statePath(t)
			version1(t, path)
			to := next()
			to.steps[2] = c.step
			_, err := openAs(path, to)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "routes stay") {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			wantVersion1(t, path)
		})
	}
}

// points are all those of a migration, in their order.
var points = []string{durable.Create, durable.Fill, durable.Sync, durable.Close, durable.Rename, durable.SyncDir, "migrate", "commit", "prune"}

func TestADiskThatFailsInAMigrationLeavesTheOldFile(t *testing.T) {
	for _, point := range points[:len(points)-1] {
		path := statePath(t)
		version1(t, path)
		to := next()
		to.fault = func(at string) error {
			if at == point {
				return syscall.ENOSPC
			}
			return nil
		}
		if _, err := openAs(path, to); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("%s: got %v", point, err)
		}
		wantVersion1(t, path)
		if s, err := openAs(path, next()); err != nil {
			t.Errorf("%s: once there is room: %v", point, err)
		} else if err := s.Close(); err != nil {
			t.Error(err)
		}
		wantNext(t, path)
	}
}

// The test runs itself again and is killed at each point.
func TestAMigrationThatIsKilledAtAnyPointLeavesTheOldFileOrTheNewOne(t *testing.T) {
	if path := os.Getenv("BG_TEST_MIGRATE"); path != "" {
		to := next()
		to.fault = func(at string) error {
			if at == os.Getenv("BG_TEST_POINT") {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
			return nil
		}
		_, err := openAs(path, to)
		t.Fatalf("it was not killed: %v", err)
	}
	for _, point := range points {
		path := statePath(t)
		version1(t, path)
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "BG_TEST_MIGRATE="+path, "BG_TEST_POINT="+point)
		if out, err := cmd.CombinedOutput(); err == nil || err.Error() != "signal: killed" {
			t.Fatalf("%s: %v\n%s", point, err, out)
		}
		if point == "prune" {
			wantVersion1(t, path+".v1")
		} else {
			wantVersion1(t, path)
		}
		wantNext(t, path) // the next start ends what was begun
		if litter, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.bg-tmp")); err != nil || len(litter) > 0 {
			t.Errorf("%s: %v is left, %v", point, litter, err)
		}
	}
}

// Power can fail in the middle of the commit: of the pages that it wrote
// before the one that makes it count, any may be on the disk.
func TestACommitThatReachesTheDiskInPartIsNone(t *testing.T) {
	path := statePath(t)
	version1(t, path)
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openAs(path, next())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	done, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	var changed []int // pages but the two meta pages
	for at := 2 * page; at < len(done); at += page {
		if at >= len(old) || !bytes.Equal(old[at:at+page], done[at:at+page]) {
			changed = append(changed, at)
		}
	}
	if len(changed) < 3 {
		t.Fatalf("the commit wrote %d pages: this test looks at nothing", len(changed))
	}
	seed := rand.NewPCG(1, 2)
	for range 50 {
		torn := append(slices.Clone(old), make([]byte, max(0, len(done)-len(old)))...)
		for _, at := range changed {
			if seed.Uint64()&1 == 0 {
				copy(torn[at:at+page], done[at:at+page])
			}
		}
		half := filepath.Join(t.TempDir(), "state.db")
		if err := os.WriteFile(half, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		wantVersion1(t, half)
	}
}

func TestTheCopiesOfTheThreeNewestVersionsAreKept(t *testing.T) {
	path := statePath(t)
	version1(t, path)
	foreign := []string{path + ".v1x", path + ".old", filepath.Join(filepath.Dir(path), "other.db.v1"), path + ".v01"}
	for _, name := range foreign {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	add := func(*bbolt.Tx) error { return nil }
	for v := 2; v < 7; v++ {
		s, err := openAs(path, layout{version: v, steps: map[int]func(*bbolt.Tx) error{v - 1: add}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for v := 1; v < 7; v++ {
		_, err := os.Stat(fmt.Sprintf("%s.v%d", path, v))
		if kept := err == nil; kept != (v >= 3 && v <= 5) {
			t.Errorf("version %d: %v", v, err)
		}
	}
	for _, name := range foreign {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("a file of somebody else's is gone: %v", err)
		}
	}
}

func TestWhatIsNoVersionIsDamage(t *testing.T) {
	for _, version := range []string{"", "0", "-1", "1.5", "one", "99999999999999999999", "2147483647"} {
		path := statePath(t)
		s := open1(t, path)
		err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put(keyVersion, []byte(version)) })
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		refused(t, path, "is no version")
	}
}

// The lock is the process's: one that is frozen holds it, so nobody takes
// over from it as long as it could wake up.
//
// Fault 23 of the bar: two controllers: the second refuses.
// Fault 24 of the bar: a frozen controller wakes after a takeover: fenced.
func TestAFrozenControllerKeepsTheStateUntilItIsKilled(t *testing.T) {
	if path := os.Getenv("BG_TEST_HOLD"); path != "" {
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }() // and the collector lets it be till then
		fmt.Println("held")
		_, _ = os.Stdin.Read(make([]byte, 1))
		return
	}
	path := statePath(t)
	version1(t, path)
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "BG_TEST_HOLD="+path)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT, syscall.SIGSTOP} {
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !errors.Is(err, ErrLocked) {
			t.Fatalf("after %v: %v", signal, err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	wantRecorded(t, open1(t, path))
}
