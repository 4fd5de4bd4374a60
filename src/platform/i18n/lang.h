/*
 * The three languages of the program, and how numbers, money, dates and durations are written in
 * each. Patterns follow CLDR (the tests compare with ICU), except where the municipal practice is
 * fixed; see lang.c. A language travels with the request; there is no process locale.
 */
#ifndef I18N_LANG_H
#define I18N_LANG_H

#include "platform/core/buf.h"

enum lang { LANG_KY, LANG_RU, LANG_EN, LANG__MAX };

/* "ky", "ru", "en": also the value of the HTML lang attribute. */
const char *lang_code(enum lang lang);
/* The language's own name: "Кыргызча", "Русский", "English". */
const char *lang_name(enum lang lang);
bool lang_parse(struct str code, enum lang *out);
/* The best of our languages for an Accept-Language header; Kyrgyz when nothing fits. */
enum lang lang_negotiate(struct str accept_language);

/* CLDR plural category index: ky, en 0 one 1 other; ru 0 one 1 few 2 many. */
int lang_plural(enum lang lang, int64_t n);

/* The same text in three languages, as data has it (names of places, services). */
struct text3 {
    struct str in[LANG__MAX];
};
/* The text in `lang`, else Kyrgyz, Russian, English, whichever is not empty first. */
struct str text3_get(const struct text3 *t, enum lang lang);

void lang_number(struct buf *b, enum lang lang, int64_t v);                 /* 1 234 567 / 1,234,567 */
void lang_decimal(struct buf *b, enum lang lang, double v, int decimals);  /* 12,5 / 12.5 */
void lang_percent(struct buf *b, enum lang lang, double fraction);         /* 0.874 -> 87 % / 87% */
void lang_money(struct buf *b, enum lang lang, int64_t tyiyn);             /* 15 000,50 сом */

/* `day` counts days since 1970-01-01 (core/clock.h). */
void lang_date(struct buf *b, enum lang lang, int64_t day);        /* 2026-ж. 22-ноябрь / 22 ноября 2026 г. / 22 November 2026 */
void lang_date_short(struct buf *b, enum lang lang, int64_t day);  /* 22.11.2026 in all three */
void lang_month(struct buf *b, enum lang lang, int year, int month); /* 2026-ж. ноябрь / ноябрь 2026 г. / November 2026 */
void lang_weekday(struct buf *b, enum lang lang, int weekday);     /* 1 Monday; full name, lower case in ky and ru */
void lang_weekday_short(struct buf *b, enum lang lang, int weekday);
void lang_datetime(struct buf *b, enum lang lang, int64_t utc_ms); /* date and HH:MM, municipal time */
/* "3 күн", "5 дней", "2 hours": the largest fitting unit of minute, hour, day. */
void lang_duration(struct buf *b, enum lang lang, int64_t ms);
/* "3 күн мурун", "5 дней назад", "2 hours ago"; "just now" under a minute. */
void lang_ago(struct buf *b, enum lang lang, int64_t utc_ms, int64_t now_ms);
void lang_bytes(struct buf *b, enum lang lang, int64_t n); /* 1,2 МБ / 1.2 MB */

#endif
