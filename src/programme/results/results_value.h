/* Rules of values that people enter: inside the results room. */
#ifndef RESULTS_VALUE_H
#define RESULTS_VALUE_H

#include "programme/results/results_internal.h"

struct result_cell {
    struct str cell; /* "age=15-29;sex=f", dimensions in the order of their codes */
    int64_t amount;
    struct i64_opt base;
    int64_t line; /* of the file it came from */
};
struct result_entry {
    const struct result_indicator *indicator;
    struct str unit; /* "*": of no municipality in particular */
    int64_t id;
    struct str kind; /* baseline, target, actual */
    int64_t from, to;
    int64_t amount;
    struct i64_opt base;
    struct str words, grade, note, source;
    const struct result_cell *cells;
    size_t cell_count;
    int64_t person;
    int64_t corrects; /* the value whose place it will take; 0: none */
    struct str why;
};

/* All that is known about how values may be divided. */
struct result_members {
    struct sql_results_dimensions_rows dimensions;
    struct sql_results_members_rows members;
};
MUST enum err results_members(struct tx *tx, struct arena *a, struct result_members *out);

/* "sex=f;age=15-29" with its dimensions in order; MSG_NONE, or what is wrong. Only dimensions of
 * the indicator, each once, with members that exist or "?". */
enum msg results_cell_normal(struct arena *a, const struct result_members *m,
                             const struct result_indicator *i, struct str cell, struct str *out);
/* Does the value hold together by itself? *bad (may be NULL) gets the cell at fault, -1 the value
 * as a whole. A partition must add up to the total; no cell of an overlapping one may exceed it. */
enum msg results_value_check(struct arena *a, const struct result_members *m,
                             const struct result_entry *e, int64_t today, ptrdiff_t *bad);

/* Writes the value as a draft; or, for a correction, beside the one that is in force until it is
 * verified. A draft of the same period gives way. ERR_INPUT with *why_not: it does not hold
 * together, lies across another, or would overwrite one that is no draft any more. */
MUST enum err results_value_enter(struct tx *tx, struct arena *a, const struct result_members *m,
                                  const struct result_entry *e, enum msg *why_not);

enum result_step { STEP_SUBMIT, STEP_RETURN, STEP_VERIFY, STEP_LOCK, STEP__MAX };
const char *results_step_code(enum result_step step);
/* draft -> submitted -> verified -> locked, and back from submitted to draft. Who entered a value
 * does not verify or lock it (ERR_DENIED). ERR_CONFLICT when it is not in the state before. A
 * verified correction takes the place of what it corrects. grade: of verification, else NULL. */
MUST enum err results_value_step(struct tx *tx, struct arena *a, struct str unit, int64_t id,
                                 enum result_step step, struct str grade, struct str note,
                                 int64_t person);

/* A number as written ("12.50") times 10 to the power of decimals; false when it is none or has
 * more decimals. */
bool results_amount_parse(struct str s, int decimals, int64_t *out);

/* --- tidy files --- */
struct import_counts;
struct table_in;
/* Loads values from a CSV in memory; whole or not at all. ERR_INPUT: see *table. */
MUST enum err results_import(struct app *app, struct arena *a, struct str text, bool dry_run,
                             struct table_in **table, struct import_counts *counts);
/* Entered values as the import reads them; with `counted` those of counters too, by municipality
 * and year. programme NULL: all. `open`: as the public may see it, only verified values, without
 * notes (results_public.h). */
MUST enum err results_export(struct app *app, struct arena *a, struct str programme, bool counted,
                             bool open, struct buf *out);
int results_command_import(struct app *app, int argc, char **argv);
int results_command_export(struct app *app, int argc, char **argv);

#endif
