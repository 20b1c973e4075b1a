package identity

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lianxin/internal/errs"
	"lianxin/internal/policy"
	"lianxin/internal/registry"
)

// Settings of this room, kept with the registry's.
const (
	SettingMinLength   = "password_min_length"
	SettingHistory     = "password_history"
	SettingMaxAge      = "password_max_age_days"
	SettingIdle        = "session_idle_minutes"
	SettingLifetime    = "session_hours"
	SettingSessions    = "sessions_max"
	SettingFactorRoles = "second_factor_roles"
)

// Rules are the deployment's rules for passwords, sessions and second factors (GB/T 22239-2019 level 3 asks for them; the numbers are our default).
type Rules struct {
	MinLength   int           // characters of a password
	History     int           // how many of the last passwords, the present one too, must not come again; 0: the present one only
	MaxAge      int           // days after which a password must be changed; 0: never
	Idle        int           // minutes without a request after which a session ends
	Lifetime    int           // hours after which any session ends
	Sessions    int           // sessions of one account at a time; the oldest ends first
	FactorRoles []policy.Role // that must have a second factor
	site        string        // the site's name, which no password contains
}

// Limit is a rule that is a number, with its bounds.
type Limit struct {
	Name      string
	Low, High int
	Default   int
	of        func(r *Rules) *int
}

// Limits lists the rules that are numbers, in the order pages show them.
func Limits() []Limit {
	return []Limit{
		{SettingMinLength, 8, 20, 10, func(r *Rules) *int { return &r.MinLength }},
		{SettingHistory, 0, 10, 3, func(r *Rules) *int { return &r.History }},
		{SettingMaxAge, 0, 3650, 0, func(r *Rules) *int { return &r.MaxAge }},
		{SettingIdle, 5, 480, 30, func(r *Rules) *int { return &r.Idle }},
		{SettingLifetime, 1, 24, 12, func(r *Rules) *int { return &r.Lifetime }},
		{SettingSessions, 1, 50, 5, func(r *Rules) *int { return &r.Sessions }},
	}
}

// Of reads the limit's number out of the rules.
func (l Limit) Of(r Rules) int { return *l.of(&r) }

// FactorRoles are the roles of which a second factor can be required.
func FactorRoles() []policy.Role { return []policy.Role{policy.Admin, policy.Auditor, policy.Clerk} }

// maxSession is the longest any session can last, whatever the rules.
const maxSession = 24 * time.Hour

func (r Rules) idle() time.Duration     { return time.Duration(r.Idle) * time.Minute }
func (r Rules) lifetime() time.Duration { return time.Duration(r.Lifetime) * time.Hour }

// Rules reads the rules in force; what was never set has its default.
func (s *Service) Rules(ctx context.Context) (Rules, error) {
	names := []string{SettingFactorRoles, registry.SiteName}
	for _, l := range Limits() {
		names = append(names, l.Name)
	}
	values, err := registry.Settings(ctx, s.db.Reader(), names...)
	if err != nil {
		return Rules{}, err
	}
	return parseRules(values)
}

// parseRules names everything wrong by its setting. A number out of its bounds is errs.Invalid.
func parseRules(values map[string]string) (Rules, error) {
	r := Rules{site: values[registry.SiteName]}
	var wrong errs.List
	for _, l := range Limits() {
		n, err := strconv.Atoi(values[l.Name])
		if values[l.Name] == "" {
			n, err = l.Default, nil
		}
		if err != nil || n < l.Low || n > l.High {
			wrong = append(wrong, errs.New(errs.Invalid, "identity.out_of_bounds").With(errs.Args{"Low": l.Low, "High": l.High}).At(l.Name))
		}
		*l.of(&r) = n
	}
	for _, name := range strings.FieldsFunc(values[SettingFactorRoles], func(c rune) bool { return c == ',' }) {
		if !slices.Contains(FactorRoles(), policy.Role(name)) {
			wrong = append(wrong, errs.New(errs.Invalid, "identity.bad_role").At(SettingFactorRoles))
		}
		r.FactorRoles = append(r.FactorRoles, policy.Role(name))
	}
	return r, wrong.Or()
}

// SetRules checks all values, by setting, and keeps those that changed, an event each. Settings it does not know are refused by name.
func (s *Service) SetRules(ctx context.Context, actor policy.Actor, values map[string]string) error {
	known := []string{SettingFactorRoles}
	for _, l := range Limits() {
		known = append(known, l.Name)
	}
	for name := range values {
		if !slices.Contains(known, name) {
			return errs.New(errs.Invalid, "errs.unknown_field").With(errs.Args{"Field": name}).At(name)
		}
	}
	if _, err := parseRules(values); err != nil {
		return err
	}
	return registry.SetSettings(ctx, s.db, actor, values)
}

// NeedsFactor reports whether somebody in the roles must have a second factor.
func (r Rules) NeedsFactor(actor policy.Actor) bool { return actor.Has(r.FactorRoles...) }

// Expired reports whether an account's password is older than the rules allow.
func (r Rules) Expired(a Account, now time.Time) bool {
	return r.MaxAge > 0 && now.Sub(time.UnixMicro(a.PasswordAt)) > time.Duration(r.MaxAge)*24*time.Hour
}

// Check asks a password for its length, for three kinds of characters, and that it is neither well known nor made of the names everybody knows.
func (r Rules) Check(account, password string) error {
	lower := strings.ToLower(password)
	bad := func(key string) error {
		return errs.New(errs.Invalid, key).With(errs.Args{"Min": r.MinLength}).At("password")
	}
	switch n := utf8.RuneCountInString(password); {
	case n < r.MinLength || n > maxPassword || kinds(password) < 3:
		return bad("identity.weak_password")
	case account != "" && strings.Contains(lower, strings.ToLower(account)), r.site != "" && strings.Contains(lower, strings.ToLower(r.site)):
		return bad("identity.password_names")
	case wellKnown(lower):
		return bad("identity.known_password")
	}
	return nil
}

// maxPassword is the most characters a password may have: hashing takes time.
const maxPassword = 200

// kinds counts the kinds of characters: small and capital letters, digits, others.
func kinds(password string) int {
	found := map[int]bool{}
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			found[0] = true
		case unicode.IsUpper(r):
			found[1] = true
		case unicode.IsDigit(r):
			found[2] = true
		default:
			found[3] = true
		}
	}
	return len(found)
}

// wellKnown tells the passwords that every list of guesses begins with, whatever stands behind them, and runs of one character.
func wellKnown(lower string) bool {
	for _, stem := range []string{"password", "passw0rd", "p@ssw0rd", "p@ssword", "qwerty", "1q2w3e4r", "1qaz2wsx", "1qaz@wsx", "zaq12wsx", "qazwsx",
		"admin123", "admin@123", "abc123456", "a123456", "aa123456", "123456789", "12345678", "iloveyou", "woaini1314", "5201314", "letmein", "welcome", "changeme"} {
		if rest, ok := strings.CutPrefix(strings.Trim(lower, "!@#$%^&*.?-_ "), stem); ok && utf8.RuneCountInString(rest) < 6 {
			return true
		}
	}
	distinct := map[rune]bool{}
	for _, r := range lower {
		distinct[r] = true
	}
	return len(distinct) < 4
}
