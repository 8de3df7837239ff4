package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// accessWrite is W_OK of access(2).
const accessWrite = 2

// writable says how to hand folder over if it, or one of the named entries in
// it, may not be written to by this user. Volumes that a controller of root's
// has filled are root's. What is not there, and a disk that is read-only, are
// told of by those who write.
func writable(folder string, entries ...string) error {
	for _, name := range append([]string{"."}, entries...) {
		path := filepath.Join(folder, name)
		if err := syscall.Access(path, accessWrite); !errors.Is(err, fs.ErrPermission) {
			continue
		}
		owner := fmt.Sprintf("%d:%d", os.Geteuid(), os.Getegid())
		return fmt.Errorf("%s is not writable for user %s, who runs this: hand the folder over with chown -R %s; "+
			"for a volume, with 'docker run --rm -v VOLUME:/v busybox chown -R %s /v'", path, owner, owner, owner)
	}
	return nil
}
