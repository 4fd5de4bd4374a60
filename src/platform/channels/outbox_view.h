/* What the pages of this slice show. */
#ifndef CHANNELS_OUTBOX_VIEW_H
#define CHANNELS_OUTBOX_VIEW_H

#include "platform/channels/email.h"
#include "platform/channels/outbox_internal.h"

/* A line of a message, cut at its addresses so that they can be followed. */
struct mail_part {
    struct str text;
    bool is_address;
};
struct mail_line {
    struct {
        struct mail_part *v;
        size_t n, cap;
    } parts;
};
struct mail {
    struct str address, subject, lang;
    int64_t created_ms;
    struct {
        struct mail_line *v;
        size_t n, cap;
    } lines;
};
struct mail_view {
    struct {
        struct mail *v;
        size_t n, cap;
    } mails;
};

/* Who runs the installation sees no personal data by that: of an address only the domain, and no
 * subjects; addresses in the server's words are blotted out. */
struct outbox_line {
    struct str unit, domain, cause, detail, id;
    int64_t attempts, created_ms;
};
struct outbox_lines {
    struct outbox_line *v;
    size_t n;
};
struct outbox_view {
    struct outbox_health health;
    bool demo;
    struct outbox_lines waiting, failed;
};

void outbox_cut_mail(struct arena *a, struct mail *m, struct str body);
struct str outbox_blot(struct arena *a, struct str detail);

#endif
