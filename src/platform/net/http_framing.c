/*
 * Strict reading of a request head (ASVS 4.2.1, RFC 9112 sections 2.2, 5 and 6.1).
 *
 * When a proxy and a server disagree on where a request ends, a stranger can slip a request into
 * another person's connection. libmicrohttpd 0.9.75 is lenient, found by trying: it takes a bare
 * LF as a line end, folded headers, blanks before a colon, an empty header name, several
 * Content-Lengths (the first counts), Content-Length beside Transfer-Encoding, Transfer-Encoding in
 * HTTP/1.0, unknown transfer codings (it reads until the connection closes), several Hosts, several
 * blanks in the request line, bare CR and NUL bytes (which silently end a value). This file refuses
 * all of it. What the library refuses by itself: signed, empty, hexadecimal or listed
 * Content-Length, malformed or overflowing chunk sizes, no Host, other versions than HTTP/1.x,
 * blanks in the target.
 *
 * It can be done after the fact because the library cuts the head up in place: a well-formed head
 * has exactly one byte between method and target and between target and version, only blanks after
 * a colon, and exactly two bytes (CR LF) from the end of each value to the next name. Any of the
 * leniencies above leaves another distance. The check fails closed: should a later version of
 * the library copy instead of cutting, every request would be refused and the tests with it. One
 * form stays unseen: NUL LF in place of CR LF.
 */
#include "platform/net/server_parts.h"

static bool is_token_byte(char c)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (c != '\0' && memchr(others, c, sizeof(others) - 1));
}

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_token_byte(s.p[i]))
            return false;
    return s.n > 0;
}

static bool is_field_value(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* Only blanks between the NUL over the colon and the value? */
static bool only_blanks(const char *from, const char *to)
{
    for (; from < to; from++)
        if (*from != ' ' && *from != '\t')
            return false;
    return from == to;
}

/* The layout described above. Compares addresses; reads nothing outside the parts themselves
 * but the bytes between a name and its value. */
static bool is_laid_out_plainly(const struct http_head *head)
{
    size_t method_size = strlen(head->method);
    if (head->target != head->method + method_size + 1 ||
        head->version != head->target + head->target_size + 1)
        return false;
    const char *expected = head->version + strlen(head->version) + 2;
    for (size_t i = 0; i < head->header_count; i++) {
        struct str name = head->headers[i].name, value = head->headers[i].value;
        const char *after_colon = name.p + name.n + 1;
        if (name.p != expected || value.p < after_colon || value.p >= head->method + head->size ||
            !only_blanks(after_colon, value.p))
            return false;
        expected = value.p + value.n + 2;
    }
    return expected + 2 == head->method + head->size;
}

static bool parse_length(struct str s, int64_t *out)
{
    uint64_t v;
    if (s.n > 18 || !str_to_u64(s, &v))
        return false;
    *out = (int64_t)v;
    return true;
}

enum err http_framing_check(const struct http_head *head, struct http_framing *out)
{
    *out = (struct http_framing){0};
    bool old = strcmp(head->version, "HTTP/1.0") == 0;
    if (!is_laid_out_plainly(head) || !is_token(str_from(head->method)) ||
        strlen(head->method) > 20)
        return ERR_PARSE;
    size_t lengths = 0, codings = 0, hosts = 0;
    for (size_t i = 0; i < head->header_count; i++) {
        struct str name = head->headers[i].name, value = head->headers[i].value;
        if (!is_token(name) || !is_field_value(value))
            return ERR_PARSE;
        if (str_eq_nocase_ascii(name, STR("Content-Length"))) {
            lengths++;
            if (!parse_length(value, &out->length))
                return ERR_PARSE;
        } else if (str_eq_nocase_ascii(name, STR("Transfer-Encoding"))) {
            codings++;
            if (!str_eq_nocase_ascii(value, STR("chunked")))
                return ERR_PARSE;
        } else if (str_eq_nocase_ascii(name, STR("Host"))) {
            hosts++;
        }
    }
    if (lengths > 1 || codings > 1 || hosts > 1 || (codings && (lengths || old)))
        return ERR_PARSE;
    if (!old && hosts == 0)
        return ERR_PARSE;
    out->chunked = codings > 0;
    /* The library takes a bare LF inside chunked framing, which we cannot see. Nothing that follows
     * such a body on the connection is therefore believed to be a request. */
    out->keep_alive_unsafe = out->chunked;
    if (out->chunked)
        out->length = -1;
    return ERR_OK;
}

bool http_framing_chunk(struct str before)
{
    if (before.n == 0)
        return true; /* this piece continues a chunk, or its header came and went earlier */
    size_t end = before.n;
    if (end < 3 || before.p[end - 1] != '\n' || before.p[end - 2] != '\r')
        return false;
    size_t start = end - 2;
    while (start > 0 && before.p[start - 1] != '\n')
        start--;
    if (start > 0 && (start < 2 || before.p[start - 2] != '\r'))
        return false;
    return is_field_value(str_slice(before, start, end - 2 - start));
}
