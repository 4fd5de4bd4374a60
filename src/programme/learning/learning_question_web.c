/*
 * Pages of consultations: the knowledge base, a municipality's own questions, and the staff's work
 * on them; the register of experts.
 */
#include "programme/learning/learning_view.h"

#include "programme/law/law.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/web/export.h"

enum { LIST_MAX = 30, EXPORT_MAX = 5000, CITATIONS = 3, SHORT = 160 };

/* --- the knowledge base --- */

struct base_reading {
    struct req *r;
    struct str topics;
    struct learn_terms terms;
    int64_t day, id, limit;
    struct sql_learning_question_list_rows rows;
};

static enum err read_base(struct tx *tx, void *arg)
{
    struct base_reading *b = arg;
    const struct learn_terms *t = &b->terms;
    return sql_learning_question_list(tx, b->r->arena, &b->rows, .topics = b->topics, .a1 = t->a[0],
                                      .b1 = t->b[0], .a2 = t->a[1], .b2 = t->b[1], .a3 = t->a[2],
                                      .b3 = t->b[2], .a4 = t->a[3], .b4 = t->b[3], .day = b->day,
                                      .id = b->id, .limit = b->limit);
}

enum err learn_questions_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_questions),
                           .lead = msg_text(r->ui.lang, MSG_learning_questions_lead),
                           .xlsx = STR("/learn/questions.xlsx"),
                           .csv = STR("/learn/questions.csv"),
                           .print = true};
    rc = learn_search_read(r, &v, "/learn/questions", &form);
    if (!form)
        return rc;
    const struct field_value *f = form->v;
    bool edge = f[SEARCH_DAY].present && f[SEARCH_DAY].s.n && f[SEARCH_ID].present;
    struct base_reading b = {.r = r,
                             .day = edge ? f[SEARCH_DAY].i : INT64_MAX,
                             .id = edge ? f[SEARCH_ID].i : INT64_MAX,
                             .limit = LIST_MAX + 1};
    if (f[SEARCH_WORDS].present)
        b.terms = learn_terms_of(r->arena, f[SEARCH_WORDS].s);
    if (f[SEARCH_TOPIC].present)
        b.topics = learn_topics_below(r->arena, f[SEARCH_TOPIC].s);
    TRY(db_read(r->db, SCOPE_COUNTRY, read_base, &b));
    learn_tabs(r, &v, "questions");
    struct learn_section s = {.empty = MSG_learning_questions_none};
    for (size_t i = 0; i < b.rows.n && i < LIST_MAX; i++)
        ARENA_PUSH(r->arena, s.lines,
                   ((struct learn_line){.href = learn_path(r, "questions", b.rows.v[i].id),
                                        .title = b.rows.v[i].open_title,
                                        .note = learn_topic_name(r, b.rows.v[i].topic),
                                        .day = b.rows.v[i].published_day.v}));
    if (b.rows.n > LIST_MAX)
        s.older = learn_older(r, "/learn/questions", form, b.rows.v[LIST_MAX - 1].published_day.v,
                              b.rows.v[LIST_MAX - 1].id);
    learn_section_add(r, &v, s);
    resp_cache_public(r, 60);
    learn_show(r, &v, false, NULL, 200);
out:
    return rc;
}

enum err learn_questions_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_learning_question, XLSX_TEXT, 40, false},
        {MSG_learning_topic, XLSX_TEXT, 24, false},
        {MSG_learning_published, XLSX_DATE, 0, false},
        {MSG_learning_question_words, XLSX_TEXT, 60, false},
        {MSG_learning_answer, XLSX_TEXT, 60, false},
    };
    enum err rc = ERR_OK;
    struct export *x = NULL;
    struct base_reading b = {.r = r, .day = INT64_MAX, .id = INT64_MAX, .limit = EXPORT_MAX};
    struct export_about about = {.title = msg_text(r->ui.lang, MSG_learning_questions),
                                 .name = STR("questions")};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_base, &b));
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < b.rows.n; i++) {
        const struct sql_learning_question_list_row *q = &b.rows.v[i];
        export_text(x, q->open_title);
        export_text(x, learn_topic_name(r, q->topic));
        export_day(x, q->published_day.v);
        export_text(x, q->open_words);
        export_text(x, q->open_answer);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

/* --- one question --- */

struct question_reading {
    struct req *r;
    int64_t id;
    bool staff;
    struct sql_learning_question_get_row q;
    struct learn_view *v;
    struct learn_facts_of_law {
        struct law_citation *v;
        size_t n, cap;
    } citations;
    struct sql_learning_citations_rows typed;
    struct sql_learning_experts_rows experts;
    struct person_names names;
};

static enum err read_question(struct tx *tx, void *arg)
{
    struct question_reading *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    d->citations.n = 0;
    TRY(sql_learning_question_get(tx, a, &d->q, .id = d->id));
    TRY(sql_learning_citations(tx, a, &d->typed, .question = d->id));
    for (size_t i = 0; i < d->typed.n; i++) {
        struct law_citation c;
        TRY(law_citation_read(tx, a, d->r->ui.lang, d->typed.v[i].words, &c));
        ARENA_PUSH(a, d->citations, c);
    }
    if (d->staff) {
        TRY(sql_learning_experts(tx, a, &d->experts));
        int64_t *who = ARENA_ARRAY(a, int64_t, d->experts.n + 2);
        for (size_t i = 0; i < d->experts.n; i++)
            who[i] = d->experts.v[i].account;
        who[d->experts.n] = d->q.created_by;
        who[d->experts.n + 1] = d->q.expert;
        TRY(people_names(tx, a, who, d->experts.n + 2, &d->names));
    }
    if (d->r->unit.p || d->staff)
        TRY(learn_log_read(tx, d->r, d->id, d->v));
out:
    return rc;
}

static void add_citations(struct req *r, const struct question_reading *d)
{
    for (size_t i = 0; i < d->citations.n; i++)
        ARENA_PUSH(r->arena, d->v->facts,
                   ((struct learn_fact){MSG_learning_basis, d->citations.v[i].words,
                                        d->citations.v[i].href}));
}

enum err learn_question_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {.print = true};
    struct question_reading d = {.r = r, .v = &v};
    TRY(learn_id(r, &d.id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_question, &d));
    if (!str_eq(d.q.state, STR("published")))
        FAIL(ERR_NOT_FOUND);
    v.kicker = learn_topic_name(r, d.q.topic);
    v.title = d.q.open_title;
    learn_fact_day(r, &v, MSG_learning_published, d.q.published_day.v);
    add_citations(r, &d);
    learn_text_add(r, &v, MSG_learning_question_words, d.q.open_words);
    learn_text_add(r, &v, MSG_learning_answer, d.q.open_answer);
    resp_cache_public(r, 60);
    learn_show(r, &v, false, NULL, 200);
out:
    return rc;
}

enum msg learn_question_state(struct str state, enum tone *tone)
{
    static const struct {
        const char *state;
        enum msg name;
        enum tone tone;
    } states[] = {{"asked", MSG_learning_question_asked, TONE_WAIT},
                  {"routed", MSG_learning_question_routed, TONE_WAIT},
                  {"answered", MSG_learning_question_answered, TONE_GOOD},
                  {"published", MSG_learning_question_published, TONE_GOOD},
                  {"closed", MSG_learning_question_closed, TONE_NEUTRAL}};
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (str_eq(state, str_from(states[i].state))) {
            *tone = states[i].tone;
            return states[i].name;
        }
    *tone = TONE_NEUTRAL;
    return MSG_learning_question_asked;
}

static void fill_question(struct req *r, struct question_reading *d)
{
    struct learn_view *v = d->v;
    v->kicker = learn_topic_name(r, d->q.topic);
    v->title = d->q.title;
    v->state = msg_text(r->ui.lang, learn_question_state(d->q.state, &v->tone));
    learn_fact_add(r, v, MSG_learning_unit, learn_unit_name(r, d->q.unit));
    learn_fact_day(r, v, MSG_learning_asked_day, d->q.asked_day);
    if (d->q.due_day.set)
        learn_fact_day(r, v, MSG_learning_due, d->q.due_day.v);
    if (d->q.answered_day.set)
        learn_fact_day(r, v, MSG_learning_answered_day, d->q.answered_day.v);
    add_citations(r, d);
    learn_text_add(r, v, MSG_learning_question_words, d->q.words);
    learn_text_add(r, v, MSG_learning_answer, d->q.answer);
    if (str_eq(d->q.state, STR("published")))
        ARENA_PUSH(r->arena, v->links,
                   ((struct learn_link){.href = learn_path(r, "questions", d->id),
                                        .text = msg_text(r->ui.lang, MSG_learning_public)}));
}

/* --- the municipality's desk --- */

enum { Q_TOPIC, Q_TITLE, Q_WORDS };
static const struct field ask_fields[] = {
    [Q_TOPIC] = {"topic", FIELD_CODE, .required = true, .max = 40, .label = MSG_learning_topic},
    [Q_TITLE] = {"title", FIELD_LINE, .required = true, .max = LEARN_TITLE_MAX,
                 .label = MSG_learning_question},
    [Q_WORDS] = {"words", FIELD_TEXT, .required = true, .max = LEARN_WORDS_MAX, .rows = 8,
                 .label = MSG_learning_question_words, .hint = MSG_learning_question_hint},
};

static enum err show_ask(struct req *r, struct form *form, int status)
{
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_ask),
                           .lead = msg_text(r->ui.lang, MSG_learning_ask_lead)};
    struct learn_form *f = learn_form_add(r, &v, form, STR_NULL, MSG_NONE, MSG_learning_ask);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    learn_select_add(r, g, Q_TOPIC, learn_topic_options(r));
    learn_fields_add(r, g, Q_TITLE, Q_WORDS);
    learn_show(r, &v, true, form, status);
    return ERR_OK;
}

enum err learn_question_new(struct req *r)
{
    return show_ask(r, FORM_NEW(r, ask_fields), 200);
}

struct asking {
    struct req *r;
    struct question q;
    struct str once;
    enum learn_fault fault;
};

static enum err write_question(struct tx *tx, void *arg)
{
    struct asking *k = arg;
    struct arena *a = k->r->arena;
    enum err rc = ERR_OK;
    struct sql_learning_question_by_once_rows again;
    if (k->once.p) {
        tx_idempotent(tx);
        TRY(sql_learning_question_by_once(tx, a, &again, .once = k->once));
        if (again.n) {
            k->q.id = again.v[0].id;
            goto out;
        }
    }
    rc = question_ask(tx, a, &k->q, day_today(), k->r->actor.person_id, k->once, &k->fault);
out:
    return rc;
}

enum err learn_question_new_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, ask_fields, &form);
    if (!form)
        return rc;
    struct asking k = {.r = r,
                       .q = {.unit = r->unit,
                             .id = id_new(),
                             .topic = form->v[Q_TOPIC].s,
                             .lang = str_from(lang_code(r->ui.lang)),
                             .title = form->v[Q_TITLE].s,
                             .words = form->v[Q_WORDS].s},
                       .once = form_once(form)};
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_question, &k);
    learn_fault_show(r, form, k.fault == LEARN_TOPIC ? Q_TOPIC : -1, k.fault);
    if (rc == ERR_INPUT)
        return show_ask(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_learning_asked);
    resp_redirect(r, learn_desk_path(r, "questions", k.q.id));
    return ERR_OK;
}

enum err learn_question_desk(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {0};
    struct question_reading d = {.r = r, .v = &v};
    TRY(learn_id(r, &d.id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_question, &d));
    if (!learn_is_ours(r, d.q.unit))
        FAIL(ERR_NOT_FOUND);
    fill_question(r, &d);
    learn_show(r, &v, true, NULL, 200);
out:
    return rc;
}

/* --- the staff's desk --- */

enum { R_REVISION, R_EXPERT, R_DUE };
static const struct field route_fields[] = {
    [R_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                    .label = MSG_learning_question},
    [R_EXPERT] = {"expert", FIELD_CODE, .required = true, .max = 20, .label = MSG_learning_expert},
    [R_DUE] = {"due", FIELD_DATE, .label = MSG_learning_due},
};
enum { A_REVISION, A_WORDS, A_CITATION };
static const struct field answer_fields[] = {
    [A_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                    .label = MSG_learning_question},
    [A_WORDS] = {"answer", FIELD_TEXT, .required = true, .max = 2 * LEARN_WORDS_MAX, .rows = 10,
                 .label = MSG_learning_answer},
    [A_CITATION] = {"basis1", FIELD_LINE, .max = 300, .label = MSG_learning_basis},
    {"basis2", FIELD_LINE, .max = 300, .label = MSG_learning_basis},
    {"basis3", FIELD_LINE, .max = 300, .label = MSG_learning_basis},
};
enum { O_REVISION, O_TITLE, O_WORDS, O_ANSWER };
static const struct field open_fields[] = {
    [O_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                    .label = MSG_learning_question},
    [O_TITLE] = {"open_title", FIELD_LINE, .required = true, .max = LEARN_TITLE_MAX,
                 .label = MSG_learning_question},
    [O_WORDS] = {"open_words", FIELD_TEXT, .required = true, .max = LEARN_WORDS_MAX,
                 .label = MSG_learning_question_words},
    [O_ANSWER] = {"open_answer", FIELD_TEXT, .required = true, .max = 2 * LEARN_WORDS_MAX,
                  .rows = 10, .label = MSG_learning_answer},
};
enum { C_REVISION, C_NOTE };
static const struct field close_fields[] = {
    [C_REVISION] = {"revision", FIELD_INT, .min = 0, .max = INT64_MAX,
                    .label = MSG_learning_question},
    [C_NOTE] = {"note", FIELD_TEXT, .required = true, .max = 1000, .rows = 3,
                .label = MSG_learning_note},
};

struct staff_forms { /* NULL: a fresh one */
    struct form *route, *answer, *open, *close;
};

static struct learn_group *staff_form(struct req *r, struct question_reading *d, struct form *form,
                                      const char *what, enum msg title, enum msg button)
{
    struct learn_form *f = learn_form_add(
        r, d->v, form,
        arena_printf(r->arena, "/desk/learning/questions/%lld/%s", (long long)d->id, what), title,
        button);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    if (!form->submitted)
        form_set_int(form, 0, d->q.revision);
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){0, INPUT_HIDDEN, {0}}));
    return g;
}

static struct option_list expert_options(struct req *r, const struct question_reading *d)
{
    struct option *o = ARENA_ARRAY(r->arena, struct option, d->experts.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < d->experts.n; i++)
        if (d->experts.v[i].active)
            o[n++] = (struct option){
                .value = arena_printf(r->arena, "%lld", (long long)d->experts.v[i].account),
                .text = person_name_in(&d->names, d->experts.v[i].account)};
    return (struct option_list){o, n};
}

static void add_staff_forms(struct req *r, struct question_reading *d, struct staff_forms *forms)
{
    bool asked = str_eq(d->q.state, STR("asked")), routed = str_eq(d->q.state, STR("routed")),
         answered = str_eq(d->q.state, STR("answered")), mine = d->q.expert == r->actor.person_id;
    if ((routed || answered) && mine) {
        struct form *f = forms->answer ? forms->answer : FORM_NEW(r, answer_fields);
        if (!f->submitted) {
            form_set(f, A_WORDS, d->q.answer);
            for (size_t i = 0; i < d->typed.n && i < CITATIONS; i++)
                form_set(f, A_CITATION + (int)i, d->typed.v[i].words);
        }
        struct learn_group *g =
            staff_form(r, d, f, "answer", MSG_learning_answer, MSG_learning_do_answer);
        learn_input_add(r, g, A_WORDS);
        for (int i = 0; i < CITATIONS; i++)
            ARENA_PUSH(r->arena, g->inputs,
                       ((struct learn_input){A_CITATION + i, INPUT_CITATION, {0}}));
    }
    if (asked || routed) {
        struct form *f = forms->route ? forms->route : FORM_NEW(r, route_fields);
        struct learn_group *g =
            staff_form(r, d, f, "route", MSG_learning_route, MSG_learning_do_route);
        learn_select_add(r, g, R_EXPERT, expert_options(r, d));
        learn_input_add(r, g, R_DUE);
    }
    if (answered && !mine) {
        struct form *f = forms->open ? forms->open : FORM_NEW(r, open_fields);
        if (!f->submitted) {
            form_set(f, O_TITLE, d->q.title);
            form_set(f, O_WORDS, d->q.words);
            form_set(f, O_ANSWER, d->q.answer);
        }
        struct learn_group *g =
            staff_form(r, d, f, "publish", MSG_learning_open_wording, MSG_learning_do_publish);
        d->v->forms.v[d->v->forms.n - 1].hint = MSG_learning_open_hint;
        learn_fields_add(r, g, O_TITLE, O_ANSWER);
        f = forms->close ? forms->close : FORM_NEW(r, close_fields);
        g = staff_form(r, d, f, "close", MSG_NONE, MSG_learning_do_close);
        d->v->forms.v[d->v->forms.n - 1].kind = BUTTON_SECONDARY;
        learn_input_add(r, g, C_NOTE);
    }
}

static enum err find_staff_question(struct req *r, struct question_reading *d)
{
    enum err rc = ERR_OK;
    d->staff = true;
    TRY(learn_id(r, &d->id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_question, d));
    if (!access_allows(&r->actor, PERM_LEARN_REVIEW, d->q.unit))
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static enum err show_staff_question(struct req *r, struct question_reading *d,
                                    struct staff_forms *forms, const struct form *form, int status)
{
    fill_question(r, d);
    learn_fact_add(r, d->v, MSG_learning_expert, person_name_in(&d->names, d->q.expert));
    add_staff_forms(r, d, forms);
    if (d->experts.n == 0)
        ARENA_PUSH(
            r->arena, d->v->notices,
            ((struct learn_notice){TONE_WAIT, msg_text(r->ui.lang, MSG_learning_experts_none)}));
    learn_show(r, d->v, true, form, status);
    return ERR_OK;
}

enum err learn_question_staff(struct req *r)
{
    struct learn_view v = {0};
    struct question_reading d = {.r = r, .v = &v};
    struct staff_forms forms = {0};
    enum err rc = find_staff_question(r, &d);
    return rc == ERR_OK ? show_staff_question(r, &d, &forms, NULL, 200) : rc;
}

struct deed {
    struct req *r;
    int64_t id;
    const struct form *form;
    enum { DEED_ROUTE, DEED_ANSWER, DEED_PUBLISH, DEED_CLOSE } what;
    enum learn_fault fault;
};

static enum err write_deed(struct tx *tx, void *arg)
{
    struct deed *k = arg;
    struct arena *a = k->r->arena;
    const struct field_value *f = k->form->v;
    int64_t by = k->r->actor.person_id, today = day_today(), expert = 0;
    struct str list[CITATIONS];
    switch (k->what) {
    case DEED_ROUTE:
        (void)(str_to_i64(f[R_EXPERT].s, &expert) || (expert = -1));
        return question_route(tx, a, k->id, f[R_REVISION].i, expert, learn_number(&f[R_DUE]), today,
                              by, &k->fault);
    case DEED_ANSWER:
        for (int i = 0; i < CITATIONS; i++)
            list[i] = f[A_CITATION + i].s;
        return question_answer(tx, a, k->id, f[A_REVISION].i, f[A_WORDS].s, list, CITATIONS, today,
                               by, &k->fault);
    case DEED_PUBLISH:
        for (int i = 0; i < 3; i++)
            list[i] = f[O_TITLE + i].s;
        return question_publish(tx, a, k->id, f[O_REVISION].i, list, today, by, &k->fault);
    case DEED_CLOSE:
        return question_close(tx, a, k->id, f[C_REVISION].i, f[C_NOTE].s, by, &k->fault);
    }
    return ERR_INPUT;
}

static enum err do_deed(struct req *r, int what, const struct field *fields, int count)
{
    struct learn_view v = {0};
    struct question_reading d = {.r = r, .v = &v};
    struct form *form = NULL;
    enum err rc = find_staff_question(r, &d);
    if (rc != ERR_OK)
        return rc;
    rc = form_read(r, fields, count, &form);
    if (!form)
        return rc;
    struct deed k = {.r = r, .id = d.id, .form = form, .what = what};
    if (rc == ERR_OK)
        rc = db_write(r->db, SCOPE_COUNTRY, write_deed, &k);
    learn_fault_show(r, form, -1, k.fault);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT) {
        struct staff_forms forms = {.route = what == DEED_ROUTE ? form : NULL,
                                    .answer = what == DEED_ANSWER ? form : NULL,
                                    .open = what == DEED_PUBLISH ? form : NULL,
                                    .close = what == DEED_CLOSE ? form : NULL};
        return show_staff_question(r, &d, &forms, form, 422);
    }
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, arena_printf(r->arena, "/desk/learning/questions/%lld", (long long)d.id));
    return ERR_OK;
}

enum err learn_question_route_post(struct req *r)
{
    return do_deed(r, DEED_ROUTE, route_fields, COUNT_OF(route_fields));
}
enum err learn_question_answer_post(struct req *r)
{
    return do_deed(r, DEED_ANSWER, answer_fields, COUNT_OF(answer_fields));
}
enum err learn_question_publish_post(struct req *r)
{
    return do_deed(r, DEED_PUBLISH, open_fields, COUNT_OF(open_fields));
}
enum err learn_question_close_post(struct req *r)
{
    return do_deed(r, DEED_CLOSE, close_fields, COUNT_OF(close_fields));
}

/* --- experts --- */

enum { X_ACCOUNT, X_GENDER, X_PROOF, X_ACTIVE };
static const struct field expert_fields[] = {
    [X_ACCOUNT] = {"account", FIELD_CODE, .required = true, .max = 20,
                   .label = MSG_learning_expert},
    [X_GENDER] = {"gender_day", FIELD_DATE, .label = MSG_learning_gender_day,
                  .hint = MSG_learning_gender_day_hint},
    [X_PROOF] = {"gender_proof", FIELD_LINE, .max = LEARN_LINE_MAX,
                 .label = MSG_learning_gender_proof},
    [X_ACTIVE] = {"active", FIELD_BOOL, .label = MSG_learning_expert_active},
};

struct experts_reading {
    struct req *r;
    struct sql_learning_experts_rows rows;
    struct person_names staff, names;
};

/* Who may be an expert: staff of the programme and of national bodies, country-wide. */
static enum err read_experts(struct tx *tx, void *arg)
{
    struct experts_reading *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_learning_experts(tx, a, &d->rows));
    TRY(people_with_roles(tx, a, STR("*"), 1u << ROLE_PROGRAMME | 1u << ROLE_NATIONAL, &d->staff));
    int64_t *who = ARENA_ARRAY(a, int64_t, d->rows.n + 1);
    for (size_t i = 0; i < d->rows.n; i++)
        who[i] = d->rows.v[i].account;
    TRY(people_names(tx, a, who, d->rows.n, &d->names));
out:
    return rc;
}

static enum err show_experts(struct req *r, struct form *form, int status)
{
    enum err rc = ERR_OK;
    struct experts_reading d = {.r = r};
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_experts),
                           .lead = msg_text(r->ui.lang, MSG_learning_experts_lead)};
    struct learn_section s = {.empty = MSG_learning_experts_none};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_experts, &d));
    for (size_t i = 0; i < d.rows.n; i++) {
        const struct sql_learning_experts_row *e = &d.rows.v[i];
        ARENA_PUSH(r->arena, s.lines,
                   ((struct learn_line){
                       .title = person_name_in(&d.names, e->account),
                       .note = e->gender_day.set
                                   ? MSG_STR(r->arena, r->ui.lang, MSG_learning_gender_trained,
                                             ARG_DATE("day", e->gender_day.v))
                                   : STR(""),
                       .state = msg_text(r->ui.lang, e->active ? MSG_learning_expert_active
                                                               : MSG_learning_expert_not),
                       .tone = e->active ? TONE_GOOD : TONE_NEUTRAL}));
    }
    learn_section_add(r, &v, s);
    struct option *o = ARENA_ARRAY(r->arena, struct option, d.staff.n + 1);
    for (size_t i = 0; i < d.staff.n; i++)
        o[i] = (struct option){.value = arena_printf(r->arena, "%lld", (long long)d.staff.v[i].id),
                               .text = d.staff.v[i].name};
    struct learn_form *f =
        learn_form_add(r, &v, form, STR_NULL, MSG_learning_expert_add, MSG_common_save);
    struct learn_group *g = learn_group_add(r, f, STR_NULL, true);
    learn_select_add(r, g, X_ACCOUNT, (struct option_list){o, d.staff.n});
    learn_fields_add(r, g, X_GENDER, X_ACTIVE);
    learn_show(r, &v, true, form, status);
out:
    return rc;
}

enum err learn_experts_page(struct req *r)
{
    struct form *form = FORM_NEW(r, expert_fields);
    if (!access_allows(&r->actor, PERM_LEARN_REVIEW, STR("*")))
        return ERR_DENIED;
    form_set_int(form, X_ACTIVE, 1);
    return show_experts(r, form, 200);
}

struct expert_change {
    struct req *r;
    const struct form *form;
    int64_t account;
    bool known;
};

static enum err write_expert(struct tx *tx, void *arg)
{
    struct expert_change *c = arg;
    const struct field_value *f = c->form->v;
    struct experts_reading d = {.r = c->r};
    enum err rc = ERR_OK;
    c->known = false;
    TRY(read_experts(tx, &d));
    for (size_t i = 0; i < d.staff.n; i++)
        c->known = c->known || d.staff.v[i].id == c->account;
    if (!c->known)
        FAIL(ERR_INPUT);
    rc = sql_learning_expert_put(tx, NULL, .account = c->account, .topics = STR(""),
                                 .gender_day = learn_number(&f[X_GENDER]),
                                 .gender_proof = learn_given(f[X_PROOF].s),
                                 .active = f[X_ACTIVE].present, .created_ms = clock_now_ms(),
                                 .created_by = c->r->actor.person_id);
out:
    return rc;
}

enum err learn_experts_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, expert_fields, &form);
    if (!form)
        return rc;
    if (!access_allows(&r->actor, PERM_LEARN_REVIEW, STR("*")))
        return ERR_DENIED;
    const struct field_value *f = form->v;
    struct expert_change c = {.r = r, .form = form, .known = true};
    /* Trained: a day that has been, and what shows it. */
    if (f[X_GENDER].s.n && (f[X_GENDER].i > day_today() || !f[X_PROOF].s.n))
        form_fault(r, form, X_PROOF, MSG_learning_fault_proof);
    if (rc == ERR_OK && form->fault_count == 0 && str_to_i64(f[X_ACCOUNT].s, &c.account))
        rc = db_write(r->db, SCOPE_COUNTRY, write_expert, &c);
    else
        rc = ERR_INPUT;
    if (!c.known)
        form_fault(r, form, X_ACCOUNT, MSG_learning_fault_expert);
    if (rc == ERR_INPUT)
        return show_experts(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_learning_saved);
    resp_redirect(r, r->http->path);
    return ERR_OK;
}
