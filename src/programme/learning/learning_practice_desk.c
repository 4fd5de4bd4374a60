/*
 * Practices on the desks: a municipality writes one down and hands it in; the programme's staff
 * look at it and publish it.
 */
#include "programme/learning/learning_view.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

/* --- the form of a practice --- */

enum {
    P_REVISION,
    P_TOPIC,
    P_FROM,
    P_TO,
    P_COST,
    P_PEOPLE,
    P_OFFICE,
    P_PHONE,
    P_EMAIL,
    P_FILES,
    P_WORDS, /* title and four parts of each language, Kyrgyz first */
};
#define WORDS_OF(code)                                                                             \
    {"title_" code, FIELD_LINE, .max = LEARN_TITLE_MAX, .label = MSG_learning_practice_title},     \
        {"problem_" code,                                                                          \
         FIELD_TEXT,                                                                               \
         .max = LEARN_WORDS_MAX,                                                                   \
         .rows = 4,                                                                                \
         .label = MSG_learning_problem,                                                            \
         .hint = MSG_learning_problem_hint},                                                       \
        {"done_" code,                                                                             \
         FIELD_TEXT,                                                                               \
         .max = LEARN_WORDS_MAX,                                                                   \
         .rows = 6,                                                                                \
         .label = MSG_learning_done,                                                               \
         .hint = MSG_learning_done_hint},                                                          \
        {"result_" code,                                                                           \
         FIELD_TEXT,                                                                               \
         .max = LEARN_WORDS_MAX,                                                                   \
         .rows = 4,                                                                                \
         .label = MSG_learning_result,                                                             \
         .hint = MSG_learning_result_hint},                                                        \
    {                                                                                              \
        "conditions_" code, FIELD_TEXT, .max = LEARN_WORDS_MAX, .rows = 4,                         \
                                        .label = MSG_learning_conditions,                          \
                                        .hint = MSG_learning_conditions_hint                       \
    }
static const struct field practice_fields[] = {
    [P_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                    .label = MSG_learning_practice},
    [P_TOPIC] = {"topic", FIELD_CODE, .required = true, .max = 40, .label = MSG_learning_topic},
    [P_FROM] = {"from", FIELD_DATE, .label = MSG_learning_from},
    [P_TO] = {"to", FIELD_DATE, .label = MSG_learning_to},
    [P_COST] = {"cost", FIELD_MONEY, .min = 0, .max = INT64_C(100000000000000),
                .label = MSG_learning_cost},
    [P_PEOPLE] = {"people", FIELD_INT, .min = 0, .max = 10000000, .width = 5,
                  .label = MSG_learning_people, .hint = MSG_learning_people_hint},
    [P_OFFICE] = {"office", FIELD_LINE, .max = LEARN_LINE_MAX, .label = MSG_learning_office,
                  .hint = MSG_learning_office_hint},
    [P_PHONE] = {"phone", FIELD_PHONE, .label = MSG_learning_phone},
    [P_EMAIL] = {"email", FIELD_EMAIL, .label = MSG_learning_email},
    [P_FILES] = {"evidence", FIELD_FILES, .count = 3, .max = EVIDENCE_BYTES,
                 .accept = EVIDENCE_ACCEPT, .label = MSG_learning_documents,
                 .hint = MSG_learning_documents_hint},
    WORDS_OF("ky"),
    WORDS_OF("ru"),
    WORDS_OF("en"),
};
enum { WORDS_EACH = 1 + PART__COUNT };

static int words_field(int lang, int part) /* part -1: the title */
{
    return P_WORDS + lang * WORDS_EACH + 1 + part;
}

static void form_of_practice(struct form *f, const struct practice *p)
{
    form_set_int(f, P_REVISION, p->revision);
    form_set(f, P_TOPIC, p->topic);
    if (p->from_day.set)
        form_set_int(f, P_FROM, p->from_day.v);
    if (p->to_day.set)
        form_set_int(f, P_TO, p->to_day.v);
    if (p->cost.set)
        form_set_int(f, P_COST, p->cost.v);
    if (p->people.set)
        form_set_int(f, P_PEOPLE, p->people.v);
    form_set(f, P_OFFICE, p->office);
    form_set(f, P_PHONE, p->phone);
    form_set(f, P_EMAIL, p->email);
    for (int i = 0; i < LANG__MAX; i++) {
        form_set(f, words_field(i, -1), p->title.in[i]);
        for (int k = 0; k < PART__COUNT; k++)
            form_set(f, words_field(i, k), p->parts[k].in[i]);
    }
}

static struct practice practice_of_form(const struct form *f)
{
    struct practice p = {.revision = f->v[P_REVISION].i,
                         .topic = f->v[P_TOPIC].s,
                         .from_day = learn_number(&f->v[P_FROM]),
                         .to_day = learn_number(&f->v[P_TO]),
                         .cost = learn_number(&f->v[P_COST]),
                         .people = learn_number(&f->v[P_PEOPLE]),
                         .office = f->v[P_OFFICE].s,
                         .phone = f->v[P_PHONE].s,
                         .email = f->v[P_EMAIL].s};
    for (int i = 0; i < LANG__MAX; i++) {
        p.title.in[i] = f->v[words_field(i, -1)].s;
        for (int k = 0; k < PART__COUNT; k++)
            p.parts[k].in[i] = f->v[words_field(i, k)].s;
    }
    return p;
}

static void fill_practice_form(struct req *r, struct learn_view *v, struct form *form)
{
    struct learn_form *f = learn_form_add(r, v, form, STR_NULL, MSG_NONE, MSG_common_save);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){P_REVISION, INPUT_HIDDEN, {0}}));
    learn_select_add(r, g, P_TOPIC, learn_topic_options(r));
    for (int i = 0; i < LANG__MAX; i++) {
        bool any = false;
        for (int k = -1; k < PART__COUNT; k++)
            any = any || form->v[words_field(i, k)].s.n || form->v[words_field(i, k)].fault;
        g = learn_group_add(r, f, str_from(lang_name(i)), any || i == (int)r->ui.lang);
        learn_fields_add(r, g, words_field(i, -1), words_field(i, PART__COUNT - 1));
    }
    g = learn_group_add(r, f, STR_NULL, true);
    learn_fields_add(r, g, P_FROM, P_FILES);
}

static enum err show_practice_form(struct req *r, bool is_new, struct form *form, int status)
{
    struct learn_view v = {
        .title = msg_text(r->ui.lang, is_new ? MSG_learning_practice_new : MSG_learning_edit),
        .lead = msg_text(r->ui.lang, MSG_learning_practice_lead)};
    fill_practice_form(r, &v, form);
    learn_show(r, &v, true, form, status);
    return ERR_OK;
}

struct practice_change {
    struct req *r;
    struct practice p;
    struct evidence_files files;
    bool is_new;
    struct str once;
    enum learn_fault fault;
};

static enum err write_practice(struct tx *tx, void *arg)
{
    struct practice_change *c = arg;
    struct arena *a = c->r->arena;
    int64_t by = c->r->actor.person_id;
    enum err rc = ERR_OK;
    if (c->is_new) {
        struct sql_learning_practice_by_once_rows again;
        if (c->once.p) {
            tx_idempotent(tx);
            TRY(sql_learning_practice_by_once(tx, a, &again, .once = c->once));
            if (again.n) {
                c->p.id = again.v[0].id;
                goto out;
            }
        }
        TRY(practice_add(tx, a, &c->p, by, c->once, &c->fault));
    } else {
        TRY(practice_change(tx, a, &c->p, by, &c->fault));
    }
    rc = learn_keep_files(tx, c->p.unit, "practice", c->p.id, &c->files, by);
out:
    return rc;
}

static int practice_field(enum learn_fault f)
{
    return f == LEARN_TOPIC ? P_TOPIC : f == LEARN_DAYS ? P_TO : f == LEARN_OFFICE ? P_OFFICE : -1;
}

static enum err save_practice(struct req *r, const struct practice *old)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, practice_fields, &form);
    if (!form)
        return rc;
    struct practice_change c = {
        .r = r, .p = practice_of_form(form), .is_new = !old, .once = form_once(form)};
    c.p.id = old ? old->id : id_new();
    c.p.unit = old ? old->unit : r->unit;
    if (rc == ERR_OK)
        rc = evidence_take(r, form, P_FILES, &c.files);
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_practice, &c);
    learn_fault_show(r, form, practice_field(c.fault), c.fault);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_practice_form(r, !old, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, learn_desk_path(r, "practices", c.p.id));
    return ERR_OK;
}

enum err learn_practice_new(struct req *r)
{
    struct form *form = FORM_NEW(r, practice_fields);
    form_set_int(form, P_REVISION, 0);
    form_set(form, P_OFFICE, learn_unit_name(r, r->unit));
    return show_practice_form(r, true, form, 200);
}

enum err learn_practice_new_post(struct req *r)
{
    return save_practice(r, NULL);
}

/* --- one practice on a desk --- */

struct practice_desk {
    struct req *r;
    int64_t id;
    struct practice p;
    struct learn_view *v;
};

static enum err read_practice_desk(struct tx *tx, void *arg)
{
    struct practice_desk *d = arg;
    enum err rc = ERR_OK;
    TRY(practice_get(tx, d->r->arena, d->id, &d->p));
    TRY(learn_files_read(tx, d->r, "practice", d->id, d->v));
    TRY(learn_log_read(tx, d->r, d->id, d->v));
out:
    return rc;
}

/* Of this desk: with {unit} the own, without it any that was handed in. */
static enum err find_practice(struct req *r, struct practice_desk *d)
{
    enum err rc = ERR_OK;
    TRY(learn_id(r, &d->id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_practice_desk, d));
    if (r->unit.p ? !learn_is_ours(r, d->p.unit)
                  : str_eq(d->p.state, STR("draft")) ||
                        !access_allows(&r->actor, PERM_LEARN_REVIEW, d->p.unit))
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static bool may_edit(const struct practice *p)
{
    return str_eq(p->state, STR("draft")) || str_eq(p->state, STR("submitted"));
}

enum err learn_practice_edit(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct practice_desk d = {.r = r, .v = &v};
    struct form *form = FORM_NEW(r, practice_fields);
    TRY(find_practice(r, &d));
    if (!may_edit(&d.p))
        FAIL(ERR_NOT_FOUND);
    form_of_practice(form, &d.p);
    rc = show_practice_form(r, false, form, 200);
out:
    return rc;
}

enum err learn_practice_edit_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct practice_desk d = {.r = r, .v = &v};
    TRY(find_practice(r, &d));
    if (!may_edit(&d.p))
        FAIL(ERR_NOT_FOUND);
    rc = save_practice(r, &d.p);
out:
    return rc;
}

enum { S_STEP, S_NOTE };
static const struct choice step_choices[] = {
    {"submit", MSG_learning_step_submit},   {"return", MSG_learning_step_return},
    {"publish", MSG_learning_step_publish}, {"retire", MSG_learning_step_retire},
    {"restore", MSG_learning_step_restore}, {NULL, MSG_NONE}};
static const struct field step_fields[] = {
    [S_STEP] = {"step", FIELD_CHOICE, .required = true, .choices = step_choices,
                .label = MSG_learning_state},
    [S_NOTE] = {"note", FIELD_TEXT, .max = 1000, .rows = 3, .label = MSG_learning_note},
};

/* The address of the record, also where a step of it was posted. */
static struct str base_path(const struct req *r)
{
    struct str path = r->http->path, step = STR("/step");
    return str_ends(path, step) ? str_slice(path, 0, path.n - step.n) : path;
}

static void add_step(struct req *r, struct learn_view *v, const char *step, enum msg button,
                     bool note)
{
    struct form *form = FORM_NEW(r, step_fields);
    form_set(form, S_STEP, str_from(step));
    struct learn_form *f = learn_form_add(
        r, v, form, arena_printf(r->arena, "%.*s/step", STRF(base_path(r))), MSG_NONE, button);
    f->kind = note ? BUTTON_SECONDARY : BUTTON_PRIMARY;
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){S_STEP, INPUT_HIDDEN, {0}}));
    if (note)
        learn_input_add(r, g, S_NOTE);
}

static void show_practice_desk(struct req *r, const struct practice_desk *d)
{
    static const enum msg labels[PART__COUNT] = {MSG_learning_problem, MSG_learning_done,
                                                 MSG_learning_result, MSG_learning_conditions};
    struct learn_view *v = d->v;
    const struct practice *p = &d->p;
    enum learn_fault missing = practice_complete(p);
    v->kicker = learn_topic_name(r, p->topic);
    v->title = text3_get(&p->title, r->ui.lang);
    v->state = msg_text(r->ui.lang, learn_practice_state(p->state, &v->tone));
    learn_fact_add(r, v, MSG_learning_unit, learn_unit_name(r, p->unit));
    learn_fact_money(r, v, MSG_learning_cost, p->cost);
    learn_fact_int(r, v, MSG_learning_people, p->people);
    learn_fact_add(r, v, MSG_learning_office, p->office);
    learn_fact_add(r, v, MSG_learning_phone, p->phone);
    learn_fact_add(r, v, MSG_learning_email, p->email);
    for (int i = 0; i < PART__COUNT; i++)
        learn_text_add(r, v, labels[i], text3_get(&p->parts[i], r->ui.lang));
    if (missing != LEARN_FINE)
        ARENA_PUSH(
            r->arena, v->notices,
            ((struct learn_notice){TONE_WAIT, msg_text(r->ui.lang, learn_fault_message(missing))}));
    bool draft = str_eq(p->state, STR("draft")), waits = str_eq(p->state, STR("submitted"));
    if (may_edit(p) && r->unit.p)
        ARENA_PUSH(
            r->arena, v->links,
            ((struct learn_link){.href = arena_printf(r->arena, "%.*s/edit", STRF(base_path(r))),
                                 .text = msg_text(r->ui.lang, MSG_learning_edit)}));
    if (p->published_day.set)
        ARENA_PUSH(r->arena, v->links,
                   ((struct learn_link){.href = learn_path(r, "practices", p->id),
                                        .text = msg_text(r->ui.lang, MSG_learning_public)}));
    if (draft && r->unit.p && missing == LEARN_FINE)
        add_step(r, v, "submit", MSG_learning_do_submit, false);
    if (waits && !r->unit.p) {
        add_step(r, v, "publish", MSG_learning_do_publish, false);
        add_step(r, v, "return", MSG_learning_do_return, true);
    }
    if (str_eq(p->state, STR("published")))
        add_step(r, v, "retire", MSG_learning_do_retire, true);
    if (str_eq(p->state, STR("retired")) && !r->unit.p)
        add_step(r, v, "restore", MSG_learning_do_restore, false);
}

enum err learn_practice_desk(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct practice_desk d = {.r = r, .v = &v};
    TRY(find_practice(r, &d));
    show_practice_desk(r, &d);
    learn_show(r, &v, true, NULL, 200);
out:
    return rc;
}

enum err learn_practice_review(struct req *r)
{
    return learn_practice_desk(r);
}

struct practice_step {
    struct req *r;
    int64_t id;
    struct str step, note;
    enum learn_fault fault;
};

static enum err write_step(struct tx *tx, void *arg)
{
    struct practice_step *s = arg;
    return practice_step(tx, s->r->arena, s->id, s->step, s->note, day_today(),
                         s->r->actor.person_id, &s->fault);
}

/* Which steps a desk takes: what is published is the reviewers' word, handing in the municipality's
 * own; each of them may take a practice out of the library. */
static bool may_step(const struct req *r, struct str step)
{
    bool own = str_eq(step, STR("submit")), retire = str_eq(step, STR("retire"));
    return retire || (r->unit.p ? own : !own);
}

enum err learn_practice_step_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct practice_desk d = {.r = r, .v = &v};
    struct form *form = NULL;
    TRY(find_practice(r, &d));
    rc = FORM_READ(r, step_fields, &form);
    if (!form)
        return rc;
    struct practice_step s = {
        .r = r, .id = d.id, .step = form->v[S_STEP].s, .note = form->v[S_NOTE].s};
    if (rc == ERR_OK && !may_step(r, s.step))
        return ERR_DENIED;
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_step, &s);
    learn_fault_show(r, form, s.fault == LEARN_RESULT ? S_NOTE : -1, s.fault);
    if (rc == ERR_INPUT) {
        show_practice_desk(r, &d);
        learn_show(r, &v, true, form, 422);
        return ERR_OK;
    }
    TRY(rc);
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, base_path(r));
out:
    return rc;
}

enum err learn_practice_review_post(struct req *r)
{
    return learn_practice_step_post(r);
}
