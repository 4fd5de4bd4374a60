/*
 * Every outgoing message is written here in the transaction of its cause; a job sends it. E-mail
 * now; messengers and SMS use the same table. What a person was sent stays on record with its
 * state; the body of a secret message (a code, a log-in link) is erased once it is sent or of no
 * use.
 *
 * An e-mail is sent at least once: should the process die between the mail server's word and the
 * note of it, it is sent again with the same Message-ID, by which mailboxes tell doubles.
 * (Messengers know no such id: there notices will be at most once, codes at least once.)
 *
 * Without a mail server (AIMAK_SMTP_URL) messages wait, and doctor and metrics say so; in a demo
 * they are shown at /demo/mail instead.
 */
#ifndef CHANNELS_OUTBOX_H
#define CHANNELS_OUTBOX_H

#include "platform/jobs/jobs.h"

struct outbox_message {
    struct str unit;     /* "*" for messages of the installation */
    const char *channel; /* "email" */
    struct str to;       /* address on that channel */
    int64_t person_id;   /* 0: unknown person */
    enum lang lang;
    struct str subject, body; /* plain text, already in the person's language */
    const char *cause;        /* "case_state", "login_code": for statistics and the person's list */
    struct str cause_id;
    bool secret; /* body is erased after sending (login codes) */
};
/* ERR_INPUT when the address cannot be one. The unit must lie in the transaction's scope. */
MUST enum err outbox_put(struct tx *tx, const struct outbox_message *m);

/* What a person was sent, newest first. In the arena. */
struct outbox_record {
    struct str unit;
    int64_t id;
    struct str channel, address, subject;
    struct str cause;
    struct str state; /* waiting, sent, failed, kept */
    int64_t created_ms;
};
struct outbox_records {
    struct outbox_record *v;
    size_t n;
};
MUST enum err outbox_of_person(struct tx *tx, struct arena *a, int64_t person_id,
                               struct outbox_records *out);

/* Can this be an e-mail address that we send to? ASCII only, one @, nothing that mail headers
 * could take for more than an address. */
bool email_address_ok(struct str address);

extern const struct slice outbox_slice;

#endif
