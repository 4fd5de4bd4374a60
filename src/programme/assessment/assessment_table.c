/*
 * Answers as a spreadsheet: what is asked, with empty cells to fill in where there is no
 * connection, and the same sheet taken back. Nothing is saved from a sheet with a fault: each is
 * told with its row and column, and "only check" saves nothing either.
 */
#include "programme/assessment/assessment_form.h"
#include "programme/assessment/assessment_tpl.h"

#include "platform/core/clock.h"
#include "platform/formats/table_in.h"
#include "platform/formats/xlsx.h"
#include "platform/formats/xlsx_in.h"

#include <math.h>

enum {
    T_CODE,
    T_PILLAR,
    T_QUESTION,
    T_DEFINITION,
    T_HOW,
    T_PROOF,
    T_VALUE,
    T_WHOLE,
    T_NA,
    T_GRADE,
    T_NOTE,
    T_COLUMNS
};
static const struct {
    enum msg title;
    enum xlsx_type type;
    int width;
    bool required;
} sheet_columns[T_COLUMNS] = {
    [T_CODE] = {MSG_assessment_col_code, XLSX_TEXT, 18, true},
    [T_PILLAR] = {MSG_assessment_pillar, XLSX_TEXT, 22, false},
    [T_QUESTION] = {MSG_assessment_indicator, XLSX_TEXT, 36, false},
    [T_DEFINITION] = {MSG_assessment_definition, XLSX_TEXT, 50, false},
    [T_HOW] = {MSG_assessment_col_how, XLSX_TEXT, 50, false},
    [T_PROOF] = {MSG_assessment_proof, XLSX_TEXT, 36, false},
    [T_VALUE] = {MSG_assessment_col_value, XLSX_TEXT, 14, false},
    [T_WHOLE] = {MSG_assessment_col_whole, XLSX_TEXT, 14, false},
    [T_NA] = {MSG_assessment_col_na, XLSX_TEXT, 14, false},
    [T_GRADE] = {MSG_assessment_col_grade, XLSX_TEXT, 12, false},
    [T_NOTE] = {MSG_assessment_note, XLSX_TEXT, 40, false},
};

/* --- giving it out --- */

static struct str plain(struct arena *a, double v)
{
    struct buf *out = buf_in(a);
    if (!isnan(v))
        buf_double(out, v);
    return buf_view(out);
}

/* What stands in the cell of the answer: "0: none; 1: a plan; 2: ...". */
static struct str how_to_answer(struct req *r, const struct indicator *i)
{
    enum lang lang = r->ui.lang;
    struct buf *out = buf_in(r->arena);
    if (i->kind == KIND_SHARE)
        return msg_text(lang, MSG_assessment_how_share);
    if (i->kind == KIND_CONDITION)
        return msg_text(lang, MSG_assessment_how_condition);
    if (i->kind == KIND_NUMBER)
        return msg_text(lang, framework_unit(i->unit));
    buf_cstr(out, "0: ");
    buf_str(out, msg_text(lang, MSG_assessment_level_none));
    for (int k = 0; k < 3; k++) {
        buf_printf(out, "; %d: ", k + 1);
        buf_str(out, text3_get(&i->levels[k], lang));
    }
    return buf_view(out);
}

static void put_row(struct xlsx *x, struct req *r, const struct round *round, size_t at,
                    const struct given *g)
{
    const struct indicator *i = &round->framework->indicators.v[at];
    const struct answer *answer = &g->j.self;
    bool known = answer->status == SCORE_KNOWN;
    char grade[2] = {g->changed_ms && known ? g->j.grade : ' ', 0};
    struct str cells[T_COLUMNS] = {
        [T_CODE] = i->code,
        [T_PILLAR] = i->kind == KIND_CONDITION
                         ? msg_text(r->ui.lang, MSG_assessment_conditions)
                         : pillar_name(round->framework, i->pillar, r->ui.lang),
        [T_QUESTION] = text3_get(&i->name, r->ui.lang),
        [T_DEFINITION] = text3_get(&i->what, r->ui.lang),
        [T_HOW] =
            g->j.computed ? msg_text(r->ui.lang, MSG_assessment_from_records) : how_to_answer(r, i),
        [T_PROOF] = text3_get(&i->proof, r->ui.lang),
        [T_VALUE] = plain(r->arena, known ? answer->value : NAN),
        [T_WHOLE] = plain(r->arena, known ? answer->whole : NAN),
        [T_NA] = answer->status == SCORE_NOT_APPLICABLE ? STR("x") : STR(""),
        [T_GRADE] = str_trim(arena_printf(r->arena, "%s", grade)),
        [T_NOTE] = g->note.p ? g->note : STR(""),
    };
    for (int c = 0; c < T_COLUMNS; c++)
        xlsx_text(x, cells[c]);
    xlsx_row_end(x);
}

struct sheet {
    struct req *r;
    struct answer_sheet data;
    struct table_in *table;
    struct {
        struct sheet_row {
            struct answer_input in;
            int64_t line;
        } * v;
        size_t n, cap;
    } rows;
    bool dry_run;
    int64_t changed, same, records;
};

static enum err read_sheet(struct tx *tx, void *arg)
{
    struct sheet *s = arg;
    return answer_sheet_read(s->r, tx, &s->data);
}

enum err assessment_table_file(struct req *r)
{
    enum err rc = ERR_OK;
    struct sheet s = {.r = r};
    struct xlsx *x;
    struct xlsx_column columns[T_COLUMNS];
    TRY(req_read(r, read_sheet, &s));
    /* No title above the head: the sheet comes back as it went. */
    struct xlsx_about about = {.title = STR(""),
                               .note = STR(""),
                               .author = place_name(places_unit(r), r->ui.lang),
                               .total_label = STR(""),
                               .made_ms = r->ui.now_ms};
    for (int c = 0; c < T_COLUMNS; c++)
        columns[c] = (struct xlsx_column){msg_text(r->ui.lang, sheet_columns[c].title),
                                          sheet_columns[c].type, sheet_columns[c].width, false};
    TRY(xlsx_begin(&x, &about));
    xlsx_sheet(x, msg_text(r->ui.lang, MSG_assessment_answers), columns, COUNT_OF(columns));
    for (size_t i = 0; i < s.data.round->framework->indicators.n; i++)
        put_row(x, r, s.data.round, i, &s.data.given[i]);
    struct buf *bytes = buf_in(r->arena);
    TRY(xlsx_finish(x, bytes));
    buf_str(resp_bytes(r, 200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            buf_view(bytes));
    resp_attachment(r, arena_printf(r->arena, "assessment-%.*s-%.*s.xlsx", STRF(r->unit),
                                    STRF(s.data.round->code)));
out:
    return rc;
}

/* --- taking it back --- */

/* The head of a sheet in one of the languages; the reader's own when it is in none, for the faults.
 */
static void open_table(struct sheet *s, struct str text)
{
    struct arena *a = s->r->arena;
    const enum lang own = s->r->ui.lang;
    for (int try = 0; try <= LANG__MAX; try++) {
        enum lang lang = try < LANG__MAX ? (enum lang)(((int)own + try) % LANG__MAX) : own;
        struct table_column *columns = ARENA_ARRAY(a, struct table_column, T_COLUMNS);
        for (int c = 0; c < T_COLUMNS; c++)
            columns[c] =
                (struct table_column){.name = arena_cstr(a, msg_text(lang, sheet_columns[c].title)),
                                      .required = sheet_columns[c].required};
        s->table = table_open(a, text, columns, T_COLUMNS);
        if (table_faults(s->table) == 0 && table_has(s->table, T_VALUE))
            return;
    }
}

/* A number as people type it: a comma or a point, blanks between thousands, "12 %". */
static bool take_number(struct sheet *s, int column, double *out)
{
    struct str cell = table_cell(s->table, column);
    struct buf *text = buf_in(s->r->arena);
    *out = NAN;
    for (size_t i = 0; i < cell.n; i++) {
        unsigned char c = (unsigned char)cell.p[i];
        if (c == ',')
            buf_char(text, '.');
        else if (c == 0xC2 && i + 1 < cell.n && (unsigned char)cell.p[i + 1] == 0xA0)
            i++; /* a blank that does not break */
        else if (c != ' ')
            buf_char(text, (char)c);
    }
    if (text->n == 0)
        return false;
    if (!str_to_double(buf_view(text), out) || !isfinite(*out)) {
        *out = NAN;
        table_fault(s->table, column, MSG_table_not_a_number);
        return false;
    }
    return true;
}

/* B, C or D, in Latin or as the Cyrillic letters that look like them; empty: B. */
static char take_grade(struct sheet *s)
{
    struct str cell = table_cell(s->table, T_GRADE);
    if (cell.n == 0)
        return 'B';
    if (cell.n == 1 &&
        ((cell.p[0] >= 'B' && cell.p[0] <= 'D') || (cell.p[0] >= 'b' && cell.p[0] <= 'd')))
        return (char)(cell.p[0] & ~0x20);
    if (str_eq(cell, STR("В")) || str_eq(cell, STR("в")))
        return 'B';
    if (str_eq(cell, STR("С")) || str_eq(cell, STR("с")))
        return 'C';
    table_fault(s->table, T_GRADE, MSG_assessment_fault_grade);
    return 0;
}

static bool same_answer(const struct given *g, const struct answer_input *in)
{
    const struct answer *a = &g->j.self, *b = &in->answer;
    return g->changed_ms && a->status == b->status &&
           (a->value == b->value || (isnan(a->value) && isnan(b->value))) &&
           (a->whole == b->whole || (isnan(a->whole) && isnan(b->whole))) &&
           (a->status != SCORE_KNOWN || g->j.grade == in->grade) &&
           str_eq(g->note.p ? g->note : STR(""), in->note);
}

static void read_row(struct sheet *s, bool *seen)
{
    static const int column_of[] = {[ANSWER_STATUS] = T_NA,
                                    [ANSWER_VALUE] = T_VALUE,
                                    [ANSWER_WHOLE] = T_WHOLE,
                                    [ANSWER_GRADE] = T_GRADE,
                                    [ANSWER_NOTE] = T_NOTE};
    const struct framework *f = s->data.round->framework;
    struct req *r = s->r;
    struct arena *a = r->arena;
    int at = framework_indicator(f, table_cell(s->table, T_CODE));
    if (at < 0 || seen[at]) {
        table_fault(s->table, T_CODE,
                    at < 0 ? MSG_assessment_fault_row : MSG_assessment_fault_twice);
        return;
    }
    seen[at] = true;
    const struct given *g = &s->data.given[at];
    const struct indicator *i = &f->indicators.v[at];
    if (g->j.computed) { /* whatever stands there: the records tell it */
        s->records++;
        return;
    }
    int64_t before = table_faults(s->table);
    struct answer_input in = {.unit = r->unit,
                              .indicator = i->code,
                              .answer = {SCORE_KNOWN, NAN, NAN},
                              .note = arena_str(a, table_cell(s->table, T_NOTE)),
                              .person = r->actor.person_id,
                              .at_ms = r->ui.now_ms};
    bool value = take_number(s, T_VALUE, &in.answer.value);
    bool whole = take_number(s, T_WHOLE, &in.answer.whole);
    in.grade = take_grade(s);
    if (table_cell(s->table, T_NA).n)
        in.answer = (struct answer){SCORE_NOT_APPLICABLE, NAN, NAN};
    else if (!value && !whole && table_faults(s->table) == before)
        return; /* nothing said yet */
    if (i->kind != KIND_SHARE)
        in.answer.whole = NAN;
    if (in.note.n > 1000)
        table_fault(s->table, T_NOTE, MSG_table_too_large);
    struct assessment_fault fault = answer_check(i, &in);
    if (table_faults(s->table) == before && fault.m != MSG_NONE)
        table_fault(s->table, fault.field < 0 ? -1 : column_of[fault.field], fault.m);
    if (table_faults(s->table) != before)
        return;
    if (same_answer(g, &in)) {
        s->same++;
        return;
    }
    ARENA_PUSH(a, s->rows, ((struct sheet_row){in, table_line(s->table)}));
}

static enum err write_sheet(struct tx *tx, void *arg)
{
    struct sheet *s = arg;
    enum err rc = ERR_OK;
    s->changed = 0;
    for (size_t k = 0; k < s->rows.n; k++) {
        struct assessment_fault fault;
        TRY(answer_save(tx, s->r->arena, s->data.round, &s->rows.v[k].in,
                        day_of_ms(s->r->ui.now_ms), &fault));
        s->changed++;
    }
    if (s->dry_run)
        rc = ERR_DENIED; /* it was only tried */
out:
    return rc;
}

enum { I_FILE, I_TEXT, I_DO };
static const struct choice deeds[] = {
    {"check", MSG_assessment_table_check}, {"import", MSG_assessment_table_take}, {NULL, MSG_NONE}};
static const struct field table_fields[] = {
    [I_FILE] = {"file", FIELD_FILES, .max = 4 << 20, .label = MSG_assessment_table_choose,
                .accept = ".csv,.xlsx"},
    [I_TEXT] = {"text", FIELD_TEXT, .max = 200000, .rows = 6, .label = MSG_assessment_table_paste},
    [I_DO] = {"do", FIELD_CHOICE, .choices = deeds, .label = MSG_assessment_table_title},
};

static enum err show_table(struct sheet *s, struct form *form, struct str report,
                           struct str outcome, int status)
{
    struct req *r = s->r;
    struct str base = arena_printf(r->arena, "/desk/%.*s/assessment", STRF(r->unit));
    struct str code = s->data.round->code;
    struct table_view v = {
        .form = form,
        .report = report,
        .outcome = outcome,
        .round = code,
        .editable = s->data.editable,
        .xlsx =
            arena_printf(r->arena, "%.*s/table/answers.xlsx?round=%.*s", STRF(base), STRF(code)),
        .blank = arena_printf(r->arena, "%.*s/table/form.pdf?round=%.*s", STRF(base), STRF(code)),
        .filled =
            arena_printf(r->arena, "%.*s/table/answers.pdf?round=%.*s", STRF(base), STRF(code))};
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
                             {arena_printf(r->arena, "%.*s?round=%.*s", STRF(base), STRF(code)),
                              msg_text(r->ui.lang, MSG_assessment_desk_title)}};
    struct page page = assessment_page(r, true, msg_text(r->ui.lang, MSG_assessment_table_title),
                                       crumbs, COUNT_OF(crumbs));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_assessment_table(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err assessment_table_page(struct req *r)
{
    struct sheet s = {.r = r};
    enum err rc = req_read(r, read_sheet, &s);
    return rc == ERR_OK ? show_table(&s, FORM_NEW(r, table_fields), STR(""), STR(""), 200) : rc;
}

enum err assessment_table_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct sheet s = {.r = r};
    struct form *form = NULL;
    TRY(req_read(r, read_sheet, &s));
    rc = FORM_READ(r, table_fields, &form);
    if (!form)
        return rc;
    struct str text = form->v[I_FILE].n ? form->v[I_FILE].files[0].data : form->v[I_TEXT].s;
    s.dry_run = !str_eq(form->v[I_DO].s, STR("import"));
    if (rc == ERR_OK && !s.data.editable)
        FAIL(ERR_CONFLICT);
    if (rc == ERR_OK && text.n == 0)
        form_fault(r, form, I_FILE, MSG_assessment_table_nothing);
    if (rc == ERR_INPUT || form->fault_count)
        return show_table(&s, form, STR(""), STR(""), 422);
    TRY(rc);
    if (xlsx_in_is(text) && xlsx_in_csv(r->arena, text, &text) != ERR_OK)
        text = STR("");
    open_table(&s, text);
    bool *seen = ARENA_ARRAY(r->arena, bool, s.data.round->framework->indicators.n);
    while (table_faults(s.table) < 1000 && table_next(s.table))
        read_row(&s, seen);
    if (table_faults(s.table)) {
        struct buf *report = buf_in(r->arena);
        table_fault_report(s.table, r->ui.lang, report);
        return show_table(&s, form, buf_view(report), STR(""), 422);
    }
    rc = req_write(r, write_sheet, &s);
    if (rc == ERR_DENIED && s.dry_run)
        rc = ERR_OK;
    TRY(rc);
    struct str outcome = MSG_STR(
        r->arena, r->ui.lang, s.dry_run ? MSG_assessment_table_would : MSG_assessment_table_done,
        ARG_N("changed", s.changed), ARG_N("same", s.same), ARG_N("records", s.records));
    rc = show_table(&s, FORM_NEW(r, table_fields), STR(""), outcome, 200);
out:
    return rc;
}
