package deliver

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"

	"lianxin/internal/errs"
	"lianxin/internal/event"
	"lianxin/internal/policy"
	"lianxin/internal/store"
)

// How e-mail is kept from being read on its way to the relay.
const (
	StartTLS = "starttls" // refused where the relay does not offer it
	TLS      = "tls"      // from the first byte
	Plain    = "plain"    // for a relay in the same machine room only
)

// Settings are a channel's: Host to From of e-mail, URL and Allow of the others. It prints and logs as "[sealed]".
type Settings struct {
	Enabled  bool     `json:"-"`
	Host     string   `json:"host"`
	Port     int      `json:"port"`
	Security string   `json:"security"`
	User     string   `json:"user"` // "" where the relay asks for none
	From     string   `json:"from"`
	URL      string   `json:"url"`
	Allow    []string `json:"allow"`  // networks inside the house that may be called, such as 10.1.2.0/24; none by default
	Secret   string   `json:"secret"` // password, signing key or token
	Version  int64    `json:"-"`
}

// String hides the settings.
func (Settings) String() string { return "[sealed]" }

// GoString hides the settings.
func (Settings) GoString() string { return "[sealed]" }

// LogValue hides the settings.
func (Settings) LogValue() slog.Value { return slog.StringValue("[sealed]") }

// check tells what is wrong with settings that are to be used.
func (c Settings) check(channel string) error {
	var wrong errs.List
	refuse := func(ok bool, field, key string) {
		if !ok {
			wrong = append(wrong, errs.New(errs.Invalid, key).At(field))
		}
	}
	if channel == Email {
		_, err := mail.ParseAddress(c.From)
		refuse(err == nil, "from", "deliver.bad_from")
		refuse(c.Host != "", "host", "deliver.host_needed")
		refuse(c.Port > 0 && c.Port < 65536, "port", "deliver.bad_port")
		refuse(slices.Contains([]string{StartTLS, TLS, Plain}, c.Security), "security", "deliver.bad_security")
		return wrong.Or()
	}
	_, err := c.allowed()
	refuse(err == nil, "allow", "deliver.bad_networks")
	u, err := url.Parse(c.URL)
	refuse(err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && len(c.Allow) > 0), "url", "deliver.bad_url")
	refuse(len(c.Secret) >= 16, "secret", "deliver.short_secret")
	return wrong.Or()
}

// allowed reads the networks inside the house that may be called.
func (c Settings) allowed() ([]netip.Prefix, error) {
	var nets []netip.Prefix
	for _, text := range c.Allow {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		nets = append(nets, p.Masked())
	}
	return nets, nil
}

// channelRow is a row of the table.
type channelRow struct {
	Name      string `db:"name"`
	Enabled   bool   `db:"enabled"`
	Sealed    string `db:"sealed"`
	ChangedAt int64  `db:"changed_at"`
	Version   int64  `db:"version"`
}

func channelPlace(name string) string { return "deliver/channel/" + name }

// Channel reads a channel's settings; one never set is switched off.
func (s *Service) Channel(ctx context.Context, q store.Querier, name string) (Settings, error) {
	c := Settings{Port: 587, Security: StartTLS}
	if !slices.Contains(Channels(), name) {
		return c, errs.New(errs.NotFound, "deliver.no_channel")
	}
	row, err := store.One[channelRow](ctx, q, "select "+store.Columns[channelRow]("")+" from deliver_channel where name = $1", name)
	if errs.Is(err, errs.NotFound) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	plain, err := s.vault.Open(channelPlace(name), row.Sealed)
	if err != nil {
		return c, err
	}
	err = json.Unmarshal([]byte(plain), &c)
	c.Enabled, c.Version = row.Enabled, row.Version
	return c, err
}

// Enabled lists the channels that are switched on.
func Enabled(ctx context.Context, q store.Querier) ([]string, error) {
	on, err := store.All[string](ctx, q, "select name from deliver_channel where enabled")
	return slices.DeleteFunc(Channels(), func(name string) bool { return !slices.Contains(on, name) }), err
}

// SetChannel keeps a channel's settings, sealed, with an event that names neither address nor secret. An empty secret keeps the one before.
// A channel that is switched on must be complete: errs.List.
func (s *Service) SetChannel(ctx context.Context, actor policy.Actor, name string, c Settings) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		old, err := s.Channel(ctx, tx, name)
		if err != nil {
			return err
		}
		if c.Version != old.Version {
			return errs.New(errs.Stale, "event.stale")
		}
		if c.Secret == "" {
			c.Secret = old.Secret
		}
		if c.Enabled {
			if err := c.check(name); err != nil {
				return err
			}
		}
		return s.keepChannel(ctx, tx, actor, name, c)
	})
}

func (s *Service) keepChannel(ctx context.Context, tx *store.Tx, actor policy.Actor, name string, c Settings) error {
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	text, err := s.vault.Seal(channelPlace(name), string(plain))
	if err != nil {
		return err
	}
	_, err = store.Exec(ctx, tx, `insert into deliver_channel (name, enabled, sealed, changed_at, version) values ($1, $2, $3, $4, $5)
		on conflict (name) do update set enabled = excluded.enabled, sealed = excluded.sealed, changed_at = excluded.changed_at, version = excluded.version`,
		name, c.Enabled, text, store.Micros(tx.Now()), c.Version+1)
	if err != nil {
		return err
	}
	return record(ctx, tx, actor, "channel:"+name, c.Version+1, "set_channel", map[string]any{"enabled": c.Enabled})
}

// record leaves an event of something an administrator did; facts hold nothing personal and no secret.
func record(ctx context.Context, tx *store.Tx, actor policy.Actor, what string, seq int64, action string, facts map[string]any) error {
	payload, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	role := string(policy.System)
	if len(actor.Grants) > 0 {
		role = string(actor.Grants[0].Role)
	}
	now := store.Micros(tx.Now())
	return event.Append(ctx, tx, event.Event{Stream: "deliver:" + what, Seq: seq, ID: store.NewID(), Act: store.NewID(), Topic: "deliver:" + what,
		Action: "deliver." + action, Account: actor.Account, Role: role, OccurredAt: now, RecordedAt: now, Payload: string(payload)})
}
