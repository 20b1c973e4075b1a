package deliver_test

import (
	"bufio"
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"lianxin/internal/deliver"
	"lianxin/internal/event"
	"lianxin/internal/policy"
	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

var admin = policy.Actor{Account: "admin", Grants: []policy.Grant{{Role: policy.Admin}}}

const secret = "0123456789abcdef0123456789abcdef"

func schemas() []store.Schema {
	return []store.Schema{event.Schema(), sealed.Schema(), deliver.Schema()}
}

// house is a service under a clock of the test's.
type house struct {
	t  *testing.T
	s  *deliver.Service
	db *store.DB
	mu sync.Mutex
	at time.Time
}

func newHouse(t *testing.T, db *store.DB, opts deliver.Options) *house {
	t.Helper()
	h := &house{t: t, at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	if opts.Jitter == nil {
		opts.Jitter = func() float64 { return 0.5 }
	}
	if opts.Timeout == 0 {
		opts.Timeout = 5 * time.Second
	}
	h.db = db.WithClock(h.now)
	h.s = deliver.New(h.db, vault, opts)
	return h
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func (h *house) channel(name string, c deliver.Settings) {
	h.t.Helper()
	c.Enabled = true
	if c.Secret == "" {
		c.Secret = secret
	}
	old, err := h.s.Channel(h.t.Context(), h.db.Reader(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	c.Version = old.Version
	if err := h.s.SetChannel(h.t.Context(), admin, name, c); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) queue(m deliver.Message) bool {
	h.t.Helper()
	var fresh bool
	err := h.db.Write(h.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		fresh, err = h.s.Queue(ctx, tx, m)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return fresh
}

func (h *house) work(want int) {
	h.t.Helper()
	n, err := h.s.Work(h.t.Context())
	if err != nil || n != want {
		h.t.Fatalf("%d attempts, want %d, %v", n, want, err)
	}
}

func (h *house) rows() []deliver.Row {
	h.t.Helper()
	rows, err := h.s.List(h.t.Context(), deliver.Filter{Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

// only is the one delivery there is.
func (h *house) only() deliver.Row {
	h.t.Helper()
	rows := h.rows()
	if len(rows) != 1 {
		h.t.Fatalf("%d deliveries", len(rows))
	}
	return rows[0]
}

// relay is a mail server that keeps what it is given, after refusing the first few with an answer of the test's.
type relay struct {
	host   string
	port   int
	mu     sync.Mutex
	refuse []string // answers to RCPT, used up one by one
	got    []string
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	at := l.Addr().(*net.TCPAddr)
	s := &relay{host: "127.0.0.1", port: at.Port}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s
}

func (s *relay) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	say := func(text string) { c.Write([]byte(text + "\r\n")) }
	say("220 relay.example.cn")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "EHLO", "HELO":
			say("250-relay.example.cn\r\n250 8BITMIME")
		case "RCPT":
			say(s.answer())
		case "DATA":
			say("354 go on")
			s.keep(in)
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *relay) answer() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.refuse) == 0 {
		return "250 ok"
	}
	first := s.refuse[0]
	s.refuse = s.refuse[1:]
	return first
}

func (s *relay) keep(in *bufio.Reader) {
	var text strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		text.WriteString(line)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, text.String())
}

func (s *relay) letters() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.got...)
}

func (s *relay) settings() deliver.Settings {
	return deliver.Settings{Host: s.host, Port: s.port, Security: deliver.Plain, From: "lianxin@rd.example.cn"}
}
