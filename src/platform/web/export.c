/* See export.h: each cell goes to the one writer that this download has. */
#include "platform/web/export.h"

#include "platform/core/clock.h"
#include "platform/core/csv.h"
#include "platform/core/figure.h"

#include <math.h>

struct export
{
    struct req *r;
    struct str file;
    struct xlsx *xlsx; /* NULL: a CSV */
    struct csv_writer csv;
};

/* A handler that fails midway leaves the spreadsheet's temporary file to this. */
static void abandon(void *arg)
{
    struct export *x = arg;
    if (x->xlsx)
        xlsx_abandon(x->xlsx);
    x->xlsx = NULL;
}

static enum err begin_xlsx(struct export *x, const struct export_about *about,
                           const struct export_column *columns, size_t n)
{
    struct req *r = x->r;
    struct buf *note = buf_in(r->arena);
    struct xlsx_column *own = ARENA_ARRAY(r->arena, struct xlsx_column, n);
    if (about->note.n) {
        buf_str(note, about->note);
        buf_cstr(note, ". ");
    }
    MSG_PUT(note, r->ui.lang, MSG_web_export_made, ARG_DATETIME("time", r->ui.now_ms));
    struct xlsx_about xlsx_about = {
        .title = about->title,
        .note = buf_view(note),
        .author = about->author,
        .total_label = msg_text(r->ui.lang, MSG_common_total),
        .made_ms = r->ui.now_ms,
    };
    enum err rc = xlsx_begin(&x->xlsx, &xlsx_about);
    if (rc != ERR_OK)
        return rc;
    arena_defer(r->arena, abandon, x);
    for (size_t i = 0; i < n; i++)
        own[i] = (struct xlsx_column){.title = msg_text(r->ui.lang, columns[i].title),
                                      .type = columns[i].type,
                                      .width = columns[i].width,
                                      .total = columns[i].total};
    xlsx_sheet(x->xlsx, about->title, own, n);
    return ERR_OK;
}

enum err export_begin(struct req *r, struct str format, const struct export_about *about,
                      const struct export_column *columns, size_t n, struct export **out)
{
    struct export *x = ARENA_NEW(r->arena, struct export);
    *out = x;
    x->r = r;
    x->file = arena_printf(r->arena, "%.*s.%.*s", STRF(about->name), STRF(format));
    if (str_eq(format, STR("xlsx")))
        return begin_xlsx(x, about, columns, n);
    if (!str_eq(format, STR("csv")))
        return ERR_NOT_FOUND;
    x->csv.out = resp_csv(r, arena_cstr(r->arena, x->file));
    for (size_t i = 0; i < n; i++)
        csv_text(&x->csv, msg_text(r->ui.lang, columns[i].title));
    csv_end(&x->csv);
    return ERR_OK;
}

void export_text(struct export *x, struct str s)
{
    if (!x->xlsx)
        csv_text(&x->csv, s);
    else if (s.p)
        xlsx_text(x->xlsx, s);
    else
        xlsx_blank(x->xlsx);
}

void export_msg(struct export *x, enum msg m)
{
    export_text(x, msg_text(x->r->ui.lang, m));
}

void export_int(struct export *x, int64_t v)
{
    if (x->xlsx)
        xlsx_int(x->xlsx, v);
    else
        csv_number(&x->csv, v);
}

void export_opt(struct export *x, struct i64_opt v)
{
    if (v.set)
        export_int(x, v.v);
    else
        export_blank(x);
}

void export_people(struct export *x, struct i64_opt v)
{
    if (v.set && figure_is_few(v.v))
        export_blank(x);
    else
        export_opt(x, v);
}

void export_money(struct export *x, struct i64_opt tyiyn)
{
    struct buf text = BUF_EMPTY;
    if (!tyiyn.set) {
        export_blank(x);
        return;
    }
    if (x->xlsx) {
        xlsx_money(x->xlsx, tyiyn.v);
        return;
    }
    buf_fixed(&text, (double)tyiyn.v / 100, 2);
    csv_text(&x->csv, buf_view(&text));
    buf_free(&text);
}

void export_share(struct export *x, int64_t part, int64_t whole)
{
    if (whole <= 0)
        export_blank(x);
    else if (x->xlsx)
        xlsx_decimal(x->xlsx, (double)part / (double)whole);
    else
        csv_double(&x->csv, round((double)part / (double)whole * 10000) / 10000);
}

void export_day(struct export *x, int64_t day)
{
    struct buf text = BUF_EMPTY;
    if (x->xlsx) {
        xlsx_day(x->xlsx, day);
        return;
    }
    buf_day(&text, day);
    csv_text(&x->csv, buf_view(&text));
    buf_free(&text);
}

void export_time(struct export *x, int64_t utc_ms)
{
    struct buf text = BUF_EMPTY;
    if (x->xlsx) {
        xlsx_time(x->xlsx, utc_ms);
        return;
    }
    buf_rfc3339(&text, utc_ms);
    csv_text(&x->csv, buf_view(&text));
    buf_free(&text);
}

void export_blank(struct export *x)
{
    if (x->xlsx)
        xlsx_blank(x->xlsx);
    else
        csv_text(&x->csv, STR_NULL);
}

void export_row(struct export *x)
{
    if (x->xlsx)
        xlsx_row_end(x->xlsx);
    else
        csv_end(&x->csv);
}

enum err export_end(struct export *x)
{
    struct buf *bytes = buf_in(x->r->arena);
    if (!x->xlsx)
        return ERR_OK;
    struct xlsx *xlsx = x->xlsx;
    x->xlsx = NULL;
    enum err rc = xlsx_finish(xlsx, bytes);
    if (rc != ERR_OK)
        return rc;
    struct buf *out =
        resp_bytes(x->r, 200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    resp_attachment(x->r, x->file);
    buf_str(out, buf_view(bytes));
    return ERR_OK;
}
