package main

import (
	"database/sql"
	"fmt"
)

// tables is the schema of the first version. A row of done is one execution of a
// job: nothing keeps a job from having two, so that those are seen.
const tables = `
CREATE TABLE IF NOT EXISTS orders (
	id      TEXT PRIMARY KEY,
	name    TEXT NOT NULL DEFAULT '',
	color   TEXT NOT NULL,
	version TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS jobs (
	seq   INTEGER PRIMARY KEY AUTOINCREMENT,
	id    TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL DEFAULT 'queued' -- queued, taken, done
);
CREATE TABLE IF NOT EXISTS done (
	n     INTEGER PRIMARY KEY AUTOINCREMENT,
	job   TEXT NOT NULL,
	color TEXT NOT NULL,
	shift INTEGER NOT NULL,
	at    INTEGER NOT NULL -- nanoseconds since 1970
);
CREATE TABLE IF NOT EXISTS shifts (
	n       INTEGER PRIMARY KEY AUTOINCREMENT,
	color   TEXT NOT NULL,
	version TEXT NOT NULL,
	started INTEGER NOT NULL,
	stopped INTEGER -- NULL: not yet, or killed
);`

// fullName adds the column that replaces name. The trigger is for the old code,
// which goes on writing name alone.
const fullName = `
ALTER TABLE orders ADD COLUMN full_name TEXT;
UPDATE orders SET full_name = name;
CREATE TRIGGER orders_full_name AFTER INSERT ON orders WHEN NEW.full_name IS NULL
BEGIN
	UPDATE orders SET full_name = NEW.name WHERE id = NEW.id;
END;`

// noName takes away what only the old code needs.
const noName = `
DROP TRIGGER orders_full_name;
ALTER TABLE orders DROP COLUMN name;`

// expand makes what this version needs and does not find, and tells what that
// was. The version before goes on working. It fails, with nothing changed, if a
// later version has contracted what this one needs.
func (s *store) expand() (done []string, err error) {
	err = s.within(func(tx *sql.Tx) error {
		had, err := columns(tx, "orders")
		if err != nil {
			return err
		}
		if len(had) == 0 {
			done = append(done, "made the tables")
		} else if s.column != onlyFullName && !had["name"] {
			return fmt.Errorf("column name of orders is gone, and versions before v%d need it", contractsAt)
		}
		if _, err := tx.Exec(tables); err != nil {
			return fmt.Errorf("make the tables: %w", err)
		}
		if s.column == onlyName || had["full_name"] {
			return nil
		}
		if _, err := tx.Exec(fullName); err != nil {
			return fmt.Errorf("add column full_name: %w", err)
		}
		done = append(done, "added column full_name to orders")
		return nil
	})
	return done, err
}

// contract removes what this version needs no more, and tells what that was.
// Versions that still need it must not run any more.
func (s *store) contract() (done []string, err error) {
	err = s.within(func(tx *sql.Tx) error {
		had, err := columns(tx, "orders")
		if err != nil || s.column != onlyFullName || !had["name"] {
			return err
		}
		if _, err := tx.Exec(noName); err != nil {
			return fmt.Errorf("drop column name: %w", err)
		}
		done = append(done, "dropped column name from orders")
		return nil
	})
	return done, err
}

// columns tells the columns of a table, none if there is no such table.
func columns(tx *sql.Tx, table string) (map[string]bool, error) {
	rows, err := tx.Query(`SELECT name FROM pragma_table_info(?)`, table)
	if err != nil {
		return nil, fmt.Errorf("read the columns of %s: %w", table, err)
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		found[name] = true
	}
	return found, rows.Err()
}
