/*
 * The descriptor of plans: routes, counters, self-check.
 *
 * A merger moves nothing: a plan stays under the code of who led it. The successor finds it among
 * its own and carries on (place_municipality of the leading unit says whose it is now).
 */
#include "programme/plans/plans_view.h"

#include "community/topics/topics.h"

#include "platform/files/files.h"

/* --- counters --- */

static struct str value_topic(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    const struct topic *t = topics_find(v);
    (void)app, (void)a;
    return t ? msg_text(lang, t->name) : v;
}
static struct str value_form(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    enum plan_source s;
    (void)app, (void)a;
    return plan_source_parse(v, &s) ? msg_text(lang, plan_source_name(s)) : v;
}
static const struct tally_dimension by_topic = {"topic", MSG_plans_topic, false, value_topic};
static const struct tally_dimension by_form = {"form", MSG_plans_source, false, value_form};

struct counting {
    const struct counter *counter;
    struct str unit;
    tally_fact_fn fact;
    void *arg;
};

static enum err count_approved(void *arg, const struct sql_plans_counted_approved_row *row)
{
    struct counting *c = arg;
    struct tally_fact f = {.counter = c->counter,
                           .unit = c->unit,
                           .day = row->day,
                           .values = {row->topic},
                           .amount = 1};
    return c->fact(c->arg, &f);
}
static enum err recount_approved(struct tx *tx, struct arena *a, const struct counter *counter,
                                 struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return sql_plans_counted_approved(tx, count_approved, &c, .unit = unit);
}

static enum err count_done(void *arg, const struct sql_plans_counted_done_row *row)
{
    struct counting *c = arg;
    struct tally_fact f = {.counter = c->counter,
                           .unit = c->unit,
                           .day = row->day,
                           .values = {row->topic},
                           .amount = 1};
    return c->fact(c->arg, &f);
}
static enum err recount_done(struct tx *tx, struct arena *a, const struct counter *counter,
                             struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return sql_plans_counted_done(tx, count_done, &c, .unit = unit);
}

static bool counts(const struct counter *counter, enum plan_source s)
{
    switch (s) {
    case PLAN_OWN:
        return counter == &plans_contribution_own;
    case PLAN_GRANT:
        return counter == &plans_contribution_grant;
    case PLAN_CASH:
    case PLAN_KIND:
        return counter == &plans_contribution_residents;
    default:
        return counter == &plans_contribution_partner;
    }
}
static enum err count_money(void *arg, const struct sql_plans_counted_money_row *row)
{
    struct counting *c = arg;
    enum plan_source s;
    if (!plan_source_parse(row->source, &s) || !counts(c->counter, s))
        return ERR_OK;
    struct tally_fact f = {.counter = c->counter,
                           .unit = c->unit,
                           .day = row->day,
                           .values = {row->topic},
                           .amount = row->amount / 100};
    if (c->counter == &plans_contribution_residents)
        f.values[1] = row->source;
    return c->fact(c->arg, &f);
}
static enum err recount_money(struct tx *tx, struct arena *a, const struct counter *counter,
                              struct str unit, tally_fact_fn fact, void *arg)
{
    struct counting c = {counter, unit, fact, arg};
    (void)a;
    return sql_plans_counted_money(tx, count_money, &c, .unit = unit);
}

#define COUNTER(name, code_, label_, recount_)                                                     \
    const struct counter name = {.code = code_,                                                    \
                                 .label = label_,                                                  \
                                 .kind = COUNTER_FLOW,                                             \
                                 .dimensions = {&by_topic},                                        \
                                 .recount = recount_,                                              \
                                 .records_path = "/m/{unit}/plans"}
COUNTER(plans_approved, "plans.approved", MSG_plans_counter_approved, recount_approved);
COUNTER(plans_actions_done, "plans.actions_done", MSG_plans_counter_done, recount_done);
COUNTER(plans_contribution_own, "plans.contribution_own", MSG_plans_counter_own, recount_money);
COUNTER(plans_contribution_grant, "plans.contribution_grant", MSG_plans_counter_grant,
        recount_money);
COUNTER(plans_contribution_partner, "plans.contribution_partner", MSG_plans_counter_partner,
        recount_money);
const struct counter plans_contribution_residents = {.code = "plans.contribution_residents",
                                                     .label = MSG_plans_counter_residents,
                                                     .kind = COUNTER_FLOW,
                                                     .dimensions = {&by_topic, &by_form},
                                                     .recount = recount_money,
                                                     .records_path = "/m/{unit}/plans"};
static const struct counter *const counters[] = {
    &plans_approved,           &plans_actions_done,           &plans_contribution_own,
    &plans_contribution_grant, &plans_contribution_residents, &plans_contribution_partner};

/* --- files, self-check --- */

static const char *const file_columns[] = {"plan_photo.large_file", "plan_photo.small_file", NULL};

static enum err use_file(void *uses, const struct sql_plan_photo_files_row *row)
{
    file_used(uses, row->large_file);
    file_used(uses, row->small_file);
    return ERR_OK;
}
static enum err files(struct tx *tx, struct file_uses *uses)
{
    return sql_plan_photo_files(tx, use_file, uses);
}

enum { DOCTOR_BATCH = 200 };
struct check {
    struct arena *arena;
    struct buf *out;
    int64_t after;
    size_t n;
    int faults;
};

static enum err check_sums(struct tx *tx, void *arg)
{
    struct check *c = arg;
    struct sql_plans_doctor_sums_row row;
    enum err rc = sql_plans_doctor_sums(tx, c->arena, &row);
    if (rc == ERR_OK && (row.actions || row.plans)) {
        c->faults++;
        buf_printf(c->out,
                   "fault: %lld actions of plans do not add up, %lld plans name a version that was "
                   "not approved\n",
                   (long long)row.actions, (long long)row.plans);
    }
    return rc;
}

static enum err check_digests(struct tx *tx, void *arg)
{
    struct check *c = arg;
    struct sql_plans_doctor_approved_rows rows;
    enum err rc = ERR_OK;
    TRY(sql_plans_doctor_approved(tx, c->arena, &rows, .after = c->after, .limit = DOCTOR_BATCH));
    c->n = rows.n;
    for (size_t i = 0; i < rows.n; i++) {
        struct plan p;
        c->after = rows.v[i].plan;
        TRY(plan_read(tx, c->arena, rows.v[i].plan, PLAN_LATEST, &p));
        for (size_t k = 0; k < p.versions.n; k++) {
            struct plan one;
            if (p.versions.v[k].state != PLAN_APPROVED)
                continue;
            TRY(plan_read(tx, c->arena, p.id, p.versions.v[k].version, &one));
            if (str_eq(plan_digest(c->arena, &one), one.shown->digest))
                continue;
            c->faults++;
            buf_printf(c->out,
                       "fault: plan %lld of %.*s, version %lld: its words are not those that were "
                       "approved; compare with a backup\n",
                       (long long)p.id, STRF(p.unit), (long long)one.shown->version);
        }
    }
out:
    return rc;
}

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct check c = {.arena = arena_new(), .out = out};
    enum err rc = ERR_OK;
    TRY(db_read(app->db, SCOPE_COUNTRY, check_sums, &c));
    do {
        arena_reset(c.arena);
        TRY(db_read(app->db, SCOPE_COUNTRY, check_digests, &c));
    } while (c.n == DOCTOR_BATCH);
    *faults += c.faults;
out:
    arena_free(c.arena);
    return rc;
}

/* --- routes --- */

#define DESK "/desk/{unit}/plans"
#define PLAN DESK "/{plan}"
#define STEP(path, name, permission, flags)                                                        \
    ROUTE("GET", path, plans_desk_##name, permission, 0),                                          \
        ROUTE("POST", path, plans_desk_##name##_post, permission, flags)

static const struct route routes[] = {
    ROUTE("GET", "/plans", plans_public_list, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/plans", plans_unit_list, PERM_PUBLIC, 0),
    ROUTE("GET", "/plans/{plan}", plans_public_show, PERM_PUBLIC, 0),
    ROUTE("GET", "/plans/{plan}/v/{version}", plans_public_version, PERM_PUBLIC, 0),
    ROUTE("GET", "/plans/{plan}/v/{version}/plan.{format}", plans_paper, PERM_PUBLIC, 0),
    ROUTE("GET", "/plans/{plan}/v/{version}/print", plans_print, PERM_PUBLIC, 0),
    ROUTE("GET", "/plans/{plan}/photo/{photo}", plans_photo, PERM_PUBLIC, 0),

    ROUTE("GET", DESK, plans_desk_list, PERM_PLANS_EDIT, 0),
    STEP(DESK "/new", new, PERM_PLANS_EDIT, 0),
    ROUTE("GET", PLAN, plans_desk_show, PERM_PLANS_EDIT, 0),
    ROUTE("GET", PLAN "/plan.{format}", plans_desk_paper, PERM_PLANS_EDIT, 0),
    STEP(PLAN "/import", import, PERM_PLANS_EDIT, ROUTE_BIG_BODY),
    STEP(PLAN "/group", member, PERM_PLANS_EDIT, 0),
    STEP(PLAN "/text", text, PERM_PLANS_EDIT, 0),
    STEP(PLAN "/actions/new", action_new, PERM_PLANS_EDIT, 0),
    STEP(PLAN "/actions/{action}", action, PERM_PLANS_EDIT, 0),
    ROUTE("POST", PLAN "/actions/{action}/remove", plans_desk_action_remove_post, PERM_PLANS_EDIT,
          0),
    STEP(PLAN "/actions/{action}/progress", say, PERM_PLANS_EDIT, ROUTE_BIG_BODY),
    STEP(PLAN "/people", people, PERM_PLANS_EDIT, 0),
    STEP(PLAN "/shares", share, PERM_PLANS_EDIT, 0),
    ROUTE("POST", PLAN "/shares/{member}/remove", plans_desk_share_remove_post, PERM_PLANS_EDIT, 0),
    STEP(PLAN "/money", money, PERM_PLANS_EDIT, 0),
    STEP(PLAN "/money/{payment}", withdraw, PERM_PLANS_EDIT, 0),
    ROUTE("POST", PLAN "/group/{person}/remove", plans_desk_member_remove_post, PERM_PLANS_EDIT, 0),
    ROUTE("POST", PLAN "/amend", plans_desk_amend_post, PERM_PLANS_EDIT, 0),
    ROUTE("POST", PLAN "/discard", plans_desk_discard_post, PERM_PLANS_EDIT, 0),
    ROUTE("POST", PLAN "/submit", plans_desk_submit_post, PERM_PLANS_APPROVE, 0),
    STEP(PLAN "/return", back, PERM_PLANS_APPROVE, 0),
    STEP(PLAN "/approve", approve, PERM_PLANS_APPROVE, 0),
};

const struct slice plans_slice = {
    .name = "plans",
    .migrations = plans_migrations,
    .queries = plans_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .counters = counters,
    .counter_count = COUNT_OF(counters),
    .demo = plans_demo,
    .file_columns = file_columns,
    .files = files,
    .doctor = doctor,
};
