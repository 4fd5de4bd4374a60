/*
 * GeoJSON in and out.
 *
 * A country's boundaries are tens of megabytes, and a JSON tree of them a gigabyte. So the outer
 * shell (the collection and its list of features) is walked here by hand without building
 * anything, and only one feature at a time is given to the JSON reader, which checks it fully.
 */
#include "platform/core/utf8.h"
#include "platform/formats/geo.h"

#include <math.h>
#include <stdarg.h>

enum { FEATURE_BYTES = 16 << 20, OTHER_BYTES = 1 << 20 };
#define DEFAULT_BYTES ((size_t)64 << 20)

struct reading {
    struct str text;
    size_t at;
    struct geo_limits limits;
    size_t points;
    struct geo_fault *fault;
    size_t feature;
    struct arena *a; /* of the present feature */
    geo_feature_fn fn;
    void *arg;
};

static enum err refuse(struct reading *r, enum err rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum err refuse(struct reading *r, enum err rc, const char *format, ...)
{
    if (r->fault) {
        va_list args;
        va_start(args, format);
        r->fault->feature = r->feature;
        vsnprintf(r->fault->text, sizeof r->fault->text, format, args);
        va_end(args);
    }
    return rc;
}

/* --- one feature --- */

static enum err read_point(struct reading *r, const struct json *v, struct geo_point *out)
{
    double lon, lat;
    if (!json_as_double(json_at(v, 0), &lon) || !json_as_double(json_at(v, 1), &lat))
        return refuse(r, ERR_PARSE, "a position is not [longitude, latitude]");
    if (!(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90))
        return refuse(r, ERR_PARSE, "position [%.6f, %.6f] is outside of the earth in degrees", lon,
                      lat);
    *out = (struct geo_point){lon, lat};
    return ERR_OK;
}

static bool same_point(struct geo_point a, struct geo_point b)
{
    return a.lon == b.lon && a.lat == b.lat;
}

static enum err read_ring(struct reading *r, const struct json *v, struct geo_ring *out,
                          struct geo_box *box)
{
    enum err rc = ERR_OK;
    size_t n = json_count(v);
    if (json_kind(v) != JSON_IS_LIST || n < 4)
        return refuse(r, ERR_PARSE, "a ring needs at least four positions, this has %zu", n);
    if (n > r->limits.points - r->points)
        return refuse(r, ERR_TOO_LARGE, "more than %zu positions in all", r->limits.points);
    r->points += n;
    out->v = ARENA_ARRAY(r->a, struct geo_point, n);
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct geo_point p = {0};
        TRY(read_point(r, json_at(v, i), &p));
        if (out->n > 0 && same_point(out->v[out->n - 1], p))
            continue;
        out->v[out->n++] = p;
        *box = geo_box_add(*box, p);
    }
    if (out->n < 2 || !same_point(out->v[0], out->v[out->n - 1]))
        return refuse(r, ERR_PARSE, "a ring does not end where it begins");
    out->n--;
    if (out->n < 3)
        return refuse(r, ERR_PARSE, "a ring has fewer than three different positions");
out:
    return rc;
}

static enum err read_polygon(struct reading *r, const struct json *v, struct geo_area *area)
{
    enum err rc = ERR_OK;
    struct geo_polygon *p = &area->v[area->n];
    size_t n = json_count(v);
    if (json_kind(v) != JSON_IS_LIST || n == 0)
        return refuse(r, ERR_PARSE, "a polygon has no rings");
    p->v = ARENA_ARRAY(r->a, struct geo_ring, n);
    for (p->n = 0; p->n < n; p->n++)
        TRY(read_ring(r, json_at(v, p->n), &p->v[p->n], &area->box));
    area->n++;
out:
    return rc;
}

static enum err read_polygons(struct reading *r, const struct json *list, struct geo_area *area)
{
    enum err rc = ERR_OK;
    size_t n = json_count(list);
    if (json_kind(list) != JSON_IS_LIST || n == 0)
        return refuse(r, ERR_PARSE, "a MultiPolygon has no polygons");
    area->v = ARENA_ARRAY(r->a, struct geo_polygon, n);
    for (size_t i = 0; i < n; i++)
        TRY(read_polygon(r, json_at(list, i), area));
out:
    return rc;
}

static enum err read_geometry(struct reading *r, const struct json *v, struct geo_feature *out)
{
    struct str type = json_str_of(v, "type");
    const struct json *coordinates = json_get(v, "coordinates");
    out->area.box = GEO_BOX_EMPTY;
    if (json_kind(v) == JSON_IS_NULL)
        return ERR_OK;
    if (str_eq(type, STR("Point"))) {
        out->kind = GEO_POINT;
        return read_point(r, coordinates, &out->point);
    }
    if (str_eq(type, STR("Polygon"))) {
        out->kind = GEO_AREA;
        out->area.v = ARENA_NEW(r->a, struct geo_polygon);
        return read_polygon(r, coordinates, &out->area);
    }
    if (str_eq(type, STR("MultiPolygon"))) {
        out->kind = GEO_AREA;
        return read_polygons(r, coordinates, &out->area);
    }
    if (str_eq(type, STR("LineString")) || str_eq(type, STR("MultiLineString")) ||
        str_eq(type, STR("MultiPoint")))
        return ERR_OK;
    return refuse(r, ERR_PARSE, "unknown geometry type \"%.*s\"", STRF(utf8_prefix(type, 40)));
}

static enum err give_feature(struct reading *r, const struct json *v)
{
    enum err rc = ERR_OK;
    struct geo_feature f = {.index = r->feature};
    if (json_kind(v) != JSON_IS_MAP)
        return refuse(r, ERR_PARSE, "a feature is not an object");
    if (str_eq(json_str_of(v, "type"), STR("Feature"))) {
        const struct json *properties = json_get(v, "properties");
        f.properties = json_kind(properties) == JSON_IS_MAP ? properties : NULL;
        f.id = json_get(v, "id");
        if (!json_get(v, "geometry"))
            return refuse(r, ERR_PARSE, "a feature without \"geometry\"");
        TRY(read_geometry(r, json_get(v, "geometry"), &f));
    } else {
        TRY(read_geometry(r, v, &f));
    }
    rc = r->fn(r->arg, &f);
out:
    return rc;
}

/* The text of one feature or bare geometry. */
static enum err take_feature(struct reading *r, struct str text)
{
    struct json_fault fault = {0};
    const struct json *v;
    r->feature++;
    if (r->feature > r->limits.features)
        return refuse(r, ERR_TOO_LARGE, "more than %zu features", r->limits.features);
    enum err rc = json_parse(r->a, text, FEATURE_BYTES, &v, &fault);
    if (rc != ERR_OK)
        rc = refuse(r, rc, "not JSON: %.90s", fault.text);
    else
        rc = give_feature(r, v);
    arena_reset(r->a);
    return rc;
}

/* --- the shell around the features --- */

static void skip_blanks(struct reading *r)
{
    while (r->at < r->text.n && strchr(" \t\r\n", r->text.p[r->at]) && r->text.p[r->at])
        r->at++;
}

static bool take(struct reading *r, char c)
{
    skip_blanks(r);
    if (r->at >= r->text.n || r->text.p[r->at] != c)
        return false;
    r->at++;
    return true;
}

static bool skip_string(struct reading *r)
{
    if (!take(r, '"'))
        return false;
    for (; r->at < r->text.n; r->at++) {
        char c = r->text.p[r->at];
        if (c == '\\')
            r->at++;
        else if (c == '"') {
            r->at++;
            return true;
        }
    }
    return false;
}

/* Finds where a value ends by its brackets and quotes alone; whoever needs it parses it. */
static bool skip_value(struct reading *r, struct str *out)
{
    skip_blanks(r);
    size_t from = r->at;
    int depth = 0;
    while (r->at < r->text.n) {
        char c = r->text.p[r->at];
        if (c == '"') {
            if (!skip_string(r))
                return false;
        } else if (c == '{' || c == '[') {
            depth++;
            r->at++;
        } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
            break;
        } else {
            depth -= c == '}' || c == ']';
            r->at++;
        }
    }
    *out = str_slice(r->text, from, r->at - from);
    return depth == 0 && out->n > 0;
}

static enum err read_features(struct reading *r)
{
    enum err rc = ERR_OK;
    if (!take(r, '['))
        return refuse(r, ERR_PARSE, "\"features\" is not a list");
    if (take(r, ']'))
        return ERR_OK;
    do {
        struct str value;
        if (!skip_value(r, &value))
            return refuse(r, ERR_PARSE, "the list of features is cut off");
        TRY(take_feature(r, value));
    } while (take(r, ','));
    if (!take(r, ']'))
        return refuse(r, ERR_PARSE, "the list of features does not end with ]");
out:
    return rc;
}

struct shell {
    bool is_collection; /* "type" says so */
    size_t features_at; /* position of the list, 0 when absent */
};

/* One member of the top object: notes what matters, and checks that the rest is JSON. */
static enum err read_member(struct reading *r, struct shell *shell)
{
    struct str value, key;
    const struct json *parsed;
    skip_blanks(r);
    size_t from = r->at;
    if (!skip_string(r))
        return refuse(r, ERR_PARSE, "a member name is missing");
    key = str_slice(r->text, from, r->at - from);
    if (!take(r, ':'))
        return refuse(r, ERR_PARSE, "a colon is missing");
    skip_blanks(r);
    size_t value_at = r->at;
    if (!skip_value(r, &value))
        return refuse(r, ERR_PARSE, "the document is cut off");
    if (str_eq(key, STR("\"features\""))) {
        if (shell->features_at)
            return refuse(r, ERR_PARSE, "\"features\" stands twice");
        shell->features_at = value_at;
        return ERR_OK;
    }
    if (str_eq(key, STR("\"type\"")))
        shell->is_collection = str_eq(str_trim(value), STR("\"FeatureCollection\""));
    else if (value.n > OTHER_BYTES)
        return ERR_OK; /* the geometry of a bare feature: parsed as a whole afterwards */
    if (json_parse(r->a, value, OTHER_BYTES, &parsed, NULL) != ERR_OK)
        return refuse(r, ERR_PARSE, "member %.*s is not JSON", STRF(utf8_prefix(key, 40)));
    arena_reset(r->a);
    return ERR_OK;
}

static enum err read_document(struct reading *r)
{
    enum err rc = ERR_OK;
    struct shell shell = {0};
    if (str_starts(r->text, STR("\xEF\xBB\xBF")))
        r->text = str_slice(r->text, 3, r->text.n);
    if (!utf8_is_text(r->text)) /* parts of it are quoted in faults */
        return refuse(r, ERR_PARSE, "not UTF-8 text");
    if (!take(r, '{'))
        return refuse(r, ERR_PARSE, "not a JSON object");
    do
        TRY(read_member(r, &shell));
    while (take(r, ','));
    if (!take(r, '}'))
        return refuse(r, ERR_PARSE, "the document does not end with }");
    skip_blanks(r);
    if (r->at != r->text.n)
        return refuse(r, ERR_PARSE, "something follows the document");
    if (!shell.is_collection)
        return take_feature(r, r->text);
    if (!shell.features_at)
        return refuse(r, ERR_PARSE, "a FeatureCollection without \"features\"");
    r->at = shell.features_at;
    rc = read_features(r);
out:
    return rc;
}

enum err geo_read(struct str geojson, const struct geo_limits *limits, geo_feature_fn fn, void *arg,
                  struct geo_fault *fault)
{
    struct reading r = {.text = geojson, .fault = fault, .fn = fn, .arg = arg};
    if (limits)
        r.limits = *limits;
    if (r.limits.bytes == 0)
        r.limits.bytes = DEFAULT_BYTES;
    if (r.limits.features == 0)
        r.limits.features = 10000;
    if (r.limits.points == 0)
        r.limits.points = 4000000;
    if (fault)
        *fault = (struct geo_fault){0};
    if (geojson.n > r.limits.bytes)
        return refuse(&r, ERR_TOO_LARGE, "more than %zu bytes", r.limits.bytes);
    r.a = arena_new();
    enum err rc = read_document(&r);
    arena_free(r.a);
    return rc;
}

struct geo_area geo_area_copy(struct arena *a, const struct geo_area *from)
{
    struct geo_area to = {.n = from->n, .box = from->box};
    to.v = ARENA_ARRAY(a, struct geo_polygon, from->n);
    for (size_t i = 0; i < from->n; i++) {
        to.v[i].n = from->v[i].n;
        to.v[i].v = ARENA_ARRAY(a, struct geo_ring, from->v[i].n);
        for (size_t k = 0; k < from->v[i].n; k++) {
            const struct geo_ring *ring = &from->v[i].v[k];
            to.v[i].v[k].n = ring->n;
            to.v[i].v[k].v = ARENA_ARRAY(a, struct geo_point, ring->n);
            memcpy(to.v[i].v[k].v, ring->v, ring->n * sizeof *ring->v);
        }
    }
    return to;
}

/* --- out --- */

static bool is_counter_clockwise(const struct geo_ring *r)
{
    double sum = 0;
    for (size_t i = 0, before = r->n - 1; i < r->n; before = i++)
        sum += (r->v[i].lon - r->v[before].lon) * (r->v[i].lat + r->v[before].lat);
    return sum < 0;
}

static void write_ring(struct json_writer *j, const struct geo_ring *r, bool outer, int decimals)
{
    bool forward = is_counter_clockwise(r) == outer; /* RFC 7946 section 3.1.6 */
    json_open_array(j, NULL);
    for (size_t i = 0; i <= r->n; i++) {
        size_t at = i % r->n;
        struct geo_point p = r->v[forward || at == 0 ? at : r->n - at];
        json_open_array(j, NULL);
        json_put_fixed(j, NULL, p.lon, decimals);
        json_put_fixed(j, NULL, p.lat, decimals);
        json_close(j);
    }
    json_close(j);
}

static void write_polygon(struct json_writer *j, const struct geo_polygon *p, int decimals)
{
    json_open_array(j, NULL);
    for (size_t i = 0; i < p->n; i++)
        write_ring(j, &p->v[i], i == 0, decimals);
    json_close(j);
}

void geo_write(struct json_writer *j, const char *key, const struct geo_area *area, int decimals)
{
    json_open(j, key);
    json_put_cstr(j, "type", area->n == 1 ? "Polygon" : "MultiPolygon");
    if (area->n == 1) {
        json_key(j, STR("coordinates"));
        write_polygon(j, &area->v[0], decimals);
    } else {
        json_open_array(j, "coordinates");
        for (size_t i = 0; i < area->n; i++)
            write_polygon(j, &area->v[i], decimals);
        json_close(j);
    }
    json_close(j);
}
