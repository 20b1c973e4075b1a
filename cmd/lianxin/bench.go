package main

import (
	"context"
	"errors"
)

type benchCmd struct{}

// Run measures.
func (c *benchCmd) Run(context.Context) error { return errors.New("bench") }
