/*
 * Where programme staff write reference sheets: a new indicator, or a new version of one. The rules
 * are in results_define.c.
 */
#include "programme/results/results_define.h"
#include "programme/results/results_web.h"

static const struct choice levels[] = {{"output", MSG_results_level_output},
                                       {"outcome", MSG_results_level_outcome},
                                       {"impact", MSG_results_level_impact},
                                       {NULL, MSG_NONE}};
static const struct choice measure_choices[] = {
    {"count", MSG_results_measure_count},     {"ratio", MSG_results_measure_ratio},
    {"ordinal", MSG_results_measure_ordinal}, {"currency", MSG_results_measure_currency},
    {"text", MSG_results_measure_text},       {NULL, MSG_NONE}};
static const struct choice rule_choices[] = {
    {"sum", MSG_results_rule_sum},         {"ratio", MSG_results_rule_ratio},
    {"max", MSG_results_rule_max},         {"last", MSG_results_rule_last},
    {"persons", MSG_results_rule_persons}, {"units", MSG_results_rule_units},
    {"none", MSG_results_rule_none},       {NULL, MSG_NONE}};
static const struct choice frequencies[] = {{"quarter", MSG_results_frequency_quarter},
                                            {"year", MSG_results_frequency_year},
                                            {"once", MSG_results_frequency_once},
                                            {NULL, MSG_NONE}};

enum {
    E_CODE,
    E_PROGRAMME,
    E_LEVEL,
    E_MEASURE,
    E_RULE,
    E_DECIMALS,
    E_ASCENDING,
    E_PERSONAL,
    E_TOPIC,
    E_SOURCE,
    E_FILTERS,
    E_BASE_SOURCE,
    E_BASE_FILTERS,
    E_DIMENSIONS,
    E_FREQUENCY,
    E_DUE,
    E_VOCABULARY,
    E_REFERENCE,
    E_NOTE,
    E_TEXTS,
    E__ALL = E_TEXTS + RESULT_SHEET_FIELDS * 3
};
#define TEXTS(at, name, kind_, label_, max_, need)                                                 \
    [E_TEXTS + 3 * (at)] = {name "_ky",           kind_,    .required = need, .max = max_,         \
                            .label = label_##_ky, .rows = 3},                                      \
                   [E_TEXTS + 3 * (at) + 1] = {name "_ru",           kind_,                        \
                                               .required = need,     .max = max_,                  \
                                               .label = label_##_ru, .rows = 3},                   \
                   [E_TEXTS + 3 * (at) + 2] = {name "_en",           kind_,                        \
                                               .required = need,     .max = max_,                  \
                                               .label = label_##_en, .rows = 3}
static const struct field fields[E__ALL] = {
    [E_CODE] = {"code", FIELD_CODE, .required = true, .max = 40, .width = 20,
                .label = MSG_results_code, .hint = MSG_results_sheet_code_hint},
    [E_PROGRAMME] = {"programme", FIELD_CODE, .required = true, .max = 40,
                     .label = MSG_results_programme},
    [E_LEVEL] = {"level", FIELD_CHOICE, .required = true, .choices = levels,
                 .label = MSG_results_sheet_level},
    [E_MEASURE] = {"measure", FIELD_CHOICE, .required = true, .choices = measure_choices,
                   .label = MSG_results_sheet_measure},
    [E_RULE] = {"rule", FIELD_CHOICE, .required = true, .choices = rule_choices,
                .label = MSG_results_rule},
    [E_DECIMALS] = {"decimals", FIELD_INT, .required = true, .min = 0, .max = 4, .width = 2,
                    .label = MSG_results_sheet_decimals},
    [E_ASCENDING] = {"ascending", FIELD_BOOL, .label = MSG_results_sheet_ascending},
    [E_PERSONAL] = {"personal", FIELD_BOOL, .label = MSG_results_sheet_personal},
    [E_TOPIC] = {"topic", FIELD_CODE, .max = 40, .width = 20, .label = MSG_results_sheet_topic},
    [E_SOURCE] = {"source", FIELD_CODE, .required = true, .max = 60, .width = 30,
                  .label = MSG_results_source, .hint = MSG_results_sheet_source_hint},
    [E_FILTERS] = {"filters", FIELD_LINE, .max = 300, .label = MSG_results_filters,
                   .hint = MSG_results_sheet_filters_hint},
    [E_BASE_SOURCE] = {"base_source", FIELD_CODE, .max = 60, .width = 30,
                       .label = MSG_results_sheet_base},
    [E_BASE_FILTERS] = {"base_filters", FIELD_LINE, .max = 300,
                        .label = MSG_results_sheet_base_filters},
    [E_DIMENSIONS] = {"dimensions", FIELD_LINE, .max = 100, .width = 20,
                      .label = MSG_results_sheet_dimensions,
                      .hint = MSG_results_sheet_dimensions_hint},
    [E_FREQUENCY] = {"frequency", FIELD_CHOICE, .required = true, .choices = frequencies,
                     .label = MSG_results_frequency},
    [E_DUE] = {"due_days", FIELD_INT, .required = true, .min = 1, .max = 366, .width = 3,
               .label = MSG_results_sheet_due},
    [E_VOCABULARY] = {"vocabulary", FIELD_CODE, .required = true, .max = 2, .width = 2,
                      .label = MSG_results_sheet_vocabulary,
                      .hint = MSG_results_sheet_vocabulary_hint},
    [E_REFERENCE] = {"reference", FIELD_LINE, .required = true, .max = 60, .width = 20,
                     .label = MSG_results_reference},
    [E_NOTE] = {"change_note", FIELD_LINE, .max = 300, .label = MSG_results_sheet_note},
    TEXTS(0, "name", FIELD_LINE, MSG_results_sheet_name, 200, true),
    TEXTS(1, "unit", FIELD_LINE, MSG_results_sheet_unit, 60, true),
    TEXTS(2, "definition", FIELD_TEXT, MSG_results_sheet_definition, 2000, true),
    TEXTS(3, "rationale", FIELD_TEXT, MSG_results_sheet_rationale, 2000, false),
    TEXTS(4, "method", FIELD_TEXT, MSG_results_sheet_method, 2000, false),
    TEXTS(5, "source_text", FIELD_TEXT, MSG_results_sheet_source, 2000, false),
    TEXTS(6, "responsible", FIELD_LINE, MSG_results_sheet_responsible, 300, false),
    TEXTS(7, "limitations", FIELD_TEXT, MSG_results_sheet_limitations, 2000, false),
};

struct editing {
    struct req *r;
    struct str code; /* asked for; NULL: a new one */
    struct result_programmes programmes;
    struct result_indicators indicators;
    struct sql_results_dimensions_rows dimensions;
    const struct result_indicator *before; /* NULL: new */
    struct result_indicator sheet;
    struct text3 texts[RESULT_SHEET_FIELDS];
};

static enum err read_editing(struct tx *tx, void *arg)
{
    struct editing *e = arg;
    struct str code = e->code;
    enum err rc = ERR_OK;
    e->programmes = (struct result_programmes){0};
    e->indicators = (struct result_indicators){0};
    TRY(results_programmes(tx, e->r->arena, &e->programmes));
    TRY(results_indicators(e->r->app, tx, e->r->arena, STR_NULL, &e->indicators));
    TRY(sql_results_dimensions(tx, e->r->arena, &e->dimensions));
    e->before = code.n ? results_find(&e->indicators, code) : NULL;
    if (code.n && !e->before)
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static void fill_form(struct form *form, const struct result_indicator *i)
{
    const struct {
        int field;
        struct str s;
    } plain[] = {
        {E_CODE, i->code},
        {E_PROGRAMME, i->programme},
        {E_LEVEL, i->level},
        {E_MEASURE, str_from(results_measure_code(i->measure))},
        {E_RULE, str_from(results_rule_code(i->rule))},
        {E_TOPIC, i->topic},
        {E_SOURCE, i->source},
        {E_FILTERS, i->filters},
        {E_BASE_SOURCE, i->base_source},
        {E_BASE_FILTERS, i->base_filters},
        {E_DIMENSIONS, i->dimensions},
        {E_FREQUENCY, i->frequency},
        {E_VOCABULARY, i->vocabulary},
        {E_REFERENCE, i->reference},
    };
    for (size_t k = 0; k < COUNT_OF(plain); k++)
        form_set(form, plain[k].field, plain[k].s);
    form_set_int(form, E_DECIMALS, i->decimals);
    form_set_int(form, E_DUE, i->due_days);
    if (i->ascending)
        form_set(form, E_ASCENDING, STR("1"));
    if (i->personal)
        form_set(form, E_PERSONAL, STR("1"));
    for (size_t k = 0; k < i->texts.n; k++)
        for (int f = 0; f < RESULT_SHEET_FIELDS; f++)
            if (str_eq(i->texts.v[k].field, str_from(results_sheet_fields[f])))
                for (int l = 0; l < LANG__MAX; l++)
                    form_set(form, E_TEXTS + 3 * f + l, i->texts.v[k].text.in[l]);
}

static enum err show(struct editing *e, struct form *form, int status)
{
    struct req *r = e->r;
    struct results_editor_view v = {.form = form, .first_text = E_TEXTS, .fields = E__ALL};
    if (e->before)
        v.name = text3_get(&e->before->name, r->ui.lang);
    v.programmes = results_programme_options(r, &e->programmes);
    for (size_t s = 0; s < r->app->slice_count; s++)
        for (size_t k = 0; k < r->app->slices[s]->counter_count; k++) {
            const struct counter *c = r->app->slices[s]->counters[k];
            struct buf *dims = buf_in(r->arena);
            for (size_t d = 0; d < TALLY_DIMENSIONS && c->dimensions[d]; d++)
                buf_printf(dims, "%s%s", d ? ", " : "", c->dimensions[d]->code);
            ARENA_PUSH(r->arena, v.counters,
                       ((struct results_counter_line){
                           str_from(c->code), msg_text(r->ui.lang, c->label), buf_view(dims)}));
        }
    struct crumb crumbs[] = {
        {STR("/desk/results"), msg_text(r->ui.lang, MSG_results_office_title)}};
    struct page page = {.title = v.name.n ? v.name : msg_text(r->ui.lang, MSG_results_sheet_new),
                        .section = SECTION_DESK,
                        .crumbs = crumbs,
                        .crumb_count = 1,
                        .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_results_editor(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err show_sheet(struct req *r, struct str code)
{
    struct editing e = {.r = r, .code = code};
    struct form *form = FORM_NEW(r, fields);
    enum err rc = req_read(r, read_editing, &e);
    if (rc != ERR_OK)
        return rc;
    if (e.before) {
        fill_form(form, e.before);
    } else {
        form_set(form, E_SOURCE, STR("entered"));
        form_set(form, E_VOCABULARY, STR("99"));
        form_set_int(form, E_DECIMALS, 0);
        form_set_int(form, E_DUE, 30);
        form_set(form, E_ASCENDING, STR("1"));
        form_set(form, E_PERSONAL, STR("1")); /* whoever counts no people says so */
    }
    return show(&e, form, 200);
}

static struct str said(const struct form *form, int field)
{
    return form->v[field].s.p ? str_trim(form->v[field].s) : STR("");
}

static void read_sheet(struct editing *e, const struct form *form)
{
    struct result_indicator *i = &e->sheet;
    *i = (struct result_indicator){
        .code = e->before ? e->before->code : said(form, E_CODE),
        .version = e->before ? e->before->version + 1 : 1,
        .programme = said(form, E_PROGRAMME),
        .level = said(form, E_LEVEL),
        .decimals = (int)form->v[E_DECIMALS].i,
        .ascending = form->v[E_ASCENDING].present,
        .personal = form->v[E_PERSONAL].present,
        .topic = said(form, E_TOPIC),
        .source = said(form, E_SOURCE),
        .filters = said(form, E_FILTERS),
        .base_source = said(form, E_BASE_SOURCE),
        .base_filters = said(form, E_BASE_FILTERS),
        .dimensions = said(form, E_DIMENSIONS),
        .frequency = said(form, E_FREQUENCY),
        .due_days = form->v[E_DUE].i,
        .vocabulary = said(form, E_VOCABULARY),
        .reference = said(form, E_REFERENCE),
        .change_note = said(form, E_NOTE),
    };
    if (!results_measure_parse(said(form, E_MEASURE), &i->measure) ||
        !results_rule_parse(said(form, E_RULE), &i->rule))
        i->rule = RULE_NONE; /* the form's own rules refuse it before */
    i->counter = results_is_entered(i) ? NULL : tally_counter(e->r->app, i->source);
    i->base_counter = i->base_source.n ? tally_counter(e->r->app, i->base_source) : NULL;
    for (int f = 0; f < RESULT_SHEET_FIELDS; f++)
        for (int l = 0; l < LANG__MAX; l++)
            e->texts[f].in[l] = said(form, E_TEXTS + 3 * f + l);
}

static int field_of(enum result_sheet_part part)
{
    static const int at[] = {
        [SHEET_CODE] = E_CODE,
        [SHEET_PROGRAMME] = E_PROGRAMME,
        [SHEET_MEASURE] = E_MEASURE,
        [SHEET_RULE] = E_RULE,
        [SHEET_DECIMALS] = E_DECIMALS,
        [SHEET_SOURCE] = E_SOURCE,
        [SHEET_FILTERS] = E_FILTERS,
        [SHEET_BASE] = E_BASE_SOURCE,
        [SHEET_DIMENSIONS] = E_DIMENSIONS,
        [SHEET_TEXTS] = E_TEXTS + 6,
        [SHEET_NOTE] = E_NOTE,
        [SHEET_REFERENCE] = E_VOCABULARY,
    };
    return at[part];
}

static enum err write_sheet(struct tx *tx, void *arg)
{
    struct editing *e = arg;
    return results_sheet_put(tx, e->r->arena, &e->sheet, e->texts, e->r->actor.person_id);
}

enum err results_editor_page(struct req *r)
{
    return show_sheet(r, req_param(r, "indicator"));
}

enum err results_editor_new(struct req *r)
{
    return show_sheet(r, STR_NULL);
}

static enum err save_sheet(struct req *r, struct str code)
{
    struct editing e = {.r = r, .code = code};
    struct form *form = NULL;
    enum result_sheet_part part = SHEET_CODE;
    if (!access_allows(&r->actor, PERM_RESULTS_VERIFY, STR("*")))
        return ERR_DENIED; /* definitions hold for the whole country */
    enum err rc = req_read(r, read_editing, &e);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, fields, &form);
    if (!form)
        return rc;
    if (rc == ERR_OK) {
        read_sheet(&e, form);
        enum msg m = results_sheet_check(r->arena, &e.programmes, &e.dimensions, e.before, &e.sheet,
                                         e.texts, &part);
        if (m == MSG_NONE && !e.before && results_find(&e.indicators, e.sheet.code)) {
            m = MSG_results_sheet_fault_taken;
            part = SHEET_CODE;
        }
        if (m != MSG_NONE) {
            form_fault(r, form, field_of(part), m);
            rc = ERR_INPUT;
        }
    }
    if (rc == ERR_OK)
        rc = req_write(r, write_sheet, &e);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, E_CODE, MSG_results_sheet_fault_taken);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show(&e, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_results_done);
    resp_redirect(r, arena_printf(r->arena, "/results/i/%.*s", STRF(e.sheet.code)));
    return ERR_OK;
}

enum err results_editor_post(struct req *r)
{
    return save_sheet(r, req_param(r, "indicator"));
}

enum err results_editor_new_post(struct req *r)
{
    return save_sheet(r, STR_NULL);
}
