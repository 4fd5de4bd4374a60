/*
 * The languages themselves: their codes, choosing one for a browser, plural forms, and data that
 * carries three texts. How numbers and dates are written is in lang_number.c and lang_date.c.
 */
#include "platform/i18n/lang.h"

static const char *const codes[LANG__MAX] = {"ky", "ru", "en"};
static const char *const names[LANG__MAX] = {"Кыргызча", "Русский", "English"};

const char *lang_code(enum lang lang)
{
    INVARIANT((unsigned)lang < LANG__MAX);
    return codes[lang];
}

const char *lang_name(enum lang lang)
{
    INVARIANT((unsigned)lang < LANG__MAX);
    return names[lang];
}

bool lang_parse(struct str code, enum lang *out)
{
    for (unsigned i = 0; i < LANG__MAX; i++) {
        if (str_eq(code, str_from(codes[i]))) {
            *out = (enum lang)i;
            return true;
        }
    }
    return false;
}

/* A weight such as "0.85", in thousandths; 0 for anything that is none. */
static int parse_weight(struct str s)
{
    int weight = 0, scale = 1000;
    if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1') || (s.n > 1 && s.p[1] != '.'))
        return 0;
    for (size_t i = 0; i < s.n; i++) {
        if (i == 1)
            continue;
        if (s.p[i] < '0' || s.p[i] > '9')
            return 0;
        weight += (s.p[i] - '0') * scale;
        scale /= 10;
    }
    return weight <= 1000 ? weight : 0;
}

/* The weight among the parameters after a language's name; 1000 when none is given. */
static int weight_of(struct str parameters)
{
    struct str part;
    while (str_split(&parameters, ';', &part)) {
        part = str_trim(part);
        if (str_eq_nocase_ascii(str_slice(part, 0, 2), STR("q=")))
            return parse_weight(str_trim(str_slice(part, 2, part.n)));
    }
    return 1000;
}

/* Our language for "ru", "ru-KG", "RU"; "*" stands for any, so for the first of ours. */
static bool parse_range(struct str range, enum lang *out)
{
    struct str primary = range;
    if (str_eq(range, STR("*"))) {
        *out = LANG_KY;
        return true;
    }
    ptrdiff_t dash = str_find_char(range, '-');
    if (dash >= 0)
        primary = str_slice(range, 0, (size_t)dash);
    for (unsigned i = 0; i < LANG__MAX; i++) {
        if (str_eq_nocase_ascii(primary, str_from(codes[i]))) {
            *out = (enum lang)i;
            return true;
        }
    }
    return false;
}

enum lang lang_negotiate(struct str accept_language)
{
    enum lang best = LANG_KY, lang;
    int best_weight = 0;
    struct str item;
    while (str_split(&accept_language, ',', &item)) {
        struct str range;
        if (!str_split(&item, ';', &range) || !parse_range(str_trim(range), &lang))
            continue;
        int weight = weight_of(item);
        if (weight > best_weight) {
            best = lang;
            best_weight = weight;
        }
    }
    return best;
}

int lang_plural(enum lang lang, int64_t n)
{
    uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    if (lang != LANG_RU)
        return size == 1 ? 0 : 1;
    unsigned ones = (unsigned)(size % 10), hundred = (unsigned)(size % 100);
    bool teen = hundred >= 11 && hundred <= 14;
    if (ones == 1 && !teen)
        return 0;
    return ones >= 2 && ones <= 4 && !teen ? 1 : 2;
}

enum lang text3_lang(const struct text3 *t, enum lang lang)
{
    static const enum lang order[] = {LANG_KY, LANG_RU, LANG_EN};
    if (!str_empty(t->in[lang]))
        return lang;
    for (size_t i = 0; i < COUNT_OF(order); i++)
        if (!str_empty(t->in[order[i]]))
            return order[i];
    return lang;
}

struct str text3_get(const struct text3 *t, enum lang lang)
{
    return t->in[text3_lang(t, lang)];
}
