/*
 * What the files hold, said by the declarations that write them: codebook.csv, the page of it, and
 * datapackage.json (Frictionless Data Package with Table Schema).
 */
#include "front/opendata/opendata_internal.h"
#include "front/opendata/opendata_tpl.h"
#include "front/opendata/opendata_view.h"

#define KEEP_SECONDS 300

const struct open_file *const open_files[] = {
    &open_municipalities, &open_places, &open_cases,    &open_visits, &open_promises,
    &open_figures,        &open_months, &open_codebook, NULL,
};

const struct open_file *open_file_find(struct str name)
{
    for (size_t i = 0; open_files[i]; i++)
        if (str_eq(name, str_from(open_files[i]->name)))
            return open_files[i];
    return NULL;
}

static struct str unit_text(enum lang lang, enum msg unit)
{
    return unit == MSG_NONE ? STR_NULL : msg_text(lang, unit);
}

static struct str values_text(struct arena *a, const struct open_column *c, const char *between)
{
    struct buf *out = buf_in(a);
    for (size_t i = 0; c->values && c->values(i); i++)
        buf_printf(out, "%s%s", i ? between : "", c->values(i));
    return buf_view(out);
}

/* --- codebook.csv --- */

static const char *type_value(size_t i)
{
    static const char *const all[] = {"string", "integer",  "number",    "boolean",
                                      "date",   "datetime", "yearmonth", NULL};
    return all[i];
}

static const struct open_column columns[] = {
    OPEN_COLUMN("file", OPEN_CODE, MSG_opendata_c_file),
    OPEN_COLUMN("position", OPEN_INT, MSG_opendata_c_column_position),
    OPEN_COLUMN("column", OPEN_CODE, MSG_opendata_c_column),
    OPEN_VALUES("type", type_value, MSG_opendata_c_type),
    OPEN_COLUMN("may_be_blank", OPEN_BOOL, MSG_opendata_c_may_be_blank),
    OPEN_BLANK("withheld_below", OPEN_INT, MSG_opendata_c_withheld_below),
    OPEN_BLANK("values", OPEN_TEXT, MSG_opendata_c_values),
    OPEN_BLANK("unit_ky", OPEN_TEXT, MSG_opendata_c_unit_ky),
    OPEN_BLANK("unit_ru", OPEN_TEXT, MSG_opendata_c_unit_ru),
    OPEN_BLANK("unit_en", OPEN_TEXT, MSG_opendata_c_unit_en),
    OPEN_COLUMN("meaning_ky", OPEN_TEXT, MSG_opendata_c_meaning_ky),
    OPEN_COLUMN("meaning_ru", OPEN_TEXT, MSG_opendata_c_meaning_ru),
    OPEN_COLUMN("meaning_en", OPEN_TEXT, MSG_opendata_c_meaning_en),
};

static enum err codebook_rows(const struct open_question *q, struct open_writer *w)
{
    enum err rc = ERR_OK;
    for (size_t f = 0; open_files[f]; f++)
        for (size_t i = 0; i < open_files[f]->column_count; i++) {
            const struct open_column *c = &open_files[f]->columns[i];
            open_cstr(w, open_files[f]->name);
            open_int(w, (int64_t)i + 1);
            open_cstr(w, c->name);
            open_cstr(w, open_type_code(c->type));
            open_bool(w, c->blank);
            open_opt(w, c->few ? I64(c->few) : I64_NONE);
            open_text(w, values_text(q->arena, c, " "));
            for (int l = 0; l < LANG__MAX; l++)
                open_text(w, unit_text((enum lang)l, c->unit));
            for (int l = 0; l < LANG__MAX; l++)
                open_text(w, msg_text((enum lang)l, c->meaning));
            TRY(open_row(w));
        }
out:
    return rc;
}

static const char *const codebook_key[] = {"file", "column", NULL};

const struct open_file open_codebook = {
    .name = "codebook",
    .title = MSG_opendata_codebook_title,
    .about = MSG_opendata_codebook_lead,
    .columns = columns,
    .column_count = COUNT_OF(columns),
    .keys = codebook_key,
    .rows = codebook_rows,
};

/* --- the page --- */

enum err opendata_codebook(struct req *r)
{
    struct opendata_codebook_view v = {.few = FIGURE_FEW};
    for (size_t f = 0; open_files[f]; f++) {
        const struct open_file *file = open_files[f];
        struct opendata_chapter chapter = {
            .name = str_from(file->name), .title = file->title, .about = file->about};
        for (size_t i = 0; i < file->column_count; i++) {
            const struct open_column *c = &file->columns[i];
            struct opendata_column_row row = {.name = str_from(c->name),
                                              .values = values_text(r->arena, c, ", "),
                                              .type = open_type_message(c->type),
                                              .unit = c->unit,
                                              .meaning = c->meaning,
                                              .blank = c->blank,
                                              .few = c->few};
            ARENA_PUSH(r->arena, chapter.columns, row);
        }
        ARENA_PUSH(r->arena, v.files, chapter);
    }
    struct crumb crumbs[] = {{STR("/open"), msg_text(r->ui.lang, MSG_opendata_title)}};
    struct page page = {.title = msg_text(r->ui.lang, MSG_opendata_codebook_title),
                        .crumbs = crumbs,
                        .crumb_count = COUNT_OF(crumbs)};
    resp_cache_public(r, KEEP_SECONDS);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_opendata_codebook(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- datapackage.json --- */

static void put_field(struct json_writer *j, enum lang lang, const struct open_column *c)
{
    json_open(j, NULL);
    json_put_cstr(j, "name", c->name);
    json_put_cstr(j, "type", open_type_code(c->type));
    json_put_str(j, "description", msg_text(lang, c->meaning));
    if (c->unit != MSG_NONE)
        json_put_str(j, "unit", msg_text(lang, c->unit));
    if (c->few)
        json_put_i64(j, "withheldBelow", c->few);
    json_open(j, "constraints");
    if (!c->blank)
        json_put_bool(j, "required", true);
    if (c->values) {
        json_open_array(j, "enum");
        for (size_t i = 0; c->values(i); i++)
            json_put_cstr(j, NULL, c->values(i));
        json_close(j);
    }
    json_close(j);
    json_close(j);
}

static void put_schema(struct json_writer *j, enum lang lang, const struct open_file *file)
{
    json_open(j, "schema");
    json_open_array(j, "fields");
    for (size_t i = 0; i < file->column_count; i++)
        put_field(j, lang, &file->columns[i]);
    json_close(j);
    json_open_array(j, "primaryKey");
    for (size_t i = 0; file->keys[i]; i++)
        json_put_cstr(j, NULL, file->keys[i]);
    json_close(j);
    json_open_array(j, "missingValues");
    json_put_cstr(j, NULL, "");
    json_close(j);
    json_close(j);
}

static void put_resource(struct json_writer *j, struct arena *a, enum lang lang,
                         const struct open_file *file, enum open_format format)
{
    const char *ending = open_format_ending(format);
    bool table = format == OPEN_CSV;
    json_open(j, NULL);
    json_put_str(j, "name",
                 table ? str_from(file->name) : arena_printf(a, "%s-%s", file->name, ending));
    json_put_str(j, "path", arena_printf(a, "%s.%s", file->name, ending));
    json_put_cstr(j, "profile", table ? "tabular-data-resource" : "data-resource");
    json_put_str(j, "title", msg_text(lang, file->title));
    json_put_str(j, "description", msg_text(lang, file->about));
    json_put_cstr(j, "format", ending);
    struct str type = str_from(open_format_type(format)), mediatype;
    str_split(&type, ';', &mediatype);
    json_put_str(j, "mediatype", mediatype);
    json_put_cstr(j, "encoding", "utf-8");
    if (table)
        put_schema(j, lang, file);
    json_close(j);
}

enum err opendata_package(struct req *r)
{
    struct buf *out = buf_in(r->arena);
    struct json_writer writer = json_to(out), *j = &writer;
    enum lang lang = r->ui.lang;
    json_open(j, NULL);
    json_put_cstr(j, "profile", "data-package");
    json_put_cstr(j, "name", "aimak");
    json_put_str(j, "title", msg_text(lang, MSG_opendata_title));
    json_put_str(j, "description", msg_text(lang, MSG_opendata_lead));
    json_put_str(j, "homepage", arena_printf(r->arena, "%s/open", r->app->public_url));
    json_open_array(j, "licenses");
    json_open(j, NULL);
    json_put_cstr(j, "name", OPEN_LICENCE);
    json_put_cstr(j, "path", OPEN_LICENCE_URL);
    json_close(j);
    json_close(j);
    json_open_array(j, "resources");
    for (size_t f = 0; open_files[f]; f++)
        for (int format = 0; format < OPEN_FORMAT__MAX; format++)
            if (format != OPEN_GEOJSON || open_files[f]->geo)
                put_resource(j, r->arena, lang, open_files[f], (enum open_format)format);
    json_close(j);
    json_close(j);
    INVARIANT(json_complete(j));
    resp_cache_public(r, KEEP_SECONDS);
    if (!resp_not_modified(r, buf_view(out)))
        buf_str(resp_json(r, 200), buf_view(out));
    return ERR_OK;
}
