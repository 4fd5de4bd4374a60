/*
 * The desk's slice: its routes, the figures for the first page, and what all its pages show alike.
 */
#include "voice/cases/cases_desk_internal.h"

#include "platform/core/clock.h"

#include <inttypes.h>

/* --- figures --- */

enum err cases_desk_counts(struct tx *tx, struct arena *a, struct str unit, int64_t person,
                           int64_t today, struct case_desk_counts *out)
{
    struct sql_desk_counts_rows rows = {0};
    struct sql_desk_look_count_row look = {0};
    struct case_totals totals = {0};
    enum err rc = ERR_OK;
    *out = (struct case_desk_counts){0};
    TRY(sql_desk_counts(tx, a, &rows, .unit = unit, .today = today, .person = person));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_desk_counts_row *row = &rows.v[i];
        enum case_state state;
        INVARIANT(case_state_parse(row->state, &state));
        out->state[state] = row->n;
        out->open += row->n;
        out->late += row->late;
        out->due_today += row->due_today;
        out->unassigned += row->unassigned;
        out->mine += person ? row->mine : 0;
        out->mine_late += person ? row->mine_late : 0;
    }
    TRY(sql_desk_look_count(tx, a, &look, .unit = unit));
    out->look = look.n;
    TRY(cases_totals(tx, a, unit, STR_NULL, today, &totals));
    out->closed = totals.received > out->open ? totals.received - out->open : 0;
out:
    return rc;
}

enum err cases_desk_late(struct tx *tx, struct arena *a, struct str unit, int64_t today, size_t max,
                         struct case_briefs *out)
{
    struct desk_rows rows = {0};
    const struct desk_filter late = {
        .unit = unit, .due = DESK_DUE_LATE, .sort = DESK_BY_DUE, .max = max, .brief = true};
    enum err rc = desk_list(tx, a, &late, today, &rows);
    *out = (struct case_briefs){0};
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct desk_row *r = &rows.v[i];
        struct case_brief b = {
            .id = r->id,
            .number = r->number,
            .service = r->service,
            .fault = r->fault,
            .village = r->village,
            .words = r->words,
            .state = r->state,
            .at_ms = r->created_ms,
            .late_days = r->late_days,
            .assignee = r->assignee,
        };
        ARENA_PUSH(a, *out, b);
    }
    return rc;
}

/* What all of a desk's first page say of a case. */
static struct case_brief brief_of(int64_t id, struct str number, struct str service,
                                  struct str fault, struct str state)
{
    struct case_brief b = {.id = id, .number = number, .service = service, .fault = fault};
    INVARIANT(case_state_parse(state, &b.state));
    return b;
}

enum err cases_desk_voices(struct tx *tx, struct arena *a, struct str unit, size_t max,
                           struct case_briefs *out)
{
    struct sql_desk_voices_rows rows = {0};
    enum err rc = sql_desk_voices(tx, a, &rows, .unit = unit, .limit = (int64_t)max);
    *out = (struct case_briefs){0};
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_desk_voices_row *r = &rows.v[i];
        struct case_brief b = brief_of(r->id, r->number, r->service, r->fault, r->state);
        b.village = r->village;
        b.words = r->words;
        b.at_ms = r->created_ms;
        b.stars = r->stars.set ? r->stars.v : 0;
        ARENA_PUSH(a, *out, b);
    }
    return rc;
}

enum err cases_desk_changes(struct tx *tx, struct arena *a, struct str unit, size_t max,
                            struct case_briefs *out)
{
    struct sql_desk_changes_rows rows = {0};
    enum err rc = sql_desk_changes(tx, a, &rows, .unit = unit, .limit = (int64_t)max);
    *out = (struct case_briefs){0};
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_desk_changes_row *r = &rows.v[i];
        struct case_brief b = brief_of(r->id, r->number, r->service, r->fault, r->state);
        b.at_ms = r->changed_ms;
        b.assignee = r->assignee;
        ARENA_PUSH(a, *out, b);
    }
    return rc;
}

/* --- addresses and words --- */

struct str desk_base(struct req *r)
{
    return arena_printf(r->arena, "/desk/%.*s/cases", STRF(r->unit));
}

struct str desk_case_href(struct req *r, struct str number)
{
    return arena_printf(r->arena, "/desk/%.*s/cases/%.*s", STRF(r->unit), STRF(number));
}

struct str desk_village_name(struct req *r, struct str village)
{
    if (!village.p)
        return STR("");
    const struct place *p = territory_find(territory_get(r->app, r->arena), village);
    return p ? place_name(p, r->ui.lang) : village;
}

struct str desk_place_text(struct req *r, struct str village, struct str street)
{
    struct str name = desk_village_name(r, village);
    if (str_empty(street))
        return name;
    if (str_empty(name))
        return street;
    return arena_printf(r->arena, "%.*s, %.*s", STRF(name), STRF(street));
}

struct str desk_due_text(struct req *r, int64_t due_day, int64_t today)
{
    enum lang lang = r->ui.lang;
    if (!due_day)
        return msg_text(lang, MSG_casesdesk_due_none);
    if (due_day < today)
        return MSG_STR(r->arena, lang, MSG_casesdesk_due_late, ARG_N("n", today - due_day));
    if (due_day == today)
        return msg_text(lang, MSG_casesdesk_due_today);
    return MSG_STR(r->arena, lang, MSG_casesdesk_due_in, ARG_N("n", due_day - today));
}

struct str desk_channel(struct req *r, struct str channel)
{
    static const struct {
        const char *code;
        enum msg m;
    } channels[] = {{"web", MSG_casesdesk_channel_web},
                    {"phone", MSG_casesdesk_channel_phone},
                    {"desk", MSG_casesdesk_channel_desk},
                    {"open311", MSG_casesdesk_channel_open311}};
    for (size_t i = 0; i < COUNT_OF(channels); i++)
        if (str_eq(channel, str_from(channels[i].code)))
            return msg_text(r->ui.lang, channels[i].m);
    return channel;
}

struct str desk_similar_meta(struct req *r, const struct case_public *c)
{
    struct buf *out = buf_in(r->arena);
    struct str place = desk_place_text(r, c->village, c->street);
    buf_str(out, c->number);
    if (place.n) {
        buf_cstr(out, " · ");
        buf_str(out, place);
    }
    buf_cstr(out, " · ");
    lang_ago(out, r->ui.lang, c->created_ms, r->ui.now_ms);
    if (c->support) {
        buf_cstr(out, " · ");
        MSG_PUT(out, r->ui.lang, MSG_casesdesk_joined_n, ARG_N("n", c->support));
    }
    return buf_view(out);
}

struct str desk_who(struct req *r, const struct person_names *names, int64_t person)
{
    if (!person)
        return STR("");
    struct str name = person_name_in(names, person);
    if (!name.p && person == r->actor.person_id)
        name = r->actor.name;
    return str_empty(name) ? msg_text(r->ui.lang, MSG_casesdesk_somebody) : name;
}

static bool has_person(const struct person_names *people, int64_t id)
{
    return person_name_in(people, id).p != NULL;
}

enum err desk_colleagues(struct req *r, struct tx *tx, struct person_names *out)
{
    enum err rc =
        people_with_roles(tx, r->arena, r->unit, (1u << ROLE_OFFICER) | (1u << ROLE_HEAD), out);
    /* Somebody whose office is a whole raion may take a case too. */
    if (rc == ERR_OK && !has_person(out, r->actor.person_id) && req_allows(r, PERM_CASES_WORK)) {
        struct person_name me = {r->actor.person_id, r->actor.name};
        ARENA_PUSH(r->arena, *out, me);
    }
    return rc;
}

enum err desk_names(struct tx *tx, struct arena *a, const int64_t *ids, size_t n,
                    struct person_names *out)
{
    struct {
        int64_t *v;
        size_t n, cap;
    } once = {0};
    *out = (struct person_names){0};
    for (size_t i = 0; i < n; i++) {
        bool known = ids[i] == 0;
        for (size_t k = 0; k < once.n && !known; k++)
            known = once.v[k] == ids[i];
        if (!known)
            ARENA_PUSH(a, once, ids[i]);
    }
    return once.n ? people_names(tx, a, once.v, once.n, out) : ERR_OK;
}

struct page desk_page(struct req *r, struct str title)
{
    return (struct page){
        .title = title,
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .unit_href = arena_printf(r->arena, "/desk?unit=%.*s", STRF(r->unit)),
        .section = SECTION_DESK,
        .width = PAGE_WIDE,
        .scripts = {"desk.js"},
    };
}

struct str desk_ids(struct arena *a, const struct desk_rows *rows)
{
    struct buf *out = buf_in(a);
    buf_char(out, ',');
    for (size_t i = 0; i < rows->n; i++)
        buf_printf(out, "%" PRId64 ",", rows->v[i].id);
    return buf_view(out);
}

/* --- choices --- */

struct options {
    struct option *v;
    size_t n, cap;
};

struct option_list desk_services(struct req *r)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    struct options list = {0};
    for (size_t i = 0; i < catalogue->n; i++)
        ARENA_PUSH(r->arena, list,
                   ((struct option){.value = catalogue->v[i].code,
                                    .text = text3_get(&catalogue->v[i].name, r->ui.lang)}));
    return (struct option_list){list.v, list.n};
}

struct option_list desk_faults(struct req *r)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    struct options list = {0};
    for (size_t i = 0; i < catalogue->n; i++) {
        const struct service_kind *kind = &catalogue->v[i];
        struct str group = text3_get(&kind->name, r->ui.lang);
        for (size_t k = 0; k < kind->fault_count; k++)
            ARENA_PUSH(r->arena, list,
                       ((struct option){.value = kind->faults[k].code,
                                        .text = text3_get(&kind->faults[k].name, r->ui.lang),
                                        .group = group}));
        ARENA_PUSH(r->arena, list,
                   ((struct option){.value = kind->code,
                                    .text = MSG_STR(r->arena, r->ui.lang, MSG_casesdesk_other_fault,
                                                    ARG_S("service", group)),
                                    .group = group}));
    }
    return (struct option_list){list.v, list.n};
}

bool desk_fault_parse(struct req *r, struct str value, struct str *service, struct str *fault)
{
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    const struct service_kind *kind = NULL;
    const struct service_fault *f = catalogue_find_fault(catalogue, value, &kind);
    if (!f)
        kind = catalogue_find(catalogue, value);
    if (!kind)
        return false;
    *service = kind->code;
    *fault = f ? f->code : STR("");
    return true;
}

struct option_list desk_villages(struct req *r)
{
    struct option *v = NULL;
    size_t n = places_village_options(places_unit(r), r->ui.lang, r->arena, &v);
    return (struct option_list){v, n};
}

struct option_list desk_people(struct req *r, const struct person_names *people)
{
    struct options list = {0};
    for (size_t i = 0; i < people->n; i++)
        ARENA_PUSH(r->arena, list,
                   ((struct option){.value = arena_printf(r->arena, "%" PRId64, people->v[i].id),
                                    .text = people->v[i].name}));
    return (struct option_list){list.v, list.n};
}

/* --- the slice --- */

#define BASE "/desk/{unit}/cases"
#define ONE BASE "/{number}"
#define READ PERM_CASES_READ
#define WORK PERM_CASES_WORK

static const struct route routes[] = {
    ROUTE("GET", BASE, desk_list_page, READ, 0),
    ROUTE("POST", BASE, desk_bulk_post, WORK, 0),
    ROUTE("GET", BASE ".{format}", desk_export_file, READ, 0),
    ROUTE("POST", BASE "/contacts", desk_export_contacts, PERM_CASES_CONTACT, 0),
    ROUTE("GET", BASE "/print", desk_print_page, READ, 0),
    ROUTE("GET", BASE "/new", desk_new_page, WORK, 0),
    ROUTE("POST", BASE "/new", desk_new_post, WORK, ROUTE_BIG_BODY),
    ROUTE("GET", ONE, desk_case_page, READ, 0),
    ROUTE("GET", ONE "/slip", desk_slip_page, WORK, 0),
    ROUTE("GET", ONE "/photos/{photo}", desk_photo_get, READ, 0),
    ROUTE("POST", ONE "/step/{state}", desk_step_post, WORK, 0),
    ROUTE("POST", ONE "/answer", desk_answer_post, WORK, 0),
    ROUTE("POST", ONE "/note", desk_note_post, WORK, 0),
    ROUTE("POST", ONE "/assign", desk_assign_post, WORK, 0),
    ROUTE("POST", ONE "/class", desk_class_post, WORK, 0),
    ROUTE("POST", ONE "/look", desk_look_post, WORK, 0),
    ROUTE("POST", ONE "/photos", desk_photos_post, WORK, ROUTE_BIG_BODY),
    ROUTE("POST", ONE "/photos/{photo}", desk_photo_post, WORK, 0),
    ROUTE("POST", ONE "/added/{event}", desk_added_post, WORK, 0),
    ROUTE("POST", ONE "/join", desk_join_post, WORK, 0),
    ROUTE("POST", ONE "/contact", desk_contact_post, PERM_CASES_CONTACT, 0),
    ROUTE("POST", ONE "/forget", desk_forget_post, PERM_CASES_CONTACT, 0),
    ROUTE("GET", "/desk/{unit}/templates", desk_templates_page, WORK, 0),
    ROUTE("GET", "/desk/{unit}/templates/{template}", desk_template_page, WORK, 0),
    ROUTE("POST", "/desk/{unit}/templates/{template}", desk_template_post, WORK, 0),
    ROUTE("POST", "/desk/{unit}/templates/{template}/drop", desk_template_drop_post, WORK, 0),
    ROUTE("GET", "/desk/{unit}/overdue", desk_overdue_page, PERM_CASES_SUPERVISE, 0),
};

const struct slice cases_desk_slice = {
    .name = "cases_desk",
    .queries = cases_desk_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
};
