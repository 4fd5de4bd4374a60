/*
 * Pages of the gender lens: an expert opens and fills in the list, the municipality follows the
 * findings, everybody sees what was found and what became of it.
 */
#include "programme/learning/learning_view.h"

#include "services/catalogue/catalogue.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/web/export.h"

enum { LIST_MAX = 50, EXPORT_MAX = 2000, CHECKS_MAX = 40 };

static const struct choice kinds[] = {
    {"service", MSG_learning_lens_service}, {"plan", MSG_learning_lens_plan}, {NULL, MSG_NONE}};
static const struct choice said_choices[] = {{"yes", MSG_learning_said_yes},
                                             {"partly", MSG_learning_said_partly},
                                             {"no", MSG_learning_said_no},
                                             {"na", MSG_learning_said_na},
                                             {NULL, MSG_NONE}};

static struct str object_name(struct req *r, struct str kind, struct str object)
{
    const struct service_kind *k = str_eq(kind, STR("service"))
                                       ? catalogue_find(catalogue_get(r->app, r->arena), object)
                                       : NULL;
    return k ? text3_get(&k->name, r->ui.lang) : object;
}

static enum msg kind_name(struct str kind)
{
    return str_eq(kind, STR("service")) ? MSG_learning_lens_service : MSG_learning_lens_plan;
}

static enum msg said_name(struct str said)
{
    for (const struct choice *c = said_choices; c->value; c++)
        if (str_eq(said, str_from(c->value)))
            return c->label;
    return MSG_learning_said_na;
}

static enum msg finding_state(struct str state, enum tone *tone)
{
    bool done = str_eq(state, STR("done")), declined = str_eq(state, STR("declined"));
    *tone = done ? TONE_GOOD : declined ? TONE_BAD : TONE_WAIT;
    return done       ? MSG_learning_finding_done
           : declined ? MSG_learning_finding_declined
                      : MSG_learning_finding_open;
}

/* --- lists --- */

struct lenses_reading {
    struct req *r;
    int64_t limit;
    struct sql_learning_lens_list_rows rows;
};

static enum err read_lenses(struct tx *tx, void *arg)
{
    struct lenses_reading *d = arg;
    return sql_learning_lens_list(tx, d->r->arena, &d->rows, .day = INT64_MAX, .id = INT64_MAX,
                                  .limit = d->limit);
}

enum err learn_lenses_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct lenses_reading d = {.r = r, .limit = LIST_MAX};
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_lens),
                           .lead = msg_text(r->ui.lang, MSG_learning_lens_lead),
                           .xlsx = STR("/learn/gender.xlsx"),
                           .csv = STR("/learn/gender.csv"),
                           .print = true};
    struct learn_section s = {.empty = MSG_learning_lens_none};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_lenses, &d));
    learn_tabs(r, &v, "gender");
    for (size_t i = 0; i < d.rows.n; i++) {
        const struct sql_learning_lens_list_row *l = &d.rows.v[i];
        ARENA_PUSH(r->arena, s.lines,
                   ((struct learn_line){
                       .href = learn_path(r, "gender", l->id),
                       .title = object_name(r, l->kind, l->object),
                       .note = msg_text(r->ui.lang, kind_name(l->kind)),
                       .where = learn_unit_name(r, l->unit),
                       .day = l->done_day.v,
                       .figure = MSG_STR(r->arena, r->ui.lang, MSG_learning_settled_of,
                                         ARG_N("settled", l->settled), ARG_N("found", l->found))}));
    }
    learn_section_add(r, &v, s);
    resp_cache_public(r, 60);
    learn_show(r, &v, false, NULL, 200);
out:
    return rc;
}

enum err learn_lenses_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_learning_unit, XLSX_TEXT, 28, false},
        {MSG_learning_lens_kind, XLSX_TEXT, 16, false},
        {MSG_learning_lens_object, XLSX_TEXT, 40, false},
        {MSG_learning_day, XLSX_DATE, 0, false},
        {MSG_learning_findings, XLSX_INT, 0, true},
        {MSG_learning_settled, XLSX_INT, 0, true},
    };
    enum err rc = ERR_OK;
    struct export *x = NULL;
    struct lenses_reading d = {.r = r, .limit = EXPORT_MAX};
    struct export_about about = {.title = msg_text(r->ui.lang, MSG_learning_lens),
                                 .name = STR("gender-lens")};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_lenses, &d));
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < d.rows.n; i++) {
        const struct sql_learning_lens_list_row *l = &d.rows.v[i];
        export_text(x, learn_unit_name(r, l->unit));
        export_msg(x, kind_name(l->kind));
        export_text(x, object_name(r, l->kind, l->object));
        export_day(x, l->done_day.v);
        export_int(x, l->found);
        export_int(x, l->settled);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

/* --- one look --- */

struct lens_reading {
    struct req *r;
    int64_t id;
    struct sql_learning_lens_get_row l;
    struct sql_learning_checks_rows checks;
    struct sql_learning_lens_answers_rows answers;
    struct sql_learning_findings_of_rows findings;
};

static enum err read_lens(struct tx *tx, void *arg)
{
    struct lens_reading *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_learning_lens_get(tx, a, &d->l, .id = d->id));
    TRY(sql_learning_checks(tx, a, &d->checks, .kind = d->l.kind));
    TRY(sql_learning_lens_answers(tx, a, &d->answers, .lens = d->id));
    TRY(sql_learning_findings_of(tx, a, &d->findings, .lens = d->id));
out:
    return rc;
}

static struct str check_text(struct req *r, const struct sql_learning_checks_row *c)
{
    struct text3 t = {{[LANG_KY] = c->text_ky, [LANG_RU] = c->text_ru, [LANG_EN] = c->text_en}};
    return text3_get(&t, r->ui.lang);
}

static struct learn_line finding_line(struct req *r, struct str words, struct str action,
                                      struct str office, struct i64_opt due, struct str state,
                                      struct str note)
{
    struct learn_line line = {.title = words};
    struct buf *b = buf_in(r->arena);
    if (action.n)
        buf_printf(b, "%.*s (%.*s)", STRF(action), STRF(office));
    if (note.n)
        buf_printf(b, "%s%.*s", b->n ? "\n" : "", STRF(note));
    line.note = buf_view(b);
    line.state = msg_text(r->ui.lang, finding_state(state, &line.tone));
    if (due.set && str_eq(state, STR("open")))
        line.figure = MSG_STR(r->arena, r->ui.lang, MSG_learning_until, ARG_DATE("day", due.v));
    return line;
}

static void fill_lens(struct req *r, struct lens_reading *d, struct learn_view *v)
{
    v->kicker = msg_text(r->ui.lang, MSG_learning_lens);
    v->title = object_name(r, d->l.kind, d->l.object);
    learn_fact_add(r, v, MSG_learning_unit, learn_unit_name(r, d->l.unit));
    learn_fact_add(r, v, MSG_learning_lens_kind, msg_text(r->ui.lang, kind_name(d->l.kind)));
    if (d->l.done_day.set)
        learn_fact_day(r, v, MSG_learning_day, d->l.done_day.v);
    struct learn_section found = {.title = MSG_learning_findings,
                                  .empty = MSG_learning_findings_none};
    for (size_t i = 0; i < d->findings.n; i++) {
        const struct sql_learning_findings_of_row *f = &d->findings.v[i];
        ARENA_PUSH(r->arena, found.lines,
                   finding_line(r, f->words, f->action, f->office, f->due_day, f->state, f->note));
    }
    struct learn_section list = {.title = MSG_learning_checklist,
                                 .empty = MSG_learning_findings_none};
    for (size_t i = 0; i < d->checks.n; i++)
        for (size_t k = 0; k < d->answers.n; k++)
            if (str_eq(d->answers.v[k].code, d->checks.v[i].code)) {
                struct str said = d->answers.v[k].said;
                ARENA_PUSH(r->arena, list.lines,
                           ((struct learn_line){.title = check_text(r, &d->checks.v[i]),
                                                .note = d->answers.v[k].words,
                                                .state = msg_text(r->ui.lang, said_name(said)),
                                                .tone = str_eq(said, STR("yes"))  ? TONE_GOOD
                                                        : str_eq(said, STR("no")) ? TONE_BAD
                                                                                  : TONE_WAIT}));
            }
    learn_section_add(r, v, found);
    learn_section_add(r, v, list);
}

enum err learn_lens_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {.print = true};
    struct lens_reading d = {.r = r};
    TRY(learn_id(r, &d.id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_lens, &d));
    if (!d.l.done_day.set)
        FAIL(ERR_NOT_FOUND);
    fill_lens(r, &d, &v);
    resp_cache_public(r, 60);
    learn_show(r, &v, false, NULL, 200);
out:
    return rc;
}

/* --- the expert's desk --- */

enum { L_UNIT, L_KIND, L_SERVICE, L_PLAN };
static const struct field open_fields[] = {
    [L_UNIT] = {"unit", FIELD_CODE, .required = true, .max = 14, .label = MSG_learning_unit},
    [L_KIND] = {"kind", FIELD_CHOICE, .required = true, .choices = kinds,
                .label = MSG_learning_lens_kind},
    [L_SERVICE] = {"service", FIELD_CODE, .max = 40, .label = MSG_learning_lens_service},
    [L_PLAN] = {"plan", FIELD_LINE, .max = LEARN_TITLE_MAX, .label = MSG_learning_lens_plan_name},
};

static struct option_list all_units(struct req *r)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct option *o = ARENA_ARRAY(r->arena, struct option, t->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]) && !t->all[i]->successor &&
            access_allows(&r->actor, PERM_LEARN_REVIEW, t->all[i]->code))
            o[n++] = (struct option){
                .value = t->all[i]->code,
                .text = place_name(t->all[i], r->ui.lang),
                .group = t->all[i]->parent ? place_name(t->all[i]->parent, r->ui.lang) : STR_NULL};
    return (struct option_list){o, n};
}

static struct option_list services(struct req *r)
{
    const struct catalogue *c = catalogue_get(r->app, r->arena);
    struct option *o = ARENA_ARRAY(r->arena, struct option, c->n + 1);
    for (size_t i = 0; i < c->n; i++)
        o[i + 1] =
            (struct option){.value = c->v[i].code, .text = text3_get(&c->v[i].name, r->ui.lang)};
    return (struct option_list){o, c->n};
}

static enum err show_open(struct req *r, struct form *form, int status)
{
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_lens_new),
                           .lead = msg_text(r->ui.lang, MSG_learning_lens_new_lead)};
    struct learn_form *f = learn_form_add(r, &v, form, STR_NULL, MSG_NONE, MSG_learning_lens_new);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    learn_select_add(r, g, L_UNIT, all_units(r));
    learn_input_add(r, g, L_KIND);
    learn_select_add(r, g, L_SERVICE, services(r));
    learn_input_add(r, g, L_PLAN);
    learn_show(r, &v, true, form, status);
    return ERR_OK;
}

enum err learn_lens_new(struct req *r)
{
    return show_open(r, FORM_NEW(r, open_fields), 200);
}

struct opening {
    struct req *r;
    struct lens l;
    struct str once;
    enum learn_fault fault;
};

static enum err write_opening(struct tx *tx, void *arg)
{
    struct opening *o = arg;
    struct arena *a = o->r->arena;
    enum err rc = ERR_OK;
    struct sql_learning_lens_by_once_rows again;
    if (o->once.p) {
        tx_idempotent(tx);
        TRY(sql_learning_lens_by_once(tx, a, &again, .once = o->once));
        if (again.n) {
            o->l.id = again.v[0].id;
            goto out;
        }
    }
    rc = lens_open(tx, a, &o->l, o->r->actor.person_id, o->once, &o->fault);
out:
    return rc;
}

enum err learn_lens_new_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, open_fields, &form);
    if (!form)
        return rc;
    const struct field_value *f = form->v;
    bool service = str_eq(f[L_KIND].s, STR("service"));
    struct opening o = {.r = r,
                        .l = {.unit = f[L_UNIT].s,
                              .id = id_new(),
                              .kind = f[L_KIND].s,
                              .object = service ? f[L_SERVICE].s : f[L_PLAN].s},
                        .once = form_once(form)};
    const struct place *p =
        territory_find(territory_get(r->app, r->arena), o.l.unit.n ? o.l.unit : STR("-"));
    if (!p || !place_is_municipality(p) || !access_allows(&r->actor, PERM_LEARN_REVIEW, p->code))
        form_fault(r, form, L_UNIT, MSG_learning_fault_parties);
    if (service &&
        !catalogue_find(catalogue_get(r->app, r->arena), o.l.object.n ? o.l.object : STR("-")))
        form_fault(r, form, L_SERVICE, MSG_learning_fault_subject);
    if (rc == ERR_OK && form->fault_count == 0)
        rc = db_write(r->db, SCOPE_COUNTRY, write_opening, &o);
    else
        rc = ERR_INPUT;
    learn_fault_show(r, form, o.fault == LEARN_SUBJECT ? L_PLAN : -1, o.fault);
    if (rc == ERR_INPUT)
        return show_open(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_redirect(r, arena_printf(r->arena, "/desk/learning/gender/%lld", (long long)o.l.id));
    return ERR_OK;
}

/* Two fields for each question of the list, after the revision. The labels are data: the template
 * of a question stands over its fields. */
static struct field *lens_fields(struct req *r, const struct lens_reading *d, int *count)
{
    struct field *f = ARENA_ARRAY(r->arena, struct field, 1 + 2 * d->checks.n);
    int n = 0;
    f[n++] = (struct field){"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                            .label = MSG_learning_lens};
    for (size_t i = 0; i < d->checks.n; i++) {
        f[n++] = (struct field){
            arena_cstr(r->arena, arena_printf(r->arena, "said_%.*s", STRF(d->checks.v[i].code))),
            FIELD_CHOICE, .required = true, .choices = said_choices, .label = MSG_learning_said};
        f[n++] = (struct field){
            arena_cstr(r->arena, arena_printf(r->arena, "words_%.*s", STRF(d->checks.v[i].code))),
            FIELD_TEXT, .max = 1000, .rows = 2, .label = MSG_learning_said_words};
    }
    *count = n;
    return f;
}

static enum err find_lens(struct req *r, struct lens_reading *d)
{
    enum err rc = ERR_OK;
    TRY(learn_id(r, &d->id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_lens, d));
    if (!access_allows(&r->actor, PERM_LEARN_REVIEW, d->l.unit) || d->checks.n > CHECKS_MAX)
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static enum err show_lens(struct req *r, struct lens_reading *d, struct form *form, int status)
{
    struct learn_view v = {0};
    if (d->l.done_day.set || d->l.expert != r->actor.person_id) {
        fill_lens(r, d, &v);
        learn_show(r, &v, true, NULL, status);
        return ERR_OK;
    }
    v.kicker = learn_unit_name(r, d->l.unit);
    v.title = object_name(r, d->l.kind, d->l.object);
    v.lead = msg_text(r->ui.lang, MSG_learning_lens_fill);
    if (!form) {
        int count;
        struct field *fields = lens_fields(r, d, &count);
        form = form_new(r, fields, count);
        form_set_int(form, 0, d->l.revision);
    }
    struct learn_form *f = learn_form_add(r, &v, form, STR_NULL, MSG_NONE, MSG_learning_lens_done);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){0, INPUT_HIDDEN, {0}}));
    for (size_t i = 0; i < d->checks.n; i++) {
        g = learn_group_add(r, f, check_text(r, &d->checks.v[i]), true);
        learn_fields_add(r, g, 1 + 2 * (int)i, 2 + 2 * (int)i);
    }
    learn_show(r, &v, true, form, status);
    return ERR_OK;
}

enum err learn_lens_staff(struct req *r)
{
    struct lens_reading d = {.r = r};
    enum err rc = find_lens(r, &d);
    return rc == ERR_OK ? show_lens(r, &d, NULL, 200) : rc;
}

struct finishing {
    struct req *r;
    int64_t id, revision, ids[CHECKS_MAX];
    struct lens_answer answers[CHECKS_MAX];
    size_t n, where;
    enum learn_fault fault;
};

static enum err write_finishing(struct tx *tx, void *arg)
{
    struct finishing *f = arg;
    return lens_finish(tx, f->r->arena, f->id, f->revision, f->answers, f->n, f->ids, day_today(),
                       f->r->actor.person_id, &f->fault, &f->where);
}

enum err learn_lens_staff_post(struct req *r)
{
    struct lens_reading d = {.r = r};
    struct form *form = NULL;
    int count;
    enum err rc = find_lens(r, &d);
    if (rc != ERR_OK)
        return rc;
    struct field *fields = lens_fields(r, &d, &count);
    rc = form_read(r, fields, count, &form);
    if (!form)
        return rc;
    struct finishing f = {.r = r, .id = d.id, .revision = form->v[0].i, .n = d.checks.n};
    for (size_t i = 0; i < d.checks.n; i++) {
        f.ids[i] = id_new();
        f.answers[i] =
            (struct lens_answer){d.checks.v[i].code, form->v[1 + 2 * i].s, form->v[2 + 2 * i].s};
    }
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_finishing, &f);
    learn_fault_show(r, form, f.fault == LEARN_RESULT ? 2 + 2 * (int)f.where : -1, f.fault);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_lens(r, &d, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, r->http->path);
    return ERR_OK;
}

/* --- a finding on the municipality's desk --- */

enum { F_REVISION, F_ACTION, F_OFFICE, F_DUE, F_STATE, F_NOTE };
static const struct choice finding_choices[] = {{"open", MSG_learning_finding_open},
                                                {"done", MSG_learning_finding_done},
                                                {"declined", MSG_learning_finding_declined},
                                                {NULL, MSG_NONE}};
static const struct field finding_fields[] = {
    [F_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                    .label = MSG_learning_finding},
    [F_ACTION] = {"action", FIELD_TEXT, .max = 2000, .rows = 3, .label = MSG_learning_action},
    [F_OFFICE] = {"office", FIELD_LINE, .max = LEARN_LINE_MAX, .label = MSG_learning_responsible},
    [F_DUE] = {"due", FIELD_DATE, .label = MSG_learning_due},
    [F_STATE] = {"state", FIELD_CHOICE, .required = true, .choices = finding_choices,
                 .label = MSG_learning_state},
    [F_NOTE] = {"note", FIELD_TEXT, .max = 2000, .rows = 3, .label = MSG_learning_finding_note,
                .hint = MSG_learning_finding_hint},
};

struct finding_reading {
    struct req *r;
    int64_t id;
    struct sql_learning_finding_get_row f;
    struct sql_learning_lens_get_row l;
    struct learn_view *v;
};

static enum err read_finding(struct tx *tx, void *arg)
{
    struct finding_reading *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_learning_finding_get(tx, a, &d->f, .id = d->id));
    TRY(sql_learning_lens_get(tx, a, &d->l, .id = d->f.lens));
    TRY(learn_log_read(tx, d->r, d->id, d->v));
out:
    return rc;
}

static enum err find_finding(struct req *r, struct finding_reading *d)
{
    enum err rc = ERR_OK;
    TRY(learn_id(r, &d->id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_finding, d));
    if (!learn_is_ours(r, d->f.unit))
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static enum err show_finding(struct req *r, struct finding_reading *d, struct form *form,
                             int status)
{
    struct learn_view *v = d->v;
    v->kicker = object_name(r, d->l.kind, d->l.object);
    v->title = msg_text(r->ui.lang, MSG_learning_finding);
    v->lead = d->f.words;
    v->state = msg_text(r->ui.lang, finding_state(d->f.state, &v->tone));
    learn_text_add(r, v, MSG_learning_action, d->f.action);
    learn_text_add(r, v, MSG_learning_finding_note, d->f.note);
    ARENA_PUSH(r->arena, v->links,
               ((struct learn_link){.href = learn_path(r, "gender", d->f.lens),
                                    .text = msg_text(r->ui.lang, MSG_learning_public)}));
    if (str_eq(d->f.state, STR("open"))) {
        struct learn_form *f =
            learn_form_add(r, v, form, STR_NULL, MSG_learning_action, MSG_common_save);
        struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
        ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){F_REVISION, INPUT_HIDDEN, {0}}));
        learn_fields_add(r, g, F_ACTION, F_NOTE);
    }
    learn_show(r, v, true, form, status);
    return ERR_OK;
}

enum err learn_finding_desk(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct finding_reading d = {.r = r, .v = &v};
    struct form *form = FORM_NEW(r, finding_fields);
    TRY(find_finding(r, &d));
    form_set_int(form, F_REVISION, d.f.revision);
    form_set(form, F_ACTION, d.f.action);
    form_set(form, F_OFFICE, d.f.office);
    if (d.f.due_day.set)
        form_set_int(form, F_DUE, d.f.due_day.v);
    form_set(form, F_STATE, d.f.state);
    rc = show_finding(r, &d, form, 200);
out:
    return rc;
}

struct following {
    struct req *r;
    struct finding f;
    enum learn_fault fault;
};

static enum err write_following(struct tx *tx, void *arg)
{
    struct following *w = arg;
    return finding_follow(tx, w->r->arena, &w->f, day_today(), w->r->actor.person_id, &w->fault);
}

enum err learn_finding_post(struct req *r)
{
    struct learn_view v = {0};
    struct finding_reading d = {.r = r, .v = &v};
    struct form *form = NULL;
    enum err rc = find_finding(r, &d);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, finding_fields, &form);
    if (!form)
        return rc;
    const struct field_value *x = form->v;
    struct following w = {.r = r,
                          .f = {.id = d.id,
                                .revision = x[F_REVISION].i,
                                .action = x[F_ACTION].s,
                                .office = x[F_OFFICE].s,
                                .due_day = learn_number(&x[F_DUE]),
                                .state = x[F_STATE].s,
                                .note = x[F_NOTE].s}};
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_following, &w);
    learn_fault_show(r, form,
                     w.fault == LEARN_DAYS     ? F_DUE
                     : w.fault == LEARN_RESULT ? F_NOTE
                     : w.fault == LEARN_ACTION ? F_ACTION
                                               : -1,
                     w.fault);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_finding(r, &d, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, r->http->path);
    return ERR_OK;
}
