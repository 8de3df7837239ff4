package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"bg/compose"
)

// checkFile looks at the Compose file that is given or is in the folder. One
// that nobody named may be there for something else, so what keeps it from
// being read is a warning.
func checkFile(c *cli.Context) []finding {
	named := slices.ContainsFunc([]string{"file", "project-name", "project-directory", "profile", "env-file"}, c.IsSet)
	if !named && !composeFileHere() {
		return nil
	}
	project, err := loadProject(c)
	switch {
	case err != nil && named:
		return []finding{{"file", "error", err.Error()}}
	case err != nil:
		return []finding{{"file", "warning", err.Error()}}
	}
	files := strings.Join(project.Files, ", ")
	plan := makePlan(project, nil)
	colored := plan.names(compose.Colored)
	if len(colored) == 0 && !named {
		return []finding{{"file", "ok", files + ": no service is labeled bg.enable=true, so there is nothing to release here"}}
	}
	findings := []finding{{"file", "ok", fmt.Sprintf("%s: app %s of %s", files, project.App, orElse(list(colored), "no service"))}}
	for _, n := range project.Notes {
		if n.Severity != compose.Info {
			findings = append(findings, finding{"file", n.Severity, noteText(n)})
		}
	}
	return findings
}
