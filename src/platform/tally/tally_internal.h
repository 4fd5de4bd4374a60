/* What the files of this room share. */
#ifndef TALLY_TALLY_INTERNAL_H
#define TALLY_TALLY_INTERNAL_H

#include "platform/tally/tally.h"
#include "platform/tally/tally_people.h"
#include "platform/tally/tally_sql.h"

/* Longest text of a cell: four values of 40 bytes and what is between them. */
enum { TALLY_VALUE_MAX = 40, TALLY_CELL_MAX = TALLY_DIMENSIONS * (TALLY_VALUE_MAX + 1) };

/* "f|15-29": the values in order; what is not known is "?". ERR_INPUT when a value is malformed. */
MUST enum err tally_cell(struct buf *out, const struct counter *c,
                         const struct str values[TALLY_DIMENSIONS]);
/* The other way: views into `cell`. */
void tally_cell_values(struct str cell, struct str values[TALLY_DIMENSIONS]);

/* Rows of one total by (month, village, cell), for counting again. */
struct tally_key {
    int64_t month;
    struct str village, cell;
};
MUST enum err tally_check_fact(const struct tally_fact *fact);

#endif
