/*
 * The three languages of the program, and how numbers, money, dates and durations are written in
 * each. Patterns follow CLDR (the tests compare with ICU), except where the municipal practice is
 * fixed; see lang_date.c and lang_number.c. A language travels with the request; there is no
 * process locale.
 */
#ifndef I18N_LANG_H
#define I18N_LANG_H

#include "platform/core/buf.h"

/* Kyrgyz is 0: what says nothing about its language speaks Kyrgyz. */
enum lang { LANG_KY, LANG_RU, LANG_EN, LANG__MAX };

/* "ky", "ru", "en": also the value of the HTML lang attribute. */
const char *lang_code(enum lang lang);
/* The language's own name: "Кыргызча", "Русский", "English". */
const char *lang_name(enum lang lang);
/* Exactly one of the codes above. */
bool lang_parse(struct str code, enum lang *out);
/* The best of our languages for an Accept-Language header (RFC 9110 section 12.5.4): highest
 * weight, then first; Kyrgyz when nothing fits. */
enum lang lang_negotiate(struct str accept_language);

/* CLDR plural category index: ky, en 0 one 1 other; ru 0 one 1 few 2 many. The sign is ignored. */
int lang_plural(enum lang lang, int64_t n);

/* The same text in three languages, as data has it (names of places, services). */
struct text3 {
    struct str in[LANG__MAX];
};
/* The text in `lang`, else Kyrgyz, Russian, English, whichever is not empty first. */
struct str text3_get(const struct text3 *t, enum lang lang);
/* The language of what text3_get gives. */
enum lang text3_lang(const struct text3 *t, enum lang lang);

/*
 * Numbers. Groups of three are parted by a no-break space (U+00A0) in ky and ru, by a comma in en.
 * Rounding is half away from zero (buf_fixed). What is not finite is written as a dash.
 */
void lang_number(struct buf *b, enum lang lang, int64_t v); /* 1 234 567 / 1,234,567 */
void lang_decimal(struct buf *b, enum lang lang, double v, int decimals); /* 12,5 / 12.5 */
void lang_percent(struct buf *b, enum lang lang, double fraction); /* 0.874 -> 87% / ru 87 % */
/* What stands behind a number of per cent, with the blank that Russian sets before it. */
const char *lang_percent_sign(enum lang lang);
/* 15 000,50 сом / 15,000.50 som: always two decimals, so that columns line up. */
void lang_money(struct buf *b, enum lang lang, int64_t tyiyn);
/* 812 байт / 1,2 МБ / 1.2 MB: units of 1,000, at most one decimal. */
void lang_bytes(struct buf *b, enum lang lang, int64_t n);

/*
 * Dates. `day` counts days since 1970-01-01 (core/clock.h). The Kyrgyz order year, day-month is
 * that of official papers.
 */
/* 2026-ж. 22-ноябрь / 22 ноября 2026 г. / 22 November 2026 */
void lang_date(struct buf *b, enum lang lang, int64_t day);
/* 22.11.2026 in all three */
void lang_date_short(struct buf *b, enum lang lang, int64_t day);
/* 2026-ж. ноябрь / ноябрь 2026 г. / November 2026; month 1-12 */
void lang_month(struct buf *b, enum lang lang, int year, int month);
/* 1 Monday ... 7 Sunday: full name, lower case in ky and ru; short: "дүй.", "пн", "Mon" */
void lang_weekday(struct buf *b, enum lang lang, int weekday);
void lang_weekday_short(struct buf *b, enum lang lang, int weekday);
/* 2026-ж. 22-ноябрь 09:15 / 22 ноября 2026 г., 09:15 / 22 November 2026, 09:15; municipal time */
void lang_datetime(struct buf *b, enum lang lang, int64_t utc_ms);

/* "3 күн", "5 дней", "2 hours": whole units of the largest fitting of minute, hour, day; the rest
 * is cut off and the sign ignored. Under a minute: "less than a minute". */
void lang_duration(struct buf *b, enum lang lang, int64_t ms);
/* "3 күн мурун", "5 дней назад", "2 hours ago"; "just now" under a minute; the future as
 * "3 күндөн кийин", "через 5 дней", "in 2 hours". */
void lang_ago(struct buf *b, enum lang lang, int64_t utc_ms, int64_t now_ms);

#endif
