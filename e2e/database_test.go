package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// databaseFile is a shop with migrations: v4 moves the customer's name to a new
// column, v8 drops the old one.
const databaseFile = shopWeb + shopExpand + `
  contract:
    <<: *shop
    command: [contract]
    labels: {bg.hook: contract}
`

// share has both colors at work for two seconds.
const share = `bg.canary.steps: "50"
      bg.canary.interval: 2s`

func TestADatabaseSurvivesTenReleasesWithAnExpandAndAContractMigration(t *testing.T) {
	need(t)
	// Alone: it takes orders all the time, which nobody but one color can answer
	// in a soak, and beside other tests' loads the proxy itself runs out of time.
	x := newShop(t, freshStack(t), databaseFile)
	start := time.Now()
	x.complete("v1", "")
	tr := startTrade(t, x)
	for n := 2; n <= 10; n++ {
		began, version, migrates := time.Now(), fmt.Sprintf("v%d", n), n == 4 || n == 8
		if migrates { // one that is overtaken in its soak does not contract
			x.complete(version, share)
		} else {
			x.release(version)
		}
		o := tr.since(began, n)
		t.Logf("v%d in %.1fs: %s", n, time.Since(began).Seconds(), o)
		if migrates && !o.mixed() {
			t.Errorf("v%d: the colors did not both read and write while both ran: %s", n, o)
		}
		switch n {
		case 4:
			x.did("expand", "added column full_name to orders")
			x.did("contract", "nothing to do")
		case 8:
			x.did("expand", "nothing to do")
			x.did("contract", "dropped column name from orders")
		}
	}
	t.Logf("ten releases in %s", time.Since(start).Round(time.Second))

	before := x.active()
	if said := x.refuse("v3"); !strings.Contains(said, "column name of orders is gone") {
		t.Errorf("an old version whose expand refuses: %s", said)
	}
	if now := x.active(); now != before {
		t.Errorf("%s has the users after a refused release, want %s", now, before)
	}
	tr.stop()
	tr.settle(x.dump(x.running(before, "web")).Orders)
}

// did checks what the hook of the active color printed.
func (x *shop) did(hook, want string) {
	x.t.Helper()
	if got := x.said(x.active(), hook); got != want {
		x.t.Errorf("hook %s said %q, want %q", hook, got, want)
	}
}

// refuse deploys a version whose hook fails, and returns what was said.
func (x *shop) refuse(version string) string {
	x.t.Helper()
	x.compose(version, "2s", "")
	return x.deploy(1)
}
