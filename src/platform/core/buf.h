/*
 * A growable byte buffer: the one thing that pages, JSON, CSV and mail are written into.
 * The owner calls buf_free(), or gives the buffer to an arena with buf_in(). Never fails.
 */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include "platform/core/arena.h"

struct buf {
    char *p;
    size_t n, cap;
};

#define BUF_EMPTY ((struct buf){NULL, 0, 0})

/* A buffer that is released with the arena. The arena owns the struct and its bytes. */
struct buf *buf_in(struct arena *a);
void buf_free(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */

/*
 * Makes room for n more bytes and returns where they go; the caller then adds to b->n. Writing may
 * move the bytes, so a view of the buffer lasts until the next write, and the bytes written must
 * not be the buffer's own.
 */
char *buf_reserve(struct buf *b, size_t n);

/* Templates and writers put a few bytes at a time, millions of times: these three are inline. */
static inline void buf_put(struct buf *b, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    memcpy(n <= b->cap - b->n ? b->p + b->n : buf_reserve(b, n), bytes, n);
    b->n += n;
}
static inline void buf_str(struct buf *b, struct str s)
{
    buf_put(b, s.p, s.n);
}
static inline void buf_char(struct buf *b, char c)
{
    *(b->n < b->cap ? b->p + b->n : buf_reserve(b, 1)) = c;
    b->n++;
}
void buf_cstr(struct buf *b, const char *s);
void buf_i64(struct buf *b, int64_t v); /* plain decimal digits */
void buf_u64(struct buf *b, uint64_t v);
/* Shortest decimal that str_to_double reads back as the same double; 0 for what is not finite. */
void buf_double(struct buf *b, double v);
/* Fixed number of decimals (0 to 100), with '.'; the decimal form above rounded half away from
 * zero, as people and spreadsheets round: 2.675 to two decimals is 2.68. */
void buf_fixed(struct buf *b, double v, int decimals);
/* For machine text only (keys, headers, logs). Text for people goes through messages. */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Percent-encodes everything but unreserved characters (RFC 3986 section 2.3). */
void buf_percent(struct buf *b, struct str s);
/* Lower-case hexadecimal; URL-safe base64 without padding (RFC 4648 section 5). */
void buf_hex(struct buf *b, const void *bytes, size_t n);
void buf_base64url(struct buf *b, const void *bytes, size_t n);

static inline struct str buf_view(const struct buf *b)
{
    return (struct str){b->p ? b->p : "", b->n};
}

#endif
