package deliver

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// Headers of calls; see the package comment.
const (
	HeaderDelivery  = "Lianxin-Delivery"
	HeaderTimestamp = "Lianxin-Timestamp"
	HeaderSignature = "Lianxin-Signature"
)

const answerCap = 64 << 10 // bytes of an answer that are read

// Sign is the signature of a webhook's body at a timestamp.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

func (s *Service) sendWebhook(ctx context.Context, c Settings, id string, l Letter) *failure {
	body, err := json.Marshal(map[string]string{"id": id, "to": l.To, "subject": l.Subject, "text": l.Text})
	if err != nil {
		return &failure{kind: unreadable, final: true}
	}
	timestamp := strconv.FormatInt(s.db.Now().Unix(), 10)
	_, failed := s.call(ctx, c, body, map[string]string{HeaderDelivery: id, HeaderTimestamp: timestamp, HeaderSignature: Sign(c.Secret, timestamp, body)})
	return failed
}

func (s *Service) sendSMS(ctx context.Context, c Settings, id string, l Letter) *failure {
	body, err := json.Marshal(map[string]string{"id": id, "to": l.To, "text": l.Text})
	if err != nil {
		return &failure{kind: unreadable, final: true}
	}
	answer, failed := s.call(ctx, c, body, map[string]string{HeaderDelivery: id, "Authorization": "Bearer " + c.Secret})
	if failed != nil {
		return failed
	}
	var said struct {
		Accepted *bool `json:"accepted"`
	}
	switch {
	case json.Unmarshal(answer, &said) != nil || said.Accepted == nil:
		return &failure{kind: strange}
	case !*said.Accepted:
		return &failure{kind: refused, final: true}
	}
	return nil
}

// call posts a body and reads the answer of a 2xx.
func (s *Service) call(ctx context.Context, c Settings, body []byte, headers map[string]string) ([]byte, *failure) {
	allowed, err := c.allowed()
	if err != nil {
		return nil, &failure{kind: unreadable}
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, &failure{kind: unreadable}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &failure{kind: unreadable}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Lianxin")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	answer, err := s.client(allowed, u.Scheme == "https").Do(r)
	if err != nil {
		return nil, unsent(err)
	}
	defer answer.Body.Close()
	if failed := answered(answer.StatusCode); failed != nil {
		return nil, failed
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, answerCap))
	if err != nil {
		return nil, unsent(err)
	}
	return text, nil
}

// answered reads a status.
func answered(code int) *failure {
	switch {
	case code/100 == 2:
		return nil
	case code/100 == 3:
		return &failure{kind: redirected, code: code, final: true}
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return &failure{kind: signIn, code: code} // until somebody mends the settings
	case code/100 == 5 || slices.Contains([]int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}, code):
		return &failure{kind: later, code: code}
	}
	return &failure{kind: refused, code: code, final: true}
}

// unsent tells why there was no answer.
func unsent(err error) *failure {
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, errForbidden):
		return &failure{kind: forbidden, final: true}
	case errors.As(err, &certificate) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch):
		return &failure{kind: unsafe}
	case errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded):
		return &failure{kind: slow}
	}
	return &failure{kind: unreached}
}
