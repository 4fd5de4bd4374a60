/* The pieces that all pages of learning are made of: see learning_view.h. */
#include "programme/learning/learning_tpl.h"
#include "programme/learning/learning_view.h"

#include "community/topics/topics.h"

enum { LOG_MAX = 40 };

/* --- pieces --- */

void learn_fact_add(struct req *r, struct learn_view *v, enum msg label, struct str text)
{
    if (text.n)
        ARENA_PUSH(r->arena, v->facts, ((struct learn_fact){.label = label, .text = text}));
}

struct str learn_day(struct req *r, int64_t day)
{
    struct buf *b = buf_in(r->arena);
    lang_date(b, r->ui.lang, day);
    return buf_view(b);
}

void learn_fact_day(struct req *r, struct learn_view *v, enum msg label, int64_t day)
{
    learn_fact_add(r, v, label, learn_day(r, day));
}

void learn_fact_int(struct req *r, struct learn_view *v, enum msg label, struct i64_opt n)
{
    struct buf *b = buf_in(r->arena);
    if (!n.set)
        return;
    lang_number(b, r->ui.lang, n.v);
    learn_fact_add(r, v, label, buf_view(b));
}

void learn_fact_money(struct req *r, struct learn_view *v, enum msg label, struct i64_opt tyiyn)
{
    struct buf *b = buf_in(r->arena);
    if (!tyiyn.set)
        return;
    lang_money(b, r->ui.lang, tyiyn.v);
    learn_fact_add(r, v, label, buf_view(b));
}

void learn_text_add(struct req *r, struct learn_view *v, enum msg label, struct str words)
{
    if (words.n)
        ARENA_PUSH(r->arena, v->texts, ((struct learn_text){.label = label, .words = words}));
}

void learn_section_add(struct req *r, struct learn_view *v, struct learn_section s)
{
    ARENA_PUSH(r->arena, v->sections, s);
}

struct learn_form *learn_form_add(struct req *r, struct learn_view *v, const struct form *form,
                                  struct str action, enum msg title, enum msg button)
{
    ARENA_PUSH(
        r->arena, v->forms,
        ((struct learn_form){.form = form, .action = action, .title = title, .button = button}));
    return &v->forms.v[v->forms.n - 1];
}

struct learn_group *learn_group_add(struct req *r, struct learn_form *f, struct str title,
                                    bool open)
{
    ARENA_PUSH(r->arena, f->groups, ((struct learn_group){.title = title, .open = open}));
    return &f->groups.v[f->groups.n - 1];
}

void learn_input_add(struct req *r, struct learn_group *g, int field)
{
    ARENA_PUSH(r->arena, g->inputs, ((struct learn_input){.i = field}));
}

void learn_select_add(struct req *r, struct learn_group *g, int field, struct option_list options)
{
    ARENA_PUSH(r->arena, g->inputs,
               ((struct learn_input){.i = field, .kind = INPUT_SELECT, .options = options}));
}

void learn_fields_add(struct req *r, struct learn_group *g, int from, int to)
{
    for (int i = from; i <= to; i++)
        learn_input_add(r, g, i);
}

void learn_put_inputs(struct buf *out, const struct ui *ui, const struct form *form,
                      const struct learn_group *g)
{
    for (size_t i = 0; i < g->inputs.n; i++) {
        const struct learn_input *in = &g->inputs.v[i];
        switch (in->kind) {
        case INPUT_FIELD:
            ui_field(out, ui, form, in->i);
            break;
        case INPUT_SELECT:
            ui_select(out, ui, form, in->i, in->options);
            break;
        case INPUT_CITATION:
            ui_citation(out, ui, form, in->i);
            break;
        case INPUT_HIDDEN:
            ui_hidden(out, ui, form->fields[in->i].name, learn_given(form->v[in->i].s));
            break;
        }
    }
}

/* --- the page --- */

void learn_show(struct req *r, const struct learn_view *v, bool desk, const struct form *form,
                int status)
{
    struct crumb crumbs[3];
    size_t n = 0;
    if (desk)
        crumbs[n++] = (struct crumb){STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)};
    else if (r->unit.p)
        crumbs[n++] = (struct crumb){arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
                                     learn_unit_name(r, r->unit)};
    crumbs[n++] =
        (struct crumb){!desk       ? STR("/learn")
                       : r->unit.p ? arena_printf(r->arena, "/desk/%.*s/learning", STRF(r->unit))
                                   : STR("/desk/learning"),
                       msg_text(r->ui.lang, MSG_learning_title)};
    struct page page = {.title = v->title,
                        .section = desk ? SECTION_DESK : SECTION_NONE,
                        .form = form,
                        .crumbs = crumbs,
                        .crumb_count = n};
    for (size_t f = 0; f < v->forms.n; f++)
        for (size_t g = 0; g < v->forms.v[f].groups.n; g++)
            for (size_t i = 0; i < v->forms.v[f].groups.v[g].inputs.n; i++)
                if (v->forms.v[f].groups.v[g].inputs.v[i].kind == INPUT_CITATION)
                    page.scripts[0] = "citation.js";
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_learning_page(out, &r->ui, v);
    page_close(out, r, &page);
}

/* --- names --- */

struct str learn_unit_name(struct req *r, struct str code)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), code);
    return p ? place_name(p, r->ui.lang) : code;
}

struct str learn_topic_name(struct req *r, struct str code)
{
    const struct topic *t = topics_find(code);
    return t ? msg_text(r->ui.lang, t->name) : code;
}

struct option_list learn_topic_options(struct req *r)
{
    struct option *o = ARENA_ARRAY(r->arena, struct option, topics_count);
    size_t n = 0;
    for (size_t i = 0; i < topics_count; i++) {
        const struct topic *above =
            topics[i].parent ? topics_find(str_from(topics[i].parent)) : &topics[i];
        o[n++] = (struct option){.value = str_from(topics[i].code),
                                 .text = msg_text(r->ui.lang, topics[i].name),
                                 .group = msg_text(r->ui.lang, above->name)};
    }
    return (struct option_list){o, n};
}

struct str learn_path(struct req *r, const char *what, int64_t id)
{
    return arena_printf(r->arena, "/learn/%s/%lld", what, (long long)id);
}

struct str learn_desk_path(struct req *r, const char *what, int64_t id)
{
    return arena_printf(r->arena, "/desk/%.*s/learning/%s/%lld", STRF(r->unit), what,
                        (long long)id);
}

enum msg learn_practice_state(struct str state, enum tone *tone)
{
    bool published = str_eq(state, STR("published")), retired = str_eq(state, STR("retired")),
         submitted = str_eq(state, STR("submitted"));
    *tone = published ? TONE_GOOD : retired ? TONE_BAD : submitted ? TONE_WAIT : TONE_NEUTRAL;
    return published   ? MSG_learning_state_published
           : retired   ? MSG_learning_state_retired
           : submitted ? MSG_learning_state_submitted
                       : MSG_learning_state_draft;
}

enum msg learn_replication_state(struct str state, enum tone *tone)
{
    bool done = str_eq(state, STR("done")), stopped = str_eq(state, STR("stopped"));
    *tone = done ? TONE_GOOD : stopped ? TONE_BAD : TONE_WAIT;
    return done      ? MSG_learning_replication_done
           : stopped ? MSG_learning_replication_stopped
                     : MSG_learning_replication_begun;
}

struct i64_opt learn_number(const struct field_value *v)
{
    return v->present && v->s.n ? I64(v->i) : I64_NONE;
}

enum msg learn_grade_text(int grade)
{
    return grade == 4   ? MSG_learning_grade_4
           : grade == 3 ? MSG_learning_grade_3
           : grade == 2 ? MSG_learning_grade_2
                        : MSG_learning_grade_1;
}

/* --- lists --- */

void learn_tabs(struct req *r, struct learn_view *v, const char *here)
{
    static const struct {
        const char *word, *path;
        enum msg text;
    } tabs[] = {{"", "/learn", MSG_learning_practices},
                {"questions", "/learn/questions", MSG_learning_questions},
                {"agreements", "/learn/agreements", MSG_learning_agreements},
                {"gender", "/learn/gender", MSG_learning_lens}};
    for (size_t i = 0; i < COUNT_OF(tabs); i++)
        ARENA_PUSH(r->arena, v->tabs,
                   ((struct learn_link){str_from(tabs[i].path), msg_text(r->ui.lang, tabs[i].text),
                                        strcmp(tabs[i].word, here) == 0}));
}

static const struct field search_fields[] = {
    [SEARCH_WORDS] = {"q", FIELD_LINE, .max = 200, .label = MSG_learning_words, .width = 20},
    [SEARCH_TOPIC] = {"topic", FIELD_CODE, .max = 40, .label = MSG_learning_topic},
    [SEARCH_DAY] = {"day", FIELD_INT, .min = 0, .max = INT64_MAX},
    [SEARCH_ID] = {"id", FIELD_INT, .min = 0, .max = INT64_MAX},
};

enum err learn_search_read(struct req *r, struct learn_view *v, const char *action,
                           struct form **form)
{
    enum err rc = form_read_query(r, search_fields, COUNT_OF(search_fields), form);
    struct learn_form f = {0};
    if (!*form)
        return rc;
    /* What cannot be read does not restrict. */
    for (int i = 0; i < (*form)->count; i++)
        if ((*form)->v[i].fault != MSG_NONE)
            (*form)->v[i].present = false;
    struct learn_group *g = learn_group_add(r, &f, STR_NULL, true);
    learn_input_add(r, g, SEARCH_WORDS);
    learn_select_add(r, g, SEARCH_TOPIC, learn_topic_options(r));
    v->search = *form;
    v->search_groups = f.groups;
    v->search_action = str_from(action);
    return ERR_OK;
}

struct str learn_older(struct req *r, const char *action, const struct form *form, int64_t day,
                       int64_t id)
{
    struct buf *b = buf_in(r->arena);
    buf_printf(b, "%s?day=%lld&id=%lld", action, (long long)day, (long long)id);
    if (form->v[SEARCH_WORDS].present && form->v[SEARCH_WORDS].s.n) {
        buf_cstr(b, "&q=");
        buf_percent(b, form->v[SEARCH_WORDS].s);
    }
    if (form->v[SEARCH_TOPIC].present && form->v[SEARCH_TOPIC].s.n)
        buf_printf(b, "&topic=%.*s", STRF(form->v[SEARCH_TOPIC].s));
    return buf_view(b);
}

/* --- documents and steps --- */

enum err learn_files_read(struct tx *tx, struct req *r, const char *kind, int64_t id,
                          struct learn_view *v)
{
    struct sql_learning_evidence_list_rows rows;
    v->files = (struct learn_links){0}; /* a transaction may run twice */
    enum err rc =
        sql_learning_evidence_list(tx, r->arena, &rows, .kind = str_from(kind), .subject = id);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(r->arena, v->files,
                   ((struct learn_link){.href = learn_path(r, "files", rows.v[i].id),
                                        .text = rows.v[i].name}));
    return rc;
}

static enum msg step_name(struct str what)
{
    static const struct {
        const char *what;
        enum msg name;
    } names[] = {
        {"made", MSG_learning_step_made},         {"changed", MSG_learning_step_changed},
        {"submit", MSG_learning_step_submit},     {"return", MSG_learning_step_return},
        {"publish", MSG_learning_step_publish},   {"retire", MSG_learning_step_retire},
        {"restore", MSG_learning_step_restore},   {"begun", MSG_learning_replication_begun},
        {"done", MSG_learning_replication_done},  {"stopped", MSG_learning_replication_stopped},
        {"asked", MSG_learning_step_asked},       {"routed", MSG_learning_step_routed},
        {"answered", MSG_learning_step_answered}, {"closed", MSG_learning_step_closed},
        {"decided", MSG_learning_step_decided},   {"in_force", MSG_learning_step_in_force},
        {"ended", MSG_learning_step_ended},       {"declined", MSG_learning_step_declined},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq(what, str_from(names[i].what)))
            return names[i].name;
    return MSG_learning_step_changed;
}

enum err learn_log_read(struct tx *tx, struct req *r, int64_t id, struct learn_view *v)
{
    enum err rc = ERR_OK;
    struct sql_learning_log_list_rows rows;
    struct person_names names;
    v->log.n = 0; /* a transaction may run twice */
    TRY(sql_learning_log_list(tx, r->arena, &rows, .subject = id, .limit = LOG_MAX));
    int64_t *who = ARENA_ARRAY(r->arena, int64_t, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        who[i] = rows.v[i].by_person;
    TRY(people_names(tx, r->arena, who, rows.n, &names));
    for (size_t i = 0; i < rows.n; i++)
        ARENA_PUSH(r->arena, v->log,
                   ((struct learn_log_line){.what = step_name(rows.v[i].what),
                                            .note = rows.v[i].note,
                                            .who = person_name_in(&names, rows.v[i].by_person),
                                            .at_ms = rows.v[i].at_ms}));
out:
    return rc;
}

enum err learn_id(struct req *r, int64_t *id)
{
    return str_to_i64(req_param(r, "id"), id) && *id > 0 ? ERR_OK : ERR_NOT_FOUND;
}

bool learn_is_ours(struct req *r, struct str unit)
{
    const struct place *here = places_unit(r);
    return str_eq(unit, r->unit) || (here && place_ancestor(here, unit));
}

void learn_fault_show(struct req *r, struct form *form, int field, enum learn_fault fault)
{
    if (fault != LEARN_FINE)
        form_fault(r, form, field, learn_fault_message(fault));
}
