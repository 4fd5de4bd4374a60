/* What everybody sees of practices: the library with its search, one practice, and files. */
#include "programme/learning/learning_view.h"

#include "platform/web/export.h"

enum { LIST_MAX = 30, REPEATS_MAX = 60, EXPORT_MAX = 5000 };

/* --- the library --- */

struct list_reading {
    struct req *r;
    struct str state, unit, topics;
    struct learn_terms terms;
    int64_t day, id, limit;
    struct sql_learning_practice_list_rows rows;
};

static enum err read_list(struct tx *tx, void *arg)
{
    struct list_reading *l = arg;
    const struct learn_terms *t = &l->terms;
    return sql_learning_practice_list(
        tx, l->r->arena, &l->rows, .state = l->state, .unit = l->unit, .topics = l->topics,
        .a1 = t->a[0], .b1 = t->b[0], .a2 = t->a[1], .b2 = t->b[1], .a3 = t->a[2], .b3 = t->b[2],
        .a4 = t->a[3], .b4 = t->b[3], .day = l->day, .id = l->id, .limit = l->limit);
}

static struct learn_line line_of(struct req *r, const struct sql_learning_practice_list_row *p)
{
    struct text3 title = {{p->title_ky, p->title_ru, p->title_en}};
    int grade = practice_grade(p->documents, p->cost.set && p->people.set, p->repeated);
    return (struct learn_line){
        .href = learn_path(r, "practices", p->id),
        .title = text3_get(&title, r->ui.lang),
        .note = learn_topic_name(r, p->topic),
        .where = learn_unit_name(r, p->unit),
        .state = msg_text(r->ui.lang, learn_grade_text(grade)),
        .tone = grade > 2 ? TONE_GOOD : TONE_NEUTRAL,
        .day = p->published_day.v,
        .figure = p->repeated ? MSG_STR(r->arena, r->ui.lang, MSG_learning_repeated_n,
                                        ARG_N("n", p->repeated))
                              : STR(""),
    };
}

static void ask_list(struct req *r, const struct form *form, struct list_reading *l)
{
    const struct field_value *f = form->v;
    l->r = r;
    l->state = STR("published");
    if (f[SEARCH_WORDS].present)
        l->terms = learn_terms_of(r->arena, f[SEARCH_WORDS].s);
    if (f[SEARCH_TOPIC].present)
        l->topics = learn_topics_below(r->arena, f[SEARCH_TOPIC].s);
    bool edge = f[SEARCH_DAY].present && f[SEARCH_DAY].s.n && f[SEARCH_ID].present;
    l->day = edge ? f[SEARCH_DAY].i : INT64_MAX;
    l->id = edge ? f[SEARCH_ID].i : INT64_MAX;
    l->limit = LIST_MAX + 1;
}

enum err learn_practices_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct list_reading l = {0};
    struct learn_view v = {.title = msg_text(r->ui.lang, MSG_learning_title),
                           .lead = msg_text(r->ui.lang, MSG_learning_lead),
                           .xlsx = STR("/learn/practices.xlsx"),
                           .csv = STR("/learn/practices.csv"),
                           .print = true};
    rc = learn_search_read(r, &v, "/learn", &form);
    if (!form)
        return rc;
    ask_list(r, form, &l);
    TRY(db_read(r->db, SCOPE_COUNTRY, read_list, &l));
    learn_tabs(r, &v, "");
    struct learn_section s = {.empty = MSG_learning_practices_none};
    for (size_t i = 0; i < l.rows.n && i < LIST_MAX; i++)
        ARENA_PUSH(r->arena, s.lines, line_of(r, &l.rows.v[i]));
    if (l.rows.n > LIST_MAX)
        s.older = learn_older(r, "/learn", form, l.rows.v[LIST_MAX - 1].published_day.v,
                              l.rows.v[LIST_MAX - 1].id);
    learn_section_add(r, &v, s);
    resp_cache_public(r, 60);
    learn_show(r, &v, false, form, 200);
out:
    return rc;
}

enum err learn_practices_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_learning_practice, XLSX_TEXT, 50, false},
        {MSG_learning_topic, XLSX_TEXT, 24, false},
        {MSG_learning_unit, XLSX_TEXT, 28, false},
        {MSG_learning_published, XLSX_DATE, 0, false},
        {MSG_learning_cost, XLSX_MONEY, 0, true},
        {MSG_learning_people, XLSX_INT, 0, true},
        {MSG_learning_repeated, XLSX_INT, 0, true},
        {MSG_learning_documents, XLSX_INT, 0, false},
        {MSG_learning_office, XLSX_TEXT, 40, false},
    };
    enum err rc = ERR_OK;
    struct export *x = NULL;
    struct list_reading l = {
        .r = r, .state = STR("published"), .day = INT64_MAX, .id = INT64_MAX, .limit = EXPORT_MAX};
    struct export_about about = {.title = msg_text(r->ui.lang, MSG_learning_practices),
                                 .name = STR("practices")};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_list, &l));
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < l.rows.n; i++) {
        const struct sql_learning_practice_list_row *p = &l.rows.v[i];
        struct text3 title = {{p->title_ky, p->title_ru, p->title_en}};
        export_text(x, text3_get(&title, r->ui.lang));
        export_text(x, learn_topic_name(r, p->topic));
        export_text(x, learn_unit_name(r, p->unit));
        export_day(x, p->published_day.v);
        export_money(x, p->cost);
        export_opt(x, p->people);
        export_int(x, p->repeated);
        export_int(x, p->documents);
        export_text(x, p->office);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

struct replications_reading {
    struct req *r;
    struct sql_learning_replication_export_rows rows;
};
static enum err read_replications(struct tx *tx, void *arg)
{
    struct replications_reading *d = arg;
    return sql_learning_replication_export(tx, d->r->arena, &d->rows, .limit = EXPORT_MAX);
}

enum err learn_replications_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_learning_practice, XLSX_TEXT, 50, false},
        {MSG_learning_from_unit, XLSX_TEXT, 28, false},
        {MSG_learning_repeated_by, XLSX_TEXT, 28, false},
        {MSG_learning_state, XLSX_TEXT, 16, false},
        {MSG_learning_begun_day, XLSX_DATE, 0, false},
        {MSG_learning_done_day, XLSX_DATE, 0, false},
        {MSG_learning_cost, XLSX_MONEY, 0, true},
        {MSG_learning_people, XLSX_INT, 0, true},
        {MSG_learning_result, XLSX_TEXT, 50, false},
        {MSG_learning_changed, XLSX_TEXT, 50, false},
    };
    enum err rc = ERR_OK;
    struct export *x = NULL;
    enum tone tone;
    struct replications_reading d = {.r = r};
    struct export_about about = {.title = msg_text(r->ui.lang, MSG_learning_replications),
                                 .name = STR("replications")};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_replications, &d));
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < d.rows.n; i++) {
        const struct sql_learning_replication_export_row *p = &d.rows.v[i];
        struct text3 title = {{p->title_ky, p->title_ru, p->title_en}};
        export_text(x, text3_get(&title, r->ui.lang));
        export_text(x, learn_unit_name(r, p->owner));
        export_text(x, learn_unit_name(r, p->unit));
        export_msg(x, learn_replication_state(p->state, &tone));
        export_day(x, p->begun_day);
        if (p->done_day.set)
            export_day(x, p->done_day.v);
        else
            export_blank(x);
        export_money(x, p->cost);
        export_opt(x, p->people);
        export_text(x, p->result);
        export_text(x, p->changed);
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

/* --- one practice --- */

struct practice_reading {
    struct req *r;
    int64_t id;
    struct practice p;
    struct learn_view *v;
    struct sql_learning_replication_of_rows repeats;
};

static enum err read_practice(struct tx *tx, void *arg)
{
    struct practice_reading *d = arg;
    enum err rc = ERR_OK;
    TRY(practice_get(tx, d->r->arena, d->id, &d->p));
    TRY(learn_files_read(tx, d->r, "practice", d->id, d->v));
    TRY(sql_learning_replication_of(tx, d->r->arena, &d->repeats, .practice = d->id,
                                    .limit = REPEATS_MAX));
out:
    return rc;
}

static void add_repeats(struct req *r, const struct practice_reading *d, struct learn_view *v)
{
    struct learn_section s = {.title = MSG_learning_replications,
                              .empty = MSG_learning_replications_none};
    for (size_t i = 0; i < d->repeats.n; i++) {
        const struct sql_learning_replication_of_row *n = &d->repeats.v[i];
        struct learn_line line = {
            .title = learn_unit_name(r, n->unit),
            .note = n->changed.n
                        ? arena_printf(r->arena, "%.*s\n%.*s", STRF(n->result), STRF(n->changed))
                        : n->result,
            .day = n->done_day.set ? n->done_day.v : n->begun_day};
        line.state = msg_text(r->ui.lang, learn_replication_state(n->state, &line.tone));
        if (n->people.set)
            line.figure =
                MSG_STR(r->arena, r->ui.lang, MSG_learning_people_n, ARG_N("n", n->people.v));
        ARENA_PUSH(r->arena, s.lines, line);
    }
    learn_section_add(r, v, s);
}

static void fill_practice(struct req *r, const struct practice *p, struct learn_view *v)
{
    static const enum msg labels[PART__COUNT] = {MSG_learning_problem, MSG_learning_done,
                                                 MSG_learning_result, MSG_learning_conditions};
    int grade = practice_grade(p->documents, p->cost.set && p->people.set, p->repeated);
    v->kicker = learn_topic_name(r, p->topic);
    v->title = text3_get(&p->title, r->ui.lang);
    learn_fact_add(r, v, MSG_learning_unit, learn_unit_name(r, p->unit));
    if (v->facts.n)
        v->facts.v[v->facts.n - 1].href = arena_printf(r->arena, "/m/%.*s", STRF(p->unit));
    if (p->from_day.set && p->to_day.set)
        learn_fact_add(r, v, MSG_learning_when,
                       arena_printf(r->arena, "%.*s – %.*s", STRF(learn_day(r, p->from_day.v)),
                                    STRF(learn_day(r, p->to_day.v))));
    else if (p->from_day.set)
        learn_fact_day(r, v, MSG_learning_when, p->from_day.v);
    learn_fact_money(r, v, MSG_learning_cost, p->cost);
    learn_fact_int(r, v, MSG_learning_people, p->people);
    learn_fact_add(r, v, MSG_learning_evidence, msg_text(r->ui.lang, learn_grade_text(grade)));
    for (int i = 0; i < PART__COUNT; i++)
        learn_text_add(r, v, labels[i], text3_get(&p->parts[i], r->ui.lang));
    learn_fact_add(r, v, MSG_learning_office, p->office);
    learn_fact_add(r, v, MSG_learning_phone, p->phone);
    learn_fact_add(r, v, MSG_learning_email, p->email);
}

/* The municipality that the visitor may repeat it for; NULL: none, or not one alone. */
static struct str repeats_for(struct req *r, const struct practice *p)
{
    struct str only = STR_NULL;
    for (int i = 0; i < r->actor.grant_count; i++) {
        struct str scope = str_from(r->actor.grants[i].scope);
        if (scope.n == 14 && !str_eq(scope, p->unit) &&
            access_allows(&r->actor, PERM_LEARN_WRITE, scope))
            only = scope;
    }
    return only;
}

enum err learn_practice_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct learn_view v = {.print = true};
    struct practice_reading d = {.r = r, .v = &v};
    TRY(learn_id(r, &d.id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_practice, &d));
    bool open = d.p.published_day.set && !str_eq(d.p.state, STR("draft"));
    if (!open)
        FAIL(ERR_NOT_FOUND);
    fill_practice(r, &d.p, &v);
    if (str_eq(d.p.state, STR("retired")))
        ARENA_PUSH(r->arena, v.notices,
                   ((struct learn_notice){TONE_WAIT, msg_text(r->ui.lang, MSG_learning_retired)}));
    struct str unit = repeats_for(r, &d.p);
    if (unit.n && str_eq(d.p.state, STR("published")))
        ARENA_PUSH(
            r->arena, v.links,
            ((struct learn_link){
                .href = arena_printf(r->arena, "/desk/%.*s/learning/replications/new?practice=%lld",
                                     STRF(unit), (long long)d.id),
                .text = msg_text(r->ui.lang, MSG_learning_repeat)}));
    add_repeats(r, &d, &v);
    resp_cache_public(r, 60);
    learn_show(r, &v, false, NULL, 200);
out:
    return rc;
}

/* --- files --- */

struct file_reading {
    struct req *r;
    int64_t id;
    struct sql_learning_evidence_get_row row;
    bool open;
};

static enum err read_file(struct tx *tx, void *arg)
{
    struct file_reading *f = arg;
    struct arena *a = f->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_learning_evidence_get(tx, a, &f->row, .id = f->id));
    f->open = true;
    if (str_eq(f->row.kind, STR("practice"))) {
        struct sql_learning_practice_get_row p;
        TRY(sql_learning_practice_get(tx, a, &p, .id = f->row.subject));
        f->open = p.published_day.set;
    }
out:
    return rc;
}

/* What belongs to a published record is public; before that its municipality and reviewers see it.
 */
enum err learn_file(struct req *r)
{
    enum err rc = ERR_OK;
    struct file_reading f = {.r = r};
    TRY(learn_id(r, &f.id));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_file, &f));
    if (!f.open && !access_allows(&r->actor, PERM_LEARN_WRITE, f.row.unit) &&
        !access_allows(&r->actor, PERM_LEARN_REVIEW, f.row.unit))
        FAIL(ERR_NOT_FOUND);
    TRY(resp_stored_file(r, f.row.file, arena_cstr(r->arena, f.row.type), f.row.name));
out:
    return rc;
}

/* --- of one municipality --- */

struct unit_reading {
    struct req *r;
    struct place_codes family;
    struct learn_lines practices, repeats, agreements;
};

static enum err read_unit(struct tx *tx, void *arg)
{
    struct unit_reading *u = arg;
    struct req *r = u->r;
    enum err rc = ERR_OK;
    u->practices.n = u->repeats.n = u->agreements.n = 0;
    for (size_t i = 0; i < u->family.n; i++) {
        struct list_reading l = {.r = r,
                                 .state = STR("published"),
                                 .unit = u->family.v[i],
                                 .day = INT64_MAX,
                                 .id = INT64_MAX,
                                 .limit = LIST_MAX};
        struct sql_learning_replication_own_rows own;
        TRY(read_list(tx, &l));
        for (size_t k = 0; k < l.rows.n; k++)
            ARENA_PUSH(r->arena, u->practices, line_of(r, &l.rows.v[k]));
        TRY(sql_learning_replication_own(tx, r->arena, &own, .unit = u->family.v[i],
                                         .limit = LIST_MAX));
        for (size_t k = 0; k < own.n; k++) {
            struct text3 title = {{own.v[k].title_ky, own.v[k].title_ru, own.v[k].title_en}};
            struct learn_line line = {.href = learn_path(r, "practices", own.v[k].practice),
                                      .title = text3_get(&title, r->ui.lang),
                                      .day = own.v[k].done_day.set ? own.v[k].done_day.v
                                                                   : own.v[k].begun_day};
            line.state = msg_text(r->ui.lang, learn_replication_state(own.v[k].state, &line.tone));
            ARENA_PUSH(r->arena, u->repeats, line);
        }
        struct sql_learning_agreement_of_unit_rows agreements;
        TRY(sql_learning_agreement_of_unit(tx, r->arena, &agreements, .unit = u->family.v[i],
                                           .limit = LIST_MAX));
        for (size_t k = 0; k < agreements.n; k++) {
            const struct sql_learning_agreement_of_unit_row *g = &agreements.v[k];
            struct text3 title = {{g->title_ky, g->title_ru, g->title_en}};
            struct learn_line line = {.href = learn_path(r, "agreements", g->id),
                                      .title = text3_get(&title, r->ui.lang),
                                      .note = learn_topic_name(r, g->topic),
                                      .day = g->from_day};
            line.state = msg_text(r->ui.lang, learn_agreement_state(g->state, &line.tone));
            if (!str_eq(g->state, STR("draft")))
                ARENA_PUSH(r->arena, u->agreements, line);
        }
    }
out:
    return rc;
}

enum err learn_unit_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct unit_reading u = {.r = r, .family = place_family(r->arena, places_unit(r))};
    struct learn_view v = {.title = MSG_STR(r->arena, r->ui.lang, MSG_learning_title_of,
                                            ARG_S("unit", learn_unit_name(r, r->unit)))};
    TRY(db_read(r->db, SCOPE_COUNTRY, read_unit, &u));
    learn_section_add(r, &v,
                      (struct learn_section){.title = MSG_learning_practices,
                                             .empty = MSG_learning_practices_none,
                                             .lines = u.practices});
    learn_section_add(r, &v,
                      (struct learn_section){.title = MSG_learning_repeats_here,
                                             .empty = MSG_learning_replications_none,
                                             .lines = u.repeats});
    learn_section_add(r, &v,
                      (struct learn_section){.title = MSG_learning_agreements,
                                             .empty = MSG_learning_agreements_none,
                                             .lines = u.agreements});
    resp_cache_public(r, 60);
    learn_show(r, &v, false, NULL, 200);
out:
    return rc;
}
