/*
 * The public calendar: a month as a table, one day opened beside it, and the same as a feed for
 * telephones (RFC 5545).
 */
#include "services/delivery/delivery_tpl.h"
#include "services/delivery/delivery_web.h"

#include "community/calendar/calendar.h"

#define MONTHS_BACK 24
#define FEED_DAYS_BACK 7

enum { C_SERVICE, C_VILLAGE, C_MONTH, C_DAY };
static const struct field calendar_fields[] = {
    [C_SERVICE] = {"service", FIELD_CODE, .max = 40, .label = MSG_delivery_service},
    [C_VILLAGE] = {"village", FIELD_CODE, .max = 14, .label = MSG_delivery_village},
    [C_MONTH] = {"month", FIELD_CODE, .max = 7, .label = MSG_delivery_month},
    [C_DAY] = {"day", FIELD_DATE, .label = MSG_delivery_day},
};

struct calendar_reading {
    struct req *r;
    struct str service, village; /* NULL: all */
    int64_t first, last, chosen, today;
    struct sql_visits_of_days_rows visits;
    struct next_visits next;
    struct delivery_choices choices;
};

static enum err read_calendar(struct tx *tx, void *arg)
{
    struct calendar_reading *c = arg;
    struct req *r = c->r;
    enum err rc = ERR_OK;
    c->next = (struct next_visits){0};
    TRY(sql_visits_of_days(tx, r->arena, &c->visits, .unit = r->unit, .from_day = c->first,
                           .to_day = c->last, .service = c->service, .village = c->village));
    TRY(delivery_next(tx, r->arena, r->unit, c->service, c->today, 1, &c->next));
    TRY(delivery_read_choices(tx, r, c->first, &c->choices));
out:
    return rc;
}

/* --- the month --- */

/* "2026-11"; years and months beyond what can have visits are not one. */
static bool parse_month(struct str s, int *year, int *month)
{
    int64_t y, m;
    if (s.n != 7 || s.p[4] != '-' || !str_to_i64(str_slice(s, 0, 4), &y) ||
        !str_to_i64(str_slice(s, 5, 2), &m) || y < 2000 || y > 2200 || m < 1 || m > 12)
        return false;
    *year = (int)y;
    *month = (int)m;
    return true;
}

/* Months since the year 0. */
static int month_index(int64_t day)
{
    struct civil c = day_to_civil(day);
    return c.year * 12 + c.month - 1;
}

static void put_filters(struct buf *out, const struct calendar_reading *c)
{
    if (c->service.p) {
        buf_cstr(out, "&service=");
        buf_percent(out, c->service);
    }
    if (c->village.p) {
        buf_cstr(out, "&village=");
        buf_percent(out, c->village);
    }
}

static struct str month_href(const struct calendar_reading *c, int index)
{
    struct buf *out = buf_in(c->r->arena);
    buf_printf(out, "/m/%.*s/calendar?month=%04d-%02d", STRF(c->r->unit), index / 12,
               index % 12 + 1);
    put_filters(out, c);
    return buf_view(out);
}

static struct str month_name(struct req *r, int index)
{
    struct buf *out = buf_in(r->arena);
    lang_month(out, r->ui.lang, index / 12, index % 12 + 1);
    return buf_view(out);
}

static struct str day_href(const struct calendar_reading *c, int64_t day)
{
    struct buf *out = buf_in(c->r->arena);
    buf_printf(out, "/m/%.*s/calendar?day=", STRF(c->r->unit));
    buf_day(out, day);
    put_filters(out, c);
    buf_cstr(out, "#day");
    return buf_view(out);
}

static const char *cell_css(const struct calendar_cell *cell)
{
    if (cell->not_kept)
        return "calendar__day--missed";
    if (cell->done && !cell->ahead)
        return "calendar__day--done";
    return cell->total ? "calendar__day--expected" : "";
}

static void count_visit(struct calendar_cell *cell, enum visit_look look)
{
    cell->total++;
    switch (look) {
    case LOOK_DONE:
        cell->done++;
        break;
    case LOOK_MISSED:
    case LOOK_UNCONFIRMED:
    case LOOK_UPHELD:
        cell->not_kept++;
        break;
    case LOOK_AHEAD:
    case LOOK_TODAY:
    case LOOK__MAX:
        cell->ahead++;
        break;
    }
}

static void fill_weeks(const struct calendar_reading *c, struct calendar_view *v)
{
    struct req *r = c->r;
    int64_t days = c->last - c->first + 1;
    struct calendar_cell *cells = ARENA_ARRAY(r->arena, struct calendar_cell, (size_t)days);
    for (size_t i = 0; i < c->visits.n; i++) {
        struct visit visit = VISIT_OF(c->visits.v[i]);
        count_visit(&cells[visit.day - c->first], visit_look(&visit, c->today));
        if (visit.day == c->chosen)
            ARENA_PUSH(r->arena, v->visits, delivery_row(r, &visit, "m", NULL));
    }
    struct calendar_week week = {.cells.n = 7};
    for (int64_t i = 0; i < days; i++) {
        int64_t day = c->first + i;
        struct calendar_cell *cell = &cells[i];
        cell->number = (int)i + 1;
        cell->css = cell_css(cell);
        cell->today = day == c->today;
        cell->chosen = day == c->chosen;
        cell->holiday = calendar_holiday(r->arena, day, r->ui.lang);
        if (cell->total)
            cell->href = day_href(c, day);
        week.cells.v[day_weekday(day) - 1] = *cell;
        if (day_weekday(day) == 7 || i == days - 1) {
            ARENA_PUSH(r->arena, v->weeks, week);
            week = (struct calendar_week){.cells.n = 7};
        }
    }
}

static const enum msg weekdays[] = {MSG_delivery_wd_1, MSG_delivery_wd_2, MSG_delivery_wd_3,
                                    MSG_delivery_wd_4, MSG_delivery_wd_5, MSG_delivery_wd_6,
                                    MSG_delivery_wd_7};

static void fill_words(const struct calendar_reading *c, struct calendar_view *v)
{
    struct req *r = c->r;
    int index = month_index(c->first), now = month_index(c->today);
    v->month_name = month_name(r, index);
    v->month_value = arena_printf(r->arena, "%04d-%02d", index / 12, index % 12 + 1);
    if (index > now - MONTHS_BACK) {
        v->previous = month_href(c, index - 1);
        v->previous_name = month_name(r, index - 1);
    }
    if (day_from_civil((struct civil){(index + 1) / 12, (index + 1) % 12 + 1, 1}) <=
        c->today + DELIVERY_AHEAD_DAYS) {
        v->next = month_href(c, index + 1);
        v->next_name = month_name(r, index + 1);
    }
    for (int d = 0; d < 7; d++) {
        struct buf *name = buf_in(r->arena);
        lang_weekday(name, r->ui.lang, d + 1);
        v->weekdays.v[v->weekdays.n++] = (struct weekday_name){buf_view(name), weekdays[d]};
    }
    struct buf *ics = buf_in(r->arena), *filters = buf_in(r->arena);
    put_filters(filters, c);
    struct str query = buf_view(filters);
    buf_printf(ics, "/m/%.*s/calendar.ics%s%.*s", STRF(r->unit), query.n ? "?" : "",
               STRF(str_slice(query, 1, query.n)));
    v->ics = buf_view(ics);
    if (c->next.n) {
        struct visit next = {.service = c->next.v[0].service,
                             .route = c->next.v[0].route,
                             .village = c->next.v[0].village,
                             .day = c->next.v[0].day,
                             .time_from = c->next.v[0].time_from,
                             .time_to = c->next.v[0].time_to};
        v->upcoming = delivery_row(r, &next, "m", NULL);
        v->has_upcoming = true;
    }
}

/* Filters as codes that exist; anything else is no filter. */
static struct str known_option(const struct form *form, int field, struct option_list options)
{
    for (size_t i = 0; form->v[field].present && i < options.n; i++)
        if (str_eq(options.v[i].value, form->v[field].s))
            return options.v[i].value;
    return STR_NULL;
}

static void choose_period(struct calendar_reading *c, const struct form *form)
{
    struct civil at = day_to_civil(c->today);
    c->chosen = c->today;
    if (form->v[C_DAY].present && form->v[C_DAY].fault == MSG_NONE &&
        form->v[C_DAY].i > c->today - 10000 && form->v[C_DAY].i < c->today + 10000) {
        c->chosen = form->v[C_DAY].i;
        at = day_to_civil(c->chosen);
    }
    parse_month(form->v[C_MONTH].s, &at.year, &at.month);
    c->first = day_from_civil((struct civil){at.year, at.month, 1});
    c->last = c->first + day_days_in_month(at.year, at.month) - 1;
    if (c->chosen < c->first || c->chosen > c->last)
        c->chosen = 0;
}

enum err delivery_calendar(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct calendar_reading c = {.r = r, .today = day_of_ms(r->ui.now_ms)};
    rc = form_read_query(r, calendar_fields, COUNT_OF(calendar_fields), &form);
    if (!form)
        return rc;
    struct option_list villages = delivery_village_options(r);
    c.village = known_option(form, C_VILLAGE, villages);
    c.service = form->v[C_SERVICE].present && form->v[C_SERVICE].fault == MSG_NONE
                    ? form->v[C_SERVICE].s
                    : STR_NULL;
    choose_period(&c, form);
    TRY(req_read(r, read_calendar, &c));

    struct calendar_view v = {
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .base = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
        .action = arena_printf(r->arena, "/m/%.*s/calendar", STRF(r->unit)),
        .form = form,
        .services = c.choices.services,
        .villages = villages,
        .chosen_day = c.chosen,
        .chosen_holiday = c.chosen ? calendar_holiday(r->arena, c.chosen, r->ui.lang) : STR_NULL,
        .any = c.choices.services.n > 0,
        .list_href = arena_printf(r->arena, "/m/%.*s/visits", STRF(r->unit)),
    };
    form->fault_count = 0; /* a filter that makes no sense shows everything */
    for (int i = 0; i < form->count; i++)
        form->v[i].fault = MSG_NONE;
    fill_weeks(&c, &v);
    fill_words(&c, &v);
    struct page page =
        delivery_page(r, false, msg_text(r->ui.lang, MSG_delivery_calendar_title), NULL, 0);
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_delivery_calendar(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

/* --- the feed --- */

/* RFC 5545 section 3.3.11. */
static void put_text(struct buf *line, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n') {
            buf_cstr(line, "\\n");
            continue;
        }
        if (s.p[i] == '\\' || s.p[i] == ';' || s.p[i] == ',')
            buf_char(line, '\\');
        if ((unsigned char)s.p[i] >= 0x20)
            buf_char(line, s.p[i]);
    }
}

/* Lines are at most 75 octets, folded between characters (section 3.1). */
static void end_line(struct buf *out, struct buf *line)
{
    size_t width = 0;
    for (size_t i = 0; i < line->n;) {
        size_t n = 1;
        while (i + n < line->n && ((unsigned char)line->p[i + n] & 0xc0) == 0x80)
            n++;
        if (width + n > 73) {
            buf_cstr(out, "\r\n ");
            width = 1;
        }
        buf_put(out, line->p + i, n);
        width += n;
        i += n;
    }
    buf_cstr(out, "\r\n");
    buf_clear(line);
}

static void put_utc(struct buf *out, int64_t ms)
{
    /* Municipal time is UTC+6 all year, so the UTC day of an instant is the municipal day of the
     * instant six hours earlier. */
    struct civil c = day_to_civil(day_of_ms(ms - BISHKEK_OFFSET_MS));
    int64_t second = ((ms / MS_SECOND) % 86400 + 86400) % 86400;
    buf_printf(out, "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month, c.day, (int)(second / 3600),
               (int)(second / 60 % 60), (int)(second % 60));
}

static void put_date(struct buf *out, int64_t day)
{
    struct civil c = day_to_civil(day);
    buf_printf(out, "%04d%02d%02d", c.year, c.month, c.day);
}

static void put_when(struct buf *out, struct buf *line, const struct visit *v)
{
    int64_t midnight = day_start_ms(v->day);
    if (!v->time_from.set) {
        buf_cstr(line, "DTSTART;VALUE=DATE:");
        put_date(line, v->day);
        end_line(out, line);
        return;
    }
    buf_cstr(line, "DTSTART:");
    put_utc(line, midnight + v->time_from.v * MS_MINUTE);
    end_line(out, line);
    if (v->time_to.set) {
        buf_cstr(line, "DTEND:");
        put_utc(line, midnight + v->time_to.v * MS_MINUTE);
        end_line(out, line);
    }
}

static void put_event(struct buf *out, struct buf *line, struct req *r, const struct visit *v)
{
    struct visit_row row = delivery_row(r, v, "m", NULL);
    buf_cstr(line, "BEGIN:VEVENT");
    end_line(out, line);
    buf_printf(line, "UID:visit-%lld-%.*s@aimak", (long long)v->id, STRF(r->unit));
    end_line(out, line);
    buf_cstr(line, "DTSTAMP:");
    put_utc(line, v->state_ms ? v->state_ms : r->ui.now_ms);
    end_line(out, line);
    put_when(out, line, v);
    buf_cstr(line, "SUMMARY:");
    put_text(line, row.service);
    buf_cstr(line, ": ");
    put_text(line, row.where);
    end_line(out, line);
    buf_cstr(line, "LOCATION:");
    put_text(line, row.where);
    end_line(out, line);
    if (v->route.n || row.look != LOOK_AHEAD) {
        buf_cstr(line, "DESCRIPTION:");
        put_text(line, v->route);
        if (row.look != LOOK_AHEAD) {
            buf_cstr(line, v->route.n ? "\\n" : "");
            put_text(line, msg_text(r->ui.lang, row.state));
        }
        end_line(out, line);
    }
    if (row.look == LOOK_MISSED) {
        buf_cstr(line, "STATUS:CANCELLED");
        end_line(out, line);
    }
    buf_cstr(line, "END:VEVENT");
    end_line(out, line);
}

enum err delivery_calendar_ics(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    int64_t today = day_of_ms(r->ui.now_ms);
    struct calendar_reading c = {.r = r,
                                 .today = today,
                                 .first = today - FEED_DAYS_BACK,
                                 .last = today + DELIVERY_AHEAD_DAYS};
    rc = form_read_query(r, calendar_fields, COUNT_OF(calendar_fields), &form);
    if (!form)
        return rc;
    c.village = known_option(form, C_VILLAGE, delivery_village_options(r));
    c.service = form->v[C_SERVICE].present && form->v[C_SERVICE].fault == MSG_NONE
                    ? form->v[C_SERVICE].s
                    : STR_NULL;
    TRY(req_read(r, read_calendar, &c));
    resp_cache_public(r, 3600);
    struct buf *out = resp_bytes(r, 200, "text/calendar; charset=utf-8");
    struct buf *line = buf_in(r->arena);
    buf_cstr(out,
             "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Aimak//" AIMAK_VERSION "//EN\r\n"
             "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nREFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n");
    buf_cstr(line, "X-WR-CALNAME:");
    put_text(line, MSG_STR(r->arena, r->ui.lang, MSG_delivery_feed_name,
                           ARG_S("unit", place_name(places_unit(r), r->ui.lang))));
    end_line(out, line);
    for (size_t i = 0; i < c.visits.n; i++) {
        struct visit v = VISIT_OF(c.visits.v[i]);
        put_event(out, line, r, &v);
    }
    buf_cstr(out, "END:VCALENDAR\r\n");
out:
    return rc;
}
