package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The lines around what install writes into a start file.
const (
	blockBegin = "# >>> bg: made by docker bg install >>>"
	blockEnd   = "# <<< bg <<<"
)

// startFile returns the file that an interactive shell reads at its start.
func startFile(shell string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("HOME is not set: set it")
	}
	at := func(name, folder string, rest ...string) string {
		if dir := os.Getenv(name); filepath.IsAbs(dir) {
			folder = dir
		}
		return filepath.Join(append([]string{folder}, rest...)...)
	}
	switch shell {
	case "bash":
		return filepath.Join(home, ".bashrc"), nil
	case "zsh":
		return at("ZDOTDIR", home, ".zshrc"), nil
	case "fish":
		return at("XDG_CONFIG_HOME", filepath.Join(home, ".config"), "fish", "conf.d", "bg.fish"), nil
	}
	if file := os.Getenv("ENV"); filepath.IsAbs(file) {
		return file, nil
	}
	return "", errors.New("dash reads the file that the variable ENV names, and it is not set: set it in ~/.profile, such as ENV=$HOME/.shrc; export ENV")
}

// startBlock is what install writes for a shell. It calls the plugin itself,
// which takes a tenth of the time that "docker bg" takes, and does nothing
// once the plugin is gone.
func startBlock(shell, plugin string) string {
	call := quote(plugin) + " bg shell-init " + shell
	body := fmt.Sprintf("[ ! -x %s ] || eval \"$(%s)\"", quote(plugin), call)
	if shell == "fish" {
		body = fmt.Sprintf("test -x %s; and %s | source", quote(plugin), call)
	}
	return blockBegin + "\n" + body + "\n" + blockEnd + "\n"
}

// addBlock puts the block into file, in the place of an older one or at
// the end.
func (s setup) addBlock(file, block string) error {
	old, err := readStart(file)
	if err != nil {
		return err
	}
	before, after, found, err := cutBlock(old)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	text := before + block + after
	switch {
	case found && text == old:
		fmt.Fprintf(s.out, "%s has the block already\n", file)
		return nil
	case found:
		if !s.said("renewed the block in %s", file) {
			return nil
		}
	default:
		if old != "" && !strings.HasSuffix(old, "\n") {
			text = old + "\n\n" + block
		} else if old != "" {
			text = old + "\n" + block
		}
		if !s.said("added to %s:\n%s", file, strings.TrimSuffix(block, "\n")) {
			return nil
		}
	}
	return writeStart(file, text)
}

// removeBlock takes the block, and the empty line before it, out of file; a
// file that held nothing else goes too.
func (s setup) removeBlock(file string) error {
	old, err := readStart(file)
	if err != nil {
		return err
	}
	before, after, found, err := cutBlock(old)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if !found {
		return nil
	}
	if strings.HasSuffix(before, "\n\n") {
		before = strings.TrimSuffix(before, "\n")
	}
	if !s.said("removed the block from %s", file) {
		return nil
	}
	if before+after == "" {
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("remove start file: %w", err)
		}
		return nil
	}
	return writeStart(file, before+after)
}

// cutBlock returns the text around the block; without one, all of it is
// before.
func cutBlock(text string) (before, after string, found bool, err error) {
	begin := strings.Index(text, blockBegin+"\n")
	if begin < 0 {
		return text, "", false, nil
	}
	length := strings.Index(text[begin:], blockEnd+"\n")
	if length < 0 || strings.Count(text, blockBegin) > 1 {
		return "", "", false, fmt.Errorf("the block that begins with %q has no end, or there are two: mend it by hand", blockBegin)
	}
	return text[:begin], text[begin+length+len(blockEnd)+1:], true, nil
}

func readStart(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read start file: %w", err)
	}
	return string(b), nil
}

// writeStart replaces the file in one step and keeps its mode. A link, as
// people have who keep their start files in git, stays one.
func writeStart(file, text string) error {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	return replace(file, func(temp string) error {
		if err := os.WriteFile(temp, []byte(text), mode); err != nil {
			return fmt.Errorf("write start file: %w", err)
		}
		if err := os.Chmod(temp, mode); err != nil {
			return fmt.Errorf("write start file: %w", err)
		}
		return nil
	})
}
