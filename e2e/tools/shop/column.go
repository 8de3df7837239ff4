package main

import (
	"fmt"
	"strconv"
	"strings"
)

// column is where a version of the code keeps the name of who orders. The versions
// move it from one column to another so that any two that follow each other run
// side by side.
type column string

const (
	// onlyName is the code of old: it writes and reads name, and knows no other.
	onlyName column = "name"
	// both writes either column, for the old code beside it, and reads full_name.
	both column = "both"
	// onlyFullName writes and reads full_name, and can do without name.
	onlyFullName column = "full_name"
)

// The first versions that expand and that contract.
const (
	expandsAt   = 4
	contractsAt = 8
)

func columnOf(version string) (column, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(version, "v"))
	switch {
	case err != nil || n < 1:
		return "", fmt.Errorf("%q: it has to be v1 or later", version)
	case n < expandsAt:
		return onlyName, nil
	case n < contractsAt:
		return both, nil
	}
	return onlyFullName, nil
}

// insert is the statement for an order; its parameters are id, name, color,
// version.
func (c column) insert() string {
	switch c {
	case onlyName:
		return `INSERT INTO orders (id, name, color, version) VALUES (?1, ?2, ?3, ?4)`
	case both:
		return `INSERT INTO orders (id, name, full_name, color, version) VALUES (?1, ?2, ?2, ?3, ?4)`
	}
	return `INSERT INTO orders (id, full_name, color, version) VALUES (?1, ?2, ?3, ?4)`
}

// read is the column that the name is read from.
func (c column) read() string {
	if c == onlyName {
		return "name"
	}
	return "full_name"
}
