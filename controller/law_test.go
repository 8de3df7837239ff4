package controller

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bg/controller/store"
	"bg/controller/traefik"
	"bg/labels"
)

// law writes the policy file.
func (r *rig) law(text string) {
	r.t.Helper()
	if r.policy == "" {
		r.policy = filepath.Join(r.t.TempDir(), "policy.yml")
	}
	if err := os.WriteFile(r.policy, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func TestWhoTakesAHostIsShownWithBothNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := onBlue(t)
		before := inode(t, filepath.Join(r.dir, "bg.yml"))
		r.see(web("shop", labels.Blue, 1), on("shop", "evil", labels.Green, 2))
		r.settle()
		const why = "green: host shop belongs to app shop since "
		if got := r.app("evil").Note; !strings.HasPrefix(got, why) {
			t.Errorf("note is %q", got)
		}
		r.wantActive("evil", "")
		time.Sleep(time.Hour)
		synctest.Wait()
		events, err := r.ctl.History(t.Context(), "evil", 100)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, e := range events {
			if e.Change == "refuse" && strings.HasPrefix(e.Cause, why) {
				told++
			}
		}
		if told != 1 || before != inode(t, filepath.Join(r.dir, "bg.yml")) {
			t.Errorf("told %d times: %+v", told, events)
		}
	})
}

func TestThePolicyFileIsReadAgainWhenItChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.law("hosts: {}")
		r.start()
		r.see(web("shop", labels.Blue, 1), on("shop", "zoo", labels.Green, 2))
		r.settle()
		r.wantActive("zoo", "")

		r.law("hosts: {shop: [shop, zoo]}\nhots: {}")
		time.Sleep(policyPeriod)
		synctest.Wait()
		r.wantActive("zoo", "")
		if got := r.problem("policy"); !strings.Contains(got, `"hots" is no key here`) || !strings.Contains(got, "the policy stays what it was") {
			t.Errorf("the problem is %q", got)
		}

		r.law("hosts: {shop: [shop, zoo]}")
		time.Sleep(policyPeriod)
		synctest.Wait()
		r.wantActive("zoo", "green")
		if got := r.problem("policy"); got != "" {
			t.Errorf("the problem is still %q", got)
		}

		if err := os.Remove(r.policy); err != nil {
			t.Fatal(err)
		}
		time.Sleep(policyPeriod)
		synctest.Wait()
		r.wantActive("zoo", "green")
		if got := r.problem("policy"); !strings.Contains(got, "no such file") {
			t.Errorf("the problem is %q", got)
		}
	})
}

// Attack 25 of the bar: forged project or color label: refused by policy.
func TestAContainerOfAStrangeProjectIsShownAsStray(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.law(`{"apps": {"shop": {"projects": ["shop-blue", "shop-green"]}}}`)
		r.start()
		own, forged := web("shop", labels.Blue, 1), web("shop", labels.Green, 2)
		own.Spec.Project, forged.Spec.Project = "shop-blue", "evil"
		r.see(own, forged)
		r.settle()
		r.wantActive("shop", "blue")
		strays := r.status().Strays
		if len(strays) != 1 || strays[0].ID != forged.ID || !strings.Contains(strays[0].Reason, `speak for app shop, and it is of "evil"`) || len(r.app("shop").Colors) != 1 {
			t.Errorf("strays are %+v", strays)
		}
	})
}

func TestAControllerDoesNotStartWithoutThePolicyThatItIsGiven(t *testing.T) {
	for text, want := range map[string]string{
		"hosts: [":                            "policy.yml: yaml: line 1",
		strings.Repeat("#", maxPolicy+1):      "more than 1048576 bytes",
		"internal: " + string(rune(0)) + "[]": "control characters",
	} {
		r := newRig(t)
		r.law(text)
		s, err := store.Open(r.path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := traefik.NewPublisher(r.dir)
		if err != nil {
			t.Fatal(err)
		}
		err = New(Config{Store: s, Publisher: p, PolicyFile: r.policy, Log: slog.New(slog.DiscardHandler)}).Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
