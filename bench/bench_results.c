/*
 * Results of programmes over a large country: participations, the totals kept over them, and files
 * of values. On a database that bench_fill has filled with municipalities:
 *
 *     bench_results --db URL --data DIR [--participations N] [--rows N]
 *
 * Prints tab-separated lines: what, how many, milliseconds, milliseconds of the ceiling (plain SQL
 * that answers the same question from the rows, in the same run; "-": none), memory in MB so far.
 * Participations are written by the slice's own statement, five years of them, one transaction a
 * municipality; the totals are then counted from them.
 */
#include "cmd/house.h"
#include "community/places/places.h"
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/store/engine.h"
#include "platform/web/import.h"
#include "programme/events/events_sql.h"
#include "programme/results/results_count.h"
#include "programme/results/results_exchange.h"
#include "programme/results/results_value.h"
#include "programme/results/results_web.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EVENT_SIZE = 40, FIRST_YEAR = 2017, YEARS = 5, SELDOM = 8 };

struct bench {
    struct app *app;
    struct arena *a;
    struct result_units units;
    int64_t participations, rows, at;
    struct str unit;
    struct result_programmes programmes;
    struct result_indicators indicators;
    int64_t numbers;
    const struct db_query *query;
};

static void must(enum err rc, const char *doing)
{
    if (rc == ERR_OK)
        return;
    cli_say("bench_results: %s: %s", doing, err_name(rc));
    exit(EXIT_FAILURE);
}

static long memory_mb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

static void tell(const char *what, int64_t n, int64_t us, int64_t ceiling_us)
{
    if (ceiling_us < 0)
        printf("%s\t%lld\t%.1f\t-\t%ld\n", what, (long long)n, (double)us / 1000, memory_mb());
    else
        printf("%s\t%lld\t%.1f\t%.1f\t%ld\n", what, (long long)n, (double)us / 1000,
               (double)ceiling_us / 1000, memory_mb());
    fflush(stdout);
}

/* --- participations --- */

static uint64_t dice_of(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static enum err put_unit(struct tx *tx, void *arg)
{
    static const char *const kinds[] = {"hearing", "training", "dialogue", "forum", "roundtable"};
    static const char *const bands[] = {"0-15", "16-29", "30-59", "60+", "?"};
    struct bench *b = arg;
    int64_t n = b->participations / (int64_t)b->units.n, persons = n / SELDOM + EVENT_SIZE;
    int64_t first = day_from_civil((struct civil){FIRST_YEAR, 1, 1});
    enum err rc = ERR_OK;
    for (int64_t k = 0; k < n; k++) {
        int64_t number = k / EVENT_SIZE, person = 1 + b->at * 1000000 + k % persons;
        uint64_t dice = dice_of((uint64_t)(b->at * 10000000 + k + 1));
        uint64_t one = dice_of((uint64_t)person);
        TRY(sql_attendance_put(
            tx, NULL, .unit = b->unit, .event_id = b->at * 1000000 + number + 1, .person = person,
            .root = person,
            .day = first + (int64_t)(dice_of((uint64_t)(b->at * 77 + number)) % (YEARS * 365)),
            .kind = str_from(kinds[(uint64_t)number % COUNT_OF(kinds)]),
            .sex = one % 2 ? STR("f") : STR("m"),
            .band = str_from(bands[one / 2 % COUNT_OF(bands)]), .grp = STR("resident"),
            .position = STR(""), .home_known = 1, .disability = STR("?"),
            .minutes = (int64_t)(60 + dice % 120), .pre = I64_NONE, .post = I64_NONE,
            .how = STR("list"), .said_ms = 0, .withdrawn = 0, .active = 1));
    }
out:
    return rc;
}

static void fill(struct bench *b)
{
    int64_t t0 = clock_monotonic_us();
    for (b->at = 0; b->at < (int64_t)b->units.n; b->at++) {
        b->unit = b->units.v[b->at];
        must(db_write(b->app->db, b->unit, put_unit, b), "writing participations");
    }
    tell("participations written", b->participations, clock_monotonic_us() - t0, -1);
}

/* --- questions and their ceilings --- */

static const enum db_type number_out[] = {DB_I64};
static const char *const number_name[] = {"n"};
#define CEILING(name_, sql_)                                                                       \
    static const struct db_query name_ = {.name = "bench_" #name_,                                 \
                                          .sqlite = sql_,                                          \
                                          .postgres = sql_,                                        \
                                          .out = number_out,                                       \
                                          .out_names = number_name,                                \
                                          .out_count = 1}
CEILING(recount, "SELECT CAST(SUM(n + p) AS BIGINT) AS n FROM (SELECT COUNT(*) AS n, "
                 "COUNT(DISTINCT root) AS p FROM attendance WHERE active = 1 "
                 "GROUP BY unit, day / 30, kind, sex, band) AS cells");
CEILING(divided,
        "SELECT CAST(SUM(p) AS BIGINT) AS n FROM (SELECT COUNT(DISTINCT root) AS p FROM "
        "attendance WHERE active = 1 AND kind = 'training' GROUP BY sex UNION ALL SELECT "
        "COUNT(DISTINCT root) FROM attendance WHERE active = 1 AND kind = 'training' GROUP "
        "BY band UNION ALL SELECT COUNT(DISTINCT root) FROM attendance WHERE active = 1 "
        "AND kind = 'training' GROUP BY unit) AS parts");
CEILING(home, "SELECT CAST(SUM(p) AS BIGINT) AS n FROM (SELECT COUNT(*) AS p FROM attendance WHERE "
              "active = 1 GROUP BY kind, day / 365 UNION ALL SELECT COUNT(DISTINCT root) FROM "
              "attendance WHERE active = 1 GROUP BY kind) AS parts");

static enum err see_row(void *arg, const struct db_value *values)
{
    (void)arg;
    (void)values;
    return ERR_OK;
}

static enum err run_ceiling(struct tx *tx, void *arg)
{
    struct bench *b = arg;
    enum err rc = tx_deadline(tx, 3600000); /* the program's own limit is no matter of a ceiling */
    return rc == ERR_OK ? tx_run(tx, b->query, NULL, see_row, NULL, NULL) : rc;
}

static int64_t ceiling(struct bench *b, const struct db_query *query)
{
    int64_t t0 = clock_monotonic_us();
    b->query = query;
    must(db_read(b->app->db, SCOPE_COUNTRY, run_ceiling, b), "ceiling");
    return clock_monotonic_us() - t0;
}

static enum err read_lists(struct tx *tx, void *arg)
{
    struct bench *b = arg;
    enum err rc = ERR_OK;
    b->programmes = (struct result_programmes){0};
    b->indicators = (struct result_indicators){0};
    TRY(results_programmes(tx, b->a, &b->programmes));
    TRY(results_indicators(b->app, tx, b->a, STR_NULL, &b->indicators));
out:
    return rc;
}

/* What the home page asks: each indicator's number, and its years. */
static enum err read_home(struct tx *tx, void *arg)
{
    struct bench *b = arg;
    struct arena *a = arena_new();
    const struct result_programme *p = results_programme(&b->programmes, STR("cami"));
    enum err rc = ERR_OK;
    b->numbers = 0;
    for (size_t i = 0; i < b->indicators.n; i++) {
        const struct result_indicator *x = &b->indicators.v[i];
        struct result_number n;
        struct results_years years;
        if (!str_eq(x->programme, p->code))
            continue;
        TRY(results_public_number(b->app, tx, a, p, x, STR_NULL, p->from_month, p->to_month, &n));
        TRY(results_trend(b->app, tx, a, x, p, STR_NULL, &years));
        b->numbers++;
    }
out:
    arena_free(a);
    return rc;
}

/* What the page of one indicator asks: by municipality and by every dimension. */
static enum err read_divided(struct tx *tx, void *arg)
{
    struct bench *b = arg;
    struct arena *a = arena_new();
    const struct result_programme *p = results_programme(&b->programmes, STR("cami"));
    const struct result_indicator *i = results_find(&b->indicators, STR("cami.trained"));
    int64_t bounds[2] = {p->from_month, p->to_month};
    struct result_dimensions dimensions;
    struct result_rows rows;
    struct result_ask ask = {.indicator = i,
                             .by_place = true,
                             .split = RESULT_SPLIT_NONE,
                             .bounds = bounds,
                             .periods = 1};
    enum err rc = ERR_OK;
    TRY(results_public(b->app, tx, a, p, &ask, &rows));
    b->numbers = (int64_t)rows.n;
    TRY(results_dimensions(tx, a, LANG_EN, i, &dimensions));
    ask.by_place = false;
    for (size_t d = 0; d < dimensions.n; d++) {
        ask.split = (int)d;
        TRY(results_public(b->app, tx, a, p, &ask, &rows));
        b->numbers += (int64_t)rows.n;
    }
out:
    arena_free(a);
    return rc;
}

static int64_t timed(struct bench *b, db_fn fn)
{
    int64_t best = INT64_MAX;
    for (int round = 0; round < 3; round++) {
        int64_t t0 = clock_monotonic_us();
        must(db_read(b->app->db, SCOPE_COUNTRY, fn, b), "reading");
        int64_t took = clock_monotonic_us() - t0;
        best = took < best ? took : best;
    }
    return best;
}

static void participations(struct bench *b)
{
    const struct counter *c = tally_counter(b->app, STR("events.participations"));
    struct tally_faults faults = {0};
    int64_t t0 = clock_monotonic_us();
    must(tally_rebuild(b->app, c, b->units.v, b->units.n), "counting");
    tell("totals counted and kept", b->participations, clock_monotonic_us() - t0, -1);
    t0 = clock_monotonic_us();
    must(tally_check(b->app, b->a, c, b->units.v, b->units.n, &faults), "recount");
    int64_t took = clock_monotonic_us() - t0;
    if (faults.n)
        must(ERR_CONFLICT, "the recount found other totals");
    tell("full recount", faults.rows, took, ceiling(b, &recount));
    must(db_read(b->app->db, SCOPE_COUNTRY, read_lists, b), "reading indicators");
    took = timed(b, read_home);
    tell("programme home", b->numbers, took, ceiling(b, &home));
    took = timed(b, read_divided);
    tell("one indicator by all dimensions", b->numbers, took, ceiling(b, &divided));
}

/* --- files --- */

/* Nine rows a value: the total and its division by sex and age. */
static struct str values_csv(struct bench *b, int64_t *rows)
{
    static const char *const ages[] = {"0-15", "16-29", "30-59", "60+"};
    struct buf *out = buf_in(b->a);
    int64_t n = 0;
    buf_cstr(out, "indicator,unit,period,value,grade,age,sex\r\n");
    for (int64_t month = 0; n < b->rows && month < 1200; month++)
        for (size_t u = 0; u < b->units.n && n < b->rows; u++) {
            long long year = 1992 + month / 12, m = 1 + month % 12;
            if (year > 2025)
                break;
            buf_printf(out, "sa2.volunteers,%.*s,%lld-%02lld,280,B,,\r\n", STRF(b->units.v[u]),
                       year, m);
            for (int cell = 0; cell < 8; cell++)
                buf_printf(out, "sa2.volunteers,%.*s,%lld-%02lld,%d,B,%s,%s\r\n",
                           STRF(b->units.v[u]), year, m, 10 * (cell / 2) + 20, ages[cell / 2],
                           cell % 2 ? "f" : "m");
            n += 9;
        }
    *rows = n;
    return buf_view(out);
}

static void files(struct bench *b)
{
    struct table_in *table = NULL;
    struct import_counts counts = {0};
    int64_t rows = 0, size = 0;
    struct str text = values_csv(b, &rows);
    int64_t t0 = clock_monotonic_us();
    must(results_import(b->app, b->a, text, false, &table, &counts), "importing values");
    tell("rows of values imported", rows, clock_monotonic_us() - t0, -1);
    char path[] = "/tmp/aimak-bench-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0)
        must(ERR_IO, "a scratch file");
    unlink(path);
    t0 = clock_monotonic_us();
    must(results_iati_write(b->app, fd, &size), "IATI");
    tell("bytes of the IATI file", size, clock_monotonic_us() - t0, -1);
    close(fd);
}

int main(int argc, char **argv)
{
    struct options o;
    struct house h;
    const char *count = NULL, *rows = NULL;
    struct bench b = {.participations = 10000000, .rows = 1000000};
    argc--;
    argv++;
    if (!options_take(&o, &argc, argv) || !cli_value(&argc, argv, "--participations", &count) ||
        !cli_value(&argc, argv, "--rows", &rows) || !cli_arguments(&argc, argv, 0, 0) ||
        (count && !str_to_i64(str_from(count), &b.participations)) ||
        (rows && !str_to_i64(str_from(rows), &b.rows))) {
        cli_say("usage: bench_results --db URL --data DIR [--participations N] [--rows N]");
        return EXIT_BAD_USAGE;
    }
    log_set_level(LOG_ERROR);
    if (house_open(&h, &o, HOUSE_MIGRATE | HOUSE_START) != EXIT_DONE)
        return EXIT_ENVIRONMENT;
    b.app = &h.app;
    b.a = arena_new();
    results_units(b.app, b.a, &b.units);
    if (b.units.n == 0)
        must(ERR_NOT_FOUND, "no municipalities: run bench_fill first");
    fill(&b);
    participations(&b);
    files(&b);
    arena_free(b.a);
    house_close(&h);
    return EXIT_DONE;
}
