/*
 * Every outgoing message is written here in the transaction of its cause; a job sends it. E-mail
 * now; messengers and SMS use the same table. What a person was sent stays on record with its state.
 *
 * Delivery of a notice is at most once after a provider accepted it and the process died before
 * noting so; one-time codes are at least once (facts: outbound messages).
 */
#ifndef CHANNELS_OUTBOX_H
#define CHANNELS_OUTBOX_H

#include "platform/jobs/jobs.h"

struct outbox_message {
    struct str unit;      /* "*" for messages of the installation */
    const char *channel;  /* "email" */
    struct str to;        /* address on that channel */
    int64_t person_id;    /* 0: unknown person */
    enum lang lang;
    struct str subject, body; /* plain text, already in the person's language */
    const char *cause;    /* "case_state", "login_code": for statistics and the person's own list */
    struct str cause_id;
    bool secret;          /* body is erased after sending (login codes) */
};
MUST enum err outbox_put(struct tx *tx, const struct outbox_message *m);

extern const struct slice outbox_slice;

#endif
