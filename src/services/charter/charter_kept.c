/*
 * The charter measures itself: how often its promises were kept, counted from the records of other
 * rooms through the measures that they announce.
 *
 * The page of a service counts at once, three periods for each promise. Pages that show many
 * services or municipalities read totals (charter_kept), which are counted every hour and after
 * each publication, so that they cost one query however many records there are.
 */
#include "services/charter/charter_internal.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

/* From one day to another, both included, as far as it was promised then. */
static enum err count_between(struct tx *tx, struct arena *a, struct str unit,
                              const struct promise_kept *k, int64_t from, int64_t to,
                              struct kept *out)
{
    struct measure_result result = {0};
    struct measure_query q = {
        .unit = unit,
        .service = k->promise.service,
        .kind = k->promise.kind.n ? k->promise.kind : STR_NULL,
        .amount = k->promise.amount,
        .working_days = k->promise.working_days,
        .from_day = from > k->promise.since_day ? from : k->promise.since_day,
        .to_day = to,
    };
    *out = (struct kept){0};
    if (q.from_day > q.to_day)
        return ERR_OK;
    enum err rc = k->measure->count(tx, a, &q, &result);
    *out = (struct kept){result.kept, result.counted};
    return rc;
}

static enum err count_period(struct tx *tx, struct arena *a, struct str unit,
                             const struct promise_kept *k, int64_t today, int days,
                             struct kept *out)
{
    return count_between(tx, a, unit, k, today - days + 1, today, out);
}

/* Two promises on the same terms are counted once. */
static const struct promise_kept *same_terms(const struct promises_kept *all,
                                             const struct promise *p)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct promise *other = &all->v[i].promise;
        if (str_eq(other->service, p->service) && str_eq(other->measure, p->measure) &&
            str_eq(other->kind, p->kind) && other->amount == p->amount &&
            other->working_days == p->working_days)
            return &all->v[i];
    }
    return NULL;
}

/* `all_periods` false: the last 90 days alone. */
static enum err measure_all(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                            struct str service, int64_t today, bool all_periods,
                            struct promises_kept *out)
{
    struct promises promises = {0};
    enum err rc = ERR_OK;
    TRY(charter_promises(tx, a, unit, service, today, &promises));
    for (size_t i = 0; i < promises.n; i++) {
        struct promise_kept k = {.promise = promises.v[i]};
        const struct promise_kept *known = NULL;
        if (k.promise.measure.n)
            k.measure = app_measure(app, k.promise.measure);
        if (k.measure)
            known = same_terms(out, &k.promise);
        if (known) {
            k.last30 = known->last30;
            k.last90 = known->last90;
            k.last365 = known->last365;
        } else if (k.measure) {
            TRY(count_period(tx, a, unit, &k, today, 90, &k.last90));
            if (all_periods) {
                TRY(count_period(tx, a, unit, &k, today, 30, &k.last30));
                TRY(count_period(tx, a, unit, &k, today, 365, &k.last365));
            }
            out->all90.kept += k.last90.kept;
            out->all90.counted += k.last90.counted;
        }
        ARENA_PUSH(a, *out, k);
    }
out:
    return rc;
}

enum err charter_measure(struct app *app, struct tx *tx, struct arena *a, struct str unit,
                         struct str service, int64_t today, struct promises_kept *out)
{
    return measure_all(app, tx, a, unit, service, today, true, out);
}

struct str charter_records_href(struct arena *a, struct str unit, struct str of,
                                const struct promise_kept *k, int64_t today, int days)
{
    struct buf *out = buf_in(a);
    struct str path = k->measure ? str_from(k->measure->records_path) : STR_NULL;
    int64_t from = today - days + 1;
    ptrdiff_t at = str_find(path, STR("{unit}"));
    if (!path.p || at < 0)
        return path;
    from = from > k->promise.since_day ? from : k->promise.since_day;
    buf_str(out, str_slice(path, 0, (size_t)at));
    buf_str(out, unit);
    buf_str(out, str_slice(path, (size_t)at + 6, path.n));
    buf_cstr(out, "?service=");
    buf_percent(out, k->promise.service);
    buf_printf(out, "&promise=%lld", (long long)k->promise.id);
    buf_cstr(out, "&from=");
    buf_day(out, from);
    buf_cstr(out, "&to=");
    buf_day(out, today);
    if (of.p) {
        buf_cstr(out, "&of=");
        buf_percent(out, of);
    }
    return buf_view(out);
}

/* --- totals --- */

/* Of one promise, or of all promises of a service. */
struct sums {
    struct kept last90, month, before;
};
struct refresh {
    struct app *app;
    struct arena *arena;
    struct str unit;
    int64_t today, now_ms;
    int64_t month_day, before_day; /* first days of this month and the one before */
    struct promises_kept kept;
    struct sums *sums; /* of each promise; zero for one on terms counted before */
};

static void add_kept(struct kept *sum, struct kept more)
{
    sum->kept += more.kept;
    sum->counted += more.counted;
}

static void add_sums(struct sums *sum, const struct sums *more)
{
    add_kept(&sum->last90, more->last90);
    add_kept(&sum->month, more->month);
    add_kept(&sum->before, more->before);
}

static enum err count_fn(struct tx *tx, void *arg)
{
    struct refresh *r = arg;
    enum err rc = ERR_OK;
    r->kept = (struct promises_kept){0};
    TRY(measure_all(r->app, tx, r->arena, r->unit, STR_NULL, r->today, false, &r->kept));
    r->sums = ARENA_ARRAY(r->arena, struct sums, r->kept.n + 1);
    for (size_t i = 0; i < r->kept.n; i++) {
        const struct promise_kept *k = &r->kept.v[i];
        struct promises_kept before = {.v = r->kept.v, .n = i};
        r->sums[i] = (struct sums){0};
        if (!k->measure || same_terms(&before, &k->promise))
            continue;
        r->sums[i].last90 = k->last90;
        TRY(count_between(tx, r->arena, r->unit, k, r->month_day, r->today, &r->sums[i].month));
        TRY(count_between(tx, r->arena, r->unit, k, r->before_day, r->month_day - 1,
                          &r->sums[i].before));
    }
out:
    return rc;
}

static enum err keep_total(struct tx *tx, const struct refresh *r, struct str service,
                           const struct sums *s)
{
    return sql_charter_kept_insert(
        tx, NULL, .unit = r->unit, .service = service, .kept = s->last90.kept,
        .counted = s->last90.counted, .as_of_ms = r->now_ms, .month_day = r->month_day,
        .month_kept = s->month.kept, .month_counted = s->month.counted,
        .before_kept = s->before.kept, .before_counted = s->before.counted);
}

static enum err keep_fn(struct tx *tx, void *arg)
{
    const struct refresh *r = arg;
    struct sums of_service = {0}, all = {0};
    bool measured = false;
    enum err rc = ERR_OK;
    TRY(sql_charter_kept_clear(tx, NULL, .unit = r->unit));
    for (size_t i = 0; i < r->kept.n; i++) {
        const struct promise_kept *k = &r->kept.v[i];
        measured = measured || k->measure;
        add_sums(&of_service, &r->sums[i]);
        add_sums(&all, &r->sums[i]);
        if (i + 1 < r->kept.n && str_eq(r->kept.v[i + 1].promise.service, k->promise.service))
            continue;
        if (measured)
            TRY(keep_total(tx, r, k->promise.service, &of_service));
        of_service = (struct sums){0};
        measured = false;
    }
    if (r->kept.n > 0)
        TRY(keep_total(tx, r, STR(""), &all));
out:
    return rc;
}

enum err charter_refresh(struct app *app, struct arena *a, struct str unit)
{
    struct refresh r = {
        .app = app, .arena = a, .unit = unit, .today = day_today(), .now_ms = clock_now_ms()};
    struct civil month = day_to_civil(r.today);
    enum err rc = ERR_OK;
    month.day = 1;
    r.month_day = day_from_civil(month);
    r.before_day = r.month_day - 1;
    r.before_day -= day_to_civil(r.before_day).day - 1;
    TRY(db_read(app->db, unit, count_fn, &r));
    TRY(db_write(app->db, unit, keep_fn, &r));
out:
    return rc;
}

/* Rows of either list; NULL of a month that was not counted yet reads as zero. */
#define UNIT_KEPT(code, row)                                                                       \
    ((struct unit_kept){.unit = (code),                                                            \
                        .service = (row).service,                                                  \
                        .last90 = {(row).kept, (row).counted},                                     \
                        .as_of_ms = (row).as_of_ms,                                                \
                        .month_day = (row).month_day.v,                                            \
                        .month = {(row).month_kept.v, (row).month_counted.v},                      \
                        .before = {(row).before_kept.v, (row).before_counted.v}})

enum err charter_kept_all(struct tx *tx, struct arena *a, struct unit_kept_list *out)
{
    struct sql_charter_kept_list_rows rows;
    enum err rc = sql_charter_kept_list(tx, a, &rows);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        ARENA_PUSH(a, *out, UNIT_KEPT(rows.v[i].unit, rows.v[i]));
    }
    return rc;
}

enum err charter_kept_unit(struct tx *tx, struct arena *a, struct str unit,
                           struct unit_kept_list *out)
{
    struct sql_charter_kept_of_unit_rows rows;
    enum err rc = sql_charter_kept_of_unit(tx, a, &rows, .unit = unit);
    struct str own = rc == ERR_OK && rows.n ? arena_str(a, unit) : STR_NULL;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        ARENA_PUSH(a, *out, UNIT_KEPT(own, rows.v[i]));
    }
    return rc;
}

enum err charter_published(struct tx *tx, struct arena *a, struct str unit, int64_t from_ms,
                           struct charter_news_list *out)
{
    struct sql_charter_published_since_rows rows;
    enum err rc = sql_charter_published_since(tx, a, &rows, .unit = unit, .from_ms = from_ms);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(
            a, *out,
            ((struct charter_news){rows.v[i].service, rows.v[i].version, rows.v[i].valid_from.v}));
    return rc;
}
