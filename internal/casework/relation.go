package casework

import (
	"context"
	"slices"

	"lianxin/internal/deadline"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/store"
)

// standing tells how a grant stands to a case and, where one is acted on, to an assignment.
type standing struct {
	q           store.Querier
	c           *Case
	assignments []*Assignment
	target      *Assignment
	on          deadline.Date
}

// relations lists every relation in which the grant stands. Own is left to the caller, who knows the act.
func (s standing) relations(ctx context.Context, actor policy.Actor, g policy.Grant) ([]policy.Relation, error) {
	held := []policy.Relation{policy.Anyone}
	add := func(r policy.Relation, holds bool) {
		if holds {
			held = append(held, r)
		}
	}
	switch g.Role {
	case policy.Resident:
		add(policy.Submitter, actor.Case == s.c.ID)
	case policy.Deputy:
		named, err := s.named(ctx, g.Person)
		add(policy.NamedBy, named)
		return held, err
	case policy.Agency, policy.AgencyLead, policy.Supervision:
		s.agency(g, add)
	default:
		return s.office(ctx, g, held)
	}
	return held, nil
}

func (s standing) named(ctx context.Context, person string) (bool, error) {
	if person == "" || s.c.Deputy == person {
		return person != "", nil
	}
	if s.c.Grid == "" {
		return false, nil
	}
	grids, err := registry.GridsOfDeputy(ctx, s.q, person, s.on)
	return slices.Contains(grids, s.c.Grid), err
}

func (s standing) agency(g policy.Grant, add func(policy.Relation, bool)) {
	if g.Agency == "" {
		return
	}
	add(policy.Assignee, s.target != nil && s.target.Agency == g.Agency)
	add(policy.Assigner, s.target != nil && s.target.AssignerAgency == g.Agency)
	add(policy.LeadAgency, s.c.LeadAgency == g.Agency)
	add(policy.Involved, slices.ContainsFunc(s.assignments, func(a *Assignment) bool { return a.Agency == g.Agency || a.AssignerAgency == g.Agency }))
}

func (s standing) office(ctx context.Context, g policy.Grant, held []policy.Relation) ([]policy.Relation, error) {
	if g.Congress == s.c.CongressID {
		held = append(held, policy.Congress)
	}
	if g.Station != "" && g.Station == s.c.Station {
		held = append(held, policy.Intake)
	}
	if g.Office == "" {
		return held, nil
	}
	if g.Station == "" && g.Office == s.c.IntakeOffice {
		held = append(held, policy.Intake)
	}
	if g.Station == "" && g.Office == s.c.Office {
		held = append(held, policy.Receiving)
	}
	if s.target != nil && s.target.AssignerOffice == g.Office && g.Station == "" {
		held = append(held, policy.Assigner)
	}
	above, err := registry.OfficesAbove(ctx, s.q, s.c.Office)
	if err != nil {
		return nil, err
	}
	if g.Station == "" && slices.Contains(above, g.Office) && g.Congress == s.c.CongressID {
		held = append(held, policy.Above) // invariant 9: a congress sees its own acts only
	}
	return held, nil
}

// permit finds the first grant and relation under which the table allows the action; an act in one's own name goes before an entry for another.
func (s standing) permit(ctx context.Context, table *policy.Table, actor policy.Actor, action string, own bool) (Permission, bool, error) {
	var entry *Permission
	for _, g := range actor.Grants {
		held, err := s.relations(ctx, actor, g)
		if err != nil {
			return Permission{}, false, err
		}
		if own {
			held = append(held, policy.Own)
		}
		for _, r := range held {
			allowed, proxy := table.Allows(s.c.Kind, action, g.Role, r)
			p := Permission{Role: g.Role, Relation: r, Proxy: proxy, Office: g.Office, Agency: g.Agency, Behalf: g.Behalf}
			if allowed && !proxy {
				return p, true, nil
			}
			if allowed && entry == nil {
				entry = &p
			}
		}
	}
	if entry != nil {
		return *entry, true, nil
	}
	return Permission{}, false, nil
}
