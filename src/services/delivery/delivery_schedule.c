/*
 * Schedules and the visits they make.
 *
 * Visits are rows made ahead, not worked out when a page asks: what was expected of a past day must
 * not change with today's schedule. So a schedule is never edited: it ends, and another follows;
 * and when the program stood still for a month, the visits of that month are made all the same.
 */
#include "services/delivery/delivery_internal.h"

#include "community/calendar/calendar.h"

#include "platform/core/id.h"

#define MINUTES_OF_DAY (24 * 60)
#define EVERY_DAYS_MAX 60
#define ROUTE_MAX 80

bool schedule_comes_on(struct arena *a, const struct schedule *s, int64_t day)
{
    if (day < s->from_day || (s->to_day.set && day > s->to_day.v))
        return false;
    bool comes = s->every_days ? (day - s->from_day) % s->every_days == 0
                               : (s->weekdays >> (day_weekday(day) - 1)) & 1;
    return comes && (s->holidays || !calendar_holiday(a, day, LANG_KY).p);
}

/* --- reading --- */

enum err delivery_schedules(struct tx *tx, struct arena *a, struct str unit, struct schedules *out)
{
    struct sql_visit_schedule_list_rows rows;
    struct sql_schedule_villages_rows villages;
    enum err rc = ERR_OK;
    TRY(sql_visit_schedule_list(tx, a, &rows, .unit = unit));
    TRY(sql_schedule_villages(tx, a, &villages, .unit = unit));
    struct str *names = ARENA_ARRAY(a, struct str, villages.n + 1);
    for (size_t i = 0; i < villages.n; i++)
        names[i] = villages.v[i].village;
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_visit_schedule_list_row *row = &rows.v[i];
        struct schedule s = {
            .id = row->id,
            .service = row->service,
            .route = row->route,
            .provider_id = row->provider_id,
            .weekdays = (int)row->weekdays,
            .every_days = (int)row->every_days,
            .from_day = row->from_day,
            .to_day = row->to_day,
            .time_from = row->time_from,
            .time_to = row->time_to,
            .holidays = row->holidays != 0,
            .note = row->note,
            .made_to = row->made_to,
            .follows = row->follows,
        };
        /* Rows come by schedule, so its villages lie together. */
        for (size_t v = 0; v < villages.n; v++)
            if (villages.v[v].schedule_id == row->id && s.village_count++ == 0)
                s.villages = &names[v];
        ARENA_PUSH(a, *out, s);
    }
out:
    return rc;
}

/* --- making visits --- */

static enum err make_day(struct tx *tx, struct str unit, const struct schedule *s, int64_t day)
{
    size_t n = s->village_count ? s->village_count : 1;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < n; i++)
        TRY(sql_visit_put(tx, NULL, .unit = unit, .id = id_new(), .schedule_id = s->id,
                          .service = s->service, .route = s->route,
                          .village = s->village_count ? s->villages[i] : STR(""),
                          .provider_id = s->provider_id, .day = day, .time_from = s->time_from,
                          .time_to = s->time_to));
out:
    return rc;
}

static enum err make_visits(struct tx *tx, struct arena *a, struct str unit,
                            const struct schedule *s, int64_t to_day)
{
    enum err rc = ERR_OK;
    int64_t last = s->to_day.set && s->to_day.v < to_day ? s->to_day.v : to_day;
    for (int64_t day = s->made_to + 1; day <= last; day++)
        if (schedule_comes_on(a, s, day))
            TRY(make_day(tx, unit, s, day));
    if (last > s->made_to)
        TRY(sql_schedule_made(tx, NULL, .unit = unit, .id = s->id, .made_to = last));
out:
    return rc;
}

enum err delivery_make_visits(struct tx *tx, struct arena *a, struct str unit, int64_t to_day)
{
    struct schedules all = {0};
    enum err rc = ERR_OK;
    TRY(delivery_schedules(tx, a, unit, &all));
    for (size_t i = 0; i < all.n; i++)
        TRY(make_visits(tx, a, unit, &all.v[i], to_day));
out:
    return rc;
}

/* --- a new schedule --- */

static enum err check_service(struct tx *tx, struct arena *a, struct str unit,
                              const struct schedule *s, struct delivery_faults *faults)
{
    struct unit_services services = {0};
    struct providers providers = {0};
    enum err rc = ERR_OK;
    bool known = false, provider = s->provider_id == 0;
    TRY(catalogue_unit_services(tx, a, unit, &services));
    for (size_t i = 0; i < services.n; i++)
        known = known || (services.v[i].active && str_eq(services.v[i].service, s->service));
    if (!known)
        delivery_fault(a, faults, SCHEDULE_SERVICE, MSG_delivery_fault_service);
    TRY(catalogue_providers(tx, a, unit, &providers));
    for (size_t i = 0; i < providers.n; i++)
        provider = provider || (providers.v[i].active && providers.v[i].id == s->provider_id);
    if (!provider)
        delivery_fault(a, faults, SCHEDULE_PROVIDER, MSG_delivery_fault_provider);
out:
    return rc;
}

static bool time_fits(struct i64_opt t)
{
    return !t.set || (t.v >= 0 && t.v < MINUTES_OF_DAY);
}

static void check_times(struct arena *a, const struct schedule_input *in, int64_t today,
                        struct delivery_faults *faults)
{
    const struct schedule *s = &in->s;
    int64_t earliest = in->replaces ? today + 1 : today;
    if (s->every_days == 0 && (s->weekdays <= 0 || s->weekdays > 0x7f))
        delivery_fault(a, faults, SCHEDULE_DAYS, MSG_delivery_fault_days);
    if (s->every_days && (s->weekdays || s->every_days < 1 || s->every_days > EVERY_DAYS_MAX))
        delivery_fault(a, faults, SCHEDULE_EVERY, MSG_delivery_fault_every);
    if (!in->demo && s->from_day < earliest)
        delivery_fault(a, faults, SCHEDULE_FROM,
                       in->replaces ? MSG_delivery_fault_from_change : MSG_delivery_fault_from);
    else if (s->from_day > today + 366)
        delivery_fault(a, faults, SCHEDULE_FROM, MSG_delivery_fault_from_far);
    if (s->to_day.set && s->to_day.v < s->from_day)
        delivery_fault(a, faults, SCHEDULE_TO, MSG_delivery_fault_to);
    if (!time_fits(s->time_from) || !time_fits(s->time_to) ||
        (s->time_from.set && s->time_to.set && s->time_to.v <= s->time_from.v) ||
        (!s->time_from.set && s->time_to.set))
        delivery_fault(a, faults, SCHEDULE_TIME, MSG_delivery_fault_time);
    if (s->route.n > ROUTE_MAX * 4)
        delivery_fault(a, faults, SCHEDULE_ROUTE, MSG_delivery_fault_route);
}

static void check_villages(struct app *app, struct arena *a, struct str unit,
                           const struct schedule *s, struct delivery_faults *faults)
{
    const struct territory *t = territory_get(app, a);
    for (size_t i = 0; i < s->village_count; i++) {
        const struct place *p = territory_find(t, s->villages[i]);
        const struct place *own = p ? place_municipality(p) : NULL;
        if (!own || own == p || !str_eq(own->code, unit)) {
            delivery_fault(a, faults, SCHEDULE_VILLAGES, MSG_delivery_fault_village);
            return;
        }
    }
}

static enum err find_schedule(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                              struct schedule *out)
{
    struct schedules all = {0};
    enum err rc = delivery_schedules(tx, a, unit, &all);
    for (size_t i = 0; rc == ERR_OK && i < all.n; i++)
        if (all.v[i].id == id) {
            *out = all.v[i];
            return ERR_OK;
        }
    return rc == ERR_OK ? ERR_NOT_FOUND : rc;
}

/* Ends it after last_day, without looking at the calendar of today. */
static enum err end_after(struct tx *tx, struct str unit, int64_t id, int64_t last_day,
                          int64_t person)
{
    enum err rc = ERR_OK;
    TRY(sql_schedule_end(tx, NULL, .unit = unit, .id = id, .to_day = last_day,
                         .at_ms = clock_now_ms(), .person = person));
    TRY(sql_visit_drop_ahead(tx, NULL, .unit = unit, .schedule_id = id, .after_day = last_day));
out:
    return rc;
}

static enum err put_schedule(struct tx *tx, struct str unit, const struct schedule_input *in,
                             struct i64_opt follows)
{
    const struct schedule *s = &in->s;
    enum err rc = ERR_OK;
    TRY(sql_schedule_put(tx, NULL, .unit = unit, .id = s->id, .service = s->service,
                         .route = s->route.p ? s->route : STR(""), .provider_id = s->provider_id,
                         .weekdays = s->weekdays, .every_days = s->every_days,
                         .from_day = s->from_day, .to_day = s->to_day, .time_from = s->time_from,
                         .time_to = s->time_to, .holidays = s->holidays,
                         .note = s->note.p ? s->note : STR(""), .made_to = s->from_day - 1,
                         .once = in->once, .follows = follows, .created_ms = clock_now_ms(),
                         .created_by = in->person));
    for (size_t i = 0; i < s->village_count; i++)
        TRY(sql_schedule_village_put(tx, NULL, .unit = unit, .schedule_id = s->id,
                                     .village = s->villages[i]));
out:
    return rc;
}

static enum err known_already(struct tx *tx, struct arena *a, struct str unit, struct str once,
                              bool *known)
{
    struct sql_schedule_by_once_row row = {0};
    enum err rc =
        once.p ? sql_schedule_by_once(tx, a, &row, .unit = unit, .once = once) : ERR_NOT_FOUND;
    *known = rc == ERR_OK;
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum err delivery_add_schedule(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                               const struct schedule_input *in, bool *repeated,
                               struct delivery_faults *faults)
{
    enum err rc = ERR_OK;
    int64_t today = day_today();
    struct schedule before = {0};
    TRY(known_already(tx, a, unit, in->once, repeated));
    if (*repeated)
        goto out;
    TRY(check_service(tx, a, unit, &in->s, faults));
    check_times(a, in, today, faults);
    check_villages(app, a, unit, &in->s, faults);
    if (faults->n)
        FAIL(ERR_INPUT);
    if (in->replaces) {
        TRY(find_schedule(tx, a, unit, in->replaces, &before));
        if (before.to_day.set && before.to_day.v < in->s.from_day - 1)
            FAIL(ERR_CONFLICT); /* somebody has ended it already */
        TRY(end_after(tx, unit, in->replaces, in->s.from_day - 1, in->person));
    }
    TRY(put_schedule(tx, unit, in, in->replaces ? I64(in->replaces) : I64_NONE));
    struct schedule made = in->s;
    made.route = made.route.p ? made.route : STR("");
    made.made_to = made.from_day - 1;
    TRY(make_visits(tx, a, unit, &made, today + DELIVERY_AHEAD_DAYS));
out:
    return rc;
}

enum err delivery_end_schedule(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                               int64_t last_day, int64_t person)
{
    struct schedule s = {0};
    int64_t today = day_today();
    enum err rc = ERR_OK;
    TRY(find_schedule(tx, a, unit, id, &s));
    if (s.to_day.set && s.to_day.v <= last_day)
        goto out; /* it ends before that anyway: the button pressed again */
    if (s.from_day > today)
        last_day = last_day < s.from_day ? s.from_day - 1 : last_day;
    else if (last_day < today)
        FAIL(ERR_INPUT);
    TRY(end_after(tx, unit, id, last_day, person));
out:
    return rc;
}
