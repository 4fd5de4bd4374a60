/*
 * The register: what may stand in it, its codes, writing and finding. Matching and merging are in
 * persons_match.c.
 */
#include "community/persons/persons_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/core/utf8.h"
#include "platform/web/form.h"

enum { NAME_MAX_LETTERS = 60, WORDS_MAX = 160 };

const struct choice persons_sex_choices[] = {
    {"f", MSG_persons_sex_f}, {"m", MSG_persons_sex_m}, {NULL, MSG_NONE}};
const struct choice persons_band_choices[] = {
    {"0-14", MSG_persons_band_0},   {"15-29", MSG_persons_band_15}, {"30-44", MSG_persons_band_30},
    {"45-59", MSG_persons_band_45}, {"60+", MSG_persons_band_60},   {NULL, MSG_NONE}};
const struct choice persons_group_choices[] = {
    {"head", MSG_persons_group_head},         {"okmotu", MSG_persons_group_okmotu},
    {"deputy", MSG_persons_group_deputy},     {"provider", MSG_persons_group_provider},
    {"activist", MSG_persons_group_activist}, {"state", MSG_persons_group_state},
    {"expert", MSG_persons_group_expert},     {"resident", MSG_persons_group_resident},
    {"other", MSG_persons_group_other},       {NULL, MSG_NONE}};
const struct choice persons_disability_choices[] = {
    {"no", MSG_persons_disability_no}, {"yes", MSG_persons_disability_yes}, {NULL, MSG_NONE}};

static const struct choice *choice_of(const struct choice *list, struct str code)
{
    for (; list->value; list++)
        if (str_eq(code, str_from(list->value)))
            return list;
    return NULL;
}

static bool empty_or(const struct choice *list, struct str code)
{
    return code.n == 0 || choice_of(list, code);
}

static enum msg name_of(const struct choice *list, struct str code)
{
    const struct choice *c = choice_of(list, code);
    return c ? c->label : MSG_persons_unknown;
}

bool persons_sex_ok(struct str code)
{
    return empty_or(persons_sex_choices, code);
}
enum msg persons_sex_name(struct str code)
{
    return name_of(persons_sex_choices, code);
}
bool persons_band_ok(struct str code)
{
    return empty_or(persons_band_choices, code);
}
bool persons_group_ok(struct str code)
{
    return empty_or(persons_group_choices, code);
}
enum msg persons_group_name(struct str code)
{
    return name_of(persons_group_choices, code);
}

struct str persons_band(int64_t age)
{
    static const int from[] = {0, 15, 30, 45, 60};
    if (age < 0 || age > 120)
        return STR("");
    for (size_t i = COUNT_OF(from); i-- > 0;)
        if (age >= from[i])
            return str_from(persons_band_choices[i].value);
    return STR("");
}

struct str persons_band_on(struct i64_opt birth_year, struct str told, int64_t day)
{
    return birth_year.set ? persons_band(day_to_civil(day).year - birth_year.v)
           : told.p       ? told
                          : STR("");
}

static struct str value_sex(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    (void)app, (void)a;
    return msg_text(lang, persons_sex_name(v));
}
static struct str value_band(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    (void)app, (void)a;
    return msg_text(lang, name_of(persons_band_choices, v));
}
static struct str value_group(struct app *app, struct arena *a, enum lang lang, struct str v)
{
    (void)app, (void)a;
    return msg_text(lang, persons_group_name(v));
}
const struct tally_dimension persons_by_sex = {"sex", MSG_persons_sex, false, value_sex};
const struct tally_dimension persons_by_age = {"age", MSG_persons_age, false, value_band};
const struct tally_dimension persons_by_group = {"group", MSG_persons_group, false, value_group};

struct str persons_full_name(struct arena *a, const struct register_person *p)
{
    struct buf *out = buf_in(a);
    const struct str parts[] = {p->family, p->given, p->patronymic};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].n && out->n)
            buf_char(out, ' ');
        buf_str(out, parts[i]);
    }
    return buf_view(out);
}

struct str persons_key(struct arena *a, struct str name)
{
    struct buf *out = buf_in(a);
    utf8_search_key(out, name);
    return buf_view(out);
}

/* Both names in one order, so that an exchange of them is seen. */
static struct str both_names(struct arena *a, struct str family, struct str given)
{
    bool turned = str_compare(family, given) > 0;
    return arena_printf(a, "%.*s %.*s", STRF(turned ? given : family),
                        STRF(turned ? family : given));
}

enum msg person_fault_message(enum person_fault f)
{
    static const enum msg texts[] = {
        [PERSON_FINE] = MSG_NONE,
        [PERSON_NAME] = MSG_persons_fault_name,
        [PERSON_SEX] = MSG_persons_fault_sex,
        [PERSON_YEAR] = MSG_persons_fault_year,
        [PERSON_BAND] = MSG_persons_fault_band,
        [PERSON_GROUP] = MSG_persons_fault_group,
        [PERSON_DISABILITY] = MSG_persons_fault_disability,
    };
    return texts[f];
}

static enum person_fault check(struct arena *a, const struct register_person *p)
{
    int64_t year = day_to_civil(day_today()).year;
    if (persons_key(a, p->family).n == 0 || utf8_length(p->family) > NAME_MAX_LETTERS ||
        utf8_length(p->given) > NAME_MAX_LETTERS || utf8_length(p->patronymic) > NAME_MAX_LETTERS)
        return PERSON_NAME;
    if (!persons_sex_ok(p->sex))
        return PERSON_SEX;
    if (p->birth_year.set && (p->birth_year.v < year - 110 || p->birth_year.v > year))
        return PERSON_YEAR;
    if (!persons_band_ok(p->band))
        return PERSON_BAND;
    if (!persons_group_ok(p->group))
        return PERSON_GROUP;
    return empty_or(persons_disability_choices, p->disability) ? PERSON_FINE : PERSON_DISABILITY;
}

static struct str or_empty(struct str s)
{
    return s.p ? utf8_prefix(s, WORDS_MAX) : STR("");
}
static struct str or_null(struct str s)
{
    return s.n ? s : STR_NULL;
}

static enum err put_position(struct tx *tx, const struct register_person *p, int64_t day)
{
    return sql_persons_position_put(tx, NULL, .person = p->id, .id = id_new(),
                                    .position = or_empty(p->position), .grp = or_empty(p->group),
                                    .organisation = or_empty(p->organisation),
                                    .home = or_empty(p->home), .from_day = day);
}

enum err persons_add(struct tx *tx, struct arena *a, const struct register_person *p, int64_t day,
                     bool fictional, int64_t by, enum person_fault *fault)
{
    enum err rc = ERR_OK;
    struct str family = persons_key(a, p->family), given = persons_key(a, p->given);
    *fault = check(a, p);
    if (*fault != PERSON_FINE)
        FAIL(ERR_INPUT);
    TRY(sql_persons_put(
        tx, NULL, .id = p->id, .family = p->family, .given = or_empty(p->given),
        .patronymic = or_empty(p->patronymic), .family_key = family,
        .name_key = both_names(a, family, given), .sex = or_empty(p->sex),
        .birth_year = p->birth_year, .band = or_empty(p->band), .phone = or_null(p->phone),
        .email = or_null(p->email), .home = or_empty(p->home), .village = or_empty(p->village),
        .disability = or_empty(p->disability), .position = or_empty(p->position),
        .grp = or_empty(p->group), .organisation = or_empty(p->organisation),
        .fictional = fictional, .created_ms = p->created_ms ? p->created_ms : clock_now_ms(),
        .created_by = by));
    if (p->position.n || p->group.n)
        TRY(put_position(tx, p, day));
out:
    return rc;
}

enum err persons_change(struct tx *tx, struct arena *a, const struct register_person *p,
                        int64_t day, enum person_fault *fault)
{
    enum err rc = ERR_OK;
    int64_t changed = 0;
    struct register_person old;
    struct str family = persons_key(a, p->family), given = persons_key(a, p->given);
    *fault = check(a, p);
    if (*fault != PERSON_FINE)
        FAIL(ERR_INPUT);
    TRY(persons_get(tx, a, p->id, &old));
    TRY(sql_persons_set(
        tx, &changed, .id = p->id, .revision = p->revision, .family = p->family,
        .given = or_empty(p->given), .patronymic = or_empty(p->patronymic), .family_key = family,
        .name_key = both_names(a, family, given), .sex = or_empty(p->sex),
        .birth_year = p->birth_year, .band = or_empty(p->band), .phone = or_null(p->phone),
        .email = or_null(p->email), .home = or_empty(p->home), .village = or_empty(p->village),
        .disability = or_empty(p->disability), .position = or_empty(p->position),
        .grp = or_empty(p->group), .organisation = or_empty(p->organisation)));
    if (changed != 1)
        FAIL(ERR_CONFLICT);
    if (!str_eq(old.position, p->position) || !str_eq(old.group, p->group) ||
        !str_eq(old.organisation, p->organisation) || !str_eq(old.home, p->home)) {
        TRY(sql_persons_position_end(tx, NULL, .person = p->id, .to_day = day - 1));
        TRY(put_position(tx, p, day));
    }
out:
    return rc;
}

enum err persons_get(struct tx *tx, struct arena *a, int64_t id, struct register_person *out)
{
    struct sql_persons_get_row row;
    enum err rc = sql_persons_get(tx, a, &row, .id = id);
    if (rc == ERR_OK)
        *out = PERSON_OF(row);
    return rc;
}

struct str persons_ids(struct arena *a, const int64_t *ids, size_t n)
{
    struct buf *out = buf_in(a);
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(out, ',');
        buf_i64(out, ids[i]);
    }
    buf_char(out, ']');
    return buf_view(out);
}

enum err persons_many(struct tx *tx, struct arena *a, const int64_t *ids, size_t n,
                      struct register_persons *out)
{
    struct sql_persons_many_rows rows;
    *out = (struct register_persons){0};
    if (n == 0)
        return ERR_OK;
    enum err rc = sql_persons_many(tx, a, &rows, .ids = persons_ids(a, ids, n));
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(a, *out, PERSON_OF(rows.v[i]));
    return rc;
}

const struct register_person *persons_in(const struct register_persons *list, int64_t id)
{
    size_t low = 0, high = list->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->v[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->n && list->v[low].id == id ? &list->v[low] : NULL;
}

enum err persons_resolve(struct tx *tx, struct arena *a, const int64_t *ids, size_t n,
                         int64_t *roots)
{
    struct sql_persons_roots_rows rows;
    if (n == 0)
        return ERR_OK;
    enum err rc = sql_persons_roots(tx, a, &rows, .ids = persons_ids(a, ids, n));
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        size_t low = 0, high = rows.n;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (rows.v[middle].id < ids[i])
                low = middle + 1;
            else
                high = middle;
        }
        roots[i] = low < rows.n && rows.v[low].id == ids[i] ? rows.v[low].root : 0;
    }
    return rc;
}
