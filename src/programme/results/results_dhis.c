/*
 * Exchange with DHIS2: dataValueSets as JSON, and ADX as XML, both with the scheme of codes
 * (indicator, SOATE code, our dimensions). Only entered values travel: what is counted from records
 * has its own home here. A denominator is a value of its own, of attributeOptionCombo
 * "denominator", since DHIS2 keeps no ratios.
 *
 * Reading makes a tidy file of the document and gives it to the same import, so that the same rules
 * refuse it as a whole; the row that a fault names is the value's place in the document plus one.
 */
#include "programme/results/results_exchange.h"
#include "programme/results/results_value.h"

#include "platform/core/cli.h"
#include "platform/core/csv.h"
#include "platform/formats/json.h"
#include "platform/formats/xml.h"
#include "platform/web/import.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>

#define DENOMINATOR "denominator"
#define ADX_NAMESPACE "urn:ihe:qrph:adx:2015"

/* --- out --- */

/* 2018, 2018Q2, 201803, 2017Oct; NULL view for a span that DHIS2 has no name for. */
static struct str dhis_period(struct arena *a, int64_t from, int64_t to)
{
    long long year = from / 12, month = from % 12;
    if (to - from == 12 && month == 0)
        return arena_printf(a, "%lld", year);
    if (to - from == 12 && month == 9)
        return arena_printf(a, "%lldOct", year);
    if (to - from == 3 && month % 3 == 0)
        return arena_printf(a, "%lldQ%lld", year, month / 3 + 1);
    if (to - from == 1)
        return arena_printf(a, "%lld%02lld", year, month + 1);
    return STR_NULL;
}

struct sending {
    struct app *app;
    struct arena *a;
    struct buf *out;
    struct str programme;
    struct result_indicators indicators;
    struct json_writer j;
    struct xml x;
    bool adx, in_group;
    struct str unit; /* of the open group */
    int64_t value, skipped;
};

static struct str plain(struct arena *a, const struct result_indicator *i, int64_t amount)
{
    struct result_indicator number = {.decimals = i->decimals};
    struct buf *out = buf_in(a);
    results_amount_plain(out, &number, amount, I64_NONE);
    return buf_view(out);
}

static void put_json(struct sending *s, const struct result_indicator *i,
                     const struct sql_results_value_export_row *row, struct str period,
                     struct str value, const char *attribute)
{
    json_open(&s->j, NULL);
    json_put_str(&s->j, "dataElement", i->code);
    json_put_str(&s->j, "period", period);
    json_put_str(&s->j, "orgUnit", row->unit);
    json_put_str(&s->j, "categoryOptionCombo", row->cell.n ? row->cell : STR("default"));
    json_put_cstr(&s->j, "attributeOptionCombo", attribute);
    json_put_str(&s->j, "value", value);
    if (row->note.n)
        json_put_str(&s->j, "comment", row->note);
    json_close(&s->j);
}

static void put_adx(struct sending *s, const struct result_indicator *i,
                    const struct sql_results_value_export_row *row, struct str value,
                    const char *attribute)
{
    struct arena *a = arena_new();
    if (!s->in_group || s->value != row->id || !str_eq(s->unit, row->unit)) {
        struct buf *period = buf_in(a);
        if (s->in_group)
            xml_close(&s->x);
        buf_day(period, tally_month_start(row->from_month));
        buf_printf(period, "/P%lldM", (long long)(row->to_month - row->from_month));
        xml_open(&s->x, "group");
        xml_attribute(&s->x, "orgUnit", row->unit);
        xml_attribute(&s->x, "period", buf_view(period));
        xml_attribute(&s->x, "dataSet", i->programme);
        s->in_group = true;
        s->value = row->id;
        s->unit = arena_str(s->a, row->unit);
    }
    xml_open(&s->x, "dataValue");
    xml_attribute(&s->x, "dataElement", i->code);
    xml_attribute(&s->x, "value", value);
    if (attribute)
        xml_attribute(&s->x, "attributeOptionCombo", str_from(attribute));
    struct str rest = row->cell, part;
    while (row->cell.n && str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        if (at > 0)
            xml_attribute(&s->x, arena_cstr(s->a, str_slice(part, 0, (size_t)at)),
                          str_slice(part, (size_t)at + 1, part.n));
    }
    xml_close(&s->x);
    arena_free(a);
}

static enum err put_value(void *arg, const struct sql_results_value_export_row *row)
{
    struct sending *s = arg;
    const struct result_indicator *i = results_find(&s->indicators, row->indicator);
    struct str period = dhis_period(s->a, row->from_month, row->to_month);
    if (!i || i->measure == MEASURE_TEXT || !str_eq(row->kind, STR("actual")))
        return ERR_OK;
    if (!period.p && !s->adx) {
        s->skipped++;
        return ERR_OK;
    }
    struct str number = plain(s->a, i, row->amount);
    if (s->adx)
        put_adx(s, i, row, number, NULL);
    else
        put_json(s, i, row, period, number, "default");
    if (!row->base.set)
        return ERR_OK;
    number = plain(s->a, i, row->base.v);
    if (s->adx)
        put_adx(s, i, row, number, DENOMINATOR);
    else
        put_json(s, i, row, period, number, DENOMINATOR);
    return ERR_OK;
}

static enum err read_sending(struct tx *tx, void *arg)
{
    struct sending *s = arg;
    enum err rc = ERR_OK;
    buf_clear(s->out);
    s->indicators = (struct result_indicators){0};
    s->in_group = false;
    s->skipped = 0;
    TRY(results_indicators(s->app, tx, s->a, STR_NULL, &s->indicators));
    if (s->adx) {
        struct buf *now = buf_in(s->a);
        buf_rfc3339(now, clock_now_ms());
        s->x = xml_to(s->out);
        xml_open(&s->x, "adx");
        xml_attribute(&s->x, "xmlns", STR(ADX_NAMESPACE));
        xml_attribute(&s->x, "exported", buf_view(now));
    } else {
        s->j = json_to(s->out);
        json_open(&s->j, NULL);
        json_open_array(&s->j, "dataValues");
    }
    TRY(sql_results_value_export(tx, put_value, s, .programme = s->programme, .unit = STR_NULL,
                                 .verified = 0));
    if (s->adx) {
        if (s->in_group)
            xml_close(&s->x);
        xml_close(&s->x);
    } else {
        json_close(&s->j);
        json_close(&s->j);
    }
out:
    return rc;
}

enum err results_dhis_write(struct app *app, struct arena *a, struct str programme, bool adx,
                            struct buf *out, int64_t *skipped)
{
    struct sending s = {.app = app, .a = a, .out = out, .programme = programme, .adx = adx};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_sending, &s);
    *skipped = s.skipped;
    return rc;
}

/* --- in --- */

struct taking {
    struct str indicator, unit, period, cell, value, base, note;
};
struct takings {
    struct taking *v;
    size_t n, cap;
};

/* A denominator joins the value that it belongs to: the one before it, or an earlier one. */
static void join_base(struct takings *all, const struct taking *base)
{
    for (size_t i = all->n; i-- > 0 && all->n - i <= 64;) {
        struct taking *t = &all->v[i];
        if (str_eq(t->indicator, base->indicator) && str_eq(t->unit, base->unit) &&
            str_eq(t->period, base->period) && str_eq(t->cell, base->cell)) {
            t->base = base->value;
            return;
        }
    }
}

static void take(struct arena *a, struct takings *all, struct taking t, struct str attribute)
{
    if (str_eq(attribute, STR(DENOMINATOR)))
        join_base(all, &t);
    else
        ARENA_PUSH(a, *all, t);
}

static struct str either(const struct json *inner, const struct json *outer, const char *key)
{
    struct str s = json_str_of(inner, key);
    return s.n ? s : json_str_of(outer, key);
}

static enum err read_json(struct arena *a, struct str text, struct takings *all)
{
    const struct json *root = NULL;
    struct json_fault fault;
    enum err rc = json_parse(a, text, IMPORT_FILE_MAX, &root, &fault);
    const struct json *values = rc == ERR_OK ? json_get(root, "dataValues") : NULL;
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; values && i < json_count(values); i++) {
        const struct json *v = json_at(values, i);
        struct str cell = json_str_of(v, "categoryOptionCombo");
        take(a, all,
             (struct taking){.indicator = json_str_of(v, "dataElement"),
                             .unit = either(v, root, "orgUnit"),
                             .period = either(v, root, "period"),
                             .cell = str_eq(cell, STR("default")) ? STR("") : cell,
                             .value = json_str_of(v, "value"),
                             .note = json_str_of(v, "comment")},
             json_str_of(v, "attributeOptionCombo"));
    }
    return values ? ERR_OK : ERR_PARSE;
}

static struct str attribute_of(struct arena *a, xmlNodePtr node, const char *name)
{
    xmlChar *text = xmlGetNoNsProp(node, (const xmlChar *)name);
    struct str s = text ? arena_str(a, str_from((const char *)text)) : STR("");
    xmlFree(text);
    return s;
}

static bool is_named(xmlNodePtr node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* Every attribute of a value that is none of ADX's own names a dimension. */
static struct str adx_cell(struct arena *a, xmlNodePtr value)
{
    static const char *const own[] = {"dataElement", "value", "attributeOptionCombo"};
    struct buf *out = buf_in(a);
    for (xmlAttrPtr at = value->properties; at; at = at->next) {
        bool is_own = false;
        for (size_t k = 0; k < COUNT_OF(own); k++)
            is_own = is_own || strcmp((const char *)at->name, own[k]) == 0;
        if (is_own)
            continue;
        if (out->n)
            buf_char(out, ';');
        buf_cstr(out, (const char *)at->name);
        buf_char(out, '=');
        buf_str(out, attribute_of(a, value, (const char *)at->name));
    }
    return buf_view(out);
}

static enum err read_adx(struct arena *a, struct str text, struct takings *all)
{
    xmlDocPtr doc = text.n > INT32_MAX
                        ? NULL
                        : xmlReadMemory(text.p, (int)text.n, "adx.xml", NULL,
                                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    enum err rc = root && is_named(root, "adx") ? ERR_OK : ERR_PARSE;
    for (xmlNodePtr g = rc == ERR_OK ? root->children : NULL; g; g = g->next)
        for (xmlNodePtr v = is_named(g, "group") ? g->children : NULL; v; v = v->next)
            if (is_named(v, "dataValue"))
                take(a, all,
                     (struct taking){.indicator = attribute_of(a, v, "dataElement"),
                                     .unit = attribute_of(a, g, "orgUnit"),
                                     .period = attribute_of(a, g, "period"),
                                     .cell = adx_cell(a, v),
                                     .value = attribute_of(a, v, "value"),
                                     .note = STR("")},
                     attribute_of(a, v, "attributeOptionCombo"));
    if (doc)
        xmlFreeDoc(doc);
    return rc;
}

static struct str member_of(struct str cell, struct str dimension)
{
    struct str rest = cell, part;
    while (cell.n && str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        if (at > 0 && str_eq(str_slice(part, 0, (size_t)at), dimension))
            return str_slice(part, (size_t)at + 1, part.n);
    }
    return STR("");
}

/* A part that names no dimension of ours must not vanish on the way. */
static bool cell_fits(const struct sql_results_dimensions_rows *dimensions, struct str cell)
{
    struct str rest = cell, part;
    while (cell.n && str_split(&rest, ';', &part)) {
        ptrdiff_t at = str_find_char(part, '=');
        bool known = false;
        for (size_t d = 0; d < dimensions->n; d++)
            known =
                known || (at > 0 && str_eq(dimensions->v[d].code, str_slice(part, 0, (size_t)at)));
        if (!known)
            return false;
    }
    return true;
}

struct dimensions_reading {
    struct arena *a;
    struct sql_results_dimensions_rows rows;
};

static enum err read_dimensions(struct tx *tx, void *arg)
{
    struct dimensions_reading *d = arg;
    return sql_results_dimensions(tx, d->a, &d->rows);
}

enum err results_dhis_read(struct app *app, struct arena *a, struct str text, bool dry_run,
                           struct table_in **table, struct import_counts *counts)
{
    struct takings all = {0};
    struct dimensions_reading d = {.a = a};
    struct csv_writer w = {.out = buf_in(a)};
    enum err rc = ERR_OK;
    TRY(str_starts(str_trim(text), STR("<")) ? read_adx(a, text, &all) : read_json(a, text, &all));
    TRY(db_read(app->db, SCOPE_COUNTRY, read_dimensions, &d));
    buf_cstr(w.out, "indicator,unit,period,value,denominator,note");
    for (size_t k = 0; k < d.rows.n; k++) {
        buf_char(w.out, ',');
        buf_str(w.out, d.rows.v[k].code);
    }
    buf_cstr(w.out, "\r\n");
    for (size_t i = 0; i < all.n; i++) {
        const struct taking *t = &all.v[i];
        if (!cell_fits(&d.rows, t->cell)) {
            cli_say("value %zu: %.*s divides by what is not known here", i + 1, STRF(t->cell));
            FAIL(ERR_PARSE);
        }
        csv_text(&w, t->indicator);
        csv_text(&w, t->unit);
        csv_text(&w, t->period);
        csv_text(&w, t->value);
        csv_text(&w, t->base);
        csv_text(&w, t->note);
        for (size_t k = 0; k < d.rows.n; k++)
            csv_text(&w, member_of(t->cell, d.rows.v[k].code));
        csv_end(&w);
    }
    TRY(results_import(app, a, buf_view(w.out), dry_run, table, counts));
out:
    return rc;
}

/* --- commands --- */

static int load(struct app *app, struct import_run *run)
{
    return import_finish(run, results_dhis_read(app, run->arena, run->text, run->dry_run,
                                                &run->table, &run->counts));
}

int results_command_import_dhis(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load);
}

int results_command_export_dhis(struct app *app, int argc, char **argv)
{
    const char *programme = NULL;
    bool adx = cli_flag(&argc, argv, "--adx");
    int64_t skipped = 0;
    if (!cli_value(&argc, argv, "--programme", &programme) || !cli_arguments(&argc, argv, 0, 0))
        return EXIT_BAD_USAGE;
    struct arena *a = arena_new();
    struct buf *out = buf_in(a);
    enum err rc = results_dhis_write(app, a, str_from(programme), adx, out, &skipped);
    if (rc == ERR_OK)
        fwrite(out->p, 1, out->n, stdout);
    else
        cli_say("the values cannot be read (%s)", err_name(rc));
    if (skipped)
        cli_say("%lld values were left out: DHIS2 has no name for their periods (ADX has)",
                (long long)skipped);
    arena_free(a);
    return rc == ERR_OK ? EXIT_DONE : cli_exit(rc);
}
