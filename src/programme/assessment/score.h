/*
 * The arithmetic of an assessment: from values to scores, intervals, ranks, peers and gaps. Pure
 * functions over arrays: no store, no clock, no locale, so that `aimak verify assessment` and a
 * stranger with a pencil get the same numbers.
 *
 * Scores are points from 0 to 100. NAN: cannot be told. Weights are positive and need not add up to
 * anything. The model, with its reasons: README.md, "The model".
 */
#ifndef ASSESSMENT_SCORE_H
#define ASSESSMENT_SCORE_H

#include "platform/core/arena.h"

/* --- one indicator --- */

/* 100 * clip((x - lo) / (hi - lo), 0, 1). Lower is better when hi < lo. The goalposts are fixed
 * beforehand, so nobody's score depends on another municipality. NAN when x is NAN or the goalposts
 * are the same. */
double score_goalpost(double x, double lo, double hi);
/* Level 0 to 3 of a rubric: 0, 33.3, 66.7, 100. NAN for any other. */
double score_rubric(int level);
/* A share k of n, drawn towards the peers' mean p, as if m more cases with that mean had been seen
 * (empirical Bayes with a fixed weight; m = SCORE_SHRINK_M): a village with 12 cases is neither
 * best nor worst by chance. */
#define SCORE_SHRINK_M 20.0
double score_shrink(double k, double n, double p, double m);

/* --- indicators to pillars, pillars to the whole --- */

enum score_status {
    SCORE_KNOWN,
    SCORE_NOT_APPLICABLE, /* its weight goes to the others of its pillar, up to SCORE_NA_MAX */
    SCORE_NOT_REPORTED,   /* counts as 0, and the interval says what it might have been */
};
#define SCORE_NA_MAX 0.20 /* of the pillar's weight; more: insufficient data */

struct score_part {
    enum score_status status;
    double points; /* SCORE_KNOWN */
    double weight;
};
struct score_result {
    double points;    /* NAN: insufficient data */
    double low, high; /* what is missing at its worst and at its best; low <= points <= high */
    int missing;      /* parts not reported */
    bool insufficient;
};
/* Weighted arithmetic mean: within a pillar one indicator may make up for another. */
struct score_result score_pillar(const struct score_part *parts, size_t n);
/* Weighted geometric mean of pillars, each at least SCORE_FLOOR: a municipality that is strong in
 * one thing and absent in another is not average. Insufficient when one pillar is. */
#define SCORE_FLOOR 1.0
struct score_result score_whole(const struct score_result *pillars, const double *weights,
                                size_t n);

/* --- how certain a rank is --- */

/* One indicator of one municipality, as the draws need it. */
struct score_datum {
    enum score_status status;
    double value; /* in native units, or points when the indicator has no goalposts */
    double error; /* standard error in points, from the reliability grade */
    double
        factor; /* points are multiplied by it: the correction that verification found; 0: none */
};
struct score_indicator {
    int pillar; /* position */
    double weight;
    bool goalposts; /* else `value` is in points */
    double lo, hi;
};
struct score_cohort {
    const struct score_indicator *indicators;
    size_t indicator_count;
    const double *pillar_weights;
    size_t pillar_count;
    const struct score_datum *data; /* units x indicators, row by row */
    size_t unit_count;
};
struct score_rank {
    double points;           /* as published; NAN: not ranked */
    int rank;                /* 1 is best; equals share the better one; 0 not ranked */
    int rank_low, rank_high; /* 5th and 95th percentile of the draws */
};
/* 1,000 draws from `seed`: pillar weights from a Dirichlet around the official ones (concentration
 * SCORE_CONCENTRATION), each goalpost moved by up to 10 % of their distance, each value by its
 * error. The random stream is ChaCha20 keyed with the seed (libsodium's
 * randombytes_buf_deterministic), so the same seed gives the same intervals everywhere. `out`: one
 * for each municipality. */
enum { SCORE_DRAWS = 1000 };
#define SCORE_CONCENTRATION 60.0
void score_ranks(const struct score_cohort *c, const unsigned char seed[32],
                 struct score_rank *out);
/* Bands instead of bare ranks: municipalities, best first, share a band while their rank intervals
 * overlap with that of its first member. Band 1 is best; 0 not ranked. */
void score_bands(const struct score_rank *ranks, size_t n, int *bands);

/* --- peers --- */

enum { SCORE_TRAITS = 4, SCORE_PEERS_MIN = 8 };
/* Traits in the order in which groups are divided: the two groups of the national contest (Decree
 * 181 of 9 April 2013), town or aiyl aimak, tercile of population, subsidised or not. */
struct score_traits {
    int v[SCORE_TRAITS]; /* small numbers from 0 */
};
/* A group is divided by the next trait only when every part has at least SCORE_PEERS_MIN members.
 * groups[i]: a number from 0, the same for peers. Returns how many groups there are. */
int score_peers(struct arena *a, const struct score_traits *units, size_t n, int *groups);
/* Tercile 0, 1, 2 of each value (ties to the lower one). */
void score_terciles(struct arena *a, const double *values, size_t n, int *out);

/* --- change and gaps --- */

/* By at least 5 points and 1.96 standard errors of the difference, on the same goalposts, no failed
 * minimum condition: the threshold is fixed before anybody is measured. */
bool score_improved(double before, double after, double se, bool conditions_met);
/* weight * (100 - points) * share that the municipality can close from its own budget (0 to 1). */
double score_priority(double weight, double points, double own_share);

/* What the municipality's answers say of a pillar, less what its citizens say of it in a survey, in
 * points: above 0 the paper is better than the life. The interval is that of 95 per cent; it takes
 * the error of both. NAN everywhere when one of them cannot be told. */
struct score_perception {
    double gap, low, high;
};
struct score_perception score_perceived(double objective, double objective_se, double citizens,
                                        double citizens_se);

/* --- verification --- */

/* Which of n items are verified at random: those with the smallest SHA-256 of "seed:key", a fifth
 * of them, rounded up. Anybody can repeat it with sha256sum. picked[i] tells. */
#define SCORE_SAMPLE_SHARE 0.20
void score_sample(struct arena *a, struct str seed, const struct str *keys, size_t n, bool *picked);

#endif
