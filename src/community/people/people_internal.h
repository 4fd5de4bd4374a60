/*
 * Shared inside the people room.
 */
#ifndef PEOPLE_INTERNAL_H
#define PEOPLE_INTERNAL_H

#include "community/people/people.h"
#include "community/people/people_sql.h"
#include "community/people/people_view.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/log.h"
#include "platform/trail/audit.h"
#include "platform/web/components.h"

/* --- passwords (people_password.c) --- */

enum { PASSWORD_LEAST = 10, PASSWORD_MOST = 200 };

/* In the bounded pool: ERR_RATE when too many others hash or wait. Never inside a transaction. */
MUST enum err password_hash(struct arena *a, struct str password, struct str *out);
struct password_verdict {
    bool right;
    bool old; /* right, but hashed with other parameters than today's */
};
/* `hash` empty: of nobody; takes as long and is never right. */
MUST enum err password_check(struct str hash, struct str password, struct password_verdict *out);
/* MSG_NONE, or why this password is refused: too short, among those guessed first, the own name. */
enum msg password_fault(struct arena *a, struct str password, struct str login, struct str name);
/* A password to be written on paper, "k3m9x-...". */
struct str password_make(struct arena *a);
/* Recovery codes for who lost the phone: as they are shown, and as they are compared. */
enum { RECOVERY_CODES = 8 };
struct str recovery_make(struct arena *a);
struct str recovery_folded(struct arena *a, struct str typed);
/* `groups` of `size` random letters and digits that nobody mistakes for another. */
struct str letters_make(struct arena *a, int groups, int size);
/* The pool by itself, for tests. */
MUST enum err password_pool_enter(void);
void password_pool_leave(void);
int password_pool_waiting(void);

/* --- second factor and kept secrets (people_totp.c) --- */

#define TOTP_BYTES 20

int64_t totp_step_at(int64_t now_ms);
int totp_code_at(struct str secret, int64_t step);
struct str totp_text(struct arena *a, int code);
/* Six digits, blanks and dashes between them allowed. */
bool digits_of(struct str typed, char out[7]);
/* True when it is the code of this half minute or one beside it, of a step after `after_step`. */
bool totp_matches(struct str secret, struct str typed, int64_t now_ms, int64_t after_step,
                  int64_t *step);
struct str totp_base32(struct arena *a, struct str secret);
/* otpauth://totp/... for the QR code. */
struct str totp_address(struct arena *a, struct str secret, struct str issuer, struct str login);

/* A key of its own for each purpose, from the installation's. */
void people_key(const struct app *app, const char *purpose, unsigned char out[32]);
/* Keyed hash of a secret, 32 bytes: what the database holds of codes, links, keys and cookies. */
struct str people_hash(struct arena *a, const struct app *app, const char *purpose,
                       struct str secret);
/* Encrypted and authenticated (XSalsa20-Poly1305). */
struct str people_seal(struct arena *a, const struct app *app, const char *purpose,
                       struct str secret);
bool people_unseal(struct arena *a, const struct app *app, const char *purpose, struct str sealed,
                   struct str *out);
/* The purpose under which a person's TOTP secret is sealed: useless in another person's row. */
const char *totp_purpose(struct arena *a, int64_t person);

/* May the page show the code of this account itself? Only of fictional people, in a demonstration,
 * to a browser on the same computer. */
struct account;
bool demo_shows_code(const struct req *r, const struct account *account);

/* --- sessions (people_session.c) --- */

#define STAFF_IDLE_MS (30 * MS_MINUTE)
#define STAFF_MOST_MS (12 * MS_HOUR)
#define RESIDENT_MOST_MS (30 * MS_DAY)

/* A session to be: made before the transaction, written in it, given to the browser after it. */
struct session_new {
    struct str token, token_hash, browser;
    int64_t id, person, now_ms, expires_ms;
    bool staff, second_factor;
};
void session_make(struct req *r, int64_t person, bool staff, struct session_new *out);
/* Ends the session that the browser had, if any. */
MUST enum err session_insert(struct tx *tx, const struct req *r, const struct session_new *s);
void session_give(struct req *r, const struct session_new *s);
/* A new cookie for the session that asks, for a change of rights. */
struct session_turn {
    struct str token, token_hash;
    bool second_factor;
};
void session_turn_make(struct req *r, bool second_factor, struct session_turn *out);
MUST enum err session_turn_write(struct tx *tx, const struct req *r, const struct session_turn *s);
void session_turn_give(struct req *r, const struct session_turn *s);

enum err people_load_actor(struct req *r, struct str token);
enum err sessions_flush(struct app *app, struct arena *a);
enum err sessions_purge(struct app *app, struct arena *a);
/* "Firefox, Android": enough for its owner to know it again. */
struct str browser_of(struct req *r);
/* When it was last seen, as far as this process knows; not before `known_ms`. */
int64_t session_seen_ms(int64_t session, int64_t known_ms);
/* Forgets what this process remembers of sessions; for tests that restart a program. */
void sessions_forget(void);

/* --- rules of staff (people_staff.c) --- */

/* Roles that the actor may give or take in that scope: a bit set. Only lower ones than the own, or
 * the same in a smaller scope. */
unsigned staff_grantable(const struct actor *actor, struct str scope);
/* The roles that may be given at all by somebody. */
bool role_is_staff(enum role role);

struct staff_grant {
    int64_t id;
    enum role role;
    struct str scope;
    int64_t from;
    struct i64_opt to;
    int64_t given_by, given_ms;
    struct i64_opt ended_ms;
};
struct staff_grants {
    struct staff_grant *v;
    size_t n, cap;
};
/* All grants of a person, also past and taken ones. */
MUST enum err staff_grants_of(struct tx *tx, struct arena *a, int64_t person,
                              struct staff_grants *out);
/* Does it hold today, or will it? */
bool grant_is_live(const struct staff_grant *g, int64_t today);
/* May the actor change this person's password, second factor and account? Only when every live
 * grant of theirs is one that the actor may give, and never the own. */
bool staff_may_manage(const struct actor *actor, int64_t person, const struct staff_grants *grants,
                      int64_t today);

/* --- an account (people.c) --- */

struct account {
    int64_t id;
    struct str name, login; /* login empty: a resident */
    struct str email, phone;
    enum lang lang;
    bool notices, disabled, fictional;
    bool has_totp, must_change;
    int64_t totp_ms, password_ms;
    int64_t recovery_left;
};
MUST enum err account_read(struct tx *tx, struct arena *a, int64_t person, struct account *out);
/* Log-ins and addresses are compared in lower case. */
struct str login_folded(struct arena *a, struct str typed);
/* Three to a hundred characters without blanks. */
bool login_is_good(struct str folded);

struct staff_input {
    struct str name, login, email, hash, totp_sealed;
    enum lang lang;
    enum role role;
    struct str scope;
    int64_t from;
    struct i64_opt to;
    bool fictional, must_change;
    int64_t id, grant_id, now_ms; /* made before the transaction */
};
/* ERR_CONFLICT when the log-in is taken; input->id is then its holder. */
MUST enum err staff_insert(struct tx *tx, struct arena *a, const struct actor *actor,
                           struct staff_input *input);
/* Is there such a place, or "*"? */
bool scope_exists(struct app *app, struct arena *a, struct str scope);
/* "Kok-Jar", or the whole country. */
struct str scope_name(struct app *app, struct arena *a, struct str scope, enum lang lang);
enum msg role_message(enum role role);

/* --- pages --- */

/* A path of ours to go on with, from ?next= or the form; NULL view when it is none. */
struct str next_of(struct str typed);
/* Goes to `next`, or to the first page for this kind of person. */
void go_next(struct req *r, struct str next, bool staff);
/* `path`, with ?next= when there is one. */
struct str with_next(struct arena *a, const char *path, struct str next);
/* A page that asks who somebody is, by one of the two templates: with a password, or by e-mail. */
struct login_view;
typedef void login_template(struct buf *out, const struct ui *ui, const struct login_view *v);
MUST enum err login_show(struct req *r, login_template *template, struct form *form,
                         struct str next, int status);
/* 429 with the time to wait. */
void answer_wait(struct req *r, int64_t wait_ms);

enum err people_login_page(struct req *r);
enum err people_login_post(struct req *r);
enum err people_code_page(struct req *r);
enum err people_code_post(struct req *r);
enum err people_logout(struct req *r);
enum err people_mail_page(struct req *r);
enum err people_reset_page(struct req *r);
enum err people_reset_post(struct req *r);
enum err people_mail_post(struct req *r);
enum err people_mail_code_page(struct req *r);
enum err people_mail_code_post(struct req *r);
enum err people_link_page(struct req *r);
enum err people_link_post(struct req *r);
enum err people_account_page(struct req *r);
enum err people_account_post(struct req *r);
enum err people_account_email_page(struct req *r);
enum err people_account_email_post(struct req *r);
enum err people_session_end(struct req *r);
enum err people_password_page(struct req *r);
enum err people_password_post(struct req *r);
enum err people_totp_page(struct req *r);
enum err people_totp_post(struct req *r);
enum err people_recovery_post(struct req *r);
enum err people_seen_page(struct req *r);
enum err people_staff_page(struct req *r);
enum err people_staff_export(struct req *r);
enum err people_staff_new_page(struct req *r);
enum err people_staff_new_post(struct req *r);
enum err people_staff_person_page(struct req *r);
enum err people_staff_person_post(struct req *r);
enum err people_audit_page(struct req *r);
enum err people_audit_csv(struct req *r);
enum err people_keys_page(struct req *r);
enum err people_keys_post(struct req *r);
enum err people_key_revoke(struct req *r);

enum { PEOPLE_COMMANDS = 6 };
extern const struct command people_commands[PEOPLE_COMMANDS];
enum err people_demo(struct app *app, struct demo_context *demo);

#endif
