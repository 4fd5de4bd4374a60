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
/* Names of staff for lists ("assigned to"), one query for all; unknown ids are left out. */
struct person_names {
    struct person_name *v;
    size_t n, cap;
};
/* Everybody who holds one of the given roles (bit set of 1 << enum role) in that municipality
 * today. */
MUST enum err people_with_roles(struct tx *tx, struct arena *a, struct str unit, unsigned roles,
                                struct person_names *out);
MUST enum err people_name(struct tx *tx, struct arena *a, int64_t person_id, struct str *out);

/* A notice to a person in their language by their own channel, within the caller's transaction;
 * does nothing when they have no address or want no notices. */
struct person_notice {
    int64_t person_id;
    struct str unit;
    enum msg subject;
    const char *cause;
    struct str cause_id;
};
MUST enum err people_contact(struct tx *tx, struct arena *a, int64_t person_id, struct str *email,
                             enum lang *lang);

/* Keys of API clients (Open311): random, kept hashed, limited to a scope. ERR_DENIED if unknown. */
MUST enum err people_check_api_key(struct tx *tx, struct arena *a, struct str key, struct str unit,
                                   int64_t *key_id);

/* Makes a staff member with a password and a TOTP secret, for the demo and `aimak user add`. */
struct new_staff {
    struct str name, login, email, password;
    struct str totp_secret; /* 20 bytes raw, or empty: asked to set up at first log-in */
    enum lang lang;
    enum role role;
    struct str scope;
    bool fictional;
};
MUST enum err people_add_staff(struct app *app, const struct new_staff *s, int64_t *person_id);

extern const struct slice people_slice;

#endif
