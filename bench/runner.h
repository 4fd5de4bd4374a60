/*
 * Runs recorded statements with nothing in between: prepared once, bound, stepped, every column
 * read. One for each thread.
 */
#ifndef BENCH_RUNNER_H
#define BENCH_RUNNER_H

#include "record.h"

struct runner;

/* url as the program's --db; `write`: the connection that the program's writer has. Ends the
 * process when that does not work. */
struct runner *runner_open(const char *url, bool write);
void runner_close(struct runner *r);

/* Statements without parameters, such as BEGIN. */
void runner_script(struct runner *r, const char *sql);
/* In an open transaction: whose rows it may see (PostgreSQL). */
void runner_scope(struct runner *r, struct str scope);
/* One statement; returns its rows. */
int64_t runner_query(struct runner *r, const struct recorded *q);
/* Each transaction of a page, read-only; returns all rows. */
int64_t runner_page(struct runner *r, const struct recording *page);

#endif
