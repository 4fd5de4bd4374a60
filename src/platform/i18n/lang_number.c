/*
 * Numbers for people. CLDR except for money: its English form "KGS 15,000.50" and its Russian
 * "15 000,50 KGS" mean nothing to a resident, so all three name the som after the amount.
 */
#include "platform/i18n/lang.h"

#include <math.h>

#define NO_BREAK_SPACE "\xC2\xA0"
#define DASH "\xE2\x80\x93"

static const char *const group_mark[LANG__MAX] = {NO_BREAK_SPACE, NO_BREAK_SPACE, ","};
static const char *const decimal_mark[LANG__MAX] = {",", ",", "."};

/* A machine number such as "-1234567.50", in the language's form. */
static void put_grouped(struct buf *b, enum lang lang, struct str number)
{
    if (str_starts(number, STR("-"))) {
        buf_char(b, '-');
        number = str_slice(number, 1, number.n);
    }
    ptrdiff_t point = str_find_char(number, '.');
    size_t whole = point < 0 ? number.n : (size_t)point;
    for (size_t i = 0; i < whole; i++) {
        if (i && (whole - i) % 3 == 0)
            buf_cstr(b, group_mark[lang]);
        buf_char(b, number.p[i]);
    }
    if (point >= 0) {
        buf_cstr(b, decimal_mark[lang]);
        buf_str(b, str_slice(number, whole + 1, number.n));
    }
}

void lang_number(struct buf *b, enum lang lang, int64_t v)
{
    char text[24];
    int n = snprintf(text, sizeof(text), "%lld", (long long)v);
    put_grouped(b, lang, str_of(text, (size_t)n));
}

void lang_decimal(struct buf *b, enum lang lang, double v, int decimals)
{
    struct buf text = BUF_EMPTY;
    if (!isfinite(v)) {
        buf_cstr(b, DASH);
        return;
    }
    buf_fixed(&text, v, decimals);
    put_grouped(b, lang, buf_view(&text));
    buf_free(&text);
}

/*
 * Rounds the fraction to two decimals and drops the point, because a multiplication by 100 would
 * round once more: 0.145 * 100 is 14.499999999999998.
 */
void lang_percent(struct buf *b, enum lang lang, double fraction)
{
    struct buf text = BUF_EMPTY, whole = BUF_EMPTY;
    if (!isfinite(fraction)) {
        buf_cstr(b, DASH);
        return;
    }
    buf_fixed(&text, fraction, 2);
    bool leading = true;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool last = i + 1 == text.n;
        if (c == '.' || (c == '0' && leading && !last))
            continue;
        leading = leading && c == '-';
        buf_char(&whole, c);
    }
    put_grouped(b, lang, buf_view(&whole));
    buf_cstr(b, lang_percent_sign(lang));
    buf_free(&text);
    buf_free(&whole);
}

const char *lang_percent_sign(enum lang lang)
{
    return lang == LANG_RU ? NO_BREAK_SPACE "%" : "%";
}

void lang_money(struct buf *b, enum lang lang, int64_t tyiyn)
{
    static const char *const som[LANG__MAX] = {"сом", "сом", "som"};
    char text[32];
    uint64_t size = tyiyn < 0 ? 0 - (uint64_t)tyiyn : (uint64_t)tyiyn;
    int n = snprintf(text, sizeof(text), "%s%llu.%02llu", tyiyn < 0 ? "-" : "",
                     (unsigned long long)(size / 100), (unsigned long long)(size % 100));
    put_grouped(b, lang, str_of(text, (size_t)n));
    buf_cstr(b, NO_BREAK_SPACE);
    buf_cstr(b, som[lang]);
}

/* Tenths of a unit, rounded half up. */
static uint64_t tenths(uint64_t n, uint64_t unit)
{
    uint64_t tenth = unit / 10;
    return n / tenth + (n % tenth >= tenth - tenth / 2 ? 1 : 0);
}

void lang_bytes(struct buf *b, enum lang lang, int64_t n)
{
    static const char *const bytes[LANG__MAX][3] = {
        {"байт", "байт"}, {"байт", "байта", "байт"}, {"byte", "bytes"}};
    static const char *const names[][LANG__MAX] = {
        {"кБ", "кБ", "kB"}, {"МБ", "МБ", "MB"}, {"ГБ", "ГБ", "GB"}, {"ТБ", "ТБ", "TB"}};
    uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    if (size < 1000) {
        lang_number(b, lang, n);
        buf_char(b, ' ');
        buf_cstr(b, bytes[lang][lang_plural(lang, n)]);
        return;
    }
    /* The first unit in which the rounded value has at most three digits before the mark. */
    size_t i = 0;
    uint64_t unit = 1000;
    while (i + 1 < COUNT_OF(names) && tenths(size, unit) >= 10000) {
        unit *= 1000;
        i++;
    }
    uint64_t rounded = tenths(size, unit);
    if (n < 0)
        buf_char(b, '-');
    lang_number(b, lang, (int64_t)(rounded / 10));
    if (rounded % 10) {
        buf_cstr(b, decimal_mark[lang]);
        buf_char(b, (char)('0' + rounded % 10));
    }
    buf_char(b, ' ');
    buf_cstr(b, names[i][lang]);
}
