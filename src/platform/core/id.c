/*
 * Row ids, secrets and report numbers.
 *
 * The time and the counter of the latest id are one 53-bit number, so that "the later of now and
 * latest + 1" gives an increasing sequence with one compare-and-swap: a full counter simply
 * borrows from the next millisecond, and a clock that goes back is waited out.
 */
#include "platform/core/id.h"

#include "platform/core/clock.h"
#include "platform/core/utf8.h"

#include <stdatomic.h>

enum { NODE_BITS = 10, COUNTER_BITS = 11 };
static const int64_t epoch_ms = INT64_C(1577836800000); /* 2020-01-01T00:00:00Z */
static const int64_t last_ms = (INT64_C(1) << 42) - 1;

/* 10 random bits, drawn once per process; 0 is "not yet drawn", so bit 10 marks a drawn one. */
static uint64_t node(void)
{
    static _Atomic uint64_t drawn;
    uint64_t have = atomic_load(&drawn);
    if (have == 0) {
        uint64_t mine = (random_u64() & ((1U << NODE_BITS) - 1)) | (1U << NODE_BITS);
        if (atomic_compare_exchange_strong(&drawn, &have, mine))
            have = mine;
    }
    return have & ((1U << NODE_BITS) - 1);
}

static int64_t clamped_since_epoch(int64_t utc_ms)
{
    if (utc_ms <= epoch_ms)
        return 0;
    return utc_ms - epoch_ms > last_ms ? last_ms : utc_ms - epoch_ms;
}

int64_t id_new(void)
{
    static _Atomic uint64_t latest; /* time << COUNTER_BITS | counter */
    uint64_t now = (uint64_t)clamped_since_epoch(clock_now_ms()) << COUNTER_BITS;
    uint64_t before = atomic_load(&latest), mine;
    do {
        mine = now > before ? now : before + 1;
    } while (!atomic_compare_exchange_weak(&latest, &before, mine));
    uint64_t time = mine >> COUNTER_BITS, counter = mine & ((1U << COUNTER_BITS) - 1);
    INVARIANT(time <= (uint64_t)last_ms);
    return (int64_t)(time << (NODE_BITS + COUNTER_BITS) | node() << COUNTER_BITS | counter);
}

int64_t id_time_ms(int64_t id)
{
    return (id >> (NODE_BITS + COUNTER_BITS)) + epoch_ms;
}

int64_t id_floor(int64_t utc_ms)
{
    return clamped_since_epoch(utc_ms) << (NODE_BITS + COUNTER_BITS);
}

int64_t id_at(int64_t utc_ms)
{
    static _Atomic uint64_t turn; /* from a random start, so that two processes rarely meet */
    uint64_t none = 0, within = (1U << (NODE_BITS + COUNTER_BITS)) - 1;
    if (atomic_load(&turn) == 0)
        atomic_compare_exchange_strong(&turn, &none, (random_u64() & within) | (within + 1));
    /* Before 2020 the floor is 0, and 0 is no id: the turn that would give it is left out. */
    for (;;) {
        int64_t id = id_floor(utc_ms) + (int64_t)(atomic_fetch_add(&turn, 1) & within);
        if (id > 0)
            return id;
    }
}

struct str id_secret(struct arena *a, size_t bytes)
{
    unsigned char secret[256];
    INVARIANT(bytes >= 16 && bytes <= sizeof(secret));
    random_fill(secret, bytes);
    struct buf *text = buf_in(a);
    buf_base64url(text, secret, bytes);
    explicit_bzero(secret, sizeof(secret));
    return buf_view(text);
}

/* --- report numbers --- */

enum { MODULUS = 19, DIGITS = 8 };
static const char alphabet[MODULUS + 1] = "346789ADEFGJKMNQRTW";

/*
 * The check value c makes  sum(value[i] * 2^(DIGITS - i)) + c  congruent to 1 modulo 19. 2 is a
 * primitive root of 19, so the nine weights differ, and with a prime modulus that finds each
 * single error and each transposition.
 */
static int check_value(const int value[DIGITS])
{
    int sum = 0;
    for (int i = 0; i < DIGITS; i++)
        sum = (sum + value[i]) * 2 % MODULUS;
    return (MODULUS + 1 - sum) % MODULUS;
}

static struct str canonical_form(struct arena *a, const int value[DIGITS])
{
    char text[DIGITS + 3];
    size_t n = 0;
    for (int i = 0; i < DIGITS; i++) {
        if (i == DIGITS / 2)
            text[n++] = '-';
        text[n++] = alphabet[value[i]];
    }
    text[n++] = '-';
    text[n++] = alphabet[check_value(value)];
    return arena_str(a, str_of(text, n));
}

struct str id_number_of(struct arena *a, uint64_t seed)
{
    int value[DIGITS];
    for (int i = 0; i < DIGITS; i++) {
        value[i] = (int)(seed % MODULUS);
        seed /= MODULUS;
    }
    return canonical_form(a, value);
}

struct str id_number(struct arena *a)
{
    int value[DIGITS];
    for (int i = 0; i < DIGITS; i++) {
        /* The remainder of 64 random bits is even to one part in 10^18. */
        value[i] = (int)(random_u64() % MODULUS);
    }
    return canonical_form(a, value);
}

/* The alphabet's character for a typed one; 0 when there is none. */
static char ours(uint32_t code)
{
    static const struct {
        uint32_t cyrillic;
        char latin;
    } table[] = {
        /* written alike */
        {0x0410, 'A'}, /* А */
        {0x0415, 'E'}, /* Е */
        {0x041A, 'K'}, /* К */
        {0x041C, 'M'}, /* М */
        {0x0422, 'T'}, /* Т */
        {0x0417, '3'}, /* З */
        /* heard alike; their Latin twins by shape are not in the alphabet */
        {0x0414, 'D'}, /* Д */
        {0x0424, 'F'}, /* Ф */
        {0x0413, 'G'}, /* Г */
        {0x0419, 'J'}, /* Й */
        {0x041D, 'N'}, /* Н */
        {0x0420, 'R'}, /* Р */
    };
    code = utf8_upper(code);
    if (code < 0x80)
        return code && strchr(alphabet, (int)code) ? (char)code : '\0';
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (table[i].cyrillic == code)
            return table[i].latin;
    }
    return '\0';
}

/* Blanks and every common kind of dash. */
static bool is_separator(uint32_t code)
{
    return code == ' ' || code == '\t' || code == '-' || code == '_' || code == '.' ||
           code == 0x00A0 || code == 0x202F || (code >= 0x2010 && code <= 0x2015) || code == 0x2212;
}

bool id_number_parse(struct arena *a, struct str typed, struct str *canonical)
{
    int value[DIGITS + 1];
    size_t at = 0, n = 0;
    uint32_t code;
    if (typed.n > 200 || !utf8_is_text(typed))
        return false;
    while (utf8_next(typed, &at, &code)) {
        if (is_separator(code))
            continue;
        char c = ours(code);
        if (c == '\0' || n == COUNT_OF(value))
            return false;
        value[n++] = (int)(strchr(alphabet, c) - alphabet);
    }
    if (n != COUNT_OF(value) || check_value(value) != value[DIGITS])
        return false;
    *canonical = canonical_form(a, value);
    return true;
}
