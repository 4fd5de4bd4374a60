/*
 * Is this the same person? A score that anybody can add up, and what a human decided of it.
 *
 * A merge changes no record: the one that is gone points to the one that is kept (`parent`), and
 * every record of the group bears the end of its chain (`root`). Taking a merge back removes one
 * pointer and works the ends out again, so nothing has to be remembered to undo it.
 */
#include "community/persons/persons_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"

#include <stdlib.h>

enum { CANDIDATES_MAX = 60, MATCHES_MAX = 8 };

static const struct {
    enum msg text;
    int points;
} reasons[MATCH__MAX] = {
    [MATCH_NAME] = {MSG_persons_match_name, 45},
    [MATCH_NAME_TURNED] = {MSG_persons_match_turned, 40},
    [MATCH_INITIAL] = {MSG_persons_match_initial, 25},
    [MATCH_PATRONYMIC] = {MSG_persons_match_patronymic, 10},
    [MATCH_PATRONYMIC_NOT] = {MSG_persons_match_patronymic_not, -25},
    [MATCH_YEAR] = {MSG_persons_match_year, 25},
    [MATCH_YEAR_NEAR] = {MSG_persons_match_year_near, 10},
    [MATCH_YEAR_NOT] = {MSG_persons_match_year_not, -30},
    [MATCH_PHONE] = {MSG_persons_match_phone, 40},
    [MATCH_HOME] = {MSG_persons_match_home, 10},
    [MATCH_HOME_NOT] = {MSG_persons_match_home_not, -10},
    [MATCH_SEX_NOT] = {MSG_persons_match_sex_not, -40},
};

enum msg match_reason_text(enum match_reason r)
{
    return reasons[r].text;
}

int match_reason_points(enum match_reason r)
{
    return reasons[r].points;
}

static void add(struct match *m, enum match_reason r)
{
    if (m->n < COUNT_OF(m->reasons))
        m->reasons[m->n++] = r;
    m->score += reasons[r].points;
}

static bool begins_alike(struct str a, struct str b)
{
    struct str one = utf8_prefix(a, 1), two = utf8_prefix(b, 1);
    return one.n && str_eq(one, two);
}

static bool is_initial(struct str s)
{
    return utf8_length(s) == 1;
}

static void compare_names(struct arena *a, const struct register_person *x,
                          const struct register_person *y, struct match *m)
{
    struct str xf = persons_key(a, x->family), yf = persons_key(a, y->family);
    struct str xg = persons_key(a, x->given), yg = persons_key(a, y->given);
    struct str xp = persons_key(a, x->patronymic), yp = persons_key(a, y->patronymic);
    if (str_eq(xf, yf) && str_eq(xg, yg))
        add(m, MATCH_NAME);
    else if (xf.n && str_eq(xf, yg) && str_eq(xg, yf))
        add(m, MATCH_NAME_TURNED);
    else if (str_eq(xf, yf) && begins_alike(xg, yg) && (is_initial(xg) || is_initial(yg)))
        add(m, MATCH_INITIAL);
    if (xp.n && yp.n)
        add(m, str_eq(xp, yp) || (begins_alike(xp, yp) && (is_initial(xp) || is_initial(yp)))
                   ? MATCH_PATRONYMIC
                   : MATCH_PATRONYMIC_NOT);
}

void persons_compare(const struct register_person *x, const struct register_person *y,
                     struct match *out)
{
    struct arena *a = arena_new();
    *out = (struct match){.person = *y};
    compare_names(a, x, y, out);
    if (x->birth_year.set && y->birth_year.set) {
        int64_t apart = llabs(x->birth_year.v - y->birth_year.v);
        add(out, apart == 0 ? MATCH_YEAR : apart == 1 ? MATCH_YEAR_NEAR : MATCH_YEAR_NOT);
    }
    if (x->phone.n && str_eq(x->phone, y->phone))
        add(out, MATCH_PHONE);
    if (x->home.n && y->home.n)
        add(out, str_eq(x->home, y->home) ? MATCH_HOME : MATCH_HOME_NOT);
    if (x->sex.n && y->sex.n && !str_eq(x->sex, y->sex))
        add(out, MATCH_SEX_NOT);
    out->score = out->score < 0 ? 0 : out->score > 100 ? 100 : out->score;
    arena_free(a);
}

static int by_score(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    return x->score != y->score           ? y->score - x->score
           : x->person.id < y->person.id  ? -1
           : x->person.id != y->person.id ? 1
                                          : 0;
}

enum err persons_find_same(struct tx *tx, struct arena *a, const struct register_person *p,
                           struct matches *out)
{
    struct sql_persons_candidates_rows rows;
    *out = (struct matches){0};
    enum err rc =
        sql_persons_candidates(tx, a, &rows, .family_key = persons_key(a, p->family),
                               .given_key = persons_key(a, p->given),
                               .phone = p->phone.n ? p->phone : STR_NULL, .limit = CANDIDATES_MAX);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        struct register_person other = PERSON_OF(rows.v[i]);
        struct match m;
        if (other.id == p->id)
            continue;
        persons_compare(p, &other, &m);
        if (m.score >= MATCH_POSSIBLE)
            ARENA_PUSH(a, *out, m);
    }
    if (out->n)
        qsort(out->v, out->n, sizeof out->v[0], by_score);
    if (out->n > MATCHES_MAX)
        out->n = MATCHES_MAX;
    return rc;
}

/* --- merging --- */

static struct {
    persons_moved_fn v[8];
    size_t n;
} listeners;

void persons_on_move(persons_moved_fn fn)
{
    for (size_t i = 0; i < listeners.n; i++)
        if (listeners.v[i] == fn)
            return;
    INVARIANT(listeners.n < COUNT_OF(listeners.v));
    listeners.v[listeners.n++] = fn;
}

static enum err put_verdict(struct tx *tx, struct arena *a, int64_t one, int64_t two, bool same,
                            int64_t by)
{
    enum err rc = ERR_OK;
    struct register_person x, y;
    struct match m;
    TRY(persons_get(tx, a, one, &x));
    TRY(persons_get(tx, a, two, &y));
    persons_compare(&x, &y, &m);
    rc = sql_persons_verdict_put(tx, NULL, .low = one < two ? one : two,
                                 .high = one < two ? two : one, .same = same, .score = m.score,
                                 .at_ms = clock_now_ms(), .by_person = by);
out:
    return rc;
}

enum err persons_say_different(struct tx *tx, struct arena *a, int64_t one, int64_t two, int64_t by)
{
    enum err rc = ERR_OK;
    struct register_person x, y;
    TRY(persons_get(tx, a, one, &x));
    TRY(persons_get(tx, a, two, &y));
    if (x.root == y.root)
        return ERR_INPUT;
    rc = put_verdict(tx, a, one, two, false, by);
out:
    return rc;
}

/* Works out where each of these ends, by their parents; those whose end is another one now are
 * written and told. */
static enum err settle(struct app *app, struct tx *tx, struct arena *a,
                       struct register_persons *group)
{
    enum err rc = ERR_OK;
    struct {
        struct person_move *v;
        size_t n, cap;
    } moves = {0};
    for (size_t i = 0; i < group->n; i++) {
        const struct register_person *end = &group->v[i];
        for (size_t steps = 0; end->parent.set && steps <= group->n; steps++) {
            size_t k = 0;
            while (k < group->n && group->v[k].id != end->parent.v)
                k++;
            INVARIANT(k < group->n && steps < group->n);
            end = &group->v[k];
        }
        if (end->id == group->v[i].root)
            continue;
        struct person_move move = {group->v[i].id, group->v[i].root, end->id};
        TRY(sql_persons_set_root(tx, NULL, .id = move.id, .root = move.after));
        ARENA_PUSH(a, moves, move);
    }
    for (size_t i = 0; moves.n && i < listeners.n; i++)
        TRY(listeners.v[i](app, tx, a, moves.v, moves.n));
out:
    return rc;
}

static enum err add_group(struct tx *tx, struct arena *a, int64_t root,
                          struct register_persons *group)
{
    struct sql_persons_of_root_rows rows;
    enum err rc = sql_persons_of_root(tx, a, &rows, .root = root);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(a, *group, PERSON_OF(rows.v[i]));
    return rc;
}

static void set_parent(struct register_persons *group, int64_t id, struct i64_opt parent)
{
    for (size_t i = 0; i < group->n; i++)
        if (group->v[i].id == id)
            group->v[i].parent = parent;
}

enum err persons_merge(struct app *app, struct tx *tx, struct arena *a, int64_t gone, int64_t kept,
                       int64_t by)
{
    enum err rc = ERR_OK;
    struct register_person x, y;
    struct register_persons group = {0};
    TRY(persons_get(tx, a, gone, &x));
    TRY(persons_get(tx, a, kept, &y));
    if (gone == kept || x.root != gone || y.root != kept)
        FAIL(ERR_INPUT);
    TRY(put_verdict(tx, a, gone, kept, true, by));
    TRY(sql_persons_merge_put(tx, NULL, .id = id_new(), .gone = gone, .kept = kept,
                              .at_ms = clock_now_ms(), .by_person = by));
    TRY(sql_persons_set_parent(tx, NULL, .id = gone, .parent = I64(kept)));
    TRY(add_group(tx, a, gone, &group));
    TRY(add_group(tx, a, kept, &group));
    set_parent(&group, gone, I64(kept));
    rc = settle(app, tx, a, &group);
out:
    return rc;
}

enum err persons_undo(struct app *app, struct tx *tx, struct arena *a, int64_t gone, int64_t by)
{
    enum err rc = ERR_OK;
    struct register_person x;
    struct register_persons group = {0};
    TRY(persons_get(tx, a, gone, &x));
    if (!x.parent.set)
        FAIL(ERR_INPUT);
    TRY(put_verdict(tx, a, gone, x.parent.v, false, by));
    TRY(sql_persons_merge_undo(tx, NULL, .gone = gone, .undone_ms = clock_now_ms(),
                               .undone_by = by));
    TRY(sql_persons_set_parent(tx, NULL, .id = gone, .parent = I64_NONE));
    TRY(add_group(tx, a, x.root, &group));
    set_parent(&group, gone, I64_NONE);
    rc = settle(app, tx, a, &group);
out:
    return rc;
}

bool persons_among(const struct matches *m, int64_t id)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->v[i].person.id == id)
            return true;
    return false;
}
