/*
 * E-mail: the settings of the mail server, and messages in the form of RFC 5322.
 */
#ifndef CHANNELS_EMAIL_H
#define CHANNELS_EMAIL_H

#include "platform/core/buf.h"
#include "platform/i18n/lang.h"

/* From the environment: AIMAK_SMTP_URL (smtp://host:587 or smtps://host:465), AIMAK_SMTP_USER,
 * AIMAK_SMTP_PASSWORD, AIMAK_MAIL_FROM ("Aimak <no-reply@aimak.example>" or the address alone). */
struct email_settings {
    const char *url, *user, *password; /* user, password: NULL when not set */
    struct str from_name, from_address;
};
/* ERR_NOT_FOUND: no mail server is set; ERR_CONFIG: one is, wrongly, and `why` says how. */
MUST enum err email_settings_read(struct email_settings *out, const char **why);

struct email {
    int64_t id; /* of the outbox row: the Message-ID is made of it */
    struct str to, subject, body;
    enum lang lang;
    int64_t written_ms;
};
/* Appends the whole message, CR LF line ends. Whatever subject and body hold, no header can be
 * added by them. */
void email_compose(struct buf *out, const struct email_settings *s, const struct email *e);

#endif
