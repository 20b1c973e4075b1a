package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lianxin/internal/casework"
	"lianxin/internal/motion"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/procedure"
	"lianxin/internal/suggestion"
)

// room is a kind of case as commands know it: by its built-in file, and how a deployment's own is read.
type room struct {
	kind    string
	builtin func() []byte
	make    func() (*casework.Kind, error)
	load    func(own []byte) (*casework.Kind, error)
}

// rooms lists the kinds in the order pages name them.
func rooms() []room {
	return []room{
		{opinion.Kind, opinion.Builtin, opinion.New, opinion.Load},
		{suggestion.Kind, suggestion.Builtin, suggestion.New, suggestion.Load},
		{motion.Kind, motion.Builtin, motion.New, motion.Load},
	}
}

// findRoom finds a kind by name; the commands' arguments name no other.
func findRoom(kind string) (room, error) {
	for _, r := range rooms() {
		if r.kind == kind {
			return r, nil
		}
	}
	return room{}, fmt.Errorf("no kind of case is called %q", kind)
}

// kinds reads the deployment's own procedure files where there are any, else the built-in ones.
func (s storage) kinds() ([]*casework.Kind, error) {
	folder := s.Procedures
	if folder == "" {
		folder = filepath.Join(s.Data, "procedures")
	}
	var kinds []*casework.Kind
	for _, r := range rooms() {
		k, err := r.read(filepath.Join(folder, r.kind+".yaml"))
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

func (r room) read(name string) (*casework.Kind, error) {
	own, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return r.make()
	}
	if err != nil {
		return nil, err
	}
	k, err := r.load(own)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return k, nil
}

// rulesOf are the permissions of a house with these kinds.
func rulesOf(kinds []*casework.Kind) *policy.Table {
	rules := policy.House()
	for _, k := range kinds {
		rules = append(rules, k.Procedure.Rules()...)
	}
	return policy.New(rules...)
}

// proven proves a file of whichever kind it says it is.
func proven(file []byte) (*procedure.Procedure, error) {
	p, err := procedure.ParseUnproven(file)
	if err != nil {
		return nil, err
	}
	r, err := findRoom(p.Kind)
	if err != nil {
		return nil, err
	}
	k, err := r.load(file)
	if err != nil {
		return nil, err
	}
	return k.Procedure, nil
}
