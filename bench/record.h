/*
 * What a page really asks of the database: the program's own handler is run once, in this process,
 * and every statement it gives to the store is written down with its parameters, as is the
 * answer. So a ceiling is measured with the very same SQL texts and bytes, whatever the pages
 * become.
 *
 * Works by wrapping tx_run, db_read and db_write at link time (-Wl,--wrap).
 */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include "cmd/house.h"

struct recorded {
    const struct db_query *query;
    struct db_value *values; /* own copies */
    int transaction;         /* counted from 0 */
};
struct recording {
    struct str path;
    struct str answer; /* status line, headers, body */
    int status;
    struct str *scopes; /* of each transaction */
    int transactions;
    struct recorded *v;
    size_t n, cap;
};
struct recordings {
    struct recording *v;
    size_t n, cap;
};

/* Runs GET `path` twice (the first time fills what the program keeps in memory) and records the
 * second. Everything lives in `a`. */
void record_page(struct app *app, struct arena *a, struct str path, struct recording *out);
/* The same without writing down; for how long it takes. */
void record_ask(struct app *app, struct arena *a, struct str path);
/* As record_page for each of `patterns`, with {unit} replaced by every municipality (at most
 * `most`). */
void record_pages(struct app *app, struct arena *a, char **patterns, int count, size_t most,
                  struct recordings *out);

/* From here on every transaction of every thread is written down, in the order in which statements
 * run, until record_stop. For one writer thread: statements of transactions do not mix. */
void record_start(struct arena *a, struct recording *out);
void record_stop(void);

#endif
