package main

import (
	"context"
	"os"
	"strconv"
)

// accountCmd is for the last administrator, whom nobody else can let in again. Every use is an event of the account.
type accountCmd struct {
	ResetPassword accountResetPasswordCmd `cmd:"" help:"Give an account a one-time password, told once, and end its sessions."`
	ResetFactor   accountResetFactorCmd   `cmd:"" help:"Take an account's second factor away and end its sessions."`
}

type accountResetPasswordCmd struct {
	ofAccount
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run resets the password.
func (c *accountResetPasswordCmd) Run(ctx context.Context) error {
	h, account, err := c.find(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	once, err := h.identity.ResetPassword(ctx, operator, account.ID)
	if err != nil {
		return err
	}
	return show(os.Stdout, c.Format, [][]string{{"account", "password"}, {c.Account, once}}, map[string]string{"account": c.Account, "password": once})
}

type accountResetFactorCmd struct {
	ofAccount
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run takes the second factor away.
func (c *accountResetFactorCmd) Run(ctx context.Context) error {
	h, account, err := c.find(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.identity.ResetFactor(ctx, operator, account.ID); err != nil {
		return err
	}
	return show(os.Stdout, c.Format, [][]string{{"account", "second_factor"}, {c.Account, strconv.FormatBool(false)}}, map[string]any{"account": c.Account, "second_factor": false})
}
