package compose

import (
	"cmp"
	"fmt"
	"slices"
)

// The severities of a Note.
const (
	Info    = "info"    // rewritten; works as before
	Warning = "warning" // works, but not as the file says, or at a risk
	Error   = "error"   // will not work; don't deploy
)

// Note is something that the user should know before a release: what was
// dropped or rewritten and why, or what to mend.
type Note struct {
	Severity string // Info, Warning or Error
	Service  string // "" where it concerns the project as a whole
	Subject  string // the attribute: "ports", "container_name", "volume data", ...
	Text     string // what and why, with the fix where there is one
}

// note adds a Note while the project is being split.
func (p *Project) note(severity, service, subject, format string, args ...any) {
	n := Note{Severity: severity, Service: service, Subject: subject, Text: fmt.Sprintf(format, args...)}
	if !slices.Contains(p.Notes, n) {
		p.Notes = append(p.Notes, n)
	}
}

// sortNotes brings the Notes into the order of services; within one, the
// order of the rules stands.
func (p *Project) sortNotes() {
	slices.SortStableFunc(p.Notes, func(a, b Note) int { return cmp.Compare(a.Service, b.Service) })
}
