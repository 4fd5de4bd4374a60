/*
 * The desk of programme staff for the whole country: which municipalities owe a report, what waits
 * for verification, reference sheets, and success stories for the reports.
 */
#include "programme/results/results_web.h"

enum { S_PROGRAMME, S_UNIT, S_MONTH, S_TITLE, S_WORDS };
static const struct field fields[] = {
    [S_PROGRAMME] = {"programme", FIELD_CODE, .required = true, .max = 40,
                     .label = MSG_results_programme},
    [S_UNIT] = {"place", FIELD_CODE, .max = 14, .label = MSG_results_municipality},
    [S_MONTH] = {"month", FIELD_LINE, .required = true, .max = 7, .width = 10,
                 .label = MSG_results_story_month, .hint = MSG_results_story_month_hint},
    [S_TITLE] = {"title", FIELD_LINE, .required = true, .max = 200,
                 .label = MSG_results_story_title},
    [S_WORDS] = {"words", FIELD_TEXT, .required = true, .max = 4000, .rows = 8,
                 .label = MSG_results_story_words, .hint = MSG_results_story_words_hint},
};

struct owing {
    const struct result_indicator *i;
    int64_t from, to, due;
    struct sql_results_partners_rows partners;
    struct sql_results_reported_rows reported;
};
struct office {
    struct req *r;
    struct result_programmes programmes;
    struct result_indicators indicators;
    struct sql_results_waiting_rows waiting;
    struct {
        struct owing *v;
        size_t n, cap;
    } owing;
    struct results_successes successes;
};

struct option_list results_programme_options(struct req *r, const struct result_programmes *all)
{
    struct {
        struct option *v;
        size_t n, cap;
    } list = {0};
    for (size_t k = 0; k < all->n; k++)
        ARENA_PUSH(r->arena, list,
                   ((struct option){.value = all->v[k].code,
                                    .text = text3_get(&all->v[k].name, r->ui.lang)}));
    return (struct option_list){list.v, list.n};
}

void results_fields(struct buf *out, const struct ui *ui, const struct form *form, int from, int to)
{
    for (int f = from; f < to; f++)
        ui_field(out, ui, form, f);
}

enum err results_successes(struct tx *tx, struct req *r, struct str programme, int64_t from,
                           int64_t to, struct results_successes *out)
{
    struct sql_results_successes_rows rows;
    const struct territory *t = territory_get(r->app, r->arena);
    enum err rc = ERR_OK;
    *out = (struct results_successes){0};
    TRY(sql_results_successes(tx, r->arena, &rows, .programme = programme, .from_month = from,
                              .to_month = to));
    for (size_t k = 0; k < rows.n; k++) {
        const struct place *p = territory_find(t, rows.v[k].unit);
        ARENA_PUSH(r->arena, *out,
                   ((struct results_success_line){
                       .title = rows.v[k].title,
                       .words = rows.v[k].words,
                       .place = p ? place_name(p, r->ui.lang) : STR(""),
                       .lang = rows.v[k].lang,
                       .month = rows.v[k].month,
                       .withdraw = arena_printf(r->arena, "/desk/results/stories/%.*s/%lld",
                                                STRF(rows.v[k].unit), (long long)rows.v[k].id)}));
    }
out:
    return rc;
}

/* The last period of its frequency whose day has passed. */
static bool last_due(const struct result_programme *p, struct owing *o, int64_t today)
{
    int64_t step = str_eq(o->i->frequency, STR("quarter")) ? 3
                   : str_eq(o->i->frequency, STR("year"))  ? 12
                                                           : 0;
    int64_t end = step ? tally_month(today) / step * step : 0;
    if (!step || !p)
        return false;
    if (tally_month_start(end) + o->i->due_days >= today)
        end -= step;
    for (; end > p->to_month; end -= step)
        ;
    o->from = end - step;
    o->to = end;
    o->due = tally_month_start(end) + o->i->due_days;
    return o->from >= p->from_month;
}

static enum err read_office(struct tx *tx, void *arg)
{
    struct office *f = arg;
    struct arena *a = f->r->arena;
    int64_t now = tally_month(day_today());
    enum err rc = ERR_OK;
    f->programmes = (struct result_programmes){0};
    f->indicators = (struct result_indicators){0};
    f->owing.n = 0;
    TRY(results_programmes(tx, a, &f->programmes));
    TRY(results_indicators(f->r->app, tx, a, STR_NULL, &f->indicators));
    TRY(sql_results_waiting(tx, a, &f->waiting, .state = STR("submitted")));
    for (size_t k = 0; k < f->indicators.n; k++) {
        struct owing o = {.i = &f->indicators.v[k]};
        const struct result_programme *p = results_programme(&f->programmes, o.i->programme);
        if (!results_is_entered(o.i) || !last_due(p, &o, day_today()))
            continue;
        TRY(sql_results_partners(tx, a, &o.partners, .programme = p->code));
        TRY(sql_results_reported(tx, a, &o.reported, .indicator = o.i->code,
                                 .from_month = o.from - 12));
        ARENA_PUSH(a, f->owing, o);
    }
    for (size_t k = 0; k < f->programmes.n; k++) {
        struct results_successes some;
        TRY(results_successes(tx, f->r, f->programmes.v[k].code, f->programmes.v[k].from_month,
                              now + 1, &some));
        for (size_t n = 0; n < some.n; n++)
            ARENA_PUSH(a, f->successes, some.v[n]);
    }
out:
    return rc;
}

static bool has_reported(const struct owing *o, struct str unit)
{
    for (size_t k = 0; k < o->reported.n; k++)
        if (str_eq(o->reported.v[k].unit, unit) && o->reported.v[k].from_month <= o->from &&
            o->reported.v[k].to_month >= o->to)
            return true;
    return false;
}

static bool is_mine(const struct office *f, struct str unit)
{
    return access_allows(&f->r->actor, PERM_RESULTS_VERIFY, unit);
}

static struct results_tab value_tab(const struct office *f, const struct territory *t,
                                    const struct result_indicator *i, struct str unit,
                                    struct str what)
{
    const struct place *p = territory_find(t, unit);
    struct str name = p ? place_name(p, f->r->ui.lang) : unit;
    return (struct results_tab){
        what.n ? arena_printf(f->r->arena, "%.*s · %.*s", STRF(name), STRF(what)) : name,
        arena_printf(f->r->arena, "/desk/%.*s/results/%.*s", STRF(unit), STRF(i->code)), false};
}

static void fill_office(struct office *f, struct results_office_view *v)
{
    struct req *r = f->r;
    const struct territory *t = territory_get(r->app, r->arena);
    struct {
        struct option *v;
        size_t n, cap;
    } units = {0};
    for (size_t k = 0; k < f->owing.n; k++) {
        const struct owing *o = &f->owing.v[k];
        struct results_owed line = {.name = text3_get(&o->i->name, r->ui.lang),
                                    .period =
                                        results_period_text(r->arena, r->ui.lang, o->from, o->to),
                                    .due = o->due};
        for (size_t n = 0; n < o->partners.n; n++) {
            struct str unit = o->partners.v[n].unit;
            if (!is_mine(f, unit))
                continue;
            line.owed++;
            if (has_reported(o, unit))
                line.reported++;
            else
                ARENA_PUSH(r->arena, line.missing, value_tab(f, t, o->i, unit, STR("")));
        }
        if (line.missing.n)
            ARENA_PUSH(r->arena, v->owed, line);
    }
    for (size_t k = 0; k < f->waiting.n; k++) {
        const struct sql_results_waiting_row *w = &f->waiting.v[k];
        const struct result_indicator *i = results_find(&f->indicators, w->indicator);
        if (!i || !is_mine(f, w->unit))
            continue;
        struct str period = results_period_text(r->arena, r->ui.lang, w->from_month, w->to_month);
        ARENA_PUSH(r->arena, v->waiting,
                   value_tab(f, t, i, w->unit,
                             arena_printf(r->arena, "%.*s · %.*s",
                                          STRF(text3_get(&i->name, r->ui.lang)), STRF(period))));
    }
    for (size_t k = 0; k < f->indicators.n; k++)
        ARENA_PUSH(r->arena, v->sheets,
                   ((struct results_tab){text3_get(&f->indicators.v[k].name, r->ui.lang),
                                         arena_printf(r->arena, "/desk/results/indicators/%.*s",
                                                      STRF(f->indicators.v[k].code)),
                                         false}));
    ARENA_PUSH(r->arena, units,
               ((struct option){.value = STR(""),
                                .text = msg_text(r->ui.lang, MSG_results_story_country)}));
    for (size_t k = 0; k < t->n; k++)
        if (place_is_municipality(t->all[k]))
            ARENA_PUSH(r->arena, units,
                       ((struct option){.value = t->all[k]->code,
                                        .text = place_name(t->all[k], r->ui.lang),
                                        .group = place_name(place_oblast(t->all[k]), r->ui.lang)}));
    v->units = (struct option_list){units.v, units.n};
    v->programmes = results_programme_options(r, &f->programmes);
    v->country = access_allows(&r->actor, PERM_RESULTS_VERIFY, STR("*"));
    v->successes = f->successes;
}

static enum err show(struct req *r, struct form *form, int status)
{
    struct office f = {.r = r};
    struct results_office_view v = {.form = form};
    enum err rc = req_read(r, read_office, &f);
    if (rc != ERR_OK)
        return rc;
    fill_office(&f, &v);
    struct page page = {.title = msg_text(r->ui.lang, MSG_results_office_title),
                        .section = SECTION_DESK,
                        .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_results_office(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err results_office(struct req *r)
{
    return show(r, FORM_NEW(r, fields), 200);
}

struct telling {
    struct req *r;
    struct str unit, programme, title, words;
    int64_t id, month;
    bool known;
};

static enum err write_story(struct tx *tx, void *arg)
{
    struct telling *s = arg;
    struct result_programmes all = {0};
    enum err rc = ERR_OK;
    TRY(results_programmes(tx, s->r->arena, &all));
    s->known = results_programme(&all, s->programme) != NULL;
    if (!s->known)
        FAIL(ERR_INPUT);
    TRY(sql_results_success_put(tx, NULL, .unit = s->unit, .id = s->id, .programme = s->programme,
                                .month = s->month, .lang = str_from(lang_code(s->r->ui.lang)),
                                .title = s->title, .words = s->words, .recorded_ms = clock_now_ms(),
                                .recorded_by = s->r->actor.person_id));
out:
    return rc;
}

enum err results_success_post(struct req *r)
{
    struct form *form = NULL;
    struct result_period month = {0};
    if (!access_allows(&r->actor, PERM_RESULTS_VERIFY, STR("*")))
        return ERR_DENIED;
    enum err rc = FORM_READ(r, fields, &form);
    if (!form)
        return rc;
    const struct place *p = form->v[S_UNIT].s.n
                                ? territory_find(territory_get(r->app, r->arena), form->v[S_UNIT].s)
                                : NULL;
    if (rc == ERR_OK && (!results_period_parse(r->arena, form->v[S_MONTH].s, &month) ||
                         month.to - month.from != 1)) {
        form_fault(r, form, S_MONTH, MSG_results_fault_period);
        rc = ERR_INPUT;
    }
    if (rc == ERR_OK && form->v[S_UNIT].s.n && (!p || !place_is_municipality(p))) {
        form_fault(r, form, S_UNIT, MSG_results_fault_unit);
        rc = ERR_INPUT;
    }
    struct telling s = {.r = r,
                        .unit = p ? p->code : STR("*"),
                        .programme = form->v[S_PROGRAMME].s,
                        .title = form->v[S_TITLE].s,
                        .words = form->v[S_WORDS].s,
                        .id = id_new(),
                        .month = month.from};
    if (rc == ERR_OK) {
        rc = req_write(r, write_story, &s);
        if (rc == ERR_INPUT)
            form_fault(r, form, S_PROGRAMME, MSG_results_sheet_fault_programme);
    }
    if (rc == ERR_INPUT)
        return show(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_results_done);
    resp_redirect(r, STR("/desk/results"));
    return ERR_OK;
}

static enum err take_back(struct tx *tx, void *arg)
{
    struct telling *s = arg;
    int64_t changed = 0;
    enum err rc = sql_results_success_withdraw(tx, &changed, .unit = s->unit, .id = s->id);
    return rc == ERR_OK && changed != 1 ? ERR_NOT_FOUND : rc;
}

enum err results_success_withdraw(struct req *r)
{
    static const struct field none[] = {{"step", FIELD_CODE, .max = 20, .label = MSG_results_done}};
    struct form *form = NULL;
    struct telling s = {.r = r, .unit = req_param(r, "of")};
    if (!access_allows(&r->actor, PERM_RESULTS_VERIFY, STR("*")))
        return ERR_DENIED;
    if (!str_to_i64(req_param(r, "id"), &s.id))
        return ERR_NOT_FOUND;
    enum err rc = FORM_READ(r, none, &form);
    if (rc == ERR_OK)
        rc = req_write(r, take_back, &s);
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show(r, FORM_NEW(r, fields), 422) : rc;
    resp_notice(r, MSG_results_done);
    resp_redirect(r, STR("/desk/results"));
    return ERR_OK;
}
