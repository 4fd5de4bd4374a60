/* What events announce: pages, counters and how to count them again, demo data. */
#include "programme/events/events_internal.h"

#include "community/topics/topics.h"

#include "platform/core/clock.h"

static struct str value_kind(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    (void)app, (void)a;
    return events_kind_ok(v) ? msg_text(lang, events_kind_name(v)) : v;
}
static struct str value_topic(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    const struct topic *t = topics_find(v);
    (void)app, (void)a;
    return t ? msg_text(lang, t->name) : v;
}
static const struct tally_dimension by_kind = {"kind", MSG_events_kind, false, value_kind};
static const struct tally_dimension by_topic = {"topic", MSG_events_topic, false, value_topic};

struct counting {
    const struct counter *counter;
    struct str unit;
    tally_fact_fn fact;
    void *arg;
};

static enum err count_event(void *arg, const struct sql_event_counted_row *row)
{
    struct counting *c = arg;
    struct tally_fact f = {.counter = c->counter,
                           .unit = c->unit,
                           .day = row->from_day,
                           .values = {row->kind, events_main_topic(row->topics)},
                           .amount = 1};
    return c->fact(c->arg, &f);
}
static enum err recount_held(struct tx *tx, struct arena *a, const struct counter *counter,
                             struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return sql_event_counted(tx, count_event, &c, .unit = unit);
}

static enum err count_attendance(void *arg, const struct sql_attendance_counted_row *row)
{
    struct counting *c = arg;
    struct tally_fact f = {.counter = c->counter,
                           .unit = c->unit,
                           .day = row->day,
                           .values = {row->kind, row->sex, row->band, row->grp},
                           .amount = 1,
                           .person = row->root};
    return c->fact(c->arg, &f);
}
static enum err count_heads(void *arg, const struct sql_event_heads_counted_row *row)
{
    struct counting *c = arg;
    struct tally_fact f = {.counter = c->counter,
                           .unit = c->unit,
                           .day = row->day,
                           .values = {row->kind, row->sex},
                           .amount = row->heads,
                           .person = TALLY_NOBODY};
    return c->fact(c->arg, &f);
}
static enum err recount_participations(struct tx *tx, struct arena *a,
                                       const struct counter *counter, struct str unit,
                                       tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    enum err rc = ERR_OK;
    (void)a;
    TRY(sql_attendance_counted(tx, count_attendance, &c, .unit = unit));
    rc = sql_event_heads_counted(tx, count_heads, &c, .unit = unit);
out:
    return rc;
}

static enum err count_certificate(void *arg, const struct sql_certificate_counted_row *row)
{
    struct counting *c = arg;
    struct tally_fact f = {.counter = c->counter,
                           .unit = c->unit,
                           .day = row->issued_day,
                           .values = {row->kind, row->sex},
                           .amount = 1};
    return c->fact(c->arg, &f);
}
static enum err recount_certificates(struct tx *tx, struct arena *a, const struct counter *counter,
                                     struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return sql_certificate_counted(tx, count_certificate, &c, .unit = unit);
}

const struct counter events_held = {
    .code = "events.held",
    .label = MSG_events_counter_held,
    .kind = COUNTER_FLOW,
    .dimensions = {&by_kind, &by_topic},
    .recount = recount_held,
    .records_path = "/m/{unit}/events",
};
const struct counter events_participations = {
    .code = "events.participations",
    .label = MSG_events_counter_participations,
    .kind = COUNTER_PEOPLE,
    .dimensions = {&by_kind, &persons_by_sex, &persons_by_age, &persons_by_group},
    .recount = recount_participations,
    .records_path = "/m/{unit}/events",
};
const struct counter events_certificates = {
    .code = "events.certificates",
    .label = MSG_events_counter_certificates,
    .kind = COUNTER_FLOW,
    .dimensions = {&by_kind, &persons_by_sex},
    .recount = recount_certificates,
};
static const struct counter *const counters[] = {&events_held, &events_participations,
                                                 &events_certificates};

#define DESK "/desk/events"
static const struct route routes[] = {
    ROUTE("GET", "/events", events_public_list, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/events", events_public_unit_list, PERM_PUBLIC, 0),
    ROUTE("GET", "/events/{id}", events_public_show, PERM_PUBLIC, 0),
    ROUTE("GET", "/events/{id}/register", events_register, PERM_PUBLIC, 0),
    ROUTE("POST", "/events/{id}/register", events_register_post, PERM_PUBLIC, ROUTE_RATE_WRITE),
    ROUTE("GET", "/events/{id}/guest/{code}", events_guest, PERM_PUBLIC, 0),
    ROUTE("POST", "/events/{id}/guest/{code}", events_guest_post, PERM_PUBLIC, ROUTE_RATE_WRITE),
    ROUTE("GET", "/events/certificates/{number}", events_certificate, PERM_PUBLIC, 0),

    ROUTE("GET", DESK, events_desk_list, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/new", events_desk_new, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/new", events_desk_new_post, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/trainet.{format}", events_desk_trainet, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}", events_desk_show, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/edit", events_desk_edit, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/edit", events_desk_edit_post, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/state", events_desk_state_post, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/people", events_desk_people, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/people.{format}", events_desk_export, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/mark", events_desk_mark_post, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/code", events_desk_code_post, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/add", events_desk_add, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/add", events_desk_add_post, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/import", events_desk_import, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/import", events_desk_import_post, PERM_EVENTS_EDIT, ROUTE_BIG_BODY),
    ROUTE("GET", DESK "/{id}/sheet.pdf", events_desk_sheet, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/heads", events_desk_heads, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/heads", events_desk_heads_post, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/invite", events_desk_invite_post, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/tasks", events_desk_tasks, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/tasks", events_desk_tasks_post, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/tasks/{task}", events_desk_task_post, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/certificates", events_desk_certificates, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/certificates", events_desk_certify_post, PERM_EVENTS_EDIT, 0),
    ROUTE("POST", DESK "/{id}/certificates/revoke", events_desk_revoke_post, PERM_EVENTS_EDIT, 0),
    ROUTE("GET", DESK "/{id}/certificates.pdf", events_desk_certificate, PERM_EVENTS_EDIT, 0),
};

static enum err start(struct app *app)
{
    (void)app;
    persons_on_move(events_moved);
    persons_add_section(events_person_section);
    events_tell_assessment();
    return ERR_OK;
}

/* What is still to come goes with the territory; what was stays where it was. */
static enum err merged(struct app *app, struct tx *tx, struct str from, struct str into,
                       int64_t day)
{
    (void)app;
    return sql_event_move(tx, NULL, .unit = from, .into = into, .day = day);
}

struct check {
    struct arena *a;
    struct sql_events_wrong_present_row wrong;
};
static enum err read_check(struct tx *tx, void *arg)
{
    struct check *c = arg;
    return sql_events_wrong_present(tx, c->a, &c->wrong);
}
static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct check c = {.a = arena_new()};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_check, &c);
    if (rc == ERR_OK && c.wrong.n) {
        (*faults)++;
        buf_printf(out, "fault: %lld events keep another number of participations than they have\n",
                   (long long)c.wrong.n);
    }
    arena_free(c.a);
    return rc;
}

const struct slice events_slice = {
    .name = "events",
    .migrations = events_migrations,
    .queries = events_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .counters = counters,
    .counter_count = COUNT_OF(counters),
    .start = start,
    .demo = events_demo,
    .merged = merged,
    .doctor = doctor,
};
