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

// asked are the relations in the order they are tried: those that need a query last.
var asked = []policy.Relation{policy.Anyone, policy.Submitter, policy.Own, policy.Congress, policy.Intake, policy.Receiving, policy.Assigner, policy.Assignee, policy.LeadAgency,
	policy.Involved, policy.NamedBy, policy.Signer, policy.Above}

// holds reports whether the grant stands in the relation. Own is left to the caller, who knows the act.
func (s standing) holds(ctx context.Context, actor policy.Actor, g policy.Grant, r policy.Relation) (bool, error) {
	switch g.Role {
	case policy.Resident:
		return r == policy.Anyone || r == policy.Submitter && actor.Case == s.c.ID, nil
	case policy.Deputy:
		switch r {
		case policy.NamedBy:
			return s.named(ctx, g.Person)
		case policy.Signer:
			signer, asked := s.c.Signer(g.Person)
			return asked && signer.State != SignerDeclined && signer.State != SignerLeft, nil
		case policy.Congress:
			return g.Congress == s.c.CongressID, nil
		}
		return r == policy.Anyone, nil
	case policy.Agency, policy.AgencyLead, policy.Supervision:
		return s.agency(g, r), nil
	}
	if r == policy.Above {
		return s.above(ctx, g)
	}
	return s.office(g, r), nil
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

func (s standing) agency(g policy.Grant, r policy.Relation) bool {
	if g.Agency == "" {
		return r == policy.Anyone
	}
	switch r {
	case policy.Anyone:
		return true
	case policy.Assignee:
		return s.target != nil && s.target.Agency == g.Agency
	case policy.Assigner:
		return s.target != nil && s.target.AssignerAgency == g.Agency
	case policy.LeadAgency:
		return s.c.LeadAgency == g.Agency
	case policy.Involved:
		return slices.ContainsFunc(s.assignments, func(a *Assignment) bool { return a.Agency == g.Agency || a.AssignerAgency == g.Agency })
	}
	return false
}

// office tells how a grant of a congress stands. A station's keeper stands by what the station took in, not by what its office has.
func (s standing) office(g policy.Grant, r policy.Relation) bool {
	desk := g.Office != "" && g.Station == ""
	switch r {
	case policy.Anyone:
		return true
	case policy.Congress:
		return g.Congress == s.c.CongressID
	case policy.Intake:
		return g.Station != "" && g.Station == s.c.Station || desk && g.Office == s.c.IntakeOffice
	case policy.Receiving:
		return desk && g.Office == s.c.Office
	case policy.Assigner:
		return desk && s.target != nil && s.target.AssignerOffice == g.Office
	}
	return false
}

// above reports whether the grant's office stands over the one that has the case: a congress sees its own acts only (invariant 9).
func (s standing) above(ctx context.Context, g policy.Grant) (bool, error) {
	if g.Office == "" || g.Station != "" || g.Congress != s.c.CongressID {
		return false, nil
	}
	above, err := registry.OfficesAbove(ctx, s.q, s.c.Office)
	return slices.Contains(above, g.Office), err
}

// permit finds the first grant and relation under which the table allows the action; an act in one's own name goes before an entry for another.
func (s standing) permit(ctx context.Context, table *policy.Table, actor policy.Actor, action string, own bool) (Permission, bool, error) {
	var entry *Permission
	for _, g := range actor.Grants {
		for _, r := range asked {
			allowed, proxy := table.Allows(s.c.Kind, action, g.Role, r)
			if !allowed {
				continue // what the table does not ask about need not be found out
			}
			holds := r == policy.Own && own
			if r != policy.Own {
				var err error
				if holds, err = s.holds(ctx, actor, g, r); err != nil {
					return Permission{}, false, err
				}
			}
			if !holds {
				continue
			}
			p := Permission{Role: g.Role, Relation: r, Proxy: proxy, Office: g.Office, Agency: g.Agency, Behalf: g.Behalf, Person: g.Person}
			if !proxy {
				return p, true, nil
			}
			if entry == nil {
				entry = &p
			}
		}
	}
	if entry != nil {
		return *entry, true, nil
	}
	return Permission{}, false, nil
}
