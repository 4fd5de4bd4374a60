/* The arithmetic of an assessment: see score.h and README.md. */
#include "programme/assessment/score.h"

#include "platform/core/buf.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

double score_goalpost(double x, double lo, double hi)
{
    if (isnan(x) || isnan(lo) || isnan(hi) || lo == hi)
        return NAN;
    double share = (x - lo) / (hi - lo);
    return 100 * fmin(fmax(share, 0), 1);
}

double score_rubric(int level)
{
    return level < 0 || level > 3 ? NAN : 100.0 * level / 3;
}

double score_shrink(double k, double n, double p, double m)
{
    return n + m > 0 ? (k + m * p) / (n + m) : NAN;
}

/* Mean with not reported at `missing` and not applicable at `absent` (NAN: left out). */
static double mean_with(const struct score_part *parts, size_t n, double missing, double absent)
{
    double sum = 0, weight = 0;
    for (size_t i = 0; i < n; i++) {
        double points = parts[i].points;
        if (parts[i].status == SCORE_NOT_REPORTED)
            points = missing;
        else if (parts[i].status == SCORE_NOT_APPLICABLE)
            points = absent;
        if (isnan(points))
            continue;
        sum += parts[i].weight * points;
        weight += parts[i].weight;
    }
    return weight > 0 ? sum / weight : NAN;
}

struct score_result score_pillar(const struct score_part *parts, size_t n)
{
    struct score_result r = {.points = NAN};
    double all = 0, absent = 0;
    for (size_t i = 0; i < n; i++) {
        all += parts[i].weight;
        absent += parts[i].status == SCORE_NOT_APPLICABLE ? parts[i].weight : 0;
        r.missing += parts[i].status == SCORE_NOT_REPORTED;
    }
    /* A little more than the limit is rounding, not a fifth and a bit. */
    r.insufficient = all <= 0 || absent > SCORE_NA_MAX * all * (1 + 1e-9);
    if (!r.insufficient) {
        r.points = r.low = mean_with(parts, n, 0, NAN);
        r.high = mean_with(parts, n, 100, NAN);
        return r;
    }
    r.low = all > 0 ? mean_with(parts, n, 0, 0) : 0;
    r.high = all > 0 ? mean_with(parts, n, 100, 100) : 100;
    return r;
}

static double geometric(const double *points, const double *weights, size_t n)
{
    double sum = 0, weight = 0;
    for (size_t i = 0; i < n; i++) {
        sum += weights[i] * log(fmax(points[i], SCORE_FLOOR));
        weight += weights[i];
    }
    return weight > 0 ? exp(sum / weight) : NAN;
}

enum { PILLARS_MAX = 64 };

struct score_result score_whole(const struct score_result *pillars, const double *weights, size_t n)
{
    struct score_result r = {.points = NAN, .high = 100, .insufficient = true};
    double points[PILLARS_MAX], low[PILLARS_MAX], high[PILLARS_MAX];
    if (n == 0 || n > PILLARS_MAX)
        return r;
    r.insufficient = false;
    for (size_t i = 0; i < n; i++) {
        points[i] = pillars[i].points;
        low[i] = pillars[i].low;
        high[i] = pillars[i].high;
        r.missing += pillars[i].missing;
        r.insufficient = r.insufficient || pillars[i].insufficient;
    }
    r.points = r.insufficient ? NAN : geometric(points, weights, n);
    r.low = geometric(low, weights, n);
    r.high = geometric(high, weights, n);
    return r;
}

/* --- draws --- */

struct stream {
    unsigned char key[32];
    uint64_t block; /* which piece of the stream comes next */
    unsigned char bytes[4096];
    size_t at;
};

static void stream_start(struct stream *s, const unsigned char seed[32])
{
    memcpy(s->key, seed, sizeof s->key);
    s->block = 0;
    s->at = sizeof s->bytes;
}

static uint64_t stream_next(struct stream *s)
{
    uint64_t v = 0;
    if (s->at == sizeof s->bytes) {
        unsigned char key[40], derived[32];
        /* Each piece has a key of its own: BLAKE2b of the seed and the piece's number. */
        memcpy(key, s->key, 32);
        for (int i = 0; i < 8; i++)
            key[32 + i] = (unsigned char)(s->block >> (8 * i));
        crypto_generichash(derived, sizeof derived, key, sizeof key, NULL, 0);
        randombytes_buf_deterministic(s->bytes, sizeof s->bytes, derived);
        s->block++;
        s->at = 0;
    }
    for (int i = 0; i < 8; i++)
        v |= (uint64_t)s->bytes[s->at++] << (8 * i);
    return v;
}

/* In (0, 1): never an end, so that its logarithm exists. */
static double uniform(struct stream *s)
{
    return ((double)(stream_next(s) >> 12) + 0.5) / 4503599627370496.0;
}

static double normal(struct stream *s) /* Box-Muller */
{
    double radius = sqrt(-2 * log(uniform(s)));
    return radius * cos(2 * M_PI * uniform(s));
}

/* Gamma with scale 1: Marsaglia and Tsang 2000; below shape 1 by the usual power of a uniform. */
static double gamma_draw(struct stream *s, double shape)
{
    if (shape < 1)
        return gamma_draw(s, shape + 1) * pow(uniform(s), 1 / shape);
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = normal(s), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(uniform(s)) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

/* What one draw changes for all municipalities alike. */
struct draw {
    double *weights; /* of pillars */
    double *lo, *hi; /* of indicators */
};

static void draw_rules(const struct score_cohort *c, struct stream *s, struct draw *d)
{
    double sum = 0;
    for (size_t p = 0; p < c->pillar_count; p++)
        sum += c->pillar_weights[p];
    for (size_t p = 0; p < c->pillar_count; p++)
        d->weights[p] = gamma_draw(s, SCORE_CONCENTRATION * c->pillar_weights[p] / sum);
    for (size_t i = 0; i < c->indicator_count; i++) {
        const struct score_indicator *k = &c->indicators[i];
        double distance = k->hi - k->lo;
        d->lo[i] = k->lo + 0.1 * distance * (2 * uniform(s) - 1);
        d->hi[i] = k->hi + 0.1 * distance * (2 * uniform(s) - 1);
    }
}

/* The score of one municipality under these rules; `s` NULL: without any error. */
static double unit_score(const struct score_cohort *c, size_t unit, const struct draw *d,
                         struct stream *s, struct score_part *parts)
{
    struct score_result pillars[PILLARS_MAX];
    for (size_t p = 0; p < c->pillar_count; p++) {
        size_t n = 0;
        for (size_t i = 0; i < c->indicator_count; i++) {
            const struct score_indicator *k = &c->indicators[i];
            const struct score_datum *x = &c->data[unit * c->indicator_count + i];
            if (k->pillar != (int)p)
                continue;
            double points = k->goalposts ? score_goalpost(x->value, d->lo[i], d->hi[i]) : x->value;
            if (x->factor > 0)
                points *= x->factor;
            if (s && x->status == SCORE_KNOWN)
                points = fmin(fmax(points + x->error * normal(s), 0), 100);
            parts[n++] = (struct score_part){x->status, points, k->weight};
        }
        pillars[p] = score_pillar(parts, n);
    }
    return score_whole(pillars, d->weights, c->pillar_count).points;
}

static int rank_of(const double *points, size_t n, size_t unit)
{
    int better = 0;
    for (size_t i = 0; i < n; i++)
        better += points[i] > points[unit];
    return better + 1;
}

static int by_int(const void *x, const void *y)
{
    const int *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

void score_ranks(const struct score_cohort *c, const unsigned char seed[32], struct score_rank *out)
{
    struct arena *a = arena_new();
    struct stream *s = ARENA_NEW(a, struct stream);
    struct score_part *parts = ARENA_ARRAY(a, struct score_part, c->indicator_count);
    double *points = ARENA_ARRAY(a, double, c->unit_count);
    INVARIANT(c->pillar_count <= PILLARS_MAX);
    int *ranks = ARENA_ARRAY(a, int, c->unit_count *SCORE_DRAWS);
    struct draw d = {.weights = ARENA_ARRAY(a, double, c->pillar_count),
                     .lo = ARENA_ARRAY(a, double, c->indicator_count),
                     .hi = ARENA_ARRAY(a, double, c->indicator_count)};
    memcpy(d.weights, c->pillar_weights, c->pillar_count * sizeof *d.weights);
    for (size_t i = 0; i < c->indicator_count; i++) {
        d.lo[i] = c->indicators[i].lo;
        d.hi[i] = c->indicators[i].hi;
    }
    for (size_t u = 0; u < c->unit_count; u++)
        out[u].points = points[u] = unit_score(c, u, &d, NULL, parts);
    for (size_t u = 0; u < c->unit_count; u++)
        out[u].rank = isnan(points[u]) ? 0 : rank_of(points, c->unit_count, u);
    stream_start(s, seed);
    for (int k = 0; k < SCORE_DRAWS; k++) {
        draw_rules(c, s, &d);
        for (size_t u = 0; u < c->unit_count; u++)
            points[u] = unit_score(c, u, &d, s, parts);
        for (size_t u = 0; u < c->unit_count; u++)
            ranks[u * SCORE_DRAWS + (size_t)k] = rank_of(points, c->unit_count, u);
    }
    for (size_t u = 0; u < c->unit_count; u++) {
        int *mine = ranks + u * SCORE_DRAWS;
        qsort(mine, SCORE_DRAWS, sizeof *mine, by_int);
        bool ranked = out[u].rank > 0;
        out[u].rank_low = ranked ? mine[SCORE_DRAWS / 20 - 1] : 0;
        out[u].rank_high = ranked ? mine[SCORE_DRAWS * 19 / 20 - 1] : 0;
    }
    arena_free(a);
}

void score_bands(const struct score_rank *ranks, size_t n, int *bands)
{
    int band = 0;
    memset(bands, 0, n * sizeof *bands);
    for (;;) {
        size_t first = n;
        for (size_t i = 0; i < n; i++)
            if (bands[i] == 0 && ranks[i].rank > 0 &&
                (first == n || ranks[i].rank < ranks[first].rank))
                first = i;
        if (first == n)
            return;
        band++;
        for (size_t i = 0; i < n; i++)
            if (bands[i] == 0 && ranks[i].rank > 0 && ranks[i].rank_low <= ranks[first].rank_high)
                bands[i] = band;
    }
}

/* --- peers --- */

static int value_count(const struct score_traits *units, const int *groups, size_t n, int group,
                       int trait, int value)
{
    int count = 0;
    for (size_t i = 0; i < n; i++)
        count += groups[i] == group && units[i].v[trait] == value;
    return count;
}

enum { TRAIT_VALUES_MAX = 16 };

static bool divides(const struct score_traits *units, const int *groups, size_t n, int group,
                    int trait)
{
    int parts = 0;
    for (int v = 0; v < TRAIT_VALUES_MAX; v++) {
        int count = value_count(units, groups, n, group, trait, v);
        if (count > 0 && count < SCORE_PEERS_MIN)
            return false;
        parts += count > 0;
    }
    return parts > 1;
}

int score_peers(struct arena *a, const struct score_traits *units, size_t n, int *groups)
{
    int count = n > 0;
    (void)a;
    memset(groups, 0, n * sizeof *groups);
    for (int trait = 0; trait < SCORE_TRAITS; trait++) {
        int before = count;
        for (int g = 0; g < before; g++) {
            if (!divides(units, groups, n, g, trait))
                continue;
            bool kept = false; /* the first part keeps the number */
            for (int v = 0; v < TRAIT_VALUES_MAX; v++) {
                int number = g;
                if (value_count(units, groups, n, g, trait, v) == 0)
                    continue;
                if (kept)
                    number = count++;
                kept = true;
                for (size_t i = 0; i < n && number != g; i++)
                    if (groups[i] == g && units[i].v[trait] == v)
                        groups[i] = number;
            }
        }
    }
    return count;
}

static int by_double(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

void score_terciles(struct arena *a, const double *values, size_t n, int *out)
{
    double *sorted = ARENA_ARRAY(a, double, n);
    memcpy(sorted, values, n * sizeof *sorted);
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, by_double);
    for (size_t i = 0; i < n; i++) {
        size_t below = 0;
        while (below < n && sorted[below] < values[i])
            below++;
        out[i] = (int)(3 * below / n);
    }
}

/* --- change, gaps, verification --- */

bool score_improved(double before, double after, double se, bool conditions_met)
{
    return conditions_met && after - before >= fmax(5, 1.96 * se);
}

double score_priority(double weight, double points, double own_share)
{
    return weight * (100 - points) * own_share;
}

struct score_perception score_perceived(double objective, double objective_se, double citizens,
                                        double citizens_se)
{
    double gap = objective - citizens;
    double reach = 1.96 * sqrt(objective_se * objective_se + citizens_se * citizens_se);
    return (struct score_perception){gap, gap - reach, gap + reach};
}

struct ticket {
    unsigned char hash[crypto_hash_sha256_BYTES];
    size_t item;
};

static int by_hash(const void *x, const void *y)
{
    const struct ticket *a = x, *b = y;
    return memcmp(a->hash, b->hash, sizeof a->hash);
}

void score_sample(struct arena *a, struct str seed, const struct str *keys, size_t n, bool *picked)
{
    struct ticket *tickets = ARENA_ARRAY(a, struct ticket, n);
    struct buf *text = buf_in(a);
    size_t take = (size_t)ceil(SCORE_SAMPLE_SHARE * (double)n - 1e-9);
    for (size_t i = 0; i < n; i++) {
        buf_clear(text);
        buf_str(text, seed);
        buf_char(text, ':');
        buf_str(text, keys[i]);
        crypto_hash_sha256(tickets[i].hash, (const unsigned char *)text->p, text->n);
        tickets[i].item = i;
        picked[i] = false;
    }
    if (n > 1)
        qsort(tickets, n, sizeof *tickets, by_hash);
    for (size_t i = 0; i < take; i++)
        picked[tickets[i].item] = true;
}
