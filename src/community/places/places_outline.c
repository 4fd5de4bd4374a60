/*
 * Outlines as text in the database: polygons parted by '|', rings by ';', points by ',', each point
 * "lon lat" in degrees with four decimals (11 m, far under the thinning of the import).
 */
#include "community/places/places_internal.h"

void outline_write(struct buf *out, const struct geo_area *area)
{
    for (size_t p = 0; p < area->n; p++) {
        if (p > 0)
            buf_char(out, '|');
        for (size_t r = 0; r < area->v[p].n; r++) {
            const struct geo_ring *ring = &area->v[p].v[r];
            if (r > 0)
                buf_char(out, ';');
            for (size_t i = 0; i < ring->n; i++) {
                if (i > 0)
                    buf_char(out, ',');
                buf_fixed(out, ring->v[i].lon, 4);
                buf_char(out, ' ');
                buf_fixed(out, ring->v[i].lat, 4);
            }
        }
    }
}

static bool parse_ring(struct arena *a, struct str text, struct geo_ring *ring, struct geo_box *box)
{
    struct points {
        struct geo_point *v;
        size_t n, cap;
    } points = {0};
    struct str pair;
    while (str_split(&text, ',', &pair)) {
        struct str lon, lat = pair;
        struct geo_point point;
        if (!str_split(&lat, ' ', &lon) || !str_to_double(lon, &point.lon) ||
            !str_to_double(lat, &point.lat))
            return false;
        *box = geo_box_add(*box, point);
        ARENA_PUSH(a, points, point);
    }
    *ring = (struct geo_ring){points.v, points.n};
    return points.n >= 3;
}

bool outline_parse(struct arena *a, struct str text, struct geo_area *area)
{
    struct polygons {
        struct geo_polygon *v;
        size_t n, cap;
    } polygons = {0};
    struct str polygon_text, ring_text;
    area->box = GEO_BOX_EMPTY;
    while (str_split(&text, '|', &polygon_text)) {
        struct rings {
            struct geo_ring *v;
            size_t n, cap;
        } rings = {0};
        while (str_split(&polygon_text, ';', &ring_text)) {
            struct geo_ring ring;
            if (!parse_ring(a, ring_text, &ring, &area->box))
                return false;
            ARENA_PUSH(a, rings, ring);
        }
        ARENA_PUSH(a, polygons, ((struct geo_polygon){rings.v, rings.n}));
    }
    area->v = polygons.v;
    area->n = polygons.n;
    return polygons.n > 0;
}

void place_put_geometry(struct json_writer *j, const char *key, const struct place *p)
{
    const struct geo_area *outline = &place_entry(p)->outline;
    if (outline->n > 0) {
        geo_write(j, key, outline, 4);
    } else if (p->has_point) {
        json_open(j, key);
        json_put_cstr(j, "type", "Point");
        json_open_array(j, "coordinates");
        json_put_fixed(j, NULL, p->lon, 5);
        json_put_fixed(j, NULL, p->lat, 5);
        json_close(j);
        json_close(j);
    } else {
        json_put_null(j, key);
    }
}
