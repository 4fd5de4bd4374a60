/* The desk of a municipality that repeats a practice of another one: say so, and tell how it ended.
 */
#include "programme/learning/learning_view.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

/* --- repeating --- */

enum { N_PRACTICE, N_DUE, N_PLAN };
static const struct field begin_fields[] = {
    [N_PRACTICE] = {"practice", FIELD_INT, .required = true, .min = 1, .max = INT64_MAX,
                    .label = MSG_learning_practice},
    [N_DUE] = {"due", FIELD_DATE, .label = MSG_learning_due},
    [N_PLAN] = {"plan", FIELD_TEXT, .max = LEARN_WORDS_MAX, .label = MSG_learning_plan,
                .hint = MSG_learning_plan_hint},
};

static enum err show_begin(struct req *r, const struct practice *p, struct form *form, int status)
{
    struct learn_view v = {.kicker = text3_get(&p->title, r->ui.lang),
                           .title = msg_text(r->ui.lang, MSG_learning_repeat),
                           .lead = msg_text(r->ui.lang, MSG_learning_repeat_lead)};
    struct learn_form *f = learn_form_add(r, &v, form, STR_NULL, MSG_NONE, MSG_learning_repeat);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){N_PRACTICE, INPUT_HIDDEN, {0}}));
    learn_fields_add(r, g, N_DUE, N_PLAN);
    learn_show(r, &v, true, form, status);
    return ERR_OK;
}

struct practice_ask {
    struct req *r;
    int64_t id;
    struct practice p;
};
static enum err read_asked(struct tx *tx, void *arg)
{
    struct practice_ask *d = arg;
    return practice_get(tx, d->r->arena, d->id, &d->p);
}
static enum err find_published(struct req *r, int64_t id, struct practice *out)
{
    struct practice_ask d = {.r = r, .id = id};
    enum err rc = db_read(r->db, SCOPE_COUNTRY, read_asked, &d);
    *out = d.p;
    return rc == ERR_OK && !str_eq(d.p.state, STR("published")) ? ERR_NOT_FOUND : rc;
}

enum err learn_replication_new(struct req *r)
{
    enum err rc = ERR_OK;
    struct practice p;
    int64_t id;
    struct form *form = FORM_NEW(r, begin_fields);
    if (!str_to_i64(req_query(r, "practice"), &id))
        FAIL(ERR_NOT_FOUND);
    TRY(find_published(r, id, &p));
    form_set_int(form, N_PRACTICE, id);
    rc = show_begin(r, &p, form, 200);
out:
    return rc;
}

struct begin {
    struct req *r;
    struct replication n;
    struct str once;
    enum learn_fault fault;
};

static enum err write_begin(struct tx *tx, void *arg)
{
    struct begin *b = arg;
    struct arena *a = b->r->arena;
    enum err rc = ERR_OK;
    struct sql_learning_replication_by_once_rows again;
    if (b->once.p) {
        tx_idempotent(tx);
        TRY(sql_learning_replication_by_once(tx, a, &again, .once = b->once));
        if (again.n) {
            b->n.id = again.v[0].id;
            goto out;
        }
    }
    rc = replication_begin(tx, a, &b->n, day_today(), b->r->actor.person_id, b->once, &b->fault);
out:
    return rc;
}

enum err learn_replication_new_post(struct req *r)
{
    struct form *form = NULL;
    struct practice p;
    enum err rc = FORM_READ(r, begin_fields, &form);
    if (!form)
        return rc;
    enum err found = find_published(r, form->v[N_PRACTICE].i, &p);
    if (found != ERR_OK)
        return found;
    struct begin b = {.r = r,
                      .n = {.unit = r->unit,
                            .id = id_new(),
                            .practice = p.id,
                            .due_day = learn_number(&form->v[N_DUE]),
                            .plan = form->v[N_PLAN].s},
                      .once = form_once(form)};
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_begin, &b);
    learn_fault_show(r, form, b.fault == LEARN_DAYS ? N_DUE : -1, b.fault);
    if (rc == ERR_INPUT)
        return show_begin(r, &p, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, learn_desk_path(r, "replications", b.n.id));
    return ERR_OK;
}

enum { F_REVISION, F_STATE, F_DAY, F_RESULT, F_CHANGED, F_COST, F_PEOPLE, F_FILES };
static const struct choice finish_choices[] = {{"done", MSG_learning_replication_done},
                                               {"stopped", MSG_learning_replication_stopped},
                                               {NULL, MSG_NONE}};
static const struct field finish_fields[] = {
    [F_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                    .label = MSG_learning_practice},
    [F_STATE] = {"state", FIELD_CHOICE, .required = true, .choices = finish_choices,
                 .label = MSG_learning_how_ended},
    [F_DAY] = {"day", FIELD_DATE, .label = MSG_learning_done_day},
    [F_RESULT] = {"result", FIELD_TEXT, .required = true, .max = LEARN_WORDS_MAX,
                  .label = MSG_learning_result, .hint = MSG_learning_finish_hint},
    [F_CHANGED] = {"changed", FIELD_TEXT, .max = LEARN_WORDS_MAX, .label = MSG_learning_changed,
                   .rows = 3},
    [F_COST] = {"cost", FIELD_MONEY, .min = 0, .max = INT64_C(100000000000000),
                .label = MSG_learning_cost},
    [F_PEOPLE] = {"people", FIELD_INT, .min = 0, .max = 10000000, .width = 5,
                  .label = MSG_learning_people},
    [F_FILES] = {"evidence", FIELD_FILES, .count = 3, .max = EVIDENCE_BYTES,
                 .accept = EVIDENCE_ACCEPT, .label = MSG_learning_documents},
};

struct replication_reading {
    struct req *r;
    int64_t id;
    struct sql_learning_replication_get_row n;
    struct practice p;
    struct learn_view *v;
};

static enum err read_replication(struct tx *tx, void *arg)
{
    struct replication_reading *d = arg;
    enum err rc = ERR_OK;
    TRY(sql_learning_replication_get(tx, d->r->arena, &d->n, .id = d->id));
    TRY(practice_get(tx, d->r->arena, d->n.practice, &d->p));
    TRY(learn_files_read(tx, d->r, "replication", d->id, d->v));
    TRY(learn_log_read(tx, d->r, d->id, d->v));
out:
    return rc;
}

static enum err find_replication(struct req *r, struct replication_reading *d)
{
    enum err rc = ERR_OK;
    TRY(learn_id(r, &d->id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_replication, d));
    if (!learn_is_ours(r, d->n.unit))
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static enum err show_replication(struct req *r, const struct replication_reading *d,
                                 struct form *form, int status)
{
    struct learn_view *v = d->v;
    v->kicker = msg_text(r->ui.lang, MSG_learning_repeats_here);
    v->title = text3_get(&d->p.title, r->ui.lang);
    v->state = msg_text(r->ui.lang, learn_replication_state(d->n.state, &v->tone));
    learn_fact_add(r, v, MSG_learning_from_unit, learn_unit_name(r, d->p.unit));
    learn_fact_day(r, v, MSG_learning_begun_day, d->n.begun_day);
    if (d->n.due_day.set)
        learn_fact_day(r, v, MSG_learning_due, d->n.due_day.v);
    if (d->n.done_day.set)
        learn_fact_day(r, v, MSG_learning_done_day, d->n.done_day.v);
    learn_fact_money(r, v, MSG_learning_cost, d->n.cost);
    learn_fact_int(r, v, MSG_learning_people, d->n.people);
    learn_text_add(r, v, MSG_learning_plan, d->n.plan);
    learn_text_add(r, v, MSG_learning_result, d->n.result);
    learn_text_add(r, v, MSG_learning_changed, d->n.changed);
    ARENA_PUSH(r->arena, v->links,
               ((struct learn_link){.href = learn_path(r, "practices", d->p.id),
                                    .text = msg_text(r->ui.lang, MSG_learning_practice)}));
    if (str_eq(d->n.state, STR("begun"))) {
        struct learn_form *f =
            learn_form_add(r, v, form, STR_NULL, MSG_learning_how_ended, MSG_common_save);
        struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
        ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){F_REVISION, INPUT_HIDDEN, {0}}));
        learn_fields_add(r, g, F_STATE, F_FILES);
    }
    learn_show(r, v, true, form, status);
    return ERR_OK;
}

enum err learn_replication_desk(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct replication_reading d = {.r = r, .v = &v};
    struct form *form = FORM_NEW(r, finish_fields);
    TRY(find_replication(r, &d));
    form_set_int(form, F_REVISION, d.n.revision);
    form_set_int(form, F_DAY, day_today());
    rc = show_replication(r, &d, form, 200);
out:
    return rc;
}

struct finish {
    struct req *r;
    struct replication n;
    struct evidence_files files;
    enum learn_fault fault;
};

static enum err write_finish(struct tx *tx, void *arg)
{
    struct finish *f = arg;
    int64_t by = f->r->actor.person_id;
    enum err rc = ERR_OK;
    TRY(replication_finish(tx, f->r->arena, &f->n, day_today(), by, &f->fault));
    rc = learn_keep_files(tx, f->n.unit, "replication", f->n.id, &f->files, by);
out:
    return rc;
}

enum err learn_replication_desk_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct replication_reading d = {.r = r, .v = &v};
    struct form *form = NULL;
    TRY(find_replication(r, &d));
    rc = FORM_READ(r, finish_fields, &form);
    if (!form)
        return rc;
    const struct field_value *x = form->v;
    struct finish f = {.r = r,
                       .n = {.unit = d.n.unit,
                             .id = d.id,
                             .revision = x[F_REVISION].i,
                             .state = x[F_STATE].s,
                             .done_day = learn_number(&x[F_DAY]),
                             .result = x[F_RESULT].s,
                             .changed = x[F_CHANGED].s,
                             .cost = learn_number(&x[F_COST]),
                             .people = learn_number(&x[F_PEOPLE])}};
    if (rc == ERR_OK)
        rc = evidence_take(r, form, F_FILES, &f.files);
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_finish, &f);
    learn_fault_show(r, form,
                     f.fault == LEARN_DAYS     ? F_DAY
                     : f.fault == LEARN_RESULT ? F_RESULT
                                               : -1,
                     f.fault);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_replication(r, &d, form, 422);
    TRY(rc);
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, r->http->path);
out:
    return rc;
}
