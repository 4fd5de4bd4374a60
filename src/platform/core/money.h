/*
 * Money in integer tyiyn (1 som = 100 tyiyn). No floating point. Every operation says when it
 * would overflow; a caller that ignores that does not compile.
 */
#ifndef CORE_MONEY_H
#define CORE_MONEY_H

#include "platform/core/buf.h"

/* False, and *out untouched, when the result does not fit. */
MUST bool money_add(int64_t a, int64_t b, int64_t *out);
MUST bool money_multiply(int64_t tyiyn, int64_t times, int64_t *out);
/* tyiyn * numerator / denominator, rounded half away from zero; false also for denominator 0. */
MUST bool money_share(int64_t tyiyn, int64_t numerator, int64_t denominator, int64_t *out);
/*
 * "1234,50", "1 234.5", "-12": at most two decimals after a comma or dot; blanks (also no-break and
 * thin ones) only between groups of three digits. What could be meant in two ways is refused:
 * "12 50", "1,234", "1,234.50".
 */
MUST bool money_parse(struct str s, int64_t *tyiyn);
/* "1234.50": for machines. People get i18n's format. */
void buf_money(struct buf *b, int64_t tyiyn);

#endif
