/*
 * The page of downloads, and the tables that fit into memory: municipalities and their figures.
 */
#include "front/opendata/opendata.h"
#include "front/opendata/opendata_tpl.h"

#include "community/places/places.h"
#include "platform/core/clock.h"
#include "platform/core/csv.h"
#include "voice/cases/cases.h"

#define KEEP_SECONDS 300

static const struct opendata_link links[] = {
    {STRI("/open/municipalities.csv")},
    {STRI("/open/figures.csv")},
    {STRI("/api/v1/openapi.json")},
    {STRI("/open311/v2/discovery.xml")},
};

static enum err opendata_index(struct req *r)
{
    struct page page = {.title = msg_text(r->ui.lang, MSG_web_footer_open_data)};
    struct opendata_links all = {links, COUNT_OF(links)};
    resp_cache_public(r, KEEP_SECONDS);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_opendata_index(out, &r->ui, &all);
    page_close(out, r, &page);
    return ERR_OK;
}

static void header(struct csv_writer *w, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        csv_text(w, str_from(names[i]));
    csv_end(w);
}

static void number_or_blank(struct csv_writer *w, bool known, int64_t v)
{
    if (known)
        csv_number(w, v);
    else
        csv_text(w, STR_NULL);
}

static bool is_today(const struct place *p)
{
    return place_is_municipality(p) && !p->successor && p->valid_to == INT64_MAX;
}

static enum err opendata_municipalities(struct req *r)
{
    static const char *const names[] = {"code",    "kind",   "name_ky",    "name_ru",
                                        "name_en", "oblast", "population", "population_year",
                                        "lat",     "lon",    "villages"};
    const struct territory *t = territory_get(r->app, r->arena);
    resp_cache_public(r, KEEP_SECONDS);
    struct csv_writer w = {.out = resp_csv(r, "municipalities.csv")};
    header(&w, names, COUNT_OF(names));
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i], *oblast = place_oblast(p);
        if (!is_today(p))
            continue;
        csv_text(&w, p->code);
        csv_text(&w, str_from(place_kind_code(p->kind)));
        for (int l = 0; l < LANG__MAX; l++)
            csv_text(&w, p->name.in[l]);
        csv_text(&w, oblast ? oblast->code : p->code);
        number_or_blank(&w, p->population > 0, p->population);
        number_or_blank(&w, p->population > 0, p->population_year);
        if (p->has_point) {
            csv_double(&w, p->lat);
            csv_double(&w, p->lon);
        } else {
            csv_text(&w, STR_NULL);
            csv_text(&w, STR_NULL);
        }
        csv_number(&w, (int64_t)p->child_count);
        csv_end(&w);
    }
    return ERR_OK;
}

/* By the municipality that counted them: what merged is there under its own code. */
static enum err opendata_figures(struct req *r)
{
    static const char *const names[] = {"municipality", "open",       "overdue",
                                        "received30",   "resolved30", "received365",
                                        "resolved365",  "in_time365", "median_answer_minutes"};
    const struct all_case_figures *all = NULL;
    enum err rc = cases_figures_country(r->app, r->arena, &all);
    if (rc != ERR_OK)
        return rc;
    resp_cache_public(r, KEEP_SECONDS);
    struct csv_writer w = {.out = resp_csv(r, "figures.csv")};
    header(&w, names, COUNT_OF(names));
    for (size_t i = 0; i < all->n; i++) {
        const struct case_figures *c = &all->v[i].f;
        csv_text(&w, all->v[i].unit);
        csv_number(&w, c->open);
        csv_number(&w, c->overdue);
        csv_number(&w, c->received30);
        csv_number(&w, c->resolved30);
        csv_number(&w, c->received365);
        csv_number(&w, c->resolved365);
        csv_number(&w, c->in_time365);
        number_or_blank(&w, c->median_answer_ms >= 0, c->median_answer_ms / MS_MINUTE);
        csv_end(&w);
    }
    return ERR_OK;
}

static const struct route routes[] = {
    ROUTE("GET", "/open", opendata_index, PERM_PUBLIC, 0),
    ROUTE("GET", "/open/municipalities.csv", opendata_municipalities, PERM_PUBLIC, 0),
    ROUTE("GET", "/open/figures.csv", opendata_figures, PERM_PUBLIC, 0),
};

const struct slice opendata_slice = {
    .name = "opendata",
    .routes = routes,
    .route_count = COUNT_OF(routes),
};
