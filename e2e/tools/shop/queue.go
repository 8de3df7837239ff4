package main

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// addJob puts a job at the end of the queue. It fails with errTaken for an ID that
// was queued before.
func (s *store) addJob(id string) error {
	if _, err := s.db.Exec(`INSERT INTO jobs (id) VALUES (?)`, id); err != nil {
		return fmt.Errorf("add job %s: %w", id, taken(err))
	}
	return nil
}

// take returns the first job that is not done, "" if there is none, and marks it
// as taken.
//
// A job that is taken already is returned all the same: this queue relies on there
// being one worker, for which that is a job whose worker was killed. Two workers
// at once do the same jobs, and that is seen in table done.
func (s *store) take() (id string, err error) {
	err = s.db.QueryRow(`UPDATE jobs SET state = 'taken'
		WHERE seq = (SELECT min(seq) FROM jobs WHERE state <> 'done') RETURNING id`).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("take a job: %w", err)
	}
	return id, nil
}

// execution is one time that a job was done.
type execution struct {
	Job   string `json:"job"`
	Color string `json:"color"`
	Shift int64  `json:"shift"`
	At    int64  `json:"at"` // nanoseconds since 1970
}

// finish marks the job as done and records who did it.
func (s *store) finish(job, color string, shift int64, at time.Time) error {
	err := s.within(func(tx *sql.Tx) error {
		if _, err := tx.Exec(`UPDATE jobs SET state = 'done' WHERE id = ?`, job); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO done (job, color, shift, at) VALUES (?, ?, ?, ?)`, job, color, shift, at.UnixNano())
		return err
	})
	if err != nil {
		return fmt.Errorf("finish job %s: %w", job, err)
	}
	return nil
}

// executions returns all that was done, in its order.
func (s *store) executions() ([]execution, error) {
	return list(s, `SELECT job, color, shift, at FROM done ORDER BY n`,
		func(e *execution) []any { return []any{&e.Job, &e.Color, &e.Shift, &e.At} })
}

// countJobs tells how many jobs were ever queued.
func (s *store) countJobs() (n int, err error) {
	if err := s.db.QueryRow(`SELECT count(*) FROM jobs`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the jobs: %w", err)
	}
	return n, nil
}
