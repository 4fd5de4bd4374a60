/*
 * The desk's pages: values of a municipality, entering one with its evidence, and its way from
 * draft to locked. Who entered a value does not verify it; what is verified changes only by a
 * correction that everybody sees.
 */
#include "programme/results/results_value.h"
#include "programme/results/results_web.h"

#include "platform/files/files.h"
#include "platform/formats/image.h"

#define EVIDENCE_MAX (10 << 20)

enum { F_PERIOD, F_VALUE, F_BASE, F_CELLS, F_GRADE, F_NOTE, F_EVIDENCE, F_WHY, F_CORRECTS };
static const struct choice grades[] = {{"A", MSG_results_grade_a},
                                       {"B", MSG_results_grade_b},
                                       {"C", MSG_results_grade_c},
                                       {"D", MSG_results_grade_d},
                                       {NULL, MSG_NONE}};
static const struct field fields[] = {
    [F_PERIOD] = {"period", FIELD_LINE, .required = true, .max = 20, .width = 20,
                  .label = MSG_results_period, .hint = MSG_results_desk_period_hint},
    [F_VALUE] = {"value", FIELD_LINE, .required = true, .max = 20, .width = 10,
                 .label = MSG_results_desk_value},
    [F_BASE] = {"base", FIELD_LINE, .max = 20, .width = 10, .label = MSG_results_desk_base},
    [F_CELLS] = {"cells", FIELD_TEXT, .max = 4000, .label = MSG_results_desk_cells,
                 .hint = MSG_results_desk_cells_hint},
    [F_GRADE] = {"grade", FIELD_CHOICE, .required = true, .choices = grades,
                 .label = MSG_results_desk_grade},
    [F_NOTE] = {"note", FIELD_LINE, .max = 300, .label = MSG_results_desk_note},
    [F_EVIDENCE] = {"evidence", FIELD_FILES, .max = EVIDENCE_MAX, .label = MSG_results_document,
                    .accept = "application/pdf,image/jpeg,image/png"},
    [F_WHY] = {"why", FIELD_LINE, .max = 300, .label = MSG_results_desk_why},
    [F_CORRECTS] = {"corrects", FIELD_CODE, .max = 20, .label = MSG_results_desk_correct},
};

struct desk {
    struct req *r;
    struct result_indicators indicators;
    struct result_programmes programmes;
    struct result_members members;
    const struct result_indicator *i;
    struct sql_results_value_list_rows values;
    struct sql_results_visits_rows visits;
    int64_t one; /* the value shown */
    struct sql_results_steps_rows steps;
    struct sql_results_evidence_rows evidence;
    struct sql_results_value_cells_of_rows cells;
    struct reported {
        struct str indicator;
        int64_t from, to;
    } * reported;
    size_t reported_n, reported_cap;
    struct form *visit_form; /* NULL: a fresh one */
};

enum { V_PERIOD, V_DAY, V_RECOUNTED, V_NOTE };
static const struct field visit_fields[] = {
    [V_PERIOD] = {"visit_period", FIELD_LINE, .required = true, .max = 20, .width = 20,
                  .label = MSG_results_period, .hint = MSG_results_desk_period_hint},
    [V_DAY] = {"visit_day", FIELD_DATE, .required = true, .label = MSG_results_day},
    [V_RECOUNTED] = {"recounted", FIELD_LINE, .required = true, .max = 20, .width = 10,
                     .label = MSG_results_visit_recounted},
    [V_NOTE] = {"visit_note", FIELD_LINE, .max = 300, .label = MSG_results_desk_note},
};

static enum err take_reported(void *arg, const struct sql_results_reported_units_row *row)
{
    struct desk *d = arg;
    struct {
        struct reported *v;
        size_t n, cap;
    } list = {d->reported, d->reported_n, d->reported_cap};
    ARENA_PUSH(d->r->arena, list,
               ((struct reported){arena_str(d->r->arena, row->indicator), row->from_month,
                                  row->to_month}));
    d->reported = list.v;
    d->reported_n = list.n;
    d->reported_cap = list.cap;
    return ERR_OK;
}

static enum err read_desk(struct tx *tx, void *arg)
{
    struct desk *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    int64_t now = tally_month(day_today());
    d->indicators = (struct result_indicators){0};
    d->programmes = (struct result_programmes){0};
    d->reported_n = 0;
    TRY(results_indicators(d->r->app, tx, a, STR_NULL, &d->indicators));
    TRY(results_programmes(tx, a, &d->programmes));
    TRY(results_members(tx, a, &d->members));
    TRY(sql_results_reported_units(tx, take_reported, d, .unit = d->r->unit, .from_month = now - 48,
                                   .to_month = now + 12));
out:
    return rc;
}

static enum err read_indicator(struct tx *tx, void *arg)
{
    struct desk *d = arg;
    enum err rc = ERR_OK;
    TRY(read_desk(tx, d));
    d->i = results_find(&d->indicators, req_param(d->r, "indicator"));
    if (!d->i || !results_is_entered(d->i))
        FAIL(ERR_NOT_FOUND);
    TRY(sql_results_value_list(tx, d->r->arena, &d->values, .unit = d->r->unit,
                               .indicator = d->i->code));
    TRY(sql_results_visits(tx, d->r->arena, &d->visits, .indicator = d->i->code,
                           .unit = d->r->unit));
    if (d->one) {
        TRY(sql_results_steps(tx, d->r->arena, &d->steps, .unit = d->r->unit, .value = d->one));
        TRY(sql_results_evidence(tx, d->r->arena, &d->evidence, .unit = d->r->unit,
                                 .value = d->one));
        TRY(sql_results_value_cells_of(tx, d->r->arena, &d->cells, .unit = d->r->unit,
                                       .value = d->one));
    }
out:
    return rc;
}

static struct page desk_page(struct req *r, struct str title, const struct crumb *crumbs, size_t n)
{
    return (struct page){.title = title,
                         .unit_name = place_name(places_unit(r), r->ui.lang),
                         .unit_href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
                         .section = SECTION_DESK,
                         .crumbs = crumbs,
                         .crumb_count = n};
}

static struct str desk_href(struct req *r, const struct result_indicator *i)
{
    return arena_printf(r->arena, "/desk/%.*s/results/%.*s", STRF(r->unit), STRF(i->code));
}

/* --- what is overdue --- */

static bool was_reported(const struct desk *d, struct str indicator, int64_t from, int64_t to)
{
    for (size_t k = 0; k < d->reported_n; k++)
        if (str_eq(d->reported[k].indicator, indicator) && d->reported[k].from <= from &&
            d->reported[k].to >= to)
            return true;
    return false;
}

/* The last four periods of the indicator's frequency whose day has passed, newest first. */
static void find_overdue(struct desk *d, const struct result_indicator *i,
                         struct results_desk_view *v)
{
    const struct result_programme *p = results_programme(&d->programmes, i->programme);
    int64_t step = str_eq(i->frequency, STR("quarter")) ? 3
                   : str_eq(i->frequency, STR("year"))  ? 12
                                                        : 0;
    int64_t today = day_today();
    if (!p || !step)
        return;
    int64_t end = tally_month(today) / step * step;
    for (int64_t k = 0; k < 4; k++, end -= step) {
        int64_t due = tally_month_start(end) + i->due_days;
        if (end > p->to_month || end - step < p->from_month || due >= today ||
            was_reported(d, i->code, end - step, end))
            continue;
        struct results_overdue line = {
            .href = desk_href(d->r, i),
            .text = MSG_STR(
                d->r->arena, d->r->ui.lang, MSG_results_desk_overdue_line,
                ARG_S("name", text3_get(&i->name, d->r->ui.lang)),
                ARG_S("period", results_period_text(d->r->arena, d->r->ui.lang, end - step, end)),
                ARG_DATE("day", due))};
        ARENA_PUSH(d->r->arena, v->overdue, line);
    }
}

enum err results_desk_list(struct req *r)
{
    struct desk d = {.r = r};
    struct results_desk_view v = {.records =
                                      arena_printf(r->arena, "/desk/%.*s/achieved", STRF(r->unit))};
    enum err rc = req_read(r, read_desk, &d);
    if (rc != ERR_OK)
        return rc;
    for (size_t k = 0; k < d.indicators.n; k++) {
        const struct result_indicator *i = &d.indicators.v[k];
        if (!results_is_entered(i))
            continue;
        find_overdue(&d, i, &v);
        ARENA_PUSH(r->arena, v.indicators,
                   ((struct results_tab){text3_get(&i->name, r->ui.lang), desk_href(r, i), false}));
    }
    struct page page = desk_page(r, msg_text(r->ui.lang, MSG_results_desk_title), NULL, 0);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_results_desk(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- the values of an indicator --- */

static enum msg state_message(const struct sql_results_value_list_row *v)
{
    bool correction = v->supersedes && v->why.n;
    if (!v->in_force &&
        !(correction && !str_eq(v->state, STR("locked")) && !str_eq(v->state, STR("verified"))))
        return MSG_results_state_replaced;
    return str_eq(v->state, STR("draft"))       ? MSG_results_state_draft
           : str_eq(v->state, STR("submitted")) ? MSG_results_state_submitted
           : str_eq(v->state, STR("verified"))  ? MSG_results_state_verified
                                                : MSG_results_state_locked;
}

static void add_steps(struct req *r, const struct sql_results_value_list_row *row,
                      struct results_value_line *line)
{
    bool verify = req_allows(r, PERM_RESULTS_VERIFY);
    enum msg state = state_message(row);
    line->may_submit = state == MSG_results_state_draft;
    line->may_verify = state == MSG_results_state_submitted && verify;
    line->may_lock = state == MSG_results_state_verified && verify;
    line->may_correct = (state == MSG_results_state_verified || state == MSG_results_state_locked);
}

static void fill_values(struct desk *d, struct results_values_view *v)
{
    struct req *r = d->r;
    struct str base = desk_href(r, d->i);
    for (size_t k = 0; k < d->values.n; k++) {
        const struct sql_results_value_list_row *row = &d->values.v[k];
        struct results_value_line line = {
            .period = results_period_text(r->arena, r->ui.lang, row->from_month, row->to_month),
            .number = row->words.n
                          ? row->words
                          : results_number_text(r->arena, r->ui.lang, d->i, row->amount, row->base),
            .grade = row->grade,
            .state = state_message(row),
            .why = row->why,
            .kind = row->kind,
            .recorded_ms = row->recorded_ms,
            .href = arena_printf(r->arena, "%.*s?value=%lld", STRF(base), (long long)row->id),
            .action = arena_printf(r->arena, "%.*s/%lld/step", STRF(base), (long long)row->id),
            .correct_href =
                arena_printf(r->arena, "%.*s?corrects=%lld#enter", STRF(base), (long long)row->id),
            .here = row->id == d->one,
        };
        add_steps(r, row, &line);
        ARENA_PUSH(r->arena, v->values, line);
    }
    for (size_t k = 0; k < d->cells.n; k++)
        ARENA_PUSH(r->arena, v->cells,
                   ((struct results_cell){.name = d->cells.v[k].cell,
                                          .number = results_number_text(r->arena, r->ui.lang, d->i,
                                                                        d->cells.v[k].amount,
                                                                        d->cells.v[k].base)}));
    for (size_t k = 0; k < d->evidence.n; k++)
        ARENA_PUSH(
            r->arena, v->evidence,
            ((struct results_tab){d->evidence.v[k].name,
                                  arena_printf(r->arena, "%.*s/%lld/evidence/%lld", STRF(base),
                                               (long long)d->one, (long long)d->evidence.v[k].id),
                                  false}));
    for (size_t k = 0; k < d->steps.n; k++)
        ARENA_PUSH(r->arena, v->steps,
                   ((struct results_step_line){d->steps.v[k].step, d->steps.v[k].note,
                                               d->steps.v[k].at_ms}));
}

static void fill_visits(struct desk *d, struct results_values_view *v)
{
    struct req *r = d->r;
    for (size_t k = 0; k < d->visits.n; k++) {
        const struct sql_results_visits_row *row = &d->visits.v[k];
        struct buf *factor = buf_in(r->arena);
        if (row->reported > 0)
            lang_percent(factor, r->ui.lang, (double)row->recounted / (double)row->reported);
        else
            buf_cstr(factor, "–");
        ARENA_PUSH(
            r->arena, v->visits,
            ((struct results_visit_line){
                .day = row->day,
                .period = results_period_text(r->arena, r->ui.lang, row->from_month, row->to_month),
                .reported =
                    results_number_text(r->arena, r->ui.lang, d->i, row->reported, I64_NONE),
                .recounted =
                    results_number_text(r->arena, r->ui.lang, d->i, row->recounted, I64_NONE),
                .factor = buf_view(factor),
                .note = row->note}));
    }
}

static enum err show_values(struct desk *d, struct form *form, int status)
{
    struct req *r = d->r;
    struct results_values_view v = {.form = form,
                                    .name = text3_get(&d->i->name, r->ui.lang),
                                    .definition = text3_get(&d->i->definition, r->ui.lang),
                                    .correcting = form->v[F_CORRECTS].s.n > 0};
    fill_values(d, &v);
    fill_visits(d, &v);
    v.visit_form = d->visit_form ? d->visit_form : FORM_NEW(r, visit_fields);
    v.may_visit = req_allows(r, PERM_RESULTS_VERIFY) && d->i->measure != MEASURE_RATIO &&
                  d->i->measure != MEASURE_TEXT;
    v.visit_action = arena_printf(r->arena, "%.*s/visit", STRF(desk_href(r, d->i)));
    struct crumb crumbs[] = {{arena_printf(r->arena, "/desk/%.*s/results", STRF(r->unit)),
                              msg_text(r->ui.lang, MSG_results_desk_title)}};
    struct page page = desk_page(r, v.name, crumbs, 1);
    page.form = d->visit_form ? d->visit_form : form;
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_results_values(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err results_desk_indicator(struct req *r)
{
    struct desk d = {.r = r};
    struct form *form = FORM_NEW(r, fields);
    int64_t corrects = 0;
    if (req_query(r, "value").n && !str_to_i64(req_query(r, "value"), &d.one))
        return ERR_NOT_FOUND;
    enum err rc = req_read(r, read_indicator, &d);
    if (rc != ERR_OK)
        return rc;
    if (str_to_i64(req_query(r, "corrects"), &corrects))
        for (size_t k = 0; k < d.values.n; k++)
            if (d.values.v[k].id == corrects) {
                form_set(form, F_CORRECTS, req_query(r, "corrects"));
                form_set(form, F_PERIOD,
                         results_period_code(r->arena, d.values.v[k].from_month,
                                             d.values.v[k].to_month));
            }
    return show_values(&d, form, 200);
}

/* --- entering --- */

struct entering {
    struct desk *d;
    struct result_entry entry;
    struct str file, file_name, file_type;
    enum msg why_not;
};

static enum err write_entry(struct tx *tx, void *arg)
{
    struct entering *e = arg;
    enum err rc = ERR_OK;
    TRY(results_value_enter(tx, e->d->r->arena, &e->d->members, &e->entry, &e->why_not));
    if (e->file.p)
        TRY(sql_results_evidence_put(tx, NULL, .unit = e->entry.unit, .value = e->entry.id,
                                     .id = id_new(), .file = e->file, .name = e->file_name,
                                     .type = e->file_type));
out:
    return rc;
}

/* "sex=f: 12" or, of a share, "sex=f: 12/40". */
static enum msg read_cell(struct desk *d, struct str line, struct result_cell *out)
{
    ptrdiff_t colon = str_find_char(line, ':');
    if (colon <= 0)
        return MSG_results_fault_dimension;
    struct str number = str_trim(str_slice(line, (size_t)colon + 1, line.n));
    ptrdiff_t slash = str_find_char(number, '/');
    enum msg m = results_cell_normal(d->r->arena, &d->members, d->i,
                                     str_trim(str_slice(line, 0, (size_t)colon)), &out->cell);
    if (m != MSG_NONE || !out->cell.n)
        return m != MSG_NONE ? m : MSG_results_fault_dimension;
    if (slash >= 0) {
        out->base.set = true;
        if (!results_amount_parse(str_slice(number, (size_t)slash + 1, number.n), d->i->decimals,
                                  &out->base.v))
            return MSG_results_fault_number;
        number.n = (size_t)slash;
    }
    return results_amount_parse(number, d->i->decimals, &out->amount) ? MSG_NONE
                                                                      : MSG_results_fault_number;
}

static void read_cells(struct desk *d, struct form *form, struct result_entry *e)
{
    struct {
        struct result_cell *v;
        size_t n, cap;
    } cells = {0};
    struct str rest = form->v[F_CELLS].s, line;
    while (rest.n && str_split(&rest, '\n', &line)) {
        struct result_cell cell = {0};
        if (!str_trim(line).n)
            continue;
        enum msg m = read_cell(d, str_trim(line), &cell);
        if (m != MSG_NONE)
            form_fault(d->r, form, F_CELLS, m);
        ARENA_PUSH(d->r->arena, cells, cell);
    }
    e->cells = cells.v;
    e->cell_count = cells.n;
}

static enum err keep_evidence(struct req *r, struct form *form, struct entering *e)
{
    const struct field_value *v = &form->v[F_EVIDENCE];
    enum err rc = ERR_OK;
    if (v->n == 0 || v->files[0].data.n == 0)
        return ERR_OK;
    e->file_name = v->files[0].name.n ? v->files[0].name : STR("evidence");
    if (str_starts(v->files[0].data, STR("%PDF-"))) {
        e->file_type = STR("application/pdf");
        return file_put(r->app, r->arena, v->files[0].data, &e->file);
    }
    struct image_pair pair;
    enum image_fault fault = IMAGE_FINE;
    rc = image_convert(r->arena, v->files[0].data, &pair, &fault);
    if (rc == ERR_INPUT)
        form_fault(r, form, F_EVIDENCE, MSG_results_fault_evidence);
    if (rc != ERR_OK)
        return rc;
    e->file_type = STR("image/jpeg");
    return file_put(r->app, r->arena, pair.large.jpeg, &e->file);
}

static int field_of(enum msg m)
{
    return m == MSG_results_fault_base      ? F_BASE
           : m == MSG_results_fault_why     ? F_WHY
           : m == MSG_results_fault_grade   ? F_GRADE
           : m == MSG_results_fault_period  ? F_PERIOD
           : m == MSG_results_fault_future  ? F_PERIOD
           : m == MSG_results_fault_overlap ? F_PERIOD
           : m == MSG_results_fault_correct ? F_PERIOD
           : m == MSG_results_fault_partition || m == MSG_results_fault_larger ||
                   m == MSG_results_fault_twice
               ? F_CELLS
               : F_VALUE;
}

static void read_entry(struct desk *d, struct form *form, struct entering *e)
{
    struct req *r = d->r;
    struct result_period period = {0};
    if (!results_period_parse(r->arena, form->v[F_PERIOD].s, &period))
        form_fault(r, form, F_PERIOD, MSG_results_fault_period);
    e->entry = (struct result_entry){.indicator = d->i,
                                     .unit = r->unit,
                                     .id = id_new(),
                                     .kind = STR("actual"),
                                     .from = period.from,
                                     .to = period.to,
                                     .grade = form->v[F_GRADE].s,
                                     .note = form->v[F_NOTE].s,
                                     .why = form->v[F_WHY].s,
                                     .person = r->actor.person_id};
    if (d->i->measure == MEASURE_TEXT)
        e->entry.words = form->v[F_VALUE].s;
    else if (!results_amount_parse(form->v[F_VALUE].s, d->i->decimals, &e->entry.amount))
        form_fault(r, form, F_VALUE, MSG_results_fault_number);
    if (form->v[F_BASE].s.n) {
        e->entry.base.set = true;
        if (!results_amount_parse(form->v[F_BASE].s, d->i->decimals, &e->entry.base.v))
            form_fault(r, form, F_BASE, MSG_results_fault_number);
    }
    if (form->v[F_CORRECTS].s.n && !str_to_i64(form->v[F_CORRECTS].s, &e->entry.corrects))
        form_fault(r, form, -1, MSG_results_fault_correct);
    read_cells(d, form, &e->entry);
}

enum err results_desk_enter(struct req *r)
{
    struct desk d = {.r = r};
    struct form *form = NULL;
    struct entering e = {.d = &d};
    enum err rc = req_read(r, read_indicator, &d);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, fields, &form);
    if (!form)
        return rc;
    if (rc == ERR_OK) {
        read_entry(&d, form, &e);
        if (form->fault_count == 0)
            rc = keep_evidence(r, form, &e);
        if (form->fault_count > 0)
            rc = ERR_INPUT;
    }
    if (rc == ERR_OK) {
        rc = req_write(r, write_entry, &e);
        if (rc == ERR_INPUT && e.why_not != MSG_NONE)
            form_fault(r, form, field_of(e.why_not), e.why_not);
        else if (rc == ERR_CONFLICT) { /* another correction waits */
            form_fault(r, form, -1, MSG_results_fault_correct);
            rc = ERR_INPUT;
        }
    }
    if (rc == ERR_INPUT)
        return show_values(&d, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_results_done);
    resp_redirect(r, arena_printf(r->arena, "%.*s?value=%lld", STRF(desk_href(r, d.i)),
                                  (long long)e.entry.id));
    return ERR_OK;
}

/* --- verification visits --- */

struct visiting {
    struct desk *d;
    struct result_period period;
    int64_t id, day, recounted;
    struct str note;
};

static enum err write_visit(struct tx *tx, void *arg)
{
    struct visiting *v = arg;
    struct req *r = v->d->r;
    struct sql_results_value_of_rows rows;
    enum err rc = ERR_OK;
    TRY(sql_results_value_of(tx, r->arena, &rows, .unit = r->unit, .indicator = v->d->i->code,
                             .from_month = v->period.from, .to_month = v->period.to));
    if (rows.n != 1)
        FAIL(ERR_INPUT);
    TRY(sql_results_visit_put(tx, NULL, .unit = r->unit, .id = v->id, .indicator = v->d->i->code,
                              .from_month = v->period.from, .to_month = v->period.to, .day = v->day,
                              .reported = rows.v[0].amount, .recounted = v->recounted,
                              .note = v->note.p ? v->note : STR(""), .at_ms = clock_now_ms(),
                              .person = r->actor.person_id));
out:
    return rc;
}

/* What was reported is what stands there now; a correction later does not change the visit. */
enum err results_desk_visit(struct req *r)
{
    struct desk d = {.r = r};
    struct visiting v = {.d = &d, .id = id_new()};
    struct form *form = NULL;
    enum err rc = req_read(r, read_indicator, &d);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, visit_fields, &form);
    if (!form)
        return rc;
    if (rc == ERR_OK) {
        v.day = form->v[V_DAY].i;
        v.note = form->v[V_NOTE].s;
        if (!results_period_parse(r->arena, form->v[V_PERIOD].s, &v.period))
            form_fault(r, form, V_PERIOD, MSG_results_fault_period);
        if (!results_amount_parse(form->v[V_RECOUNTED].s, d.i->decimals, &v.recounted) ||
            v.recounted < 0)
            form_fault(r, form, V_RECOUNTED, MSG_results_fault_number);
        if (v.day > day_today())
            form_fault(r, form, V_DAY, MSG_results_fault_future);
        rc = form->fault_count ? ERR_INPUT : req_write(r, write_visit, &v);
        if (rc == ERR_INPUT && !form->fault_count)
            form_fault(r, form, V_PERIOD, MSG_results_desk_none);
    }
    if (rc == ERR_INPUT) {
        d.visit_form = form;
        return show_values(&d, FORM_NEW(r, fields), 422);
    }
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_results_done);
    resp_redirect(r, desk_href(r, d.i));
    return ERR_OK;
}

/* --- steps --- */

enum { S_STEP, S_GRADE, S_NOTE };
static const struct choice step_choices[] = {{"submit", MSG_results_step_submit},
                                             {"return", MSG_results_step_return},
                                             {"verify", MSG_results_step_verify},
                                             {"lock", MSG_results_step_lock},
                                             {NULL, MSG_NONE}};
static const struct field step_fields[] = {
    [S_STEP] = {"step", FIELD_CHOICE, .required = true, .choices = step_choices,
                .label = MSG_results_desk_state},
    [S_GRADE] = {"grade", FIELD_CHOICE, .choices = grades, .label = MSG_results_desk_grade},
    [S_NOTE] = {"note", FIELD_LINE, .max = 300, .label = MSG_results_desk_note},
};

struct stepping {
    struct req *r;
    int64_t id;
    enum result_step step;
    struct str grade, note;
};

static enum err write_step(struct tx *tx, void *arg)
{
    struct stepping *s = arg;
    return results_value_step(tx, s->r->arena, s->r->unit, s->id, s->step, s->grade, s->note,
                              s->r->actor.person_id);
}

enum err results_desk_step(struct req *r)
{
    struct stepping s = {.r = r, .step = STEP__MAX};
    struct form *form = NULL;
    enum err rc = ERR_OK;
    if (!str_to_i64(req_param(r, "id"), &s.id))
        return ERR_NOT_FOUND;
    TRY(FORM_READ(r, step_fields, &form));
    for (int k = 0; k < STEP__MAX; k++)
        if (str_eq(form->v[S_STEP].s, str_from(results_step_code((enum result_step)k))))
            s.step = (enum result_step)k;
    if (s.step != STEP_SUBMIT && !req_allows(r, PERM_RESULTS_VERIFY))
        FAIL(ERR_DENIED);
    s.grade = form->v[S_GRADE].s;
    s.note = form->v[S_NOTE].s;
    rc = req_write(r, write_step, &s);
    if (rc == ERR_DENIED)
        r->error_detail = MSG_results_fault_own;
    if (rc != ERR_OK)
        goto out;
    resp_notice(r, MSG_results_done);
    resp_redirect(r, arena_printf(r->arena, "/desk/%.*s/results/%.*s?value=%lld", STRF(r->unit),
                                  STRF(req_param(r, "indicator")), (long long)s.id));
out:
    return rc == ERR_INPUT ? ERR_CONFLICT : rc;
}

struct evidence_reading {
    struct req *r;
    int64_t value, id;
    struct sql_results_evidence_rows rows;
};

static enum err read_evidence(struct tx *tx, void *arg)
{
    struct evidence_reading *e = arg;
    return sql_results_evidence(tx, e->r->arena, &e->rows, .unit = e->r->unit, .value = e->value);
}

enum err results_desk_evidence(struct req *r)
{
    struct evidence_reading e = {.r = r};
    enum err rc = ERR_OK;
    if (!str_to_i64(req_param(r, "value"), &e.value) || !str_to_i64(req_param(r, "id"), &e.id))
        return ERR_NOT_FOUND;
    TRY(req_read(r, read_evidence, &e));
    for (size_t k = 0; k < e.rows.n; k++)
        if (e.rows.v[k].id == e.id)
            return resp_stored_file(r, e.rows.v[k].file, arena_cstr(r->arena, e.rows.v[k].type),
                                    e.rows.v[k].name);
    rc = ERR_NOT_FOUND;
out:
    return rc;
}
