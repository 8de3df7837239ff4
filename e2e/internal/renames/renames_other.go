//go:build !linux

// Package renames is for Linux alone; elsewhere those figures are left out.
package renames

import (
	"context"
	"errors"
	"time"
)

// Watch is a folder that can't be watched here.
type Watch struct{}

// Of returns nil.
func Of(string) (*Watch, error) { return nil, nil }

// Last returns the zero time.
func (*Watch) Last() time.Time { return time.Time{} }

// After fails.
func (*Watch) After(context.Context, time.Time) (time.Time, error) {
	return time.Time{}, errors.New("renames are seen on Linux alone")
}

// Close does nothing.
func (*Watch) Close() {}
