package eyes

import (
	"bufio"
	"bytes"
	"context"
	"strings"

	"bg/e2e/internal/stack"
)

// arrivals returns how often each id of a trial arrived at the containers, as
// they wrote down in their output. Docker has it also of a killed one.
func arrivals(ctx context.Context, s *stack.Stack, trial string, containers ...string) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, dockerLimit)
	defer cancel()
	seen := map[string]int{}
	for _, c := range containers {
		out, err := s.Docker(ctx, "logs", c)
		if err != nil {
			return nil, err
		}
		tell(seen, out, trial)
	}
	return seen, nil
}

// tell adds the ids in one container's output.
func tell(seen map[string]int, out []byte, trial string) {
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "once "); ok && strings.HasPrefix(id, trial+"-") {
			seen[id]++
		}
	}
}
