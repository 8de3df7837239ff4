package main

import (
	"encoding/json"
	"errors"
	"io"
)

// dumped is what is in the database.
type dumped struct {
	Orders     []order     `json:"orders"`     // by ID
	Jobs       int         `json:"jobs"`       // ever queued
	Executions []execution `json:"executions"` // of jobs, in their order
	Doubled    []string    `json:"doubled"`    // jobs with more than one execution
	Shifts     []shift     `json:"shifts"`     // in the order of their start
}

// dump writes the database as JSON.
func dump(s *store, w io.Writer) error {
	var d dumped
	var errs [4]error
	d.Orders, errs[0] = s.orders()
	d.Jobs, errs[1] = s.countJobs()
	d.Executions, errs[2] = s.executions()
	d.Shifts, errs[3] = s.shifts()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	d.Doubled = doubled(d.Executions)
	return json.NewEncoder(w).Encode(d)
}

// doubled tells the jobs that were done more than once, each once.
func doubled(all []execution) []string {
	jobs, times := []string{}, map[string]int{}
	for _, e := range all {
		if times[e.Job]++; times[e.Job] == 2 {
			jobs = append(jobs, e.Job)
		}
	}
	return jobs
}
