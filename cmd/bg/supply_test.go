package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// goTool runs go in a folder and returns what it prints.
func goTool(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &said)
	}
	return string(out)
}

// signs tell the licenses that bg may link by their words. One that wants
// more of whoever passes the binary on is not among them.
var signs = []struct{ name, words string }{
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"Apache-2.0", "Apache License Version 2.0, January 2004"},
	{"Apache-2.0", "Licensed under the Apache License, Version 2.0"},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"},
	{"BSD-3-Clause", "may be used to endorse or promote products derived from this software"},
	{"BSD-2-Clause", "Redistribution and use in source and binary forms, with or without modification, are permitted"},
}

var blanks = regexp.MustCompile(`[\s*>#]+`)

// license returns the license that a text is, "" if it is none of those.
func license(text string) string {
	text = blanks.ReplaceAllString(text, " ")
	for _, s := range signs {
		if strings.Contains(text, s.words) {
			return s.name
		}
	}
	return ""
}

var licenseFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)(\.md|\.txt)?$`)

// go test -v -run License ./cmd/bg prints them.
func TestEverythingInTheBinaryHasALicenseThatAllowsIt(t *testing.T) {
	modules := map[string]bool{}
	for line := range strings.Lines(goTool(t, ".", nil, "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}", ".")) {
		modules[strings.TrimSpace(line)] = true
	}
	delete(modules, "")
	if len(modules) < 10 {
		t.Fatalf("go list names %d modules: this test looks at nothing", len(modules))
	}
	count := map[string]int{}
	for module := range modules {
		fields := strings.Fields(module)
		if len(fields) != 3 {
			t.Fatalf("go list says %q", module)
		}
		entries, err := os.ReadDir(fields[2])
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, e := range entries {
			if !licenseFile.MatchString(e.Name()) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(fields[2], e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, license(string(text)))
		}
		if len(found) == 0 || slices.Contains(found, "") {
			t.Errorf("%s %s has no license that is known to allow it: read it, then add it to signs or replace the module", fields[0], fields[1])
		}
		name := strings.Join(found, " and ")
		count[name]++
		t.Logf("%-12s %s %s", name, fields[0], fields[1])
	}
	t.Logf("%d modules: %v", len(modules), count)
}

func TestALicenseThatAsksForMoreIsNotKnown(t *testing.T) {
	for text, want := range map[string]string{
		"GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007":                                                    "",
		"All rights reserved.":                                                                                  "",
		"Permission is hereby granted,\n// free of charge":                                                      "",
		"Permission is hereby granted, free of charge, to any\n  person obtaining a copy of this...":            "MIT",
		"                                 Apache License\n                           Version 2.0, January 2004": "Apache-2.0",
	} {
		if got := license(text); got != want {
			t.Errorf("%q is taken for %q, want %q", text, got, want)
		}
	}
}

func TestTheReadmeGivesAReasonForEachDependency(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n## Dependencies\n")
	if !found {
		t.Fatal("the README has no section Dependencies")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var listed []string
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || !strings.Contains(cells[1], "`") {
			continue
		}
		listed = append(listed, strings.Trim(strings.TrimSpace(cells[1]), "`"))
		if len(strings.TrimSpace(cells[2])) < 10 {
			t.Errorf("%s has no reason", cells[1])
		}
	}
	direct := strings.Fields(goTool(t, ".", nil, "list", "-m", "-f", "{{if not (or .Main .Indirect)}}{{.Path}}{{end}}", "all"))
	slices.Sort(direct)
	if !slices.Equal(listed, direct) {
		t.Errorf("the README has, in this order,\n%s\nand go.mod\n%s", strings.Join(listed, "\n"), strings.Join(direct, "\n"))
	}
}

// Two people build what is checked out, each in a folder of their own and the
// second one with nothing built before, and get the same bytes.
func TestTwoBuildsInDifferentFoldersAreTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("builds everything anew")
	}
	var sums [2][sha256.Size]byte
	for i, env := range [][]string{{"CGO_ENABLED=0"}, {"CGO_ENABLED=0", "GOCACHE=" + t.TempDir()}} {
		folder := filepath.Join(t.TempDir(), strings.Repeat("deeper/", i), "bg")
		for _, name := range []string{"cmd", "controller", "compose", "labels"} {
			if err := os.CopyFS(filepath.Join(folder, name), os.DirFS("../../"+name)); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"go.mod", "go.sum"} {
			data, err := os.ReadFile("../../" + name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		binary := filepath.Join(folder, "dist", fmt.Sprintf("bg%d", i))
		goTool(t, folder, env, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-X main.release=v1.2.3", "-o", binary, "./cmd/bg")
		data, err := os.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(data)
		info, err := buildinfo.ReadFile(binary)
		if err != nil || len(info.Deps) < 10 || info.Path != "bg/cmd/bg" {
			t.Errorf("the binary does not tell what it is made of: %v, %v", info, err)
		}
		if out, err := exec.CommandContext(t.Context(), binary, "--version").Output(); err != nil || string(out) != "bg version v1.2.3\n" {
			t.Errorf("--version: %q, %v", out, err)
		}
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds differ: %x and %x", sums[0], sums[1])
	}
	t.Logf("both have SHA-256 %x", sums[0])
}
