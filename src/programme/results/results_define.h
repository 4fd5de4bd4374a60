/* Writing reference sheets: inside the results room. */
#ifndef RESULTS_DEFINE_H
#define RESULTS_DEFINE_H

#include "programme/results/results_internal.h"

enum { RESULT_SHEET_FIELDS = 8 };
/* name, unit, definition (needed in all three languages), rationale, method, source, responsible,
 * limitations. */
extern const char *const results_sheet_fields[RESULT_SHEET_FIELDS];

enum result_sheet_part {
    SHEET_CODE,
    SHEET_PROGRAMME,
    SHEET_MEASURE,
    SHEET_RULE,
    SHEET_DECIMALS,
    SHEET_SOURCE,
    SHEET_FILTERS,
    SHEET_BASE,
    SHEET_DIMENSIONS,
    SHEET_TEXTS,
    SHEET_NOTE,
    SHEET_REFERENCE
};
/* Does the sheet hold together? MSG_NONE, or what is wrong and with which part. `before` is the
 * version in force, NULL for a new indicator: what its values mean (measure, decimals, how they are
 * put together, where they come from) never changes; for that there is a new indicator. */
enum msg results_sheet_check(struct arena *a, const struct result_programmes *programmes,
                             const struct sql_results_dimensions_rows *dimensions,
                             const struct result_indicator *before,
                             const struct result_indicator *i,
                             const struct text3 texts[RESULT_SHEET_FIELDS],
                             enum result_sheet_part *part);
/* Writes the next version; the one before stays readable. The sheet was checked. */
MUST enum err results_sheet_put(struct tx *tx, struct arena *a, const struct result_indicator *i,
                                const struct text3 texts[RESULT_SHEET_FIELDS], int64_t person);

#endif
