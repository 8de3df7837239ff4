package main

import "testing"

// attacks is how many the bar has.
const attacks = 27

func TestEveryAttackOfTheBarHasATest(t *testing.T) {
	all, err := collect("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != attacks {
		t.Fatalf("%d attacks are named by tests, want %d", len(all), attacks)
	}
	for i, a := range all {
		if a.Number != i+1 || len(a.Tests) == 0 || a.Text == "" {
			t.Errorf("number %d is %+v", i+1, a)
		}
	}
}

func TestATestIsAskedForByItsPackageAndName(t *testing.T) {
	all, err := collect("testdata")
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if a := all[1]; a.Number != 4 || a.Text != "{{" || len(a.Tests) != 1 || a.Tests[0] != (test{"bg/sample", "TestOfTwo"}) {
		t.Errorf("the second is %+v", a)
	}
	if packages := byPackage(all); len(packages) != 1 || packages["bg/sample"] != "^(TestOfOne|TestOfTwo)$" {
		t.Errorf("asked for is %v", packages)
	}
}

func TestTheWorstOfATestCounts(t *testing.T) {
	r := results{}
	for _, line := range []string{
		`{"Action":"pass","Package":"bg/a","Test":"TestX"}`,
		`{"Action":"fail","Package":"bg/a","Test":"TestY/sub"}`,
		`{"Action":"fail","Package":"bg/a","Test":"TestY"}`,
		`{"Action":"skip","Package":"bg/a","Test":"TestZ"}`,
		`no JSON at all`,
	} {
		r.line([]byte(line))
	}
	a := attack{Tests: []test{{"bg/a", "TestX"}, {"bg/a", "TestY"}, {"bg/a", "TestZ"}, {"bg/a", "TestNeverRun"}}}
	for i, want := range []string{"pass", "fail", "skip", "not run"} {
		if got := r.of(a.Tests[i]); got != want {
			t.Errorf("%s: %q, want %q", a.Tests[i].Name, got, want)
		}
	}
}
