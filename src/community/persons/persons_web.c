/*
 * Pages of the register, for staff alone. Programme staff see all of the country or of their
 * oblast, a municipality those who live or work there. Whoever opens a card or a list has read
 * personal data, and that is written down before it is shown.
 */
#include "community/persons/persons_tpl.h"
#include "community/persons/persons_view.h"

#include "community/places/places.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/trail/audit.h"

enum { LIST_MAX = 100, PAIRS_MAX = 50, PAIRS_READ = 200, SECTIONS_MAX = 4 };

static persons_section_fn sections[SECTIONS_MAX];
static size_t section_count;

void persons_add_section(persons_section_fn fn)
{
    for (size_t i = 0; i < section_count; i++)
        if (sections[i] == fn)
            return;
    INVARIANT(section_count < SECTIONS_MAX);
    sections[section_count++] = fn;
}

struct reading_note {
    struct req *r;
    struct str unit, object;
    const char *action;
    int64_t person;
};

static enum err write_note(struct tx *tx, void *arg)
{
    struct reading_note *n = arg;
    return audit_write(tx, &n->r->actor, n->unit, AUDIT_READ, n->action, n->person, n->object,
                       STR_NULL);
}

enum err persons_note_reading(struct req *r, struct str unit, const char *action, int64_t person,
                              struct str object)
{
    struct reading_note n = {r, unit.n ? unit : STR("*"), object, action, person};
    return db_write(r->db, SCOPE_COUNTRY, write_note, &n);
}

/* The one municipality whose people the actor may see; NULL view: more than one, rows are looked at
 * one by one. */
static struct str own_home(struct req *r)
{
    struct str home = STR_NULL;
    for (int i = 0; i < r->actor.grant_count; i++) {
        const struct role_grant *g = &r->actor.grants[i];
        if (!access_role_carries(g->role, PERM_PERSONS_READ))
            continue;
        if (home.p && !str_eq(home, str_from(g->scope)))
            return STR_NULL;
        home = str_from(g->scope);
    }
    const struct place *p = home.p ? territory_find(territory_get(r->app, r->arena), home) : NULL;
    return p && place_is_municipality(p) ? home : STR_NULL;
}

static bool may_see(struct req *r, const struct register_person *p)
{
    return access_allows(&r->actor, PERM_PERSONS_READ, p->home.n ? p->home : STR("*"));
}

static struct str home_name(struct req *r, struct str code)
{
    const struct place *p = territory_find(territory_get(r->app, r->arena), code);
    return p ? place_name(p, r->ui.lang) : code;
}

static struct person_line line_of(struct req *r, const struct register_person *p)
{
    return (struct person_line){.id = p->id,
                                .name = persons_full_name(r->arena, p),
                                .home = home_name(r, p->home),
                                .position = p->position,
                                .sex = persons_sex_name(p->sex),
                                .group = persons_group_name(p->group),
                                .birth_year = p->birth_year};
}

static void show(struct req *r, struct str title, const struct form *form,
                 void (*put)(struct buf *, const struct ui *, const void *), const void *view,
                 int status)
{
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
                             {STR("/desk/persons"), msg_text(r->ui.lang, MSG_persons_title)}};
    struct page page = {.title = title,
                        .section = SECTION_DESK,
                        .form = form,
                        .crumbs = crumbs,
                        .crumb_count = COUNT_OF(crumbs)};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    put(out, &r->ui, view);
    page_close(out, r, &page);
}

/* --- the list --- */

static const struct field list_fields[] = {
    {"q", FIELD_LINE, .max = 60, .label = MSG_persons_search, .hint = MSG_persons_search_hint},
};

struct list_reading {
    struct req *r;
    struct str home, low, high;
    struct sql_persons_list_rows rows;
};

static enum err read_list(struct tx *tx, void *arg)
{
    struct list_reading *l = arg;
    return sql_persons_list(tx, l->r->arena, &l->rows, .home = l->home, .low = l->low,
                            .high = l->high, .limit = LIST_MAX + 1);
}

static void put_list(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_persons_list(out, ui, v);
}

enum err persons_page_list(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct list_reading l = {.r = r, .home = own_home(r)};
    rc = form_read_query(r, list_fields, COUNT_OF(list_fields), &form);
    if (!form)
        return rc;
    l.low = persons_key(r->arena, form->v[0].s.p ? form->v[0].s : STR(""));
    l.high = arena_printf(r->arena, "%.*s\xf4\x8f\xbf\xbd", STRF(l.low));
    TRY(req_read(r, read_list, &l));
    TRY(persons_note_reading(r, l.home, "persons_list", 0, STR_NULL));
    struct persons_list_view v = {.form = form,
                                  .cut = l.rows.n > LIST_MAX,
                                  .may_merge =
                                      access_allows_somewhere(&r->actor, PERM_PERSONS_MERGE)};
    for (size_t i = 0; i < l.rows.n && i < LIST_MAX; i++) {
        struct register_person p = PERSON_OF(l.rows.v[i]);
        if (may_see(r, &p))
            ARENA_PUSH(r->arena, v.lines, line_of(r, &p));
    }
    show(r, msg_text(r->ui.lang, MSG_persons_title), form, put_list, &v, 200);
out:
    return rc;
}

/* --- one person --- */

enum {
    P_REVISION,
    P_FAMILY,
    P_GIVEN,
    P_PATRONYMIC,
    P_SEX,
    P_YEAR,
    P_BAND,
    P_HOME,
    P_POSITION,
    P_GROUP,
    P_ORGANISATION,
    P_PHONE,
    P_EMAIL,
    P_DISABILITY
};
static const struct field person_fields[] = {
    [P_REVISION] = {"revision", FIELD_INT, .required = true, .min = 1, .max = INT64_MAX,
                    .label = MSG_persons_name},
    [P_FAMILY] = {"family", FIELD_LINE, .required = true, .max = 60, .label = MSG_persons_family},
    [P_GIVEN] = {"given", FIELD_LINE, .max = 60, .label = MSG_persons_given},
    [P_PATRONYMIC] = {"patronymic", FIELD_LINE, .max = 60, .label = MSG_persons_patronymic},
    [P_SEX] = {"sex", FIELD_CHOICE, .choices = persons_sex_choices, .label = MSG_persons_sex},
    [P_YEAR] = {"birth_year", FIELD_INT, .min = 1900, .max = 2100, .width = 4,
                .label = MSG_persons_birth_year},
    [P_BAND] = {"band", FIELD_CHOICE, .choices = persons_band_choices, .label = MSG_persons_age,
                .hint = MSG_persons_age_hint},
    [P_HOME] = {"home", FIELD_CODE, .max = 14, .label = MSG_persons_home},
    [P_POSITION] = {"position", FIELD_LINE, .max = 120, .label = MSG_persons_position},
    [P_GROUP] = {"group", FIELD_CHOICE, .choices = persons_group_choices,
                 .label = MSG_persons_group},
    [P_ORGANISATION] = {"organisation", FIELD_LINE, .max = 120, .label = MSG_persons_organisation},
    [P_PHONE] = {"phone", FIELD_PHONE, .label = MSG_persons_phone},
    [P_EMAIL] = {"email", FIELD_EMAIL, .label = MSG_persons_email},
    [P_DISABILITY] = {"disability", FIELD_CHOICE, .choices = persons_disability_choices,
                      .label = MSG_persons_disability, .hint = MSG_persons_disability_hint},
};

struct card {
    struct req *r;
    int64_t id;
    struct register_person p;
    struct register_persons group;
    struct sql_persons_positions_rows positions;
};

static enum err read_card(struct tx *tx, void *arg)
{
    struct card *c = arg;
    struct arena *a = c->r->arena;
    struct sql_persons_of_root_rows rows;
    enum err rc = ERR_OK;
    c->group = (struct register_persons){0};
    TRY(persons_get(tx, a, c->id, &c->p));
    TRY(sql_persons_of_root(tx, a, &rows, .root = c->p.root));
    for (size_t i = 0; i < rows.n; i++)
        ARENA_PUSH(a, c->group, PERSON_OF(rows.v[i]));
    TRY(sql_persons_positions(tx, a, &c->positions, .root = c->p.root));
out:
    return rc;
}

/* Who may not see a person learns nothing of it, not even that it exists. */
static enum err find_card(struct req *r, struct card *c)
{
    enum err rc = ERR_OK;
    *c = (struct card){.r = r};
    if (!str_to_i64(req_param(r, "id"), &c->id))
        FAIL(ERR_NOT_FOUND);
    TRY(req_read(r, read_card, c));
    if (!may_see(r, &c->p))
        FAIL(ERR_NOT_FOUND);
out:
    return rc;
}

static struct option_list home_options(struct req *r)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct option *o = ARENA_ARRAY(r->arena, struct option, t->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place_is_municipality(t->all[i]) && !t->all[i]->successor)
            o[n++] = (struct option){
                .value = t->all[i]->code,
                .text = place_name(t->all[i], r->ui.lang),
                .group = t->all[i]->parent ? place_name(t->all[i]->parent, r->ui.lang) : STR_NULL};
    return (struct option_list){o, n};
}

static struct form *form_of(struct req *r, const struct register_person *p)
{
    struct form *f = FORM_NEW(r, person_fields);
    form_set_int(f, P_REVISION, p->revision);
    form_set(f, P_FAMILY, p->family);
    form_set(f, P_GIVEN, p->given);
    form_set(f, P_PATRONYMIC, p->patronymic);
    form_set(f, P_SEX, p->sex);
    if (p->birth_year.set)
        form_set_int(f, P_YEAR, p->birth_year.v);
    form_set(f, P_BAND, p->band);
    form_set(f, P_HOME, p->home);
    form_set(f, P_POSITION, p->position);
    form_set(f, P_GROUP, p->group);
    form_set(f, P_ORGANISATION, p->organisation);
    form_set(f, P_PHONE, p->phone);
    form_set(f, P_EMAIL, p->email);
    form_set(f, P_DISABILITY, p->disability);
    return f;
}

static void put_card(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_persons_person(out, ui, v);
}

static enum msg disability_name(struct str code)
{
    return str_eq(code, STR("yes"))  ? MSG_persons_disability_yes
           : str_eq(code, STR("no")) ? MSG_persons_disability_no
                                     : MSG_persons_unknown;
}

static enum err show_card(struct req *r, struct card *c, struct form *form, int status)
{
    enum err rc = ERR_OK;
    const struct register_person *p = &c->p;
    struct buf *more = buf_in(r->arena);
    struct person_view v = {
        .line = line_of(r, p),
        .village = home_name(r, p->village),
        .phone = p->phone,
        .email = p->email,
        .phone_href = arena_printf(r->arena, "tel:%.*s", STRF(p->phone)),
        .email_href = arena_printf(r->arena, "mailto:%.*s", STRF(p->email)),
        .band = p->band,
        .disability = msg_text(r->ui.lang, disability_name(p->disability)),
        .form = form,
        .homes = home_options(r),
        .is_merged = p->root != p->id,
        .root = p->root,
        .may_merge = access_allows(&r->actor, PERM_PERSONS_MERGE, p->home.n ? p->home : STR("*")),
    };
    TRY(persons_note_reading(r, p->home, "persons_card", p->id, STR_NULL));
    for (size_t i = 0; !v.is_merged && i < c->group.n; i++)
        if (c->group.v[i].id != p->id)
            ARENA_PUSH(r->arena, v.merged, line_of(r, &c->group.v[i]));
    for (size_t i = 0; i < c->positions.n; i++) {
        const struct sql_persons_positions_row *q = &c->positions.v[i];
        ARENA_PUSH(r->arena, v.positions,
                   ((struct position_line){.position = q->position,
                                           .organisation = q->organisation,
                                           .home = home_name(r, q->home),
                                           .group = persons_group_name(q->grp),
                                           .from_day = q->from_day,
                                           .to_day = q->to_day}));
    }
    for (size_t i = 0; i < section_count; i++)
        TRY(sections[i](r, more, p->root));
    v.sections = (struct html){buf_view(more)};
    show(r, v.line.name, form, put_card, &v, status);
out:
    return rc;
}

enum err persons_page_show(struct req *r)
{
    struct card c;
    enum err rc = find_card(r, &c);
    return rc == ERR_OK ? show_card(r, &c, form_of(r, &c.p), 200) : rc;
}

struct change {
    struct req *r;
    struct register_person p;
    enum person_fault fault;
};

static enum err write_change(struct tx *tx, void *arg)
{
    struct change *c = arg;
    enum err rc = ERR_OK;
    TRY(persons_change(tx, c->r->arena, &c->p, day_today(), &c->fault));
    rc = audit_write(tx, &c->r->actor, c->p.home.n ? c->p.home : STR("*"), AUDIT_DID,
                     "persons_change", c->p.id, STR_NULL, STR_NULL);
out:
    return rc;
}

static void take_person(const struct form *f, struct register_person *p)
{
    const struct field_value *v = f->v;
    p->revision = v[P_REVISION].i;
    p->family = v[P_FAMILY].s;
    p->given = v[P_GIVEN].s;
    p->patronymic = v[P_PATRONYMIC].s;
    p->sex = v[P_SEX].s;
    p->birth_year = v[P_YEAR].s.n ? I64(v[P_YEAR].i) : I64_NONE;
    p->band = v[P_BAND].s;
    p->home = v[P_HOME].s;
    p->position = v[P_POSITION].s;
    p->group = v[P_GROUP].s;
    p->organisation = v[P_ORGANISATION].s;
    p->phone = v[P_PHONE].s;
    p->email = v[P_EMAIL].s;
    p->disability = v[P_DISABILITY].s;
}

enum err persons_page_post(struct req *r)
{
    struct card c;
    struct form *form = NULL;
    enum err rc = find_card(r, &c);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, person_fields, &form);
    if (!form)
        return rc;
    struct change change = {.r = r, .p = c.p};
    take_person(form, &change.p);
    const struct place *home =
        territory_find(territory_get(r->app, r->arena), change.p.home.n ? change.p.home : STR("-"));
    if (change.p.home.n && (!home || !place_is_municipality(home)))
        form_fault(r, form, P_HOME, MSG_persons_fault_home);
    else if (!may_see(r, &change.p))
        form_fault(r, form, P_HOME, MSG_persons_fault_home_foreign);
    if (rc == ERR_OK && form->fault_count == 0)
        rc = req_write(r, write_change, &change);
    else
        rc = ERR_INPUT;
    if (change.fault != PERSON_FINE)
        form_fault(r, form, -1, person_fault_message(change.fault));
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_card(r, &c, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_persons_saved);
    resp_redirect(r, arena_printf(r->arena, "/desk/persons/%lld", (long long)c.id));
    return ERR_OK;
}

/* --- pairs --- */

struct pairs_reading {
    struct req *r;
    struct str home;
    struct sql_persons_pairs_rows rows;
    struct register_persons people;
};

static enum err read_pairs(struct tx *tx, void *arg)
{
    struct pairs_reading *p = arg;
    struct arena *a = p->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_persons_pairs(tx, a, &p->rows, .home = p->home, .limit = PAIRS_READ));
    int64_t *ids = ARENA_ARRAY(a, int64_t, 2 * p->rows.n + 1);
    for (size_t i = 0; i < p->rows.n; i++) {
        ids[2 * i] = p->rows.v[i].low;
        ids[2 * i + 1] = p->rows.v[i].high;
    }
    TRY(persons_many(tx, a, ids, 2 * p->rows.n, &p->people));
out:
    return rc;
}

static void put_pairs(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_persons_pairs(out, ui, v);
}

enum err persons_page_pairs(struct req *r)
{
    enum err rc = ERR_OK;
    struct pairs_reading p = {.r = r, .home = own_home(r)};
    struct pairs_view v = {0};
    TRY(req_read(r, read_pairs, &p));
    TRY(persons_note_reading(r, p.home, "persons_pairs", 0, STR_NULL));
    for (size_t i = 0; i < p.rows.n && v.lines.n < PAIRS_MAX; i++) {
        const struct register_person *low = persons_in(&p.people, p.rows.v[i].low),
                                     *high = persons_in(&p.people, p.rows.v[i].high);
        struct match m;
        if (!low || !high || !may_see(r, low) || !may_see(r, high))
            continue;
        persons_compare(low, high, &m);
        if (m.score < MATCH_POSSIBLE)
            continue;
        struct pair_line line = {.low = line_of(r, low),
                                 .high = line_of(r, high),
                                 .score = m.score,
                                 .likely = m.score >= MATCH_LIKELY};
        for (size_t k = 0; k < m.n; k++)
            ARENA_PUSH(r->arena, line.reasons,
                       ((struct reason_line){match_reason_text(m.reasons[k]),
                                             match_reason_points(m.reasons[k])}));
        ARENA_PUSH(r->arena, v.lines, line);
    }
    show(r, msg_text(r->ui.lang, MSG_persons_pairs), NULL, put_pairs, &v, 200);
out:
    return rc;
}

static const struct choice verdicts[] = {
    {"same", MSG_persons_same}, {"different", MSG_persons_different}, {NULL, MSG_NONE}};
enum { V_LOW, V_HIGH, V_VERDICT };
static const struct field verdict_fields[] = {
    [V_LOW] = {"low", FIELD_INT, .required = true, .min = 1, .max = INT64_MAX,
               .label = MSG_persons_name},
    [V_HIGH] = {"high", FIELD_INT, .required = true, .min = 1, .max = INT64_MAX,
                .label = MSG_persons_name},
    [V_VERDICT] = {"verdict", FIELD_CHOICE, .required = true, .choices = verdicts,
                   .label = MSG_persons_pairs},
};

struct verdict {
    struct req *r;
    int64_t low, high;
    bool same, undo;
};

static enum err may_decide(struct tx *tx, struct verdict *v, int64_t id)
{
    struct register_person p;
    enum err rc = persons_get(tx, v->r->arena, id, &p);
    if (rc == ERR_OK &&
        !access_allows(&v->r->actor, PERM_PERSONS_MERGE, p.home.n ? p.home : STR("*")))
        rc = ERR_NOT_FOUND;
    return rc;
}

/* The older record stays. */
static enum err write_verdict(struct tx *tx, void *arg)
{
    struct verdict *v = arg;
    struct arena *a = v->r->arena;
    enum err rc = ERR_OK;
    TRY(may_decide(tx, v, v->high));
    if (v->undo) {
        TRY(persons_undo(v->r->app, tx, a, v->high, v->r->actor.person_id));
    } else {
        TRY(may_decide(tx, v, v->low));
        if (v->same)
            TRY(persons_merge(v->r->app, tx, a, v->high, v->low, v->r->actor.person_id));
        else
            TRY(persons_say_different(tx, a, v->high, v->low, v->r->actor.person_id));
    }
    rc = audit_write(tx, &v->r->actor, STR("*"), AUDIT_DID,
                     v->undo   ? "persons_undo"
                     : v->same ? "persons_merge"
                               : "persons_different",
                     v->high, STR_NULL, STR_NULL);
out:
    return rc;
}

enum err persons_page_pair_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, verdict_fields, &form);
    if (rc != ERR_OK)
        return form && form->fault_count == 0 ? rc : ERR_CONFLICT;
    struct verdict v = {.r = r,
                        .low = form->v[V_LOW].i,
                        .high = form->v[V_HIGH].i,
                        .same = str_eq(form->v[V_VERDICT].s, STR("same"))};
    TRY(req_write(r, write_verdict, &v));
    resp_notice(r, v.same ? MSG_persons_did_merge : MSG_persons_did_part);
    resp_redirect(r, STR("/desk/persons/pairs"));
out:
    /* Somebody else was quicker: nothing is left to decide. */
    return rc == ERR_INPUT ? ERR_CONFLICT : rc;
}

enum err persons_page_undo(struct req *r)
{
    static const struct field fields[] = {{"gone", FIELD_INT, .required = true, .min = 1,
                                           .max = INT64_MAX, .label = MSG_persons_name}};
    struct form *form = NULL;
    enum err rc = FORM_READ(r, fields, &form);
    if (rc != ERR_OK)
        return form && form->fault_count == 0 ? rc : ERR_CONFLICT;
    struct verdict v = {.r = r, .high = form->v[0].i, .undo = true};
    TRY(req_write(r, write_verdict, &v));
    resp_notice(r, MSG_persons_did_undo);
    resp_redirect(r, arena_printf(r->arena, "/desk/persons/%lld", (long long)v.high));
out:
    return rc == ERR_INPUT ? ERR_CONFLICT : rc;
}
