package deliver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lianxin/internal/deliver"
	"lianxin/internal/errs"
	"lianxin/internal/store"
	"lianxin/internal/store/storetest"
)

// letter carries what must never stand in a row.
var letter = deliver.Letter{To: "someone@mail.example.cn", Subject: "通知", Text: "事项WH-O-2026-000001待受理。"}

func TestEmailIsTakenOnceWithAStableID(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h, mail := newHouse(t, db, deliver.Options{}), newRelay(t)
		h.channel(deliver.Email, mail.settings())
		if !h.queue(deliver.Message{Key: "a", Channel: deliver.Email, Purpose: "notice", Letter: letter}) {
			t.Error("was not queued")
		}
		if h.queue(deliver.Message{Key: "a", Channel: deliver.Email, Purpose: "notice", Letter: letter}) {
			t.Error("was queued twice under one key")
		}
		mail.refuse = []string{"451 later"}
		h.work(1)
		if d := h.only(); d.Status != deliver.Queued || d.Tried[0].ErrorKind != "later" || d.Tried[0].Code != 451 {
			t.Fatalf("after a refusal for the present: %+v", d)
		}
		h.work(0)
		h.later(2 * time.Minute)
		h.work(1)
		d := h.only()
		if d.Status != deliver.Sent || len(d.Tried) != 2 || d.Tried[1].Outcome != deliver.Taken {
			t.Fatalf("%+v", d)
		}
		got := mail.letters()
		if len(got) != 1 || !strings.Contains(got[0], "Message-ID: <"+d.ID+"@rd.example.cn>") || !strings.Contains(got[0], "Auto-Submitted: auto-generated") ||
			!strings.Contains(got[0], "To: <someone@mail.example.cn>") {
			t.Errorf("%q", got)
		}
	})
}

func TestARelayWithoutEncryptionIsNotTrusted(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h, mail := newHouse(t, db, deliver.Options{}), newRelay(t)
	for want, change := range map[string]func(c *deliver.Settings){
		"unsafe":  func(c *deliver.Settings) { c.Security = deliver.StartTLS },
		"sign_in": func(c *deliver.Settings) { c.User = "lianxin" },
	} {
		settings := mail.settings()
		change(&settings)
		h.channel(deliver.Email, settings)
		h.queue(deliver.Message{Key: want, Channel: deliver.Email, Purpose: "notice", Letter: letter})
		h.work(1)
		if d := h.rows()[0]; d.Status != deliver.Queued || d.Tried[0].ErrorKind != want {
			t.Errorf("want %s: %+v", want, d)
		}
	}
	if got := mail.letters(); len(got) != 0 {
		t.Errorf("sent all the same: %q", got)
	}
}

func TestARecipientRefusedForGoodIsStuckUntilRetried(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h, mail := newHouse(t, db, deliver.Options{}), newRelay(t)
		h.channel(deliver.Email, mail.settings())
		h.queue(deliver.Message{Key: "a", Channel: deliver.Email, Purpose: "notice", Letter: letter})
		mail.refuse = []string{"550 nobody"}
		h.work(1)
		d := h.only()
		if d.Status != deliver.Stuck || d.Tried[0].ErrorKind != "refused" {
			t.Fatalf("%+v", d)
		}
		if err := h.s.Retry(t.Context(), admin, d.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.s.Retry(t.Context(), admin, d.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("retried what is not stuck: %v", err)
		}
		h.work(1)
		if d := h.only(); d.Status != deliver.Sent || len(d.Tried) != 2 {
			t.Errorf("%+v", d)
		}
	})
}

func TestNothingPlainStandsInARow(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, deliver.Options{})
		h.channel(deliver.SMS, deliver.Settings{URL: "https://sms.example.cn/send", Secret: secret})
		h.queue(deliver.Message{Key: "a", Channel: deliver.SMS, Purpose: "resident", Letter: deliver.Letter{To: "0473-0000123", Text: letter.Text}})
		all, err := store.All[string](t.Context(), db.Reader(), `select sealed || dedup || purpose from delivery union all select sealed from deliver_channel
			union all select payload || stream from event`)
		if err != nil || len(all) != 3 {
			t.Fatal(all, err)
		}
		for _, text := range all {
			for _, plain := range []string{"0000123", "WH-O", secret, "sms.example.cn"} {
				if strings.Contains(text, plain) {
					t.Errorf("%q stands in %q", plain, text)
				}
			}
		}
		if d := h.only(); d.Masked != "***23" {
			t.Errorf("shown as %q", d.Masked)
		}
		c, err := h.s.Channel(t.Context(), db.Reader(), deliver.SMS)
		if err != nil || c.Secret != secret || strings.Contains(fmt.Sprintf("%v %+v %#v %v %#v", c, c, c, letter, letter), "example") {
			t.Errorf("the settings print: %v, %v", c, err)
		}
	})
}

func TestBackoffDoublesUntilStuck(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, deliver.Options{Tries: 4})
		gone := newRelay(t)
		settings := gone.settings()
		settings.Port = 1 // nobody answers there
		h.channel(deliver.Email, settings)
		h.queue(deliver.Message{Key: "a", Channel: deliver.Email, Purpose: "notice", Letter: letter})
		for n, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
			h.work(1)
			d := h.only()
			if d.Status != deliver.Queued || store.Time(d.DueAt).Sub(h.now()) != wait {
				t.Fatalf("after %d failures: %s, due in %v, want %v", n+1, d.Status, store.Time(d.DueAt).Sub(h.now()), wait)
			}
			h.later(wait - time.Microsecond)
			h.work(0)
			h.later(time.Microsecond)
		}
		h.work(1)
		d := h.only()
		if d.Status != deliver.Stuck || len(d.Tried) != 4 || d.Tried[3].ErrorKind != "unreached" {
			t.Fatalf("%+v", d)
		}
		h.later(24 * time.Hour)
		h.work(0)
		if err := h.s.Retry(t.Context(), admin, d.ID); err != nil {
			t.Fatal(err)
		}
		h.work(1)
		if d := h.only(); d.TriesLeft != 3 || store.Time(d.DueAt).Sub(h.now()) != time.Minute {
			t.Errorf("a retry starts anew: %+v", d)
		}
	})
}

func TestAnAttemptLostWithItsProcessIsMadeAgain(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h, mail := newHouse(t, db, deliver.Options{Tries: 2}), newRelay(t)
		h.channel(deliver.Email, mail.settings())
		h.queue(deliver.Message{Key: "a", Channel: deliver.Email, Purpose: "notice", Letter: letter})
		h.claimAndDie()
		h.work(0)
		if d := h.only(); d.Tried[0].Outcome != deliver.Running {
			t.Fatalf("%+v", d)
		}
		h.later(time.Hour)
		h.work(1)
		d := h.only()
		if d.Status != deliver.Sent || d.Tried[0].Outcome != deliver.Lost || d.Tried[1].Outcome != deliver.Taken {
			t.Fatalf("%+v", d)
		}
	})
}

// claimAndDie does what a process that is killed in the middle of an attempt leaves behind.
func (h *house) claimAndDie() {
	h.t.Helper()
	if _, err := h.s.Claim(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func TestADeliveryWhoseEveryAttemptWasLostIsStuck(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, deliver.Options{Tries: 2})
		h.channel(deliver.Email, newRelay(t).settings())
		h.queue(deliver.Message{Key: "a", Channel: deliver.Email, Purpose: "notice", Letter: letter})
		for range 3 {
			h.claimAndDie()
			h.later(time.Hour)
		}
		d := h.only()
		if d.Status != deliver.Stuck || len(d.Tried) != 2 || d.Tried[1].Outcome != deliver.Lost {
			t.Errorf("%+v", d)
		}
	})
}

func TestWorkersShareTheWork(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		var mu sync.Mutex
		seen := map[string]int{}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen[r.Header.Get(deliver.HeaderDelivery)]++
		}))
		t.Cleanup(server.Close)
		h := newHouse(t, db, deliver.Options{})
		h.channel(deliver.Webhook, deliver.Settings{URL: server.URL, Allow: []string{"127.0.0.0/8"}})
		const total = 60
		for i := range total {
			h.queue(deliver.Message{Key: fmt.Sprint(i), Channel: deliver.Webhook, Purpose: "notice", Letter: letter})
		}
		var workers sync.WaitGroup
		for range 4 {
			workers.Go(func() {
				for {
					n, err := h.s.Work(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if n == 0 {
						return
					}
				}
			})
		}
		workers.Wait()
		h.work(0)
		if len(seen) != total {
			t.Errorf("%d of %d were delivered", len(seen), total)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s was delivered %d times", id, n)
			}
		}
		for _, d := range h.rows() {
			if d.Status != deliver.Sent || d.Attempts != 1 {
				t.Errorf("%+v", d)
			}
		}
	})
}

func TestTheWebhookIsSigned(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db, deliver.Options{})
	var body []byte
	var head http.Header
	status := http.StatusServiceUnavailable
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		head = r.Header
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	h.channel(deliver.Webhook, deliver.Settings{URL: server.URL + "/in", Allow: []string{"127.0.0.1/32"}})
	h.queue(deliver.Message{Key: "a", Channel: deliver.Webhook, Purpose: "notice", Letter: letter})
	h.work(1)
	first := head.Get(deliver.HeaderDelivery)
	if h.only().Tried[0].Code != 503 || h.only().Status != deliver.Queued {
		t.Errorf("%+v", h.only())
	}
	status = http.StatusNoContent
	h.later(time.Hour)
	h.work(1)
	id, timestamp := head.Get(deliver.HeaderDelivery), head.Get(deliver.HeaderTimestamp)
	if id == "" || id != first || id != h.only().ID {
		t.Errorf("the id is not stable: %q, then %q", first, id)
	}
	if timestamp != fmt.Sprint(h.now().Unix()) || head.Get(deliver.HeaderSignature) != deliver.Sign(secret, timestamp, body) {
		t.Errorf("signature %q at %q", head.Get(deliver.HeaderSignature), timestamp)
	}
	if deliver.Sign(secret, timestamp, body) == deliver.Sign(secret, timestamp+"1", body) || deliver.Sign(secret, "1", []byte("2.3")) == deliver.Sign(secret, "1.2", []byte("3x")) {
		t.Error("the signature does not bind the timestamp")
	}
	var sent map[string]string
	if err := json.Unmarshal(body, &sent); err != nil || sent["id"] != id || sent["to"] != letter.To || sent["text"] != letter.Text || sent["subject"] != letter.Subject {
		t.Errorf("%s", body)
	}
}

func TestShortMessages(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db, deliver.Options{})
	answer, authorization := `{"accepted": true}`, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = r.Header.Get("Authorization")
		io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	h.channel(deliver.SMS, deliver.Settings{URL: server.URL, Allow: []string{"127.0.0.1/32"}})
	for said, want := range map[string]string{`{"accepted": true}`: deliver.Sent, `{"accepted": false}`: deliver.Stuck, `<html>`: deliver.Queued, `{}`: deliver.Queued} {
		answer = said
		h.queue(deliver.Message{Key: said, Channel: deliver.SMS, Purpose: "resident", Letter: deliver.Letter{To: "0473-0000001", Text: "x"}})
		h.work(1)
		if d := h.rows()[0]; d.Status != want {
			t.Errorf("%s: %s, want %s", said, d.Status, want)
		}
	}
	if authorization != "Bearer "+secret {
		t.Errorf("authorization %q", authorization)
	}
}

func TestTheGateHoldsWhatIsNotUrgent(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	open := false
	h, mail := newHouse(t, db, deliver.Options{Gate: func(time.Time) (bool, error) { return open, nil }}), newRelay(t)
	h.channel(deliver.Email, mail.settings())
	h.queue(deliver.Message{Key: "a", Channel: deliver.Email, Purpose: "notice", Letter: letter})
	h.queue(deliver.Message{Key: "b", Channel: deliver.Email, Purpose: "notice", Letter: letter, At: h.now().Add(time.Hour)})
	h.work(0)
	if err := h.s.Test(t.Context(), deliver.Email, letter); err != nil {
		t.Fatal(err)
	}
	h.work(1)
	open = true
	h.work(1)
	h.work(0)
	h.later(time.Hour)
	h.work(1)
}

func TestSweepForgetsAddresses(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h, mail := newHouse(t, db, deliver.Options{}), newRelay(t)
	h.channel(deliver.Email, mail.settings())
	h.queue(deliver.Message{Key: "a", Channel: deliver.Email, Purpose: "notice", Letter: letter})
	h.queue(deliver.Message{Key: "b", Channel: deliver.Email, Purpose: "notice", Letter: letter, At: h.now().Add(time.Hour)})
	h.work(1)
	if n, err := h.s.Sweep(t.Context(), h.now().Add(time.Second)); n != 1 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
	rows := h.rows()
	if rows[0].Masked == "" || rows[1].Masked != "" || len(rows[1].Tried) != 1 {
		t.Errorf("%+v", rows)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	db := storetest.SQLite(t, schemas()...)
	h := newHouse(t, db, deliver.Options{})
	for name, bad := range map[string]deliver.Settings{
		"plain http":       {Enabled: true, URL: "http://hook.example.cn", Secret: secret},
		"short secret":     {Enabled: true, URL: "https://hook.example.cn", Secret: "short"},
		"network":          {Enabled: true, URL: "https://hook.example.cn", Secret: secret, Allow: []string{"10.0.0.0"}},
		"user in address":  {Enabled: true, URL: "https://a:b@hook.example.cn", Secret: secret},
		"file":             {Enabled: true, URL: "file:///etc/passwd", Secret: secret},
		"another's change": {Version: 7},
	} {
		if err := h.s.SetChannel(t.Context(), admin, deliver.Webhook, bad); !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Stale) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.s.SetChannel(t.Context(), admin, deliver.Email, deliver.Settings{Enabled: true}); len(errs.All(err)) < 3 {
		t.Errorf("not all that is wrong is told: %v", err)
	}
	if err := h.s.Test(t.Context(), deliver.Email, letter); !errs.Is(err, errs.Conflict) {
		t.Errorf("a channel that is off was tested: %v", err)
	}
	h.channel(deliver.Webhook, deliver.Settings{URL: "https://hook.example.cn"})
	c, err := h.s.Channel(t.Context(), db.Reader(), deliver.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	c.Secret = ""
	if err := h.s.SetChannel(t.Context(), admin, deliver.Webhook, c); err != nil {
		t.Fatal(err)
	}
	if c, err = h.s.Channel(t.Context(), db.Reader(), deliver.Webhook); err != nil || c.Secret != secret {
		t.Error("an empty secret did not keep the one before")
	}
	if on, err := deliver.Enabled(t.Context(), db.Reader()); err != nil || len(on) != 1 || on[0] != deliver.Webhook {
		t.Errorf("on: %v, %v", on, err)
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		channel, to string
		ok          bool
	}{
		{deliver.Email, "a@example.cn", true}, {deliver.Email, "a", false}, {deliver.Email, "甲 <a@example.cn>", false}, {deliver.Email, "a@example.cn\r\nBcc: b@example.cn", false},
		{deliver.SMS, "0473-0000123", true}, {deliver.SMS, "+86 138 0000 0000", true}, {deliver.SMS, "123", false}, {deliver.SMS, "13800000000x", false},
		{deliver.Webhook, "zhang.san", true}, {deliver.Webhook, "", false}, {deliver.Webhook, "a\nb", false}, {"pigeon", "a", false},
	} {
		if err := deliver.CheckAddress(c.channel, c.to); (err == nil) != c.ok {
			t.Errorf("%s %q: %v", c.channel, c.to, err)
		}
	}
}
