/*
 * People: who somebody is, how they prove it, which roles they hold where and since when, their
 * sessions, and who read their data.
 *
 * Staff log in with a password (Argon2id in a bounded pool) and a second factor (TOTP, RFC 6238).
 * Residents log in with a one-time code or link sent by e-mail; they never need to. A person is
 * never keyed on a phone number or an address: contacts are attributes that change.
 */
#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H

#include "platform/web/slice.h"

struct person_name {
    int64_t id;
    struct str name;
};
/* Names of staff for lists ("assigned to"), one query for all. */
struct person_names {
    struct person_name *v;
    size_t n, cap;
};
/* Everybody who holds one of the given roles (bit set of 1 << enum role) in exactly that
 * municipality today, by name; each person once. In the arena. */
MUST enum err people_with_roles(struct tx *tx, struct arena *a, struct str unit, unsigned roles,
                                struct person_names *out);
/* The names of these people, in the order of ids; unknown ids and 0 are left out. */
MUST enum err people_names(struct tx *tx, struct arena *a, const int64_t *ids, size_t n,
                           struct person_names *out);
/* The name within such a list; NULL view when it is not there. */
struct str person_name_in(const struct person_names *names, int64_t id);
/* ERR_NOT_FOUND for an unknown id. */
MUST enum err people_name(struct tx *tx, struct arena *a, int64_t person_id, struct str *out);

/* Where messages to a person go, and in which language. *email is a NULL view when they gave no
 * address or want no notices. ERR_NOT_FOUND when unknown or shut out. */
MUST enum err people_contact(struct tx *tx, struct arena *a, int64_t person_id, struct str *email,
                             enum lang *lang);

/* A key of an API client (Open311) as it was sent: random, kept hashed, limited to a scope. `unit`:
 * the municipality it is used for, "*" for the whole country. ERR_DENIED when it is unknown,
 * revoked, or held for another place. */
MUST enum err people_check_api_key(struct tx *tx, struct arena *a, struct str key, struct str unit,
                                   int64_t *key_id);

/* Makes a staff member with a password and a role from today on, for the demo and `aimak user add`.
 * Hashes, so never inside a transaction. ERR_CONFLICT when the log-in is taken; *person_id is then
 * its holder. ERR_INPUT when the log-in or scope cannot be one. */
struct new_staff {
    struct str name, login, email, password; /* email may be empty */
    struct str totp_secret; /* 20 bytes raw, or empty: asked to set up at first log-in */
    enum lang lang;
    enum role role;
    struct str scope;
    bool fictional;
    bool must_change; /* the password was made for them: they choose their own at first log-in */
};
MUST enum err people_add_staff(struct app *app, const struct new_staff *s, int64_t *person_id);

extern const struct slice people_slice;

#endif
