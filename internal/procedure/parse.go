package procedure

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/goccy/go-yaml"
)

// Parse reads a procedure file strictly (an unknown word is an error that names its line) and proves it against the functions of its kind.
func Parse(file []byte, known Functions) (*Procedure, error) {
	p := &Procedure{}
	if err := yaml.NewDecoder(bytes.NewReader(file), yaml.Strict()).Decode(p); err != nil {
		return nil, fmt.Errorf("procedure: %s", yaml.FormatError(err, false, true))
	}
	sum := sha256.Sum256(file)
	p.hash, p.text = hex.EncodeToString(sum[:]), string(file)
	if err := p.prove(known); err != nil {
		return nil, err
	}
	return p, nil
}

// ParseUnproven reads a stored version of a file, whose kind's functions may have been renamed since, to verify old events against it.
func ParseUnproven(file []byte) (*Procedure, error) {
	p := &Procedure{}
	if err := yaml.Unmarshal(file, p); err != nil {
		return nil, fmt.Errorf("procedure: stored version: %w", err)
	}
	sum := sha256.Sum256(file)
	p.hash, p.text = hex.EncodeToString(sum[:]), string(file)
	return p, nil
}
