/*
 * "/compare": every municipality beside the others. A map or tiles coloured by how promises were
 * kept, a table to filter by oblast and to sort, and the same as a spreadsheet and CSV. A handful
 * of queries, however many municipalities and records there are: the figures are kept as totals.
 */
#include "front/home/home_internal.h"
#include "front/home/home_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/csv.h"
#include "platform/formats/xlsx.h"

#include <math.h>

static const char *const sort_codes[COMPARE_SORT__MAX] = {
    [COMPARE_NAME] = "name",       [COMPARE_PEOPLE] = "people", [COMPARE_KEPT] = "kept",
    [COMPARE_REPORTS] = "reports", [COMPARE_ANSWER] = "answer", [COMPARE_OVERDUE] = "overdue",
};

struct compare_figures {
    struct arena *arena;
    struct unit_kept_list kept;
    const struct all_case_figures *cases;
};

static enum err read_kept(struct tx *tx, void *arg)
{
    struct compare_figures *f = arg;
    f->kept = (struct unit_kept_list){0};
    return charter_kept_all(tx, f->arena, &f->kept);
}

static struct compare_row *row_of(struct compare_view *v, struct str unit)
{
    /* Rows are still in the order of codes here. */
    size_t low = 0, high = v->rows.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(v->rows.v[middle].place->code, unit);
        if (order == 0)
            return &v->rows.v[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void list_units(struct req *r, const struct territory *t, struct str oblast,
                       struct compare_view *v)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i];
        const struct place *o = place_oblast(p);
        if (!place_is_municipality(p) || p->successor || !o)
            continue;
        if (oblast.n && !str_eq(o->code, oblast))
            continue;
        struct compare_row row = {
            .place = p,
            .name = place_name(p, r->ui.lang),
            .oblast = place_name(o, r->ui.lang),
            .href = arena_printf(r->arena, "/m/%.*s", STRF(p->code)),
            .cases = {.median_answer_ms = -1},
        };
        ARENA_PUSH(r->arena, v->rows, row);
    }
}

/* Figures of merged municipalities roll up to the one that is there today. */
static void add_figures(struct compare_view *v, const struct territory *t,
                        const struct compare_figures *f)
{
    for (size_t i = 0; i < f->kept.n; i++) {
        const struct unit_kept *k = &f->kept.v[i];
        const struct place *p = k->service.n ? NULL : territory_find(t, k->unit);
        struct compare_row *row = p ? row_of(v, place_municipality(p)->code) : NULL;
        if (row) {
            row->kept.kept += k->last90.kept;
            row->kept.counted += k->last90.counted;
        }
    }
    for (size_t i = 0; i < f->cases->n; i++) {
        const struct place *p = territory_find(t, f->cases->v[i].unit);
        const struct place *today = p ? place_municipality(p) : NULL;
        struct compare_row *row = today ? row_of(v, today->code) : NULL;
        if (!row)
            continue;
        const struct case_figures *c = &f->cases->v[i].f;
        row->cases.received365 += c->received365;
        row->cases.overdue += c->overdue;
        row->cases.open += c->open;
        if (p == today)
            row->cases.median_answer_ms = c->median_answer_ms;
    }
}

static double share(const struct compare_row *row)
{
    return row->kept.counted > 0 ? (double)row->kept.kept / (double)row->kept.counted : -1;
}

static int compare_numbers(double a, double b)
{
    return (a < b) - (a > b); /* larger first */
}

/* qsort has no argument: the key travels in the rows. */
static int by_key(const void *x, const void *y)
{
    const struct compare_row *a = x, *b = y;
    int order = compare_numbers(a->sort_number, b->sort_number);
    if (order == 0)
        order = str_compare(a->sort_text, b->sort_text);
    return order ? order : str_compare(a->place->code, b->place->code);
}

static void sort_rows(struct req *r, struct compare_view *v)
{
    for (size_t i = 0; i < v->rows.n; i++) {
        struct compare_row *row = &v->rows.v[i];
        struct buf *key = buf_in(r->arena);
        utf8_search_key(key, row->name);
        row->sort_text = buf_view(key);
        double median = (double)row->cases.median_answer_ms;
        const double numbers[COMPARE_SORT__MAX] = {
            [COMPARE_PEOPLE] = (double)row->place->population,
            [COMPARE_KEPT] = share(row),
            [COMPARE_REPORTS] = (double)row->cases.received365,
            [COMPARE_ANSWER] = median < 0 ? -INFINITY : -median, /* quick ones first */
            [COMPARE_OVERDUE] = (double)row->cases.overdue,
        };
        row->sort_number = numbers[v->sort];
    }
    if (v->rows.n > 1)
        qsort(v->rows.v, v->rows.n, sizeof *v->rows.v, by_key);
}

static void sum_up(struct compare_view *v)
{
    for (size_t i = 0; i < v->rows.n; i++) {
        const struct compare_row *row = &v->rows.v[i];
        v->people += row->place->population;
        v->kept.kept += row->kept.kept;
        v->kept.counted += row->kept.counted;
        v->reports += row->cases.received365;
        v->overdue += row->cases.overdue;
    }
}

/* Steps of the map: from how many per cent of promises kept. The borders of the bars' colours are
 * among them, so that map and bars never disagree. */
static const struct {
    const char *css_class;
    int from;
} steps[] = {
    {"step-5", KEPT_GOOD_PERCENT},
    {"step-4", 75},
    {"step-3", KEPT_WAIT_PERCENT},
    {"step-2", 50},
    {"step-1", 0},
};
static const char no_data_class[] = "step-0";

static const char *step_class(const struct compare_row *row)
{
    int64_t percent = ui_kept_percent(row->kept.kept, row->kept.counted);
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (percent >= steps[i].from)
            return steps[i].css_class;
    return no_data_class;
}

void home_legend(struct buf *out, const struct ui *ui)
{
    int below = 101;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        ui_kept_legend_line(out, ui, steps[i].css_class, steps[i].from, below);
        below = steps[i].from;
    }
    ui_legend_line(out, ui, no_data_class, MSG_common_no_data);
}

struct paint_job {
    struct req *r;
    struct compare_view *v;
};

static struct map_paint paint(void *arg, const struct place *p)
{
    struct paint_job *job = arg;
    struct compare_row *row = row_of(job->v, p->code);
    if (!row)
        return (struct map_paint){0};
    struct buf *title = buf_in(job->r->arena);
    buf_str(title, row->name);
    buf_cstr(title, ": ");
    if (share(row) >= 0)
        lang_percent(title, job->r->ui.lang, share(row));
    else
        buf_str(title, msg_text(job->r->ui.lang, MSG_common_no_data));
    return (struct map_paint){step_class(row), buf_view(title), row->href};
}

static void fill_sorts(struct req *r, struct compare_view *v)
{
    const char *more = v->oblast.n ? "&oblast=" : "";
    for (int s = 0; s < COMPARE_SORT__MAX; s++)
        v->sort_hrefs[s] = arena_printf(r->arena, "/compare?sort=%s%s%.*s%s", sort_codes[s], more,
                                        STRF(v->oblast), v->all ? "&all=1" : "");
    v->all_href = arena_printf(r->arena, "/compare?sort=%s%s%.*s&all=1", sort_codes[v->sort], more,
                               STRF(v->oblast));
    v->csv = arena_printf(r->arena, "/compare.csv?sort=%s%s%.*s", sort_codes[v->sort], more,
                          STRF(v->oblast));
    v->xlsx = arena_printf(r->arena, "/compare.xlsx?sort=%s%s%.*s", sort_codes[v->sort], more,
                           STRF(v->oblast));
}

/* The whole country's map, coloured by the promises kept of the last 90 days. */
enum err home_kept_map(struct req *r, struct html *map)
{
    struct compare_view v = {0};
    const struct territory *t = territory_get(r->app, r->arena);
    static const struct all_case_figures no_cases;
    struct compare_figures f = {.arena = r->arena, .cases = &no_cases};
    enum err rc = req_read(r, read_kept, &f);
    if (rc != ERR_OK)
        return rc;
    list_units(r, t, STR_NULL, &v);
    add_figures(&v, t, &f);
    struct buf *out = buf_in(r->arena);
    places_map(out, &r->ui, r->app, r->arena, PLACE_AIMAK, paint, &(struct paint_job){r, &v});
    *map = (struct html){buf_view(out)};
    return ERR_OK;
}

/* Nothing promised that could be counted, nothing reported: a row of dashes. */
static bool is_silent(const struct compare_row *row)
{
    return row->kept.counted == 0 && row->cases.received365 == 0 && row->cases.open == 0;
}

/* Most of the country may not take part yet: its rows stand behind a link, its squares on the map.
 */
static void leave_out_silent(struct compare_view *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->rows.n; i++)
        if (!is_silent(&v->rows.v[i]))
            v->rows.v[kept++] = v->rows.v[i];
    v->silent = (int64_t)(v->rows.n - kept);
    v->rows.n = kept;
}

static enum err fill(struct req *r, struct compare_view *v, bool silent_too)
{
    enum err rc = ERR_OK;
    struct compare_figures f = {.arena = r->arena};
    const struct territory *t = territory_get(r->app, r->arena);
    struct str sort = req_query(r, "sort"), oblast = req_query(r, "oblast");
    for (int s = 0; s < COMPARE_SORT__MAX; s++)
        if (str_eq(sort, str_from(sort_codes[s])))
            v->sort = (enum compare_sort)s;
    for (size_t i = 0; i < t->oblast_count; i++) {
        struct option o = {.value = t->oblasts[i]->code,
                           .text = place_name(t->oblasts[i], r->ui.lang)};
        ARENA_PUSH(r->arena, v->oblasts, o);
        if (str_eq(oblast, o.value))
            v->oblast = o.value;
    }
    TRY(req_read(r, read_kept, &f));
    TRY(cases_figures_country(r->app, r->arena, &f.cases));
    list_units(r, t, v->oblast, v);
    add_figures(v, t, &f);
    struct buf *map = buf_in(r->arena);
    places_map(map, &r->ui, r->app, r->arena, PLACE_AIMAK, paint, &(struct paint_job){r, v});
    v->map = (struct html){buf_view(map)};
    if (!silent_too)
        leave_out_silent(v);
    sum_up(v);
    sort_rows(r, v);
    fill_sorts(r, v);
    for (size_t i = 0; i < v->rows.n; i++) {
        struct buf *answer = buf_in(r->arena);
        if (v->rows.v[i].cases.median_answer_ms >= 0)
            lang_duration(answer, r->ui.lang, v->rows.v[i].cases.median_answer_ms);
        v->rows.v[i].answer = buf_view(answer);
    }
out:
    return rc;
}

enum err home_compare(struct req *r)
{
    struct compare_view v = {.all = str_eq(req_query(r, "all"), STR("1"))};
    enum err rc = fill(r, &v, v.all);
    if (rc != ERR_OK)
        return rc;
    struct page page = {.title = msg_text(r->ui.lang, MSG_home_compare_title),
                        .section = SECTION_COMPARE,
                        .width = PAGE_WIDE};
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_home_compare(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err home_compare_csv(struct req *r)
{
    struct compare_view v = {0};
    enum err rc = fill(r, &v, true);
    if (rc != ERR_OK)
        return rc;
    struct csv_writer w = {.out = resp_csv(r, "municipalities.csv")};
    buf_cstr(w.out, "code,name,oblast,population,promises_kept_90d,promises_counted_90d,"
                    "reports_365d,open,overdue,median_answer_hours\r\n");
    for (size_t i = 0; i < v.rows.n; i++) {
        const struct compare_row *row = &v.rows.v[i];
        csv_text(&w, row->place->code);
        csv_text(&w, row->name);
        csv_text(&w, row->oblast);
        if (row->place->population > 0)
            csv_number(&w, row->place->population);
        else
            csv_text(&w, STR("")); /* not imported: unknown, not nobody */
        csv_number(&w, row->kept.kept);
        csv_number(&w, row->kept.counted);
        csv_number(&w, row->cases.received365);
        csv_number(&w, row->cases.open);
        csv_number(&w, row->cases.overdue);
        if (row->cases.median_answer_ms >= 0)
            csv_number(&w, row->cases.median_answer_ms / MS_HOUR);
        else
            csv_text(&w, STR(""));
        csv_end(&w);
    }
    resp_cache_public(r, 300);
    return ERR_OK;
}

enum err home_compare_xlsx(struct req *r)
{
    struct compare_view v = {0};
    struct xlsx *x = NULL;
    enum err rc = ERR_OK;
    TRY(fill(r, &v, true));
    enum lang lang = r->ui.lang;
    const struct xlsx_about about = {
        .title = msg_text(lang, MSG_home_compare_title),
        .note = msg_text(lang, MSG_home_compare_note),
        .author = msg_text(lang, MSG_web_program),
        .total_label = msg_text(lang, MSG_common_total),
        .made_ms = r->ui.now_ms,
    };
    const struct xlsx_column columns[] = {
        {msg_text(lang, MSG_home_compare_unit), XLSX_TEXT, 34, false},
        {msg_text(lang, MSG_home_compare_oblast), XLSX_TEXT, 22, false},
        {msg_text(lang, MSG_home_compare_people), XLSX_INT, 0, true},
        {msg_text(lang, MSG_home_compare_kept), XLSX_PERCENT, 0, false},
        {msg_text(lang, MSG_home_compare_counted), XLSX_INT, 0, true},
        {msg_text(lang, MSG_home_compare_reports), XLSX_INT, 0, true},
        {msg_text(lang, MSG_home_compare_overdue), XLSX_INT, 0, true},
    };
    TRY(xlsx_begin(&x, &about));
    xlsx_sheet(x, msg_text(lang, MSG_home_compare_short), columns, COUNT_OF(columns));
    for (size_t i = 0; i < v.rows.n; i++) {
        const struct compare_row *row = &v.rows.v[i];
        xlsx_text(x, row->name);
        xlsx_text(x, row->oblast);
        if (row->place->population > 0)
            xlsx_int(x, row->place->population);
        else
            xlsx_blank(x);
        xlsx_decimal(x, share(row) < 0 ? NAN : share(row));
        xlsx_int(x, row->kept.counted);
        xlsx_int(x, row->cases.received365);
        xlsx_int(x, row->cases.overdue);
        xlsx_row_end(x);
    }
    struct buf *out =
        resp_bytes(r, 200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    resp_attachment(r, STR("municipalities.xlsx"));
    rc = xlsx_finish(x, out);
out:
    return rc;
}
