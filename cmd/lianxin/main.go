// Command lianxin is the platform in one binary: the server, the demonstration, imports, checks and tools.
// It wires the rooms together and decides nothing itself.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are what the binary can do; flags, LIANXIN_* variables and the configuration file have the same names.
type commands struct {
	Serve     serveCmd     `cmd:"" help:"Serve the site."`
	Demo      demoCmd      `cmd:"" help:"Serve the demonstration city: made-up people and matters, on loopback."`
	Check     checkCmd     `cmd:"" help:"Fold every case from its events, compare with its row, and verify every step. Changes nothing."`
	Backup    backupCmd    `cmd:"" help:"Copy a deployment, also while it serves, into one file."`
	Restore   restoreCmd   `cmd:"" help:"Restore a backup into an empty folder, every member compared with its checksum."`
	Dump      dumpCmd      `cmd:"" help:"Write every table as checksummed JSON lines, for either engine."`
	Load      loadCmd      `cmd:"" help:"Load a dump into an empty deployment of either engine."`
	Doctor    doctorCmd    `cmd:"" help:"Look a deployment over and say what to mend."`
	Import    importCmd    `cmd:"" help:"Take in data of earlier systems."`
	Figures   figuresCmd   `cmd:"" help:"Print a year's figures as they stood at the end of a day."`
	Procedure procedureCmd `cmd:"" help:"Prove or draw a procedure."`
	Deadline  deadlineCmd  `cmd:"" help:"Work out a deadline and explain it."`
	Token     tokenCmd     `cmd:"" help:"Bearer tokens of the API."`
	Account   accountCmd   `cmd:"" help:"Let somebody in again who lost password or second factor."`
	Bench     benchCmd     `cmd:"" help:"Measure the closed loop over HTTP against a server of its own."`
}

func main() {
	var c commands
	parser := kong.Must(&c, kong.Name("lianxin"), kong.Description("连心: the platform on which a local people's congress runs its year."),
		kong.UsageOnError(), kong.DefaultEnvars("LIANXIN"), kong.Configuration(kong.JSON, "lianxin.json", "/etc/lianxin.json"))
	k, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "lianxin: "+sentence(err))
		os.Exit(1)
	}
}
