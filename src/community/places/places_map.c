/*
 * Maps as SVG made on the server: the country's areas or points, and one municipality with its
 * villages and marks. Colours come from CSS classes; every shape is a link with its own title, so
 * the map can be read with a keyboard and a screen reader, and prints.
 *
 * Without imported outlines the country is a grid of tiles: one square for each unit, grouped by
 * oblast, which reads better on a phone than an empty map.
 */
#include "community/places/places_internal.h"
#include "community/places/places_tpl.h"

#include "platform/web/components.h"

#define MAP_WIDTH 1000

static void svg_open(struct buf *out, const struct geo_view *v, const char *css_class)
{
    buf_printf(out, "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"group\">", css_class, v->width,
               v->height);
}

/* <a href><TITLE>...: what every shape of a map is wrapped in. */
static void link_open(struct buf *out, const struct ui *ui, struct map_paint paint)
{
    if (paint.href.p) {
        buf_cstr(out, "<a href=\"");
        html_url(out, ui, URL(paint.href));
        buf_cstr(out, "\">");
    } else {
        buf_cstr(out, "<g>");
    }
    buf_cstr(out, "<title>");
    html_text(out, ui, paint.title);
    buf_cstr(out, "</title>");
}

static void link_close(struct buf *out, struct map_paint paint)
{
    buf_cstr(out, paint.href.p ? "</a>" : "</g>");
}

static void draw_area(struct buf *out, const struct geo_view *v, const struct place *p,
                      const char *css_class)
{
    buf_printf(out, "<path class=\"%s\" d=\"", css_class);
    geo_svg_path(out, v, &place_entry(p)->outline);
    buf_cstr(out, "\"/>");
}

static void draw_point(struct buf *out, const struct geo_view *v, double lat, double lon,
                       const char *css_class, int radius)
{
    double x, y;
    geo_project(v, (struct geo_point){lon, lat}, &x, &y);
    buf_printf(out, "<circle class=\"%s\" r=\"%d\" cx=\"", css_class, radius);
    buf_fixed(out, x, 1);
    buf_cstr(out, "\" cy=\"");
    buf_fixed(out, y, 1);
    buf_cstr(out, "\"/>");
}

static struct geo_box box_of_outlines(const struct territory *t)
{
    struct geo_box box = GEO_BOX_EMPTY;
    for (size_t i = 0; i < t->n; i++)
        if (place_entry(t->all[i])->outline.n > 0)
            box = geo_box_join(box, place_entry(t->all[i])->outline.box);
    return box;
}

static bool is_painted(const struct place *p, enum place_kind kind)
{
    if (p->valid_to != INT64_MAX)
        return false;
    if (kind == PLACE_AIMAK)
        return place_is_municipality(p);
    if (kind == PLACE_OBLAST)
        return p->level == 1;
    return p->kind == kind;
}

/* Raions lie under points of municipalities; oblasts where raions have no outline. */
static void draw_ground(struct buf *out, const struct territory *t, const struct geo_view *v)
{
    for (int level = 2; level >= 1; level--)
        for (size_t i = 0; i < t->n; i++)
            if (place_entry(t->all[i])->outline.n > 0 && t->all[i]->level == level)
                draw_area(out, v, t->all[i], level == 1 ? "map__border" : "map__area");
}

static void draw_country(struct buf *out, const struct ui *ui, const struct territory *t,
                         enum place_kind kind, map_paint_fn paint, void *arg)
{
    struct geo_view v =
        geo_view_fit(box_of_outlines(t), GEO_EQUIRECTANGULAR, MAP_WIDTH, MAP_WIDTH, 8);
    svg_open(out, &v, "map");
    if (kind == PLACE_AIMAK)
        draw_ground(out, t, &v);
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i];
        bool area = place_entry(p)->outline.n > 0;
        if (!is_painted(p, kind) || (!area && !p->has_point))
            continue;
        struct map_paint how = paint(arg, p);
        if (!how.css_class)
            continue;
        link_open(out, ui, how);
        if (area)
            draw_area(out, &v, p, how.css_class);
        else
            draw_point(out, &v, p->lat, p->lon, how.css_class, 5);
        link_close(out, how);
    }
    buf_cstr(out, "</svg>");
}

static void draw_tiles(struct buf *out, const struct ui *ui, const struct territory *t,
                       struct arena *a, enum place_kind kind, map_paint_fn paint, void *arg)
{
    struct places_tiles_view view = {0};
    for (size_t o = 0; o < t->oblast_count; o++) {
        struct places_tile_group group = {.name = place_name(t->oblasts[o], ui->lang)};
        for (size_t i = 0; i < t->n; i++) {
            const struct place *p = t->all[i];
            if (!is_painted(p, kind) || place_oblast(p) != t->oblasts[o])
                continue;
            struct map_paint how = paint(arg, p);
            if (how.css_class)
                ARENA_PUSH(a, group.tiles,
                           ((struct places_tile){how.css_class, how.title, how.href}));
        }
        if (group.tiles.n > 0)
            ARENA_PUSH(a, view.groups, group);
    }
    tpl_places_tiles(out, ui, &view);
}

void places_map(struct buf *out, const struct ui *ui, struct app *app, struct arena *a,
                enum place_kind kind, map_paint_fn paint, void *arg)
{
    const struct territory *t = territory_get(app, a);
    if (t->has_boundaries)
        draw_country(out, ui, t, kind, paint, arg);
    else
        draw_tiles(out, ui, t, a, kind, paint, arg);
}

void places_unit_map(struct buf *out, const struct ui *ui, struct app *app, struct arena *a,
                     const struct place *unit, const struct map_mark *marks, size_t n)
{
    (void)app;
    (void)a;
    const struct geo_area *outline = &place_entry(unit)->outline;
    struct geo_box box = outline->n > 0 ? outline->box : GEO_BOX_EMPTY;
    size_t villages = 0;
    for (size_t i = 0; i < unit->child_count; i++)
        villages += unit->children[i]->has_point;
    if (outline->n == 0 && villages < 2 && n == 0)
        return; /* a dot on an empty sheet tells nobody anything */
    for (size_t i = 0; i < unit->child_count; i++)
        if (unit->children[i]->has_point)
            box = geo_box_join(
                box, geo_box_around(
                         (struct geo_point){unit->children[i]->lon, unit->children[i]->lat}, 1500));
    for (size_t i = 0; i < n; i++)
        box =
            geo_box_join(box, geo_box_around((struct geo_point){marks[i].lon, marks[i].lat}, 300));
    if (geo_box_empty(box))
        return;

    struct geo_view v = geo_view_fit(box, GEO_EQUIRECTANGULAR, 700, 600, 24);
    svg_open(out, &v, "map map--unit");
    if (outline->n > 0)
        draw_area(out, &v, unit, "map__area");
    for (size_t i = 0; i < unit->child_count; i++) {
        const struct place *village = unit->children[i];
        if (!village->has_point)
            continue;
        double x, y;
        geo_project(&v, (struct geo_point){village->lon, village->lat}, &x, &y);
        draw_point(out, &v, village->lat, village->lon, "map__point", 6);
        buf_cstr(out, "<text class=\"map__label\" x=\"");
        buf_fixed(out, x + 10, 1);
        buf_cstr(out, "\" y=\"");
        buf_fixed(out, y + 5, 1);
        buf_cstr(out, "\">");
        html_text(out, ui, place_name(village, ui->lang));
        buf_cstr(out, "</text>");
    }
    for (size_t i = 0; i < n; i++) {
        struct map_paint how = {marks[i].css_class, marks[i].title, marks[i].href};
        link_open(out, ui, how);
        draw_point(out, &v, marks[i].lat, marks[i].lon, marks[i].css_class, 7);
        link_close(out, how);
    }
    buf_cstr(out, "</svg>");
}
