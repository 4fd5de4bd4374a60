/* application/x-www-form-urlencoded: the body of a plain form, and a query. */
#include "platform/core/utf8.h"
#include "platform/net/server_parts.h"

/* ERR_INPUT: the escapes are good, but what they say is no text. */
static enum err decode(struct arena *a, struct str s, struct str *out)
{
    char *to = arena_alloc(a, s.n + 1);
    size_t n;
    if (!http_percent_decode(s, true, to, &n))
        return ERR_PARSE;
    /* Word processors leave control characters in what is copied; nobody should lose a text to one.
     */
    for (size_t i = 0; i < n; i++)
        if (to[i] > 0 && to[i] < 0x20 && to[i] != '\t' && to[i] != '\n' && to[i] != '\r')
            to[i] = ' ';
    *out = str_of(to, n);
    return utf8_is_text(*out) ? ERR_OK : ERR_INPUT;
}

bool http_form_next(struct arena *a, struct str *rest, struct str *name, struct str *value,
                    enum err *rc)
{
    *rc = ERR_OK;
    struct str pair;
    while (str_split(rest, '&', &pair)) {
        if (pair.n == 0)
            continue; /* "a=1&&b=2", and the empty form */
        struct str raw_name;
        struct str raw_value = pair;
        str_split(&raw_value, '=', &raw_name);
        *rc = decode(a, raw_name, name);
        if (*rc == ERR_INPUT)
            *rc = ERR_PARSE;
        if (*rc == ERR_OK)
            *rc = decode(a, raw_value.p ? raw_value : STR(""), value);
        if (*rc == ERR_INPUT) {
            struct buf *clean = buf_in(a);
            utf8_clean(clean, *value);
            *value = buf_view(clean);
        }
        return true;
    }
    return false;
}
