/*
 * Decoding, checking and measuring UTF-8. Letter cases are in letters.c, search keys in
 * search_key.c.
 */
#include "platform/core/utf8.h"

/*
 * Length by the first byte, and the least code point of each length: RFC 3629 has no longer form
 * than needed, no surrogates and nothing above U+10FFFF.
 */
size_t utf8_sequence(struct str s, size_t at)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (at >= s.n)
        return 0;
    unsigned char first = (unsigned char)s.p[at];
    if (first < 0x80)
        return 1;
    size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || n > s.n - at)
        return 0;
    uint32_t code = first & (0x7FU >> n);
    for (size_t i = 1; i < n; i++) {
        unsigned char next = (unsigned char)s.p[at + i];
        if ((next & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (next & 0x3F);
    }
    if (code < least[n] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    return n;
}

static bool is_text_code(uint32_t code)
{
    if (code < 0x20)
        return code == '\t' || code == '\n' || code == '\r';
    return code != 0xFFFE && code != 0xFFFF;
}

bool utf8_is_text(struct str s)
{
    size_t at = 0;
    uint32_t code;
    while (at < s.n) {
        if (utf8_sequence(s, at) == 0)
            return false;
        if (!utf8_next(s, &at, &code) || !is_text_code(code))
            return false;
    }
    return true;
}

bool utf8_next(struct str s, size_t *at, uint32_t *code)
{
    if (*at >= s.n)
        return false;
    unsigned char first = (unsigned char)s.p[*at];
    size_t n = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    INVARIANT(n <= s.n - *at);
    uint32_t v = n == 1 ? first : first & (0x7FU >> n);
    for (size_t i = 1; i < n; i++)
        v = v << 6 | ((unsigned char)s.p[*at + i] & 0x3F);
    *at += n;
    *code = v;
    return true;
}

void buf_utf8(struct buf *b, uint32_t code)
{
    char text[4];
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    INVARIANT(code <= 0x10FFFF);
    static const unsigned char mark[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; code >>= 6)
        text[i] = (char)(0x80 | (code & 0x3F));
    text[0] = (char)(mark[n] | code);
    buf_put(b, text, n);
}

void utf8_clean(struct buf *out, struct str s)
{
    for (size_t at = 0; at < s.n;) {
        size_t from = at, n = utf8_sequence(s, at);
        uint32_t code;
        if (n == 0) {
            buf_utf8(out, 0xFFFD);
            at++;
        } else if (utf8_next(s, &at, &code) && is_text_code(code)) {
            buf_put(out, s.p + from, n);
        }
    }
}

size_t utf8_length(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

struct str utf8_prefix(struct str s, size_t max)
{
    size_t at = 0;
    uint32_t code;
    for (size_t n = 0; n < max && utf8_next(s, &at, &code);)
        n++;
    return str_slice(s, 0, at);
}
