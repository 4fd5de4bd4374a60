/*
 * Money in whole tyiyn: sums that say when they overflow, and reading what people type.
 */
#include "platform/core/money.h"

bool money_add(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

bool money_multiply(int64_t tyiyn, int64_t times, int64_t *out)
{
    int64_t product;
    if (__builtin_mul_overflow(tyiyn, times, &product))
        return false;
    *out = product;
    return true;
}

bool money_share(int64_t tyiyn, int64_t numerator, int64_t denominator, int64_t *out)
{
    if (denominator == 0)
        return false;
    __int128 product = (__int128)tyiyn * numerator;
    bool negative = (product < 0) != (denominator < 0);
    unsigned __int128 size =
        product < 0 ? 0 - (unsigned __int128)product : (unsigned __int128)product;
    uint64_t by = denominator < 0 ? 0 - (uint64_t)denominator : (uint64_t)denominator;
    unsigned __int128 whole = size / by;
    uint64_t left = (uint64_t)(size % by);
    if (left >= by - left) /* left / by >= 1/2, without overflow */
        whole++;
    if (whole > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *out = negative ? (int64_t)(0 - (uint64_t)whole) : (int64_t)(uint64_t)whole;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the blank that starts the text: space, no-break, thin or narrow no-break; else 0. */
static size_t group_mark(struct str s)
{
    static const struct str marks[] = {STRI(" "), STRI("\xC2\xA0"), STRI("\xE2\x80\x89"),
                                       STRI("\xE2\x80\xAF")};
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (str_starts(s, marks[i]))
            return marks[i].n;
    }
    return 0;
}

/* A run of digits off the front of *s, added to *v; the number of digits, or -1 on overflow. */
static int take_digits(struct str *s, int64_t *v)
{
    int n = 0;
    while (s->n && is_digit(s->p[0])) {
        if (n == 20 || __builtin_mul_overflow(*v, (int64_t)10, v) ||
            __builtin_add_overflow(*v, (int64_t)(s->p[0] - '0'), v))
            return -1;
        *s = str_slice(*s, 1, s->n);
        n++;
    }
    return n;
}

/*
 * Digits, either in one run or grouped by threes. "12 50" is refused: it may well be 12.50, and
 * reading it as 1250 would be a hundredfold error.
 */
static bool take_whole(struct str *s, int64_t *som)
{
    int n = take_digits(s, som);
    if (n <= 0)
        return false;
    for (bool first = true;; first = false) {
        size_t mark = group_mark(*s);
        if (mark == 0)
            return true;
        if (first && n > 3)
            return false;
        *s = str_slice(*s, mark, s->n);
        if (take_digits(s, som) != 3)
            return false;
    }
}

bool money_parse(struct str s, int64_t *tyiyn)
{
    int64_t som = 0, part = 0, sum;
    s = str_trim(s);
    bool negative = str_starts(s, STR("-"));
    if (negative)
        s = str_slice(s, 1, s.n);
    if (!take_whole(&s, &som))
        return false;
    if (s.n && (s.p[0] == ',' || s.p[0] == '.')) {
        s = str_slice(s, 1, s.n);
        int digits = take_digits(&s, &part);
        if (digits != 1 && digits != 2)
            return false;
        if (digits == 1)
            part *= 10;
    }
    if (s.n || __builtin_mul_overflow(som, (int64_t)100, &sum) ||
        __builtin_add_overflow(sum, part, &sum))
        return false;
    *tyiyn = negative ? -sum : sum;
    return true;
}

void buf_money(struct buf *b, int64_t tyiyn)
{
    uint64_t size = tyiyn < 0 ? 0 - (uint64_t)tyiyn : (uint64_t)tyiyn;
    if (tyiyn < 0)
        buf_char(b, '-');
    buf_u64(b, size / 100);
    buf_printf(b, ".%02u", (unsigned)(size % 100));
}
