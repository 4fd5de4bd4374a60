/*
 * Public pages: which services there are and who provides them; whom they reach, down to the
 * records behind the figure; both as a spreadsheet and a CSV.
 */
#include "services/catalogue/catalogue_read.h"
#include "services/catalogue/catalogue_tpl.h"

#include "platform/core/figure.h"
#include "platform/files/files.h"
#include "platform/web/export.h"

static struct page unit_page(struct req *r, struct str title, struct crumb *crumbs, size_t n)
{
    return (struct page){
        .title = title,
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .unit_href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
        .section = SECTION_UNIT,
        .crumbs = crumbs,
        .crumb_count = n,
    };
}

enum err catalogue_unit_page(struct req *r)
{
    struct registry_view v;
    enum err rc = catalogue_read_registry(r, "m", &v);
    if (rc != ERR_OK)
        return rc;
    struct page page = unit_page(r, msg_text(r->ui.lang, MSG_catalogue_services_title), NULL, 0);
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_catalogue_services(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err catalogue_unit_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_catalogue_service, XLSX_TEXT, 28, false},
        {MSG_catalogue_code, XLSX_TEXT, 14, false},
        {MSG_catalogue_provided, XLSX_TEXT, 12, false},
        {MSG_catalogue_mode, XLSX_TEXT, 26, false},
        {MSG_catalogue_provider, XLSX_TEXT, 34, false},
        {MSG_catalogue_since, XLSX_DATE, 0, false},
        {MSG_catalogue_decision, XLSX_TEXT, 34, false},
        {MSG_catalogue_people_served, XLSX_INT, 0, false},
        {MSG_catalogue_share, XLSX_PERCENT, 0, false},
    };
    struct registry_view v;
    struct export *x;
    enum err rc = ERR_OK;
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    TRY(catalogue_read_registry(r, "m", &v));
    struct export_about about = {
        .title = msg_text(r->ui.lang, MSG_catalogue_services_title),
        .author = v.unit_name,
        .note = v.unit_name,
        .name = arena_printf(r->arena, "services-%.*s", STRF(r->unit)),
    };
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < catalogue->n; i++) {
        const struct registry_row *row = NULL;
        for (size_t k = 0; k < v.provided.n + v.others.n && !row; k++) {
            const struct registry_row *at =
                k < v.provided.n ? &v.provided.v[k] : &v.others.v[k - v.provided.n];
            row = str_eq(at->code, catalogue->v[i].code) ? at : NULL;
        }
        export_text(x, text3_get(&catalogue->v[i].name, r->ui.lang));
        export_text(x, catalogue->v[i].code);
        export_msg(x, row && row->provided ? MSG_common_yes : MSG_common_no);
        if (row && row->provided) {
            export_msg(x, row->mode);
            export_text(x, row->provider);
            export_day(x, row->since_day);
            export_text(x, row->decision);
            export_people(x, I64(row->people));
            export_share(x, row->people, figure_is_few(row->people) ? 0 : v.population);
        } else {
            for (int c = 3; c < (int)COUNT_OF(columns); c++)
                export_blank(x);
        }
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

enum err catalogue_coverage_page(struct req *r)
{
    struct coverage_view v;
    const struct service_kind *kind;
    enum err rc = ERR_OK;
    TRY(catalogue_route_service(r, &kind));
    TRY(catalogue_read_coverage(r, kind, false, &v));
    struct crumb crumbs[] = {
        {arena_printf(r->arena, "/m/%.*s/services", STRF(r->unit)),
         msg_text(r->ui.lang, MSG_catalogue_services_title)},
        {v.base, v.service_name},
    };
    struct page page = unit_page(r,
                                 MSG_STR(r->arena, r->ui.lang, MSG_catalogue_coverage_title,
                                         ARG_S("service", v.service_name)),
                                 crumbs, COUNT_OF(crumbs));
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_catalogue_coverage(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

static void export_record(struct export *x, const struct record_row *row)
{
    export_day(x, row->day);
    export_text(x, row->village);
    export_text(x, row->village_code);
    export_text(x, row->level);
    export_people(x, I64(row->people));
    export_people(x, row->women);
    export_msg(x, row->method);
    export_text(x, row->note);
    export_msg(x, row->withdrawn  ? MSG_catalogue_state_withdrawn
                  : row->in_force ? MSG_catalogue_state_now
                                  : MSG_catalogue_state_earlier);
    if (row->replaced_by_import)
        export_msg(x, MSG_catalogue_withdrawn_import);
    else
        export_text(x, row->why);
    export_row(x);
}

enum err catalogue_coverage_export(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_catalogue_counted_on, XLSX_DATE, 0, false},
        {MSG_catalogue_village, XLSX_TEXT, 24, false},
        {MSG_catalogue_code, XLSX_TEXT, 16, false},
        {MSG_catalogue_level, XLSX_TEXT, 28, false},
        {MSG_catalogue_people, XLSX_INT, 0, false},
        {MSG_catalogue_women, XLSX_INT, 0, false},
        {MSG_catalogue_method, XLSX_TEXT, 28, false},
        {MSG_catalogue_note, XLSX_TEXT, 30, false},
        {MSG_catalogue_state, XLSX_TEXT, 16, false},
        {MSG_catalogue_why, XLSX_TEXT, 30, false},
    };
    struct coverage_view v;
    const struct service_kind *kind;
    struct export *x;
    enum err rc = ERR_OK;
    TRY(catalogue_route_service(r, &kind));
    TRY(catalogue_read_coverage(r, kind, false, &v));
    struct str unit_name = place_name(places_unit(r), r->ui.lang);
    struct export_about about = {
        .title = MSG_STR(r->arena, r->ui.lang, MSG_catalogue_coverage_title,
                         ARG_S("service", v.service_name)),
        .author = unit_name,
        .note = unit_name,
        .name = arena_printf(r->arena, "coverage-%.*s-%.*s", STRF(kind->code), STRF(r->unit)),
    };
    TRY(export_begin(r, req_param(r, "format"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < v.records.n; i++)
        export_record(x, &v.records.v[i]);
    for (size_t i = 0; i < v.earlier.n; i++)
        export_record(x, &v.earlier.v[i]);
    TRY(export_end(x));
out:
    return rc;
}

/* --- evidence --- */

struct evidence_reading {
    struct req *r;
    int64_t id;
    struct sql_coverage_get_row row;
};

static enum err read_evidence(struct tx *tx, void *arg)
{
    struct evidence_reading *e = arg;
    return sql_coverage_get(tx, e->r->arena, &e->row, .unit = e->r->unit, .id = e->id);
}

/* Everybody may open what was said to name nobody; the rest is for those who keep the registry, and
 * does not exist for anybody else. */
enum err catalogue_evidence(struct req *r)
{
    struct evidence_reading e = {.r = r};
    enum err rc = ERR_OK;
    if (!str_to_i64(req_param(r, "id"), &e.id))
        FAIL(ERR_NOT_FOUND);
    TRY(req_read(r, read_evidence, &e));
    if (!e.row.evidence_file.p || !str_eq(e.row.service, req_param(r, "service")))
        FAIL(ERR_NOT_FOUND);
    if (!e.row.evidence_public.v && !req_allows(r, PERM_SERVICES_EDIT))
        FAIL(ERR_NOT_FOUND);
    TRY(resp_stored_file(r, e.row.evidence_file, arena_cstr(r->arena, e.row.evidence_type),
                         e.row.evidence_name));
out:
    return rc;
}
