/*
 * Plans on paper and as spreadsheets: the form that a council accepts (head of the resolution's
 * annex, actions with cost by source, sums, shares, signature lines) as PDF and as a page to print,
 * and the actions as XLSX or CSV, which plans_import.c reads again.
 */
#include "programme/plans/plans_desk.h"
#include "programme/plans/plans_tpl.h"

#include "platform/formats/pdf.h"
#include "platform/web/export.h"

#define ACCENT 0x1d5c4a

struct paper {
    struct req *r;
    struct arena *a;
    enum lang lang;
    const struct plan_view *v;
    struct pdf *pdf;
};

static struct str som(struct paper *p, int64_t v)
{
    struct buf *b = buf_in(p->a);
    lang_number(b, p->lang, v);
    return buf_view(b);
}
static struct str date(struct paper *p, int64_t day)
{
    struct buf *b = buf_in(p->a);
    lang_date(b, p->lang, day);
    return buf_view(b);
}

static struct str short_date(struct paper *p, int64_t day)
{
    struct buf *b = buf_in(p->a);
    lang_date_short(b, p->lang, day);
    return buf_view(b);
}

static void put_head(struct paper *p)
{
    const struct plan_version *v = p->v->p->shown;
    struct str number = v->resolution.n ? v->resolution : STR("__________");
    struct str day = v->resolution.n ? date(p, v->resolution_day) : STR("____.____.________");
    pdf_paragraph(p->pdf, PDF_BODY, PDF_RIGHT,
                  MSG_STR(p->a, p->lang, MSG_plans_paper_annex, ARG_S("unit", p->v->unit),
                          ARG_S("number", number), ARG_S("day", day)));
    pdf_heading(p->pdf, 1, p->v->title);
    pdf_paragraph(p->pdf, PDF_BODY, PDF_LEFT,
                  MSG_STR(p->a, p->lang, MSG_plans_paper_what, ARG_S("unit", p->v->unit),
                          ARG_PLAIN("n", v->version), ARG_S("topic", p->v->topic)));
}

static void put_text(struct paper *p, enum msg title, struct str text)
{
    if (text.n == 0)
        return;
    pdf_heading(p->pdf, 3, msg_text(p->lang, title));
    pdf_paragraph(p->pdf, PDF_BODY, PDF_LEFT, text);
}

static void put_actions(struct paper *p)
{
    struct pdf_column columns[6 + PLAN_SOURCES] = {
        {STR("№"), 0.5, PDF_RIGHT},
        {msg_text(p->lang, MSG_plans_action), 3.0, PDF_LEFT},
        {msg_text(p->lang, MSG_plans_result), 2.0, PDF_LEFT},
        {msg_text(p->lang, MSG_plans_responsible), 1.9, PDF_LEFT},
        {msg_text(p->lang, MSG_plans_dates), 1.4, PDF_LEFT},
        {msg_text(p->lang, MSG_plans_cost_som), 1.4, PDF_RIGHT},
    };
    for (int s = 0; s < PLAN_SOURCES; s++)
        columns[6 + s] = (struct pdf_column){
            msg_text(p->lang, plan_source_name((enum plan_source)s)), 1.6, PDF_RIGHT};
    pdf_heading(p->pdf, 3, msg_text(p->lang, MSG_plans_paper_actions));
    pdf_table(p->pdf, columns, COUNT_OF(columns));
    for (size_t i = 0; i < p->v->actions.n; i++) {
        const struct plan_action_item *x = &p->v->actions.v[i];
        pdf_cell(p->pdf, arena_printf(p->a, "%lld", (long long)x->number));
        pdf_cell(p->pdf, x->x->title);
        pdf_cell(p->pdf, x->x->result);
        pdf_cell(p->pdf, x->x->responsible);
        pdf_cell(p->pdf, arena_printf(p->a, "%.*s –\n%.*s", STRF(short_date(p, x->x->from_day)),
                                      STRF(short_date(p, x->x->to_day))));
        pdf_cell(p->pdf, som(p, x->cost));
        for (int s = 0; s < PLAN_SOURCES; s++)
            pdf_cell(p->pdf, som(p, x->by[s]));
    }
    pdf_table_total(p->pdf);
    pdf_cell(p->pdf, STR(""));
    pdf_cell(p->pdf, msg_text(p->lang, MSG_plans_total));
    for (int i = 0; i < 3; i++)
        pdf_cell(p->pdf, STR(""));
    pdf_cell(p->pdf, som(p, p->v->cost));
    for (int s = 0; s < PLAN_SOURCES; s++)
        pdf_cell(p->pdf, som(p, p->v->by[s]));
}

static void put_places(struct paper *p)
{
    const struct plan_view *v = p->v;
    const struct pdf_column people[] = {{msg_text(p->lang, MSG_plans_village), 4, PDF_LEFT},
                                        {msg_text(p->lang, MSG_plans_people), 1, PDF_RIGHT}};
    const struct pdf_column shares[] = {
        {msg_text(p->lang, MSG_plans_unit), 4, PDF_LEFT},
        {msg_text(p->lang, MSG_plans_resolution_label), 3, PDF_LEFT},
        {msg_text(p->lang, MSG_plans_share_amount), 1.4, PDF_RIGHT}};
    if (v->villages.n) {
        pdf_heading(p->pdf, 3, msg_text(p->lang, MSG_plans_people_title));
        pdf_table(p->pdf, people, COUNT_OF(people));
        for (size_t i = 0; i < v->villages.n; i++) {
            pdf_cell(p->pdf, v->villages.v[i].name);
            pdf_cell(p->pdf, som(p, v->villages.v[i].value));
        }
        pdf_table_total(p->pdf);
        pdf_cell(p->pdf, msg_text(p->lang, MSG_plans_total));
        pdf_cell(p->pdf, som(p, v->p->people));
    }
    if (v->shares.n == 0)
        return;
    pdf_heading(p->pdf, 3, msg_text(p->lang, MSG_plans_shares));
    pdf_table(p->pdf, shares, COUNT_OF(shares));
    int64_t sum = 0;
    for (size_t i = 0; i < v->shares.n; i++) {
        const struct plan_place_line *s = &v->shares.v[i];
        pdf_cell(p->pdf, s->name);
        pdf_cell(p->pdf, s->resolution.n ? MSG_STR(p->a, p->lang, MSG_plans_resolution,
                                                   ARG_S("number", s->resolution),
                                                   ARG_DATE("day", s->resolution_day))
                                         : STR(""));
        pdf_cell(p->pdf, som(p, s->value));
        sum += s->value;
    }
    pdf_table_total(p->pdf);
    pdf_cell(p->pdf, msg_text(p->lang, MSG_plans_total));
    pdf_cell(p->pdf, STR(""));
    pdf_cell(p->pdf, som(p, sum));
}

/* Names stand only on what the municipality prints for itself. */
static void put_signatures(struct paper *p)
{
    if (p->v->members.n) {
        pdf_heading(p->pdf, 3, msg_text(p->lang, MSG_plans_group));
        for (size_t i = 0; i < p->v->members.n; i++) {
            const struct plan_member_line *m = &p->v->members.v[i];
            pdf_signature(p->pdf, msg_text(p->lang, m->duty), m->name);
        }
    }
    pdf_space(p->pdf, 6);
    pdf_signature(p->pdf, msg_text(p->lang, MSG_plans_paper_head), STR(""));
    pdf_signature(p->pdf, msg_text(p->lang, MSG_plans_paper_finance), STR(""));
    pdf_signature(p->pdf, msg_text(p->lang, MSG_plans_paper_chair), STR(""));
}

static enum err answer_pdf(struct req *r, const struct plan_view *v)
{
    struct pdf_options options = {
        .title = v->title,
        .author = v->unit,
        .lang = r->ui.lang,
        .landscape = true,
        .margin = 14,
        .footer = arena_printf(r->arena, "%.*s, %.*s", STRF(v->unit), STRF(v->title)),
        .made_ms = r->ui.now_ms,
        .accent = ACCENT};
    struct paper p = {r, r->arena, r->ui.lang, v, pdf_new(r->arena, &options)};
    const struct plan_version *shown = v->p->shown;
    struct buf *bytes = buf_in(r->arena);
    put_head(&p);
    put_text(&p, MSG_plans_problem, shown->problem);
    put_text(&p, MSG_plans_objective, shown->objective);
    put_text(&p, MSG_plans_basis, shown->basis);
    put_text(&p, MSG_plans_changes, shown->changes);
    put_actions(&p);
    put_places(&p);
    if (v->risks.n) {
        pdf_heading(p.pdf, 3, msg_text(p.lang, MSG_plans_risks));
        for (size_t i = 0; i < v->risks.n; i++)
            pdf_bullet(p.pdf, v->risks.v[i]);
    }
    put_signatures(&p);
    enum err rc = pdf_finish(p.pdf, bytes);
    if (rc != ERR_OK)
        return rc;
    resp_header(r, "Content-Disposition",
                arena_printf(r->arena, "inline; filename=\"plan-%lld-%lld.pdf\"",
                             (long long)v->p->id, (long long)shown->version));
    buf_str(resp_bytes(r, 200, "application/pdf"), buf_view(bytes));
    return ERR_OK;
}

const struct export_column plans_file_columns[PLAN_COLUMNS] = {
    {MSG_plans_column_number, XLSX_TEXT, 6, false}, {MSG_plans_action, XLSX_TEXT, 44, false},
    {MSG_plans_responsible, XLSX_TEXT, 28, false},  {MSG_plans_result, XLSX_TEXT, 32, false},
    {MSG_plans_from, XLSX_DATE, 0, false},          {MSG_plans_to, XLSX_DATE, 0, false},
    {MSG_plans_cost_som, XLSX_INT, 14, true},       {MSG_plans_source_own, XLSX_INT, 14, true},
    {MSG_plans_source_grant, XLSX_INT, 14, true},   {MSG_plans_source_cash, XLSX_INT, 14, true},
    {MSG_plans_source_kind, XLSX_INT, 14, true},    {MSG_plans_source_partner, XLSX_INT, 14, true},
    {MSG_plans_percent, XLSX_INT, 10, false},       {MSG_plans_column_id, XLSX_TEXT, 22, false},
};

static enum err answer_table(struct req *r, struct str format, const struct plan_view *v)
{
    struct export *x;
    struct export_about about = {
        .title = v->title,
        .note = v->p->shown->resolution.n ? MSG_STR(r->arena, r->ui.lang, MSG_plans_resolution,
                                                    ARG_S("number", v->p->shown->resolution),
                                                    ARG_DATE("day", v->p->shown->resolution_day))
                                          : STR_NULL,
        .author = v->unit,
        .name = arena_printf(r->arena, "plan-%lld-%lld", (long long)v->p->id,
                             (long long)v->p->shown->version)};
    enum err rc = ERR_OK;
    TRY(export_begin(r, format, &about, plans_file_columns, PLAN_COLUMNS, &x));
    for (size_t i = 0; i < v->actions.n; i++) {
        const struct plan_action_item *item = &v->actions.v[i];
        export_text(x, arena_printf(r->arena, "%lld", (long long)item->number));
        export_text(x, item->x->title);
        export_text(x, item->x->responsible);
        export_text(x, item->x->result);
        export_day(x, item->x->from_day);
        export_day(x, item->x->to_day);
        export_int(x, item->cost);
        for (int s = 0; s < PLAN_SOURCES; s++)
            export_int(x, item->by[s]);
        export_int(x, item->x->percent);
        export_text(x, arena_printf(r->arena, "%lld", (long long)item->x->id));
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

static enum err answer(struct req *r, const struct plan_view *v)
{
    struct str format = req_param(r, "format");
    return str_eq(format, STR("pdf")) ? answer_pdf(r, v) : answer_table(r, format, v);
}

enum err plans_paper(struct req *r)
{
    struct plan p;
    struct plan_view v = {0};
    int64_t version;
    enum err rc = ERR_OK;
    if (!str_to_i64(req_param(r, "version"), &version) || version < 1)
        FAIL(ERR_NOT_FOUND);
    TRY(plans_load(r, version, &p, NULL));
    if (p.shown->state != PLAN_APPROVED)
        FAIL(ERR_NOT_FOUND);
    plans_fill_view(r, &p, NULL, &v);
    TRY(answer(r, &v));
out:
    return rc;
}

enum err plans_desk_paper(struct req *r)
{
    struct plan p;
    struct plan_view v = {0};
    enum err rc = ERR_OK;
    bool in_force = str_eq(req_query(r, "now"), STR("1"));
    TRY(plans_desk_load(r, in_force ? PLAN_IN_FORCE : PLAN_LATEST, &p, NULL));
    plans_fill_view(r, &p, NULL, &v);
    if (str_eq(req_param(r, "format"), STR("pdf")))
        TRY(plans_group_names(r, &p, &v.members));
    TRY(answer(r, &v));
out:
    return rc;
}

static void put_print(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_plans_print(out, ui, v);
}

enum err plans_print(struct req *r)
{
    struct plan p;
    struct plan_view v = {0};
    int64_t version;
    enum err rc = ERR_OK;
    if (!str_to_i64(req_param(r, "version"), &version) || version < 1)
        FAIL(ERR_NOT_FOUND);
    TRY(plans_load(r, version, &p, NULL));
    if (p.shown->state != PLAN_APPROVED)
        FAIL(ERR_NOT_FOUND);
    plans_fill_view(r, &p, NULL, &v);
    struct page page = {.title = v.title, .print_only = true, .width = PAGE_WIDE};
    plans_page(r, &page, 200, put_print, &v);
out:
    return rc;
}
