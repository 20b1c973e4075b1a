package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lianxin/internal/casework"
	"lianxin/internal/demo"
	"lianxin/internal/event"
	"lianxin/internal/identity"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/web/pages"
)

// demoPassword is told to everyone: the demonstration holds nothing real and answers on loopback only.
const demoPassword = "Lianxin-2026"

// demoNotices is how far back the living cases of the demonstration have told people, so that nobody starts with an empty page.
const demoNotices = 5 * 24 * time.Hour

type demoCmd struct {
	storage
	listening
	SeedOnly bool `help:"Furnish the city and stop, without serving it."`
}

// Run furnishes the demonstration city, if it is not there yet, and serves it.
func (c *demoCmd) Run(ctx context.Context) error {
	if !c.SeedOnly && !c.loopback() && !c.AllowRemote {
		return errors.New("the demonstration has one password known to everyone: it answers on loopback only, unless --allow-remote is given")
	}
	if err := c.check(); err != nil && !c.SeedOnly {
		return err
	}
	h, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	accounts, err := h.demonstrate(ctx)
	if err != nil || c.SeedOnly {
		return err
	}
	fmt.Printf("\nThe demonstration city: %s\nAccounts (password %s):\n", c.url(), demoPassword)
	for _, a := range accounts {
		fmt.Printf("  %-12s %s\n", a.Name, a.Display)
	}
	fmt.Println()
	return h.serve(ctx, c.listening, pages.Deps{DemoHint: accounts, DemoPass: demoPassword}, true)
}

// demonstrate builds city, cases and accounts once.
func (h *house) demonstrate(ctx context.Context) ([]pages.DemoAccount, error) {
	isDemo, err := registry.Setting(ctx, h.db.Reader(), registry.Demo)
	if err != nil {
		return nil, err
	}
	list, err := h.identity.List(ctx)
	if err != nil {
		return nil, err
	}
	if isDemo == "" && len(list) > 0 {
		return nil, errors.New("this data folder holds a real deployment: give the demonstration a folder of its own with --data")
	}
	if isDemo == "" {
		fmt.Println("Building the demonstration city, once …")
		if err := demo.Build(ctx, h.db); err != nil {
			return nil, err
		}
		if err := h.notices.Begin(ctx, h.db.Now().Add(-demoNotices)); err != nil {
			return nil, err
		}
		if err := h.demoAccounts(ctx); err != nil {
			return nil, err
		}
		for _, play := range []func(context.Context, *casework.Service, time.Time, demo.Actors) error{demo.Cases, demo.Years, demo.Suggestions, demo.Motions} {
			if err := play(ctx, h.cases, h.db.Now(), h.demoActor(ctx)); err != nil {
				return nil, err
			}
		}
		if err := event.CatchUp(ctx, h.db, "demo", h.consumers()...); err != nil {
			return nil, err
		}
		if err := demo.Finish(ctx, h.db); err != nil {
			return nil, err
		}
	}
	var accounts []pages.DemoAccount
	for _, a := range demo.Accounts() {
		accounts = append(accounts, pages.DemoAccount{Name: a.Name, Display: a.Display})
	}
	return accounts, nil
}

// demoAccounts makes the accounts that are not there yet.
func (h *house) demoAccounts(ctx context.Context) error {
	have, err := h.identity.List(ctx)
	if err != nil {
		return err
	}
	for _, a := range demo.Accounts() {
		if slices.ContainsFunc(have, func(b identity.Account) bool { return a.Name == b.Name }) {
			continue
		}
		grants := []identity.Grant{{Role: a.Grant.Role, Congress: a.Grant.Congress, Office: a.Grant.Office, Agency: a.Grant.Agency, Station: a.Grant.Station, Person: a.Grant.Person}}
		_, _, err := h.identity.Create(ctx, policy.Actor{Account: string(policy.System)}, identity.NewAccount{Name: a.Name, Display: a.Display, Person: a.Grant.Person, Password: demoPassword, Grants: grants})
		if err != nil {
			return fmt.Errorf("demonstration account %s: %w", a.Name, err)
		}
	}
	return nil
}

// demoActor finds who acts under an account's name.
func (h *house) demoActor(ctx context.Context) demo.Actors {
	return func(name string) (policy.Actor, error) {
		a, err := h.identity.Find(ctx, name)
		if err != nil {
			return policy.Actor{}, err
		}
		actor, _, err := h.identity.Actor(ctx, a.ID)
		return actor, err
	}
}
