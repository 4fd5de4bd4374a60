/*
 * Files of figures: promises and how they were kept, figures of today, figures by month. They count
 * private reports too, which no file here holds, but every page of reports (by village, service and
 * state alone); so they are shown in full, as on every page (core/figure.h).
 */
#include "front/opendata/opendata_internal.h"

#include "platform/core/clock.h"
#include "services/charter/charter.h"
#include "voice/cases/cases.h"

#define MONTHS 24

static bool asked_for(const struct open_question *q, struct str unit)
{
    for (size_t i = 0; i < q->units.n; i++)
        if (str_eq(q->units.v[i], unit))
            return true;
    return false;
}

/* --- promises --- */

static const struct open_column promise_columns[] = {
    OPEN_COLUMN("promise", OPEN_CODE, MSG_opendata_c_promise),
    OPEN_COLUMN("municipality", OPEN_CODE, MSG_opendata_c_municipality),
    OPEN_COLUMN("service", OPEN_CODE, MSG_opendata_c_service),
    OPEN_COLUMN("position", OPEN_INT, MSG_opendata_c_position),
    OPEN_BLANK("text_ky", OPEN_TEXT, MSG_opendata_c_text_ky),
    OPEN_BLANK("text_ru", OPEN_TEXT, MSG_opendata_c_text_ru),
    OPEN_BLANK("text_en", OPEN_TEXT, MSG_opendata_c_text_en),
    OPEN_BLANK("measure", OPEN_CODE, MSG_opendata_c_measure),
    OPEN_BLANK("kind", OPEN_TEXT, MSG_opendata_c_promise_kind),
    OPEN_BLANK("amount", OPEN_INT, MSG_opendata_c_amount),
    OPEN_COLUMN("working_days", OPEN_BOOL, MSG_opendata_c_working_days),
    OPEN_BLANK("since", OPEN_DAY, MSG_opendata_c_promise_since),
    OPEN_BLANK("kept30", OPEN_INT, MSG_opendata_c_kept30),
    OPEN_BLANK("counted30", OPEN_INT, MSG_opendata_c_counted30),
    OPEN_BLANK("kept90", OPEN_INT, MSG_opendata_c_kept90),
    OPEN_BLANK("counted90", OPEN_INT, MSG_opendata_c_counted90),
    OPEN_BLANK("kept365", OPEN_INT, MSG_opendata_c_kept365),
    OPEN_BLANK("counted365", OPEN_INT, MSG_opendata_c_counted365),
};

struct promise_read {
    const struct open_question *q;
    struct arena *arena;
    struct str unit;
    struct promises_kept kept;
};

static enum err promise_fn(struct tx *tx, void *arg)
{
    struct promise_read *p = arg;
    p->kept = (struct promises_kept){0};
    return charter_measure(p->q->app, tx, p->arena, p->unit, STR_NULL, p->q->today, &p->kept);
}

static void put_kept(struct open_writer *w, const struct measure *m, struct kept k)
{
    if (!m) {
        open_blank(w);
        open_blank(w);
    } else {
        open_int(w, k.kept);
        open_int(w, k.counted);
    }
}

static enum err put_promise(const struct promise_read *read, struct open_writer *w,
                            const struct promise_kept *k)
{
    const struct promise *p = &k->promise;
    bool days = k->measure && k->measure->takes_amount;
    open_text(w, arena_printf(read->arena, "%lld", (long long)p->id));
    open_text(w, read->unit);
    open_text(w, p->service);
    open_int(w, p->position);
    for (int l = 0; l < LANG__MAX; l++)
        open_text(w, p->text.in[l]);
    open_text(w, p->measure);
    open_text(w, p->kind);
    open_opt(w, days ? I64(p->amount) : I64_NONE);
    open_bool(w, days && p->working_days);
    open_day(w, p->since_day);
    put_kept(w, k->measure, k->last30);
    put_kept(w, k->measure, k->last90);
    put_kept(w, k->measure, k->last365);
    return open_row(w);
}

static enum err promises_of_unit(const struct open_question *q, struct open_writer *w,
                                 struct str unit)
{
    struct promise_read read = {.q = q, .arena = arena_new(), .unit = unit};
    enum err rc = db_read(q->app->db, unit, promise_fn, &read);
    for (size_t i = 0; i < read.kept.n && rc == ERR_OK; i++)
        rc = put_promise(&read, w, &read.kept.v[i]);
    arena_free(read.arena);
    return rc;
}

static enum err promise_rows(const struct open_question *q, struct open_writer *w)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < q->units.n; i++)
        if (!territory_find(q->territory, q->units.v[i])->successor)
            TRY(promises_of_unit(q, w, q->units.v[i]));
out:
    return rc;
}

static const char *const promise_key[] = {"municipality", "promise", NULL};

const struct open_file open_promises = {
    .name = "promises",
    .title = MSG_opendata_f_promises,
    .about = MSG_opendata_a_promises,
    .columns = promise_columns,
    .column_count = COUNT_OF(promise_columns),
    .keys = promise_key,
    .by_unit = true,
    .rows = promise_rows,
};

/* --- today --- */

static const struct open_column figure_columns[] = {
    OPEN_COLUMN("municipality", OPEN_CODE, MSG_opendata_c_municipality),
    OPEN_COUNT("open", MSG_opendata_u_reports, MSG_opendata_c_open),
    OPEN_COUNT("overdue", MSG_opendata_u_reports, MSG_opendata_c_overdue),
    OPEN_COUNT("received30", MSG_opendata_u_reports, MSG_opendata_c_received30),
    OPEN_COUNT("resolved30", MSG_opendata_u_reports, MSG_opendata_c_resolved30),
    OPEN_COUNT("received365", MSG_opendata_u_reports, MSG_opendata_c_received365),
    OPEN_COUNT("resolved365", MSG_opendata_u_reports, MSG_opendata_c_resolved365),
    OPEN_COUNT("in_time365", MSG_opendata_u_reports, MSG_opendata_c_in_time365),
    OPEN_UNIT("median_answer_minutes", OPEN_INT, MSG_opendata_u_minutes,
              MSG_opendata_c_median_answer),
    OPEN_COUNT("rated365", MSG_opendata_u_ratings, MSG_opendata_c_rated365),
    OPEN_UNIT("stars365", OPEN_DECIMAL, MSG_opendata_u_stars, MSG_opendata_c_stars365),
};

struct figures_read {
    const struct open_question *q;
    struct all_case_figures all;
};

static enum err figures_fn(struct tx *tx, void *arg)
{
    struct figures_read *f = arg;
    const struct open_question *q = f->q;
    enum err rc = ERR_OK;
    f->all = (struct all_case_figures){0};
    TRY(cases_figures_all(tx, q->arena, q->today, &f->all));
out:
    return rc;
}

static void put_stars(struct open_writer *w, int64_t rated, int64_t sum)
{
    open_int(w, rated);
    open_decimal(w, rated > 0, rated > 0 ? (double)sum / (double)rated : 0, 2);
}

static enum err put_figures(struct open_writer *w, const struct unit_case_figures *u)
{
    const struct case_figures *f = &u->f;
    open_text(w, u->unit);
    open_int(w, f->open);
    open_int(w, f->overdue);
    open_int(w, f->received30);
    open_int(w, f->resolved30);
    open_int(w, f->received365);
    open_int(w, f->resolved365);
    open_int(w, f->in_time365);
    if (f->median_answer_ms < 0)
        open_blank(w);
    else
        open_int(w, f->median_answer_ms / MS_MINUTE);
    put_stars(w, f->rated, f->rating_sum);
    return open_row(w);
}

/* By the municipality that counted them: what merged is there under its own code. */
static enum err figure_rows(const struct open_question *q, struct open_writer *w)
{
    struct figures_read f = {.q = q};
    enum err rc = ERR_OK;
    TRY(db_read(q->app->db, SCOPE_COUNTRY, figures_fn, &f));
    for (size_t i = 0; i < f.all.n; i++)
        if (asked_for(q, f.all.v[i].unit))
            TRY(put_figures(w, &f.all.v[i]));
out:
    return rc;
}

static const char *const figure_key[] = {"municipality", NULL};

const struct open_file open_figures = {
    .name = "figures",
    .title = MSG_opendata_f_figures,
    .about = MSG_opendata_a_figures,
    .columns = figure_columns,
    .column_count = COUNT_OF(figure_columns),
    .keys = figure_key,
    .by_unit = true,
    .rows = figure_rows,
};

/* --- by month --- */

static const struct open_column month_columns[] = {
    OPEN_COLUMN("municipality", OPEN_CODE, MSG_opendata_c_municipality),
    OPEN_COLUMN("month", OPEN_MONTH, MSG_opendata_c_month),
    OPEN_COUNT("received", MSG_opendata_u_reports, MSG_opendata_c_month_received),
    OPEN_COUNT("answered", MSG_opendata_u_reports, MSG_opendata_c_month_answered),
    OPEN_COUNT("resolved", MSG_opendata_u_reports, MSG_opendata_c_month_resolved),
    OPEN_COUNT("in_time", MSG_opendata_u_reports, MSG_opendata_c_month_in_time),
    OPEN_COUNT("rated", MSG_opendata_u_ratings, MSG_opendata_c_month_rated),
    OPEN_UNIT("stars", OPEN_DECIMAL, MSG_opendata_u_stars, MSG_opendata_c_month_stars),
};

/* Whole months that are over, oldest first: while one goes on, the difference of two editions would
 * tell of single days.
 */
struct months {
    struct civil first; /* day 1 */
    int n;
};

static struct civil month_after(struct civil c)
{
    return c.month == 12 ? (struct civil){c.year + 1, 1, 1}
                         : (struct civil){c.year, c.month + 1, 1};
}

static struct months months_of(const struct open_question *q)
{
    struct civil now = day_to_civil(q->today), from;
    now.day = 1;
    int64_t end = day_from_civil(now);
    struct months m = {.n = 0};
    if (q->has_days) {
        from = day_to_civil(q->from_day);
        m.first = from.day == 1 ? from : month_after(from);
        end = q->to_day + 1 < end ? q->to_day + 1 : end;
    } else {
        int index = now.year * 12 + now.month - 1 - MONTHS;
        m.first = (struct civil){index / 12, index % 12 + 1, 1};
    }
    for (struct civil c = month_after(m.first); day_from_civil(c) <= end; c = month_after(c))
        m.n++;
    return m;
}

struct month_read {
    struct arena *arena;
    struct str unit;
    struct months months;
    struct case_totals *at; /* before the first month, then at the end of each */
};

static enum err month_fn(struct tx *tx, void *arg)
{
    struct month_read *m = arg;
    struct civil c = m->months.first;
    int64_t days[CASE_TOTALS_DAYS];
    enum err rc = ERR_OK;
    for (int i = 0; i <= m->months.n;) {
        struct case_totals *at = &m->at[i];
        size_t n = 0;
        for (; i <= m->months.n && n < CASE_TOTALS_DAYS; i++, c = month_after(c))
            days[n++] = day_from_civil(c) - 1;
        TRY(cases_totals_at(tx, m->arena, m->unit, days, n, at));
    }
out:
    return rc;
}

static enum err put_month(const struct month_read *m, struct open_writer *w, int i, struct civil c)
{
    const struct case_totals *a = &m->at[i], *b = &m->at[i + 1];
    open_text(w, m->unit);
    open_month(w, c.year, c.month);
    open_int(w, b->received - a->received);
    open_int(w, b->answered - a->answered);
    open_int(w, b->resolved - a->resolved);
    open_int(w, b->in_time - a->in_time);
    put_stars(w, b->rated - a->rated, b->stars - a->stars);
    return open_row(w);
}

static enum err months_of_unit(const struct open_question *q, struct open_writer *w,
                               struct str unit, struct months months)
{
    struct month_read m = {.arena = arena_new(), .unit = unit, .months = months};
    struct civil c = months.first;
    m.at = ARENA_ARRAY(m.arena, struct case_totals, (size_t)months.n + 1);
    enum err rc = db_read(q->app->db, unit, month_fn, &m);
    /* From the first report on, also months without one. */
    for (int i = 0; i < months.n && rc == ERR_OK; i++, c = month_after(c))
        if (m.at[i + 1].received > 0)
            rc = put_month(&m, w, i, c);
    arena_free(m.arena);
    return rc;
}

static enum err month_rows(const struct open_question *q, struct open_writer *w)
{
    struct months months = months_of(q);
    enum err rc = ERR_OK;
    for (size_t i = 0; i < q->units.n && months.n > 0; i++)
        TRY(months_of_unit(q, w, q->units.v[i], months));
out:
    return rc;
}

static const char *const month_key[] = {"municipality", "month", NULL};

const struct open_file open_months = {
    .name = "figures_by_month",
    .title = MSG_opendata_f_months,
    .about = MSG_opendata_a_months,
    .columns = month_columns,
    .column_count = COUNT_OF(month_columns),
    .keys = month_key,
    .by_unit = true,
    .by_day = true,
    .rows = month_rows,
};
