/* The operations page: what failed and waits for a person, and how the schedules run. */
#include "platform/core/log.h"
#include "platform/jobs/jobs_tpl.h"
#include "platform/jobs/jobs_view.h"
#include "platform/web/components.h"

enum { MOST_SHOWN = 100 };

struct reading {
    struct arena *a;
    struct sql_job_counts_rows counts;
    struct sql_job_failed_rows failed;
    struct sql_schedule_list_rows schedules;
};

static enum err read_all(struct tx *tx, void *arg)
{
    struct reading *l = arg;
    enum err rc = ERR_OK;
    TRY(sql_job_counts(tx, l->a, &l->counts));
    TRY(sql_job_failed(tx, l->a, &l->failed, .limit = MOST_SHOWN));
    TRY(sql_schedule_list(tx, l->a, &l->schedules));
out:
    return rc;
}

static int64_t count_of(const struct reading *l, struct str state)
{
    for (size_t i = 0; i < l->counts.n; i++)
        if (str_eq(l->counts.v[i].state, state))
            return l->counts.v[i].n;
    return 0;
}

static struct jobs_view make_view(struct arena *a, const struct reading *l)
{
    struct jobs_view v = {.waiting = count_of(l, STR("waiting")),
                          .running = count_of(l, STR("running")),
                          .failed = count_of(l, STR("failed"))};
    v.lines.v = ARENA_ARRAY(a, struct jobs_line, l->failed.n);
    for (; v.lines.n < l->failed.n; v.lines.n++) {
        const struct sql_job_failed_row *row = &l->failed.v[v.lines.n];
        v.lines.v[v.lines.n] = (struct jobs_line){.unit = row->unit,
                                                  .id = arena_printf(a, "%lld", (long long)row->id),
                                                  .kind = row->kind,
                                                  .error = row->error,
                                                  .attempts = row->attempt,
                                                  .created_ms = row->created_ms};
    }
    v.schedules.v = ARENA_ARRAY(a, struct schedule_line, l->schedules.n);
    for (; v.schedules.n < l->schedules.n; v.schedules.n++) {
        const struct sql_schedule_list_row *row = &l->schedules.v[v.schedules.n];
        v.schedules.v[v.schedules.n] = (struct schedule_line){.name = row->name,
                                                              .error = row->error,
                                                              .ran_ms = row->ran_ms,
                                                              .took_ms = row->took_ms,
                                                              .failures = row->failures};
    }
    return v;
}

static enum err jobs_page(struct req *r)
{
    struct reading l = {.a = r->arena};
    enum err rc = db_read(r->db, SCOPE_COUNTRY, read_all, &l);
    if (rc != ERR_OK)
        return rc;
    struct jobs_view v = make_view(r->arena, &l);
    struct page page = {
        .title = msg_text(r->ui.lang, MSG_jobs_title), .section = SECTION_DESK, .width = PAGE_WIDE};
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_jobs_operations(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum { D_UNIT, D_ID, D_DO };
static const struct choice deeds[] = {
    {"again", MSG_jobs_again}, {"drop", MSG_jobs_drop}, {NULL, MSG_NONE}};
static const struct field deed_fields[] = {
    [D_UNIT] = {"unit", FIELD_LINE, .required = true, .max = 14, .label = MSG_jobs_unit},
    [D_ID] = {"id", FIELD_INT, .required = true, .min = 1, .max = INT64_MAX,
              .label = MSG_jobs_title},
    [D_DO] = {"do", FIELD_CHOICE, .required = true, .choices = deeds, .label = MSG_jobs_do},
};

struct deed {
    struct str unit;
    int64_t id;
    bool again;
    int64_t changed;
};

static enum err do_deed(struct tx *tx, void *arg)
{
    struct deed *d = arg;
    if (d->again)
        return sql_job_again(tx, &d->changed, .unit = d->unit, .id = d->id,
                             .now_ms = clock_now_ms());
    return sql_job_drop(tx, &d->changed, .unit = d->unit, .id = d->id);
}

static enum err jobs_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, deed_fields, &form);
    if (rc != ERR_OK)
        return rc;
    struct deed d = {.unit = form->v[D_UNIT].s,
                     .id = form->v[D_ID].i,
                     .again = str_eq(form->v[D_DO].s, STR("again"))};
    rc = req_write(r, do_deed, &d);
    if (rc == ERR_OK && d.changed == 0)
        rc = ERR_NOT_FOUND; /* run or dropped from another window */
    if (rc != ERR_OK)
        return rc;
    LOG(LOG_INFO, "job.by_hand", LOG_I("job", d.id), LOG_S("deed", form->v[D_DO].s),
        LOG_I("person", r->actor.person_id));
    resp_notice(r, d.again ? MSG_jobs_again_done : MSG_jobs_drop_done);
    resp_redirect(r, STR("/desk/jobs"));
    return ERR_OK;
}

const struct route jobs_routes[JOBS_ROUTES] = {
    ROUTE("GET", "/desk/jobs", jobs_page, PERM_OPERATE, 0),
    ROUTE("POST", "/desk/jobs", jobs_post, PERM_OPERATE, 0),
};
