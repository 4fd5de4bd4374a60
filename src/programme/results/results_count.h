/* Counting totals from records: inside the results room. */
#ifndef RESULTS_COUNT_H
#define RESULTS_COUNT_H

#include "programme/results/results_internal.h"

struct result_units {
    struct str *v;
    size_t n, cap;
};
/* The codes of all municipalities, and that of the country: what counts there belongs to none of
 * them (law: bodies without a code). */
void results_units(struct app *app, struct arena *a, struct result_units *out);

/* Counts every counter that this installation has never counted, from its records; a schedule, so
 * that nobody has to know of it. Nothing happens to a counter that was counted once. */
MUST enum err results_count_missing(struct app *app, struct arena *a);

#endif
