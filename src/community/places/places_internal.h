/*
 * Shared inside the places room: how a snapshot is built and replaced.
 */
#ifndef PLACES_INTERNAL_H
#define PLACES_INTERNAL_H

#include "community/places/places.h"
#include "community/places/places_sql.h"

#include "platform/core/snapshot.h"
#include "platform/formats/geo.h"
#include "platform/web/import.h"

/* A place as the snapshot keeps it: the public view first, so one points at the other. */
struct place_entry {
    struct place p;
    struct str parent_code;
    struct str key[LANG__MAX]; /* search keys of the names */
    const struct place **children;
    struct geo_area outline; /* simplified; n == 0: none */
    bool demo;
};

struct territory_snapshot {
    struct snapshot base;
    struct territory t;
    struct place_entry *entries; /* by code */
    size_t n;
};

static inline const struct place_entry *place_entry(const struct place *p)
{
    return (const struct place_entry *)p;
}

bool place_kind_parse(struct str code, enum place_kind *out);
/* The forgiving key of a name in any script (places_search.c). */
void places_search_key(struct buf *out, struct str name);
/* Reads everything and makes it current; called at start and after each change. */
MUST enum err territory_reload(struct app *app);
/* In the transaction of a change: other instances reload when they see the new version. */
MUST enum err territory_changed(struct tx *tx);

/* Outlines as they stand in the database (places_outline.c). */
void outline_write(struct buf *out, const struct geo_area *area);
bool outline_parse(struct arena *a, struct str text, struct geo_area *area);

/* What the tile map shows (tiles.html). */
struct places_tile {
    const char *css_class;
    struct str title, href;
};
struct places_tile_group {
    struct str name;
    struct places_tiles {
        struct places_tile *v;
        size_t n, cap;
    } tiles;
};
struct places_tiles_view {
    struct places_tile_groups {
        struct places_tile_group *v;
        size_t n, cap;
    } groups;
};

/* What the desk's page of places shows (admin.html). */
struct places_admin_view {
    struct arena *arena;
    int64_t units, municipalities, villages, points, drafts, outlines;
    struct place_refs merged, municipality_list, oblasts;
};

/* Loading from text in memory: the command line, the demo and tests. ERR_INPUT: see *table. */
MUST enum err places_load_units(struct app *app, struct arena *a, struct str text, bool dry_run,
                                bool demo, struct table_in **table, struct import_counts *counts);
MUST enum err places_load_population(struct app *app, struct arena *a, struct str text,
                                     bool dry_run, struct table_in **table,
                                     struct import_counts *counts);
/* Uses run->text, path, arena, lang and dry_run; sets run->counts and run->fault. */
MUST enum err places_load_outlines(struct app *app, struct import_run *run);

int places_import_units(struct app *app, int argc, char **argv);
int places_import_boundaries(struct app *app, int argc, char **argv);
int places_import_population(struct app *app, int argc, char **argv);
int places_merge_command(struct app *app, int argc, char **argv);

/* Merges municipalities into one from a day on (places_merge.c). Faults name what is wrong. */
struct merge_input {
    const struct str *from; /* codes, each existing, none of them `into` */
    size_t n;
    struct str into;
    int64_t day;
    struct str decision;
    int64_t recorded_by;
};
MUST enum err places_merge(struct app *app, const struct merge_input *in, enum msg *fault);

enum err places_demo(struct app *app, struct demo_context *demo);

/* Pages (places_web.c). */
enum err places_admin_page(struct req *r);
enum err places_merge_page(struct req *r);
enum err places_merge_post(struct req *r);

#endif
