package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lianxin/internal/api"
	"lianxin/internal/backup"
	"lianxin/internal/casework"
	"lianxin/internal/deadline"
	"lianxin/internal/deliver"
	"lianxin/internal/document"
	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/figure"
	"lianxin/internal/files"
	"lianxin/internal/identity"
	"lianxin/internal/lang"
	"lianxin/internal/motion"
	"lianxin/internal/notice"
	"lianxin/internal/opinion"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
	"lianxin/internal/render"
	"lianxin/internal/sealed"
	"lianxin/internal/search"
	"lianxin/internal/store"
	"lianxin/internal/suggestion"
	"lianxin/internal/table"
	"lianxin/internal/web"
	"lianxin/internal/web/pages"
	"lianxin/internal/web/paper"
	"lianxin/internal/zh"
)

// storage says where a deployment keeps its things.
type storage struct {
	Data     string                  `help:"Folder of database, keys and files." default:"data" type:"path" env:"LIANXIN_DATA_DIR"`
	Database string                  `help:"postgres://… instead of SQLite in the data folder."`
	Keys     string                  `help:"Key file; by default keys.json in the data folder. Back it up apart from the data." type:"path"`
	trace    func([]store.Statement) // of a benchmark
	maxPages int                     // of a test

	Procedures string `help:"Folder of the deployment's own procedure files, each named after its kind, such as opinion.yaml; by default procedures in the data folder." type:"path"`
}

// house is every room, furnished.
type house struct {
	data      string // folder
	measured  *meter // nil where nobody asks
	db        *store.DB
	vault     *sealed.Vault
	files     *files.Folder
	catalogue *lang.Catalogue
	table     *policy.Table
	cases     *casework.Service
	identity  *identity.Service
	kinds     []*casework.Kind
	deliver   *deliver.Service
	notices   *notice.Service
	figures   *figure.Service
}

// schemas of all rooms; one that refers to another stands behind it.
func schemas() []store.Schema {
	return []store.Schema{event.Schema(), sealed.Schema(), files.Schema(), search.Schema(), deliver.Schema(), identity.Schema(), registry.Schema(),
		casework.Schema(), suggestion.Schema(), notice.Schema()}
}

func catalogue() (*lang.Catalogue, error) {
	return lang.New(deadline.Messages(), zh.Messages(), files.Messages(), render.Messages(), table.Messages(), document.Messages(), figure.Messages(), identity.Messages(), registry.Messages(),
		casework.Messages(), opinion.Messages(), suggestion.Messages(), motion.Messages(), web.Messages(), pages.Messages(), paper.Messages(), api.Messages(), deliver.Messages(), notice.Messages())
}

// open makes what is missing (folder, keys, tables) and furnishes the house. Keys are made for a new deployment only.
func (s storage) open(ctx context.Context) (*house, error) { return s.furnished(ctx, s.openKeys) }

// openRecord furnishes a house for commands that read the record and open nothing sealed: it does without the keys where they are not there.
func (s storage) openRecord(ctx context.Context) (*house, error) {
	return s.furnished(ctx, func(context.Context, *store.DB) (sealed.Keys, error) {
		keys, err := sealed.LoadKeys(s.keyFile())
		if errors.Is(err, fs.ErrNotExist) {
			return sealed.NewKeys(), nil // never written, never used
		}
		return keys, err
	})
}

// existing opens the database of a deployment as it is, perhaps one that is being served: it makes nothing and migrates nothing.
func (s storage) existing(ctx context.Context) (*store.DB, error) {
	if s.Database == "" {
		if _, err := os.Stat(s.databaseURL()); err != nil {
			return nil, fmt.Errorf("there is no deployment in %s: %w", s.Data, err)
		}
	}
	return store.Open(ctx, s.config())
}

func (s storage) keyFile() string {
	if s.Keys != "" {
		return s.Keys
	}
	return filepath.Join(s.Data, backup.KeysName)
}

func (s storage) databaseURL() string {
	if s.Database != "" {
		return s.Database
	}
	return filepath.Join(s.Data, backup.Snapshot)
}

func (s storage) config() store.Config {
	return store.Config{URL: s.databaseURL(), Clock: time.Now, Trace: s.trace, MaxPages: s.maxPages}
}

// openKeys loads the keys, or makes them where nothing has happened yet: new keys beside an old record would open none of it.
func (s storage) openKeys(ctx context.Context, db *store.DB) (sealed.Keys, error) {
	keys, err := sealed.LoadKeys(s.keyFile())
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	used, err := event.Any(ctx, db.Reader())
	if err != nil {
		return keys, err
	}
	if used {
		return keys, fmt.Errorf("the database holds a record and the keys are missing: put the key file of this deployment at %s", s.keyFile())
	}
	return sealed.OpenKeys(s.keyFile())
}

// openDatabase opens folder, procedure and database, and brings the tables up to date.
func (s storage) openDatabase(ctx context.Context) (*house, error) {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return nil, err
	}
	h := &house{data: s.Data}
	var err error
	if h.catalogue, err = catalogue(); err != nil {
		return nil, err
	}
	if h.kinds, err = s.kinds(); err != nil {
		return nil, err
	}
	if h.files, err = files.OpenFolder(filepath.Join(s.Data, backup.FilesFolder)); err != nil {
		return nil, err
	}
	if h.db, err = store.Open(ctx, s.config()); err != nil {
		return nil, errors.Join(err, h.files.Close())
	}
	if err := h.db.Migrate(ctx, schemas()...); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// furnished opens a house and makes the rooms that need the keys.
func (s storage) furnished(ctx context.Context, keys func(context.Context, *store.DB) (sealed.Keys, error)) (*house, error) {
	h, err := s.openDatabase(ctx)
	if err != nil {
		return nil, err
	}
	k, err := keys(ctx, h.db)
	if err == nil {
		err = h.furnish(ctx, k)
	}
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (h *house) furnish(ctx context.Context, keys sealed.Keys) (err error) {
	if h.vault, err = sealed.NewVault(keys); err != nil {
		return err
	}
	h.table = rulesOf(h.kinds)
	h.cases = casework.New(h.db, h.vault, h.table, h.kinds...)
	h.identity = identity.New(h.db, h.vault)
	h.deliver = deliver.New(h.db, h.vault, deliver.Options{Gate: notice.Gate(h.db)})
	h.notices = notice.New(h.db, h.vault, h.cases, h.deliver, h.catalogue)
	if h.figures, err = h.defined(); err != nil {
		return err
	}
	return h.cases.KeepProcedures(ctx)
}

// consumers are all that follow the record.
func (h *house) consumers() []event.Consumer { return append(h.cases.Indexers(), h.notices.Consumer()) }

func (h *house) close() error { return errors.Join(h.files.Close(), h.db.Close()) }

// sentence words an error for whoever runs a command: in Chinese where it is one for users, else as it is.
func sentence(err error) string {
	if errs.Is(err, errs.Internal) {
		return err.Error()
	}
	c, cerr := catalogue()
	if cerr != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s (%s)", strings.Join(c.Printer(lang.Chinese).Error(err), " "), err)
}
