package pages

import (
	"context"
	"slices"

	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/motion"
	"lianxin/internal/procedure"
	"lianxin/internal/registry"
	"lianxin/internal/web"
)

// congress is the one whose deputies, sessions and rounds are offered.
func (b builder) congress() (string, error) {
	if b.view != nil {
		return b.view.CongressID, nil
	}
	return registry.Setting(b.ctx, b.s.DB.Reader(), registry.HomeCongress)
}

// deputies offers those who hold a mandate today and whom keep takes, by delegation.
func (b builder) deputies(keep func(registry.Seat) bool) ([]web.Option, error) {
	congress, err := b.congress()
	if err != nil {
		return nil, err
	}
	seats, err := registry.Seats(b.ctx, b.s.DB.Reader(), congress, deadline.DateOf(b.s.now()))
	if err != nil {
		return nil, err
	}
	var options []web.Option
	for _, seat := range seats {
		if keep(seat) {
			options = append(options, web.Option{Value: seat.Person, Label: seat.Name, Hint: seat.WorkUnit, Group: seat.Delegation})
		}
	}
	return options, nil
}

// deputy offers whom an entry from paper can be about: anybody who may still sign, or for all else those who were asked.
func (b builder) deputy(action *procedure.Action) ([]web.Option, error) {
	return b.deputies(func(seat registry.Seat) bool {
		if b.view == nil {
			return true
		}
		signer, asked := b.view.Signer(seat.Person)
		switch action.Name {
		case "cosign":
			return seat.Person != b.view.Deputy && !(asked && signer.Signs())
		case "decline", "leave", "consent_withdraw":
			return asked
		}
		return true
	})
}

// unasked offers whom the lead deputy can still ask to sign; what goes to the standing committee is signed by its members only.
func (b builder) unasked() ([]web.Option, error) {
	return b.deputies(func(seat registry.Seat) bool {
		if b.view == nil {
			return true
		}
		if b.view.Get(motion.Venue) == motion.Standing && !seat.Standing {
			return false
		}
		waiting := slices.Contains([]string{casework.SignerInvited, casework.SignerSigned, casework.SignerLeaving}, stateOf(b.view.Case, seat.Person))
		return seat.Person != b.view.Deputy && !waiting
	})
}

func stateOf(c *casework.Case, person string) string {
	signer, _ := c.Signer(person)
	return signer.State
}

func (b builder) sessions() ([]web.Option, error) {
	congress, err := b.congress()
	if err != nil {
		return nil, err
	}
	list, err := registry.Sessions(b.ctx, b.s.DB.Reader(), congress)
	var options []web.Option
	for _, s := range list {
		options = append(options, web.Option{Value: s.ID, Label: s.Name})
	}
	return options, err
}

func (b builder) rounds() ([]web.Option, error) {
	congress, err := b.congress()
	if err != nil {
		return nil, err
	}
	list, err := registry.Rounds(b.ctx, b.s.DB.Reader(), congress)
	var options []web.Option
	for _, round := range list {
		options = append(options, web.Option{Value: round.ID, Label: b.p.T("people.round", "Name", round.Name, "Until", string(round.DueOn))})
	}
	return options, err
}

// categoriesOf offers the dictionary of one use, such as a kind of case, the second level under the first.
func (s *Site) categoriesOf(ctx context.Context, use string) ([]web.Option, error) {
	list, err := registry.Categories(ctx, s.DB.Reader(), deadline.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	names, parents := map[string]string{}, map[string]bool{}
	for _, c := range list {
		names[c.ID] = c.Name
		parents[c.Parent] = true
	}
	var options []web.Option
	for _, c := range list {
		if c.Use == use && (c.Parent != "" || !parents[c.ID]) {
			options = append(options, web.Option{Value: c.ID, Label: c.Name, Group: names[c.Parent]})
		}
	}
	return options, nil
}
