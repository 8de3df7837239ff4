package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// shellCase is one real shell, started without anybody's start files.
type shellCase struct {
	name    string
	args    []string
	source  string // reads a file
	byPID   bool   // it names jobs by process, not by %1
	stopped string // what it says of a job that got SIGTSTP
	tab     bool   // it has completion
	before  string // to be typed first
}

var shellCases = []shellCase{
	{name: "bash", args: []string{"--norc", "--noprofile", "-i"}, source: ".", stopped: "Stopped", tab: true},
	{name: "zsh", args: []string{"-f", "-i"}, source: ".", stopped: "suspended", tab: true,
		before: "autoload -U compinit; compinit -D -u; unsetopt zle_bracketed_paste 2>/dev/null"},
	{name: "fish", args: []string{"--no-config", "-i"}, source: "source", byPID: true, stopped: "stopped", tab: true},
	{name: "dash", args: []string{"-i"}, source: ".", stopped: "Stopped"},
}

// startShell starts the shell on a terminal with the function in place,
// which leads to a program that prints its arguments.
func startShell(t *testing.T, c shellCase) *terminal {
	t.Helper()
	path, err := exec.LookPath(c.name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed: apt-get install %s", c.name, c.name)
		}
		t.Skipf("%s is not installed", c.name)
	}
	home := t.TempDir()
	program := filepath.Join(home, `it's a "pro\gram"`, "bg")
	if err := os.Mkdir(filepath.Dir(program), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte(`#!/bin/sh
case $1 in
__complete) printf 'promote\tall users\nprune: x\t\n:4\n' | grep "^$2" ;;
*) printf 'GOT'; printf '<%s>' "$@"; echo ;;
esac
`), 0o700); err != nil {
		t.Fatal(err)
	}
	init := filepath.Join(home, "init")
	text := shellText("init", c.name, quote(program))
	if c.tab {
		text += shellText("complete", c.name, quote(program))
	}
	write(t, init, text)
	cmd := exec.Command(path, c.args...)
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=xterm", "PS1=$ ", "LC_ALL=C.UTF-8"}
	term := startTerminal(t, 100, 30, cmd)
	if c.before != "" {
		term.send(c.before + "\n")
	}
	term.send(c.source + " " + init + "; echo rea''dy\n")
	term.expect("ready")
	return term
}

// state returns the state of a process as /proc has it: T is stopped.
func state(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return rest[:1]
}

func TestTheShellFunctionHandsWordsToTheProgram(t *testing.T) {
	for _, c := range shellCases {
		t.Run(c.name, func(t *testing.T) {
			term := startShell(t, c)
			term.send("bg promote\n")
			term.expect(`GOT<promote>\r?\n`)
			term.send("bg canary shop 10 --force 'two words' ''\n")
			term.expect(`GOT<canary><shop><10><--force><two words><>`)
			term.send("bg --help\n")
			term.expect(`GOT<--help>`)
			term.send("bg -o json status %1\n")
			term.expect(`GOT<-o><json><status><%1>`)
		})
	}
}

func TestTheShellFunctionLeavesJobControlToTheShell(t *testing.T) {
	for _, c := range shellCases {
		t.Run(c.name, func(t *testing.T) {
			term := startShell(t, c)
			term.send("sh -c 'echo started-$$; exec sleep 100'\n")
			pid, err := strconv.Atoi(term.expect(`started-(\d+)`)[0])
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }()
			suspend := func() {
				t.Helper()
				term.send("\x1a") // Ctrl-Z
				term.expect(c.stopped)
				eventually(t, "the job stops", func() bool { return state(pid) == "T" })
			}
			resumed := func(how string) {
				t.Helper()
				term.send(how + "\n")
				eventually(t, how+" resumes the job", func() bool { return state(pid) == "S" })
			}
			job := "%1"
			if c.byPID {
				job = strconv.Itoa(pid)
			}
			suspend()
			resumed("bg")
			for _, how := range []string{"bg " + job, "bg"} {
				term.send("fg; echo ba''ck\n")
				// Before fg has given it the terminal, Ctrl-Z is the shell's.
				eventually(t, "the job has the terminal", func() bool { return foreground(pid) })
				suspend()
				resumed(how)
			}
			if strings.Contains(term.seen(), "GOT") {
				t.Errorf("the program was called: %q", term.seen())
			}
			term.send("bg 99 ; bg %nothing ; echo af''ter\n")
			term.expect("after")
			if strings.Contains(term.seen(), "GOT") {
				t.Errorf("the program was called: %q", term.seen())
			}
		})
	}
}

// foreground reports whether the process has its terminal.
func foreground(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest) // state ppid pgrp session tty_nr tpgid
	return len(f) > 5 && f[2] == f[5]
}

func TestTabCompletesInRealShells(t *testing.T) {
	for _, c := range shellCases {
		if !c.tab {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			term := startShell(t, c)
			term.send("bg prom\t")
			term.expect("prom.*ote")
			term.send("\n")
			term.expect(`GOT<promote>`)
		})
	}
}

func TestAnAliasNamedBGIsNoObstacle(t *testing.T) {
	for _, c := range shellCases[:2] { // those where aliases are common
		t.Run(c.name, func(t *testing.T) {
			c.before += "\nalias bg='echo alias'"
			term := startShell(t, c)
			term.send("unalias bg\n")
			term.send("bg promote\n")
			term.expect(`GOT<promote>`)
		})
	}
}

// dash and sh take functions before builtins other than the special ones.
func TestDashTakesTheFunctionBeforeItsBuiltin(t *testing.T) {
	out, err := exec.Command("dash", "-c", "bg() { echo function; }; bg; command bg").CombinedOutput()
	if err != nil && !strings.Contains(string(out), "function") {
		t.Skip(err)
	}
	if first, rest, _ := strings.Cut(string(out), "\n"); first != "function" || strings.Contains(rest, "function") {
		t.Errorf("got %q", out)
	}
}
