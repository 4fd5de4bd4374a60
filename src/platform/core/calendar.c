/*
 * Day numbers, calendar dates and the machine forms of time (the part of clock.h that is pure
 * arithmetic). Civil from days and back after H. Hinnant, "chrono-compatible low-level date
 * algorithms": years start in March so that the leap day is the last of the year, and 400-year
 * eras of 146,097 days make the rest integer division.
 */
#include "platform/core/clock.h"

/* A million years to both sides: far beyond any use, and no sum below can overflow. */
static const int64_t farthest_day = INT64_C(365000000);

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static int64_t clamp_day(int64_t day)
{
    if (day > farthest_day)
        return farthest_day;
    return day < -farthest_day ? -farthest_day : day;
}

static int64_t clamp_ms(int64_t utc_ms)
{
    const int64_t farthest = farthest_day * MS_DAY - MS_DAY;
    if (utc_ms > farthest)
        return farthest;
    return utc_ms < -farthest ? -farthest : utc_ms;
}

int64_t day_of_ms(int64_t utc_ms)
{
    return floor_divide(clamp_ms(utc_ms) + BISHKEK_OFFSET_MS, MS_DAY);
}

int64_t day_start_ms(int64_t day)
{
    return clamp_day(day) * MS_DAY - BISHKEK_OFFSET_MS;
}

int64_t day_today(void)
{
    return day_of_ms(clock_now_ms());
}

int64_t day_from_civil(struct civil c)
{
    int64_t year = (int64_t)c.year - (c.month <= 2 ? 1 : 0);
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month = c.month > 2 ? c.month - 3 : c.month + 9; /* March is 0 */
    int64_t day_of_year = (153 * month + 2) / 5 + c.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468; /* 719468: 0000-03-01 to 1970-01-01 */
}

struct civil day_to_civil(int64_t day)
{
    int64_t shifted = clamp_day(day) + 719468;
    int64_t era = floor_divide(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* March is 0 */
    return (struct civil){
        .year = (int)(year_of_era + era * 400 + (month >= 10 ? 1 : 0)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

int day_weekday(int64_t day)
{
    int64_t since_monday = clamp_day(day) + 3; /* 1970-01-01 was a Thursday */
    return (int)(since_monday - floor_divide(since_monday, 7) * 7) + 1;
}

int day_days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    INVARIANT(month >= 1 && month <= 12);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Takes exactly n digits off the front of *s. */
static bool take_number(struct str *s, size_t n, int *out)
{
    uint64_t v;
    if (s->n < n || !str_to_u64(str_slice(*s, 0, n), &v))
        return false;
    *out = (int)v;
    *s = str_slice(*s, n, s->n);
    return true;
}

/* Takes one byte that is in `set`; NUL when the next byte is not. */
static char take_one(struct str *s, const char *set)
{
    if (s->n == 0 || s->p[0] == '\0' || !strchr(set, s->p[0]))
        return '\0';
    char c = s->p[0];
    *s = str_slice(*s, 1, s->n);
    return c;
}

static bool take_date(struct str *s, int64_t *day)
{
    struct civil c;
    if (!take_number(s, 4, &c.year) || !take_one(s, "-") || !take_number(s, 2, &c.month) ||
        !take_one(s, "-") || !take_number(s, 2, &c.day))
        return false;
    if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > day_days_in_month(c.year, c.month))
        return false;
    *day = day_from_civil(c);
    return true;
}

bool day_parse(struct str s, int64_t *day)
{
    return s.n == 10 && take_date(&s, day);
}

/* "Z" or "+06:00": milliseconds east of Greenwich. */
static bool take_zone(struct str *s, int64_t *offset_ms)
{
    int hours, minutes;
    char sign = take_one(s, "Zz+-");
    *offset_ms = 0;
    if (sign == 'Z' || sign == 'z')
        return true;
    if (sign == '\0' || !take_number(s, 2, &hours) || !take_one(s, ":") ||
        !take_number(s, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset_ms = (hours * MS_HOUR + minutes * MS_MINUTE) * (sign == '-' ? -1 : 1);
    return true;
}

/* Milliseconds of a fraction of a second of any length; further digits are cut off. */
static bool take_fraction(struct str *s, int64_t *ms)
{
    int64_t scale = 100;
    int digit, n = 0;
    *ms = 0;
    while (s->n && s->p[0] >= '0' && s->p[0] <= '9') {
        if (!take_number(s, 1, &digit))
            return false;
        *ms += digit * scale;
        scale /= 10;
        n++;
    }
    return n > 0;
}

bool rfc3339_parse(struct str s, int64_t *utc_ms)
{
    int64_t day, offset, ms = 0;
    int hour, minute, second;
    if (!take_date(&s, &day) || !take_one(&s, "Tt ") || !take_number(&s, 2, &hour) ||
        !take_one(&s, ":") || !take_number(&s, 2, &minute) || !take_one(&s, ":") ||
        !take_number(&s, 2, &second))
        return false;
    /* A leap second (60) is the first moment of the next minute. */
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    if (take_one(&s, ".") && !take_fraction(&s, &ms))
        return false;
    if (!take_zone(&s, &offset) || s.n != 0)
        return false;
    *utc_ms = day * MS_DAY + hour * MS_HOUR + minute * MS_MINUTE + second * MS_SECOND + ms - offset;
    return true;
}

/* 0 to 99. Lists for programs write thousands of times, and printf takes a third of that. */
static void put_two(struct buf *b, int v)
{
    const char digits[2] = {(char)('0' + v / 10), (char)('0' + v % 10)};
    buf_put(b, digits, sizeof digits);
}

void buf_day(struct buf *b, int64_t day)
{
    struct civil c = day_to_civil(day);
    if (c.year < 0 || c.year > 9999) {
        buf_printf(b, "%04d", c.year);
    } else {
        put_two(b, c.year / 100);
        put_two(b, c.year % 100);
    }
    buf_char(b, '-');
    put_two(b, c.month);
    buf_char(b, '-');
    put_two(b, c.day);
}

static void put_time(struct buf *b, int64_t ms_of_day)
{
    int seconds = (int)(ms_of_day / 1000);
    put_two(b, seconds / 3600);
    buf_char(b, ':');
    put_two(b, seconds / 60 % 60);
    buf_char(b, ':');
    put_two(b, seconds % 60);
}

void buf_rfc3339(struct buf *b, int64_t utc_ms)
{
    utc_ms = clamp_ms(utc_ms);
    int64_t day = day_of_ms(utc_ms);
    buf_day(b, day);
    buf_char(b, 'T');
    put_time(b, utc_ms - day_start_ms(day));
    buf_cstr(b, "+06:00");
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void buf_http_date(struct buf *b, int64_t utc_ms)
{
    static const char weekdays[] = "MonTueWedThuFriSatSun";
    utc_ms = clamp_ms(utc_ms);
    int64_t day = floor_divide(utc_ms, MS_DAY);
    struct civil c = day_to_civil(day);
    buf_put(b, weekdays + 3 * (day_weekday(day) - 1), 3);
    buf_printf(b, ", %02d ", c.day);
    buf_put(b, months + 3 * (c.month - 1), 3);
    buf_printf(b, " %04d ", c.year);
    put_time(b, utc_ms - day * MS_DAY);
    buf_cstr(b, " GMT");
}

static int number_at(struct str s, size_t at, size_t n)
{
    int v = 0;
    for (size_t i = at; i < at + n; i++)
        v = v * 10 + (s.p[i] - '0');
    return v;
}

/* Read by position; whatever is not exactly what would be written is no date. */
bool http_date_parse(struct str s, int64_t *utc_ms)
{
    static const char shape[] = "xxx, 99 xxx 9999 99:99:99 GMT";
    if (s.n != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool digit = s.p[i] >= '0' && s.p[i] <= '9';
        if (shape[i] == '9' ? !digit : shape[i] != 'x' && s.p[i] != shape[i])
            return false;
    }
#define NUMBER(at_, n_) number_at(s, (at_), (n_))
    struct civil c = {.year = NUMBER(12, 4), .day = NUMBER(5, 2)};
    for (int m = 0; m < 12; m++)
        if (memcmp(months + 3 * m, s.p + 8, 3) == 0)
            c.month = m + 1;
    if (!c.month || c.day < 1 || c.day > day_days_in_month(c.year, c.month))
        return false;
    int64_t ms = day_from_civil(c) * MS_DAY + NUMBER(17, 2) * MS_HOUR + NUMBER(20, 2) * MS_MINUTE +
                 NUMBER(23, 2) * MS_SECOND;
#undef NUMBER
    struct buf same = BUF_EMPTY;
    buf_http_date(&same, ms);
    bool good = str_eq(buf_view(&same), s);
    buf_free(&same);
    if (good)
        *utc_ms = ms;
    return good;
}
