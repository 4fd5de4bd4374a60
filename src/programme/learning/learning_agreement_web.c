/*
 * Pages of agreements: what everybody sees; the first party writes the draft, each party's desk
 * enters its council's decision and tells what came of it.
 */
#include "programme/learning/learning_view.h"

#include "programme/law/law.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/web/export.h"

#include <math.h>

enum { LIST_MAX = 50, EXPORT_MAX = 5000, REPORTS_MAX = 100 };

enum msg learn_agreement_state(struct str state, enum tone *tone)
{
    bool force = str_eq(state, STR("in_force")), ended = str_eq(state, STR("ended"));
    *tone = force ? TONE_GOOD : ended ? TONE_NEUTRAL : TONE_WAIT;
    return force   ? MSG_learning_agreement_in_force
           : ended ? MSG_learning_agreement_ended
                   : MSG_learning_state_draft;
}

/* --- lists --- */

struct agreements_reading {
    struct req *r;
    int64_t limit;
    struct sql_learning_agreement_list_rows force, ended;
};

static enum err read_agreements(struct tx *tx, void *arg)
{
    struct agreements_reading *d = arg;
    enum err rc = ERR_OK;
    TRY(sql_learning_agreement_list(tx, d->r->arena, &d->force, .state = STR("in_force"),
                                    .day = INT64_MAX, .id = INT64_MAX, .limit = d->limit));
    TRY(sql_learning_agreement_list(tx, d->r->arena, &d->ended, .state = STR("ended"),
                                    .day = INT64_MAX, .id = INT64_MAX, .limit = d->limit));
out:
    return rc;
}

static void add_agreements(struct req *r, const struct sql_learning_agreement_list_rows *rows,
                           enum msg title, struct learn_view *v)
{
    struct learn_section s = {.title = title, .empty = MSG_learning_agreements_none};
    for (size_t i = 0; i < rows->n; i++) {
        const struct sql_learning_agreement_list_row *g = &rows->v[i];
        struct text3 name = {{g->title_ky, g->title_ru, g->title_en}};
        struct learn_line line = {.href = learn_path(r, "agreements", g->id),
                                  .title = text3_get(&name, r->ui.lang),
                                  .note = learn_topic_name(r, g->topic),
                                  .where = learn_unit_name(r, g->unit),
                                  .day = g->from_day,
                                  .figure = MSG_STR(r->arena, r->ui.lang, MSG_learning_parties_n,
                                                    ARG_N("n", g->parties))};
        line.state = msg_text(r->ui.lang, learn_agreement_state(g->state, &line.tone));
        ARENA_PUSH(r->arena, s.lines, line);
    }
    learn_section_add(r, v, s);
}

enum err learn_agreements_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct agreements_reading d = {.r = r, .limit = LIST_MAX};
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_agreements),
                           .lead = msg_text(r->ui.lang, MSG_learning_agreements_lead),
                           .xlsx = STR("/learn/agreements.xlsx"),
                           .csv = STR("/learn/agreements.csv"),
                           .print = true};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_agreements, &d));
    learn_tabs(r, &v, "agreements");
    add_agreements(r, &d.force, MSG_learning_agreement_in_force, &v);
    add_agreements(r, &d.ended, MSG_learning_agreement_ended, &v);
    resp_cache_public(r, 60);
    learn_show(r, &v, false, NULL, 200);
out:
    return rc;
}

enum err learn_agreements_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_learning_agreement, XLSX_TEXT, 50, false},
        {MSG_learning_topic, XLSX_TEXT, 24, false},
        {MSG_learning_first_party, XLSX_TEXT, 28, false},
        {MSG_learning_parties, XLSX_INT, 0, false},
        {MSG_learning_state, XLSX_TEXT, 16, false},
        {MSG_learning_term_from, XLSX_DATE, 0, false},
        {MSG_learning_term_to, XLSX_DATE, 0, false},
    };
    enum err rc = ERR_OK;
    struct export *x = NULL;
    enum tone tone;
    struct agreements_reading d = {.r = r, .limit = EXPORT_MAX};
    struct export_about about = {.title = msg_text(r->ui.lang, MSG_learning_agreements),
                                 .name = STR("agreements")};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_agreements, &d));
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < d.force.n + d.ended.n; i++) {
        const struct sql_learning_agreement_list_row *g =
            i < d.force.n ? &d.force.v[i] : &d.ended.v[i - d.force.n];
        struct text3 name = {{g->title_ky, g->title_ru, g->title_en}};
        export_text(x, text3_get(&name, r->ui.lang));
        export_text(x, learn_topic_name(r, g->topic));
        export_text(x, learn_unit_name(r, g->unit));
        export_int(x, g->parties);
        export_msg(x, learn_agreement_state(g->state, &tone));
        export_day(x, g->from_day);
        if (g->to_day.set)
            export_day(x, g->to_day.v);
        else
            export_blank(x);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

/* --- one agreement --- */

struct agreement_reading {
    struct req *r;
    int64_t id;
    bool desk;
    struct agreement g;
    struct law_citation basis;
    struct sql_learning_performance_list_rows reports;
    struct sql_learning_performance_sum_row sum;
    struct learn_view *v;
};

static enum err read_agreement(struct tx *tx, void *arg)
{
    struct agreement_reading *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    TRY(agreement_get(tx, a, d->id, &d->g));
    TRY(law_citation_read(tx, a, d->r->ui.lang, d->g.basis, &d->basis));
    TRY(sql_learning_performance_list(tx, a, &d->reports, .agreement = d->id,
                                      .limit = REPORTS_MAX));
    TRY(sql_learning_performance_sum(tx, a, &d->sum, .agreement = d->id));
    if (d->desk)
        TRY(learn_log_read(tx, d->r, d->id, d->v));
out:
    return rc;
}

static struct str share_text(struct req *r, int64_t share)
{
    struct buf *b = buf_in(r->arena);
    lang_decimal(b, r->ui.lang, (double)share / 100, share % 100 ? 2 : 0);
    buf_cstr(b, lang_percent_sign(r->ui.lang));
    return buf_view(b);
}

static void fill_agreement(struct req *r, struct agreement_reading *d)
{
    struct learn_view *v = d->v;
    const struct agreement *g = &d->g;
    v->kicker = learn_topic_name(r, g->topic);
    v->title = text3_get(&g->title, r->ui.lang);
    v->state = msg_text(r->ui.lang, learn_agreement_state(g->state, &v->tone));
    learn_fact_day(r, v, MSG_learning_term_from, g->from_day);
    if (g->to_day.set)
        learn_fact_day(r, v, MSG_learning_term_to, g->to_day.v);
    if (g->force_day.set)
        learn_fact_day(r, v, MSG_learning_force_day, g->force_day.v);
    if (g->ended_day.set)
        learn_fact_day(r, v, MSG_learning_ended_day, g->ended_day.v);
    learn_fact_add(r, v, MSG_learning_note, g->end_note);
    if (d->basis.words.n)
        ARENA_PUSH(r->arena, v->facts,
                   ((struct learn_fact){MSG_learning_basis, d->basis.words, d->basis.href}));
    if (d->sum.spent)
        learn_fact_money(r, v, MSG_learning_spent, I64(d->sum.spent));
    learn_text_add(r, v, MSG_learning_subject, g->subject);
    struct learn_section parties = {.title = MSG_learning_parties,
                                    .empty = MSG_learning_agreements_none};
    for (size_t i = 0; i < g->party_count; i++) {
        const struct agreement_party *p = &g->parties[i];
        bool decided = p->decision_day.set;
        ARENA_PUSH(r->arena, parties.lines,
                   ((struct learn_line){
                       .title = learn_unit_name(r, p->unit),
                       .figure = MSG_STR(r->arena, r->ui.lang, MSG_learning_share_of,
                                         ARG_S("share", share_text(r, p->share))),
                       .state = decided ? MSG_STR(r->arena, r->ui.lang, MSG_learning_decided,
                                                  ARG_S("decision", p->decision))
                                        : msg_text(r->ui.lang, MSG_learning_undecided),
                       .tone = decided ? TONE_GOOD : TONE_WAIT,
                       .day = decided ? p->decision_day.v : 0}));
    }
    learn_section_add(r, v, parties);
    struct learn_section reports = {.title = MSG_learning_performance,
                                    .empty = MSG_learning_performance_none};
    for (size_t i = 0; i < d->reports.n; i++) {
        const struct sql_learning_performance_list_row *p = &d->reports.v[i];
        struct buf *money = buf_in(r->arena);
        if (p->spent.set)
            lang_money(money, r->ui.lang, p->spent.v);
        ARENA_PUSH(r->arena, reports.lines,
                   ((struct learn_line){.title = learn_unit_name(r, p->unit),
                                        .note = p->words,
                                        .day = p->day,
                                        .figure = buf_view(money)}));
    }
    if (g->force_day.set)
        learn_section_add(r, v, reports);
}

enum err learn_agreement_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {.print = true};
    struct agreement_reading d = {.r = r, .v = &v};
    TRY(learn_id(r, &d.id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_agreement, &d));
    if (!d.g.force_day.set)
        FAIL(ERR_NOT_FOUND);
    fill_agreement(r, &d);
    resp_cache_public(r, 60);
    learn_show(r, &v, false, NULL, 200);
out:
    return rc;
}

/* --- the draft --- */

enum {
    G_REVISION,
    G_TOPIC,
    G_KY,
    G_RU,
    G_EN,
    G_SUBJECT,
    G_BASIS,
    G_FROM,
    G_TO,
    G_OWN_SHARE,
    G_PARTIES, /* unit and share of each other party */
};
#define PARTY_FIELDS(n)                                                                            \
    {"unit" n, FIELD_CODE, .max = 14, .label = MSG_learning_party},                                \
    {                                                                                              \
        "share" n, FIELD_DECIMAL, .min = 0, .max = 100, .width = 5, .label = MSG_learning_share    \
    }
static const struct field agreement_fields[] = {
    [G_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                    .label = MSG_learning_agreement},
    [G_TOPIC] = {"topic", FIELD_CODE, .required = true, .max = 40, .label = MSG_learning_topic},
    [G_KY] = {"title_ky", FIELD_LINE, .max = LEARN_TITLE_MAX, .label = MSG_learning_title_ky},
    [G_RU] = {"title_ru", FIELD_LINE, .max = LEARN_TITLE_MAX, .label = MSG_learning_title_ru},
    [G_EN] = {"title_en", FIELD_LINE, .max = LEARN_TITLE_MAX, .label = MSG_learning_title_en},
    [G_SUBJECT] = {"subject", FIELD_TEXT, .required = true, .max = LEARN_WORDS_MAX,
                   .label = MSG_learning_subject, .hint = MSG_learning_subject_hint},
    [G_BASIS] = {"basis", FIELD_LINE, .max = 300, .label = MSG_learning_basis},
    [G_FROM] = {"from", FIELD_DATE, .required = true, .label = MSG_learning_term_from},
    [G_TO] = {"to", FIELD_DATE, .label = MSG_learning_term_to},
    [G_OWN_SHARE] = {"share", FIELD_DECIMAL, .required = true, .min = 0, .max = 100, .width = 5,
                     .label = MSG_learning_own_share, .hint = MSG_learning_share_hint},
    PARTY_FIELDS("2"),
    PARTY_FIELDS("3"),
    PARTY_FIELDS("4"),
    PARTY_FIELDS("5"),
    PARTY_FIELDS("6"),
};
_Static_assert(COUNT_OF(agreement_fields) == G_PARTIES + 2 * (AGREEMENT_PARTIES - 1),
               "a row of fields for each other party");

static struct option_list unit_options(struct req *r)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct option *o = ARENA_ARRAY(r->arena, struct option, t->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]) && !t->all[i]->successor &&
            !str_eq(t->all[i]->code, r->unit))
            o[n++] = (struct option){
                .value = t->all[i]->code,
                .text = place_name(t->all[i], r->ui.lang),
                .group = t->all[i]->parent ? place_name(t->all[i]->parent, r->ui.lang) : STR_NULL};
    return (struct option_list){o, n};
}

static enum err show_agreement_form(struct req *r, bool is_new, struct form *form, int status)
{
    struct learn_view v = {
        .title = msg_text(r->ui.lang, is_new ? MSG_learning_agreement_new : MSG_learning_edit),
        .lead = msg_text(r->ui.lang, MSG_learning_agreement_lead)};
    struct option_list units = unit_options(r);
    struct learn_form *f = learn_form_add(r, &v, form, STR_NULL, MSG_NONE, MSG_common_save);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){G_REVISION, INPUT_HIDDEN, {0}}));
    learn_select_add(r, g, G_TOPIC, learn_topic_options(r));
    learn_fields_add(r, g, G_KY, G_SUBJECT);
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){G_BASIS, INPUT_CITATION, {0}}));
    learn_fields_add(r, g, G_FROM, G_OWN_SHARE);
    for (int i = G_PARTIES; i < form->count; i += 2) {
        learn_select_add(r, g, i, units);
        learn_input_add(r, g, i + 1);
    }
    learn_show(r, &v, true, form, status);
    return ERR_OK;
}

static void set_share(struct form *f, int field, int64_t share)
{
    struct buf *b = buf_in(f->arena);
    buf_fixed(b, (double)share / 100, share % 100 ? 2 : 0);
    form_set(f, field, buf_view(b));
}

/* Per cent with two decimals at most; -1: more of them, which no sum would be sure of. */
static int64_t share_of(const struct field_value *v)
{
    double hundredths = v->f * 100, whole = round(hundredths);
    if (!v->s.n)
        return 0;
    return fabs(hundredths - whole) < 1e-6 ? (int64_t)whole : -1;
}

static struct agreement agreement_of_form(struct req *r, const struct form *form)
{
    const struct field_value *v = form->v;
    struct agreement g = {
        .unit = r->unit,
        .revision = v[G_REVISION].i,
        .topic = v[G_TOPIC].s,
        .title = {{[LANG_KY] = v[G_KY].s, [LANG_RU] = v[G_RU].s, [LANG_EN] = v[G_EN].s}},
        .subject = v[G_SUBJECT].s,
        .basis = v[G_BASIS].s,
        .from_day = v[G_FROM].i,
        .to_day = learn_number(&v[G_TO])};
    g.parties[g.party_count++] =
        (struct agreement_party){.unit = r->unit, .share = share_of(&v[G_OWN_SHARE])};
    for (int i = G_PARTIES; i < form->count; i += 2)
        if (v[i].s.n)
            g.parties[g.party_count++] =
                (struct agreement_party){.unit = v[i].s, .share = share_of(&v[i + 1])};
    return g;
}

struct agreement_change {
    struct req *r;
    struct agreement g;
    bool is_new;
    struct str once;
    enum learn_fault fault;
};

static enum err write_agreement(struct tx *tx, void *arg)
{
    struct agreement_change *c = arg;
    struct arena *a = c->r->arena;
    int64_t by = c->r->actor.person_id;
    enum err rc = ERR_OK;
    struct sql_learning_agreement_by_once_rows again;
    if (!c->is_new)
        return agreement_change(tx, a, &c->g, by, &c->fault);
    if (c->once.p) {
        tx_idempotent(tx);
        TRY(sql_learning_agreement_by_once(tx, a, &again, .once = c->once));
        if (again.n) {
            c->g.id = again.v[0].id;
            goto out;
        }
    }
    rc = agreement_add(tx, a, &c->g, by, c->once, &c->fault);
out:
    return rc;
}

static int agreement_field(enum learn_fault f)
{
    return f == LEARN_TOPIC     ? G_TOPIC
           : f == LEARN_TITLE   ? G_KY
           : f == LEARN_SUBJECT ? G_SUBJECT
           : f == LEARN_DAYS    ? G_TO
           : f == LEARN_SHARES  ? G_OWN_SHARE
           : f == LEARN_PARTIES ? G_PARTIES
                                : -1;
}

static enum err save_agreement(struct req *r, const struct agreement *old)
{
    struct form *form = NULL;
    const struct territory *t = territory_get(r->app, r->arena);
    enum err rc = FORM_READ(r, agreement_fields, &form);
    if (!form)
        return rc;
    struct agreement_change c = {
        .r = r, .g = agreement_of_form(r, form), .is_new = !old, .once = form_once(form)};
    c.g.id = old ? old->id : id_new();
    if (old)
        c.g.unit = c.g.parties[0].unit = old->unit;
    for (size_t i = 0; i < c.g.party_count; i++) {
        const struct place *p = territory_find(t, c.g.parties[i].unit);
        if (!p || !place_is_municipality(p))
            form_fault(r, form, G_PARTIES, MSG_learning_fault_parties);
    }
    if (rc == ERR_OK && form->fault_count == 0)
        rc = db_write(r->db, SCOPE_COUNTRY, write_agreement, &c);
    else
        rc = ERR_INPUT;
    learn_fault_show(r, form, agreement_field(c.fault), c.fault);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_agreement_form(r, !old, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, learn_desk_path(r, "agreements", c.g.id));
    return ERR_OK;
}

enum err learn_agreement_new(struct req *r)
{
    struct form *form = FORM_NEW(r, agreement_fields);
    form_set_int(form, G_REVISION, 0);
    form_set(form, G_TOPIC, STR("cooperation"));
    return show_agreement_form(r, true, form, 200);
}

enum err learn_agreement_new_post(struct req *r)
{
    return save_agreement(r, NULL);
}

/* --- a party's desk --- */

/* The party that this desk speaks for; NULL: none. */
static const struct agreement_party *own_party(struct req *r, const struct agreement *g)
{
    for (size_t i = 0; i < g->party_count; i++)
        if (learn_is_ours(r, g->parties[i].unit))
            return &g->parties[i];
    return NULL;
}

static enum err find_agreement(struct req *r, struct agreement_reading *d)
{
    enum err rc = ERR_OK;
    d->desk = true;
    TRY(learn_id(r, &d->id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_agreement, d));
    if (!own_party(r, &d->g))
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static bool is_lead(struct req *r, const struct agreement *g)
{
    return learn_is_ours(r, g->unit);
}

enum err learn_agreement_edit(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct agreement_reading d = {.r = r, .v = &v};
    struct form *form = FORM_NEW(r, agreement_fields);
    const struct agreement *g = &d.g;
    TRY(find_agreement(r, &d));
    if (!is_lead(r, g) || !str_eq(g->state, STR("draft")))
        FAIL(ERR_NOT_FOUND);
    form_set_int(form, G_REVISION, g->revision);
    form_set(form, G_TOPIC, g->topic);
    form_set(form, G_KY, g->title.in[LANG_KY]);
    form_set(form, G_RU, g->title.in[LANG_RU]);
    form_set(form, G_EN, g->title.in[LANG_EN]);
    form_set(form, G_SUBJECT, g->subject);
    form_set(form, G_BASIS, g->basis);
    form_set_int(form, G_FROM, g->from_day);
    if (g->to_day.set)
        form_set_int(form, G_TO, g->to_day.v);
    set_share(form, G_OWN_SHARE, g->parties[0].share);
    for (size_t i = 1; i < g->party_count; i++) {
        form_set(form, G_PARTIES + 2 * ((int)i - 1), g->parties[i].unit);
        set_share(form, G_PARTIES + 2 * ((int)i - 1) + 1, g->parties[i].share);
    }
    rc = show_agreement_form(r, false, form, 200);
out:
    return rc;
}

enum err learn_agreement_edit_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct agreement_reading d = {.r = r, .v = &v};
    TRY(find_agreement(r, &d));
    if (!is_lead(r, &d.g) || !str_eq(d.g.state, STR("draft")))
        FAIL(ERR_NOT_FOUND);
    rc = save_agreement(r, &d.g);
out:
    return rc;
}

enum { D_REVISION, D_STEP, D_WORDS, D_DAY, D_SPENT };
static const struct choice step_choices[] = {{"decide", MSG_learning_do_decide},
                                             {"begin", MSG_learning_do_begin},
                                             {"end", MSG_learning_do_end},
                                             {"report", MSG_learning_do_report},
                                             {NULL, MSG_NONE}};
#define STEP_FIELDS(words_label, words_rows_kind)                                                  \
    [D_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,                             \
                    .label = MSG_learning_agreement},                                              \
    [D_STEP] = {"step", FIELD_CHOICE, .required = true, .choices = step_choices,                   \
                .label = MSG_learning_state},                                                      \
    [D_WORDS] = {"words", words_rows_kind, .max = LEARN_WORDS_MAX, .label = words_label},          \
    [D_DAY] = {"day", FIELD_DATE, .label = MSG_learning_day},                                      \
    [D_SPENT] = {"spent", FIELD_MONEY, .min = 0, .max = INT64_C(100000000000000),                  \
                 .label = MSG_learning_spent}
static const struct field decide_fields[] = {STEP_FIELDS(MSG_learning_decision, FIELD_LINE)};
static const struct field report_fields[] = {STEP_FIELDS(MSG_learning_performance, FIELD_TEXT)};
static const struct field end_fields[] = {STEP_FIELDS(MSG_learning_note, FIELD_TEXT)};

static struct learn_group *step_form(struct req *r, struct agreement_reading *d,
                                     const struct field *fields, const char *step, enum msg title,
                                     enum msg button)
{
    struct form *form = form_new(r, fields, COUNT_OF(decide_fields));
    form_set_int(form, D_REVISION, d->g.revision);
    form_set(form, D_STEP, str_from(step));
    struct learn_form *f = learn_form_add(
        r, d->v, form,
        arena_printf(r->arena, "%.*s/step", STRF(learn_desk_path(r, "agreements", d->id))), title,
        button);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){D_REVISION, INPUT_HIDDEN, {0}}));
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){D_STEP, INPUT_HIDDEN, {0}}));
    return g;
}

static void show_agreement_desk(struct req *r, struct agreement_reading *d, const struct form *form,
                                int status)
{
    const struct agreement *g = &d->g;
    bool draft = str_eq(g->state, STR("draft")), force = str_eq(g->state, STR("in_force")),
         whole = true;
    struct learn_group *group;
    fill_agreement(r, d);
    for (size_t i = 0; i < g->party_count; i++)
        whole = whole && g->parties[i].decision_day.set;
    if (draft && is_lead(r, g))
        ARENA_PUSH(r->arena, d->v->links,
                   ((struct learn_link){
                       .href = arena_printf(r->arena, "%.*s/edit",
                                            STRF(learn_desk_path(r, "agreements", d->id))),
                       .text = msg_text(r->ui.lang, MSG_learning_edit)}));
    if (g->force_day.set)
        ARENA_PUSH(r->arena, d->v->links,
                   ((struct learn_link){.href = learn_path(r, "agreements", d->id),
                                        .text = msg_text(r->ui.lang, MSG_learning_public)}));
    if (draft) {
        group =
            step_form(r, d, decide_fields, "decide", MSG_learning_decision, MSG_learning_do_decide);
        learn_fields_add(r, group, D_WORDS, D_DAY);
    }
    if (draft && whole && is_lead(r, g))
        (void)step_form(r, d, decide_fields, "begin", MSG_NONE, MSG_learning_do_begin);
    if (force) {
        group = step_form(r, d, report_fields, "report", MSG_learning_performance,
                          MSG_learning_do_report);
        learn_fields_add(r, group, D_WORDS, D_SPENT);
    }
    if (force && is_lead(r, g)) {
        group = step_form(r, d, end_fields, "end", MSG_learning_do_end, MSG_learning_do_end);
        learn_input_add(r, group, D_WORDS);
        d->v->forms.v[d->v->forms.n - 1].kind = BUTTON_SECONDARY;
    }
    learn_show(r, d->v, true, form, status);
}

enum err learn_agreement_desk(struct req *r)
{
    struct learn_view v = {0};
    struct agreement_reading d = {.r = r, .v = &v};
    enum err rc = find_agreement(r, &d);
    if (rc == ERR_OK)
        show_agreement_desk(r, &d, NULL, 200);
    return rc;
}

struct agreement_step {
    struct req *r;
    int64_t id, row;
    struct str unit; /* the party that speaks */
    const struct field_value *f;
    struct str once;
    enum learn_fault fault;
};

static enum err write_step(struct tx *tx, void *arg)
{
    struct agreement_step *s = arg;
    struct arena *a = s->r->arena;
    const struct field_value *f = s->f;
    struct str step = f[D_STEP].s;
    int64_t by = s->r->actor.person_id, today = day_today(), revision = f[D_REVISION].i,
            day = f[D_DAY].s.n ? f[D_DAY].i : today;
    enum err rc = ERR_OK;
    struct sql_learning_performance_by_once_rows again;
    if (str_eq(step, STR("decide")))
        return agreement_decide(tx, a, s->id, revision, s->unit, f[D_WORDS].s, day, today, by,
                                &s->fault);
    if (str_eq(step, STR("begin")))
        return agreement_begin(tx, a, s->id, revision, today, by, &s->fault);
    if (str_eq(step, STR("end")))
        return agreement_end(tx, a, s->id, revision, f[D_WORDS].s, today, by, &s->fault);
    if (s->once.p) {
        tx_idempotent(tx);
        TRY(sql_learning_performance_by_once(tx, a, &again, .once = s->once));
        if (again.n)
            goto out;
    }
    rc = agreement_report(tx, a, s->id, s->row, s->unit, day, f[D_WORDS].s,
                          learn_number(&f[D_SPENT]), today, by, s->once, &s->fault);
out:
    return rc;
}

enum err learn_agreement_step_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct agreement_reading d = {.r = r, .v = &v};
    struct form *form = NULL;
    TRY(find_agreement(r, &d));
    rc = FORM_READ(r, report_fields, &form);
    if (!form)
        return rc;
    struct str step = form->v[D_STEP].s;
    bool leads = str_eq(step, STR("begin")) || str_eq(step, STR("end"));
    if (rc == ERR_OK && leads && !is_lead(r, &d.g))
        return ERR_DENIED;
    struct agreement_step s = {.r = r,
                               .id = d.id,
                               .row = id_new(),
                               .unit = own_party(r, &d.g)->unit,
                               .f = form->v,
                               .once = form_once(form)};
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_step, &s);
    learn_fault_show(r, form, s.fault == LEARN_DAYS ? D_DAY : -1, s.fault);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT) {
        show_agreement_desk(r, &d, form, 422);
        return ERR_OK;
    }
    TRY(rc);
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, learn_desk_path(r, "agreements", d.id));
out:
    return rc;
}
