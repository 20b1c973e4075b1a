package main

import (
	"context"
	"os"
	"time"

	"lianxin/internal/policy"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a bearer token for an account; the secret is told once."`
}

type tokenCreateCmd struct {
	storage
	Account string        `help:"Name the account signs in with." required:""`
	Name    string        `help:"What the token is for." default:"command line"`
	Lasts   time.Duration `help:"How long it is good." default:"2160h"`
	Format  string        `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run makes the token.
func (c *tokenCreateCmd) Run(ctx context.Context) error {
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	account, err := h.identity.Find(ctx, c.Account)
	if err != nil {
		return err
	}
	token, secret, err := h.identity.CreateToken(ctx, policy.Actor{Account: string(policy.System)}, account.ID, c.Name, c.Lasts)
	if err != nil {
		return err
	}
	expires := time.UnixMicro(token.ExpiresAt).Format(time.RFC3339)
	return show(os.Stdout, c.Format, [][]string{{"id", "token", "expires_at"}, {token.ID, secret, expires}},
		map[string]string{"id": token.ID, "token": secret, "account": c.Account, "expires_at": expires})
}
