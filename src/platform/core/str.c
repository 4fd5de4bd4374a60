/*
 * Views of bytes: comparing, searching, splitting, reading numbers. Nothing here allocates.
 */
#include "platform/core/str.h"

static char lower_ascii(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool str_eq_nocase_ascii(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower_ascii(a.p[i]) != lower_ascii(b.p[i]))
            return false;
    }
    return true;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

int str_compare(struct str a, struct str b)
{
    size_t common = a.n < b.n ? a.n : b.n;
    int order = common ? memcmp(a.p, b.p, common) : 0;
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

ptrdiff_t str_find_char(struct str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
    if (needle.n == 0)
        return 0;
    const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return at ? at - s.p : -1;
}

struct str str_slice(struct str s, size_t from, size_t n)
{
    if (!s.p)
        return s;
    if (from > s.n)
        from = s.n;
    if (n > s.n - from)
        n = s.n - from;
    return (struct str){s.p + from, n};
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_split(struct str *rest, char sep, struct str *part)
{
    if (!rest->p)
        return false;
    ptrdiff_t at = str_find_char(*rest, sep);
    if (at < 0) {
        *part = *rest;
        *rest = STR_NULL;
    } else {
        *part = str_slice(*rest, 0, (size_t)at);
        *rest = str_slice(*rest, (size_t)at + 1, rest->n);
    }
    return true;
}

bool str_to_u64(struct str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]))
            return false;
        if (__builtin_mul_overflow(v, 10U, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool negative = s.n && s.p[0] == '-';
    uint64_t size;
    if (!str_to_u64(negative ? str_slice(s, 1, s.n) : s, &size))
        return false;
    if (size > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *out = negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

/* Copies a run of digits to `to`; the number of digits. */
static size_t take_digits(struct str s, size_t *at, char *to)
{
    size_t n = 0;
    while (*at < s.n && is_digit(s.p[*at]))
        to[n++] = s.p[(*at)++];
    return n;
}

/*
 * strtod rounds correctly, but what it takes for a decimal point depends on a process locale. So
 * it is given a number without any: "12.345e6" becomes "12345e3".
 */
bool str_to_double(struct str s, double *out)
{
    enum { MAX_TEXT = 400 };
    char text[MAX_TEXT + 32];
    size_t at = 0, n = 0;
    int64_t exponent = 0;
    if (s.n == 0 || s.n > MAX_TEXT)
        return false;
    if (s.p[at] == '-')
        text[n++] = s.p[at++];
    size_t whole = take_digits(s, &at, text + n);
    if (whole == 0)
        return false;
    n += whole;
    if (at < s.n && s.p[at] == '.') {
        at++;
        size_t fraction = take_digits(s, &at, text + n);
        if (fraction == 0)
            return false;
        n += fraction;
        exponent = -(int64_t)fraction;
    }
    if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
        int64_t given;
        at++;
        if (at < s.n && s.p[at] == '+' && at + 1 < s.n && s.p[at + 1] != '-')
            at++;
        if (!str_to_i64(str_slice(s, at, s.n), &given) || given > 100000 || given < -100000)
            return false;
        exponent += given;
        at = s.n;
    }
    if (at != s.n)
        return false;
    snprintf(text + n, sizeof(text) - n, "e%d", (int)exponent);
    double v = strtod(text, NULL);
    if (!__builtin_isfinite(v))
        return false;
    *out = v;
    return true;
}
