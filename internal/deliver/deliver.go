// Package deliver takes messages out of the house: by e-mail, by a signed webhook and by a gateway for short messages, at least once, each a visible row.
// It never knows what a message is about, and never shows an address, a message's words or a channel's secret to a row, a log or an event.
//
// # Webhook
//
// POST, Content-Type application/json, to the address of the channel's settings. The body is
//
//	{"id": "<delivery>", "to": "<recipient as he named himself>", "subject": "…", "text": "…"}
//
// with the headers
//
//	Lianxin-Delivery:  <delivery>             the same at every attempt; drop what was seen before
//	Lianxin-Timestamp: 1795400000             seconds since 1970, of this attempt
//	Lianxin-Signature: v1=<hex>               HMAC-SHA256, keyed with the channel's secret, over timestamp, a full stop and the body
//
// Any 2xx takes the message. 401, 403, 408, 425, 429 and 5xx are tried again later; any other answer, a redirect too, is final until an administrator tries again.
//
// # Short messages
//
// POST, Content-Type application/json, "Authorization: Bearer <token>" and "Lianxin-Delivery: <delivery>", to the gateway's address. The body is
//
//	{"id": "<delivery>", "to": "<telephone number>", "text": "…"}
//
// The gateway answers 2xx with {"accepted": true}, or with {"accepted": false} to refuse for good; other answers count as for the webhook.
// A repeated id must not be sent to the telephone again.
//
// # E-mail
//
// SMTP with STARTTLS, TLS or, for a relay in the same machine room, neither. Message-ID is <delivery@domain of the sender>, the same at every attempt.
package deliver

import (
	"embed"
	"io/fs"
	"time"

	"lianxin/internal/sealed"
	"lianxin/internal/store"
)

//go:embed migrations
var migrations embed.FS

//go:embed messages
var messages embed.FS

// Schema is the tables of this room.
func Schema() store.Schema {
	return store.Schema{Room: "deliver", FS: migrations}
}

// Messages is the sentences of this room.
func Messages() fs.FS { return messages }

// The channels.
const (
	Email   = "email"
	Webhook = "webhook"
	SMS     = "sms"
)

// Channels lists them in the order pages show them.
func Channels() []string { return []string{Email, Webhook, SMS} }

// Statuses of a delivery.
const (
	Queued = "queued" // waits for its time, or for a further attempt
	Sent   = "sent"   // taken by the channel
	Stuck  = "stuck"  // given up; an administrator can try again
)

// Gate tells whether messages that are not urgent may go out at an instant.
type Gate func(at time.Time) (bool, error)

// Options of the service; zero values are our defaults.
type Options struct {
	Gate    Gate           // nil: at any time
	Tries   int            // attempts before a delivery is stuck; 0: 10, spread over about nine hours
	Timeout time.Duration  // of one attempt; 0: 20 seconds
	Jitter  func() float64 // between 0 and 1; nil: random
}

// Service is the way out.
type Service struct {
	db    *store.DB
	vault *sealed.Vault
	opts  Options
}

// New makes the service.
func New(db *store.DB, vault *sealed.Vault, opts Options) *Service {
	if opts.Tries == 0 {
		opts.Tries = 10
	}
	if opts.Timeout == 0 {
		opts.Timeout = 20 * time.Second
	}
	if opts.Jitter == nil {
		opts.Jitter = random
	}
	return &Service{db: db, vault: vault, opts: opts}
}
