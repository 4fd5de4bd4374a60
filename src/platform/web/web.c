/* The platform's own slice: assets, health, metrics. */
#include "platform/web/web_priv.h"

static const struct route routes[] = {
    ROUTE("GET", "/assets/{file}", web_asset, PERM_PUBLIC, ROUTE_LIVE),
    ROUTE("GET", "/favicon.ico", web_favicon, PERM_PUBLIC, ROUTE_LIVE),
    ROUTE("GET", "/robots.txt", web_robots, PERM_PUBLIC, ROUTE_LIVE),
    ROUTE("GET", "/healthz", web_health_live, PERM_PUBLIC, ROUTE_LIVE),
    ROUTE("GET", "/readyz", web_health_ready, PERM_PUBLIC, ROUTE_LIVE),
    ROUTE("GET", "/metrics", web_health_metrics, PERM_PUBLIC, ROUTE_LIVE),
};

const struct slice web_slice = {
    .name = "web",
    .routes = routes,
    .route_count = COUNT_OF(routes),
};
