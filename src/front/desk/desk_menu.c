/*
 * The menu of the desk: the same on every page of staff, so that nobody has to go back to the first
 * page to find the next one. Each entry is shown to whom its page opens.
 */
#include "front/desk/desk.h"
#include "front/desk/desk_tpl.h"
#include "front/desk/desk_view.h"

#include "community/places/places.h"

/* An entry covers the pages under its path; `more` names folders of the same municipality that
 * belong to it as well. Order is that of a working day. */
static const struct {
    const char *path; /* {unit} stands for the municipality */
    enum permission permission;
    enum msg name;
    const char *more[3];
} entries[] = {
    {"/desk", PERM_STAFF, MSG_desk_title, {NULL}},
    {"/desk/{unit}/cases", PERM_CASES_READ, MSG_desk_menu_cases, {"templates"}},
    {"/desk/{unit}/overdue", PERM_CASES_SUPERVISE, MSG_desk_menu_overdue, {NULL}},
    {"/desk/{unit}/visits", PERM_DELIVERY_LOG, MSG_desk_menu_visits, {"schedules", "disputes"}},
    {"/desk/{unit}/services", PERM_SERVICES_EDIT, MSG_desk_menu_services, {"providers"}},
    {"/desk/{unit}/charters", PERM_CHARTER_EDIT, MSG_desk_menu_charters, {NULL}},
    {"/desk/events", PERM_EVENTS_EDIT, MSG_events_list, {NULL}},
    {"/desk/persons", PERM_PERSONS_READ, MSG_persons_title, {NULL}},
    {"/desk/{unit}/results", PERM_RESULTS_ENTER, MSG_results_desk_menu, {"achieved"}},
    {"/desk/results", PERM_RESULTS_VERIFY, MSG_results_office_title, {NULL}},
    {"/desk/{unit}/assessment", PERM_ASSESS_SCORE, MSG_assessment_desk_title, {NULL}},
    {"/desk/assessment", PERM_ASSESS_VERIFY, MSG_assessment_admin_title, {NULL}},
    {"/desk/{unit}/learning", PERM_LEARN_WRITE, MSG_learning_title, {NULL}},
    {"/desk/learning", PERM_LEARN_REVIEW, MSG_learning_title, {NULL}},
    {"/desk/{unit}/plans", PERM_PLANS_EDIT, MSG_plans_title, {NULL}},
    {"/desk/staff", PERM_STAFF_MANAGE, MSG_desk_menu_staff, {NULL}},
    {"/desk/audit", PERM_AUDIT_READ, MSG_desk_menu_audit, {NULL}},
    {"/m/{unit}/trail", PERM_STAFF, MSG_desk_menu_trail, {NULL}},
    {"/desk/keys", PERM_API_KEYS, MSG_desk_menu_keys, {NULL}},
    {"/desk/places", PERM_PLACES_EDIT, MSG_desk_menu_places, {NULL}},
    {"/desk/catalogue", PERM_CATALOGUE_EDIT, MSG_desk_menu_catalogue, {NULL}},
    {"/desk/outbox", PERM_OPERATE, MSG_desk_menu_outbox, {NULL}},
    {"/desk/jobs", PERM_OPERATE, MSG_desk_menu_jobs, {NULL}},
};

/* The municipality that the page is about: named in the address, or the only one of the person. */
static const struct place *unit_of(struct req *r)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct str code = r->unit.p ? r->unit : req_query(r, "unit");
    if (!code.n)
        for (int i = 0; i < r->actor.grant_count; i++) {
            const struct role_grant *grant = &r->actor.grants[i];
            if (grant->role == ROLE_RESIDENT)
                continue;
            if (code.n && !str_eq(code, str_from(grant->scope)))
                return NULL;
            code = str_from(grant->scope);
        }
    const struct place *unit = code.n ? territory_find(t, code) : NULL;
    return unit && place_is_municipality(unit) && access_allows(&r->actor, PERM_STAFF, unit->code)
               ? unit
               : NULL;
}

struct seek {
    const char *path;
    bool found;
};
static void seek_route(void *arg, const struct slice *slice, const struct route *route)
{
    struct seek *s = arg;
    (void)slice;
    s->found = s->found || (strcmp(route->path, s->path) == 0 && route->method[0] == 'G');
}

static struct str with_unit(struct req *r, const char *path, const struct place *unit)
{
    struct str p = str_from(path), mark = STR("{unit}");
    ptrdiff_t at = str_find(p, mark);
    if (at < 0)
        return p;
    return arena_printf(r->arena, "%.*s%.*s%.*s", STRF(str_slice(p, 0, (size_t)at)),
                        STRF(unit->code), STRF(str_slice(p, (size_t)at + mark.n, p.n)));
}

static bool lies_under(struct str path, struct str folder)
{
    return str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

static bool is_here(struct req *r, size_t entry, struct str href, const struct place *unit)
{
    struct str path = r->http->path;
    if (entry == 0)
        return str_eq(path, href);
    if (lies_under(path, href))
        return true;
    for (size_t i = 0; i < COUNT_OF(entries[entry].more) && entries[entry].more[i]; i++)
        if (unit && lies_under(path, arena_printf(r->arena, "/desk/%.*s/%s", STRF(unit->code),
                                                  entries[entry].more[i])))
            return true;
    return false;
}

void desk_menu(struct req *r, struct desk_menu_view *v)
{
    const struct place *unit = unit_of(r);
    v->unit = unit ? place_name(unit, r->ui.lang) : STR_NULL;
    v->unit_code = unit ? unit->code : STR_NULL;
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        struct seek seek = {.path = entries[i].path};
        bool local = strstr(entries[i].path, "{unit}") != NULL;
        if (local ? !unit || !access_allows(&r->actor, entries[i].permission, unit->code)
                  : !access_allows_somewhere(&r->actor, entries[i].permission))
            continue;
        app_each_route(r->app, seek_route, &seek);
        if (!seek.found)
            continue;
        struct desk_menu_item item = {
            .href = with_unit(r, entries[i].path, unit),
            .name = msg_text(r->ui.lang, entries[i].name),
        };
        item.here = is_here(r, i, item.href, unit);
        ARENA_PUSH(r->arena, v->items, item);
    }
}

void desk_navigation(struct buf *out, struct req *r)
{
    struct desk_menu_view v = {0};
    if (!access_allows_somewhere(&r->actor, PERM_STAFF))
        return;
    desk_menu(r, &v);
    tpl_desk_menu(out, &r->ui, &v);
}
