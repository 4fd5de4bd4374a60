/*
 * A view of bytes that somebody else owns. Never NUL-terminated by contract: pass STRF(s) to
 * "%.*s". A view with p == NULL means "no value" (SQL NULL, absent field); {"" , 0} is an empty
 * value.
 */
#ifndef CORE_STR_H
#define CORE_STR_H

#include "platform/core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *p;
    size_t n;
};

/* A 64-bit number that may be absent (a nullable column, an optional form field). */
struct i64_opt {
    bool set;
    int64_t v;
};

#define STR(literal) ((struct str){"" literal "", sizeof(literal) - 1})
/* For static initializers. */
/* clang-format off */
#define STRI(literal) {"" literal "", sizeof(literal) - 1}
/* clang-format on */
#define STR_NULL ((struct str){NULL, 0})
#define STRF(s) (int)(s).n, (s).p ? (s).p : ""
#define I64(x) ((struct i64_opt){true, (x)})
#define I64_NONE ((struct i64_opt){false, 0})
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static inline struct str str_from(const char *c)
{
    return c ? (struct str){c, strlen(c)} : STR_NULL;
}
static inline struct str str_of(const char *p, size_t n)
{
    return (struct str){p, n};
}
static inline bool str_empty(struct str s)
{
    return s.n == 0;
}
static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (b.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_nocase_ascii(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Bytewise, as memcmp; a prefix sorts before the longer text. */
int str_compare(struct str a, struct str b);

/* Index of the first match, or -1. */
ptrdiff_t str_find_char(struct str s, char c);
ptrdiff_t str_find(struct str s, struct str needle);

/* Bytes [from, from+n), clamped to the view. */
struct str str_slice(struct str s, size_t from, size_t n);

/* Without ASCII blanks at both ends. */
struct str str_trim(struct str s);

/*
 * Takes the part up to `sep` off the front of *rest; false when *rest was exhausted (p == NULL).
 * "a,,b" gives "a", "", "b"; "" gives one empty part.
 *     while (str_split(&rest, ',', &part)) ...
 */
bool str_split(struct str *rest, char sep, struct str *part);

/* Whole-string decimal numbers; no blanks, no '+'. False on any other byte or on overflow. */
bool str_to_i64(struct str s, int64_t *out);
bool str_to_u64(struct str s, uint64_t *out);
/*
 * Whole-string decimal such as "-12.5" or "1e-7" (buf_double writes very large and small values
 * so), at most 400 bytes; correctly rounded, independent of any locale. False for anything else
 * (".5", "5.", "+5", "nan") and for a value too large to be finite.
 */
bool str_to_double(struct str s, double *out);

#endif
