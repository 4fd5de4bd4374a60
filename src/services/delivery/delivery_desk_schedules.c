/*
 * The desk's schedules: what comes where on which days. A schedule is never edited: a change ends
 * it and another follows from a day on, so that what was expected of past days stays what it was.
 */
#include "services/delivery/delivery_tpl.h"
#include "services/delivery/delivery_web.h"

#include "platform/core/id.h"

#define VILLAGES_MAX 60

enum {
    H_SERVICE,
    H_ROUTE,
    H_PROVIDER,
    H_DAYS,
    H_EVERY,
    H_FROM,
    H_TO,
    H_TIME_FROM,
    H_TIME_TO,
    H_VILLAGES,
    H_HOLIDAYS,
    H_NOTE
};
static const struct choice weekday_choices[] = {
    {"1", MSG_delivery_weekday_1}, {"2", MSG_delivery_weekday_2},
    {"3", MSG_delivery_weekday_3}, {"4", MSG_delivery_weekday_4},
    {"5", MSG_delivery_weekday_5}, {"6", MSG_delivery_weekday_6},
    {"7", MSG_delivery_weekday_7}, {NULL, MSG_NONE}};
static const struct field schedule_fields[] = {
    [H_SERVICE] = {"service", FIELD_CODE, .required = true, .max = 40,
                   .label = MSG_delivery_service, .missing = MSG_delivery_fault_service_missing},
    [H_ROUTE] = {"route", FIELD_LINE, .max = 80, .width = 30, .label = MSG_delivery_route_label,
                 .hint = MSG_delivery_route_hint},
    [H_PROVIDER] = {"provider", FIELD_INT, .label = MSG_delivery_provider_label,
                    .hint = MSG_delivery_provider_hint},
    [H_DAYS] = {"days", FIELD_MANY, .count = 7, .choices = weekday_choices,
                .label = MSG_delivery_days_label},
    [H_EVERY] = {"every", FIELD_INT, .min = 1, .max = 60, .width = 3,
                 .label = MSG_delivery_every_label, .hint = MSG_delivery_every_hint},
    [H_FROM] = {"from", FIELD_DATE, .required = true, .label = MSG_delivery_from_label},
    [H_TO] = {"to", FIELD_DATE, .label = MSG_delivery_to_label, .hint = MSG_delivery_to_hint},
    [H_TIME_FROM] = {"time_from", FIELD_LINE, .max = 5, .width = 5,
                     .label = MSG_delivery_time_from_label, .hint = MSG_delivery_time_hint},
    [H_TIME_TO] = {"time_to", FIELD_LINE, .max = 5, .width = 5,
                   .label = MSG_delivery_time_to_label},
    [H_VILLAGES] = {"villages", FIELD_MANY, .count = VILLAGES_MAX,
                    .label = MSG_delivery_villages_label, .hint = MSG_delivery_villages_hint},
    [H_HOLIDAYS] = {"holidays", FIELD_BOOL, .label = MSG_delivery_holidays_label},
    [H_NOTE] = {"note", FIELD_LINE, .max = 200, .label = MSG_delivery_note_label},
};
enum { E_LAST };
static const struct field end_fields[] = {
    [E_LAST] = {"last", FIELD_DATE, .required = true, .label = MSG_delivery_end_label,
                .hint = MSG_delivery_end_hint},
};

struct schedules_reading {
    struct req *r;
    struct schedules all;
    struct providers providers;
    struct unit_services services;
};

static enum err read_schedules(struct tx *tx, void *arg)
{
    struct schedules_reading *s = arg;
    struct req *r = s->r;
    enum err rc = ERR_OK;
    s->all = (struct schedules){0};
    s->providers = (struct providers){0};
    s->services = (struct unit_services){0};
    TRY(delivery_schedules(tx, r->arena, r->unit, &s->all));
    TRY(catalogue_providers(tx, r->arena, r->unit, &s->providers));
    TRY(catalogue_unit_services(tx, r->arena, r->unit, &s->services));
out:
    return rc;
}

/* --- in words --- */

static struct schedule_row row_of(const struct schedules_reading *reading, const struct schedule *s)
{
    struct req *r = reading->r;
    int64_t today = day_of_ms(r->ui.now_ms);
    const struct service_kind *kind = catalogue_find(catalogue_get(r->app, r->arena), s->service);
    struct schedule_row row = {
        .id = s->id,
        .from_day = s->from_day,
        .to_day = s->to_day,
        .href =
            arena_printf(r->arena, "/desk/%.*s/schedules/%lld", STRF(r->unit), (long long)s->id),
        .service = kind ? text3_get(&kind->name, r->ui.lang) : s->service,
        .icon = kind ? kind->icon : STR("calendar"),
        .route = s->route,
        .days = delivery_schedule_days(r, s),
        .time = delivery_time(r->arena, s->time_from, s->time_to),
        .villages = delivery_schedule_villages(r, s),
        .note = s->note,
        .holidays = s->holidays,
        .ended = s->to_day.set && s->to_day.v<today, .ahead = s->from_day> today,
    };
    for (size_t i = 0; i < reading->providers.n; i++)
        if (reading->providers.v[i].id == s->provider_id)
            row.provider = reading->providers.v[i].name;
    return row;
}

static struct str base_of(struct req *r)
{
    return arena_printf(r->arena, "/desk/%.*s/schedules", STRF(r->unit));
}

enum err delivery_schedules_page(struct req *r)
{
    struct schedules_reading s = {.r = r};
    struct str only = req_query(r, "service");
    enum err rc = req_read(r, read_schedules, &s);
    if (rc != ERR_OK)
        return rc;
    struct schedules_view v = {.unit_name = place_name(places_unit(r), r->ui.lang),
                               .base = base_of(r)};
    v.add_href = arena_printf(r->arena, "%.*s/new", STRF(v.base));
    if (catalogue_find(catalogue_get(r->app, r->arena), only)) {
        v.service_name = delivery_service_name(r, only);
        v.add_href = arena_printf(r->arena, "%.*s?service=%.*s", STRF(v.add_href), STRF(only));
    } else {
        only = STR_NULL;
    }
    for (size_t i = 0; i < s.all.n; i++) {
        struct schedule_row row = row_of(&s, &s.all.v[i]);
        if (only.p && !str_eq(s.all.v[i].service, only))
            continue;
        if (row.ended)
            ARENA_PUSH(r->arena, v.ended, row);
        else
            ARENA_PUSH(r->arena, v.now, row);
    }
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {arena_printf(r->arena, "/desk/%.*s/visits", STRF(r->unit)),
         msg_text(r->ui.lang, MSG_delivery_round_title)},
    };
    struct page page = delivery_page(r, true, msg_text(r->ui.lang, MSG_delivery_schedules_title),
                                     crumbs, COUNT_OF(crumbs));
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_delivery_schedules(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- the form --- */

static struct option_list service_options(const struct schedules_reading *s)
{
    struct req *r = s->r;
    struct option *options = ARENA_ARRAY(r->arena, struct option, s->services.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->services.n; i++)
        if (s->services.v[i].active)
            options[n++] =
                (struct option){.value = s->services.v[i].service,
                                .text = delivery_service_name(r, s->services.v[i].service)};
    return (struct option_list){options, n};
}

static struct option_list provider_options(const struct schedules_reading *s)
{
    struct req *r = s->r;
    struct option *options = ARENA_ARRAY(r->arena, struct option, s->providers.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->providers.n; i++)
        if (s->providers.v[i].active)
            options[n++] = (struct option){
                .value = arena_printf(r->arena, "%lld", (long long)s->providers.v[i].id),
                .text = s->providers.v[i].name};
    return (struct option_list){options, n};
}

/* one: the schedule that is changed, NULL for a new one. */
static enum err show_form(struct req *r, const struct schedules_reading *s,
                          const struct schedule *one, struct form *form, struct form *end_form,
                          int status)
{
    struct schedules_view v = {
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .base = base_of(r),
        .form = form,
        .end_form = end_form,
        .is_change = one != NULL,
        .services = service_options(s),
        .providers = provider_options(s),
        .villages = delivery_village_options(r),
    };
    if (one)
        v.one = row_of(s, one);
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {v.base, msg_text(r->ui.lang, MSG_delivery_schedules_title)},
    };
    struct str title = one ? v.one.service : msg_text(r->ui.lang, MSG_delivery_schedule_new);
    struct page page = delivery_page(r, true, title, crumbs, COUNT_OF(crumbs));
    page.form = end_form && end_form->fault_count ? end_form : form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_delivery_schedule(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err delivery_schedule_new(struct req *r)
{
    struct schedules_reading s = {.r = r};
    struct str service = req_query(r, "service");
    enum err rc = req_read(r, read_schedules, &s);
    if (rc != ERR_OK)
        return rc;
    struct form *form = FORM_NEW(r, schedule_fields);
    form_set_int(form, H_FROM, day_today() + 1);
    /* What the registry says of the service: who provides it. */
    for (size_t i = 0; i < s.services.n; i++)
        if (str_eq(s.services.v[i].service, service)) {
            form_set(form, H_SERVICE, service);
            if (s.services.v[i].provider_id)
                form_set_int(form, H_PROVIDER, s.services.v[i].provider_id);
        }
    return show_form(r, &s, NULL, form, NULL, 200);
}

/* "8:30", "08.30", "8". */
static bool parse_time(struct str s, int64_t *minutes)
{
    struct str hour, rest = s;
    int64_t h, m = 0;
    char sign = str_find_char(s, '.') >= 0 ? '.' : ':';
    if (!str_split(&rest, sign, &hour) || !str_to_i64(hour, &h) || h < 0 || h > 23)
        return false;
    if (rest.p && (rest.n != 2 || !str_to_i64(rest, &m) || m < 0 || m > 59))
        return false;
    *minutes = h * 60 + m;
    return true;
}

static struct i64_opt take_time(struct req *r, struct form *form, int field)
{
    int64_t minutes = 0;
    if (!form->v[field].present)
        return I64_NONE;
    if (!parse_time(form->v[field].s, &minutes)) {
        form_fault(r, form, field, MSG_delivery_fault_time_format);
        return I64_NONE;
    }
    return I64(minutes);
}

static int64_t minutes_of(struct i64_opt t)
{
    return t.set ? t.v : 0;
}

static void take_schedule(struct req *r, struct form *form, struct schedule *s)
{
    const struct field_value *v = form->v;
    *s = (struct schedule){
        .id = id_new(),
        .service = v[H_SERVICE].s,
        .route = v[H_ROUTE].s,
        .provider_id = v[H_PROVIDER].i,
        .every_days = v[H_EVERY].present ? (int)v[H_EVERY].i : 0,
        .from_day = v[H_FROM].i,
        .to_day = v[H_TO].present ? I64(v[H_TO].i) : I64_NONE,
        .holidays = v[H_HOLIDAYS].present,
        .note = v[H_NOTE].s,
        .villages = v[H_VILLAGES].values,
        .village_count = (size_t)v[H_VILLAGES].n,
    };
    for (int i = 0; i < v[H_DAYS].n; i++) {
        int64_t day = 0;
        if (str_to_i64(v[H_DAYS].values[i], &day) && day >= 1 && day <= 7)
            s->weekdays |= 1 << (day - 1);
    }
    s->time_from = take_time(r, form, H_TIME_FROM);
    s->time_to = take_time(r, form, H_TIME_TO);
}

struct schedule_change {
    struct req *r;
    struct schedule_input in;
    bool repeated;
    struct delivery_faults faults;
};

static enum err write_schedule(struct tx *tx, void *arg)
{
    struct schedule_change *c = arg;
    c->faults = (struct delivery_faults){0};
    if (c->in.once.p)
        tx_idempotent(tx);
    return delivery_add_schedule(c->r->app, tx, c->r->arena, c->r->unit, &c->in, &c->repeated,
                                 &c->faults);
}

static enum err save_schedule(struct req *r, const struct schedules_reading *s,
                              const struct schedule *one)
{
    static const int fields[] = {
        [SCHEDULE_SERVICE] = H_SERVICE,
        [SCHEDULE_ROUTE] = H_ROUTE,
        [SCHEDULE_PROVIDER] = H_PROVIDER,
        [SCHEDULE_DAYS] = H_DAYS,
        [SCHEDULE_EVERY] = H_EVERY,
        [SCHEDULE_FROM] = H_FROM,
        [SCHEDULE_TO] = H_TO,
        [SCHEDULE_TIME] = H_TIME_FROM,
        [SCHEDULE_VILLAGES] = H_VILLAGES,
    };
    struct form *form = NULL;
    enum err rc = FORM_READ(r, schedule_fields, &form);
    if (!form)
        return rc;
    struct schedule_change c = {.r = r,
                                .in = {.once = form_once(form),
                                       .replaces = one ? one->id : 0,
                                       .person = r->actor.person_id}};
    take_schedule(r, form, &c.in.s);
    if (one)
        c.in.s.service = one->service;
    if (rc == ERR_OK && form->fault_count == 0)
        rc = req_write(r, write_schedule, &c);
    else
        rc = ERR_INPUT;
    delivery_show_faults(r, form, fields, &c.faults);
    if (rc == ERR_CONFLICT && !form_once(form).p) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_form(r, s, one, form, one ? FORM_NEW(r, end_fields) : NULL, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_delivery_schedule_saved);
    resp_redirect(r, base_of(r));
    return ERR_OK;
}

enum err delivery_schedule_new_post(struct req *r)
{
    struct schedules_reading s = {.r = r};
    enum err rc = req_read(r, read_schedules, &s);
    return rc == ERR_OK ? save_schedule(r, &s, NULL) : rc;
}

/* --- one schedule --- */

static enum err find_schedule(struct req *r, struct schedules_reading *s,
                              const struct schedule **one)
{
    int64_t id = 0;
    enum err rc = ERR_OK;
    *s = (struct schedules_reading){.r = r};
    *one = NULL;
    TRY(delivery_route_id(r, "id", &id));
    TRY(req_read(r, read_schedules, s));
    for (size_t i = 0; i < s->all.n; i++)
        if (s->all.v[i].id == id)
            *one = &s->all.v[i];
    if (!*one)
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static struct form *form_of(struct req *r, const struct schedule *s)
{
    struct form *form = FORM_NEW(r, schedule_fields);
    struct str *days = ARENA_ARRAY(r->arena, struct str, 7);
    struct str *villages = ARENA_ARRAY(r->arena, struct str, s->village_count + 1);
    int n = 0;
    for (int d = 0; d < 7; d++)
        if ((s->weekdays >> d) & 1)
            days[n++] = arena_printf(r->arena, "%d", d + 1);
    for (size_t i = 0; i < s->village_count; i++)
        villages[i] = s->villages[i];
    form_set(form, H_SERVICE, s->service);
    form_set(form, H_ROUTE, s->route);
    if (s->provider_id)
        form_set_int(form, H_PROVIDER, s->provider_id);
    form_set_values(form, H_DAYS, days, n);
    if (s->every_days)
        form_set_int(form, H_EVERY, s->every_days);
    form_set_int(form, H_FROM, s->from_day > day_today() ? s->from_day : day_today() + 1);
    if (s->to_day.set)
        form_set_int(form, H_TO, s->to_day.v);
    if (s->time_from.set)
        form_set(form, H_TIME_FROM, delivery_time(r->arena, s->time_from, I64_NONE));
    if (s->time_to.set)
        form_set(form, H_TIME_TO, delivery_time(r->arena, I64(minutes_of(s->time_to)), I64_NONE));
    form_set_values(form, H_VILLAGES, villages, (int)s->village_count);
    form_set_int(form, H_HOLIDAYS, s->holidays);
    form_set(form, H_NOTE, s->note);
    return form;
}

enum err delivery_schedule_page(struct req *r)
{
    struct schedules_reading s;
    const struct schedule *one;
    enum err rc = find_schedule(r, &s, &one);
    if (rc != ERR_OK)
        return rc;
    struct form *end_form = FORM_NEW(r, end_fields);
    form_set_int(end_form, E_LAST, day_today());
    return show_form(r, &s, one, form_of(r, one), end_form, 200);
}

enum err delivery_schedule_post(struct req *r)
{
    struct schedules_reading s;
    const struct schedule *one;
    enum err rc = find_schedule(r, &s, &one);
    return rc == ERR_OK ? save_schedule(r, &s, one) : rc;
}

struct end_change {
    struct req *r;
    int64_t id, last;
};

static enum err write_end(struct tx *tx, void *arg)
{
    struct end_change *c = arg;
    return delivery_end_schedule(tx, c->r->arena, c->r->unit, c->id, c->last,
                                 c->r->actor.person_id);
}

enum err delivery_schedule_end_post(struct req *r)
{
    struct schedules_reading s;
    const struct schedule *one;
    struct form *form = NULL;
    enum err rc = find_schedule(r, &s, &one);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, end_fields, &form);
    if (!form)
        return rc;
    if (rc == ERR_OK) {
        struct end_change c = {.r = r, .id = one->id, .last = form->v[E_LAST].i};
        rc = req_write(r, write_end, &c);
        if (rc == ERR_INPUT)
            form_fault(r, form, E_LAST, MSG_delivery_fault_end);
    }
    if (rc == ERR_INPUT)
        return show_form(r, &s, one, form_of(r, one), form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_delivery_schedule_ended);
    resp_redirect(r, base_of(r));
    return ERR_OK;
}
