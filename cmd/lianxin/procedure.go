package main

import (
	"fmt"
	"os"
)

type procedureCmd struct {
	Check procedureCheckCmd `cmd:"" help:"Prove a procedure file: every state reachable, every open state with exit, owner and overdue rule, every cycle counted."`
	Draw  procedureDrawCmd  `cmd:"" help:"Print a kind's procedure as Mermaid state diagrams."`
	Show  procedureShowCmd  `cmd:"" help:"Print a kind's built-in procedure file, to begin an own one from."`
}

type procedureShowCmd struct {
	Kind string `arg:"" enum:"opinion,suggestion,motion" help:"Kind of case: opinion, suggestion or motion."`
}

// Run prints the file.
func (c *procedureShowCmd) Run() error {
	r, err := findRoom(c.Kind)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(r.builtin())
	return err
}

type procedureCheckCmd struct {
	File string `arg:"" type:"existingfile" help:"Procedure file in YAML."`
}

// Run proves the file.
func (c *procedureCheckCmd) Run() error {
	body, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	p, err := proven(body)
	if err != nil {
		return err
	}
	fmt.Printf("%s %s: %d states and %d actions of the case, %d and %d of an assignment: proven. Version %.12s\n", p.Kind, p.Label,
		len(p.Case.States), len(p.Case.Actions), len(p.Assignment.States), len(p.Assignment.Actions), p.Hash())
	return nil
}

type procedureDrawCmd struct {
	Kind string `arg:"" enum:"opinion,suggestion,motion" help:"Kind of case: opinion, suggestion or motion."`
}

// Run draws the built-in procedure.
func (c *procedureDrawCmd) Run() error {
	r, err := findRoom(c.Kind)
	if err != nil {
		return err
	}
	k, err := r.make()
	if err != nil {
		return err
	}
	fmt.Print(k.Procedure.Draw(""))
	return nil
}
