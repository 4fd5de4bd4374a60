/*
 * Thinning out borders that neighbours share.
 *
 * Thinned one by one, two neighbours would keep different points of their common border, because
 * each ring begins elsewhere, and slivers would open on the map. So rings are cut into arcs first:
 * an arc runs between two junctions, points where not everybody who passes has the same two
 * neighbours (three borders meet there, or a common stretch begins). Both neighbours then own the
 * same arc, perhaps in opposite directions; it is always thinned in one canonical direction with
 * the Douglas-Peucker method, so both keep the same points.
 *
 * A ring without junctions (an island, an enclave and its hole) is cut at its first known point and
 * at the point farthest from that.
 */
#include "platform/formats/geo.h"

#include <math.h>

#define METRES_A_DEGREE (6371008.8 * M_PI / 180)

struct vertex {
    struct geo_point at;
    double x, y;        /* metres */
    uint32_t low, high; /* its two neighbours, smaller number first */
    bool known, junction;
};

struct net {
    struct arena *a;
    struct vertex *v; /* every different position once */
    uint32_t n;
    uint32_t *slot; /* hash table of numbers + 1 */
    size_t slots;
    double tolerance;
    double stretch;
};

struct chain { /* a ring or an arc as vertex numbers */
    uint32_t *v;
    size_t n;
};

static uint64_t hash_point(struct geo_point p)
{
    uint64_t lon, lat;
    p.lon += 0.0; /* -0 and 0 are one place */
    p.lat += 0.0;
    memcpy(&lon, &p.lon, sizeof lon);
    memcpy(&lat, &p.lat, sizeof lat);
    uint64_t h = (lon ^ (lat << 29 | lat >> 35)) * UINT64_C(0x9E3779B97F4A7C15);
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    return h ^ h >> 32;
}

static uint32_t vertex_of(struct net *net, struct geo_point p)
{
    size_t i = hash_point(p) & (net->slots - 1);
    for (; net->slot[i]; i = (i + 1) & (net->slots - 1)) {
        const struct vertex *v = &net->v[net->slot[i] - 1];
        if (v->at.lon == p.lon && v->at.lat == p.lat)
            return net->slot[i] - 1;
    }
    net->v[net->n] = (struct vertex){
        .at = p, .x = p.lon * net->stretch * METRES_A_DEGREE, .y = p.lat * METRES_A_DEGREE};
    net->slot[i] = ++net->n;
    return net->n - 1;
}

static void note_neighbours(struct net *net, const struct chain *ring)
{
    for (size_t i = 0; i < ring->n; i++) {
        uint32_t before = ring->v[(i + ring->n - 1) % ring->n], after = ring->v[(i + 1) % ring->n];
        uint32_t low = before < after ? before : after, high = before < after ? after : before;
        struct vertex *v = &net->v[ring->v[i]];
        if (!v->known) {
            v->low = low;
            v->high = high;
            v->known = true;
        } else if (v->low != low || v->high != high) {
            v->junction = true;
        }
    }
}

static double square(double v)
{
    return v * v;
}

/* Squared distance of p from the segment a-b, in square metres. */
static double off_segment(const struct vertex *p, const struct vertex *a, const struct vertex *b)
{
    double dx = b->x - a->x, dy = b->y - a->y, length = dx * dx + dy * dy;
    double t = length > 0 ? ((p->x - a->x) * dx + (p->y - a->y) * dy) / length : 0;
    t = fmax(0, fmin(1, t));
    return square(p->x - a->x - t * dx) + square(p->y - a->y - t * dy);
}

/* Marks the points of an arc that stay; the ends always do. No recursion: arcs may be long. */
static void thin_arc(struct net *net, const struct chain *arc, bool *keep)
{
    struct span {
        size_t from, to;
    } *stack = ARENA_ARRAY(net->a, struct span, arc->n);
    size_t depth = 0;
    keep[0] = keep[arc->n - 1] = true;
    stack[depth++] = (struct span){0, arc->n - 1};
    while (depth > 0) {
        struct span s = stack[--depth];
        double worst = -1;
        size_t at = s.from;
        for (size_t i = s.from + 1; i < s.to; i++) {
            double d =
                off_segment(&net->v[arc->v[i]], &net->v[arc->v[s.from]], &net->v[arc->v[s.to]]);
            if (d > worst) {
                worst = d;
                at = i;
            }
        }
        if (worst <= square(net->tolerance))
            continue;
        keep[at] = true;
        stack[depth++] = (struct span){s.from, at};
        stack[depth++] = (struct span){at, s.to};
    }
}

/* Is the arc to be read backwards, so that both who own it read it alike? */
static bool is_backward(const struct chain *arc)
{
    uint32_t first = arc->v[0], last = arc->v[arc->n - 1];
    if (first == last) { /* a loop: by its second points */
        first = arc->v[1];
        last = arc->v[arc->n - 2];
    }
    return first > last;
}

static void reverse(struct chain *arc)
{
    for (size_t i = 0, k = arc->n - 1; i < k; i++, k--) {
        uint32_t swap = arc->v[i];
        arc->v[i] = arc->v[k];
        arc->v[k] = swap;
    }
}

/* Appends the points of the arc that stay, without its last (the next arc begins there). */
static void append_arc(struct net *net, struct chain *out, const struct chain *arc)
{
    struct chain copy = {.n = arc->n, .v = ARENA_ARRAY(net->a, uint32_t, arc->n)};
    bool *keep = ARENA_ARRAY(net->a, bool, arc->n);
    memcpy(copy.v, arc->v, arc->n * sizeof *arc->v);
    bool backward = is_backward(&copy);
    if (backward)
        reverse(&copy);
    thin_arc(net, &copy, keep);
    for (size_t i = 0; i + 1 < arc->n; i++)
        if (keep[backward ? arc->n - 1 - i : i])
            out->v[out->n++] = arc->v[i];
}

/* Where the ring is to be cut first: at a junction, else at its lowest vertex number. */
static size_t first_cut(const struct net *net, const struct chain *ring)
{
    size_t lowest = 0;
    for (size_t i = 0; i < ring->n; i++) {
        if (net->v[ring->v[i]].junction)
            return i;
        if (ring->v[i] < ring->v[lowest])
            lowest = i;
    }
    return lowest;
}

static double off_vertex(const struct net *net, uint32_t a, uint32_t b)
{
    return square(net->v[a].x - net->v[b].x) + square(net->v[a].y - net->v[b].y);
}

/* The ring thinned, as vertex numbers; `ring` begins and ends with the cut (n + 1 entries). */
static struct chain thin_ring(struct net *net, const struct chain *ring)
{
    struct chain out = {.v = ARENA_ARRAY(net->a, uint32_t, ring->n + 1)};
    size_t from = 0;
    bool whole = true;
    for (size_t i = 1; i < ring->n; i++) {
        if (i + 1 < ring->n && !net->v[ring->v[i]].junction)
            continue;
        whole = whole && i + 1 == ring->n;
        if (whole)
            break;
        append_arc(net, &out, &(struct chain){ring->v + from, i - from + 1});
        from = i;
    }
    if (!whole)
        return out;
    size_t far = 1;
    for (size_t i = 1; i + 1 < ring->n; i++) {
        double here = off_vertex(net, ring->v[0], ring->v[i]);
        double best = off_vertex(net, ring->v[0], ring->v[far]);
        /* Equal distances go to the lower number, whichever way round the ring is read. */
        if (here > best || (here == best && ring->v[i] < ring->v[far]))
            far = i;
    }
    append_arc(net, &out, &(struct chain){ring->v, far + 1});
    append_arc(net, &out, &(struct chain){ring->v + far, ring->n - far});
    return out;
}

static double chain_area(const struct net *net, const struct chain *c)
{
    double sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct vertex *a = &net->v[c->v[i]], *b = &net->v[c->v[(i + 1) % c->n]];
        sum += (a->x - net->v[c->v[0]].x) * (b->y - net->v[c->v[0]].y) -
               (b->x - net->v[c->v[0]].x) * (a->y - net->v[c->v[0]].y);
    }
    return fabs(sum) / 2;
}

/* A triangle that stands for a ring smaller than the tolerance. */
static struct chain triangle(const struct net *net, const struct chain *ring)
{
    size_t far = 1, off = 1;
    for (size_t i = 1; i < ring->n; i++)
        if (off_vertex(net, ring->v[0], ring->v[i]) > off_vertex(net, ring->v[0], ring->v[far]))
            far = i;
    double worst = -1;
    for (size_t i = 1; i < ring->n; i++) {
        double d = off_segment(&net->v[ring->v[i]], &net->v[ring->v[0]], &net->v[ring->v[far]]);
        if (i != far && d > worst) {
            worst = d;
            off = i;
        }
    }
    struct chain out = {.v = ARENA_ARRAY(net->a, uint32_t, 3), .n = 3};
    out.v[0] = ring->v[0];
    out.v[1] = ring->v[far < off ? far : off];
    out.v[2] = ring->v[far < off ? off : far];
    return out;
}

/* The vertex numbers of a ring, turned so that the cut stands first and again last. */
static struct chain cut_open(struct net *net, const struct chain *ring)
{
    struct chain out = {.n = ring->n + 1, .v = ARENA_ARRAY(net->a, uint32_t, ring->n + 1)};
    size_t cut = first_cut(net, ring);
    for (size_t i = 0; i <= ring->n; i++)
        out.v[i] = ring->v[(cut + i) % ring->n];
    return out;
}

static void store_ring(struct net *net, struct arena *a, struct geo_ring *out,
                       const struct chain *c)
{
    out->n = c->n;
    out->v = ARENA_ARRAY(a, struct geo_point, c->n);
    for (size_t i = 0; i < c->n; i++)
        out->v[i] = net->v[c->v[i]].at;
}

static struct chain number_ring(struct net *net, struct arena *a, const struct geo_ring *r)
{
    struct chain c = {.n = r->n, .v = ARENA_ARRAY(a, uint32_t, r->n)};
    for (size_t i = 0; i < r->n; i++)
        c.v[i] = vertex_of(net, r->v[i]);
    return c;
}

static size_t largest_polygon(const struct geo_area *area)
{
    size_t best = 0;
    double size = -1;
    for (size_t i = 0; i < area->n; i++) {
        struct geo_area one = {.v = &area->v[i], .n = 1};
        double here = geo_square_metres(&one);
        if (here > size) {
            size = here;
            best = i;
        }
    }
    return best;
}

static void thin_area(struct net *net, struct arena *a, struct geo_area *area)
{
    size_t kept = 0, largest = largest_polygon(area);
    area->box = GEO_BOX_EMPTY;
    for (size_t i = 0; i < area->n; i++) {
        struct geo_polygon *p = &area->v[i];
        size_t rings = 0;
        for (size_t k = 0; k < p->n; k++) {
            arena_reset(net->a);
            struct chain ring = number_ring(net, net->a, &p->v[k]);
            struct chain open = cut_open(net, &ring);
            struct chain thin = thin_ring(net, &open);
            bool vanishes = thin.n < 3 || chain_area(net, &thin) < square(net->tolerance);
            if (vanishes && k == 0 && i == largest)
                thin = thin.n < 3 ? triangle(net, &ring) : thin;
            else if (vanishes && k == 0)
                break; /* the polygon goes with its outside */
            else if (vanishes)
                continue;
            store_ring(net, a, &p->v[rings++], &thin);
        }
        p->n = rings;
        for (size_t k = 0; rings > 0 && k < p->v[0].n; k++)
            area->box = geo_box_add(area->box, p->v[0].v[k]);
        if (rings > 0)
            area->v[kept++] = *p;
    }
    area->n = kept;
}

void geo_simplify(struct arena *a, struct geo_area *areas, size_t n, double tolerance_metres)
{
    size_t points = 0;
    struct geo_box box = GEO_BOX_EMPTY;
    for (size_t i = 0; i < n; i++) {
        box = geo_box_join(box, areas[i].box);
        for (size_t k = 0; k < areas[i].n; k++)
            for (size_t m = 0; m < areas[i].v[k].n; m++)
                points += areas[i].v[k].v[m].n;
    }
    if (points == 0)
        return;
    INVARIANT(points < UINT32_MAX / 4);
    struct arena *table = arena_new();
    struct net net = {.a = arena_new(), .tolerance = tolerance_metres, .slots = 16};
    while (net.slots < points * 2)
        net.slots *= 2;
    net.stretch = cos((box.south + box.north) / 2 * M_PI / 180);
    net.slot = ARENA_ARRAY(table, uint32_t, net.slots);
    net.v = ARENA_ARRAY(table, struct vertex, points);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < areas[i].n; k++)
            for (size_t m = 0; m < areas[i].v[k].n; m++) {
                struct chain ring = number_ring(&net, net.a, &areas[i].v[k].v[m]);
                note_neighbours(&net, &ring);
                arena_reset(net.a);
            }
    for (size_t i = 0; i < n; i++)
        if (areas[i].n > 0)
            thin_area(&net, a, &areas[i]);
    arena_free(net.a);
    arena_free(table);
}
