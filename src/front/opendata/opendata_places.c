/*
 * Files of places: the municipalities of today, and every unit that there is or was, with its
 * outline or point.
 */
#include "front/opendata/opendata_internal.h"

static const char *kind_value(size_t i)
{
    return i < PLACE__MAX ? place_kind_code((enum place_kind)i) : NULL;
}

static struct str code_of(const struct place *p)
{
    return p ? p->code : STR_NULL;
}

static void put_names(struct open_writer *w, const struct place *p)
{
    for (int l = 0; l < LANG__MAX; l++)
        open_text(w, p->name.in[l]);
}

static void put_point(struct open_writer *w, const struct place *p)
{
    open_decimal(w, p->has_point, p->lat, OPEN_PLACE_DECIMALS);
    open_decimal(w, p->has_point, p->lon, OPEN_PLACE_DECIMALS);
}

static struct i64_opt known(bool yes, int64_t v)
{
    return yes ? I64(v) : I64_NONE;
}

/* The municipality asked for, when one was: its units of record end with today's. */
static bool asked_for(const struct open_question *q, const struct place *p)
{
    if (!q->one_unit)
        return true;
    for (size_t i = 0; i < q->units.n; i++)
        if (place_within(p, territory_find(q->territory, q->units.v[i])))
            return true;
    return false;
}

/* --- municipalities --- */

static const struct open_column municipality_columns[] = {
    OPEN_COLUMN("code", OPEN_CODE, MSG_opendata_c_place_code),
    OPEN_VALUES("kind", kind_value, MSG_opendata_c_place_kind),
    OPEN_BLANK("name_ky", OPEN_TEXT, MSG_opendata_c_name_ky),
    OPEN_BLANK("name_ru", OPEN_TEXT, MSG_opendata_c_name_ru),
    OPEN_BLANK("name_en", OPEN_TEXT, MSG_opendata_c_name_en),
    OPEN_BLANK("oblast", OPEN_CODE, MSG_opendata_c_oblast),
    OPEN_UNIT("population", OPEN_INT, MSG_opendata_u_people, MSG_opendata_c_population),
    OPEN_BLANK("population_year", OPEN_INT, MSG_opendata_c_population_year),
    OPEN_UNIT("lat", OPEN_DECIMAL, MSG_opendata_u_degrees, MSG_opendata_c_lat),
    OPEN_UNIT("lon", OPEN_DECIMAL, MSG_opendata_u_degrees, MSG_opendata_c_lon),
    OPEN_COLUMN("villages", OPEN_INT, MSG_opendata_c_villages),
};

static bool is_today(const struct place *p)
{
    return place_is_municipality(p) && !p->successor && p->valid_to == INT64_MAX;
}

static enum err municipality_rows(const struct open_question *q, struct open_writer *w)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < q->territory->n; i++) {
        const struct place *p = q->territory->all[i], *oblast = place_oblast(p);
        if (!is_today(p) || !asked_for(q, p))
            continue;
        open_text(w, p->code);
        open_cstr(w, place_kind_code(p->kind));
        put_names(w, p);
        open_text(w, oblast ? oblast->code : p->code);
        open_opt(w, known(p->population > 0, p->population));
        open_opt(w, known(p->population > 0, p->population_year));
        put_point(w, p);
        open_int(w, (int64_t)p->child_count);
        TRY(open_row(w));
    }
out:
    return rc;
}

static const char *const code_key[] = {"code", NULL};

const struct open_file open_municipalities = {
    .name = "municipalities",
    .title = MSG_opendata_f_municipalities,
    .about = MSG_opendata_a_municipalities,
    .columns = municipality_columns,
    .column_count = COUNT_OF(municipality_columns),
    .keys = code_key,
    .by_unit = true,
    .rows = municipality_rows,
};

/* --- all places --- */

static const struct open_column place_columns[] = {
    OPEN_COLUMN("code", OPEN_CODE, MSG_opendata_c_place_code),
    OPEN_VALUES("kind", kind_value, MSG_opendata_c_place_kind),
    OPEN_BLANK("parent", OPEN_CODE, MSG_opendata_c_place_parent),
    OPEN_BLANK("municipality", OPEN_CODE, MSG_opendata_c_place_municipality),
    OPEN_BLANK("name_ky", OPEN_TEXT, MSG_opendata_c_name_ky),
    OPEN_BLANK("name_ru", OPEN_TEXT, MSG_opendata_c_name_ru),
    OPEN_BLANK("name_en", OPEN_TEXT, MSG_opendata_c_name_en),
    OPEN_PEOPLE("population", MSG_opendata_u_people, MSG_opendata_c_population),
    OPEN_BLANK("population_year", OPEN_INT, MSG_opendata_c_population_year),
    OPEN_BLANK("valid_from", OPEN_DAY, MSG_opendata_c_valid_from),
    OPEN_BLANK("valid_to", OPEN_DAY, MSG_opendata_c_valid_to),
    OPEN_BLANK("successor", OPEN_CODE, MSG_opendata_c_successor),
    OPEN_UNIT("lat", OPEN_DECIMAL, MSG_opendata_u_degrees, MSG_opendata_c_lat),
    OPEN_UNIT("lon", OPEN_DECIMAL, MSG_opendata_u_degrees, MSG_opendata_c_lon),
    OPEN_WITHHELD,
};

static void put_population(struct open_writer *w, const struct place *p)
{
    if (p->population > 0)
        open_people(w, p->population);
    else
        open_blank(w);
    open_opt(w, known(p->population > 0, p->population_year));
}

static enum err place_rows(const struct open_question *q, struct open_writer *w)
{
    enum err rc = ERR_OK;
    for (size_t i = 0; i < q->territory->n; i++) {
        const struct place *p = q->territory->all[i];
        if (!asked_for(q, p))
            continue;
        w->place = p;
        open_text(w, p->code);
        open_cstr(w, place_kind_code(p->kind));
        open_text(w, code_of(p->parent));
        open_text(w, code_of(place_municipality(p)));
        put_names(w, p);
        put_population(w, p);
        open_day(w, p->valid_from);
        open_day(w, p->valid_to == INT64_MAX ? 0 : p->valid_to);
        open_text(w, code_of(p->successor));
        put_point(w, p);
        TRY(open_row(w));
    }
out:
    return rc;
}

const struct open_file open_places = {
    .name = "places",
    .title = MSG_opendata_f_places,
    .about = MSG_opendata_a_places,
    .columns = place_columns,
    .column_count = COUNT_OF(place_columns),
    .keys = code_key,
    .by_unit = true,
    .geo = true,
    .rows = place_rows,
};
