package main

import (
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// errTaken says that an ID is in use.
var errTaken = errors.New("the id is taken")

// store is the database as one version of the shop sees it. It may be used from
// several goroutines, and the file from several containers of one host at once.
type store struct {
	db     *sql.DB
	column column
}

// open opens the database, or makes an empty one. A commit is on the disk before
// it returns. Writers wait up to ten seconds for each other.
func open(path string, c column) (*store, error) {
	db, err := sql.Open("sqlite", "file:"+path+
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(4)
	if err := db.Ping(); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &store{db, c}, nil
}

func (s *store) close() { s.db.Close() }

// within runs a transaction: all of it is committed, or nothing.
func (s *store) within(do func(*sql.Tx) error) error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// taken turns the error of an insert into errTaken where that is what it means.
func taken(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY || e.Code() == lib.SQLITE_CONSTRAINT_UNIQUE) {
		return errTaken
	}
	return err
}

// list returns the rows of a query; fields are where the columns of one go.
func list[T any](s *store, query string, fields func(*T) []any) ([]T, error) {
	rows, err := s.db.Query(query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, fmt.Errorf("%s: %w", query, err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
