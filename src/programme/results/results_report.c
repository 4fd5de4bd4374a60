/*
 * The report of a programme over a quarter or a year, put together from what is there: a sentence
 * and a row for each indicator, charts by year, success stories of the staff; as a page, as PDF and
 * as a spreadsheet. It is public, so every number comes by the public's rule.
 */
#include "programme/results/results_web.h"

#include "platform/formats/pdf.h"
#include "platform/formats/xlsx.h"

#include <math.h>

struct report {
    struct req *r;
    struct result_programmes programmes;
    struct result_indicators indicators;
    const struct result_programme *programme;
    struct result_period period;
    bool bad_period;
    struct sql_results_targets_rows targets;
    struct result_number *numbers, *totals;
    struct results_years *years;
    struct results_successes successes;
};

/* The quarter that ended last, within the programme's time. */
static struct result_period last_quarter(struct arena *a, const struct result_programme *p)
{
    int64_t end = results_end_of_data(p, day_today());
    int64_t to = end == p->to_month ? (end + 2) / 3 * 3 : end / 3 * 3;
    return (struct result_period){results_period_code(a, to - 3, to), to - 3, to};
}

static enum err read_report(struct tx *tx, void *arg)
{
    struct report *p = arg;
    struct arena *a = p->r->arena;
    struct str asked = req_query(p->r, "programme"), period = req_query(p->r, "period");
    enum err rc = ERR_OK;
    p->programmes = (struct result_programmes){0};
    p->indicators = (struct result_indicators){0};
    TRY(results_programmes(tx, a, &p->programmes));
    TRY(results_indicators(p->r->app, tx, a, STR_NULL, &p->indicators));
    if (p->programmes.n == 0)
        FAIL(ERR_NOT_FOUND);
    p->programme = asked.n ? results_programme(&p->programmes, asked) : &p->programmes.v[0];
    if (!p->programme)
        FAIL(ERR_NOT_FOUND);
    p->bad_period = period.n && !results_period_parse(a, period, &p->period);
    if (!period.n || p->bad_period)
        p->period = last_quarter(a, p->programme);
    TRY(sql_results_targets(tx, a, &p->targets, .unit = STR("*")));
    p->numbers = ARENA_ARRAY(a, struct result_number, p->indicators.n);
    p->totals = ARENA_ARRAY(a, struct result_number, p->indicators.n);
    p->years = ARENA_ARRAY(a, struct results_years, p->indicators.n);
    for (size_t i = 0; i < p->indicators.n; i++) {
        const struct result_indicator *x = &p->indicators.v[i];
        if (!str_eq(x->programme, p->programme->code))
            continue;
        TRY(results_public_number(p->r->app, tx, a, p->programme, x, STR_NULL, p->period.from,
                                  p->period.to, &p->numbers[i]));
        TRY(results_public_number(p->r->app, tx, a, p->programme, x, STR_NULL,
                                  p->programme->from_month,
                                  results_end_of_data(p->programme, day_today()), &p->totals[i]));
        TRY(results_trend(p->r->app, tx, a, x, p->programme, STR_NULL, &p->years[i]));
    }
    TRY(results_successes(tx, p->r, p->programme->code, p->period.from, p->period.to,
                          &p->successes));
out:
    return rc;
}

static const struct sql_results_targets_row *target_of(const struct report *p,
                                                       const struct result_indicator *i)
{
    for (size_t k = 0; k < p->targets.n; k++) {
        const struct sql_results_targets_row *t = &p->targets.v[k];
        if (str_eq(t->indicator, i->code) && str_eq(t->kind, STR("target")) &&
            t->from_month == p->programme->from_month && t->to_month == p->programme->to_month)
            return t;
    }
    return NULL;
}

static struct str number_words(struct report *p, const struct result_indicator *i,
                               const struct result_number *n)
{
    enum lang lang = p->r->ui.lang;
    return n->withheld  ? msg_text(lang, MSG_results_withheld_cell)
           : n->present ? results_number_text(p->r->arena, lang, i, n->amount, n->base)
                        : msg_text(lang, MSG_results_no_data);
}

/* "People trained: 120 people in the quarter, 1,126 since the beginning; that is 75% of 1,500." */
static struct str sentence(struct report *p, const struct result_indicator *i, size_t at,
                           const struct sql_results_targets_row *target)
{
    struct arena *a = p->r->arena;
    enum lang lang = p->r->ui.lang;
    const struct result_number *n = &p->numbers[at], *all = &p->totals[at];
    struct str now = number_words(p, i, n), total = number_words(p, i, all);
    struct str text = MSG_STR(a, lang, MSG_results_report_sentence,
                              ARG_S("name", text3_get(&i->name, lang)), ARG_S("number", now),
                              ARG_S("total", total), ARG_S("unit", text3_get(&i->unit, lang)));
    if (!target || !all->present)
        return text;
    double goal = results_amount_double(i, target->amount, target->base);
    double is = results_amount_double(i, all->amount, all->base);
    if (!(goal > 0) || isnan(is))
        return text;
    struct buf *percent = buf_in(a);
    lang_percent(percent, lang, is / goal);
    return arena_printf(
        a, "%.*s %.*s", STRF(text),
        STRF(MSG_STR(
            a, lang, MSG_results_report_of_target, ARG_S("percent", buf_view(percent)),
            ARG_S("target", results_number_text(a, lang, i, target->amount, target->base)))));
}

static void fill(struct report *p, struct results_report_view *v)
{
    struct req *r = p->r;
    enum lang lang = r->ui.lang;
    struct arena *a = r->arena;
    v->programme = text3_get(&p->programme->name, lang);
    v->lead = text3_get(&p->programme->text, lang);
    v->code = p->programme->code;
    v->bad_period = p->bad_period;
    v->few = RESULTS_FEW;
    v->period = results_period_text(a, lang, p->period.from, p->period.to);
    v->period_asked = results_period_code(a, p->period.from, p->period.to);
    v->successes = p->successes;
    v->pdf = arena_printf(a, "/results/report.pdf?programme=%.*s&period=%.*s", STRF(v->code),
                          STRF(v->period_asked));
    v->xlsx = arena_printf(a, "/results/report.xlsx?programme=%.*s&period=%.*s", STRF(v->code),
                           STRF(v->period_asked));
    int64_t last = (results_end_of_data(p->programme, day_today()) + 2) / 3 * 3;
    for (int64_t to = last; to > p->programme->from_month && to > last - 60; to -= 3)
        ARENA_PUSH(a, v->periods,
                   ((struct option){.value = results_period_code(a, to - 3, to),
                                    .text = results_period_text(a, lang, to - 3, to)}));
    for (size_t i = 0; i < p->indicators.n; i++) {
        const struct result_indicator *x = &p->indicators.v[i];
        if (!str_eq(x->programme, p->programme->code))
            continue;
        const struct sql_results_targets_row *t = target_of(p, x);
        struct results_report_line line = {
            .name = text3_get(&x->name, lang),
            .unit = text3_get(&x->unit, lang),
            .number = number_words(p, x, &p->numbers[i]),
            .total = number_words(p, x, &p->totals[i]),
            .target = t ? results_number_text(a, lang, x, t->amount, t->base) : STR("–"),
            .sentence = sentence(p, x, i, t),
            .href = arena_printf(a, "/results/i/%.*s?period=%.*s", STRF(x->code),
                                 STRF(v->period_asked)),
            .withheld = p->numbers[i].withheld || p->totals[i].withheld,
            .trend = results_spark(a, &p->years[i]),
            .trend_text = results_spark_text(r, x, &p->years[i]),
        };
        v->withheld_any = v->withheld_any || line.withheld;
        ARENA_PUSH(a, v->lines, line);
    }
}

static struct str title_of(struct req *r, const struct results_report_view *v)
{
    return MSG_STR(r->arena, r->ui.lang, MSG_results_report_of, ARG_S("programme", v->programme),
                   ARG_S("period", v->period));
}

enum err results_report_page(struct req *r)
{
    struct report p = {.r = r};
    struct results_report_view v = {0};
    enum err rc = req_read(r, read_report, &p);
    if (rc != ERR_OK)
        return rc;
    fill(&p, &v);
    struct crumb crumbs[] = {
        {arena_printf(r->arena, "/results?programme=%.*s", STRF(v.code)), v.programme}};
    struct page page = {
        .title = title_of(r, &v), .width = PAGE_WIDE, .crumbs = crumbs, .crumb_count = 1};
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, v.bad_period ? 422 : 200);
    page_open(out, r, &page);
    tpl_results_report(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- paper --- */

static void put_chart(struct report *p, struct pdf *pdf, const struct result_indicator *i,
                      const struct results_years *y)
{
    struct arena *a = p->r->arena;
    struct pdf_bar *bars = ARENA_ARRAY(a, struct pdf_bar, y->n);
    double top = 0;
    size_t n = 0;
    for (size_t k = 0; k < y->n; k++)
        top = !isnan(y->value[k]) && y->value[k] > top ? y->value[k] : top;
    for (size_t k = 0; k < y->n && top > 0; k++) {
        struct buf *words = buf_in(a);
        if (isnan(y->value[k]))
            continue;
        if (i->measure == MEASURE_RATIO)
            lang_percent(words, p->r->ui.lang, y->value[k]);
        else
            lang_decimal(words, p->r->ui.lang, y->value[k], 0);
        bars[n++] = (struct pdf_bar){arena_printf(a, "%lld", (long long)y->bounds[k] / 12),
                                     buf_view(words), y->value[k] / top};
    }
    if (n > 1)
        pdf_bars(pdf, text3_get(&i->name, p->r->ui.lang), bars, n);
}

static void put_table(struct report *p, struct pdf *pdf, const struct results_report_view *v)
{
    enum lang lang = p->r->ui.lang;
    const struct pdf_column columns[] = {
        {msg_text(lang, MSG_results_indicator), 4.6, PDF_LEFT},
        {msg_text(lang, MSG_results_report_now), 1.8, PDF_RIGHT},
        {msg_text(lang, MSG_results_report_total), 1.8, PDF_RIGHT},
        {msg_text(lang, MSG_results_target), 1.8, PDF_RIGHT},
    };
    pdf_table(pdf, columns, COUNT_OF(columns));
    for (size_t k = 0; k < v->lines.n; k++) {
        pdf_cell(pdf, v->lines.v[k].name);
        pdf_cell(pdf, v->lines.v[k].number);
        pdf_cell(pdf, v->lines.v[k].total);
        pdf_cell(pdf, v->lines.v[k].target);
    }
}

enum err results_report_pdf(struct req *r)
{
    struct report p = {.r = r};
    struct results_report_view v = {0};
    enum lang lang = r->ui.lang;
    enum err rc = req_read(r, read_report, &p);
    if (rc != ERR_OK)
        return rc;
    if (p.bad_period)
        return ERR_NOT_FOUND;
    fill(&p, &v);
    struct pdf_options options = {.title = title_of(r, &v),
                                  .author = STR("Aimak"),
                                  .lang = lang,
                                  .made_ms = r->ui.now_ms,
                                  .accent = 0x1d5b8f,
                                  .footer = title_of(r, &v)};
    struct pdf *pdf = pdf_new(r->arena, &options);
    pdf_heading(pdf, 1, options.title);
    pdf_paragraph(pdf, PDF_LEAD, PDF_LEFT, v.lead);
    pdf_heading(pdf, 2, msg_text(lang, MSG_results_report_figures));
    put_table(&p, pdf, &v);
    if (v.withheld_any)
        pdf_paragraph(pdf, PDF_SMALL, PDF_LEFT,
                      MSG_STR(r->arena, lang, MSG_results_withheld, ARG_N("few", v.few)));
    pdf_heading(pdf, 2, msg_text(lang, MSG_results_report_words));
    for (size_t k = 0; k < v.lines.n; k++)
        pdf_bullet(pdf, v.lines.v[k].sentence);
    pdf_heading(pdf, 2, msg_text(lang, MSG_results_report_years));
    for (size_t k = 0; k < p.indicators.n; k++)
        if (str_eq(p.indicators.v[k].programme, p.programme->code))
            put_chart(&p, pdf, &p.indicators.v[k], &p.years[k]);
    if (v.successes.n)
        pdf_heading(pdf, 2, msg_text(lang, MSG_results_stories));
    for (size_t k = 0; k < v.successes.n; k++) {
        pdf_heading(pdf, 3, v.successes.v[k].title);
        if (v.successes.v[k].place.n)
            pdf_paragraph(pdf, PDF_SMALL, PDF_LEFT, v.successes.v[k].place);
        pdf_paragraph(pdf, PDF_BODY, PDF_LEFT, v.successes.v[k].words);
    }
    struct buf *bytes = buf_in(r->arena);
    rc = pdf_finish(pdf, bytes);
    if (rc != ERR_OK)
        return rc;
    struct buf *out = resp_bytes(r, 200, "application/pdf");
    buf_str(out, buf_view(bytes));
    resp_attachment(
        r, arena_printf(r->arena, "report-%.*s-%.*s.pdf", STRF(v.code), STRF(v.period_asked)));
    return ERR_OK;
}

/* --- spreadsheet --- */

static void put_number(struct xlsx *x, const struct result_indicator *i,
                       const struct result_number *n)
{
    if (n->present)
        xlsx_decimal(x, results_amount_double(i, n->amount, n->base));
    else
        xlsx_blank(x);
}

enum err results_report_xlsx(struct req *r)
{
    struct report p = {.r = r};
    struct results_report_view v = {0};
    struct xlsx *x = NULL;
    enum lang lang = r->ui.lang;
    enum err rc = req_read(r, read_report, &p);
    if (rc != ERR_OK)
        return rc;
    if (p.bad_period)
        return ERR_NOT_FOUND;
    fill(&p, &v);
    struct xlsx_about about = {
        .title = title_of(r, &v),
        .note = v.withheld_any ? MSG_STR(r->arena, lang, MSG_results_withheld, ARG_N("few", v.few))
                               : STR_NULL,
        .author = STR("Aimak"),
        .total_label = STR(""),
        .made_ms = r->ui.now_ms};
    const struct xlsx_column figures[] = {
        {msg_text(lang, MSG_results_code), XLSX_TEXT, 28, false},
        {msg_text(lang, MSG_results_indicator), XLSX_TEXT, 50, false},
        {msg_text(lang, MSG_results_unit), XLSX_TEXT, 16, false},
        {msg_text(lang, MSG_results_report_now), XLSX_DECIMAL, 16, false},
        {msg_text(lang, MSG_results_report_total), XLSX_DECIMAL, 16, false},
        {msg_text(lang, MSG_results_target), XLSX_DECIMAL, 16, false},
    };
    const struct xlsx_column stories[] = {
        {msg_text(lang, MSG_results_municipality), XLSX_TEXT, 30, false},
        {msg_text(lang, MSG_results_story_title), XLSX_TEXT, 40, false},
        {msg_text(lang, MSG_results_story_words), XLSX_TEXT, 90, false},
    };
    rc = xlsx_begin(&x, &about);
    if (rc != ERR_OK)
        return rc;
    xlsx_sheet(x, msg_text(lang, MSG_results_report_figures), figures, COUNT_OF(figures));
    for (size_t k = 0; k < p.indicators.n; k++) {
        const struct result_indicator *i = &p.indicators.v[k];
        if (!str_eq(i->programme, p.programme->code))
            continue;
        const struct sql_results_targets_row *t = target_of(&p, i);
        xlsx_text(x, i->code);
        xlsx_text(x, text3_get(&i->name, lang));
        xlsx_text(x, text3_get(&i->unit, lang));
        put_number(x, i, &p.numbers[k]);
        put_number(x, i, &p.totals[k]);
        if (t)
            xlsx_decimal(x, results_amount_double(i, t->amount, t->base));
        xlsx_row_end(x);
    }
    xlsx_sheet(x, msg_text(lang, MSG_results_stories), stories, COUNT_OF(stories));
    for (size_t k = 0; k < v.successes.n; k++) {
        xlsx_text(x, v.successes.v[k].place);
        xlsx_text(x, v.successes.v[k].title);
        xlsx_text(x, v.successes.v[k].words);
        xlsx_row_end(x);
    }
    struct buf *out =
        resp_bytes(r, 200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    rc = xlsx_finish(x, out);
    if (rc == ERR_OK)
        resp_attachment(
            r, arena_printf(r->arena, "report-%.*s-%.*s.xlsx", STRF(v.code), STRF(v.period_asked)));
    return rc;
}
