/*
 * "/": find your municipality by its name, by position, on the map, or down the list of oblasts.
 */
#include "front/home/home_internal.h"
#include "front/home/home_tpl.h"

#define HITS_MAX 20

static struct find_hit hit_of(struct req *r, const struct place *p)
{
    const struct place *unit = place_municipality(p);
    struct find_hit hit = {
        .href = arena_printf(r->arena, "/m/%.*s", STRF(unit->code)),
        .place = p == unit ? p : NULL,
    };
    if (p != unit)
        hit.name = MSG_STR(r->arena, r->ui.lang, MSG_home_village_of,
                           ARG_S("village", place_name(p, r->ui.lang)),
                           ARG_S("unit", place_name(unit, r->ui.lang)));
    if (unit->parent)
        hit.where = place_full_name(r->arena, unit->parent, r->ui.lang);
    if (unit->population > 0)
        hit.note = MSG_STR(r->arena, r->ui.lang, MSG_home_people, ARG_N("n", unit->population));
    return hit;
}

static void search(struct req *r, const struct territory *t, struct find_view *v)
{
    struct place_hits hits = territory_search(t, r->arena, v->typed, HITS_MAX);
    for (size_t i = 0; i < hits.n; i++)
        ARENA_PUSH(r->arena, v->hits, hit_of(r, hits.v[i].place));
}

/* A position from the phone's button: ?lat=..&lon=.. */
static void search_near(struct req *r, const struct territory *t, struct find_view *v)
{
    double lat, lon, metres;
    struct str lat_text = req_query(r, "lat"), lon_text = req_query(r, "lon");
    if (!lat_text.p || !lon_text.p || !str_to_double(lat_text, &lat) ||
        !str_to_double(lon_text, &lon))
        return;
    const struct place *p = territory_nearest(t, lat, lon, &metres);
    v->searched = true;
    v->near_failed = !p;
    if (!p)
        return;
    v->near_name = place_name(p, r->ui.lang);
    v->near_km = (int64_t)(metres / 1000 + 0.5);
    if (place_municipality(p))
        ARENA_PUSH(r->arena, v->hits, hit_of(r, p));
}

static void list_oblasts(struct req *r, const struct territory *t, struct find_view *v)
{
    struct str chosen = req_query(r, "oblast");
    for (size_t i = 0; i < t->oblast_count; i++) {
        const struct place *oblast = t->oblasts[i];
        struct find_oblast item = {
            .href = arena_printf(r->arena, "/?oblast=%.*s#oblasts", STRF(oblast->code)),
            .name = place_name(oblast, r->ui.lang),
            .open = str_eq(chosen, oblast->code),
        };
        for (size_t u = 0; u < t->n; u++) {
            const struct place *p = t->all[u];
            if (!place_is_municipality(p) || p->successor || place_oblast(p) != oblast)
                continue;
            item.municipalities++;
            if (item.open)
                ARENA_PUSH(r->arena, item.units, hit_of(r, p));
        }
        if (item.municipalities > 0)
            ARENA_PUSH(r->arena, v->oblasts, item);
    }
}

enum err home_find(struct req *r)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct find_view v = {.typed = utf8_prefix(str_trim(req_query(r, "q")), 80)};
    v.searched = v.typed.n > 0;
    if (v.searched)
        search(r, t, &v);
    else
        search_near(r, t, &v);
    list_oblasts(r, t, &v);
    if (!v.searched) {
        enum err rc = home_kept_map(r, &v.map);
        if (rc != ERR_OK)
            return rc;
    }
    struct page page = {.title = msg_text(r->ui.lang, MSG_home_find_title),
                        .description = msg_text(r->ui.lang, MSG_home_find_lead),
                        .section = SECTION_FIND,
                        .width = PAGE_BARE};
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_home_find(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}
