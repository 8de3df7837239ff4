package controller

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"bg/controller/rollout"
	"bg/controller/traefik"
)

const (
	policyPeriod = 10 * time.Second // between looks at the file
	maxPolicy    = 1 << 20          // bytes of it
)

// law is what one look at the policy file found.
type law struct {
	policy *rollout.Policy // nil with err
	err    error
}

// obey takes in what the policy file says now. One that cannot be used leaves
// everything as it is, and people are told.
func (l *loop) obey(found law) {
	if found.err != nil {
		l.Log.Warn("the policy file cannot be used", "error", found.err)
		l.problems.set("policy", traefik.Problem{Severity: traefik.Error, Text: fmt.Sprintf("%v; the policy stays what it was", found.err)})
		l.show()
		return
	}
	l.Log.Info("the policy file was read", "file", l.PolicyFile)
	l.problems.set("policy")
	l.policy = found.policy
	l.step()
}

// readPolicies puts what the file says, whenever that is something else than
// the last time. It goes by the content: a time of change tells nothing where
// files are put in place by other means than writing.
func (c *Controller) readPolicies(ctx context.Context, put func(law)) {
	for last := ""; ; {
		data, err := readPolicyFile(c.PolicyFile)
		said := string(data)
		if err != nil {
			said = err.Error()
		}
		if said != last {
			last = said
			put(lawOf(c.PolicyFile, data, err))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(policyPeriod):
		}
	}
}

// lawOf makes a law of what reading the file has given.
func lawOf(path string, data []byte, err error) law {
	if err != nil {
		return law{err: fmt.Errorf("read the policy: %w", err)}
	}
	p, err := ParsePolicy(data)
	if err != nil {
		return law{err: fmt.Errorf("policy file %s: %w", path, err)}
	}
	return law{policy: p}
}

func readPolicyFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPolicy+1))
	if err == nil && len(data) > maxPolicy {
		err = fmt.Errorf("%s has more than %d bytes", path, maxPolicy)
	}
	return data, err
}
