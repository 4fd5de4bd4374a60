/*
 * The filtered list on paper and in spreadsheets.
 *
 * The usual file may be passed on: words and streets as they are shown in public, no contacts. The
 * one with contacts holds everything as it was reported; it is made by a POST, and each case keeps
 * an event of who read it, in the same transaction that read it.
 */
#include "voice/cases/cases_desk_internal.h"
#include "voice/cases/cases_desk_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/csv.h"
#include "platform/core/id.h"
#include "platform/formats/xlsx.h"

#define EXPORT_ROWS 10000
#define PRINT_ROWS 200

enum column {
    COLUMN_NUMBER,
    COLUMN_RECEIVED,
    COLUMN_SERVICE,
    COLUMN_FAULT,
    COLUMN_VILLAGE,
    COLUMN_STREET,
    COLUMN_WORDS,
    COLUMN_CHANNEL,
    COLUMN_STATE,
    COLUMN_DUE,
    COLUMN_LATE,
    COLUMN_WHO,
    COLUMN_ANSWER,
    COLUMN_ANSWERED,
    COLUMN_RESOLVED,
    COLUMN_PASSED,
    COLUMN_SUPPORT,
    COLUMN_STARS,
    COLUMN_NAME, /* from here on only with contacts */
    COLUMN_PHONE,
    COLUMN_EMAIL,
    COLUMN__COUNT
};
static const struct {
    enum msg title;
    enum xlsx_type type;
    int width;
    bool total;
} columns[COLUMN__COUNT] = {
    [COLUMN_NUMBER] = {MSG_casesdesk_number, XLSX_TEXT, 13, false},
    [COLUMN_RECEIVED] = {MSG_casesdesk_received, XLSX_TIME, 16, false},
    [COLUMN_SERVICE] = {MSG_casesdesk_service, XLSX_TEXT, 22, false},
    [COLUMN_FAULT] = {MSG_casesdesk_problem, XLSX_TEXT, 26, false},
    [COLUMN_VILLAGE] = {MSG_casesdesk_village, XLSX_TEXT, 16, false},
    [COLUMN_STREET] = {MSG_casesdesk_street, XLSX_TEXT, 22, false},
    [COLUMN_WORDS] = {MSG_casesdesk_words, XLSX_TEXT, 50, false},
    [COLUMN_CHANNEL] = {MSG_casesdesk_channel, XLSX_TEXT, 12, false},
    [COLUMN_STATE] = {MSG_casesdesk_state, XLSX_TEXT, 15, false},
    [COLUMN_DUE] = {MSG_casesdesk_due, XLSX_DATE, 12, false},
    [COLUMN_LATE] = {MSG_casesdesk_late_days, XLSX_INT, 12, false},
    [COLUMN_WHO] = {MSG_casesdesk_who, XLSX_TEXT, 22, false},
    [COLUMN_ANSWER] = {MSG_casesdesk_last_answer, XLSX_TEXT, 50, false},
    [COLUMN_ANSWERED] = {MSG_casesdesk_answered, XLSX_TIME, 16, false},
    [COLUMN_RESOLVED] = {MSG_casesdesk_resolved, XLSX_TIME, 16, false},
    [COLUMN_PASSED] = {MSG_casesdesk_passed, XLSX_TEXT, 22, false},
    [COLUMN_SUPPORT] = {MSG_casesdesk_joined, XLSX_INT, 12, true},
    [COLUMN_STARS] = {MSG_casesdesk_rating, XLSX_INT, 9, false},
    [COLUMN_NAME] = {MSG_casesdesk_new_name, XLSX_TEXT, 24, false},
    [COLUMN_PHONE] = {MSG_casesdesk_new_telephone, XLSX_TEXT, 18, false},
    [COLUMN_EMAIL] = {MSG_casesdesk_new_email, XLSX_TEXT, 26, false},
};

struct export {
    struct req *r;
    struct form *form;
    struct desk_filter filter;
    bool contacts;
    int64_t today, event, now_ms;
    struct desk_rows rows;
    struct person_names names, colleagues;
    struct sql_desk_contacts_rows known; /* by case id */
};

static enum err read_rows(struct tx *tx, void *arg)
{
    struct export *x = arg;
    struct arena *a = x->r->arena;
    enum err rc = ERR_OK;
    x->colleagues = (struct person_names){0};
    TRY(desk_list(tx, a, &x->filter, x->today, &x->rows));
    int64_t *ids = ARENA_ARRAY(a, int64_t, x->rows.n);
    for (size_t i = 0; i < x->rows.n; i++)
        ids[i] = x->rows.v[i].assignee;
    TRY(desk_names(tx, a, ids, x->rows.n, &x->names));
    TRY(desk_colleagues(x->r, tx, &x->colleagues));
    if (x->contacts && x->rows.n) {
        struct str chosen = desk_ids(a, &x->rows);
        TRY(sql_desk_contacts_read(tx, NULL, .unit = x->r->unit, .ids = chosen, .event = x->event,
                                   .at_ms = x->now_ms, .person = x->r->actor.person_id));
        TRY(sql_desk_contacts(tx, a, &x->known, .unit = x->r->unit, .ids = chosen));
    }
out:
    return rc;
}

static enum err begin(struct req *r, struct export *x, size_t max)
{
    *x = (struct export){.r = r, .today = day_today(), .now_ms = clock_now_ms()};
    enum err rc = desk_filter_read(r, &x->form, &x->filter);
    if (rc == ERR_INPUT) /* a damaged address: what can be understood of it */
        rc = ERR_OK;
    x->filter.has_edge = x->filter.back = false;
    x->filter.max = max;
    return rc;
}

/* --- cells --- */

struct cell {
    struct str s;
    struct i64_opt n; /* a number, a day, milliseconds */
};

static struct i64_opt unless_zero(int64_t v)
{
    return v ? I64(v) : I64_NONE;
}

static const struct sql_desk_contacts_row *contact_of(const struct export *x, int64_t id)
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

static struct str service_name(struct req *r, struct str code)
{
    const struct service_kind *kind = catalogue_find(catalogue_get(r->app, r->arena), code);
    return kind ? text3_get(&kind->name, r->ui.lang) : code;
}

static struct str fault_name(struct req *r, struct str code)
{
    const struct service_kind *kind;
    const struct service_fault *f =
        catalogue_find_fault(catalogue_get(r->app, r->arena), code, &kind);
    return f ? text3_get(&f->name, r->ui.lang) : code;
}

static void fill_cells(const struct export *x, const struct desk_row *row,
                       struct cell cells[COLUMN__COUNT])
{
    struct req *r = x->r;
    memset(cells, 0, COLUMN__COUNT * sizeof(*cells));
    cells[COLUMN_NUMBER].s = row->number;
    cells[COLUMN_RECEIVED].n = I64(row->created_ms);
    cells[COLUMN_SERVICE].s = service_name(r, row->service);
    cells[COLUMN_FAULT].s = fault_name(r, row->fault);
    cells[COLUMN_VILLAGE].s = desk_village_name(r, row->village);
    cells[COLUMN_STREET].s = x->contacts ? row->street : row->hide ? STR_NULL : row->street_public;
    cells[COLUMN_WORDS].s = x->contacts ? row->words : row->hide ? STR_NULL : row->words_public;
    cells[COLUMN_CHANNEL].s = desk_channel(r, row->channel);
    cells[COLUMN_STATE].s = msg_text(r->ui.lang, case_states[row->state].name);
    cells[COLUMN_DUE].n = unless_zero(row->due_day);
    cells[COLUMN_LATE].n = unless_zero(row->late_days);
    cells[COLUMN_WHO].s = desk_who(r, &x->names, row->assignee);
    cells[COLUMN_ANSWER].s = row->answer;
    cells[COLUMN_ANSWERED].n = unless_zero(row->answered_ms);
    cells[COLUMN_RESOLVED].n = unless_zero(row->resolved_ms);
    cells[COLUMN_PASSED].s = row->passed_to.p ? row->passed_to : row->duplicate_of;
    cells[COLUMN_SUPPORT].n = I64(row->support);
    cells[COLUMN_STARS].n = unless_zero(row->stars);
    const struct sql_desk_contacts_row *c = x->contacts ? contact_of(x, row->id) : NULL;
    if (c) {
        cells[COLUMN_NAME].s = c->name;
        cells[COLUMN_PHONE].s = c->phone;
        cells[COLUMN_EMAIL].s = c->email;
    }
}

static size_t column_count(const struct export *x)
{
    return x->contacts ? COLUMN__COUNT : COLUMN_NAME;
}

static const char *file_name(const struct export *x, const char *extension)
{
    struct buf *day = buf_in(x->r->arena);
    buf_day(day, x->today);
    return arena_cstr(x->r->arena,
                      arena_printf(x->r->arena, "cases-%.*s-%.*s%s.%s", STRF(x->r->unit),
                                   STRF(buf_view(day)), x->contacts ? "-contacts" : "", extension));
}

/* --- CSV --- */

enum err desk_export_csv(struct req *r)
{
    struct export x;
    struct cell cells[COLUMN__COUNT];
    enum err rc = ERR_OK;
    TRY(begin(r, &x, EXPORT_ROWS));
    TRY(req_read(r, read_rows, &x));
    struct csv_writer w = {.out = resp_csv(r, file_name(&x, "csv"))};
    for (size_t c = 0; c < column_count(&x); c++)
        csv_text(&w, msg_text(r->ui.lang, columns[c].title));
    csv_end(&w);
    for (size_t i = 0; i < x.rows.n; i++) {
        fill_cells(&x, &x.rows.v[i], cells);
        for (size_t c = 0; c < column_count(&x); c++) {
            struct buf *text = buf_in(r->arena);
            if (columns[c].type == XLSX_TIME && cells[c].n.set)
                buf_rfc3339(text, cells[c].n.v);
            else if (columns[c].type == XLSX_DATE && cells[c].n.set)
                buf_day(text, cells[c].n.v);
            if (columns[c].type == XLSX_INT && cells[c].n.set)
                csv_number(&w, cells[c].n.v);
            else
                csv_text(&w, columns[c].type == XLSX_TEXT ? cells[c].s : buf_view(text));
        }
        csv_end(&w);
    }
out:
    return rc;
}

/* --- Excel --- */

static void put_cell(struct xlsx *sheet, enum xlsx_type type, const struct cell *cell)
{
    if (type == XLSX_TEXT)
        xlsx_text(sheet, cell->s);
    else if (!cell->n.set)
        xlsx_blank(sheet);
    else if (type == XLSX_INT)
        xlsx_int(sheet, cell->n.v);
    else if (type == XLSX_DATE)
        xlsx_day(sheet, cell->n.v);
    else
        xlsx_time(sheet, cell->n.v);
}

/* What the file says of itself: the filter, who made it and when. */
static struct str export_note(const struct export *x)
{
    struct req *r = x->r;
    struct str filter = desk_filter_text(r, x->form, &x->colleagues);
    if (!filter.n)
        filter = msg_text(r->ui.lang, MSG_casesdesk_no_filter);
    return MSG_STR(r->arena, r->ui.lang,
                   x->rows.more ? MSG_casesdesk_export_cut : MSG_casesdesk_export_note,
                   ARG_S("filter", filter), ARG_S("who", r->actor.name),
                   ARG_DATETIME("time", x->now_ms), ARG_N("rows", (int64_t)x->rows.n));
}

static enum err send_workbook(const struct export *x)
{
    struct req *r = x->r;
    struct xlsx *sheet;
    struct xlsx_column shown[COLUMN__COUNT];
    struct cell cells[COLUMN__COUNT];
    struct buf *file = buf_in(r->arena);
    struct str unit = place_name(places_unit(r), r->ui.lang);
    struct xlsx_about about = {
        .title = MSG_STR(r->arena, r->ui.lang, MSG_casesdesk_export_title, ARG_S("unit", unit)),
        .note = export_note(x),
        .author = unit,
        .total_label = msg_text(r->ui.lang, MSG_common_total),
        .made_ms = x->now_ms,
    };
    enum err rc = xlsx_begin(&sheet, &about);
    if (rc != ERR_OK)
        return rc;
    for (size_t c = 0; c < COLUMN__COUNT; c++)
        shown[c] = (struct xlsx_column){.title = msg_text(r->ui.lang, columns[c].title),
                                        .type = columns[c].type,
                                        .width = columns[c].width,
                                        .total = columns[c].total};
    xlsx_sheet(sheet, msg_text(r->ui.lang, MSG_casesdesk_list_title), shown, column_count(x));
    for (size_t i = 0; i < x->rows.n; i++) {
        fill_cells(x, &x->rows.v[i], cells);
        for (size_t c = 0; c < column_count(x); c++)
            put_cell(sheet, columns[c].type, &cells[c]);
        xlsx_row_end(sheet);
    }
    rc = xlsx_finish(sheet, file);
    if (rc != ERR_OK)
        return rc;
    struct buf *out = resp_bytes(
        r, 200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    buf_str(out, buf_view(file));
    resp_attachment(r, str_from(file_name(x, "xlsx")));
    return ERR_OK;
}

enum err desk_export_xlsx(struct req *r)
{
    struct export x;
    enum err rc = ERR_OK;
    TRY(begin(r, &x, EXPORT_ROWS));
    TRY(req_read(r, read_rows, &x));
    TRY(send_workbook(&x));
out:
    return rc;
}

static const struct field confirm_fields[] = {
    {"confirm", FIELD_BOOL, .label = MSG_casesdesk_contact},
};

enum err desk_export_contacts(struct req *r)
{
    struct export x;
    struct form *form = NULL;
    enum err rc = FORM_READ(r, confirm_fields, &form);
    if (rc == ERR_INPUT)
        return desk_list_show(r, desk_bulk_form(r), 422);
    if (rc != ERR_OK)
        return rc;
    TRY(begin(r, &x, EXPORT_ROWS));
    x.contacts = true;
    x.event = id_new();
    TRY(req_write(r, read_rows, &x));
    TRY(send_workbook(&x));
out:
    return rc;
}

/* --- paper --- */

enum err desk_print_page(struct req *r)
{
    struct export x;
    enum err rc = ERR_OK;
    TRY(begin(r, &x, PRINT_ROWS));
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
