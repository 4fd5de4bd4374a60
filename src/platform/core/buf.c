/*
 * Growable byte buffers, and the machine forms of numbers and bytes.
 *
 * Doubles are printed with the C library (it rounds correctly), but only their digits and exponent
 * are taken from it, so that no locale can put a comma into JSON.
 */
#include "platform/core/buf.h"

#include <float.h>
#include <math.h>

enum { SMALLEST = 256 };

static void release(void *b)
{
    buf_free(b);
}

struct buf *buf_in(struct arena *a)
{
    struct buf *b = ARENA_NEW(a, struct buf);
    arena_defer(a, release, b);
    return b;
}

void buf_free(struct buf *b)
{
    free(b->p);
    *b = BUF_EMPTY;
}

void buf_clear(struct buf *b)
{
    b->n = 0;
}

char *buf_reserve(struct buf *b, size_t n)
{
    if (n > b->cap - b->n) {
        size_t need;
        INVARIANT(!__builtin_add_overflow(b->n, n, &need) && need <= PTRDIFF_MAX / 2);
        size_t cap = b->cap ? b->cap : SMALLEST;
        while (cap < need)
            cap *= 2;
        b->p = err_memory(realloc(b->p, cap));
        b->cap = cap;
    }
    return b->p + b->n;
}

void buf_cstr(struct buf *b, const char *s)
{
    if (s)
        buf_put(b, s, strlen(s));
}

void buf_u64(struct buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    buf_put(b, digits + at, sizeof(digits) - at);
}

void buf_i64(struct buf *b, int64_t v)
{
    if (v < 0)
        buf_char(b, '-');
    buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static void zeros(struct buf *b, int n)
{
    for (int i = 0; i < n; i++)
        buf_char(b, '0');
}

/*
 * |v| as `count` significant digits and the power of ten of the first one. Whatever stands between
 * the first digit and the others is the locale's decimal point and is skipped.
 */
static int significant(double v, int count, char digits[24])
{
    char text[64];
    int n = 0;
    snprintf(text, sizeof(text), "%.*e", count - 1, fabs(v));
    const char *exponent = strrchr(text, 'e');
    for (const char *c = text; c < exponent; c++) {
        if (*c >= '0' && *c <= '9')
            digits[n++] = *c;
    }
    digits[n] = '\0';
    return (int)strtol(exponent + 1, NULL, 10);
}

static bool reads_back(const char *digits, int power, double v)
{
    char text[64];
    snprintf(text, sizeof(text), "%se%d", digits, power - (int)strlen(digits) + 1);
    return strtod(text, NULL) == fabs(v);
}

/* Plain notation for powers -6 to 20, exponent beyond, as JSON writers commonly do. */
static void put_digits(struct buf *b, const char *digits, int power)
{
    int n = (int)strlen(digits);
    if (power < -6 || power > 20) {
        buf_char(b, digits[0]);
        if (n > 1) {
            buf_char(b, '.');
            buf_put(b, digits + 1, (size_t)n - 1);
        }
        buf_char(b, 'e');
        buf_i64(b, power);
    } else if (power < 0) {
        buf_cstr(b, "0.");
        zeros(b, -power - 1);
        buf_put(b, digits, (size_t)n);
    } else if (power + 1 >= n) {
        buf_put(b, digits, (size_t)n);
        zeros(b, power + 1 - n);
    } else {
        buf_put(b, digits, (size_t)power + 1);
        buf_char(b, '.');
        buf_put(b, digits + power + 1, (size_t)(n - power - 1));
    }
}

/*
 * Coordinates, shares and positions in charts have no more than six decimals, and printing and
 * reading back costs thirty times this. When |v| is the double nearest to a whole number of
 * millionths with at most 15 digits, that number is its shortest form: a double keeps 15 digits
 * apart, so no other decimal of that length reads back as it.
 */
static bool in_millionths(double v, char digits[24], int *power)
{
    double scaled = floor(fabs(v) * 1e6 + 0.5);
    if (scaled < 1 || scaled >= 1e15 || scaled / 1e6 != fabs(v))
        return false;
    uint64_t left = (uint64_t)scaled;
    *power = -6;
    for (; left % 10 == 0; left /= 10)
        ++*power;
    char backwards[24];
    int n = 0;
    for (; left; left /= 10)
        backwards[n++] = (char)('0' + left % 10);
    for (int i = 0; i < n; i++)
        digits[i] = backwards[n - 1 - i];
    digits[n] = '\0';
    *power += n - 1;
    return true;
}

/* The fewest digits that read back as |v|, which is finite and not 0, and the first one's power. */
static int shortest(double v, char digits[24])
{
    int power = 0;
    if (in_millionths(v, digits, &power))
        return power;
    /* 15 digits are enough for what people typed, 17 for every double; the subnormal numbers have
     * fewer than 15, and the further ones would be noise. */
    for (int count = fabs(v) < DBL_MIN ? 1 : 15; count <= 17; count++) {
        power = significant(v, count, digits);
        if (reads_back(digits, power, v))
            break;
    }
    size_t n = strlen(digits);
    while (n > 1 && digits[n - 1] == '0')
        digits[--n] = '\0';
    return power;
}

void buf_double(struct buf *b, double v)
{
    char digits[24];
    if (!isfinite(v) || v == 0) {
        buf_char(b, '0');
        return;
    }
    int power = shortest(v, digits);
    if (v < 0)
        buf_char(b, '-');
    put_digits(b, digits, power);
}

/* Keeps `keep` digits, rounding half up; true when a carry made one digit more ("99" -> "100"). */
static bool round_digits(char *digits, int keep)
{
    if (keep >= (int)strlen(digits))
        return false;
    bool up = keep >= 0 && digits[keep] >= '5';
    digits[keep > 0 ? keep : 0] = '\0';
    for (int i = keep - 1; up && i >= 0; i--) {
        up = digits[i] == '9';
        digits[i] = up ? '0' : (char)(digits[i] + 1);
    }
    if (up) {
        memmove(digits + 1, digits, strlen(digits) + 1);
        digits[0] = '1';
    }
    return up;
}

/*
 * Shares and positions of a page have many digits and are shown with one or two decimals. Unless
 * |v| lies near the middle between two such decimals, its shortest form rounds as |v| itself does:
 * below 1e9 both are within 1e-6 of the product here.
 */
static bool put_far_from_middle(struct buf *b, double v, int decimals)
{
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    char digits[16];
    size_t at = sizeof digits;
    if (decimals >= (int)COUNT_OF(tens))
        return false;
    double scaled = fabs(v) * tens[decimals];
    if (!(scaled < 1e9))
        return false;
    uint32_t whole = (uint32_t)scaled;
    double rest = scaled - whole;
    if (fabs(rest - 0.5) < 1e-6)
        return false;
    whole += rest > 0.5;
    if (v < 0 && whole)
        buf_char(b, '-');
    for (int i = 0; i <= decimals || whole; i++, whole /= 10) {
        if (i == decimals && i > 0)
            digits[--at] = '.';
        digits[--at] = (char)('0' + whole % 10);
    }
    buf_put(b, digits + at, sizeof digits - at);
    return true;
}

void buf_fixed(struct buf *b, double v, int decimals)
{
    char digits[24] = "";
    int power = 0;
    INVARIANT(decimals >= 0 && decimals <= 100);
    if (put_far_from_middle(b, v, decimals))
        return;
    if (isfinite(v) && v != 0) {
        power = shortest(v, digits);
        if (round_digits(digits, power + 1 + decimals))
            power++;
    }
    if (v < 0 && digits[0]) /* never "-0.00" */
        buf_char(b, '-');
    int n = (int)strlen(digits);
    for (int place = power > 0 && n ? power : 0; place >= -decimals; place--) {
        int at = power - place;
        if (place == -1)
            buf_char(b, '.');
        buf_char(b, at >= 0 && at < n ? digits[at] : '0');
    }
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    size_t room = b->cap - b->n;
    int n = vsnprintf(room ? b->p + b->n : NULL, room, format, args);
    INVARIANT(n >= 0);
    if ((size_t)n >= room)
        vsnprintf(buf_reserve(b, (size_t)n + 1), (size_t)n + 1, format, again);
    va_end(again);
    b->n += (size_t)n;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void buf_percent(struct buf *b, struct str s)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_unreserved(s.p[i])) {
            buf_char(b, s.p[i]);
        } else {
            char code[3] = {'%', digits[c >> 4], digits[c & 15]};
            buf_put(b, code, sizeof(code));
        }
    }
}

void buf_hex(struct buf *b, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = bytes;
    char *to = n ? buf_reserve(b, 2 * n) : NULL;
    for (size_t i = 0; i < n; i++) {
        *to++ = digits[p[i] >> 4];
        *to++ = digits[p[i] & 15];
    }
    b->n += 2 * n;
}

void buf_base64url(struct buf *b, const void *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i += 3) {
        size_t part = n - i < 3 ? n - i : 3;
        uint32_t bits = (uint32_t)p[i] << 16;
        if (part > 1)
            bits |= (uint32_t)p[i + 1] << 8;
        if (part > 2)
            bits |= p[i + 2];
        for (size_t j = 0; j <= part; j++)
            buf_char(b, digits[bits >> (18 - 6 * j) & 63]);
    }
}
