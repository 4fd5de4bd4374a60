/*
 * The frozen record of a round: all inputs, the formula's name and the results in one canonical
 * document. What counts is that the results follow from the inputs alone, so whoever has the
 * document can compute them again; `aimak verify assessment` does, and compares to the last byte.
 *
 * Numbers of the inputs are written so that they are read back exactly; results with fixed
 * decimals, because the last digits of logarithms differ between machines.
 */
#include "programme/assessment/assessment_internal.h"

#include "platform/formats/json.h"

#include <math.h>
#include <sodium.h>

#define RECORD_MAX_BYTES ((size_t)64 << 20)
#define RANKED_SHARE 0.80 /* of the weight that must be of a grade for the whole to be of it */

/* --- computing --- */

double grade_error(char grade)
{
    switch (grade) {
    case 'A':
        return 2;
    case 'B':
        return 5;
    case 'C':
        return 10;
    default:
        return 20;
    }
}

double answer_points(const struct indicator *i, const struct answer *answer, double mean)
{
    if (answer->status != SCORE_KNOWN)
        return NAN;
    switch (i->kind) {
    case KIND_RUBRIC:
        return score_rubric((int)answer->value);
    case KIND_NUMBER:
        return score_goalpost(answer->value, i->lo, i->hi);
    case KIND_SHARE: {
        double p = isnan(mean) ? i->base : mean;
        double share = score_shrink(answer->value, answer->whole, p, SCORE_SHRINK_M);
        return score_goalpost(100 * share, i->lo, i->hi);
    }
    default:
        return NAN;
    }
}

int *record_peers(struct arena *a, const struct record *r, int *groups)
{
    struct score_traits *traits = ARENA_ARRAY(a, struct score_traits, r->unit_count);
    int *out = ARENA_ARRAY(a, int, r->unit_count);
    for (size_t u = 0; u < r->unit_count; u++)
        traits[u] = r->units[u].traits;
    *groups = score_peers(a, traits, r->unit_count, out);
    return out;
}

/* What verification found of the random sample, over what had been said: below 1 when the answers
 * were too good. Never above: nobody gains by a modest neighbour answer. */
static double factor_of(const struct record *r, const struct record_unit *u, const double *means)
{
    double said = 0, found = 0;
    for (size_t i = 0; i < r->framework->scored; i++) {
        const struct judged *j = &u->answers[i];
        const struct indicator *k = &r->framework->indicators.v[i];
        if (!j->random || !j->verified || j->self.status != SCORE_KNOWN)
            continue;
        double was = answer_points(k, &j->self, means[i]);
        double is = answer_points(k, &j->final, means[i]);
        said += k->weight * was;
        found += k->weight * (isnan(is) ? 0 : is);
    }
    return said > 0 ? fmin(found / said, 1) : 1;
}

/* The best grade that at least RANKED_SHARE of the weight has or is better than. */
static char grade_of(const struct record *r, const struct record_unit *u)
{
    double all = 0, upto[4] = {0};
    for (size_t i = 0; i < r->framework->scored; i++) {
        const struct judged *j = &u->answers[i];
        double w = r->framework->indicators.v[i].weight;
        if (j->final.status == SCORE_NOT_APPLICABLE)
            continue;
        all += w;
        for (int g = 0; g < 4; g++)
            upto[g] += j->final.status == SCORE_KNOWN && j->grade - 'A' <= g ? w : 0;
    }
    for (int g = 0; g < 4; g++)
        if (all > 0 && upto[g] >= RANKED_SHARE * all)
            return (char)('A' + g);
    return 'D';
}

static bool corrected(const struct judged *j)
{
    return !j->computed && !j->verified;
}

static void compute_unit(struct arena *a, const struct record *r, size_t unit, const int *peers)
{
    const struct framework *f = r->framework;
    const struct record_unit *u = &r->units[unit];
    struct record_result *out = &r->results[unit];
    const double *means = r->means + (size_t)peers[unit] * f->indicators.n;
    struct score_part *parts = ARENA_ARRAY(a, struct score_part, f->scored + 1);
    double *weights = ARENA_ARRAY(a, double, f->pillars.n);
    *out = (struct record_result){.pillars = ARENA_ARRAY(a, struct score_result, f->pillars.n),
                                  .points = ARENA_ARRAY(a, double, f->indicators.n),
                                  .factor = factor_of(r, u, means),
                                  .grade = grade_of(r, u),
                                  .conditions = true,
                                  .peers = peers[unit]};
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct judged *j = &u->answers[i];
        double points = answer_points(&f->indicators.v[i], &j->final, means[i]);
        out->points[i] = corrected(j) ? points * out->factor : points;
        if (f->indicators.v[i].kind == KIND_CONDITION)
            out->conditions =
                out->conditions && j->final.status == SCORE_KNOWN && j->final.value >= 1;
    }
    for (size_t p = 0; p < f->pillars.n; p++) {
        size_t n = 0;
        for (size_t i = 0; i < f->scored; i++)
            if (f->indicators.v[i].pillar == (int)p)
                parts[n++] = (struct score_part){u->answers[i].final.status, out->points[i],
                                                 f->indicators.v[i].weight};
        out->pillars[p] = score_pillar(parts, n);
        weights[p] = f->pillars.v[p].weight;
    }
    out->whole = score_whole(out->pillars, weights, f->pillars.n);
}

/* The value as the draws need it: a share is drawn to its peers first, in per cent. */
static struct score_datum datum_of(const struct record *r, size_t unit, size_t i)
{
    const struct indicator *k = &r->framework->indicators.v[i];
    const struct judged *j = &r->units[unit].answers[i];
    const struct record_result *res = &r->results[unit];
    double mean = r->means[(size_t)res->peers * r->framework->indicators.n + i];
    struct score_datum d = {.status = j->final.status, .error = grade_error(j->grade)};
    if (d.status != SCORE_KNOWN)
        return d;
    d.value = j->final.value;
    if (k->kind == KIND_SHARE)
        d.value = 100 * score_shrink(j->final.value, j->final.whole, isnan(mean) ? k->base : mean,
                                     SCORE_SHRINK_M);
    else if (k->kind == KIND_RUBRIC)
        d.value = score_rubric((int)j->final.value);
    d.factor = corrected(j) ? fmax(res->factor, 1e-9) : 0;
    return d;
}

/* Ranks among those peers whose values are reliable enough. */
static void rank_group(struct arena *a, const struct record *r, int group,
                       const unsigned char seed[32])
{
    const struct framework *f = r->framework;
    size_t n = 0, *who = ARENA_ARRAY(a, size_t, r->unit_count);
    for (size_t u = 0; u < r->unit_count; u++)
        if (r->results[u].peers == group && r->results[u].grade <= 'B' &&
            !r->results[u].whole.insufficient)
            who[n++] = u;
    if (n == 0)
        return;
    struct score_indicator *indicators = ARENA_ARRAY(a, struct score_indicator, f->scored);
    double *weights = ARENA_ARRAY(a, double, f->pillars.n);
    struct score_datum *data = ARENA_ARRAY(a, struct score_datum, n * f->scored);
    struct score_rank *ranks = ARENA_ARRAY(a, struct score_rank, n);
    int *bands = ARENA_ARRAY(a, int, n);
    for (size_t i = 0; i < f->scored; i++) {
        const struct indicator *k = &f->indicators.v[i];
        indicators[i] =
            (struct score_indicator){k->pillar, k->weight, k->kind != KIND_RUBRIC, k->lo, k->hi};
    }
    for (size_t p = 0; p < f->pillars.n; p++)
        weights[p] = f->pillars.v[p].weight;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < f->scored; i++)
            data[k * f->scored + i] = datum_of(r, who[k], i);
    struct score_cohort c = {indicators, f->scored, weights, f->pillars.n, data, n};
    score_ranks(&c, seed, ranks);
    score_bands(ranks, n, bands);
    for (size_t k = 0; k < n; k++) {
        r->results[who[k]].rank = ranks[k];
        /* Bands are for awards: a failed minimum condition takes the band away, never the rank. */
        r->results[who[k]].band = r->results[who[k]].conditions ? bands[k] : 0;
    }
}

void record_compute(struct arena *a, struct record *r)
{
    unsigned char seed[crypto_hash_sha256_BYTES];
    int groups, *peers = record_peers(a, r, &groups);
    INVARIANT(groups == r->groups);
    r->results = ARENA_ARRAY(a, struct record_result, r->unit_count);
    crypto_hash_sha256(seed, (const unsigned char *)r->seed.p, r->seed.n);
    for (size_t u = 0; u < r->unit_count; u++)
        compute_unit(a, r, u, peers);
    for (int g = 0; g < groups; g++)
        rank_group(a, r, g, seed);
}

/* --- writing --- */

static void put_answer(struct json_writer *j, const struct answer *x)
{
    json_put_cstr(j, NULL, status_code(x->status));
    json_put_double(j, NULL, x->status == SCORE_KNOWN ? x->value : NAN);
    json_put_double(j, NULL, x->status == SCORE_KNOWN ? x->whole : NAN);
}

static void put_framework(struct json_writer *j, const struct framework *f)
{
    static const char *const kinds[] = {"rubric", "number", "share", "condition"};
    json_open(j, "framework");
    json_put_str(j, "code", f->code);
    json_put_str(j, "digest", f->digest);
    json_open_array(j, "pillars");
    for (size_t p = 0; p < f->pillars.n; p++) {
        json_open(j, NULL);
        json_put_str(j, "code", f->pillars.v[p].code);
        json_put_double(j, "weight", f->pillars.v[p].weight);
        json_close(j);
    }
    json_close(j);
    json_open_array(j, "indicators");
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct indicator *k = &f->indicators.v[i];
        json_open(j, NULL);
        json_put_str(j, "code", k->code);
        json_put_cstr(j, "kind", kinds[k->kind]);
        json_put_i64(j, "pillar", k->pillar);
        json_put_double(j, "weight", k->weight);
        json_put_double(j, "lo", k->lo);
        json_put_double(j, "hi", k->hi);
        json_put_double(j, "base", k->base);
        json_close(j);
    }
    json_close(j);
    json_close(j);
}

static void put_inputs(struct json_writer *j, const struct record *r)
{
    size_t n = r->framework->indicators.n;
    json_open_array(j, "means");
    for (int g = 0; g < r->groups; g++) {
        json_open_array(j, NULL);
        for (size_t i = 0; i < n; i++)
            json_put_double(j, NULL, r->means[(size_t)g * n + i]);
        json_close(j);
    }
    json_close(j);
    json_open_array(j, "units");
    for (size_t u = 0; u < r->unit_count; u++) {
        const struct record_unit *x = &r->units[u];
        json_open(j, NULL);
        json_put_str(j, "unit", x->code);
        json_open_array(j, "traits");
        for (int t = 0; t < SCORE_TRAITS; t++)
            json_put_i64(j, NULL, x->traits.v[t]);
        json_close(j);
        json_open_array(j, "answers");
        for (size_t i = 0; i < n; i++) {
            const struct judged *a = &x->answers[i];
            char grade[2] = {a->grade, 0};
            json_open_array(j, NULL);
            put_answer(j, &a->self);
            json_put_cstr(j, NULL, grade);
            json_put_cstr(j, NULL,
                          a->computed    ? "computed"
                          : !a->verified ? "self"
                          : a->random    ? "random"
                                         : "risk");
            if (a->verified)
                put_answer(j, &a->final);
            json_close(j);
        }
        json_close(j);
        json_close(j);
    }
    json_close(j);
}

static void put_result(struct json_writer *j, const struct record *r, size_t u)
{
    const struct record_result *x = &r->results[u];
    char grade[2] = {x->grade, 0};
    json_open(j, NULL);
    json_put_str(j, "unit", r->units[u].code);
    json_put_fixed(j, "points", x->whole.points, 2);
    json_put_fixed(j, "low", x->whole.low, 2);
    json_put_fixed(j, "high", x->whole.high, 2);
    json_put_i64(j, "missing", x->whole.missing);
    json_put_fixed(j, "factor", x->factor, 4);
    json_put_cstr(j, "grade", grade);
    json_put_bool(j, "conditions", x->conditions);
    json_put_i64(j, "peers", x->peers);
    json_put_i64(j, "rank", x->rank.rank);
    json_put_i64(j, "rank_low", x->rank.rank_low);
    json_put_i64(j, "rank_high", x->rank.rank_high);
    json_put_i64(j, "band", x->band);
    json_open_array(j, "pillars");
    for (size_t p = 0; p < r->framework->pillars.n; p++)
        json_put_fixed(j, NULL, x->pillars[p].points, 2);
    json_close(j);
    json_close(j);
}

struct str record_text(struct arena *a, const struct record *r)
{
    struct buf *out = buf_in(a);
    struct json_writer j = json_to(out);
    json_open(&j, NULL);
    json_put_cstr(&j, "formula", FORMULA);
    json_put_str(&j, "round", r->round);
    json_put_str(&j, "seed", r->seed);
    put_framework(&j, r->framework);
    put_inputs(&j, r);
    json_open_array(&j, "results");
    for (size_t u = 0; u < r->unit_count; u++)
        put_result(&j, r, u);
    json_close(&j);
    json_close(&j);
    buf_char(out, '\n');
    return buf_view(out);
}

/* --- reading --- */

static double double_of(const struct json *v)
{
    double d;
    return json_as_double(v, &d) ? d : NAN;
}

static bool read_framework(struct arena *a, const struct json *v, struct framework *f)
{
    const struct json *pillars = json_get(v, "pillars"), *list = json_get(v, "indicators");
    *f = (struct framework){.code = json_str_of(v, "code"), .digest = json_str_of(v, "digest")};
    for (size_t i = 0; i < json_count(pillars); i++) {
        const struct json *p = json_at(pillars, i);
        struct pillar pillar = {.code = json_str_of(p, "code"),
                                .weight = double_of(json_get(p, "weight"))};
        if (!pillar.code.p || !(pillar.weight > 0))
            return false;
        ARENA_PUSH(a, f->pillars, pillar);
    }
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *k = json_at(list, i);
        struct str kind = json_str_of(k, "kind");
        int64_t pillar;
        if (!json_as_i64(json_get(k, "pillar"), &pillar) || pillar < -1 ||
            pillar >= (int64_t)f->pillars.n)
            return false;
        struct indicator x = {.code = json_str_of(k, "code"),
                              .pillar = (int)pillar,
                              .kind = str_eq(kind, STR("share"))       ? KIND_SHARE
                                      : str_eq(kind, STR("number"))    ? KIND_NUMBER
                                      : str_eq(kind, STR("condition")) ? KIND_CONDITION
                                                                       : KIND_RUBRIC,
                              .weight = double_of(json_get(k, "weight")),
                              .lo = double_of(json_get(k, "lo")),
                              .hi = double_of(json_get(k, "hi")),
                              .base = double_of(json_get(k, "base"))};
        if (!x.code.p || (x.kind != KIND_CONDITION &&
                          (x.pillar < 0 || !(x.weight > 0) || f->scored < f->indicators.n)))
            return false;
        f->scored += x.kind != KIND_CONDITION;
        ARENA_PUSH(a, f->indicators, x);
    }
    return f->code.p && f->scored && f->pillars.n && f->pillars.n <= 64;
}

static bool read_answer(const struct json *list, size_t at, struct answer *out)
{
    struct str status;
    if (!json_as_str(json_at(list, at), &status) || !status_parse(status, &out->status))
        return false;
    out->value = double_of(json_at(list, at + 1));
    out->whole = double_of(json_at(list, at + 2));
    return out->status != SCORE_KNOWN || !isnan(out->value);
}

static bool read_judged(const struct json *list, struct judged *out)
{
    struct str grade, origin;
    if (!read_answer(list, 0, &out->self) || !json_as_str(json_at(list, 3), &grade) ||
        grade.n != 1 || grade.p[0] < 'A' || grade.p[0] > 'D' ||
        !json_as_str(json_at(list, 4), &origin))
        return false;
    out->grade = grade.p[0];
    out->computed = str_eq(origin, STR("computed"));
    out->random = str_eq(origin, STR("random"));
    out->verified = json_count(list) > 5;
    out->final = out->self;
    return !out->verified || read_answer(list, 5, &out->final);
}

static bool read_unit(struct arena *a, const struct json *v, const struct framework *f,
                      struct record_unit *out)
{
    const struct json *traits = json_get(v, "traits"), *answers = json_get(v, "answers");
    out->code = json_str_of(v, "unit");
    out->answers = ARENA_ARRAY(a, struct judged, f->indicators.n);
    if (!out->code.p || json_count(traits) != SCORE_TRAITS ||
        json_count(answers) != f->indicators.n)
        return false;
    for (size_t t = 0; t < SCORE_TRAITS; t++) {
        int64_t x;
        if (!json_as_i64(json_at(traits, t), &x) || x < 0 || x > 15)
            return false;
        out->traits.v[t] = (int)x;
    }
    for (size_t i = 0; i < f->indicators.n; i++)
        if (!read_judged(json_at(answers, i), &out->answers[i]))
            return false;
    return true;
}

enum err record_read(struct arena *a, struct str text, struct record *out, struct str *fault)
{
    const struct json *doc;
    struct json_fault at = {0};
    struct framework *f = ARENA_NEW(a, struct framework);
    *fault = STR_NULL;
    enum err rc = json_parse(a, text, RECORD_MAX_BYTES, &doc, &at);
    if (rc != ERR_OK) {
        *fault = arena_printf(a, "%d:%d: %s", at.line, at.column, at.text);
        return rc;
    }
    *fault = STR("not a snapshot of an assessment");
    if (!str_eq(json_str_of(doc, "formula"), STR(FORMULA)) ||
        !read_framework(a, json_get(doc, "framework"), f))
        return ERR_PARSE;
    const struct json *units = json_get(doc, "units"), *means = json_get(doc, "means");
    *out = (struct record){.round = json_str_of(doc, "round"),
                           .framework = f,
                           .seed = json_str_of(doc, "seed"),
                           .groups = (int)json_count(means),
                           .unit_count = json_count(units)};
    out->units = ARENA_ARRAY(a, struct record_unit, out->unit_count);
    out->means = ARENA_ARRAY(a, double, json_count(means) * f->indicators.n);
    if (!out->round.p || !out->seed.p)
        return ERR_PARSE;
    for (size_t u = 0; u < out->unit_count; u++)
        if (!read_unit(a, json_at(units, u), f, &out->units[u])) {
            *fault = arena_printf(a, "municipality %zu is not readable", u + 1);
            return ERR_PARSE;
        }
    for (size_t g = 0; g < json_count(means); g++)
        for (size_t i = 0; i < f->indicators.n; i++)
            out->means[g * f->indicators.n + i] = double_of(json_at(json_at(means, g), i));
    int groups;
    (void)record_peers(a, out, &groups);
    if (groups != out->groups) {
        *fault = STR("the groups of peers do not follow from the traits");
        return ERR_PARSE;
    }
    *fault = STR_NULL;
    return ERR_OK;
}

struct str digest_of(struct arena *a, struct str text)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    struct buf *hex = buf_in(a);
    crypto_hash_sha256(hash, (const unsigned char *)text.p, text.n);
    buf_hex(hex, hash, sizeof hash);
    return buf_view(hex);
}

enum err record_verify(struct arena *a, struct str text, struct record_verdict *out,
                       struct str *fault)
{
    struct record r;
    enum err rc = record_read(a, text, &r, fault);
    if (rc != ERR_OK)
        return rc;
    record_compute(a, &r);
    struct str again = record_text(a, &r);
    *out = (struct record_verdict){.same = str_eq(again, text),
                                   .round = r.round,
                                   .digest = digest_of(a, text),
                                   .units = r.unit_count};
    if (out->same)
        return ERR_OK;
    size_t at = 0;
    while (at < again.n && at < text.n && again.p[at] == text.p[at])
        at++;
    size_t from = at > 60 ? at - 60 : 0;
    out->difference =
        arena_printf(a, "byte %zu: recorded ...%.*s, recomputed ...%.*s", at,
                     STRF(str_slice(text, from, 100)), STRF(str_slice(again, from, 100)));
    return ERR_OK;
}
