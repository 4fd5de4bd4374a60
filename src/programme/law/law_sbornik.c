/*
 * The printed collection: an edition is an ordered selection of acts. Its page prints; the same as
 * a document and as a spreadsheet. Who received how many copies is counted by platform/tally:
 * copies as they go out, a body once for each edition, on the day of its first copies.
 */
#include "programme/law/law_tpl.h"
#include "programme/law/law_view.h"

#include "community/places/places.h"
#include "community/topics/topics.h"
#include "platform/core/clock.h"
#include "platform/formats/pdf.h"
#include "platform/web/export.h"

/* Bodies without a code here (outside of the territory that was imported) count for the country. */
#define NO_PLACE STR("41700000000000")
enum { GIVEN_PAGE = 500 };

/* --- counting --- */

static enum err recount(struct tx *tx, struct arena *a, const struct counter *c, struct str unit,
                        tally_fact_fn fact, void *arg);
static const struct counter copies_counter = {
    .code = "law.sbornik_copies",
    .label = MSG_law_counter_copies,
    .kind = COUNTER_FLOW,
    .recount = recount,
};
static const struct counter units_counter = {
    .code = "law.sbornik_units",
    .label = MSG_law_counter_units,
    .kind = COUNTER_FLOW,
    .recount = recount,
};
const struct counter *const law_counters[] = {&copies_counter, &units_counter};
const size_t law_counter_count = COUNT_OF(law_counters);

static enum err recount(struct tx *tx, struct arena *a, const struct counter *c, struct str unit,
                        tally_fact_fn fact, void *arg)
{
    struct sql_law_deliveries_of_place_rows rows;
    enum err rc =
        sql_law_deliveries_of_place(tx, a, &rows, .place = str_eq(unit, NO_PLACE) ? STR("") : unit);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_law_deliveries_of_place_row *row = &rows.v[i];
        bool first = i == 0 || row[-1].collection != row->collection ||
                     !str_eq(row[-1].recipient, row->recipient);
        struct tally_fact f = {.counter = c, .unit = unit, .day = row->day};
        f.amount = c == &copies_counter ? row->copies : first;
        if (f.amount)
            rc = fact(arg, &f);
    }
    return rc;
}

enum err law_give(struct tx *tx, struct arena *a, int64_t collection, const struct law_given *given,
                  int64_t now_ms, int64_t person)
{
    struct sql_law_delivery_first_row first;
    struct tally_fact f = {.unit = given->place.n ? given->place : NO_PLACE, .day = given->day};
    enum err rc = sql_law_delivery_first(tx, a, &first, .collection = collection,
                                         .recipient = given->recipient);
    TRY(rc);
    TRY(sql_law_delivery_put(tx, NULL, .collection = collection, .recipient = given->recipient,
                             .day = given->day, .place = given->place, .copies = given->copies,
                             .created_ms = now_ms, .created_by = person));
    f.counter = &copies_counter;
    f.amount = given->copies;
    TRY(tally_change(tx, &f));
    f.counter = &units_counter;
    if (first.n == 0 || given->day < first.day.v) {
        f.amount = 1;
        TRY(tally_change(tx, &f));
        if (first.n > 0) {
            f.day = first.day.v;
            f.amount = -1;
            TRY(tally_change(tx, &f));
        }
    }
out:
    return rc;
}

/* --- an edition --- */

struct edition {
    struct req *r;
    struct str lang, after;
    int64_t on;
    struct sql_law_collection_get_row c;
    struct sql_law_collection_acts_rows acts;
    struct sql_law_collection_parts_rows parts;
    struct sql_law_collection_topics_rows topics;
    struct sql_law_deliveries_rows given;
    struct sql_law_collection_sums_row sums;
};

static enum err read_edition(struct tx *tx, void *arg)
{
    struct edition *e = arg;
    struct arena *a = e->r->arena;
    enum err rc = ERR_OK;
    TRY(sql_law_collection_get(tx, a, &e->c, .code = req_param(e->r, "code")));
    TRY(sql_law_collection_acts(tx, a, &e->acts, .collection = e->c.id));
    TRY(sql_law_collection_parts(tx, a, &e->parts, .collection = e->c.id, .lang = e->lang,
                                 .on = e->c.day));
    TRY(sql_law_collection_topics(tx, a, &e->topics, .collection = e->c.id));
    TRY(sql_law_deliveries(tx, a, &e->given, .collection = e->c.id, .after = e->after,
                           .limit = GIVEN_PAGE + 1));
    TRY(sql_law_collection_sums(tx, a, &e->sums, .collection = e->c.id));
out:
    return rc;
}

/* Acts are in Kyrgyz and Russian; readers of English get the Russian text. */
static enum err load_edition(struct req *r, struct edition *e)
{
    *e = (struct edition){.r = r};
    struct str in = req_query(r, "in");
    e->lang = str_eq(in, STR("ky")) || str_eq(in, STR("ru")) ? in
              : r->ui.lang == LANG_KY                        ? STR("ky")
                                                             : STR("ru");
    e->after = req_query(r, "after").p ? req_query(r, "after") : STR("");
    return req_read(r, read_edition, e);
}

static struct law_act act_of(const struct sql_law_collection_acts_row *row)
{
    return LAW_ACT_OF(row);
}

static enum lang lang_of(const struct edition *e)
{
    return str_eq(e->lang, STR("ky")) ? LANG_KY : LANG_RU;
}

static struct text3 title_of(const struct edition *e)
{
    return (struct text3){{e->c.title_ky, e->c.title_ru, e->c.title_en}};
}

static void add_rows(struct arena *a, const struct edition *e, struct law_chapter *ch, int64_t act)
{
    for (size_t i = 0; i < e->parts.n; i++) {
        const struct sql_law_collection_parts_row *row = &e->parts.v[i];
        struct law_part *p = ARENA_NEW(a, struct law_part);
        if (row->act != act || !law_part_parse(row->kind, &p->kind))
            continue;
        p->eid = row->eid;
        p->label = row->label;
        p->heading = row->heading;
        p->words = row->words;
        ARENA_PUSH(a, ch->rows, ((struct law_row){.eid = row->eid, .left = p}));
    }
}

static void add_index(struct arena *a, const struct edition *e, struct law_sbornik_view *v)
{
    for (size_t t = 0; t < topics_count; t++) {
        struct buf *numbers = buf_in(a);
        for (size_t i = 0; i < e->acts.n; i++)
            for (size_t k = 0; k < e->topics.n; k++)
                if (e->topics.v[k].act == e->acts.v[i].id &&
                    str_eq(e->topics.v[k].topic, str_from(topics[t].code)))
                    buf_printf(numbers, "%s%d", numbers->n ? ", " : "", (int)i + 1);
        if (numbers->n)
            ARENA_PUSH(a, v->index, ((struct law_index_line){topics[t].name, buf_view(numbers)}));
    }
}

static void make_view(const struct edition *e, struct law_sbornik_view *v)
{
    struct req *r = e->r;
    struct arena *a = r->arena;
    struct text3 title = title_of(e);
    *v = (struct law_sbornik_view){.edition = e->c.edition};
    v->about =
        (struct law_collection_line){.href = arena_printf(a, "/law/sbornik/%.*s", STRF(e->c.code)),
                                     .title = text3_get(&title, r->ui.lang),
                                     .day = e->c.day,
                                     .units = e->sums.units,
                                     .copies = e->sums.copies};
    for (size_t i = 0; i < e->acts.n; i++) {
        struct law_act act = act_of(&e->acts.v[i]);
        struct law_chapter ch = {.number = (int64_t)i + 1, .source = act.source};
        ch.act = (struct law_line){act.path, text3_get(&act.title, lang_of(e)),
                                   law_act_line(a, lang_of(e), &act),
                                   str_eq(act.standing, STR("official"))
                                       ? STR("")
                                       : msg_text(lang_of(e), law_standing_message(act.standing))};
        add_rows(a, e, &ch, act.id);
        ARENA_PUSH(a, v->chapters, ch);
    }
    add_index(a, e, v);
    v->pdf_href = arena_printf(a, "%.*s/document.pdf?in=%.*s", STRF(v->about.href), STRF(e->lang));
    v->xlsx_href = arena_printf(a, "%.*s/list.xlsx", STRF(v->about.href));
}

enum err law_sbornik_page(struct req *r)
{
    struct edition e;
    struct law_sbornik_view v;
    enum err rc = ERR_OK;
    TRY(load_edition(r, &e));
    make_view(&e, &v);
    if (req_allows(r, PERM_LAW_EDIT))
        v.given_href = arena_printf(r->arena, "/desk/law/collections/%.*s/given", STRF(e.c.code));
    struct page page = law_page(r, v.about.title);
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_law_sbornik(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err law_sbornik_pdf(struct req *r)
{
    struct edition e;
    struct law_sbornik_view v;
    enum err rc = ERR_OK;
    TRY(load_edition(r, &e));
    r->ui.lang = lang_of(&e);
    make_view(&e, &v);
    struct arena *a = r->arena;
    enum lang lang = r->ui.lang;
    struct pdf_options options = {.title = v.about.title,
                                  .author = STR("Aimak"),
                                  .lang = lang,
                                  .footer = v.about.title,
                                  .made_ms = day_start_ms(e.c.day)};
    struct pdf *p = pdf_new(a, &options);
    pdf_heading(p, 1, v.about.title);
    pdf_paragraph(
        p, PDF_LEAD, PDF_LEFT,
        MSG_STR(a, lang, MSG_law_edition, ARG_PLAIN("n", e.c.edition), ARG_DATE("day", e.c.day)));
    pdf_heading(p, 2, msg_text(lang, MSG_law_contents));
    for (size_t i = 0; i < v.chapters.n; i++)
        pdf_paragraph(p, PDF_BODY, PDF_LEFT,
                      arena_printf(a, "%d. %.*s — %.*s", (int)i + 1,
                                   STRF(v.chapters.v[i].act.title),
                                   STRF(v.chapters.v[i].act.about)));
    for (size_t i = 0; i < v.chapters.n; i++) {
        const struct law_chapter *ch = &v.chapters.v[i];
        pdf_page_break(p);
        pdf_heading(p, 2, arena_printf(a, "%d. %.*s", (int)i + 1, STRF(ch->act.title)));
        pdf_paragraph(p, PDF_STRONG, PDF_LEFT, ch->act.about);
        if (ch->act.standing.n)
            pdf_paragraph(p, PDF_SMALL, PDF_LEFT, ch->act.standing);
        if (ch->rows.n == 0)
            pdf_paragraph(p, PDF_BODY, PDF_LEFT, msg_text(lang, MSG_law_no_text));
        for (size_t k = 0; k < ch->rows.n; k++) {
            const struct law_part *part = ch->rows.v[k].left;
            if (part->kind == LAW_PARAGRAPH)
                pdf_paragraph(p, PDF_BODY, PDF_LEFT,
                              part->label.n ? arena_printf(a, "%.*s. %.*s", STRF(part->label),
                                                           STRF(part->words))
                                            : part->words);
            else
                pdf_heading(p, 3, law_part_title(a, lang, part));
        }
    }
    pdf_page_break(p);
    pdf_heading(p, 2, msg_text(lang, MSG_law_index));
    for (size_t i = 0; i < v.index.n; i++)
        pdf_fact(p, msg_text(lang, v.index.v[i].topic), v.index.v[i].numbers);
    TRY(pdf_finish(p, resp_bytes(r, 200, "application/pdf")));
out:
    return rc;
}

enum err law_sbornik_xlsx(struct req *r)
{
    static const struct export_column columns[] = {
        {MSG_law_col_number, XLSX_INT, 6, false},    {MSG_law_col_title, XLSX_TEXT, 60, false},
        {MSG_law_col_act, XLSX_TEXT, 40, false},     {MSG_law_col_issuer, XLSX_TEXT, 30, false},
        {MSG_law_col_date, XLSX_DATE, 0, false},     {MSG_law_col_standing, XLSX_TEXT, 30, false},
        {MSG_law_col_address, XLSX_TEXT, 50, false},
    };
    struct edition e;
    struct export *x;
    enum err rc = ERR_OK;
    TRY(load_edition(r, &e));
    struct text3 title = title_of(&e);
    struct export_about about = {.title = text3_get(&title, r->ui.lang),
                                 .name = arena_printf(r->arena, "sbornik-%.*s", STRF(e.c.code))};
    TRY(export_begin(r, STR("xlsx"), &about, columns, COUNT_OF(columns), &x));
    for (size_t i = 0; i < e.acts.n; i++) {
        struct law_act act = act_of(&e.acts.v[i]);
        export_int(x, (int64_t)i + 1);
        export_text(x, text3_get(&act.title, r->ui.lang));
        export_text(x, law_act_line(r->arena, r->ui.lang, &act));
        export_text(x, law_issuer_name(r->ui.lang, act.issuer));
        export_day(x, act.day);
        export_msg(x, law_standing_message(act.standing));
        export_text(x, arena_printf(r->arena, "%s%.*s", r->app->public_url, STRF(act.path)));
        export_row(x);
    }
    TRY(export_end(x));
out:
    return rc;
}

/* --- who received it: for staff --- */

enum err law_desk_given(struct req *r)
{
    struct edition e;
    struct law_sbornik_view v;
    enum err rc = ERR_OK;
    TRY(load_edition(r, &e));
    make_view(&e, &v);
    v.staff = true;
    v.given_href = arena_printf(r->arena, "/desk/law/collections/%.*s/given", STRF(e.c.code));
    v.add_href = arena_printf(r->arena, "%.*s/import", STRF(v.given_href));
    if (e.sums.units == 0) {
        struct str base = arena_printf(r->arena, "/desk/law/collections/%.*s", STRF(e.c.code));
        v.edit_href = arena_printf(r->arena, "%.*s/edit", STRF(base));
        v.withdraw_href = arena_printf(r->arena, "%.*s/withdraw", STRF(base));
    }
    size_t n = e.given.n > GIVEN_PAGE ? GIVEN_PAGE : e.given.n;
    for (size_t i = 0; i < n; i++)
        ARENA_PUSH(r->arena, v.given,
                   ((struct law_given_line){e.given.v[i].recipient, e.given.v[i].day,
                                            e.given.v[i].copies}));
    if (n < e.given.n) {
        struct buf *href = buf_in(r->arena);
        buf_printf(href, "%.*s?after=", STRF(v.given_href));
        buf_percent(href, e.given.v[n - 1].recipient);
        v.older = buf_view(href);
    }
    struct page page = law_page(r, v.about.title);
    page.section = SECTION_DESK;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_law_given(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}
