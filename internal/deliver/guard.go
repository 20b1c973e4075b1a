package deliver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// errForbidden is an address that must not be called.
var errForbidden = errors.New("deliver: the address lies inside the house")

// inside are networks that are nobody's on the open internet, beside those netip knows: shared space of carriers (RFC 6598), protocol assignments (RFC 6890),
// documentation, benchmarks, reserved ones, and the IPv6 ranges that carry an IPv4 address within (NAT64, 6to4, Teredo), site-local and discard ones.
func inside() []netip.Prefix {
	var nets []netip.Prefix
	for _, text := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "fec0::/10"} {
		nets = append(nets, netip.MustParsePrefix(text))
	}
	return nets
}

// mayCall tells whether an address may be called: one of the open internet, or of a network the settings allow. Without encryption only the latter.
func mayCall(ip netip.Addr, allowed []netip.Prefix, encrypted bool) bool {
	ip = ip.Unmap().WithZone("")
	for _, p := range allowed {
		if p.Contains(ip) {
			return true
		}
	}
	if !encrypted || !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range inside() {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// control looks at the address a name has resolved to when the connection is made, so that no later answer of a name server slips past.
func control(allowed []netip.Prefix, encrypted bool) func(string, string, syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !mayCall(at.Addr(), allowed, encrypted) {
			return errForbidden
		}
		return nil
	}
}

// client calls one address once: no proxy of the environment, no redirects, no connection kept.
func (s *Service) client(allowed []netip.Prefix, encrypted bool) *http.Client {
	dialer := &net.Dialer{Timeout: s.opts.Timeout / 2, Control: control(allowed, encrypted)}
	return &http.Client{
		Timeout:       s.opts.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
			TLSHandshakeTimeout: s.opts.Timeout / 2, ResponseHeaderTimeout: s.opts.Timeout, MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true, ExpectContinueTimeout: time.Second},
	}
}
