/*
 * The charter's descriptor: routes, the counting of totals, self-check.
 *
 * A merger changes nothing here: what was promised stays under the code of who promised it, goes on
 * being counted from the records that stayed there, and leaves the totals as its time passes. Who
 * shows the successor adds up its family (place_family).
 */
#include "services/charter/charter_internal.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/jobs/jobs.h"

/* --- totals by the clock --- */

static enum err run_refresh(struct app *app, struct arena *a, const struct job *job)
{
    return charter_refresh(app, a, job->unit);
}

struct unit_scan {
    struct arena *arena;
    struct sql_charter_units_rows rows;
};

static enum err scan_units(struct tx *tx, void *arg)
{
    struct unit_scan *scan = arg;
    return sql_charter_units(tx, scan->arena, &scan->rows);
}

/* One municipality that cannot be counted does not keep the others from it. */
static enum err refresh_all(struct app *app, struct arena *a)
{
    struct unit_scan scan = {.arena = a};
    enum err first = db_read(app->db, SCOPE_COUNTRY, scan_units, &scan);
    struct arena *one = arena_new();
    for (size_t i = 0; i < scan.rows.n; i++) {
        enum err rc = charter_refresh(app, one, scan.rows.v[i].unit);
        if (rc != ERR_OK) {
            LOG(LOG_WARN, "charter.not_counted", LOG_S("unit", scan.rows.v[i].unit),
                LOG_C("why", err_name(rc)));
            first = first == ERR_OK ? rc : first;
        }
        arena_reset(one);
    }
    arena_free(one);
    return first;
}

/* --- self-check --- */

struct digest_check {
    struct arena *arena;
    struct buf *out;
    int faults;
};

static enum err check_digests(struct tx *tx, void *arg)
{
    struct digest_check *check = arg;
    struct sql_charter_published_list_rows rows;
    enum err rc = sql_charter_published_list(tx, check->arena, &rows);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_charter_published_list_row *row = &rows.v[i];
        struct promises promises = {0};
        struct charter_version v = {
            .unit = row->unit,
            .service = row->service,
            .version = row->version,
            .intro = {{row->intro_ky, row->intro_ru, row->intro_en}},
            .contact = row->contact,
            .resolution = row->resolution,
            .resolution_day = row->resolution_day.v,
            .valid_from = row->valid_from.v,
        };
        rc = charter_promises_of(tx, check->arena, &v, &promises);
        if (rc != ERR_OK || str_eq(charter_digest(check->arena, &v, &promises), row->digest))
            continue;
        check->faults++;
        buf_printf(check->out,
                   "%.*s in %.*s, version %lld: its words are not those that were published; "
                   "compare with a backup\n",
                   STRF(row->service), STRF(row->unit), (long long)row->version);
    }
    return rc;
}

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct arena *a = arena_new();
    struct digest_check check = {.arena = a, .out = buf_in(a)};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, check_digests, &check);
    if (rc == ERR_OK) {
        buf_str(out, buf_view(check.out));
        *faults += check.faults;
    }
    arena_free(a);
    return rc;
}

/* --- the slice --- */

#define PUBLIC "/m/{unit}/services/{service}"
#define DESK "/desk/{unit}/charters/{service}"

static const struct route routes[] = {
    ROUTE("GET", PUBLIC, charter_page, PERM_PUBLIC, 0),
    /* What a municipality published stays at its address when it merges into another. */
    ROUTE("GET", PUBLIC "/v/{version}", charter_version_page, PERM_PUBLIC, ROUTE_UNIT_ANY),
    ROUTE("POST", PUBLIC "/v/{version}/comments", charter_comment_post, PERM_PUBLIC,
          ROUTE_RATE_WRITE),
    ROUTE("GET", PUBLIC "/poster.pdf", charter_poster, PERM_PUBLIC, 0),
    ROUTE("GET", "/desk/{unit}/charters", charter_desk_list, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK, charter_desk_show, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/draft", charter_desk_draft, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/discard", charter_desk_discard, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/intro", charter_desk_intro, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/intro", charter_desk_intro_post, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/promises/new", charter_desk_terms_new, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/promises/new", charter_desk_terms_new_post, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/promises/{promise}", charter_desk_words, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/promises/{promise}", charter_desk_words_post, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/promises/{promise}/measure", charter_desk_terms, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/promises/{promise}/measure", charter_desk_terms_post, PERM_CHARTER_EDIT,
          0),
    ROUTE("POST", DESK "/promises/{promise}/remove", charter_desk_remove, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/promises/{promise}/move", charter_desk_move, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/consultation", charter_desk_consult, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/consultation", charter_desk_consult_post, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/consultation/end", charter_desk_end, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/consultation/end", charter_desk_end_post, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/comments", charter_desk_comments, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/comments/{comment}", charter_desk_comment, PERM_CHARTER_EDIT, 0),
    ROUTE("POST", DESK "/comments/{comment}", charter_desk_comment_post, PERM_CHARTER_EDIT, 0),
    ROUTE("GET", DESK "/approve", charter_desk_approve, PERM_CHARTER_APPROVE, 0),
    ROUTE("POST", DESK "/approve", charter_desk_approve_post, PERM_CHARTER_APPROVE, 0),
    ROUTE("POST", DESK "/return", charter_desk_take_back, PERM_CHARTER_APPROVE, 0),
    ROUTE("GET", DESK "/publish", charter_desk_publish, PERM_CHARTER_APPROVE, 0),
    ROUTE("POST", DESK "/publish", charter_desk_publish_post, PERM_CHARTER_APPROVE, 0),
};

static const struct job_def jobs[] = {
    {"charter_kept", run_refresh, 0},
};
static const struct schedule_def schedules[] = {
    {"charter_kept", MS_HOUR, refresh_all},
};

static const struct counter *const counters[] = {&charter_published_counter};

const struct slice charter_slice = {
    .counters = counters,
    .counter_count = COUNT_OF(counters),
    .name = "charter",
    .migrations = charter_migrations,
    .queries = charter_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .jobs = jobs,
    .job_count = COUNT_OF(jobs),
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .demo = charter_demo,
    .doctor = doctor,
};
