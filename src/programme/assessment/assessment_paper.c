/*
 * The self-assessment on paper: an empty form with boxes, to be filled in where there is no
 * computer, and the same with the answers given so far, to be signed and laid before the council.
 */
#include "programme/assessment/assessment_form.h"

#include "platform/formats/pdf.h"

#include <math.h>

#define ACCENT 0x1d5c4a

struct paper {
    struct req *r;
    struct answer_sheet data;
    bool filled;
};

static enum err read_paper(struct tx *tx, void *arg)
{
    struct paper *p = arg;
    return answer_sheet_read(p->r, tx, &p->data);
}

static void box(struct buf *out, bool ticked, struct str text)
{
    if (out->n)
        buf_char(out, '\n');
    buf_cstr(out, ticked ? "[x] " : "[  ] ");
    buf_str(out, text);
}

static void blank_line(struct buf *out, struct str before, struct str after)
{
    if (out->n)
        buf_char(out, '\n');
    buf_str(out, before);
    buf_cstr(out, " ____________ ");
    buf_str(out, after);
}

static struct str answer_cell(const struct paper *p, const struct indicator *i,
                              const struct given *g)
{
    struct req *r = p->r;
    enum lang lang = r->ui.lang;
    struct buf *out = buf_in(r->arena);
    bool said = p->filled && g->changed_ms;
    bool known = said && g->j.self.status == SCORE_KNOWN;
    if (g->j.computed) {
        buf_str(out, answer_text(r, i, &g->j.self));
        buf_char(out, '\n');
        buf_str(out, msg_text(lang, MSG_assessment_from_records));
        return buf_view(out);
    }
    if (i->kind == KIND_CONDITION) {
        box(out, known && g->j.self.value >= 1, msg_text(lang, MSG_assessment_met));
        box(out, known && g->j.self.value < 1, msg_text(lang, MSG_assessment_not_met));
        return buf_view(out);
    }
    if (i->kind == KIND_RUBRIC) {
        box(out, known && g->j.self.value == 0,
            arena_printf(r->arena, "0. %.*s", STRF(msg_text(lang, MSG_assessment_level_none))));
        for (int k = 1; k <= 3; k++)
            box(out, known && g->j.self.value == k,
                arena_printf(r->arena, "%d. %.*s", k, STRF(text3_get(&i->levels[k - 1], lang))));
    } else if (known) {
        buf_str(out, answer_text(r, i, &g->j.self));
    } else if (i->kind == KIND_SHARE) {
        blank_line(out, msg_text(lang, MSG_assessment_value), STR(""));
        blank_line(out, msg_text(lang, MSG_assessment_whole), STR(""));
    } else {
        blank_line(out, STR(""), msg_text(lang, framework_unit(i->unit)));
    }
    box(out, said && g->j.self.status == SCORE_NOT_APPLICABLE,
        msg_text(lang, MSG_assessment_not_applicable));
    return buf_view(out);
}

static struct str question_cell(const struct paper *p, const struct indicator *i)
{
    enum lang lang = p->r->ui.lang;
    struct buf *out = buf_in(p->r->arena);
    buf_str(out, text3_get(&i->name, lang));
    buf_cstr(out, "\n");
    buf_str(out, text3_get(&i->what, lang));
    if (text3_get(&i->proof, lang).n) {
        buf_cstr(out, "\n");
        buf_str(out, msg_text(lang, MSG_assessment_proof));
        buf_cstr(out, ": ");
        buf_str(out, text3_get(&i->proof, lang));
    }
    return buf_view(out);
}

static void put_part(struct pdf *pdf, const struct paper *p, int pillar)
{
    struct req *r = p->r;
    enum lang lang = r->ui.lang;
    const struct framework *f = p->data.round->framework;
    const struct pdf_column columns[] = {
        {STR("№"), 0.5, PDF_RIGHT},
        {msg_text(lang, MSG_assessment_indicator), 3.6, PDF_LEFT},
        {msg_text(lang, MSG_assessment_col_value), 4.2, PDF_LEFT},
        {msg_text(lang, MSG_assessment_col_grade), 0.9, PDF_LEFT},
        {msg_text(lang, MSG_assessment_note), 2.2, PDF_LEFT},
    };
    pdf_heading(pdf, 3,
                pillar < 0 ? msg_text(lang, MSG_assessment_conditions)
                           : pillar_name(f, pillar, lang));
    pdf_table(pdf, columns, COUNT_OF(columns));
    for (size_t i = 0; i < f->indicators.n; i++) {
        const struct given *g = &p->data.given[i];
        if (f->indicators.v[i].pillar != pillar)
            continue;
        pdf_cell(pdf, arena_printf(r->arena, "%zu", i + 1));
        pdf_cell(pdf, question_cell(p, &f->indicators.v[i]));
        pdf_cell(pdf, answer_cell(p, &f->indicators.v[i], g));
        pdf_cell(pdf, p->filled && g->changed_ms && g->j.self.status == SCORE_KNOWN
                          ? arena_printf(r->arena, "%c", g->j.grade)
                      : g->j.computed ? STR("B")
                                      : STR("B   C   D"));
        pdf_cell(pdf, p->filled && g->note.p ? g->note : STR("\n"));
    }
}

static enum err answer_paper(struct req *r, bool filled)
{
    enum err rc = ERR_OK;
    struct paper p = {.r = r, .filled = filled};
    enum lang lang = r->ui.lang;
    TRY(req_read(r, read_paper, &p));
    const struct round *round = p.data.round;
    struct str unit = place_name(places_unit(r), lang);
    struct pdf_options options = {
        .title = msg_text(lang, filled ? MSG_assessment_paper_filled : MSG_assessment_paper_blank),
        .author = unit,
        .lang = lang,
        .landscape = true,
        .margin = 12,
        .footer = arena_printf(r->arena, "%.*s, %.*s", STRF(unit), STRF(round->code)),
        .made_ms = r->ui.now_ms,
        .accent = ACCENT};
    struct pdf *pdf = pdf_new(r->arena, &options);
    struct buf *days = buf_in(r->arena), *until = buf_in(r->arena);
    lang_date(days, lang, round->from_day);
    buf_cstr(days, " – ");
    lang_date(days, lang, round->to_day);
    lang_date(until, lang, round->closes_day);
    pdf_heading(pdf, 1, options.title);
    pdf_fact(pdf, msg_text(lang, MSG_assessment_unit), unit);
    pdf_fact(pdf, msg_text(lang, MSG_assessment_period), buf_view(days));
    pdf_fact(pdf, msg_text(lang, MSG_assessment_closes), buf_view(until));
    pdf_paragraph(pdf, PDF_SMALL, PDF_LEFT, msg_text(lang, MSG_assessment_paper_how));
    put_part(pdf, &p, -1);
    for (int pillar = 0; pillar < (int)round->framework->pillars.n; pillar++)
        put_part(pdf, &p, pillar);
    pdf_space(pdf, 6);
    pdf_signature(pdf, msg_text(lang, MSG_assessment_paper_head), STR(""));
    pdf_signature(pdf, msg_text(lang, MSG_assessment_paper_officer), STR(""));
    struct buf *bytes = buf_in(r->arena);
    TRY(pdf_finish(pdf, bytes));
    resp_header(r, "Content-Disposition",
                arena_printf(r->arena, "inline; filename=\"assessment-%.*s-%.*s.pdf\"",
                             STRF(r->unit), STRF(round->code)));
    buf_str(resp_bytes(r, 200, "application/pdf"), buf_view(bytes));
out:
    return rc;
}

enum err assessment_paper_blank(struct req *r)
{
    return answer_paper(r, false);
}
enum err assessment_paper_filled(struct req *r)
{
    return answer_paper(r, true);
}
