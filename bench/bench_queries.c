/*
 * What each statement of a page costs, and what the page costs without the network.
 *
 *     bench_queries --db URL --data DIR UNITS PATTERN...
 *
 * Records the pages of the first UNITS municipalities (record.h), then runs each statement and each
 * page again and again on one connection. Prints tab-separated: "query", pattern, name, times a
 * page, rows a page, microseconds a page; and "page", pattern, "statements", how many, rows,
 * microseconds; then "handler" with the microseconds of the whole page in this process, statements
 * included. Times are medians over the municipalities of the best of ROUNDS runs, so that what else
 * the machine does counts little.
 */
#include "runner.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#define ROUNDS 5
#define NAMES_MOST 200

struct cost {
    const char *name;
    int64_t times, rows;
    double *us; /* of each page */
};

static int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return n ? v[n / 2] : 0;
}

static struct cost *cost_of(struct cost *all, int *n, const char *name, size_t pages)
{
    for (int i = 0; i < *n; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    INVARIANT(*n < NAMES_MOST);
    all[*n] = (struct cost){.name = name, .us = err_memory(calloc(pages, sizeof(double)))};
    return &all[(*n)++];
}

/* Best of ROUNDS, in microseconds. */
static double time_query(struct runner *r, const struct recorded *q, int64_t *rows)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t started = nanoseconds();
        *rows = runner_query(r, q);
        int64_t took = nanoseconds() - started;
        best = took < best ? took : best;
    }
    return (double)best / 1000;
}

static double time_page(struct runner *r, const struct recording *page, int64_t *rows)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t started = nanoseconds();
        *rows = runner_page(r, page);
        int64_t took = nanoseconds() - started;
        best = took < best ? took : best;
    }
    return (double)best / 1000;
}

static double time_handler(struct app *app, struct str path)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        struct arena *a = arena_new();
        int64_t started = nanoseconds();
        record_ask(app, a, path);
        int64_t took = nanoseconds() - started;
        best = took < best ? took : best;
        arena_free(a);
    }
    return (double)best / 1000;
}

static void measure(struct app *app, struct runner *r, const struct recordings *pages,
                    const char *pattern)
{
    struct cost costs[NAMES_MOST];
    int n = 0;
    int64_t rows = 0, all_rows = 0;
    double *whole = err_memory(calloc(pages->n, sizeof *whole));
    double *handler = err_memory(calloc(pages->n, sizeof *handler));
    for (size_t p = 0; p < pages->n; p++) {
        const struct recording *page = &pages->v[p];
        runner_page(r, page); /* prepares, and fills the page cache */
        runner_script(r, "BEGIN");
        for (size_t i = 0; i < page->n; i++) {
            struct cost *c = cost_of(costs, &n, page->v[i].query->name, pages->n);
            if (i == 0 || page->v[i].transaction != page->v[i - 1].transaction)
                runner_scope(r, page->scopes[page->v[i].transaction]);
            c->us[p] += time_query(r, &page->v[i], &rows);
            c->times += 1;
            c->rows += rows;
        }
        runner_script(r, "ROLLBACK");
        whole[p] = time_page(r, page, &rows);
        all_rows += rows;
        handler[p] = time_handler(app, page->path);
    }
    double count = (double)pages->n;
    for (int i = 0; i < n; i++) {
        printf("query\t%s\t%s\t%.1f\t%.1f\t%.1f\n", pattern, costs[i].name,
               (double)costs[i].times / count, (double)costs[i].rows / count,
               median(costs[i].us, pages->n));
        free(costs[i].us);
    }
    printf("page\t%s\tstatements\t%zu\t%.1f\t%.1f\n", pattern, pages->v[0].n,
           (double)all_rows / count, median(whole, pages->n));
    printf("page\t%s\thandler\t%zu\t%zu\t%.1f\n", pattern, pages->n, pages->v[0].answer.n,
           median(handler, pages->n));
    free(whole);
    free(handler);
}

int main(int argc, char **argv)
{
    struct options o;
    struct house h;
    int64_t units = 0;
    argc--;
    argv++;
    if (!options_take(&o, &argc, argv) || argc < 2 || !str_to_i64(str_from(argv[0]), &units) ||
        units < 1) {
        fprintf(stderr, "usage: bench_queries --db URL --data DIR UNITS PATTERN...\n");
        return EXIT_BAD_USAGE;
    }
    log_set_level(LOG_ERROR);
    if (house_open(&h, &o, HOUSE_READ_ONLY | HOUSE_START) != EXIT_DONE)
        return EXIT_ENVIRONMENT;
    for (int i = 0; i < RATE__MAX; i++)
        h.app.limits[i].per_minute = -1;
    struct runner *r = runner_open(o.db, false);
    for (int i = 1; i < argc; i++) {
        struct arena *a = arena_new();
        struct recordings pages = {0};
        record_pages(&h.app, a, &argv[i], 1, (size_t)units, &pages);
        measure(&h.app, r, &pages, argv[i]);
        arena_free(a);
    }
    runner_close(r);
    house_close(&h);
    return EXIT_DONE;
}
