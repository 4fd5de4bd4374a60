/* The front door's descriptor, and its page about the program. */
#include "front/home/home_internal.h"
#include "front/home/home_tpl.h"

#include "front/desk/desk.h"

enum err home_about(struct req *r)
{
    struct page page = {.title = msg_text(r->ui.lang, MSG_home_about_title)};
    resp_cache_public(r, 300);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_home_about(out, &r->ui, r->app->demo);
    page_close(out, r, &page);
    return ERR_OK;
}

/* Which entry of the menu an address belongs to: the part behind /m/CODE/. */
static const char *menu_entry(const struct req *r)
{
    static const char *const entries[] = {"reports", "report", "services", "calendar"};
    struct str path = r->http->path, part = STR("");
    for (int i = 0; i < 4; i++)
        if (!str_split(&path, '/', &part))
            return "";
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        if (str_eq(part, str_from(entries[i])))
            return entries[i];
    return "";
}

void home_navigation(struct buf *out, struct req *r, const struct page *page)
{
    (void)page;
    if (str_eq(r->http->path, STR("/desk")) || str_starts(r->http->path, STR("/desk/"))) {
        desk_navigation(out, r);
        return;
    }
    /* A report's page belongs to its municipality, though its address does not say which. */
    bool report = str_starts(r->http->path, STR("/c/"));
    bool within = report || (str_starts(r->http->path, STR("/m/")) && r->unit_data);
    const struct place *unit =
        r->unit.p && within ? territory_find(territory_get(r->app, r->arena), r->unit) : NULL;
    if (unit)
        tpl_home_nav(out, &r->ui, unit, report ? "reports" : menu_entry(r));
}

static enum err start(struct app *app)
{
    (void)app;
    page_set_navigation(home_navigation);
    return ERR_OK;
}

static const struct route routes[] = {
    ROUTE("GET", "/", home_find, PERM_PUBLIC, 0),
    ROUTE("GET", "/about", home_about, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}", home_unit, PERM_PUBLIC, 0),
    ROUTE("GET", "/compare", home_compare, PERM_PUBLIC, 0),
    ROUTE("GET", "/compare.csv", home_compare_csv, PERM_PUBLIC, 0),
    ROUTE("GET", "/compare.xlsx", home_compare_xlsx, PERM_PUBLIC, 0),
};

const struct slice home_slice = {
    .name = "home",
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .start = start,
};
