/*
 * Messages at run time: a table look-up, and the filling of placeholders. See message.h.
 */
#include "platform/i18n/message.h"

#include "platform/i18n/message_table.h"

static const struct msg_entry *entry_of(enum lang lang, enum msg m)
{
    INVARIANT((unsigned)m < MSG__MAX && (unsigned)lang < LANG__MAX);
    return &msg_table[m];
}

struct str msg_text(enum lang lang, enum msg m)
{
    const struct msg_entry *entry = entry_of(lang, m);
    INVARIANT(!entry->placeholders);
    return entry->text[lang][0];
}

static const struct msg_arg *find_arg(struct str name, const struct msg_arg *args, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strncmp(args[i].name, name.p, name.n) == 0 && args[i].name[name.n] == '\0')
            return &args[i];
    err_panic(__FILE__, __LINE__, "a message lacks an argument");
}

static void put_arg(struct buf *out, enum lang lang, const struct msg_arg *arg)
{
    switch (arg->kind) {
    case MSG_ARG_STR:
        buf_str(out, arg->s);
        break;
    case MSG_ARG_NUMBER:
        lang_number(out, lang, arg->i);
        break;
    case MSG_ARG_PLAIN:
        buf_i64(out, arg->i);
        break;
    case MSG_ARG_DATE:
        lang_date(out, lang, arg->i);
        break;
    case MSG_ARG_DATETIME:
        lang_datetime(out, lang, arg->i);
        break;
    case MSG_ARG_MONEY:
        lang_money(out, lang, arg->i);
        break;
    case MSG_ARG_DURATION:
        lang_duration(out, lang, arg->i);
        break;
    }
}

void msg_fill(struct buf *out, enum lang lang, struct str text, const struct msg_arg *args,
              size_t n)
{
    struct str rest = text;
    ptrdiff_t brace;
    while ((brace = str_find_char(rest, '{')) >= 0) {
        buf_put(out, rest.p, (size_t)brace);
        rest = str_slice(rest, (size_t)brace + 1, rest.n);
        if (rest.p[0] == '{') {
            buf_char(out, '{');
            rest = str_slice(rest, 1, rest.n);
        } else {
            size_t name = (size_t)str_find_char(rest, '}');
            const struct msg_arg *arg = find_arg(str_slice(rest, 0, name), args, n);
            put_arg(out, lang, arg);
            rest = str_slice(rest, name + 1, rest.n);
            /* A Russian date ends with "г.": its point ends the sentence too. */
            if (arg->kind == MSG_ARG_DATE && str_starts(rest, STR(".")) &&
                str_ends(buf_view(out), STR(".")))
                rest = str_slice(rest, 1, rest.n);
        }
    }
    buf_str(out, rest);
}

void msg_put(struct buf *out, enum lang lang, enum msg m, const struct msg_arg *args, size_t n)
{
    const struct msg_entry *entry = entry_of(lang, m);
    int form = entry->plural ? lang_plural(lang, find_arg(STR("n"), args, n)->i) : 0;
    if (entry->placeholders)
        msg_fill(out, lang, entry->text[lang][form], args, n);
    else
        buf_str(out, entry->text[lang][form]);
}

struct str msg_str(struct arena *a, enum lang lang, enum msg m, const struct msg_arg *args,
                   size_t n)
{
    if (!entry_of(lang, m)->placeholders)
        return msg_text(lang, m);
    struct buf *out = buf_in(a);
    msg_put(out, lang, m, args, n);
    return buf_view(out);
}

const char *msg_key(enum msg m)
{
    return entry_of(LANG_KY, m)->key.p;
}

bool msg_find(struct str key, enum msg *out)
{
    size_t low = MSG_NONE + 1, high = MSG__MAX;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(msg_table[middle].key, key);
        if (order == 0) {
            *out = (enum msg)middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
