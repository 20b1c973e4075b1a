package procedure

import (
	"fmt"
	"strings"
)

// Draw prints both machines as Mermaid state diagrams; here, where not empty, is the state to mark in the case's.
func (p *Procedure) Draw(here string) string {
	var b strings.Builder
	b.WriteString("%% " + p.Label + "\n")
	p.Case.draw(&b, here)
	b.WriteString("\n")
	p.Assignment.draw(&b, "")
	return b.String()
}

func (m *Machine) draw(b *strings.Builder, here string) {
	b.WriteString("stateDiagram-v2\n")
	for _, s := range m.States {
		fmt.Fprintf(b, "  state \"%s\" as %s\n", s.Label, s.Name)
	}
	fmt.Fprintf(b, "  [*] --> %s\n", m.Start)
	for _, a := range m.Actions {
		for _, from := range a.From {
			for _, to := range a.To {
				fmt.Fprintf(b, "  %s --> %s: %s\n", from, to, a.Label)
			}
		}
	}
	for _, s := range m.States {
		if s.Final {
			fmt.Fprintf(b, "  %s --> [*]\n", s.Name)
		}
	}
	if here != "" {
		fmt.Fprintf(b, "  classDef here stroke-width:4px\n  class %s here\n", here)
	}
}
