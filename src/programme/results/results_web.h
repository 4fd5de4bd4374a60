/* Shared by the pages of the results room. */
#ifndef RESULTS_WEB_H
#define RESULTS_WEB_H

#include "programme/results/results_internal.h"
#include "programme/results/results_tpl.h"
#include "programme/results/results_view.h"

enum { RESULTS_YEARS_MAX = 20, RESULTS_MEMBERS_MAX = 40 };

/* An indicator by the calendar years of its programme; the first and the last may be cut. */
struct results_years {
    int64_t bounds[RESULTS_YEARS_MAX + 1];
    double value[RESULTS_YEARS_MAX]; /* NAN: no data */
    size_t n;
    bool withheld; /* of some year, from the public */
};
/* As the public may see it. unit NULL: the country. */
MUST enum err results_trend(const struct app *app, struct tx *tx, struct arena *a,
                            const struct result_indicator *i, const struct result_programme *p,
                            struct str unit, struct results_years *out);

struct str results_number_text(struct arena *a, enum lang lang, const struct result_indicator *i,
                               int64_t amount, struct i64_opt base);
/* NULL view when the counter has no such page. */
struct str results_records_href(struct arena *a, const struct result_indicator *i, struct str unit,
                                int64_t from, int64_t to);
struct option_list results_programme_options(struct req *r, const struct result_programmes *all);
/* A small line of a trend, decoration beside its words. */
struct html results_spark(struct arena *a, const struct results_years *y);
struct str results_spark_text(struct req *r, const struct result_indicator *i,
                              const struct results_years *y);
/* Stories of a programme told in [from, to). */
MUST enum err results_successes(struct tx *tx, struct req *r, struct str programme, int64_t from,
                                int64_t to, struct results_successes *out);
void results_fill_sheet(struct req *r, const struct result_indicator *i,
                        struct results_indicator_view *v);

#endif
