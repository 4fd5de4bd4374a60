/*
 * What a request line asks for. Decoding happens exactly once and here, so that no later part of
 * the program sees an escape, a control character or a path that climbs.
 */
#include "platform/core/utf8.h"
#include "platform/net/server_parts.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool http_percent_decode(struct str s, bool plus, char *to, size_t *n)
{
    size_t at = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            int high = i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
            int low = high >= 0 ? hex_value(s.p[i + 2]) : -1;
            if (low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        to[at++] = c;
    }
    *n = at;
    return true;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return true;
    return false;
}

static bool has_dot_part(struct str path)
{
    struct str rest = path, part;
    while (str_split(&rest, '/', &part))
        if (str_eq(part, STR(".")) || str_eq(part, STR("..")))
            return true;
    return false;
}

/* An escaped slash would change where the parts of the path end after routing has been thought of.
 */
static bool has_escaped_slash(struct str path)
{
    for (size_t i = 0; i + 2 < path.n; i++)
        if (path.p[i] == '%' && path.p[i + 1] == '2' && (path.p[i + 2] | 0x20) == 'f')
            return true;
    return false;
}

/* "http://host/path" is what a client says to a proxy; RFC 9112 section 3.2.2 has servers take it.
 */
static struct str without_origin(struct str target)
{
    static const struct str schemes[] = {STRI("http://"), STRI("https://")};
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t n = schemes[i].n;
        if (target.n <= n || !str_eq_nocase_ascii(str_slice(target, 0, n), schemes[i]))
            continue;
        struct str rest = str_slice(target, n, target.n);
        ptrdiff_t slash = str_find_char(rest, '/');
        return slash < 0 ? STR("/") : str_slice(rest, (size_t)slash, rest.n);
    }
    return target;
}

enum err http_target_parse(struct str target, char *room, struct http_target *out)
{
    target = without_origin(target);
    if (target.n == 0 || target.p[0] != '/' || has_control(target) ||
        str_find_char(target, '#') >= 0)
        return ERR_PARSE;
    ptrdiff_t question = str_find_char(target, '?');
    struct str path = question < 0 ? target : str_slice(target, 0, (size_t)question);
    out->query = question < 0 ? str_of(target.p + target.n, 0)
                              : str_slice(target, (size_t)question + 1, target.n);
    size_t n;
    if (has_escaped_slash(path) || !http_percent_decode(path, false, room, &n))
        return ERR_PARSE;
    room[n] = '\0';
    out->path = str_of(room, n);
    if (has_control(out->path) || !utf8_is_text(out->path) || has_dot_part(out->path))
        return ERR_PARSE;
    return ERR_OK;
}
