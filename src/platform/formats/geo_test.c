/* Places against GEOS as an oracle, and GeoJSON with faults of every kind. */
#include "platform/core/clock.h"
#include "platform/formats/geo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <geos_c.h>

#define NEAR(got, want, slack)                                                                     \
    do {                                                                                           \
        double got_ = (got), want_ = (want);                                                       \
        if (!(fabs(got_ - want_) <= (slack)))                                                      \
            fail_msg("%s is %.9f, want %.9f", #got, got_, want_);                                  \
    } while (0)

static double chance(void)
{
    return (double)(random_u64() >> 11) / (double)(UINT64_C(1) << 53);
}

/* --- reading --- */

struct kept {
    struct arena *a;
    struct geo_feature f[8];
    struct str name[8];
    size_t n;
};

static enum err keep(void *arg, const struct geo_feature *f)
{
    struct kept *k = arg;
    k->f[k->n] = *f;
    if (f->kind == GEO_AREA)
        k->f[k->n].area = geo_area_copy(k->a, &f->area);
    k->name[k->n] = arena_str(k->a, json_str_of(f->properties, "name"));
    k->n++;
    return ERR_OK;
}

static const char collection[] =
    "\xEF\xBB\xBF{\"features\": [\n"
    " {\"type\":\"Feature\",\"id\":\"x]}\",\"properties\":{\"name\":\"Тең, \\\"]\"},\"geometry\":"
    "  {\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,0],[4,4],[0,4],[0,0]],"
    "   [[1,1],[3,1],[3,3],[1,3],[1,1]]]}},"
    " {\"type\":\"Feature\",\"properties\":null,\"geometry\":{\"type\":\"MultiPolygon\","
    "  \"coordinates\":[[[[10,0,800],[12,0,800],[11,1,800],[10,0,800]]],"
    "   [[[20,0],[22,0],[21,1],[20,0]]]]}},"
    " {\"type\":\"Feature\",\"properties\":{\"name\":\"p\"},\"geometry\":{\"type\":\"Point\","
    "  \"coordinates\":[74.5,42.5]}},"
    " {\"type\":\"Feature\",\"properties\":{},\"geometry\":null}"
    "], \"bbox\":[1,2,3,4], \"type\" : \"FeatureCollection\"}\n";

static void reads_a_collection(void **state)
{
    (void)state;
    struct kept k = {.a = arena_new()};
    struct geo_fault fault;
    enum err rc = geo_read(str_from(collection), NULL, keep, &k, &fault);
    if (rc != ERR_OK)
        fail_msg("%s: feature %zu: %s", err_name(rc), fault.feature, fault.text);
    assert_int_equal(k.n, 4);
    assert_true(str_eq(k.name[0], STR("Тең, \"]")));
    assert_int_equal(k.f[0].kind, GEO_AREA);
    assert_int_equal(k.f[0].area.v[0].n, 2);
    assert_int_equal(k.f[0].area.v[0].v[0].n, 4);
    NEAR(k.f[0].area.box.east, 4, 0);
    assert_int_equal(k.f[1].area.n, 2);
    NEAR(k.f[1].area.box.west, 10, 0);
    NEAR(k.f[1].area.box.east, 22, 0);
    assert_int_equal(k.f[2].kind, GEO_POINT);
    NEAR(k.f[2].point.lat, 42.5, 0);
    assert_int_equal(k.f[3].kind, GEO_NONE);
    assert_int_equal(k.f[3].index, 4);
    assert_true(geo_contains(&k.f[0].area, (struct geo_point){0.5, 2}));
    assert_false(geo_contains(&k.f[0].area, (struct geo_point){2, 2}));
    assert_true(geo_contains(&k.f[1].area, (struct geo_point){21, 0.5}));
    assert_false(geo_contains(&k.f[1].area, (struct geo_point){15, 0.5}));
    arena_free(k.a);
}

static void reads_a_bare_geometry(void **state)
{
    (void)state;
    struct kept k = {.a = arena_new()};
    assert_int_equal(
        geo_read(STR("{\"type\":\"Point\",\"coordinates\":[1,2]}"), NULL, keep, &k, NULL), ERR_OK);
    assert_int_equal(k.n, 1);
    assert_int_equal(k.f[0].kind, GEO_POINT);
    arena_free(k.a);
}

static void check_fault(const char *text, enum err want, size_t feature, const char *words)
{
    struct kept k = {.a = arena_new()};
    struct geo_fault fault;
    struct geo_limits limits = {.bytes = 2000, .features = 3, .points = 12};
    enum err rc = geo_read(str_from(text), &limits, keep, &k, &fault);
    if (rc != want || fault.feature != feature || !strstr(fault.text, words))
        fail_msg("%s\n%s: feature %zu: %s", text, err_name(rc), fault.feature, fault.text);
    arena_free(k.a);
}

#define POLYGON(coordinates) "{\"type\":\"Polygon\",\"coordinates\":" coordinates "}"
#define FEATURE(geometry) "{\"type\":\"Feature\",\"properties\":{},\"geometry\":" geometry "}"
#define COLLECTION(list) "{\"type\":\"FeatureCollection\",\"features\":[" list "]}"
#define P FEATURE("{\"type\":\"Point\",\"coordinates\":[1,2]}")

static void names_the_fault(void **state)
{
    (void)state;
    check_fault("", ERR_PARSE, 0, "not a JSON object");
    check_fault("{\"\xD2\":1}", ERR_PARSE, 0, "not UTF-8");
    check_fault("[]", ERR_PARSE, 0, "not a JSON object");
    check_fault("{\"type\":\"FeatureCollection\"}", ERR_PARSE, 0, "without \"features\"");
    check_fault("{\"type\":\"FeatureCollection\",\"features\":7}", ERR_PARSE, 0, "not a list");
    check_fault(COLLECTION(P "," P) "x", ERR_PARSE, 0, "follows");
    check_fault("{\"type\":\"FeatureCollection\",\"features\":[" P, ERR_PARSE, 0, "cut off");
    check_fault("{\"features\":[],\"features\":[]}", ERR_PARSE, 0, "twice");
    check_fault("{\"type\":\"FeatureCollection\",\"crs\":nul,\"features\":[]}", ERR_PARSE, 0,
                "\"crs\" is not JSON");
    check_fault(COLLECTION(P "," FEATURE("{\"type\":\"Point\",\"coordinates\":[1]}")), ERR_PARSE, 2,
                "[longitude, latitude]");
    check_fault(COLLECTION(P " " P), ERR_PARSE, 1, "not JSON");
    check_fault(COLLECTION(P ",{]"), ERR_PARSE, 2, "not JSON");
    check_fault(COLLECTION("{\"type\":\"Feature\"}"), ERR_PARSE, 1, "without \"geometry\"");
    check_fault(POLYGON("[[[1,2],[2,2],[2,3]]]"), ERR_PARSE, 1, "at least four");
    check_fault(POLYGON("[[[1,2],[2,2],[2,3],[1,3]]]"), ERR_PARSE, 1, "end where it begins");
    check_fault(POLYGON("[[[1,2],[1,2],[2,3],[1,2]]]"), ERR_PARSE, 1, "three different");
    check_fault(POLYGON("[[[1,2],[1,2],[1,2],[1,2]]]"), ERR_PARSE, 1, "end where it begins");
    check_fault(POLYGON("[]"), ERR_PARSE, 1, "no rings");
    check_fault(POLYGON("[[[1,2],[181,2],[2,3],[1,2]]]"), ERR_PARSE, 1, "outside of the earth");
    check_fault("{\"type\":\"Sphere\",\"coordinates\":[]}", ERR_PARSE, 1, "\"Sphere\"");
    check_fault(COLLECTION(P "," P "," P "," P), ERR_TOO_LARGE, 4, "3 features");
    check_fault(POLYGON("[[[0,0],[1,0],[2,0],[3,0],[4,0],[5,0],[6,0],[7,0],[8,0],[9,0],[9,1],[0,1],"
                        "[0,0]]]"),
                ERR_TOO_LARGE, 1, "12 positions");
    struct geo_fault fault;
    struct geo_limits limits = {.bytes = 5};
    assert_int_equal(geo_read(STR("{      }"), &limits, keep, NULL, &fault), ERR_TOO_LARGE);
}

static void writes_what_it_read(void **state)
{
    (void)state;
    struct kept k = {.a = arena_new()};
    assert_int_equal(geo_read(STR(POLYGON("[[[0,0],[0,4],[4,4],[4,0],[0,0]],"
                                          "[[1,1],[2,1],[2,2],[1,1]]]")),
                              NULL, keep, &k, NULL),
                     ERR_OK);
    struct buf *b = buf_in(k.a);
    struct json_writer j = json_to(b);
    geo_write(&j, NULL, &k.f[0].area, 1);
    assert_true(json_complete(&j));
    /* Outer rings counter-clockwise, holes clockwise. */
    assert_true(str_eq(
        buf_view(b),
        STR("{\"type\":\"Polygon\",\"coordinates\":[[[0.0,0.0],[4.0,0.0],[4.0,4.0],[0.0,4.0],"
            "[0.0,0.0]],[[1.0,1.0],[2.0,2.0],[2.0,1.0],[1.0,1.0]]]}")));
    arena_free(k.a);
}

/* --- measuring --- */

static void measures_the_earth(void **state)
{
    (void)state;
    struct geo_point a = {74, 42}, b = {74, 43}, c = {75, 42};
    NEAR(geo_metres(a, b), 111195.08, 0.1);
    NEAR(geo_metres(a, c), 82633.4, 5); /* a little less than along the parallel */
    NEAR(geo_metres(a, a), 0, 0);
    NEAR(geo_metres((struct geo_point){0, 0}, (struct geo_point){180, 0}), 20015114.4, 1);
    struct geo_point ring[] = {{74, 42}, {75, 42}, {75, 43}, {74, 43}};
    struct geo_ring r = {ring, 4};
    struct geo_polygon p = {&r, 1};
    struct geo_area area = {&p, 1, {74, 42, 75, 43}};
    NEAR(geo_square_metres(&area) / 1e6, 9115.84, 0.01); /* R^2 * 1 deg * (sin 43 - sin 42) */
    struct geo_box box = geo_box_around(a, 5000);
    for (int i = 0; i < 360; i++) {
        double turn = i * M_PI / 180;
        struct geo_point edge = {a.lon + cos(turn) * 4990 / 82633.0,
                                 a.lat + sin(turn) * 4990 / 111195.0};
        assert_true(geo_box_has(box, edge));
    }
    assert_false(geo_box_has(box, (struct geo_point){74.07, 42}));
    assert_true(geo_box_empty(GEO_BOX_EMPTY));
}

/* --- GEOS as oracle --- */

static GEOSContextHandle_t geos;

static GEOSGeometry *to_geos(const struct geo_area *area)
{
    GEOSGeometry **polygons = calloc(area->n, sizeof *polygons);
    for (size_t i = 0; i < area->n; i++) {
        GEOSGeometry **rings = calloc(area->v[i].n, sizeof *rings);
        for (size_t k = 0; k < area->v[i].n; k++) {
            const struct geo_ring *r = &area->v[i].v[k];
            GEOSCoordSequence *s = GEOSCoordSeq_create_r(geos, (unsigned)r->n + 1, 2);
            for (size_t m = 0; m <= r->n; m++) {
                GEOSCoordSeq_setX_r(geos, s, (unsigned)m, r->v[m % r->n].lon);
                GEOSCoordSeq_setY_r(geos, s, (unsigned)m, r->v[m % r->n].lat);
            }
            rings[k] = GEOSGeom_createLinearRing_r(geos, s);
        }
        polygons[i] =
            GEOSGeom_createPolygon_r(geos, rings[0], rings + 1, (unsigned)area->v[i].n - 1);
        free(rings);
    }
    GEOSGeometry *all =
        GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, polygons, (unsigned)area->n);
    free(polygons);
    return all;
}

/* A star with jagged arms: simple, but far from convex. */
static struct geo_area random_star(struct arena *a, double lon, double lat, size_t n)
{
    struct geo_ring *r = ARENA_NEW(a, struct geo_ring);
    struct geo_polygon *p = ARENA_NEW(a, struct geo_polygon);
    r->v = ARENA_ARRAY(a, struct geo_point, n);
    r->n = n;
    *p = (struct geo_polygon){r, 1};
    struct geo_area area = {.v = p, .n = 1, .box = GEO_BOX_EMPTY};
    for (size_t i = 0; i < n; i++) {
        double turn = 2 * M_PI * (double)i / (double)n, far = 0.1 + 0.9 * chance();
        r->v[i] = (struct geo_point){lon + far * cos(turn), lat + far * sin(turn)};
        area.box = geo_box_add(area.box, r->v[i]);
    }
    return area;
}

static void agrees_with_geos_on_inside(void **state)
{
    (void)state;
    random_seed_for_test(3);
    for (int round = 0; round < 30; round++) {
        struct arena *a = arena_new();
        struct geo_area star = random_star(a, 74, 42, 3 + random_u64() % 40);
        GEOSGeometry *g = to_geos(&star);
        for (int i = 0; i < 200; i++) {
            struct geo_point p = {73 + 2 * chance(), 41 + 2 * chance()};
            GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos, p.lon, p.lat);
            assert_int_equal(geo_contains(&star, p), GEOSContains_r(geos, g, point));
            GEOSGeom_destroy_r(geos, point);
        }
        assert_true(geo_contains(&star, geo_label_point(&star)));
        GEOSGeom_destroy_r(geos, g);
        arena_free(a);
    }
    random_seed_for_test(0);
}

static void labels_a_horseshoe_inside(void **state)
{
    (void)state;
    struct geo_point ring[] = {{0, 0}, {10, 0}, {10, 9}, {8, 9}, {8, 1}, {1, 1}, {1, 9}, {0, 9}};
    struct geo_ring r = {ring, COUNT_OF(ring)};
    struct geo_polygon p = {&r, 1};
    struct geo_area area = {&p, 1, {0, 0, 10, 9}};
    struct geo_point label = geo_label_point(&area);
    NEAR(label.lon, 9, 1e-9); /* the middle of the wider arm */
    NEAR(label.lat, 4.5, 1e-9);
    assert_true(geo_contains(&area, label));
}

/* --- thinning out --- */

enum { GRID = 4, WIGGLES = 30, ROUND = 6 * WIGGLES };

/* Corners of a wall of bricks, in half bricks: most borders end in the middle of a neighbour's
 * side, a little off its straight line. */
static struct geo_point corner(int half, int y)
{
    return (struct geo_point){half / 2.0, y + 0.012 * sin(half * 7 + y * 13)};
}

/* Points of a border between two corners without its last, the same whoever asks. */
static void put_border(struct geo_point *out, size_t *n, int half, int y, int dx, int dy)
{
    bool forward = dx + dy > 0;
    int fx = forward ? half : half + dx, fy = forward ? y : y + dy;
    struct geo_point a = corner(fx, fy), b = corner(fx + abs(dx), fy + abs(dy));
    for (int i = 0; i < WIGGLES; i++) {
        int at = forward ? i : WIGGLES - i;
        double t = (double)at / WIGGLES;
        /* Quiet near the corners, so that the borders that meet there do not cross. */
        double off = (fx % 3 ? 0.1 : 0.02) * t * (1 - t) * sin(at * 1.7 + fx * 5 + fy * 11);
        out[(*n)++] = (struct geo_point){a.lon + (b.lon - a.lon) * t + (dx ? 0 : off),
                                         a.lat + (b.lat - a.lat) * t + (dx ? off : 0)};
    }
}

/* Neighbours in rows, every other row shifted by half a brick; each ring begins anywhere and runs
 * either way. Number 5 has an enclave, which is the last area. */
static size_t make_wall(struct arena *a, struct geo_area *areas)
{
    size_t count = 0;
    for (int y = 0; y < GRID; y++) {
        for (int x = y % 2; x < y % 2 + 2 * GRID; x += 2) {
            struct geo_point round[ROUND];
            size_t n = 0, turn = random_u64() % ROUND;
            bool backward = random_u64() & 1;
            put_border(round, &n, x, y, 1, 0);
            put_border(round, &n, x + 1, y, 1, 0);
            put_border(round, &n, x + 2, y, 0, 1);
            put_border(round, &n, x + 2, y + 1, -1, 0);
            put_border(round, &n, x + 1, y + 1, -1, 0);
            put_border(round, &n, x, y + 1, 0, -1);
            struct geo_polygon *p = ARENA_NEW(a, struct geo_polygon);
            p->v = ARENA_ARRAY(a, struct geo_ring, 2);
            p->n = 1;
            p->v[0].v = ARENA_ARRAY(a, struct geo_point, n);
            p->v[0].n = n;
            areas[count] = (struct geo_area){.v = p, .n = 1, .box = GEO_BOX_EMPTY};
            for (size_t i = 0; i < n; i++) {
                p->v[0].v[i] = round[(turn + (backward ? n - i : i)) % n];
                areas[count].box = geo_box_add(areas[count].box, p->v[0].v[i]);
            }
            count++;
        }
    }
    struct geo_area enclave = random_star(a, 1.5, 1.5, 40);
    for (size_t i = 0; i < 40; i++) {
        double turn = 2 * M_PI * (double)i / 40, far = 0.3 + 0.005 * (double)(i % 3);
        enclave.v[0].v[0].v[i] = (struct geo_point){2 + far * cos(turn), 1.5 + far * sin(turn)};
    }
    struct geo_area hole = geo_area_copy(a, &enclave);
    struct geo_point first = hole.v[0].v[0].v[0];
    memmove(hole.v[0].v[0].v, hole.v[0].v[0].v + 1, 39 * sizeof first);
    hole.v[0].v[0].v[39] = first;
    areas[5].v[0].v[1] = hole.v[0].v[0];
    areas[5].v[0].n = 2;
    areas[count++] = enclave;
    return count;
}

static void thins_neighbours_together(void **state)
{
    (void)state;
    random_seed_for_test(9);
    struct arena *a = arena_new();
    struct geo_area areas[GRID * GRID + 1];
    size_t n = make_wall(a, areas), before = 0, after = 0;
    for (size_t i = 0; i < n; i++) {
        GEOSGeometry *g = to_geos(&areas[i]);
        assert_int_equal(GEOSisValid_r(geos, g), 1);
        GEOSGeom_destroy_r(geos, g);
        before += areas[i].v[0].v[0].n;
    }
    geo_simplify(a, areas, n, 1500);
    GEOSGeometry *g[GRID * GRID + 1], *all = NULL;
    double sum = 0, area = 0;
    for (size_t i = 0; i < n; i++) {
        after += areas[i].v[0].v[0].n;
        g[i] = to_geos(&areas[i]);
        assert_int_equal(GEOSisValid_r(geos, g[i]), 1);
        GEOSArea_r(geos, g[i], &area);
        sum += area;
        for (size_t k = 0; k < i; k++) {
            GEOSGeometry *common = GEOSIntersection_r(geos, g[i], g[k]);
            GEOSArea_r(geos, common, &area);
            NEAR(area, 0, 1e-9);
            GEOSGeom_destroy_r(geos, common);
        }
    }
    GEOSGeometry *collection_of_all =
        GEOSGeom_createCollection_r(geos, GEOS_GEOMETRYCOLLECTION, g, (unsigned)n);
    all = GEOSUnaryUnion_r(geos, collection_of_all);
    GEOSArea_r(geos, all, &area);
    NEAR(area, sum, 1e-9);
    /* One piece without gaps: as many rings as the outside alone has. */
    assert_int_equal(GEOSGeomTypeId_r(geos, all), GEOS_POLYGON);
    assert_int_equal(GEOSGetNumInteriorRings_r(geos, all), 0);
    assert_true(after < before * 2 / 3 && after > before / 10);
    assert_int_equal(areas[5].v[0].n, 2);
    GEOSGeom_destroy_r(geos, all);
    GEOSGeom_destroy_r(geos, collection_of_all);
    arena_free(a);
    random_seed_for_test(0);
}

static void keeps_within_tolerance_and_drops_crumbs(void **state)
{
    (void)state;
    random_seed_for_test(4);
    struct arena *a = arena_new();
    struct geo_area star = random_star(a, 74, 42, 300), crumb = random_star(a, 76, 42, 12);
    for (size_t i = 0; i < 12; i++)
        crumb.v[0].v[0].v[i].lon = 76 + (crumb.v[0].v[0].v[i].lon - 76) / 5000;
    for (size_t i = 0; i < 12; i++)
        crumb.v[0].v[0].v[i].lat = 42 + (crumb.v[0].v[0].v[i].lat - 42) / 5000;
    struct geo_polygon both[2] = {crumb.v[0], star.v[0]};
    struct geo_area areas[2] = {{both, 2, geo_box_join(star.box, crumb.box)},
                                geo_area_copy(a, &crumb)};
    struct geo_area original = geo_area_copy(a, &star);
    geo_simplify(a, areas, 2, 2000);
    assert_int_equal(areas[0].n, 1); /* the crumb is gone, the star stayed */
    assert_true(areas[0].box.east < 75.1);
    assert_int_equal(areas[1].n, 1); /* an area never vanishes */
    assert_true(areas[1].v[0].v[0].n >= 3);
    GEOSGeometry *thin = to_geos(&areas[0]), *full = to_geos(&original);
    GEOSGeometry *thin_line = GEOSBoundary_r(geos, thin), *line = GEOSBoundary_r(geos, full);
    double far = 0;
    GEOSHausdorffDistance_r(geos, line, thin_line, &far);
    assert_true(far <= 2000 / 82000.0 && far > 0);
    GEOSGeom_destroy_r(geos, thin);
    GEOSGeom_destroy_r(geos, full);
    GEOSGeom_destroy_r(geos, thin_line);
    GEOSGeom_destroy_r(geos, line);
    arena_free(a);
    random_seed_for_test(0);
}

/* --- drawing --- */

static void projects_there_and_back(void **state)
{
    (void)state;
    random_seed_for_test(2);
    struct geo_box box = {69.2, 39.1, 80.3, 43.3};
    for (enum geo_projection kind = GEO_MERCATOR; kind <= GEO_EQUIRECTANGULAR; kind++) {
        struct geo_view v = geo_view_fit(box, kind, 800, 2000, 10);
        double x, y;
        assert_int_equal(v.width, 800);
        assert_true(v.height > 350 && v.height < 450);
        geo_project(&v, (struct geo_point){69.2, 43.3}, &x, &y);
        NEAR(x, 10, 0.01);
        NEAR(y, 10, 0.51);
        geo_project(&v, (struct geo_point){80.3, 39.1}, &x, &y);
        NEAR(x, 790, 0.01);
        NEAR(y, v.height - 10, 0.51);
        for (int i = 0; i < 50; i++) {
            struct geo_point p = {69 + 11 * chance(), 39 + 4 * chance()};
            geo_project(&v, p, &x, &y);
            struct geo_point q = geo_unproject(&v, x, y);
            NEAR(q.lon, p.lon, 1e-9);
            NEAR(q.lat, p.lat, 1e-9);
        }
        v = geo_view_fit(box, kind, 800, 200, 10);
        assert_true(v.height <= 201);
    }
    random_seed_for_test(0);
}

static bool next_number(const char **p, double *out)
{
    char text[16];
    int n = 0;
    while (**p == ' ')
        (*p)++;
    if (**p == '-')
        text[n++] = *(*p)++;
    bool point = false;
    while ((**p >= '0' && **p <= '9') || (**p == '.' && !point)) {
        point = point || **p == '.';
        if (**p == '.' && (n == 0 || text[n - 1] == '-'))
            text[n++] = '0';
        text[n++] = *(*p)++;
    }
    return str_to_double(str_of(text, (size_t)n), out);
}

static void draws_a_path(void **state)
{
    (void)state;
    random_seed_for_test(6);
    struct arena *a = arena_new();
    struct geo_area star = random_star(a, 74, 42, 120);
    struct geo_view v = geo_view_fit(star.box, GEO_MERCATOR, 300, 300, 0);
    struct buf *b = buf_in(a);
    geo_svg_path(b, &v, &star);
    buf_char(b, '\0');
    const char *p = b->p;
    double x, y, dx, dy, want_x, want_y;
    assert_int_equal(*p++, 'M');
    assert_true(next_number(&p, &x) && next_number(&p, &y));
    assert_int_equal(*p++, 'l');
    for (size_t i = 0; *p != 'z'; i++) {
        /* Points that fall on one tenth of a pixel are skipped; here none do. */
        geo_project(&v, star.v[0].v[0].v[i], &want_x, &want_y);
        NEAR(x, want_x, 0.051);
        NEAR(y, want_y, 0.051);
        assert_true(next_number(&p, &dx) && next_number(&p, &dy));
        x += dx;
        y += dy;
    }
    assert_string_equal(p, "z");
    buf_clear(b);
    v.scale /= 10000;
    geo_svg_path(b, &v, &star);
    assert_int_equal(b->n, 0);
    arena_free(a);
    random_seed_for_test(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_collection),
        cmocka_unit_test(reads_a_bare_geometry),
        cmocka_unit_test(names_the_fault),
        cmocka_unit_test(writes_what_it_read),
        cmocka_unit_test(measures_the_earth),
        cmocka_unit_test(agrees_with_geos_on_inside),
        cmocka_unit_test(labels_a_horseshoe_inside),
        cmocka_unit_test(thins_neighbours_together),
        cmocka_unit_test(keeps_within_tolerance_and_drops_crumbs),
        cmocka_unit_test(projects_there_and_back),
        cmocka_unit_test(draws_a_path),
    };
    geos = GEOS_init_r();
    int failed = cmocka_run_group_tests_name("geo", tests, NULL, NULL);
    GEOS_finish_r(geos);
    return failed;
}
