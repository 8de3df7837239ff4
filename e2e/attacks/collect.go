package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// attack is one row of the table.
type attack struct {
	Number int
	Text   string
	Tests  []test
}

// test is one Go test that shows what becomes of an attack.
type test struct {
	Package string // such as bg/labels
	Name    string
}

// mark stands above a test, with the text that the first of its attack has.
var mark = regexp.MustCompile(`^// Attack ([0-9]{1,2}) of the bar: (.+)$`)

// collect reads all tests below root and returns the attacks that they name,
// by number.
func collect(root string) ([]attack, error) {
	found := map[int]*attack{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") && name != root:
			return fs.SkipDir
		case !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		return read(name, path.Join("bg", filepath.ToSlash(dir)), found)
	})
	if err != nil {
		return nil, fmt.Errorf("read the tests: %w", err)
	}
	var all []attack
	for _, a := range found {
		all = append(all, *a)
	}
	slices.SortFunc(all, func(a, b attack) int { return a.Number - b.Number })
	return all, nil
}

// read adds the marked tests of one file.
func read(name, pkg string, found map[int]*attack) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Doc == nil || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") {
			continue
		}
		for _, line := range f.Doc.List {
			m := mark.FindStringSubmatch(line.Text)
			if m == nil {
				continue
			}
			n, _ := strconv.Atoi(m[1])
			if found[n] == nil {
				found[n] = &attack{Number: n, Text: strings.TrimSuffix(m[2], ".")}
			}
			found[n].Tests = append(found[n].Tests, test{pkg, f.Name.Name})
		}
	}
	return nil
}
