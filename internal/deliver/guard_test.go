package deliver

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"lianxin/internal/sealed"
	"lianxin/internal/store/storetest"
)

func TestWhatMayBeCalled(t *testing.T) {
	allowed := []netip.Prefix{netip.MustParsePrefix("10.1.2.0/24"), netip.MustParsePrefix("fd00:1::/32")}
	for address, want := range map[string]bool{
		"114.114.114.114": true, "2400:3200::1": true, "10.1.2.3": true, "fd00:1::5": true, "::ffff:10.1.2.3": true,
		"127.0.0.1": false, "127.255.255.254": false, "::1": false, "0.0.0.0": false, "::": false, "0.1.2.3": false,
		"10.1.3.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "fd00:2::1": false, "fc00::1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "224.0.0.1": false, "ff02::1": false, "255.255.255.255": false,
		"100.64.0.1": false, "100.100.100.200": false, "198.18.0.1": false, "192.0.0.192": false, "192.0.2.1": false, "203.0.113.9": false, "240.0.0.1": false,
		"::ffff:127.0.0.1": false, "::ffff:192.168.1.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false,
	} {
		if got := mayCall(netip.MustParseAddr(address), allowed, true); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
	if mayCall(netip.MustParseAddr("114.114.114.114"), allowed, false) {
		t.Error("the open internet without encryption")
	}
	if !mayCall(netip.MustParseAddr("10.1.2.3"), allowed, false) {
		t.Error("a network that is allowed, without encryption")
	}
}

func TestTheGuardStandsAtTheDoor(t *testing.T) {
	called := false
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer inner.Close()
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusTemporaryRedirect))
	defer outer.Close()
	vault, err := sealed.NewVault(sealed.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	s := New(storetest.SQLite(t), vault, Options{Timeout: 2 * time.Second})
	for name, c := range map[string]struct {
		settings Settings
		want     errorKind
	}{
		"loopback":             {Settings{URL: inner.URL}, forbidden},
		"a name for it":        {Settings{URL: "https://localhost:" + inner.URL[len("http://127.0.0.1:"):]}, forbidden},
		"another network":      {Settings{URL: inner.URL, Allow: []string{"10.0.0.0/8"}}, forbidden},
		"a redirect":           {Settings{URL: outer.URL, Allow: []string{"127.0.0.0/8"}}, redirected},
		"no encryption spoken": {Settings{URL: "https" + inner.URL[4:], Allow: []string{"127.0.0.0/8"}}, unsafe},
	} {
		if _, failed := s.call(t.Context(), c.settings, []byte("{}"), nil); failed == nil || failed.kind != c.want {
			t.Errorf("%s: %+v, want %s", name, failed, c.want)
		}
	}
	if called {
		t.Error("somebody inside was called")
	}
}

func TestCallsEnd(t *testing.T) {
	stay := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stay:
		case <-r.Context().Done():
		}
	}))
	defer silent.Close()
	defer close(stay)
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	s := New(storetest.SQLite(t), nil, Options{Timeout: 300 * time.Millisecond})
	allow := []string{"127.0.0.0/8"}
	if _, failed := s.call(t.Context(), Settings{URL: silent.URL, Allow: allow}, nil, nil); failed == nil || failed.kind != slow {
		t.Errorf("silent: %+v", failed)
	}
	text, failed := s.call(t.Context(), Settings{URL: endless.URL, Allow: allow}, nil, nil)
	if failed != nil || len(text) != answerCap {
		t.Errorf("endless: %d bytes, %+v", len(text), failed)
	}
}

func TestPauses(t *testing.T) {
	for n, want := range map[int64]time.Duration{1: time.Minute, 2: 2 * time.Minute, 8: 128 * time.Minute, 9: longest, 60: longest} {
		if got := pause(n, 0.5); got != want {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
	if low, high := pause(1, 0), pause(1, 1); low != 45*time.Second || high != 75*time.Second {
		t.Errorf("jitter from %v to %v", low, high)
	}
}
