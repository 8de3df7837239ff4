package controller

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/docker"
	"bg/controller/rollout"
	"bg/controller/traefik"
	"bg/labels"
)

func TestAReadyColorIsSavedPublishedAndConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		r.wantActive("shop", "blue")
		r.wantInFile("http://10.0.0.1:80")
		if app := r.app("shop"); !app.Live || app.Phase != "stable" {
			t.Errorf("shop is live=%v, phase=%s; want live and stable", app.Live, app.Phase)
		}
		state, err := r.store.Load()
		if err != nil || state.Apps["shop"] == nil || state.Apps["shop"].Active != labels.Blue {
			t.Errorf("the saved state is %+v, %v; want shop on blue", state, err)
		}
	})
}

func TestTheSecondColorTakesOverByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		r.see(web("shop", labels.Blue, 1), web("shop", labels.Green, 2))
		r.settle()
		r.wantActive("shop", "green")
		r.wantInFile("http://10.0.0.2:80")
		if strings.Contains(r.file(), "10.0.0.1") {
			t.Error("blue is still routed after the cutover")
		}
	})
}

// I19, and BAR's "writes in steady state: 0".
func TestTenMinutesOfLooksWithoutAChangeWriteNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		// Until its release has ended, an app counts its soak in the state.
		r.see(web("shop", labels.Blue, 1), web("shop", labels.Green, 2))
		r.settle()
		time.Sleep(6 * time.Minute)
		r.see(web("shop", labels.Blue, 1), as(web("shop", labels.Green, 2), rollout.Exited))
		file, state := inode(t, filepath.Join(r.dir, "bg.yml")), stamp(t, r.path)
		revision, generation := r.status().Revision, r.generation()
		looks := 0
		for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); looks++ {
			time.Sleep(200 * time.Millisecond)
			r.see(web("shop", labels.Blue, 1), as(web("shop", labels.Green, 2), rollout.Exited))
		}
		if got := inode(t, filepath.Join(r.dir, "bg.yml")); got != file {
			t.Error("the routing was written again")
		}
		if got := stamp(t, r.path); got != state {
			t.Error("the state was written again")
		}
		if got := r.generation(); got != generation {
			t.Errorf("generation = %d, want %d still", got, generation)
		}
		t.Logf("%d looks in 10 minutes, 0 writes (revision %d -> %d)", looks, revision, r.status().Revision)
	})
}

func TestARestartWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		file, generation := inode(t, filepath.Join(r.dir, "bg.yml")), r.generation()
		r.stop()
		r.start()
		r.see(web("shop", labels.Blue, 1))
		r.settle()
		if inode(t, filepath.Join(r.dir, "bg.yml")) != file || r.generation() != generation {
			t.Errorf("a restart wrote the routing again (generation %d, was %d)", r.generation(), generation)
		}
		r.wantActive("shop", "blue")
	})
}

// I5: a crash between save and publish.
func TestADecisionThatWasSavedButNotWrittenIsWrittenAtTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		r.stop()
		want := r.file()
		if err := os.WriteFile(filepath.Join(r.dir, "bg.yml"), []byte("# of before\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r.start() // before Docker was looked at
		if app := r.app("shop"); app.Phase != "stable" || app.Note == "" {
			t.Errorf("before the first look shop is %s (%q), want stable with a word on why", app.Phase, app.Note)
		}
		if got := r.file(); got != want {
			t.Errorf("after the start the file is\n%s\nwant\n%s", got, want)
		}
	})
}

func TestALostStateKeepsTheRoutesUntilDockerIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		r.stop()
		before, generation := r.file(), r.generation()
		if err := os.Remove(r.path); err != nil {
			t.Fatal(err)
		}
		r.start()
		time.Sleep(time.Minute)
		synctest.Wait()
		if r.file() != before {
			t.Error("the routes were replaced although nothing was seen of Docker")
		}
		r.see(web("shop", labels.Blue, 1))
		r.settle()
		r.wantInFile("http://10.0.0.1:80")
		if r.generation() <= generation {
			t.Errorf("generation = %d after %d, want a higher one", r.generation(), generation)
		}
	})
}

// I10.
func TestADockerThatCannotBeReachedChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		file := inode(t, filepath.Join(r.dir, "bg.yml"))
		world := &rollout.World{Containers: []*rollout.Container{web("shop", labels.Blue, 1)}}
		r.looks <- docker.Look{World: world, Err: errors.New("connection refused")}
		synctest.Wait()
		if inode(t, filepath.Join(r.dir, "bg.yml")) != file {
			t.Error("the routing was written")
		}
		if p := r.problem("docker"); !strings.Contains(p, "connection refused") {
			t.Errorf("problem with docker = %q, want the reason", p)
		}
		r.looks <- docker.Look{World: world}
		synctest.Wait()
		if p := r.problem("docker"); p != "" {
			t.Errorf("the problem with docker stays after it is mended: %q", p)
		}
	})
}

// Fault 19.
func TestAChangeThatTraefikDoesNotTakeOverIsWrittenOnceMoreThenTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		var refusal error = &traefik.NotLive{Reason: "404 at the marker"}
		r.refuse.Store(&refusal)
		r.see(web("shop", labels.Blue, 1), web("shop", labels.Green, 2))
		r.settle()
		r.wantActive("shop", "green")
		first := inode(t, filepath.Join(r.dir, "bg.yml"))
		time.Sleep(confirmLimit)
		synctest.Wait()
		second := inode(t, filepath.Join(r.dir, "bg.yml"))
		if second == first {
			t.Error("the file was not written once more")
		}
		if p := r.problem("confirm"); !strings.Contains(p, "404 at the marker") {
			t.Errorf("problem = %q, want Traefik's reason", p)
		}
		r.refuse.Store(nil)
		r.wantActive("shop", "green")
		r.refuse.Store(&refusal)
		time.Sleep(confirmLimit)
		synctest.Wait()
		r.refuse.Store(nil)
		r.wantActive("shop", "blue")
		time.Sleep(confirmLimit)
		synctest.Wait()
		r.wantInFile("http://10.0.0.1:80")
		events, err := r.store.History("shop", 1)
		if err != nil || len(events) != 1 || events[0].Change != rollout.Aborted {
			t.Errorf("newest event = %+v, %v; want an abort", events, err)
		}
	})
}

// Fault 22.
func TestWhileTraefiksAPIIsDownNothingIsTakenBackOrWrittenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		var down error = &traefik.Unreachable{URL: "http://traefik:8080", Err: errors.New("connection refused")}
		r.refuse.Store(&down)
		r.see(web("shop", labels.Blue, 1), web("shop", labels.Green, 2))
		r.settle()
		file := inode(t, filepath.Join(r.dir, "bg.yml"))
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		r.wantActive("shop", "green")
		if inode(t, filepath.Join(r.dir, "bg.yml")) != file {
			t.Error("the file was written again")
		}
		if r.app("shop").Live {
			t.Error("the app is shown as live without a confirmation")
		}
		r.refuse.Store(nil)
		time.Sleep(2 * confirmLimit)
		synctest.Wait()
		if !r.app("shop").Live || r.problem("confirm") != "" {
			t.Errorf("live = %v, problem = %q after Traefik came back", r.app("shop").Live, r.problem("confirm"))
		}
	})
}

// Fault 18.
func TestAFolderThatCannotBeWrittenKeepsTheOldRoutesAndIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		away := r.dir + ".away"
		if err := os.Rename(r.dir, away); err != nil {
			t.Fatal(err)
		}
		r.see(web("shop", labels.Blue, 1), web("shop", labels.Green, 2))
		r.settle()
		if p := r.problem("publish"); p == "" {
			t.Error("the write that failed is not shown as a problem")
		}
		if err := os.Rename(away, r.dir); err != nil {
			t.Fatal(err)
		}
		r.wantInFile("http://10.0.0.1:80")
		time.Sleep(2 * retryPause)
		synctest.Wait()
		r.wantInFile("http://10.0.0.2:80")
		if p := r.problem("publish"); p != "" {
			t.Errorf("the problem stays after it is mended: %q", p)
		}
	})
}

func TestAStateThatCannotBeSavedChangesNoRoute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.start()
		r.see(web("shop", labels.Blue, 1), manual(web("shop", labels.Green, 2)))
		r.settle()
		before := r.file()
		if err := r.store.Close(); err != nil {
			t.Fatal(err)
		}
		r.see(web("shop", labels.Green, 2))
		r.settle()
		if r.file() != before {
			t.Error("the routing changed without a saved decision")
		}
		if p := r.problem("state"); p == "" {
			t.Error("the state that cannot be saved is not shown as a problem")
		}
	})
}

// stamp tells one content of a file from the next.
func stamp(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
