/*
 * The compiled catalogue: what tools/poc writes and message.c reads. Nobody else needs it.
 */
#ifndef I18N_MESSAGE_TABLE_H
#define I18N_MESSAGE_TABLE_H

#include "platform/i18n/message.h"

struct msg_entry {
    struct str key;
    bool plural;       /* text[lang] has one form for each plural category of the language */
    bool placeholders; /* the text has {names}, and "{{" stands for one brace */
    const struct str *text[LANG__MAX];
};

/* Indexed by enum msg, sorted by key behind MSG_NONE. */
extern const struct msg_entry msg_table[MSG__MAX];

/* Appends a text of the table with its placeholders filled. poc has checked the braces: each is
 * doubled, or opens a name that ends with the other one. */
void msg_fill(struct buf *out, enum lang lang, struct str text, const struct msg_arg *args,
              size_t n);

#endif
