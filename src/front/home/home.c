/* The front door's descriptor, and its page about the program. */
#include "front/home/home_internal.h"
#include "front/home/home_tpl.h"

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

static const struct route routes[] = {
    ROUTE("GET", "/", home_find, PERM_PUBLIC, 0),
    ROUTE("GET", "/about", home_about, PERM_PUBLIC, 0),
};

const struct slice home_slice = {
    .name = "home",
    .routes = routes,
    .route_count = COUNT_OF(routes),
};
