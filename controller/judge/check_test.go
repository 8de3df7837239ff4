package judge

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestWhatNoTrialCouldHaveComeToIsRefused(t *testing.T) {
	for saved, want := range map[string]string{
		`{"errors":{"staked":1}}`:                "errors: staked is 1",
		`{"slow":{"staked":-0.5}}`:               "slow: staked is -0.5",
		`{"limit":{"logs":[1e250,0,0,0,0,0,0]}}`: "errors-limit: evidence of 1e+250",
		`{"mass":{"events":5,"of":4}}`:           "mass: 5 of 4",
		`{"witness":{"late":{"events":-1}}}`:     "witness: -1 of 0",
		`{"error_pair":{"dispersion":0.5}}`:      "error_pair: a dispersion of 0.5",
		`{"minute":-1}`:                          "minute -1 goes from 0",
		`{"minute":9223372036854775807}`:         "minute 9223372036854775807 goes from 0",
		`{"failed":"luck"}`:                      `no test "luck"`,
		`{"candidate":{"requests":-1}}`:          "requests",
		`{"begun":"yesterday"}`:                  "yesterday",
		`{"errors":{"logs":["a"]}}`:              "logs",
	} {
		var tr Trial
		if err := json.Unmarshal([]byte(saved), &tr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want it to name %q", saved, err, want)
		}
	}
}
