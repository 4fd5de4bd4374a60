/*
 * What of a number may be published: one rule for pages, files and APIs.
 *
 * Counts of records that everybody can look up one by one - reports, answers, ratings, visits,
 * promises - are shown in full everywhere: beside the list, "1 to 4" would hide nothing. A report
 * whose reporter asked for privacy is in that list too, with its village, service and state.
 *
 * Counts of people are withheld from 1 to FIGURE_FEW - 1, because so few may be known by name; so
 * are shares made of them. 0 is shown: nobody is behind it. Staff who may edit the records see them
 * in full.
 */
#ifndef CORE_FIGURE_H
#define CORE_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#define FIGURE_FEW 10

/* Must this number of people be withheld? */
static inline bool figure_is_few(int64_t people)
{
    return people > 0 && people < FIGURE_FEW;
}

#endif
