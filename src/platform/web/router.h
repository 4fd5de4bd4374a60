/*
 * The route tree: a path and a method in, a route and the values of its {names} out. Built once at
 * start, read by all workers without a lock.
 *
 * A tree and not a list of patterns, so that a lookup costs the length of the path and not the
 * number of routes, and so that two routes that could both answer are found at start.
 */
#ifndef WEB_ROUTER_H
#define WEB_ROUTER_H

#include "platform/web/slice.h"

struct router;

struct router *router_new(void);
void router_free(struct router *r);

/* ERR_CONFIG: malformed path, too many {names}, or a method and path that another route has
 * already; *why (static or owned by the router) then says it for the log. The route must outlive
 * the router. */
MUST enum err router_add(struct router *r, const struct route *route, const char **why);

struct route_match {
    const struct route *route; /* NULL when the path is known but not for this method */
    struct str param[REQ_PARAMS];
    int param_count;
    const char *allow; /* "GET, HEAD, POST, OPTIONS": of the path; owned by the router */
};
/* False when no route has this path. HEAD finds GET. Parameter values are views into `path`. */
bool router_find(const struct router *r, struct str method, struct str path,
                 struct route_match *out);

#endif
