/*
 * Reads the framework files that stand in the program. Strict: an unknown key, a missing language,
 * a weight that is none stops the program's tests, not a round.
 */
#include "programme/assessment/assessment_internal.h"

#include "community/topics/topics.h"

#include <math.h>
#include <pthread.h>
#include <sodium.h>

struct reading {
    struct arena *a;
    struct framework *f;
    struct str fault;
    int line;
    enum { IN_NONE, IN_DOMAIN, IN_PILLAR, IN_INDICATOR } in;
};

static enum err wrong(struct reading *r, const char *what, struct str value)
{
    if (!r->fault.p)
        r->fault = arena_printf(r->a, "line %d: %s: %.*s", r->line, what, STRF(value));
    return ERR_PARSE;
}

static enum err take_three(struct reading *r, struct str value, struct text3 *out)
{
    struct str rest = value, part;
    int n = 0;
    while (str_split(&rest, '|', &part)) {
        if (n == LANG__MAX || str_trim(part).n == 0)
            return wrong(r, "three texts, parted by |, are needed", value);
        out->in[n++] = str_trim(part);
    }
    return n == LANG__MAX ? ERR_OK : wrong(r, "three texts, parted by |, are needed", value);
}

static enum err take_number(struct reading *r, struct str value, double *out)
{
    return str_to_double(value, out) ? ERR_OK : wrong(r, "not a number", value);
}

static enum err take_goal(struct reading *r, struct str value, struct indicator *i)
{
    struct str rest = value, part[5];
    int n = 0;
    while (n < 5 && str_split(&rest, ' ', &part[n]))
        n++;
    if (n != 4 || !str_to_double(part[0], &i->lo) || !str_to_double(part[1], &i->hi) ||
        i->lo == i->hi)
        return wrong(r, "goal: two different numbers, unit, reason", value);
    i->unit = part[2];
    i->reason = part[3];
    if (framework_unit(i->unit) == MSG_NONE || framework_reason(i->reason) == MSG_NONE)
        return wrong(r, "unknown unit or reason", value);
    return ERR_OK;
}

static enum err take_source(struct str value, struct indicator *i)
{
    struct str rest = value;
    (void)str_split(&rest, ' ', &i->source);
    i->source_of = rest.p ? rest : STR("");
    return ERR_OK;
}

static int domain_of(const struct framework *f, struct str code)
{
    for (size_t i = 0; i < f->domains.n; i++)
        if (str_eq(f->domains.v[i].code, code))
            return (int)i;
    return -1;
}

static enum err begin(struct reading *r, struct str key, struct str value)
{
    struct framework *f = r->f;
    if (str_eq(key, STR("domain"))) {
        ARENA_PUSH(r->a, f->domains, ((struct domain){.code = value}));
        r->in = IN_DOMAIN;
    } else if (str_eq(key, STR("pillar"))) {
        ARENA_PUSH(r->a, f->pillars, ((struct pillar){.code = value, .domain = -1}));
        r->in = IN_PILLAR;
    } else {
        bool condition = str_eq(key, STR("condition"));
        struct indicator i = {.code = value,
                              .pillar = condition ? -1 : (int)f->pillars.n - 1,
                              .kind = condition ? KIND_CONDITION : KIND_RUBRIC,
                              .lo = NAN,
                              .hi = NAN,
                              .base = NAN,
                              .source = STR(""),
                              .source_of = STR("")};
        if (framework_indicator(f, value) >= 0)
            return wrong(r, "twice", value);
        if (!condition && f->scored < f->indicators.n)
            return wrong(r, "indicators stand before conditions", value);
        ARENA_PUSH(r->a, f->indicators, i);
        f->scored += !condition;
        r->in = IN_INDICATOR;
    }
    return ERR_OK;
}

static enum err indicator_key(struct reading *r, struct str key, struct str value)
{
    struct indicator *i = &r->f->indicators.v[r->f->indicators.n - 1];
    enum err rc = ERR_OK;
    if (str_eq(key, STR("kind")))
        i->kind = str_eq(value, STR("share"))    ? KIND_SHARE
                  : str_eq(value, STR("number")) ? KIND_NUMBER
                                                 : KIND_RUBRIC;
    else if (str_eq(key, STR("goal")))
        rc = take_goal(r, value, i);
    else if (str_eq(key, STR("weight")))
        rc = take_number(r, value, &i->weight);
    else if (str_eq(key, STR("topic")))
        i->topic = value;
    else if (str_eq(key, STR("own")) || str_eq(key, STR("base"))) {
        double *at = key.p[0] == 'o' ? &i->own : &i->base;
        rc = take_number(r, value, at);
        *at /= 100;
    } else if (str_eq(key, STR("source")))
        rc = take_source(value, i);
    else if (str_eq(key, STR("what")))
        rc = take_three(r, value, &i->what);
    else if (str_eq(key, STR("proof")))
        rc = take_three(r, value, &i->proof);
    else if (key.n == 6 && str_starts(key, STR("level")) && key.p[5] >= '1' && key.p[5] <= '3')
        rc = take_three(r, value, &i->levels[key.p[5] - '1']);
    else
        rc = wrong(r, "unknown key", key);
    return rc;
}

static enum err take_line(struct reading *r, struct str line)
{
    struct framework *f = r->f;
    struct str value = line, key;
    (void)str_split(&value, ':', &key);
    if (!value.p)
        return wrong(r, "key and value, parted by a colon, are needed", line);
    value = str_trim(value);
    if (str_eq(key, STR("framework"))) {
        f->code = value;
        return ERR_OK;
    }
    if (r->in == IN_PILLAR && str_eq(key, STR("domain"))) {
        int at = domain_of(f, value);
        f->pillars.v[f->pillars.n - 1].domain = at;
        return at >= 0 ? ERR_OK : wrong(r, "unknown domain", value);
    }
    if (str_eq(key, STR("domain")) || str_eq(key, STR("pillar")) || str_eq(key, STR("indicator")) ||
        str_eq(key, STR("condition")))
        return begin(r, key, value);
    if (str_eq(key, STR("name")) && r->in != IN_NONE)
        return take_three(r, value,
                          r->in == IN_DOMAIN   ? &f->domains.v[f->domains.n - 1].name
                          : r->in == IN_PILLAR ? &f->pillars.v[f->pillars.n - 1].name
                                               : &f->indicators.v[f->indicators.n - 1].name);
    if (r->in == IN_PILLAR && str_eq(key, STR("weight")))
        return take_number(r, value, &f->pillars.v[f->pillars.n - 1].weight);
    return r->in == IN_INDICATOR ? indicator_key(r, key, value) : wrong(r, "unknown key", key);
}

/* What must be there by the end of a record. */
static enum err check_whole(struct reading *r)
{
    const struct framework *f = r->f;
    for (size_t k = 0; k < f->pillars.n; k++)
        if (f->pillars.v[k].domain < 0 || !(f->pillars.v[k].weight > 0))
            return wrong(r, "pillar without domain or weight", f->pillars.v[k].code);
    for (size_t k = 0; k < f->indicators.n; k++) {
        const struct indicator *i = &f->indicators.v[k];
        bool counted = i->source.n > 0;
        if (!i->name.in[0].p || !i->what.in[0].p)
            return wrong(r, "without name or definition", i->code);
        if (i->kind == KIND_CONDITION)
            continue;
        if (i->pillar < 0 || !(i->weight > 0) || !(i->own >= 0 && i->own <= 1) ||
            !topics_find(i->topic))
            return wrong(r, "pillar, weight, own or topic", i->code);
        if (i->kind == KIND_RUBRIC
                ? !i->levels[0].in[0].p || !i->levels[1].in[0].p || !i->levels[2].in[0].p
                : isnan(i->lo) || (!counted && !i->proof.in[0].p))
            return wrong(r, "levels, or goal and proof", i->code);
        if (i->kind == KIND_SHARE && !(i->base >= 0 && i->base <= 1))
            return wrong(r, "a share needs a base", i->code);
    }
    return f->code.n && f->scored ? ERR_OK : wrong(r, "nothing in it", STR(""));
}

enum err framework_parse(struct arena *a, struct str body, struct framework *out, struct str *fault)
{
    struct reading r = {.a = a, .f = out};
    struct str rest = body, line;
    unsigned char hash[crypto_hash_sha256_BYTES];
    struct buf *hex = buf_in(a);
    enum err rc = ERR_OK;
    *out = (struct framework){.body = body};
    *fault = STR_NULL;
    crypto_hash_sha256(hash, (const unsigned char *)body.p, body.n);
    buf_hex(hex, hash, sizeof hash);
    out->digest = buf_view(hex);
    while (str_split(&rest, '\n', &line)) {
        r.line++;
        line = str_trim(line);
        if (line.n && line.p[0] != '#')
            TRY(take_line(&r, line));
    }
    TRY(check_whole(&r));
out:
    *fault = r.fault;
    return rc;
}

/* --- those in the program --- */

extern const char framework_1[], framework_1_end[];

static struct framework frameworks[1];
static pthread_once_t parsed = PTHREAD_ONCE_INIT;

static void parse_all(void)
{
    static struct arena *kept; /* reachable for good */
    struct str fault;
    kept = arena_new();
    struct str body = str_of(framework_1, (size_t)(framework_1_end - framework_1));
    INVARIANT(framework_parse(kept, body, &frameworks[0], &fault) == ERR_OK);
}

const struct framework *framework_newest(void)
{
    pthread_once(&parsed, parse_all);
    return &frameworks[COUNT_OF(frameworks) - 1];
}

const struct framework *framework_find(struct str code)
{
    pthread_once(&parsed, parse_all);
    for (size_t i = 0; i < COUNT_OF(frameworks); i++)
        if (str_eq(frameworks[i].code, code))
            return &frameworks[i];
    return NULL;
}

int framework_indicator(const struct framework *f, struct str code)
{
    for (size_t i = 0; i < f->indicators.n; i++)
        if (str_eq(f->indicators.v[i].code, code))
            return (int)i;
    return -1;
}

static const struct {
    const char *code;
    enum msg name;
} units[] = {{"percent", MSG_assessment_unit_percent},
             {"hours", MSG_assessment_unit_hours},
             {"days", MSG_assessment_unit_days},
             {"per_hundred", MSG_assessment_unit_per_hundred},
             {"per_thousand", MSG_assessment_unit_per_thousand},
             {"som", MSG_assessment_unit_som},
             {"times", MSG_assessment_unit_times},
             {"growth", MSG_assessment_unit_growth}},
  reasons[] = {{"law", MSG_assessment_reason_law},
               {"standard", MSG_assessment_reason_standard},
               {"agreed", MSG_assessment_reason_agreed}};

enum msg framework_unit(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (str_eq(code, str_from(units[i].code)))
            return units[i].name;
    return MSG_NONE;
}

enum msg framework_reason(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (str_eq(code, str_from(reasons[i].code)))
            return reasons[i].name;
    return MSG_NONE;
}
