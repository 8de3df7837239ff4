package main

import (
	"database/sql"
	"errors"
	"fmt"
)

// order is one order, with the color and version that took it.
type order struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Color   string `json:"color"`
	Version string `json:"version"`
}

// addOrder commits an order. It fails with errTaken for an ID that is there.
func (s *store) addOrder(o order) error {
	if _, err := s.db.Exec(s.column.insert(), o.ID, o.Name, o.Color, o.Version); err != nil {
		return fmt.Errorf("add order %s: %w", o.ID, taken(err))
	}
	return nil
}

// order returns an order, and whether it is there.
func (s *store) order(id string) (o order, found bool, err error) {
	row := s.db.QueryRow(`SELECT id, `+s.column.read()+`, color, version FROM orders WHERE id = ?`, id)
	switch err := row.Scan(&o.ID, &o.Name, &o.Color, &o.Version); {
	case errors.Is(err, sql.ErrNoRows):
		return order{}, false, nil
	case err != nil:
		return order{}, false, fmt.Errorf("read order %s: %w", id, err)
	}
	return o, true, nil
}

func (s *store) countOrders() (n int, err error) {
	if err := s.db.QueryRow(`SELECT count(*) FROM orders`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the orders: %w", err)
	}
	return n, nil
}

func (s *store) orders() ([]order, error) {
	return list(s, `SELECT id, `+s.column.read()+`, color, version FROM orders ORDER BY id`,
		func(o *order) []any { return []any{&o.ID, &o.Name, &o.Color, &o.Version} })
}
