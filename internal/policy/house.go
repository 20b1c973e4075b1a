package policy

// Kinds of things outside cases that the table speaks of.
const (
	KindRegistry = "registry" // people, places, agencies
	KindAccount  = "account"
	KindAudit    = "audit" // the record of events
	KindSettings = "settings"
)

// House is who may do what outside cases. Business, audit and administration are apart (design §1): the administrator keeps accounts, congresses,
// offices, dictionaries and calendars and reads no case; the auditor reads the record and changes nothing.
func House() []Rule {
	var rules []Rule
	add := func(kind, action string, roles ...Role) {
		for _, r := range roles {
			rules = append(rules, Rule{Kind: kind, Action: action, Role: r, Relation: Anyone})
		}
	}
	add(KindRegistry, "view", Clerk, Street, Leader, Admin, Auditor)
	add(KindRegistry, "edit", Clerk)
	add(KindRegistry, "edit_admin", Admin)
	add(KindRegistry, "edit_calendar", Admin)
	add(KindAccount, "manage", Admin)
	add(KindAccount, "view", Admin, Auditor)
	for _, r := range Granted() {
		if r.Lendable() {
			add(KindAccount, "lend", r)
		}
	}
	add(KindAudit, "view", Auditor)
	add(KindSettings, "edit", Admin)
	return rules
}
