/*
 * Dates and durations for people. Names of months, weekdays and units are CLDR's; patterns differ
 * from it where practice is fixed: the Kyrgyz date has no comma after the year, the short date is
 * day.month.year in all languages, the English date is day first.
 */
#include "platform/i18n/lang.h"

#include "platform/core/clock.h"

#define NO_BREAK_SPACE "\xC2\xA0"

/* In a date: Russian takes the genitive. Kyrgyz months are lower case within a text. */
static const char *const months_in_date[LANG__MAX][12] = {
    {"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь",
     "ноябрь", "декабрь"},
    {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
     "октября", "ноября", "декабря"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
};

static const char *const months_alone_ru[12] = {"январь",   "февраль", "март",   "апрель",
                                                "май",      "июнь",    "июль",   "август",
                                                "сентябрь", "октябрь", "ноябрь", "декабрь"};

static const char *const weekdays[LANG__MAX][7] = {
    {"дүйшөмбү", "шейшемби", "шаршемби", "бейшемби", "жума", "ишемби", "жекшемби"},
    {"понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"},
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
};

static const char *const weekdays_short[LANG__MAX][7] = {
    {"дүй.", "шейш.", "шарш.", "бейш.", "жума", "ишм.", "жек."},
    {"пн", "вт", "ср", "чт", "пт", "сб", "вс"},
    {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
};

void lang_date(struct buf *b, enum lang lang, int64_t day)
{
    struct civil c = day_to_civil(day);
    const char *month = months_in_date[lang][c.month - 1];
    switch (lang) {
    case LANG_KY:
        buf_printf(b, "%d-ж. %d-%s", c.year, c.day, month);
        break;
    case LANG_RU:
        buf_printf(b, "%d %s %d" NO_BREAK_SPACE "г.", c.day, month, c.year);
        break;
    default:
        buf_printf(b, "%d %s %d", c.day, month, c.year);
    }
}

void lang_date_short(struct buf *b, enum lang lang, int64_t day)
{
    struct civil c = day_to_civil(day);
    (void)lang;
    buf_printf(b, "%02d.%02d.%04d", c.day, c.month, c.year);
}

void lang_month(struct buf *b, enum lang lang, int year, int month)
{
    INVARIANT(month >= 1 && month <= 12);
    switch (lang) {
    case LANG_KY:
        buf_printf(b, "%d-ж. %s", year, months_in_date[LANG_KY][month - 1]);
        break;
    case LANG_RU:
        buf_printf(b, "%s %d" NO_BREAK_SPACE "г.", months_alone_ru[month - 1], year);
        break;
    default:
        buf_printf(b, "%s %d", months_in_date[LANG_EN][month - 1], year);
    }
}

void lang_weekday(struct buf *b, enum lang lang, int weekday)
{
    INVARIANT(weekday >= 1 && weekday <= 7);
    buf_cstr(b, weekdays[lang][weekday - 1]);
}

void lang_weekday_short(struct buf *b, enum lang lang, int weekday)
{
    INVARIANT(weekday >= 1 && weekday <= 7);
    buf_cstr(b, weekdays_short[lang][weekday - 1]);
}

void lang_datetime(struct buf *b, enum lang lang, int64_t utc_ms)
{
    int64_t day = day_of_ms(utc_ms);
    int minutes = (int)((utc_ms - day_start_ms(day)) / MS_MINUTE);
    lang_date(b, lang, day);
    buf_printf(b, "%s%02d:%02d", lang == LANG_KY ? " " : ", ", minutes / 60, minutes % 60);
}

/* --- durations --- */

enum unit { MINUTE, HOUR, DAY, UNIT__MAX };

static const int64_t unit_ms[UNIT__MAX] = {MS_MINUTE, MS_HOUR, MS_DAY};

/* By plural form. */
static const char *const units[LANG__MAX][UNIT__MAX][3] = {
    {{"мүнөт", "мүнөт"}, {"саат", "саат"}, {"күн", "күн"}},
    {{"минута", "минуты", "минут"}, {"час", "часа", "часов"}, {"день", "дня", "дней"}},
    {{"minute", "minutes"}, {"hour", "hours"}, {"day", "days"}},
};

/* "A minute ago" needs the accusative in Russian, "in a minute" the ablative in Kyrgyz. */
static const char *const minutes_accusative_ru[3] = {"минуту", "минуты", "минут"};
static const char *const units_ablative_ky[UNIT__MAX] = {"мүнөттөн", "сааттан", "күндөн"};

struct amount {
    enum unit unit;
    int64_t n; /* 0: under a minute */
};

static struct amount amount_of(uint64_t ms)
{
    enum unit unit = DAY;
    while (unit > MINUTE && ms < (uint64_t)unit_ms[unit])
        unit--;
    return (struct amount){unit, (int64_t)(ms / (uint64_t)unit_ms[unit])};
}

static void put_amount(struct buf *b, enum lang lang, struct amount a, const char *name)
{
    lang_number(b, lang, a.n);
    buf_char(b, ' ');
    buf_cstr(b, name);
}

void lang_duration(struct buf *b, enum lang lang, int64_t ms)
{
    static const char *const short_time[LANG__MAX] = {"бир мүнөттөн аз", "меньше минуты",
                                                      "less than a minute"};
    struct amount a = amount_of(ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms);
    if (a.n == 0)
        buf_cstr(b, short_time[lang]);
    else
        put_amount(b, lang, a, units[lang][a.unit][lang_plural(lang, a.n)]);
}

void lang_ago(struct buf *b, enum lang lang, int64_t utc_ms, int64_t now_ms)
{
    static const char *const just_now[LANG__MAX] = {"азыр эле", "только что", "just now"};
    static const char *const before[2][LANG__MAX] = {{"", "", ""}, {"", "через ", "in "}};
    static const char *const after[2][LANG__MAX] = {{" мурун", " назад", " ago"},
                                                    {" кийин", "", ""}};
    bool future = utc_ms > now_ms;
    uint64_t apart =
        future ? (uint64_t)utc_ms - (uint64_t)now_ms : (uint64_t)now_ms - (uint64_t)utc_ms;
    struct amount a = amount_of(apart);
    if (a.n == 0) {
        buf_cstr(b, just_now[lang]);
        return;
    }
    const char *name = units[lang][a.unit][lang_plural(lang, a.n)];
    if (lang == LANG_RU && a.unit == MINUTE)
        name = minutes_accusative_ru[lang_plural(lang, a.n)];
    else if (lang == LANG_KY && future)
        name = units_ablative_ky[a.unit];
    buf_cstr(b, before[future][lang]);
    put_amount(b, lang, a, name);
    buf_cstr(b, after[future][lang]);
}
