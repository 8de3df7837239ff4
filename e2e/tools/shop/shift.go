package main

import (
	"fmt"
	"time"
)

// shift is the time from the start of a worker to its end.
type shift struct {
	Color   string `json:"color"`
	Version string `json:"version"`
	Started int64  `json:"started"` // nanoseconds since 1970
	Stopped int64  `json:"stopped"` // 0: it has not stopped, or was killed
}

// begin records that a worker has started, before it looks at the queue.
func (s *store) begin(color, version string, at time.Time) (number int64, err error) {
	err = s.db.QueryRow(`INSERT INTO shifts (color, version, started) VALUES (?, ?, ?) RETURNING n`,
		color, version, at.UnixNano()).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("begin the shift: %w", err)
	}
	return number, nil
}

// end records that a worker has stopped, as the last thing it does.
func (s *store) end(number int64, at time.Time) error {
	if _, err := s.db.Exec(`UPDATE shifts SET stopped = ? WHERE n = ?`, at.UnixNano(), number); err != nil {
		return fmt.Errorf("end the shift: %w", err)
	}
	return nil
}

func (s *store) shifts() ([]shift, error) {
	return list(s, `SELECT color, version, started, coalesce(stopped, 0) FROM shifts ORDER BY n`,
		func(x *shift) []any { return []any{&x.Color, &x.Version, &x.Started, &x.Stopped} })
}
