/*
 * Figures that stay cheap however long the history grows.
 *
 * A case counts for something on up to four days: received, answered, resolved, rated. What it
 * counts for follows from its row alone (contributions below), so each change moves the totals by
 * the difference between the row before and after, and a recount from the records always gives the
 * same. Totals are running totals: any period is the difference of two rows (001_cases.sql). The
 * transaction of the change leaves what they are to be raised by; cases_fold.c raises them.
 *
 * Medians of answer times are read from a histogram with one step an hour up to three days and one
 * a day after that. Pages show such a time in whole hours or days, so nothing visible is lost, and
 * the page of one municipality and the table of all cannot disagree.
 */
#include "voice/cases/cases_internal.h"

#include "community/calendar/calendar.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

/* --- what a case counts for --- */

struct contribution {
    struct str unit, service;
    int64_t day;
    int64_t received, answered, resolved, in_time, rated, stars;
};
struct contributions {
    struct contribution v[8]; /* four days of the row before and four of the row after */
    size_t n;
};

static struct contribution *on_day(struct contributions *c, struct str unit, struct str service,
                                   int64_t day)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].day == day && str_eq(c->v[i].service, service) && str_eq(c->v[i].unit, unit))
            return &c->v[i];
    INVARIANT(c->n < COUNT_OF(c->v));
    c->v[c->n] = (struct contribution){.unit = unit, .service = service, .day = day};
    return &c->v[c->n++];
}

static void contribute(struct contributions *c, struct str unit, const struct sql_case_get_row *row,
                       int64_t sign)
{
    if (!row || row->held) /* what looks like spam counts for nothing until somebody has looked */
        return;
    on_day(c, unit, row->service, row->created_day)->received += sign;
    if (row->answered_day.set)
        on_day(c, unit, row->service, row->answered_day.v)->answered += sign;
    if (row->resolved_day.set) {
        struct contribution *day = on_day(c, unit, row->service, row->resolved_day.v);
        day->resolved += sign;
        day->in_time += row->due_day.set && row->resolved_day.v <= row->due_day.v ? sign : 0;
    }
    if (row->rated_day.set) {
        struct contribution *day = on_day(c, unit, row->service, row->rated_day.v);
        day->rated += sign;
        day->stars += sign * row->stars.v;
    }
}

static struct str service_text(struct app *app, struct arena *a, enum lang lang, struct str value)
{
    const struct service_kind *kind = catalogue_find(catalogue_get(app, a), value);
    return kind ? text3_get(&kind->name, lang) : value;
}

static const struct tally_dimension service_dimension = {"service", MSG_cases_counter_service,
                                                         false, service_text};

/* The totals that results of programmes are made of. */
struct case_recount {
    const struct counter *counter;
    struct str unit;
    tally_fact_fn fact;
    void *arg;
};

static enum err recount_row(void *arg, const struct sql_case_days_row *row)
{
    struct case_recount *r = arg;
    bool resolved = r->counter == &cases_resolved_counter;
    struct tally_fact f = {.counter = r->counter,
                           .unit = r->unit,
                           .day = resolved ? row->resolved_day.v : row->created_day,
                           .values = {row->service},
                           .amount = row->n};
    return resolved && !row->resolved_day.set ? ERR_OK : r->fact(r->arg, &f);
}

/* What the records say, but for what cases_fold has still to tell. */
static enum err recount(struct tx *tx, struct arena *a, const struct counter *c, struct str unit,
                        tally_fact_fn fact, void *arg)
{
    struct case_recount r = {c, unit, fact, arg};
    struct sql_total_changes_rows waiting;
    enum err rc = ERR_OK;
    TRY(sql_case_days(tx, recount_row, &r, .unit = unit));
    TRY(sql_total_changes(tx, a, &waiting, .unit = unit));
    for (size_t i = 0; i < waiting.n; i++) {
        const struct sql_total_changes_row *w = &waiting.v[i];
        struct tally_fact f = {.counter = c,
                               .unit = unit,
                               .day = w->day,
                               .values = {w->service},
                               .amount =
                                   c == &cases_resolved_counter ? -w->resolved : -w->received};
        if (f.amount)
            TRY(fact(arg, &f));
    }
out:
    return rc;
}

const struct counter cases_received_counter = {.code = "cases.received",
                                               .label = MSG_cases_counter_received,
                                               .kind = COUNTER_FLOW,
                                               .dimensions = {&service_dimension},
                                               .recount = recount,
                                               .records_path = "/m/{unit}/reports"},
                     cases_resolved_counter = {.code = "cases.resolved",
                                               .label = MSG_cases_counter_resolved,
                                               .kind = COUNTER_FLOW,
                                               .dimensions = {&service_dimension},
                                               .recount = recount,
                                               .records_path = "/m/{unit}/reports"};

static enum err add_contribution(struct tx *tx, const struct contribution *c)
{
    if (!c->received && !c->answered && !c->resolved && !c->in_time && !c->rated && !c->stars)
        return ERR_OK;
    return sql_total_change_put(tx, NULL, .unit = c->unit, .id = id_new(), .service = c->service,
                                .day = c->day, .received = c->received, .answered = c->answered,
                                .resolved = c->resolved, .in_time = c->in_time, .rated = c->rated,
                                .stars = c->stars);
}

int64_t case_answer_step(int64_t ms)
{
    int64_t hours = ms < 0 ? 0 : ms / MS_HOUR;
    if (hours < 72)
        return hours;
    return hours > 24 * 3650 ? 24 * 3650 : hours - hours % 24;
}

static bool same_answer(struct str was_unit, const struct sql_case_get_row *was, struct str is_unit,
                        const struct sql_case_get_row *is)
{
    return str_eq(was_unit, is_unit) && str_eq(was->service, is->service) &&
           was->answered_ms.v == is->answered_ms.v;
}

static bool has_answer(const struct sql_case_get_row *row)
{
    return row && !row->held && row->answered_ms.set;
}

static enum err add_answer(struct tx *tx, struct str unit, const struct sql_case_get_row *row,
                           int64_t sign)
{
    return sql_answer_time_add(
        tx, NULL, .unit = unit, .day = row->answered_day.v, .service = row->service,
        .hours = case_answer_step(row->answered_ms.v - row->created_ms), .answers = sign);
}

enum err case_totals_move(struct tx *tx, struct arena *a, struct str was_unit,
                          const struct sql_case_get_row *was, struct str is_unit,
                          const struct sql_case_get_row *is)
{
    struct contributions c = {.n = 0};
    enum err rc = ERR_OK;
    (void)a;
    contribute(&c, was_unit, was, -1);
    contribute(&c, is_unit, is, 1);
    for (size_t i = 0; i < c.n; i++)
        TRY(add_contribution(tx, &c.v[i]));
    if (has_answer(was) && has_answer(is) && same_answer(was_unit, was, is_unit, is))
        goto out;
    if (has_answer(was))
        TRY(add_answer(tx, was_unit, was, -1));
    if (has_answer(is))
        TRY(add_answer(tx, is_unit, is, 1));
out:
    return rc;
}

/* --- figures --- */

static struct case_totals minus(struct case_totals a, struct case_totals b)
{
    return (struct case_totals){a.received - b.received, a.answered - b.answered,
                                a.resolved - b.resolved, a.in_time - b.in_time,
                                a.rated - b.rated,       a.stars - b.stars};
}

void case_totals_add(struct case_totals *to, const struct case_totals *by)
{
    to->received += by->received;
    to->answered += by->answered;
    to->resolved += by->resolved;
    to->in_time += by->in_time;
    to->rated += by->rated;
    to->stars += by->stars;
}

#define TOTALS(row)                                                                                \
    (&(struct case_totals){(row)->received, (row)->answered, (row)->resolved, (row)->in_time,      \
                           (row)->rated, (row)->stars})

enum err cases_totals(struct tx *tx, struct arena *a, struct str unit, struct str service,
                      int64_t day, struct case_totals *out)
{
    struct sql_total_of_rows rows;
    enum err rc = sql_total_of(tx, a, &rows, .unit = unit, .service = service.p ? service : STR(""),
                               .day = day);
    *out = (struct case_totals){0};
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < rows.n; i++)
        case_totals_add(out, TOTALS(&rows.v[i]));
    return ERR_OK;
}

enum err cases_totals_at(struct tx *tx, struct arena *a, struct str unit, const int64_t *days,
                         size_t count, struct case_totals *out)
{
    struct i64_opt d[CASE_TOTALS_DAYS] = {{0}};
    struct sql_total_at_days_rows rows;
    size_t distinct = 0;
    INVARIANT(count <= CASE_TOTALS_DAYS);
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < distinct && d[k].v != days[i])
            k++;
        if (k == distinct)
            d[distinct++] = I64(days[i]);
    }
    enum err rc =
        sql_total_at_days(tx, a, &rows, .unit = unit, .day0 = d[0], .day1 = d[1], .day2 = d[2],
                          .day3 = d[3], .day4 = d[4], .day5 = d[5], .day6 = d[6], .day7 = d[7],
                          .day8 = d[8], .day9 = d[9], .day10 = d[10], .day11 = d[11],
                          .day12 = d[12], .day13 = d[13], .day14 = d[14], .day15 = d[15]);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct case_totals){0};
        for (size_t k = 0; k < rows.n; k++) {
            const struct sql_total_at_days_row *r = &rows.v[k];
            if (r->waits ? r->at_day <= days[i] : r->at_day == days[i])
                case_totals_add(&out[i], TOTALS(r));
        }
    }
    return ERR_OK;
}

static void add_figures(struct case_figures *f, struct case_totals now, struct case_totals month,
                        struct case_totals year)
{
    struct case_totals in_month = minus(now, month), in_year = minus(now, year);
    f->received30 += in_month.received;
    f->resolved30 += in_month.resolved;
    f->received365 += in_year.received;
    f->resolved365 += in_year.resolved;
    f->in_time365 += in_year.in_time;
    f->rated += in_year.rated;
    f->rating_sum += in_year.stars;
}

/* A histogram read step by step, in order: the step that holds the middle one. */
struct median {
    int64_t total;  /* of all steps */
    int64_t before; /* of the steps so far */
    int64_t hours;  /* -1 until found */
};
static void median_step(struct median *m, int64_t hours, int64_t n)
{
    m->before += n;
    if (m->hours < 0 && m->before * 2 >= m->total)
        m->hours = hours;
}

enum err cases_figures(struct tx *tx, struct arena *a, struct str unit, int64_t today,
                       struct case_figures *out)
{
    const int64_t days[] = {today, today - 30, today - 365};
    struct case_totals at[COUNT_OF(days)];
    struct sql_open_counts_row open = {0};
    struct sql_answer_times_rows times;
    struct median median = {.hours = -1};
    enum err rc = ERR_OK;
    *out = (struct case_figures){.median_answer_ms = -1};
    TRY(cases_totals_at(tx, a, unit, days, COUNT_OF(days), at));
    add_figures(out, at[0], at[1], at[2]);
    TRY(sql_open_counts(tx, a, &open, .unit = unit, .today = today));
    out->open = open.open;
    out->overdue = open.overdue;
    TRY(sql_answer_times(tx, a, &times, .unit = unit, .from_day = today - 89, .to_day = today));
    for (size_t i = 0; i < times.n; i++)
        median.total += times.v[i].answers;
    for (size_t i = 0; i < times.n; i++)
        median_step(&median, times.v[i].hours, times.v[i].answers);
    if (median.hours >= 0)
        out->median_answer_ms = median.hours * MS_HOUR;
out:
    return rc;
}

/* Each list comes in the order of unit codes: they are walked together. */
static struct case_figures *figures_of(struct arena *a, struct all_case_figures *all, size_t *at,
                                       struct str unit)
{
    while (*at < all->n && str_compare(all->v[*at].unit, unit) < 0)
        ++*at;
    if (*at == all->n || !str_eq(all->v[*at].unit, unit)) {
        /* Only the first list grows the array at its end; a unit without totals has no rows in the
         * others. */
        ARENA_PUSH(a, *all,
                   ((struct unit_case_figures){.unit = unit, .f = {.median_answer_ms = -1}}));
        for (size_t i = all->n - 1; i > *at; i--) {
            struct unit_case_figures swap = all->v[i];
            all->v[i] = all->v[i - 1];
            all->v[i - 1] = swap;
        }
    }
    return &all->v[*at].f;
}

static struct case_totals totals_of(const struct sql_total_at_all_rows *rows, size_t *at,
                                    struct str unit)
{
    while (*at < rows->n && str_compare(rows->v[*at].unit, unit) < 0)
        ++*at;
    if (*at == rows->n || !str_eq(rows->v[*at].unit, unit))
        return (struct case_totals){0};
    const struct sql_total_at_all_row *r = &rows->v[*at];
    return *TOTALS(r);
}

static enum err fill_medians(struct tx *tx, struct arena *a, int64_t today,
                             struct all_case_figures *out)
{
    struct sql_answer_times_all_rows times;
    enum err rc = sql_answer_times_all(tx, a, &times, .from_day = today - 89, .to_day = today);
    if (rc != ERR_OK)
        return rc;
    size_t at = 0;
    for (size_t i = 0, end; i < times.n; i = end) {
        struct median median = {.hours = -1};
        for (end = i; end < times.n && str_eq(times.v[end].unit, times.v[i].unit); end++)
            median.total += times.v[end].answers;
        for (size_t k = i; k < end; k++)
            median_step(&median, times.v[k].hours, times.v[k].answers);
        figures_of(a, out, &at, times.v[i].unit)->median_answer_ms = median.hours * MS_HOUR;
    }
    return ERR_OK;
}

/* What is not in the running totals yet, by the day from which on it counts. */
static enum err add_waiting(struct tx *tx, struct arena *a, int64_t today,
                            struct all_case_figures *out)
{
    struct sql_total_changes_all_rows rows;
    size_t at = 0;
    enum err rc = sql_total_changes_all(tx, a, &rows, .to_day = today);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_total_changes_all_row *r = &rows.v[i];
        struct case_totals change = *TOTALS(r), none = {0};
        add_figures(figures_of(a, out, &at, r->unit), change, r->day <= today - 30 ? change : none,
                    r->day <= today - 365 ? change : none);
    }
    return rc;
}

enum err cases_figures_all(struct tx *tx, struct arena *a, int64_t today,
                           struct all_case_figures *out)
{
    struct sql_total_at_all_rows now, month, year;
    struct sql_open_counts_all_rows open;
    enum err rc = ERR_OK;
    size_t in_month = 0, in_year = 0, at = 0;
    *out = (struct all_case_figures){0};
    TRY(sql_total_at_all(tx, a, &now, .day = today));
    TRY(sql_total_at_all(tx, a, &month, .day = today - 30));
    TRY(sql_total_at_all(tx, a, &year, .day = today - 365));
    for (size_t i = 0; i < now.n; i++) {
        struct str unit = now.v[i].unit;
        size_t here = i;
        add_figures(figures_of(a, out, &at, unit), totals_of(&now, &here, unit),
                    totals_of(&month, &in_month, unit), totals_of(&year, &in_year, unit));
    }
    TRY(add_waiting(tx, a, today, out));
    TRY(sql_open_counts_all(tx, a, &open, .today = today));
    at = 0;
    for (size_t i = 0; i < open.n; i++) {
        struct case_figures *f = figures_of(a, out, &at, open.v[i].unit);
        f->open = open.v[i].open;
        f->overdue = open.v[i].overdue;
    }
    TRY(fill_medians(tx, a, today, out));
out:
    return rc;
}

/* --- measures of the charter --- */

int64_t case_cutoff_day(struct arena *a, int64_t today, int64_t amount, bool working_days)
{
    int64_t day = today - 1 - amount;
    if (!working_days)
        return day;
    /* A report of that day is late when its last working day lies before today. */
    while (calendar_add_working_days(a, day, amount) >= today)
        day--;
    while (calendar_add_working_days(a, day + 1, amount) < today)
        day++;
    return day;
}

static enum err count_answers(struct tx *tx, struct arena *a, const struct measure_query *q,
                              struct measure_result *out)
{
    struct sql_measure_answer_row row = {0};
    int64_t today = day_today();
    enum err rc = sql_measure_answer(
        tx, a, &row, .unit = q->unit, .service = q->service,
        .fault = str_empty(q->kind) ? STR_NULL : q->kind, .from_ms = day_start_ms(q->from_day),
        .to_ms = day_start_ms(q->to_day + 1), .working = q->working_days, .amount = q->amount,
        .cutoff_day = case_cutoff_day(a, today, q->amount, q->working_days));
    *out = (struct measure_result){row.counted, row.kept};
    return rc;
}

static enum err count_resolutions(struct tx *tx, struct arena *a, const struct measure_query *q,
                                  struct measure_result *out)
{
    struct sql_measure_resolve_row row = {0};
    int64_t today = day_today();
    enum err rc = sql_measure_resolve(
        tx, a, &row, .unit = q->unit, .service = q->service,
        .fault = str_empty(q->kind) ? STR_NULL : q->kind, .from_ms = day_start_ms(q->from_day),
        .to_ms = day_start_ms(q->to_day + 1), .working = q->working_days, .amount = q->amount,
        .cutoff_day = case_cutoff_day(a, today, q->amount, q->working_days));
    *out = (struct measure_result){row.counted, row.kept};
    return rc;
}

const struct measure case_measures[2] = {
    {.code = "answer_within_days",
     .label = MSG_cases_measure_answer,
     .sentence = MSG_cases_measure_answer_sentence,
     .sentence_working = MSG_cases_measure_answer_sentence_working,
     .takes_amount = true,
     .by_fault = true,
     .count = count_answers,
     .records_path = "/m/{unit}/reports"},
    {.code = "resolve_within_days",
     .label = MSG_cases_measure_resolve,
     .sentence = MSG_cases_measure_resolve_sentence,
     .sentence_working = MSG_cases_measure_resolve_sentence_working,
     .takes_amount = true,
     .by_fault = true,
     .count = count_resolutions,
     .records_path = "/m/{unit}/reports"},
};
