package sample

import "testing"

// Attack 3 of the bar: backtick injection in a rule.
// Of two lines.
func TestOfOne(t *testing.T) {}

// Attack 4 of the bar: {{
// Attack 3 of the bar: backtick injection in a rule.
func TestOfTwo(t *testing.T) {}

// Attack 5 of the bar: of no test.
func helper() {}
