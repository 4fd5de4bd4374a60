/*
 * What the public may see of numbers that count people. Every public output (pages, open files,
 * IATI, the programming interface) takes its numbers from here and from nowhere else; whoever works
 * with the records reads them by results_read().
 *
 * The rule. A number from 1 to RESULTS_FEW - 1 is withheld, and so is whatever would give it away:
 *  - in time: a municipality's number over one period is its running total at the end less the one
 *    at the start. Of each municipality (and each member of a dimension) only those moments are
 *    open between which lie nobody or enough people; a period is shown when both its ends are open.
 *    So no difference of two shown periods is small either.
 *  - in place: where one municipality of an oblast (or of the country) has a moment closed, a
 * second one closes it too, so that the total does not give the one away; an oblast with a single
 * closed municipality is closed itself.
 *  - in a value's division that somebody entered: one small cell withholds the whole division of
 *    that value, and a single such value of a period takes a second with it.
 * Moments are the borders of quarters (of years for distinct persons, which do not add up), and the
 * beginning and end of the programme: a shorter period is never shown.
 *
 * Not covered: two indicators of which one counts a part of the other differ by the rest, which may
 * be small; and two readings of the same period on different days.
 */
#ifndef RESULTS_PUBLIC_H
#define RESULTS_PUBLIC_H

#include "programme/results/results_internal.h"

/* As results_read(), in the scope of the country also for one municipality; rows that are withheld
 * say so and carry no number. `oblasts` (may be NULL; only with by_place): the sums of oblasts,
 * under the same rule, for rules that add up. Not with by_place and a split together, nor with
 * RESULT_SPLIT_ALL, nor with unverified values: ERR_CONFIG. */
MUST enum err results_public_oblasts(const struct app *app, struct tx *tx, struct arena *a,
                                     const struct result_programme *p, const struct result_ask *ask,
                                     struct result_rows *out, struct result_rows *oblasts);

/* Entered values with their divisions, as the open file lists them. */
struct result_cover;
MUST enum err results_cover_values(const struct app *app, struct tx *tx, struct arena *a,
                                   const struct result_programme *p,
                                   const struct result_indicator *i, struct result_cover **out);
bool results_cover_shows_value(const struct result_cover *c, struct str unit, int64_t from,
                               int64_t to, int64_t amount, struct i64_opt base);
bool results_cover_shows_cells(const struct result_cover *c, struct str unit, int64_t id);

/* Of a number that is part of no sum, such as a baseline. */
bool results_public_alone(const struct result_indicator *i, int64_t amount, struct i64_opt base);

/* Of a municipality's records: a small one withholds all of its service and programme, whose
 * sum over the whole time is public. `hidden` has a place for each. */
void results_public_records(const struct sql_results_records_row *rows, size_t n, bool *hidden);

#endif
