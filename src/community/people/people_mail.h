/*
 * One-time codes sent by e-mail: made, sent, checked. Used to log in and to prove a new address.
 */
#ifndef PEOPLE_MAIL_H
#define PEOPLE_MAIL_H

#include "community/people/people_internal.h"

#define MAIL_CODE_MS (10 * MS_MINUTE)
enum { MAIL_CODE_TRIES = 5, MAIL_CODES_AN_HOUR = 5 };

/* A code to be: made before the transaction. */
struct mail_code {
    int64_t id;
    const char *purpose; /* "login", "email", "support", "reset" */
    struct str email;
    struct str digits, ticket, link; /* ticket NULL: any browser that asked for this address */
    int64_t now_ms;
};
void mail_code_make(struct arena *a, const char *purpose, struct str email, struct mail_code *out);
MUST enum err mail_code_insert(struct tx *tx, struct arena *a, const struct app *app,
                               const struct mail_code *c, struct i64_opt person, enum lang lang);
/* Keeps the code and writes the letter; nothing when this address had many within the hour.
 * `person`: whom the code lets in; none: who the address belongs to. */
MUST enum err mail_code_send(struct tx *tx, struct req *r, const struct mail_code *c,
                             struct i64_opt person, enum msg subject, enum msg body);

/* The browser's half of a code: a cookie. */
struct mail_ticket {
    struct str hash, email;
};
void mail_ticket_give(struct req *r, const struct mail_code *c);
void mail_ticket_drop(struct req *r);
bool mail_ticket_read(struct req *r, const char *purpose, struct mail_ticket *out);

struct mail_code_found {
    bool right, spent, none;
    bool support;
    struct i64_opt person;
    enum lang lang;
};
/* Compares what was typed, counts the try, uses the code up when it is right. */
MUST enum err mail_code_check(struct tx *tx, struct req *r, const char *purpose,
                              const struct mail_ticket *ticket, struct str typed,
                              struct mail_code_found *out);
enum msg mail_code_fault(const struct mail_code_found *found);

#endif
