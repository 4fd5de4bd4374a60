/*
 * Learning: what municipalities learn from each other and from experts. Practices that can be
 * repeated, and who repeated them with which result; questions and their answers; agreements
 * between municipalities; the gender lens; mentoring; contests.
 *
 * Counters (platform/tally): see README.md. A practice counts in the municipality that it is from,
 * a replication in the one that repeats.
 */
#ifndef LEARNING_LEARNING_H
#define LEARNING_LEARNING_H

#include "platform/tally/tally.h"

extern const struct counter learning_practices_published, learning_replications_begun,
    learning_replications_done, learning_consultations_asked, learning_consultations_answered,
    learning_agreements, learning_agreement_parties, learning_lenses_done, learning_findings_closed;

extern const struct slice learning_slice;

#endif
