// Package failpoint marks the places at which the real binary can be made to
// fail or to die, for tests. In a normal build every place is passed and nothing
// is read; a build with the tag failpoints does as the file says that the
// environment variable BG_FAILPOINTS names, line by line:
//
//	POINT kill      the process dies there, as by SIGKILL
//	POINT ENOSPC    the step fails with this error; also EIO and EROFS
//
// It imports nothing else of this module.
package failpoint

// The points beside those of package durable, in their order.
const (
	Save      = "save"      // before the state is saved
	Commit    = "commit"    // all of it is in the transaction
	Saved     = "saved"     // it is on the disk, nothing else has happened
	Confirmed = "confirmed" // Traefik serves it, which nobody knows yet
	Act       = "act"       // before a container is started or stopped
)
