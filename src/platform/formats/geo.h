/*
 * Places on the earth: boundaries read from GeoJSON (RFC 7946), thinned out, asked "is this point
 * inside", and drawn as SVG. WGS 84 degrees, longitude first as in GeoJSON.
 *
 * Areas are sets of polygons; each polygon an outer ring with holes. Rings are kept without the
 * repeated last point. Inside is decided by the even-odd rule, so ring direction does not matter.
 */
#ifndef FORMATS_GEO_H
#define FORMATS_GEO_H

#include "platform/core/buf.h"
#include "platform/formats/json.h"

struct geo_point {
    double lon, lat;
};
struct geo_ring {
    struct geo_point *v;
    size_t n; /* at least 3 */
};
struct geo_polygon {
    struct geo_ring *v; /* v[0] is the outside, the rest are holes */
    size_t n;
};
struct geo_box {
    double west, south, east, north; /* empty when west > east */
};
struct geo_area {
    struct geo_polygon *v;
    size_t n;
    struct geo_box box;
};

/* --- reading --- */

struct geo_limits {
    size_t bytes;    /* of the text; 0 = 64 MiB */
    size_t features; /* 0 = 10,000 */
    size_t points;   /* in all; 0 = 4,000,000 */
};
struct geo_feature {
    size_t index;                                /* from 1, as a person counts */
    enum { GEO_NONE, GEO_POINT, GEO_AREA } kind; /* NONE: geometry null, or lines */
    struct geo_point point;
    struct geo_area area;
    const struct json *properties; /* NULL when null or absent */
    const struct json *id;
};
struct geo_fault {
    size_t feature; /* from 1; 0: the document itself */
    char text[120]; /* English, for logs and developers */
};
/* Reads a FeatureCollection, a Feature or a bare geometry and gives each feature to fn; only one
 * feature's JSON is in memory at a time. Everything passed lives in an arena that is reset before
 * the next feature: copy what you keep (geo_area_copy). ERR_PARSE, ERR_TOO_LARGE with `fault`
 * filled (may be NULL); a result of fn other than ERR_OK ends the loop and is returned. */
typedef enum err (*geo_feature_fn)(void *arg, const struct geo_feature *f);
MUST enum err geo_read(struct str geojson, const struct geo_limits *limits, geo_feature_fn fn,
                       void *arg, struct geo_fault *fault);
struct geo_area geo_area_copy(struct arena *a, const struct geo_area *from);
/* As a Polygon or MultiPolygon geometry, closed rings, outer rings counter-clockwise, `decimals`
 * digits (5 is a metre). */
void geo_write(struct json_writer *j, const char *key, const struct geo_area *area, int decimals);

/* --- measuring --- */

#define GEO_BOX_EMPTY ((struct geo_box){1, 1, -1, -1})
bool geo_box_empty(struct geo_box b);
struct geo_box geo_box_add(struct geo_box b, struct geo_point p);
struct geo_box geo_box_join(struct geo_box a, struct geo_box b);
bool geo_box_has(struct geo_box b, struct geo_point p);
/* A box that holds everything within `metres` of p: the first, indexable filter of "nearby". */
struct geo_box geo_box_around(struct geo_point p, double metres);

bool geo_contains(const struct geo_area *area, struct geo_point p);
/* Great-circle distance on a sphere of 6,371,008.8 m (IUGG mean radius): within 0.5 % of the earth.
 */
double geo_metres(struct geo_point a, struct geo_point b);
double geo_square_metres(const struct geo_area *area);
/* A point inside, for a label: the centroid where that is inside, else the middle of the widest
 * stretch at half height of the largest polygon. */
struct geo_point geo_label_point(const struct geo_area *area);

/* --- thinning out --- */

/* Douglas-Peucker with a tolerance in metres over all areas together: a border that two neighbours
 * share is thinned once, so that no gap or overlap opens between them. Rings that would vanish
 * (smaller than the tolerance squared) are dropped, but every area keeps its largest polygon. In
 * place; new rings are in the arena. */
void geo_simplify(struct arena *a, struct geo_area *areas, size_t n, double tolerance_metres);

/* --- drawing --- */

enum geo_projection { GEO_MERCATOR, GEO_EQUIRECTANGULAR };
/* How degrees become the x, y of an SVG viewBox (y downwards). */
struct geo_view {
    enum geo_projection projection;
    double scale, left, top; /* projection units to pixels */
    double stretch;          /* equirectangular: cosine of the middle latitude */
    int width, height;
};
/* Fits the box into width x (at most) height with `padding` on each side; view.height is made to
 * fit the shape, so no space is left above or below. */
struct geo_view geo_view_fit(struct geo_box box, enum geo_projection projection, int width,
                             int max_height, int padding);
void geo_project(const struct geo_view *v, struct geo_point p, double *x, double *y);
struct geo_point geo_unproject(const struct geo_view *v, double x, double y);
/* The d="" of an SVG path: relative moves rounded to a tenth of a pixel, repeats dropped. */
void geo_svg_path(struct buf *out, const struct geo_view *v, const struct geo_area *area);

#endif
