/*
 * Places: the country's units by SOATE code (oblast, raion, city, aiyl aimak, village), each with
 * the days between which it existed, its parent, and what it merged into. Villages are the stable
 * unit; municipalities merge. Population by year, sex and age band. Boundaries and points.
 *
 * The whole territory (some 2,500 units) is kept in memory as one immutable snapshot, replaced when
 * it is edited, so pages look names up without a query. A snapshot lives as long as the arena that
 * asked for it.
 */
#ifndef PLACES_PLACES_H
#define PLACES_PLACES_H

#include "platform/web/slice.h"

enum place_kind {
    PLACE_COUNTRY,
    PLACE_OBLAST,
    PLACE_CITY_REPUBLICAN, /* Bishkek, Osh */
    PLACE_RAION,
    PLACE_CITY_OBLAST,
    PLACE_CITY_RAION,
    PLACE_CITY_PART,  /* districts and other parts of cities */
    PLACE_SETTLEMENT, /* urban-type settlement */
    PLACE_AIMAK,      /* aiyl aimak */
    PLACE_VILLAGE,
    PLACE__MAX
};
const char *place_kind_code(enum place_kind kind);
enum msg place_kind_message(enum place_kind kind);

struct place {
    struct str code;
    int level; /* 0 country, 1 oblast, 2 raion or city, 3 aimak, 4 village */
    enum place_kind kind;
    /* As people say it: "Көк-Жар айыл аймагы". No Kyrgyz one (NULL view) where the classifier has
     * none: the official Russian one is shown then. A template writes `{{ p->name }}`, which marks
     * the language of such a name; place_name() is for where marks have no place. */
    struct text3 name;
    bool name_ky_draft;                      /* Kyrgyz name not official yet, or none */
    const struct place *parent;              /* today */
    const struct place *successor;           /* what it merged into; NULL while it exists */
    const struct place *const *predecessors; /* what merged into it: their figures roll up to it */
    size_t predecessor_count;
    int64_t valid_from, valid_to; /* days; valid_to INT64_MAX while it exists */
    bool has_point;
    double lat, lon;
    int64_t population; /* latest year, all; children's sum where none of its own; 0 unknown */
    int population_year;
    bool partner;                        /* supported by the programme */
    const struct place *const *children; /* existing today, by Kyrgyz name */
    size_t child_count;
};

struct territory {
    const struct place *const *all; /* by code */
    size_t n;
    const struct place *country;
    const struct place *const *oblasts;
    size_t oblast_count;
    int64_t version;
    bool has_boundaries;
    bool demo;
};

/* The current snapshot, held until the arena is freed. Never NULL after start. */
const struct territory *territory_get(struct app *app, struct arena *a);
/* The place that {unit} of this request's address names. */
const struct place *places_unit(const struct req *r);
/* NULL when unknown. */
const struct place *territory_find(const struct territory *t, struct str code);
/* Is this a unit with an own council and services: aiyl aimak or city? */
bool place_is_municipality(const struct place *p);
/* The municipality that a village (or the unit itself, or a merged one) belongs to today. */
const struct place *place_municipality(const struct place *p);
/* Its code and those of all that ever merged into it, itself first: whose figures and records are
 * now its own. */
struct place_codes {
    struct str *v;
    size_t n, cap;
};
struct place_codes place_family(struct arena *a, const struct place *p);
/* The scope of a read that needs the rows of the whole family: its own code while it is alone, the
 * country once anything merged into it, because rows bear the code they were written under. */
struct str place_family_scope(const struct place *p);
/* Those that merged into it, oldest link last, however long ago: place_family without itself. */
struct place_refs {
    const struct place **v;
    size_t n, cap;
};
struct place_refs place_ancestors(struct arena *a, const struct place *p);
/* The one of them with that code; NULL when there is none. */
const struct place *place_ancestor(const struct place *p, struct str code);
const struct place *place_oblast(const struct place *p);
bool place_within(const struct place *p, const struct place *ancestor);
/* In that language, else the best there is; see `name`. */
struct str place_name(const struct place *p, enum lang lang);
/* "Көк-Жар айыл аймагы, Кочкор району, Нарын облусу" */
struct str place_full_name(struct arena *a, const struct place *p, enum lang lang);

/* Municipalities and villages whose names fit what was typed, best first; forgiving case, Latin
 * look-alikes, missing ң ө ү, and one slip in longer words. */
struct place_hit {
    const struct place *place;
    int score;
};
struct place_hits {
    struct place_hit *v;
    size_t n, cap;
};
struct place_hits territory_search(const struct territory *t, struct arena *a, struct str typed,
                                   size_t max);
/* The nearest village with a point, and its distance; NULL when none within 30 km. */
const struct place *territory_nearest(const struct territory *t, double lat, double lon,
                                      double *metres);

/* Population of a place in a year or the latest before it, by sex and age band; "" = all. */
struct population_row {
    int year;
    struct str sex; /* "f", "m", "" */
    struct str age; /* "0-15", "16-29", ... as imported; "" = all */
    int64_t people;
};
struct population_rows {
    struct population_row *v;
    size_t n, cap;
};
MUST enum err places_population(struct tx *tx, struct arena *a, struct str code, int year,
                                struct population_rows *out);

/* SVG maps (components): shapes of the municipalities, raions or oblasts with a class and a link
 * each; a tile grid where no boundaries were imported. `paint` gives each unit's CSS class and
 * title text. */
struct map_paint {
    const char *css_class;
    struct str title, href;
};
typedef struct map_paint (*map_paint_fn)(void *arg, const struct place *p);
void places_map(struct buf *out, const struct ui *ui, struct app *app, struct arena *a,
                enum place_kind kind, map_paint_fn paint, void *arg);
/* A map of one municipality: its boundary if known, its villages, and marks. */
struct map_mark {
    double lat, lon;
    const char *css_class;
    struct str title, href;
};
void places_unit_map(struct buf *out, const struct ui *ui, struct app *app, struct arena *a,
                     const struct place *unit, const struct map_mark *marks, size_t n);

/* As GeoJSON: its outline, else its point, else null. */
struct json_writer;
void place_put_geometry(struct json_writer *j, const char *key, const struct place *p);

/* Options for a form: the villages of a municipality. */
struct option;
size_t places_village_options(const struct place *unit, enum lang lang, struct arena *a,
                              struct option **out);

extern const struct slice places_slice;

#endif
