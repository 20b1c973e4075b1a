package sealed

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"

	"lianxin/internal/store"
)

//go:embed migrations
var migrations embed.FS

// Schema is the table of sealed fields.
func Schema() store.Schema {
	return store.Schema{Room: "sealed", FS: migrations}
}

// Contact is how somebody can be reached. It prints and logs as "[sealed]".
type Contact struct {
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
}

// String hides the contact.
func (Contact) String() string { return "[sealed]" }

// GoString hides the contact.
func (Contact) GoString() string { return "[sealed]" }

// LogValue hides the contact.
func (Contact) LogValue() slog.Value { return slog.StringValue("[sealed]") }

// Empty reports whether nothing was left.
func (c Contact) Empty() bool { return c == Contact{} }

// Plain lists the values, for a hash that is not kept with them.
func (c Contact) Plain() []string { return []string{c.Name, c.Phone, c.Address} }

// MaskedName shows the family name only: 张**.
func (c Contact) MaskedName() string {
	r := []rune(c.Name)
	if len(r) < 2 {
		return c.Name
	}
	return string(r[:1]) + "**"
}

// field is a row of the table.
type field struct {
	CongressID string `db:"congress_id"`
	OwnerID    string `db:"owner_id"`
	Name       string `db:"name"`
	Ciphertext string `db:"ciphertext"`
	Lookup     string `db:"lookup"`
}

const contactField = "contact"

func place(congress, owner string) string { return congress + "/" + owner + "/" + contactField }

// PutContact seals an owner's contact, in place of an earlier one.
func PutContact(ctx context.Context, tx *store.Tx, v *Vault, congress, owner string, c Contact) error {
	plain, err := json.Marshal(struct{ Name, Phone, Address string }(c))
	if err != nil {
		return err
	}
	text, err := v.Seal(place(congress, owner), string(plain))
	if err != nil {
		return err
	}
	if err := Erase(ctx, tx, congress, owner); err != nil {
		return err
	}
	return store.Insert(ctx, tx, "sealed_field", field{congress, owner, contactField, text, v.Lookup(c.Phone)})
}

// GetContact opens an owner's contact; none left is errs.NotFound.
func GetContact(ctx context.Context, q store.Querier, v *Vault, congress, owner string) (Contact, error) {
	text, err := store.One[string](ctx, q, "select ciphertext from sealed_field where congress_id = $1 and owner_id = $2 and name = $3", congress, owner, contactField)
	if err != nil {
		return Contact{}, err
	}
	plain, err := v.Open(place(congress, owner), text)
	if err != nil {
		return Contact{}, err
	}
	var c struct{ Name, Phone, Address string }
	err = json.Unmarshal([]byte(plain), &c)
	return Contact(c), err
}

// ContactHasPhone compares a telephone number somebody names with the one left, without opening it.
func ContactHasPhone(ctx context.Context, q store.Querier, v *Vault, congress, owner, phone string) (bool, error) {
	hash := v.Lookup(phone)
	if hash == "" {
		return false, nil
	}
	n, err := store.One[int64](ctx, q, "select count(*) from sealed_field where congress_id = $1 and owner_id = $2 and lookup = $3", congress, owner, hash)
	return n == 1, err
}

// Erase forgets an owner's sealed fields for good.
func Erase(ctx context.Context, tx *store.Tx, congress, owner string) error {
	_, err := store.Exec(ctx, tx, "delete from sealed_field where congress_id = $1 and owner_id = $2", congress, owner)
	return err
}

// Probe opens any one sealed contact, to tell whether the keys are those of the data; without any it tells nothing wrong.
func Probe(ctx context.Context, q store.Querier, v *Vault) error {
	type sample struct {
		CongressID string `db:"congress_id"`
		OwnerID    string `db:"owner_id"`
		Ciphertext string `db:"ciphertext"`
	}
	one, err := store.All[sample](ctx, q, "select congress_id, owner_id, ciphertext from sealed_field where name = $1 limit 1", contactField)
	if err != nil || len(one) == 0 {
		return err
	}
	_, err = v.Open(place(one[0].CongressID, one[0].OwnerID), one[0].Ciphertext)
	return err
}
