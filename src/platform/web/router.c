/* The route tree; see router.h. */
#include "platform/web/router.h"

#define MAX_METHODS 6
#define MAX_DEPTH 24

/* One segment of a pattern: literal text and {names} in turns, "requests.{format}". Even pieces are
 * literal (possibly empty), so a segment without names has one piece. */
struct segment {
    struct str literal[REQ_PARAMS + 1];
    int names;
};

struct node {
    struct segment segment;
    struct node **children; /* in the order in which they are tried */
    size_t child_count;
    const struct route *routes[MAX_METHODS];
    size_t route_count;
    char allow[64];
};

struct router {
    struct node root;
    char why[512];
};

struct router *router_new(void)
{
    struct router *r = calloc(1, sizeof(*r));
    INVARIANT(r);
    return r;
}

static void node_release(struct node *n)
{
    for (size_t i = 0; i < n->child_count; i++) {
        node_release(n->children[i]);
        free(n->children[i]);
    }
    free(n->children);
}

void router_free(struct router *r)
{
    if (!r)
        return;
    node_release(&r->root);
    free(r);
}

static bool name_is_good(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!(name.p[i] == '_' || (name.p[i] >= 'a' && name.p[i] <= 'z')))
            return false;
    return name.n > 0;
}

static bool segment_parse(struct str text, struct segment *out, int *params)
{
    *out = (struct segment){0};
    for (;;) {
        ptrdiff_t open = str_find_char(text, '{');
        struct str literal = open < 0 ? text : str_slice(text, 0, (size_t)open);
        if (str_find_char(literal, '}') >= 0)
            return false;
        /* Two names without text between them could be split anywhere. */
        if (out->names > 0 && open >= 0 && literal.n == 0)
            return false;
        out->literal[out->names] = literal;
        if (open < 0)
            return true;
        text = str_slice(text, (size_t)open + 1, text.n);
        ptrdiff_t close = str_find_char(text, '}');
        if (close < 0 || !name_is_good(str_slice(text, 0, (size_t)close)))
            return false;
        if (++*params > REQ_PARAMS)
            return false;
        out->names++;
        text = str_slice(text, (size_t)close + 1, text.n);
    }
}

static bool segment_same(const struct segment *a, const struct segment *b)
{
    if (a->names != b->names)
        return false;
    for (int i = 0; i <= a->names; i++)
        if (!str_eq(a->literal[i], b->literal[i]))
            return false;
    return true;
}

static size_t segment_letters(const struct segment *s)
{
    size_t n = 0;
    for (int i = 0; i <= s->names; i++)
        n += s->literal[i].n;
    return n;
}

/* Literals first, then patterns with more fixed letters, bare names last. */
static bool segment_before(const struct segment *a, const struct segment *b)
{
    if ((a->names == 0) != (b->names == 0))
        return a->names == 0;
    return segment_letters(a) > segment_letters(b);
}

static struct node *node_child(struct node *n, const struct segment *s)
{
    for (size_t i = 0; i < n->child_count; i++)
        if (segment_same(&n->children[i]->segment, s))
            return n->children[i];
    struct node *child = calloc(1, sizeof(*child));
    n->children = realloc(n->children, (n->child_count + 1) * sizeof(struct node *));
    INVARIANT(child && n->children);
    child->segment = *s;
    size_t at = n->child_count;
    while (at > 0 && segment_before(s, &n->children[at - 1]->segment)) {
        n->children[at] = n->children[at - 1];
        at--;
    }
    n->children[at] = child;
    n->child_count++;
    return child;
}

static bool method_is_good(const char *method)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (method && strcmp(method, known[i]) == 0)
            return true;
    return false;
}

static enum err fail(struct router *r, const struct route *route, const char *what,
                     const struct route *other, const char **why)
{
    snprintf(r->why, sizeof(r->why), "%s %s (%s:%d): %s%s%s", route->method, route->path,
             route->file ? route->file : "?", route->line, what, other ? " " : "",
             other ? other->file : "");
    *why = r->why;
    return ERR_CONFIG;
}

enum err router_add(struct router *r, const struct route *route, const char **why)
{
    struct str path = str_from(route->path), part;
    struct node *node = &r->root;
    int params = 0, depth = 0;

    if (!method_is_good(route->method))
        return fail(r, route, "unknown method", NULL, why);
    if (!route->handle || path.n == 0 || path.p[0] != '/')
        return fail(r, route, "a route needs a handler and a path that begins with a slash", NULL,
                    why);
    path = str_slice(path, 1, path.n);
    while (str_split(&path, '/', &part)) {
        struct segment s;
        if (++depth > MAX_DEPTH || !segment_parse(part, &s, &params))
            return fail(r, route, "malformed path, or too many {names}", NULL, why);
        node = node_child(node, &s);
    }
    for (size_t i = 0; i < node->route_count; i++)
        if (strcmp(node->routes[i]->method, route->method) == 0)
            return fail(r, route, "the same method and path as in", node->routes[i], why);
    INVARIANT(node->route_count < MAX_METHODS);
    node->routes[node->route_count++] = route;

    size_t used = strlen(node->allow);
    snprintf(node->allow + used, sizeof(node->allow) - used, "%s%s%s", used ? ", " : "",
             route->method, strcmp(route->method, "GET") == 0 ? ", HEAD" : "");
    return ERR_OK;
}

/* Splits `text` after the pattern; every name takes at least one byte, the first names as much as
 * they can, so "{code}.{format}" splits at the last dot. */
static bool segment_match(const struct segment *s, int piece, struct str text, struct str *values)
{
    if (!str_starts(text, s->literal[piece]))
        return false;
    text = str_slice(text, s->literal[piece].n, text.n);
    if (piece == s->names)
        return text.n == 0;
    for (size_t take = text.n; take >= 1; take--) {
        if (segment_match(s, piece + 1, str_slice(text, take, text.n), values + 1)) {
            values[0] = str_slice(text, 0, take);
            return true;
        }
    }
    return false;
}

/* Depth-first with the better child first; `rest` is what stands behind the slash. A branch that
 * ends in a node without any route is left, so "/a/{x}" is found where "/a/b" exists only as
 * "/a/b/c". */
static const struct node *node_find(const struct node *n, struct str rest, struct str *values,
                                    int *count, int depth)
{
    struct str part;
    if (depth > MAX_DEPTH || !str_split(&rest, '/', &part))
        return NULL;
    for (size_t i = 0; i < n->child_count; i++) {
        const struct node *child = n->children[i];
        int names = child->segment.names;
        if (*count + names > REQ_PARAMS || !segment_match(&child->segment, 0, part, values))
            continue;
        const struct node *found = child;
        *count += names;
        if (rest.p)
            found = node_find(child, rest, values + names, count, depth + 1);
        if (found && found->route_count > 0)
            return found;
        *count -= names;
    }
    return NULL;
}

bool router_find(const struct router *r, struct str method, struct str path,
                 struct route_match *out)
{
    *out = (struct route_match){0};
    if (path.n == 0 || path.p[0] != '/')
        return false;
    const struct node *node =
        node_find(&r->root, str_slice(path, 1, path.n), out->param, &out->param_count, 0);
    for (int i = node ? out->param_count : 0; i < REQ_PARAMS; i++)
        out->param[i] = STR_NULL; /* left by branches that led nowhere */
    if (!node)
        return false;
    out->allow = node->allow;
    if (str_eq(method, STR("HEAD")))
        method = STR("GET");
    for (size_t i = 0; i < node->route_count; i++)
        if (str_eq(method, str_from(node->routes[i]->method)))
            out->route = node->routes[i];
    return true;
}
