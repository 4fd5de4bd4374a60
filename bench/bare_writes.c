/*
 * The ceiling of report intake: the very statements of reports, committed 64 at a time on one plain
 * connection. What the program would reach if HTTP, forms, checks, queueing and savepoints cost
 * nothing.
 *
 *     bare_writes --db URL --data DIR COPY COUNT
 *
 * COUNT reports, as load_reports sends them, are kept in the database of --db through the program's
 * own rules, and every statement is written down (record.h). Then the same statements run on COPY
 * (a --db URL of the same content from before), in groups of GROUP, each group durable before the
 * next. Prints tab-separated: "bare_writes", reports a second by the clock, microseconds of
 * processor time a report, statements a report.
 */
#include "runner.h"

#include "community/places/places.h"
#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/log.h"
#include "voice/cases/cases.h"

#define GROUP 64
#define COUNT_MOST 100000

/* Where transaction `n` begins in the recording. */
static size_t *starts_of(const struct recording *all)
{
    size_t *starts = err_memory(calloc((size_t)all->transactions + 1, sizeof *starts));
    for (size_t i = 0, next = 0; i < all->n; i++)
        while ((int)next <= all->v[i].transaction)
            starts[next++] = i;
    starts[all->transactions] = all->n;
    return starts;
}

static void keep_report(struct app *app, const struct place *unit, int64_t nth)
{
    struct arena *a = arena_new();
    struct case_faults faults = {0};
    struct case_receipt receipt;
    struct case_input in = {
        .unit = unit->code,
        .service = STR("water"),
        .fault = STR("water.leak"),
        .village = unit->child_count ? unit->children[0]->code : STR_NULL,
        .street = arena_printf(a, "Түз көчө %lld", (long long)nth),
        .words = arena_printf(a,
                              "Өлчөө үчүн кабар %lld: эртеден бери суу агып жатат, кошуналар да "
                              "айтып жатышат, тезирээк чара көрүп койсоңуздар.",
                              (long long)nth),
        .channel = STR("web"),
        .once = id_secret(a, 16),
    };
    if (cases_submit(app, a, &in, &receipt, &faults) != ERR_OK) {
        fprintf(stderr, "bare_writes: a report was not kept\n");
        exit(EXIT_FAULT);
    }
    arena_free(a);
}

static void record_reports(const struct options *o, struct arena *a, int64_t count,
                           struct recording *out)
{
    struct house h;
    if (house_open(&h, o, HOUSE_START) != EXIT_DONE)
        exit(EXIT_ENVIRONMENT);
    const struct territory *t = territory_get(&h.app, a);
    const struct place **units = ARENA_ARRAY(a, const struct place *, t->n);
    size_t unit_count = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]) && !t->all[i]->successor)
            units[unit_count++] = t->all[i];
    if (unit_count == 0) {
        fprintf(stderr, "bare_writes: the database has no municipality\n");
        exit(EXIT_ENVIRONMENT);
    }
    keep_report(&h.app, units[0], -1); /* reads what the program keeps in memory */
    record_start(a, out);
    for (int64_t i = 0; i < count; i++)
        keep_report(&h.app, units[(size_t)i % unit_count], i);
    record_stop();
    house_close(&h);
}

static int64_t processor_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void replay(const char *url, const struct recording *all)
{
    size_t *starts = starts_of(all);
    struct runner *r = runner_open(url, true);
    int64_t began = clock_monotonic_us(), cpu = processor_us();
    for (int from = 0; from < all->transactions; from += GROUP) {
        int to = from + GROUP < all->transactions ? from + GROUP : all->transactions;
        runner_script(r, strncmp(url, "sqlite:", 7) == 0 ? "BEGIN IMMEDIATE" : "BEGIN");
        for (int t = from; t < to; t++) {
            runner_scope(r, all->scopes[t]);
            for (size_t i = starts[t]; i < starts[t + 1]; i++)
                runner_query(r, &all->v[i]);
        }
        runner_script(r, "COMMIT");
    }
    double reports = all->transactions, took = (double)(clock_monotonic_us() - began);
    printf("bare_writes\t%.1f\t%.1f\t%.1f\n", reports / took * 1e6,
           (double)(processor_us() - cpu) / reports, (double)all->n / reports);
    runner_close(r);
    free(starts);
}

int main(int argc, char **argv)
{
    struct options o;
    struct recording all = {0};
    struct arena *a = arena_new();
    int64_t count = 0;
    argc--;
    argv++;
    if (!options_take(&o, &argc, argv) || argc != 2 || !str_to_i64(str_from(argv[1]), &count) ||
        count < 1 || count > COUNT_MOST) {
        fprintf(stderr, "usage: bare_writes --db URL --data DIR COPY COUNT\n");
        return EXIT_BAD_USAGE;
    }
    log_set_level(LOG_ERROR);
    record_reports(&o, a, count, &all);
    replay(argv[0], &all);
    arena_free(a);
    return EXIT_DONE;
}
