/* Measuring, asking and drawing of places; see geo.h. Reading is in geo_read.c, thinning out in
 * geo_simplify.c. */
#include "platform/formats/geo.h"

#include <math.h>

#define EARTH_RADIUS 6371008.8
#define METRES_A_DEGREE (EARTH_RADIUS * M_PI / 180)
#define MERCATOR_MOST_LATITUDE 85.05

static double radians(double degrees)
{
    return degrees * M_PI / 180;
}

/* --- boxes --- */

bool geo_box_empty(struct geo_box b)
{
    return b.west > b.east;
}

struct geo_box geo_box_add(struct geo_box b, struct geo_point p)
{
    if (geo_box_empty(b))
        return (struct geo_box){p.lon, p.lat, p.lon, p.lat};
    return (struct geo_box){fmin(b.west, p.lon), fmin(b.south, p.lat), fmax(b.east, p.lon),
                            fmax(b.north, p.lat)};
}

struct geo_box geo_box_join(struct geo_box a, struct geo_box b)
{
    if (geo_box_empty(a))
        return b;
    if (geo_box_empty(b))
        return a;
    return (struct geo_box){fmin(a.west, b.west), fmin(a.south, b.south), fmax(a.east, b.east),
                            fmax(a.north, b.north)};
}

bool geo_box_has(struct geo_box b, struct geo_point p)
{
    return p.lon >= b.west && p.lon <= b.east && p.lat >= b.south && p.lat <= b.north;
}

struct geo_box geo_box_around(struct geo_point p, double metres)
{
    double up = metres / METRES_A_DEGREE;
    /* The parallel nearest to a pole within reach is the narrowest. */
    double narrowest = cos(radians(fmin(90, fabs(p.lat) + up)));
    double across = narrowest * 180 > up ? up / narrowest : 180;
    return (struct geo_box){p.lon - across, p.lat - up, p.lon + across, p.lat + up};
}

/* --- measuring --- */

double geo_metres(struct geo_point a, struct geo_point b)
{
    double down = sin(radians(b.lat - a.lat) / 2), across = sin(radians(b.lon - a.lon) / 2);
    double h = down * down + cos(radians(a.lat)) * cos(radians(b.lat)) * across * across;
    return 2 * EARTH_RADIUS * asin(sqrt(fmin(1, h)));
}

/* Area of a ring on the sphere, its edges taken as lines of the cylindrical equal-area map. */
static double ring_square_metres(const struct geo_ring *r)
{
    double sum = 0;
    for (size_t i = 0, before = r->n - 1; i < r->n; before = i++)
        sum += radians(r->v[i].lon - r->v[before].lon) *
               (sin(radians(r->v[i].lat)) + sin(radians(r->v[before].lat)));
    return fabs(sum) * EARTH_RADIUS * EARTH_RADIUS / 2;
}

static double polygon_square_metres(const struct geo_polygon *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++)
        sum += i == 0 ? ring_square_metres(&p->v[i]) : -ring_square_metres(&p->v[i]);
    return sum;
}

double geo_square_metres(const struct geo_area *area)
{
    double sum = 0;
    for (size_t i = 0; i < area->n; i++)
        sum += polygon_square_metres(&area->v[i]);
    return sum;
}

/* Does a ray from p eastwards cross the ring an odd number of times? A vertex belongs to the edge
 * below it, so a ray through a vertex is counted once. */
static bool crosses_odd(const struct geo_ring *r, struct geo_point p)
{
    bool odd = false;
    for (size_t i = 0, before = r->n - 1; i < r->n; before = i++) {
        struct geo_point a = r->v[before], b = r->v[i];
        if ((a.lat > p.lat) == (b.lat > p.lat))
            continue;
        if (p.lon < a.lon + (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat))
            odd = !odd;
    }
    return odd;
}

bool geo_contains(const struct geo_area *area, struct geo_point p)
{
    if (!geo_box_has(area->box, p))
        return false;
    for (size_t i = 0; i < area->n; i++) {
        bool inside = false;
        for (size_t k = 0; k < area->v[i].n; k++)
            inside ^= crosses_odd(&area->v[i].v[k], p);
        if (inside)
            return true;
    }
    return false;
}

static struct geo_point ring_centroid(const struct geo_ring *r)
{
    double sum = 0, lon = 0, lat = 0;
    struct geo_point zero = r->v[0]; /* a near origin keeps the products exact enough */
    for (size_t i = 0, before = r->n - 1; i < r->n; before = i++) {
        double ax = r->v[before].lon - zero.lon, ay = r->v[before].lat - zero.lat;
        double bx = r->v[i].lon - zero.lon, by = r->v[i].lat - zero.lat;
        double cross = ax * by - bx * ay;
        sum += cross;
        lon += (ax + bx) * cross;
        lat += (ay + by) * cross;
    }
    if (sum == 0)
        return zero;
    return (struct geo_point){zero.lon + lon / (3 * sum), zero.lat + lat / (3 * sum)};
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The middle of the widest stretch inside the polygon at the given latitude. */
static struct geo_point widest_middle(const struct geo_polygon *p, double lat)
{
    size_t count = 0, most = 0;
    for (size_t k = 0; k < p->n; k++)
        most += p->v[k].n;
    INVARIANT(most > 0); /* a ring has three positions at least, a polygon one ring */
    double *cut = err_memory(calloc(most, sizeof *cut));
    for (size_t k = 0; k < p->n; k++) {
        const struct geo_ring *r = &p->v[k];
        for (size_t i = 0, before = r->n - 1; i < r->n; before = i++) {
            struct geo_point a = r->v[before], b = r->v[i];
            if ((a.lat > lat) != (b.lat > lat))
                cut[count++] = a.lon + (b.lon - a.lon) * (lat - a.lat) / (b.lat - a.lat);
        }
    }
    qsort(cut, count, sizeof *cut, compare_doubles);
    struct geo_point best = p->v[0].v[0];
    double width = -1;
    for (size_t i = 0; i + 1 < count; i += 2) {
        if (cut[i + 1] - cut[i] > width) {
            width = cut[i + 1] - cut[i];
            best = (struct geo_point){(cut[i] + cut[i + 1]) / 2, lat};
        }
    }
    free(cut);
    return best;
}

struct geo_point geo_label_point(const struct geo_area *area)
{
    INVARIANT(area->n > 0);
    const struct geo_polygon *largest = &area->v[0];
    for (size_t i = 1; i < area->n; i++)
        if (polygon_square_metres(&area->v[i]) > polygon_square_metres(largest))
            largest = &area->v[i];
    struct geo_point centre = ring_centroid(&largest->v[0]);
    if (geo_contains(area, centre))
        return centre;
    struct geo_box box = GEO_BOX_EMPTY;
    for (size_t i = 0; i < largest->v[0].n; i++)
        box = geo_box_add(box, largest->v[0].v[i]);
    return widest_middle(largest, (box.south + box.north) / 2);
}

/* --- drawing --- */

/* Degrees to the plane of the projection, y upwards. */
static void to_plane(const struct geo_view *v, struct geo_point p, double *x, double *y)
{
    if (v->projection == GEO_EQUIRECTANGULAR) {
        *x = radians(p.lon) * v->stretch;
        *y = radians(p.lat);
        return;
    }
    double lat = fmax(-MERCATOR_MOST_LATITUDE, fmin(MERCATOR_MOST_LATITUDE, p.lat));
    *x = radians(p.lon);
    *y = log(tan(M_PI / 4 + radians(lat) / 2));
}

struct geo_view geo_view_fit(struct geo_box box, enum geo_projection projection, int width,
                             int max_height, int padding)
{
    struct geo_view v = {.projection = projection,
                         .stretch = cos(radians((box.south + box.north) / 2))};
    double west, south, east, north;
    to_plane(&v, (struct geo_point){box.west, box.south}, &west, &south);
    to_plane(&v, (struct geo_point){box.east, box.north}, &east, &north);
    const double least = 1e-6; /* a single point: some six metres */
    double across = fmax(east - west, least), up = fmax(north - south, least);
    v.scale = fmin((width - 2 * padding) / across, (max_height - 2 * padding) / up);
    v.width = width;
    v.height = (int)ceil(up * v.scale) + 2 * padding;
    v.left = (west + east) / 2 - width / v.scale / 2;
    v.top = (south + north) / 2 + v.height / v.scale / 2;
    return v;
}

void geo_project(const struct geo_view *v, struct geo_point p, double *x, double *y)
{
    double east, north;
    to_plane(v, p, &east, &north);
    *x = (east - v->left) * v->scale;
    *y = (v->top - north) * v->scale;
}

struct geo_point geo_unproject(const struct geo_view *v, double x, double y)
{
    double east = x / v->scale + v->left, north = v->top - y / v->scale;
    if (v->projection == GEO_EQUIRECTANGULAR)
        return (struct geo_point){east / v->stretch * 180 / M_PI, north * 180 / M_PI};
    return (struct geo_point){east * 180 / M_PI, (2 * atan(exp(north)) - M_PI / 2) * 180 / M_PI};
}

/* Tenths of a pixel, in the shortest form SVG allows: "12", "-.5", "3.4". */
static void put_tenths(struct buf *out, int64_t tenths, bool needs_gap)
{
    if (tenths < 0)
        buf_char(out, '-');
    else if (needs_gap)
        buf_char(out, ' ');
    uint64_t size = (uint64_t)(tenths < 0 ? -tenths : tenths);
    if (size >= 10 || size == 0)
        buf_u64(out, size / 10);
    if (size % 10) {
        buf_char(out, '.');
        buf_char(out, (char)('0' + size % 10));
    }
}

struct pixel {
    int64_t x, y; /* tenths */
};

static struct pixel to_pixel(const struct geo_view *v, struct geo_point p)
{
    double x, y;
    geo_project(v, p, &x, &y);
    return (struct pixel){llround(x * 10), llround(y * 10)};
}

static void ring_path(struct buf *out, const struct geo_view *v, const struct geo_ring *r)
{
    size_t mark = out->n;
    struct pixel first = to_pixel(v, r->v[0]), at = first;
    int steps = 0;
    buf_char(out, 'M');
    put_tenths(out, first.x, false);
    put_tenths(out, first.y, true);
    for (size_t i = 1; i < r->n; i++) {
        struct pixel to = to_pixel(v, r->v[i]);
        if (to.x == at.x && to.y == at.y)
            continue;
        if (i + 1 == r->n && to.x == first.x && to.y == first.y)
            continue; /* z draws that edge */
        if (steps == 0)
            buf_char(out, 'l');
        put_tenths(out, to.x - at.x, steps > 0);
        put_tenths(out, to.y - at.y, true);
        at = to;
        steps++;
    }
    buf_char(out, 'z');
    if (steps < 2)
        out->n = mark; /* smaller than a tenth of a pixel */
}

void geo_svg_path(struct buf *out, const struct geo_view *v, const struct geo_area *area)
{
    for (size_t i = 0; i < area->n; i++)
        for (size_t k = 0; k < area->v[i].n; k++)
            ring_path(out, v, &area->v[i].v[k]);
}
