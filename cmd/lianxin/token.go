package main

import (
	"context"
	"os"
	"strconv"
	"time"

	"lianxin/internal/identity"
	"lianxin/internal/policy"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a bearer token for an account; the secret is told once."`
	List   tokenListCmd   `cmd:"" help:"List an account's tokens, without their secrets."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token."`
}

// ofAccount names the account a command is about.
type ofAccount struct {
	storage
	Account string `help:"Name the account signs in with." required:""`
}

// find opens the house and the account; the house is to be closed.
func (c ofAccount) find(ctx context.Context) (*house, identity.Account, error) {
	h, err := c.open(ctx)
	if err != nil {
		return nil, identity.Account{}, err
	}
	account, err := h.identity.Find(ctx, c.Account)
	if err != nil {
		h.close()
	}
	return h, account, err
}

// operator is who runs commands: whoever may read the data folder.
var operator = policy.Actor{Account: string(policy.System)}

type tokenCreateCmd struct {
	ofAccount
	Name   string `help:"What the token is for." default:"command line"`
	Scope  string `help:"read, or write for all the account may do." enum:"read,write" default:"write"`
	Days   int    `help:"How many days it is good." default:"90"`
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run makes the token.
func (c *tokenCreateCmd) Run(ctx context.Context) error {
	h, account, err := c.find(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	token, secret, err := h.identity.CreateToken(ctx, operator, identity.NewToken{Account: account.ID, Name: c.Name, Scope: identity.Scope(c.Scope),
		Lasts: time.Duration(c.Days) * 24 * time.Hour})
	if err != nil {
		return err
	}
	expires := rfc3339(token.ExpiresAt)
	return show(os.Stdout, c.Format, [][]string{{"id", "token", "scope", "expires_at"}, {token.ID, secret, c.Scope, expires}},
		map[string]string{"id": token.ID, "token": secret, "account": c.Account, "scope": c.Scope, "expires_at": expires})
}

func rfc3339(micros int64) string { return time.UnixMicro(micros).Format(time.RFC3339) }

type tokenListCmd struct {
	ofAccount
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// listedToken is a token as the command shows it.
type listedToken struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Scope     string `json:"scope"`
	State     string `json:"state"`
	CreatedAt string `json:"created_at"`
	ExpiresAt string `json:"expires_at"`
}

// Run lists the tokens.
func (c *tokenListCmd) Run(ctx context.Context) error {
	h, account, err := c.find(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	tokens, err := h.identity.ListTokens(ctx, account.ID)
	if err != nil {
		return err
	}
	rows, list := [][]string{{"id", "name", "scope", "state", "created_at", "expires_at"}}, []listedToken{}
	for _, t := range tokens {
		l := listedToken{t.ID, t.Name, string(t.Scope), t.State(h.db.Now()), rfc3339(t.CreatedAt), rfc3339(t.ExpiresAt)}
		list = append(list, l)
		rows = append(rows, []string{l.ID, l.Name, l.Scope, l.State, l.CreatedAt, l.ExpiresAt})
	}
	return show(os.Stdout, c.Format, rows, list)
}

type tokenRevokeCmd struct {
	ofAccount
	ID     string `arg:"" help:"Id of the token, as list shows it."`
	Format string `help:"table, json or csv." enum:"table,json,csv" default:"table"`
}

// Run ends the token.
func (c *tokenRevokeCmd) Run(ctx context.Context) error {
	h, account, err := c.find(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.identity.RevokeToken(ctx, operator, account.ID, c.ID); err != nil {
		return err
	}
	return show(os.Stdout, c.Format, [][]string{{"id", "revoked"}, {c.ID, strconv.FormatBool(true)}}, map[string]any{"id": c.ID, "revoked": true})
}
