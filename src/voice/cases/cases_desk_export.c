/*
 * The filtered list on paper and in spreadsheets.
 *
 * The usual file may be passed on: words and streets as they are shown in public, no contacts. The
 * one with contacts holds everything as it was reported; it is made by a POST, and the transaction
 * that reads them writes who did, to the audit and to each case.
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_desk_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/trail/audit.h"
#include "platform/web/export.h"

#define EXPORT_ROWS 10000
#define PRINT_ROWS 200

/* The last three only with contacts. */
#define CONTACT_COLUMNS 3
static const struct export_column columns[] = {
    {MSG_casesdesk_number, XLSX_TEXT, 13, false},
    {MSG_casesdesk_received, XLSX_TIME, 16, false},
    {MSG_casesdesk_service, XLSX_TEXT, 22, false},
    {MSG_casesdesk_problem, XLSX_TEXT, 26, false},
    {MSG_casesdesk_village, XLSX_TEXT, 16, false},
    {MSG_casesdesk_street, XLSX_TEXT, 22, false},
    {MSG_casesdesk_words, XLSX_TEXT, 50, false},
    {MSG_casesdesk_channel, XLSX_TEXT, 12, false},
    {MSG_casesdesk_state, XLSX_TEXT, 15, false},
    {MSG_casesdesk_due, XLSX_DATE, 12, false},
    {MSG_casesdesk_late_days, XLSX_INT, 12, false},
    {MSG_casesdesk_who, XLSX_TEXT, 22, false},
    {MSG_casesdesk_last_answer, XLSX_TEXT, 50, false},
    {MSG_casesdesk_answered, XLSX_TIME, 16, false},
    {MSG_casesdesk_resolved, XLSX_TIME, 16, false},
    {MSG_casesdesk_passed, XLSX_TEXT, 22, false},
    {MSG_casesdesk_joined, XLSX_INT, 12, true},
    {MSG_casesdesk_rating, XLSX_INT, 9, false},
    {MSG_casesdesk_new_name, XLSX_TEXT, 24, false},
    {MSG_casesdesk_new_telephone, XLSX_TEXT, 18, false},
    {MSG_casesdesk_new_email, XLSX_TEXT, 26, false},
};

struct list_file {
    struct req *r;
    struct form *form;
    struct desk_filter filter;
    bool contacts;
    int64_t today, event, now_ms;
    struct desk_rows rows;
    struct person_names names, colleagues;
    struct sql_desk_contacts_rows known; /* by case id */
};

static enum err read_contacts(struct list_file *x, struct tx *tx)
{
    struct req *r = x->r;
    struct str chosen = desk_ids(r->arena, &x->rows);
    struct str count = arena_printf(r->arena, "%zu", x->rows.n);
    enum err rc = ERR_OK;
    TRY(audit_write(tx, &r->actor, r->unit, AUDIT_READ, "case_contacts_export", 0, STR_NULL,
                    count));
    TRY(sql_desk_contacts_read(tx, NULL, .unit = r->unit, .ids = chosen, .event = x->event,
                               .at_ms = x->now_ms, .person = r->actor.person_id));
    TRY(sql_desk_contacts(tx, r->arena, &x->known, .unit = r->unit, .ids = chosen));
out:
    return rc;
}

static enum err read_rows(struct tx *tx, void *arg)
{
    struct list_file *x = arg;
    struct arena *a = x->r->arena;
    enum err rc = ERR_OK;
    x->colleagues = (struct person_names){0};
    TRY(desk_list(tx, a, &x->filter, x->today, &x->rows));
    int64_t *ids = ARENA_ARRAY(a, int64_t, x->rows.n);
    for (size_t i = 0; i < x->rows.n; i++)
        ids[i] = x->rows.v[i].assignee;
    TRY(desk_names(tx, a, ids, x->rows.n, &x->names));
    TRY(desk_colleagues(x->r, tx, &x->colleagues));
    if (x->contacts && x->rows.n)
        TRY(read_contacts(x, tx));
out:
    return rc;
}

static enum err begin(struct req *r, struct list_file *x, size_t max)
{
    *x = (struct list_file){.r = r, .today = day_today(), .now_ms = clock_now_ms()};
    enum err rc = desk_filter_read(r, &x->form, &x->filter);
    x->filter.has_edge = x->filter.back = x->filter.brief = false;
    x->filter.max = max;
    return rc;
}

/* --- a file --- */

static const struct sql_desk_contacts_row *contact_of(const struct list_file *x, int64_t id)
{
    size_t low = 0, high = x->known.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (x->known.v[mid].case_id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < x->known.n && x->known.v[low].case_id == id ? &x->known.v[low] : NULL;
}

static struct str fault_name(struct req *r, struct str code)
{
    const struct service_kind *kind;
    const struct service_fault *f =
        catalogue_find_fault(catalogue_get(r->app, r->arena), code, &kind);
    return f ? text3_get(&f->name, r->ui.lang) : code;
}

static struct i64_opt unless_zero(int64_t v)
{
    return v ? I64(v) : I64_NONE;
}

static void put_time(struct export *out, int64_t ms)
{
    if (ms)
        export_time(out, ms);
    else
        export_blank(out);
}

static void put_row(const struct list_file *x, const struct desk_row *row, struct export *out)
{
    struct req *r = x->r;
    bool all = x->contacts;
    export_text(out, row->number);
    export_time(out, row->created_ms);
    export_text(out, case_title(r->app, r->arena, row->service, STR(""), r->ui.lang));
    export_text(out, fault_name(r, row->fault));
    export_text(out, desk_village_name(r, row->village));
    export_text(out, all ? row->street : row->hide ? STR_NULL : row->street_public);
    export_text(out, all ? row->words : row->hide ? STR_NULL : row->words_public);
    export_text(out, desk_channel(r, row->channel));
    export_msg(out, case_states[row->state].name);
    if (row->due_day)
        export_day(out, row->due_day);
    else
        export_blank(out);
    export_opt(out, unless_zero(row->late_days));
    export_text(out, desk_who(r, &x->names, row->assignee));
    export_text(out, row->answer);
    put_time(out, row->answered_ms);
    put_time(out, row->resolved_ms);
    export_text(out, row->passed_to.p ? row->passed_to : row->duplicate_of);
    export_int(out, row->support);
    export_opt(out, unless_zero(row->stars));
    if (all) {
        const struct sql_desk_contacts_row *c = contact_of(x, row->id);
        export_text(out, c ? c->name : STR_NULL);
        export_text(out, c ? c->phone : STR_NULL);
        export_text(out, c ? c->email : STR_NULL);
    }
    export_row(out);
}

/* What the file says of itself: the filter, who made it, and whether it is whole. */
static struct str file_note(const struct list_file *x)
{
    struct req *r = x->r;
    struct str filter = desk_filter_text(r, x->form, &x->colleagues);
    if (!filter.n)
        filter = msg_text(r->ui.lang, MSG_casesdesk_filter_none);
    return MSG_STR(
        r->arena, r->ui.lang, x->rows.more ? MSG_casesdesk_export_cut : MSG_casesdesk_export_note,
        ARG_S("filter", filter), ARG_S("who", r->actor.name), ARG_N("n", (int64_t)x->rows.n));
}

static enum err send_file(const struct list_file *x, struct str format)
{
    struct req *r = x->r;
    struct export *out;
    struct buf *name = buf_in(r->arena);
    struct str unit = place_name(places_unit(r), r->ui.lang);
    buf_printf(name, "cases-%.*s-", STRF(r->unit));
    buf_day(name, x->today);
    if (x->contacts)
        buf_cstr(name, "-contacts");
    struct export_about about = {
        .title = MSG_STR(r->arena, r->ui.lang, MSG_casesdesk_export_title, ARG_S("unit", unit)),
        .note = file_note(x),
        .author = unit,
        .name = buf_view(name),
    };
    enum err rc = ERR_OK;
    TRY(export_begin(r, format, &about, columns,
                     COUNT_OF(columns) - (x->contacts ? 0 : CONTACT_COLUMNS), &out));
    for (size_t i = 0; i < x->rows.n; i++)
        put_row(x, &x->rows.v[i], out);
    TRY(export_end(out));
out:
    return rc;
}

enum err desk_export_file(struct req *r)
{
    struct list_file x;
    enum err rc = begin(r, &x, EXPORT_ROWS);
    if (rc == ERR_INPUT) /* a damaged address: the list says what is wrong with it */
        return desk_list_show(r, desk_bulk_form(r), 422);
    if (rc != ERR_OK)
        return rc;
    TRY(req_read(r, read_rows, &x));
    TRY(send_file(&x, req_param(r, "format")));
out:
    return rc;
}

static const struct field confirm_fields[] = {
    {"confirm", FIELD_BOOL, .label = MSG_casesdesk_contact},
};

enum err desk_export_contacts(struct req *r)
{
    struct list_file x;
    struct form *form = NULL;
    enum err rc = FORM_READ(r, confirm_fields, &form);
    if (rc == ERR_OK)
        rc = begin(r, &x, EXPORT_ROWS);
    if (rc == ERR_INPUT)
        return desk_list_show(r, desk_bulk_form(r), 422);
    if (rc != ERR_OK)
        return rc;
    x.contacts = true;
    x.event = id_new();
    TRY(req_write(r, read_rows, &x));
    TRY(send_file(&x, STR("xlsx")));
out:
    return rc;
}

/* --- paper --- */

enum err desk_print_page(struct req *r)
{
    struct list_file x;
    enum err rc = begin(r, &x, PRINT_ROWS);
    if (rc == ERR_INPUT)
        return desk_list_show(r, desk_bulk_form(r), 422);
    if (rc != ERR_OK)
        return rc;
    x.filter.brief = true;
    TRY(req_read(r, read_rows, &x));
    struct desk_list_view v = {
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .base = desk_base(r),
        .filter = desk_filter_text(r, x.form, &x.colleagues),
        .printed_ms = x.now_ms,
        .cut = x.rows.more,
    };
    for (size_t i = 0; i < x.rows.n; i++)
        ARENA_PUSH(r->arena, v.rows, desk_line_of(r, &x.rows.v[i], &x.names, x.today));
    struct page page = desk_page(r, msg_text(r->ui.lang, MSG_casesdesk_list_title));
    page.print_only = true;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_cases_desk_paper(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}
