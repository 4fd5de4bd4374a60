/*
 * Files of records: reports and visits, read in chunks by keyset through the public functions of
 * their rooms, which decide what strangers may see. Each chunk is a transaction and an arena of its
 * own: memory does not grow with the file, and no reader holds the database back.
 */
#include "front/opendata/opendata_internal.h"

#include "platform/core/clock.h"
#include "services/delivery/delivery.h"
#include "voice/cases/cases.h"

/* --- reports --- */

static const char *state_value(size_t i)
{
    /* What its reporter took back is not in the file. */
    i += i >= CASE_WITHDRAWN;
    return i < CASE__MAX ? case_states[i].code : NULL;
}

static const char *status_value(size_t i)
{
    static const char *const all[] = {"open", "closed", NULL};
    return all[i];
}

static const struct open_column case_columns[] = {
    OPEN_COLUMN("number", OPEN_CODE, MSG_opendata_c_number),
    OPEN_COLUMN("municipality", OPEN_CODE, MSG_opendata_c_municipality),
    OPEN_COLUMN("municipality_today", OPEN_CODE, MSG_opendata_c_municipality_today),
    OPEN_COLUMN("service", OPEN_CODE, MSG_opendata_c_service),
    OPEN_BLANK("fault", OPEN_CODE, MSG_opendata_c_fault),
    OPEN_BLANK("village", OPEN_CODE, MSG_opendata_c_village),
    OPEN_UNIT("lat", OPEN_DECIMAL, MSG_opendata_u_degrees, MSG_opendata_c_case_lat),
    OPEN_UNIT("lon", OPEN_DECIMAL, MSG_opendata_u_degrees, MSG_opendata_c_case_lon),
    OPEN_VALUES("state", state_value, MSG_opendata_c_state),
    OPEN_VALUES("status", status_value, MSG_opendata_c_status),
    OPEN_COLUMN("created", OPEN_TIME, MSG_opendata_c_created),
    OPEN_COLUMN("state_since", OPEN_TIME, MSG_opendata_c_state_since),
    OPEN_BLANK("due", OPEN_DAY, MSG_opendata_c_due),
    OPEN_UNIT("late_days", OPEN_INT, MSG_opendata_u_days, MSG_opendata_c_late_days),
    OPEN_BLANK("answered", OPEN_TIME, MSG_opendata_c_answered),
    OPEN_BLANK("resolved", OPEN_TIME, MSG_opendata_c_resolved),
    OPEN_BLANK("duplicate_of", OPEN_CODE, MSG_opendata_c_duplicate_of),
    OPEN_COLUMN("support", OPEN_INT, MSG_opendata_c_support),
    OPEN_COLUMN("photos", OPEN_INT, MSG_opendata_c_photos),
    OPEN_BLANK("stars", OPEN_INT, MSG_opendata_c_stars),
};

struct case_chunk {
    struct arena *arena;
    struct case_search search;
    int64_t today;
    struct case_list list;
};

static enum err case_chunk_fn(struct tx *tx, void *arg)
{
    struct case_chunk *c = arg;
    return cases_search(tx, c->arena, &c->search, c->today, &c->list);
}

static enum err put_case(const struct open_question *q, struct open_writer *w,
                         const struct case_public *c)
{
    open_text(w, c->number);
    open_text(w, c->unit);
    open_text(w, open_unit_today(q, c->unit));
    open_text(w, c->service);
    open_text(w, c->fault);
    open_text(w, c->village);
    open_decimal(w, c->has_point, c->lat, OPEN_CASE_DECIMALS);
    open_decimal(w, c->has_point, c->lon, OPEN_CASE_DECIMALS);
    open_cstr(w, case_states[c->state].code);
    open_cstr(w, case_states[c->state].open ? "open" : "closed");
    open_time(w, c->created_ms);
    open_time(w, c->state_ms);
    open_day(w, c->due_day);
    open_opt(w, c->due_day ? I64(c->late_days) : I64_NONE);
    open_time(w, c->answered_ms);
    open_time(w, c->resolved_ms);
    open_text(w, c->duplicate_of);
    open_int(w, c->support);
    open_int(w, c->photos);
    open_opt(w, c->stars ? I64(c->stars) : I64_NONE);
    return open_row(w);
}

static enum err cases_of_unit(const struct open_question *q, struct open_writer *w,
                              const struct str *unit)
{
    struct case_chunk c = {.today = q->today};
    enum err rc = ERR_OK;
    c.search = (struct case_search){
        .units = unit,
        .unit_count = 1,
        .states = (CASE_BIT(CASE__MAX) - 1) & ~CASE_BIT(CASE_WITHDRAWN),
        .from_ms = q->has_days ? day_start_ms(q->from_day) : 0,
        .to_ms = q->has_days ? day_start_ms(q->to_day + 1) - 1 : 0,
        .max = OPEN_CHUNK,
    };
    do {
        c.arena = arena_new();
        rc = db_read(q->app->db, *unit, case_chunk_fn, &c);
        for (size_t i = 0; i < c.list.n && rc == ERR_OK; i++) {
            const struct case_public *one = &c.list.v[i];
            rc = put_case(q, w, one);
            c.search.edge_ms = one->created_ms;
            c.search.edge_id = one->id;
        }
        arena_free(c.arena);
    } while (rc == ERR_OK && c.list.more);
    return rc;
}

static enum err case_rows(const struct open_question *q, struct open_writer *w)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < q->units.n; i++)
        TRY(cases_of_unit(q, w, &q->units.v[i]));
out:
    return rc;
}

static const char *const case_key[] = {"number", NULL};

const struct open_file open_cases = {
    .name = "cases",
    .title = MSG_opendata_f_cases,
    .about = MSG_opendata_a_cases,
    .columns = case_columns,
    .column_count = COUNT_OF(case_columns),
    .keys = case_key,
    .by_unit = true,
    .by_day = true,
    .rows = case_rows,
};

/* --- visits --- */

static const char *outcome_value(size_t i)
{
    return i <= VISIT_DISPUTE_UPHELD ? visit_outcome_code((enum visit_outcome)i) : NULL;
}

static const struct open_column visit_columns[] = {
    OPEN_COLUMN("visit", OPEN_CODE, MSG_opendata_c_visit),
    OPEN_COLUMN("municipality", OPEN_CODE, MSG_opendata_c_municipality),
    OPEN_COLUMN("municipality_today", OPEN_CODE, MSG_opendata_c_municipality_today),
    OPEN_COLUMN("day", OPEN_DAY, MSG_opendata_c_visit_day),
    OPEN_BLANK("time_from", OPEN_CODE, MSG_opendata_c_time_from),
    OPEN_BLANK("time_to", OPEN_CODE, MSG_opendata_c_time_to),
    OPEN_COLUMN("service", OPEN_CODE, MSG_opendata_c_service),
    OPEN_BLANK("route", OPEN_TEXT, MSG_opendata_c_route),
    OPEN_BLANK("village", OPEN_CODE, MSG_opendata_c_visit_village),
    OPEN_VALUES("outcome", outcome_value, MSG_opendata_c_outcome),
    OPEN_COLUMN("kept", OPEN_BOOL, MSG_opendata_c_visit_kept),
    OPEN_BLANK("said", OPEN_TIME, MSG_opendata_c_said),
};

struct visit_chunk {
    const struct open_question *q;
    struct arena *arena;
    struct str unit;
    int64_t edge_day, edge_id;
    struct due_visits list;
};

static enum err visit_chunk_fn(struct tx *tx, void *arg)
{
    struct visit_chunk *c = arg;
    const struct open_question *q = c->q;
    return delivery_due_visits(tx, c->arena, c->unit, q->has_days ? q->from_day : 0,
                               q->has_days ? q->to_day : q->today, q->today, c->edge_day,
                               c->edge_id, OPEN_CHUNK, &c->list);
}

static void put_minutes(struct open_writer *w, struct arena *a, struct i64_opt minutes)
{
    if (minutes.set)
        open_text(w, arena_printf(a, "%02d:%02d", (int)(minutes.v / 60), (int)(minutes.v % 60)));
    else
        open_blank(w);
}

static enum err put_visit(const struct visit_chunk *c, struct open_writer *w,
                          const struct due_visit *v)
{
    open_text(w, arena_printf(c->arena, "%lld", (long long)v->id));
    open_text(w, c->unit);
    open_text(w, open_unit_today(c->q, c->unit));
    open_day(w, v->day);
    put_minutes(w, c->arena, v->time_from);
    put_minutes(w, c->arena, v->time_to);
    open_text(w, v->service);
    open_text(w, v->route);
    open_text(w, v->village);
    open_cstr(w, visit_outcome_code(v->outcome));
    open_bool(w, v->outcome == VISIT_WAS_DONE);
    open_time(w, v->said_ms);
    return open_row(w);
}

static enum err visits_of_unit(const struct open_question *q, struct open_writer *w,
                               struct str unit)
{
    struct visit_chunk c = {.q = q, .unit = unit};
    enum err rc = ERR_OK;
    do {
        c.arena = arena_new();
        rc = db_read(q->app->db, unit, visit_chunk_fn, &c);
        for (size_t i = 0; i < c.list.n && rc == ERR_OK; i++) {
            rc = put_visit(&c, w, &c.list.v[i]);
            c.edge_day = c.list.v[i].day;
            c.edge_id = c.list.v[i].id;
        }
        arena_free(c.arena);
    } while (rc == ERR_OK && c.list.n == OPEN_CHUNK);
    return rc;
}

static enum err visit_rows(const struct open_question *q, struct open_writer *w)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < q->units.n; i++)
        TRY(visits_of_unit(q, w, q->units.v[i]));
out:
    return rc;
}

static const char *const visit_key[] = {"municipality", "visit", NULL};

const struct open_file open_visits = {
    .name = "visits",
    .title = MSG_opendata_f_visits,
    .about = MSG_opendata_a_visits,
    .columns = visit_columns,
    .column_count = COUNT_OF(visit_columns),
    .keys = visit_key,
    .by_unit = true,
    .by_day = true,
    .rows = visit_rows,
};
