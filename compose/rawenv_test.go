package compose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARawEnvironmentFileIsTakenToTheLetter(t *testing.T) {
	shell := func(name string) (string, bool) { return "from the shell", name == "SHELL_HAS" }
	text := "\ufeffQUOTED=\"two $words\" # and this\r\n\n  # a comment\n  INDENTED= x \nEMPTY=\nSHELL_HAS\nSHELL_LACKS\nLAST=a=b"
	got := map[string]string{}
	if err := parseRawEnv(strings.NewReader(text), "x.env", got, shell); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"QUOTED": `"two $words" # and this`, "INDENTED": " x ", "EMPTY": "", "SHELL_HAS": "from the shell", "LAST": "a=b",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestARawEnvironmentFileWithoutANameIsRefusedByItsLineAndNotItsText(t *testing.T) {
	for _, line := range []string{"=hunter2", "pass word=hunter2", "export X=hunter2"} {
		err := parseRawEnv(strings.NewReader("A=1\n"+line+"\n"), "x.env", map[string]string{}, nil)
		if err == nil || !strings.Contains(err.Error(), "x.env, line 2") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", line, err)
		}
	}
}
