package e2e

import (
	"slices"
	"testing"

	"bg/e2e/internal/eyes"
	"bg/e2e/internal/show"
)

// Each one under the load that the promise names, so none runs beside another.
func TestABadReleaseIsTakenOutWhen(t *testing.T) {
	for _, sc := range eyes.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			need(t)
			trials, err := sc.Run(root, shared, 1, 500, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range trials {
				for _, broken := range sc.Broken(one) {
					t.Error(broken)
				}
				t.Logf("%s: %s requests, %d of %d GETs failed, %d of %d POSTs lost, %d doubled; out after %s, decided after %s; slowest GET %s; %s",
					sc.Text, show.Count(one.Requests), one.FailedGETs, one.GETs, one.LostPOSTs, one.POSTs, one.Doubled,
					show.Took(one.Out), show.Took(one.Decided), show.Took(one.Slowest), one.Cause)
				for _, text := range slices.Concat(one.Failures, one.Astray, one.History, one.Log) {
					t.Logf("    %s", text)
				}
			}
		})
	}
}
