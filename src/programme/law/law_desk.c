/*
 * The desk of the programme's lawyers: import (with a look before anything is kept), links between
 * acts, collections, and who received them.
 */
#include "programme/law/law_tpl.h"
#include "programme/law/law_view.h"

#include "community/places/places.h"
#include "platform/core/id.h"
#include "platform/formats/table_in.h"

void law_put_fields(struct buf *out, const struct ui *ui, const struct form *f, int citation)
{
    for (int i = 0; i < f->count; i++)
        if (i == citation)
            ui_citation(out, ui, f, i);
        else
            ui_field(out, ui, f, i);
}

static enum err show_form(struct req *r, struct law_form_view *v, int status)
{
    struct page page = law_page(r, msg_text(r->ui.lang, v->title));
    page.section = SECTION_DESK;
    page.form = v->form;
    v->back_href = v->back_href.p ? v->back_href : STR("/desk/law");
    if (v->citation >= 0)
        page.scripts[0] = "citation.js";
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_law_form(out, &r->ui, v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- the first page --- */

struct desk_data {
    struct req *r;
    struct sql_law_acts_newest_rows acts;
    struct sql_law_collections_rows collections;
};

static enum err read_desk(struct tx *tx, void *arg)
{
    struct desk_data *d = arg;
    enum err rc = ERR_OK;
    TRY(sql_law_acts_newest(tx, d->r->arena, &d->acts, .limit = 50));
    TRY(sql_law_collections(tx, d->r->arena, &d->collections));
out:
    return rc;
}

enum err law_desk(struct req *r)
{
    struct desk_data d = {.r = r};
    struct law_home_view v = {0};
    enum err rc = ERR_OK;
    TRY(req_read(r, read_desk, &d));
    for (size_t i = 0; i < d.acts.n; i++) {
        struct law_act act = LAW_ACT_OF(&d.acts.v[i]);
        ARENA_PUSH(r->arena, v.acts,
                   ((struct law_line){act.path, text3_get(&act.title, r->ui.lang),
                                      law_act_line(r->arena, r->ui.lang, &act),
                                      msg_text(r->ui.lang, law_standing_message(act.standing))}));
    }
    for (size_t i = 0; i < d.collections.n; i++) {
        const struct sql_law_collections_row *row = &d.collections.v[i];
        struct text3 title = {{row->title_ky, row->title_ru, row->title_en}};
        ARENA_PUSH(
            r->arena, v.collections,
            ((struct law_collection_line){
                .href = arena_printf(r->arena, "/desk/law/collections/%.*s/given", STRF(row->code)),
                .title = text3_get(&title, r->ui.lang),
                .units = row->units,
                .copies = row->copies}));
    }
    struct page page = law_page(r, msg_text(r->ui.lang, MSG_law_desk));
    page.section = SECTION_DESK;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_law_desk(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

/* --- import --- */

enum { I_FILE, I_WORDS, I_KEEP };
static const struct field import_fields[] = {
    [I_FILE] = {"file", FIELD_FILES, .count = 1, .max = LAW_FILE_MAX, .label = MSG_law_file},
    [I_WORDS] = {"words", FIELD_TEXT, .max = 500000, .rows = 16, .label = MSG_law_words,
                 .hint = MSG_law_words_hint},
    [I_KEEP] = {"keep", FIELD_BOOL, .label = MSG_law_keep},
};

enum err law_desk_import(struct req *r)
{
    struct law_form_view v = {.title = MSG_law_import_title,
                              .lead = MSG_law_import_lead,
                              .form = FORM_NEW(r, import_fields),
                              .action = STR("/desk/law/import"),
                              .button = MSG_law_import_button,
                              .citation = -1};
    return show_form(r, &v, 200);
}

enum err law_desk_import_post(struct req *r)
{
    struct law_form_view v = {.title = MSG_law_import_title,
                              .lead = MSG_law_import_lead,
                              .action = STR("/desk/law/import"),
                              .button = MSG_law_import_button,
                              .citation = -1};
    struct law_texts texts = {0};
    struct law_put put = {
        .arena = r->arena, .texts = &texts, .now_ms = r->ui.now_ms, .person = r->actor.person_id};
    struct buf *report = buf_in(r->arena);
    enum err rc = FORM_READ(r, import_fields, &v.form);
    if (rc == ERR_INPUT)
        return show_form(r, &v, 422);
    TRY(rc);
    const struct field_value *f = v.form->v;
    struct str text =
        f[I_FILE].n > 0 && f[I_FILE].files[0].data.n ? f[I_FILE].files[0].data : f[I_WORDS].s;
    rc = law_read(r->arena, text, &texts, &put.faults);
    if (rc == ERR_OK && f[I_KEEP].present) {
        rc = req_write(r, law_put_texts, &put);
        if (rc == ERR_OK) {
            resp_notice(r, put.added ? MSG_law_kept : MSG_law_kept_same);
            resp_redirect(r, texts.n == 1 ? law_path(r->arena, texts.v[0].issuer, texts.v[0].kind,
                                                     texts.v[0].day, texts.v[0].number)
                                          : STR("/desk/law"));
            goto out;
        }
    }
    if (rc == ERR_INPUT) {
        law_faults_put(report, r->ui.lang, &put.faults);
        form_fault(r, v.form, f[I_FILE].n > 0 ? I_FILE : I_WORDS, MSG_law_fault_some);
        v.report = buf_view(report);
        return show_form(r, &v, 422);
    }
    TRY(rc);
    for (size_t i = 0; i < texts.n; i++) {
        struct str title =
            str_eq(texts.v[i].lang, STR("ky")) ? texts.v[i].title_ky : texts.v[i].title_ru;
        MSG_PUT(report, r->ui.lang, MSG_law_would_keep, ARG_S("title", title),
                ARG_N("n", (int64_t)texts.v[i].parts.n), ARG_DATE("from", texts.v[i].from_day));
        buf_char(report, '\n');
    }
    v.report = buf_view(report);
    rc = show_form(r, &v, 200);
out:
    return rc;
}

/* --- links --- */

enum { K_ACT, K_KIND, K_OTHER, K_NOTE };
static const struct choice link_choices[] = {
    {"amends", MSG_law_link_amends},         {"repeals", MSG_law_link_repeals},
    {"implements", MSG_law_link_implements}, {"corrects", MSG_law_link_corrects},
    {"cites", MSG_law_link_cites},           {NULL, MSG_NONE},
};
static const struct field link_fields[] = {
    [K_ACT] = {"act", FIELD_LINE, .required = true, .max = 300, .label = MSG_law_link_act,
               .hint = MSG_law_address_hint},
    [K_KIND] = {"kind", FIELD_CHOICE, .required = true, .choices = link_choices,
                .label = MSG_law_link_kind},
    [K_OTHER] = {"other", FIELD_LINE, .required = true, .max = 300, .label = MSG_law_link_other,
                 .hint = MSG_law_address_hint},
    [K_NOTE] = {"note", FIELD_LINE, .max = 200, .label = MSG_law_link_note},
};

static struct law_form_view link_view(void)
{
    return (struct law_form_view){.title = MSG_law_link_add,
                                  .lead = MSG_law_link_lead,
                                  .action = STR("/desk/law/links"),
                                  .button = MSG_common_save,
                                  .citation = K_OTHER};
}

enum err law_desk_link(struct req *r)
{
    struct law_form_view v = link_view();
    v.form = FORM_NEW(r, link_fields);
    form_set(v.form, K_ACT, req_query(r, "act"));
    return show_form(r, &v, 200);
}

/* "/law/kg/..." of an address that may have the site in front and a query behind. */
static struct str path_of(struct str address)
{
    ptrdiff_t at = str_find(address, STR("/law/kg/"));
    if (at < 0)
        return STR("");
    struct str path = str_slice(address, (size_t)at, address.n);
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '?' || path.p[i] == '#' || path.p[i] == ' ')
            return str_slice(path, 0, i);
    return path;
}

struct link_write {
    struct req *r;
    const struct form *f;
    int missing; /* field whose act is unknown; -1 none */
    struct str path;
};

static enum err write_link(struct tx *tx, void *arg)
{
    struct link_write *w = arg;
    struct arena *a = w->r->arena;
    struct law_act act, other;
    enum err rc = ERR_OK;
    w->missing = K_ACT;
    TRY(law_act_get(tx, a, path_of(w->f->v[K_ACT].s), &act));
    w->missing = K_OTHER;
    TRY(law_act_get(tx, a, path_of(w->f->v[K_OTHER].s), &other));
    if (act.id == other.id)
        FAIL(ERR_NOT_FOUND);
    w->missing = -1;
    w->path = act.path;
    struct str note = w->f->v[K_NOTE].s;
    TRY(sql_law_link_put(tx, NULL, .act = act.id, .kind = w->f->v[K_KIND].s, .other = other.id,
                         .note = note.p ? note : STR("")));
out:
    return rc;
}

enum err law_desk_link_post(struct req *r)
{
    struct law_form_view v = link_view();
    enum err rc = FORM_READ(r, link_fields, &v.form);
    if (rc == ERR_INPUT)
        return show_form(r, &v, 422);
    TRY(rc);
    struct link_write w = {.r = r, .f = v.form, .missing = -1};
    rc = req_write(r, write_link, &w);
    if (rc == ERR_NOT_FOUND && w.missing >= 0) {
        form_fault(r, v.form, w.missing, MSG_law_fault_act);
        return show_form(r, &v, 422);
    }
    TRY(rc);
    resp_notice(r, MSG_law_kept);
    resp_redirect(r, w.path);
out:
    return rc;
}

/* --- collections --- */

enum { C_CODE, C_KY, C_RU, C_EN, C_EDITION, C_DAY, C_ACTS };
static const struct field collection_fields[] = {
    [C_CODE] = {"code", FIELD_CODE, .required = true, .max = 40, .label = MSG_law_col_code},
    [C_KY] = {"title_ky", FIELD_LINE, .required = true, .max = 200, .label = MSG_law_title_ky},
    [C_RU] = {"title_ru", FIELD_LINE, .required = true, .max = 200, .label = MSG_law_title_ru},
    [C_EN] = {"title_en", FIELD_LINE, .required = true, .max = 200, .label = MSG_law_title_en},
    [C_EDITION] = {"edition", FIELD_INT, .required = true, .min = 1, .max = 1000,
                   .label = MSG_law_edition_number},
    [C_DAY] = {"day", FIELD_DATE, .required = true, .label = MSG_law_col_date},
    [C_ACTS] = {"acts", FIELD_TEXT, .required = true, .max = 40000, .rows = 10,
                .label = MSG_law_collection_acts, .hint = MSG_law_collection_acts_hint},
};

static struct law_form_view collection_view(void)
{
    return (struct law_form_view){.title = MSG_law_collection_new,
                                  .lead = MSG_law_collection_lead,
                                  .action = STR("/desk/law/collections"),
                                  .button = MSG_common_save,
                                  .citation = -1};
}

enum err law_desk_collection(struct req *r)
{
    struct law_form_view v = collection_view();
    v.form = FORM_NEW(r, collection_fields);
    return show_form(r, &v, 200);
}

struct collection_write {
    struct req *r;
    const struct form *f;
    bool unknown;
    struct str code; /* of the one that is changed or withdrawn */
    bool given;      /* somebody has it: it stays as it was printed */
    struct sql_law_collection_get_row c;
    struct sql_law_collection_acts_rows acts;
};

static enum err put_acts(struct tx *tx, struct collection_write *w, int64_t id)
{
    struct str rest = w->f->v[C_ACTS].s, line;
    int64_t position = 0;
    enum err rc = ERR_OK;
    while (str_split(&rest, '\n', &line)) {
        struct law_act act;
        if (!str_trim(line).n)
            continue;
        rc = law_act_get(tx, w->r->arena, path_of(line), &act);
        w->unknown = rc == ERR_NOT_FOUND;
        TRY(rc);
        TRY(sql_law_collection_item_put(tx, NULL, .collection = id, .position = ++position,
                                        .act = act.id));
    }
out:
    return rc;
}

static enum err write_collection(struct tx *tx, void *arg)
{
    struct collection_write *w = arg;
    const struct field_value *f = w->f->v;
    int64_t id = id_new();
    enum err rc = ERR_OK;
    w->unknown = false;
    TRY(sql_law_collection_put(tx, NULL, .id = id, .code = f[C_CODE].s, .title_ky = f[C_KY].s,
                               .title_ru = f[C_RU].s, .title_en = f[C_EN].s,
                               .edition = f[C_EDITION].i, .day = f[C_DAY].i,
                               .created_ms = w->r->ui.now_ms, .created_by = w->r->actor.person_id));
    rc = put_acts(tx, w, id);
out:
    return rc;
}

enum err law_desk_collection_post(struct req *r)
{
    struct law_form_view v = collection_view();
    enum err rc = FORM_READ(r, collection_fields, &v.form);
    if (rc == ERR_INPUT)
        return show_form(r, &v, 422);
    TRY(rc);
    struct collection_write w = {.r = r, .f = v.form};
    rc = req_write(r, write_collection, &w);
    if (rc == ERR_NOT_FOUND && w.unknown)
        form_fault(r, v.form, C_ACTS, MSG_law_fault_act);
    else if (rc == ERR_CONFLICT)
        form_fault(r, v.form, C_CODE, MSG_law_fault_code_taken);
    else
        TRY(rc);
    if (rc != ERR_OK)
        return show_form(r, &v, 422);
    resp_notice(r, MSG_law_kept);
    resp_redirect(r, arena_printf(r->arena, "/law/sbornik/%.*s", STRF(v.form->v[C_CODE].s)));
out:
    return rc;
}

/* What nobody has yet may still be changed or withdrawn; a printed edition stays what it is. */
static enum err find_ungiven(struct tx *tx, struct collection_write *w)
{
    struct sql_law_collection_sums_row sums;
    enum err rc = ERR_OK;
    TRY(sql_law_collection_get(tx, w->r->arena, &w->c, .code = w->code));
    TRY(sql_law_collection_sums(tx, w->r->arena, &sums, .collection = w->c.id));
    w->given = sums.units > 0;
    if (w->given)
        FAIL(ERR_CONFLICT);
    rc = sql_law_collection_acts(tx, w->r->arena, &w->acts, .collection = w->c.id);
out:
    return rc;
}

static enum err read_ungiven(struct tx *tx, void *arg)
{
    return find_ungiven(tx, arg);
}

static enum err change_collection(struct tx *tx, void *arg)
{
    struct collection_write *w = arg;
    const struct field_value *f = w->f->v;
    enum err rc = ERR_OK;
    w->unknown = false;
    TRY(find_ungiven(tx, w));
    TRY(sql_law_collection_set(tx, NULL, .id = w->c.id, .title_ky = f[C_KY].s,
                               .title_ru = f[C_RU].s, .title_en = f[C_EN].s,
                               .edition = f[C_EDITION].i, .day = f[C_DAY].i));
    TRY(sql_law_collection_items_clear(tx, NULL, .collection = w->c.id));
    rc = put_acts(tx, w, w->c.id);
out:
    return rc;
}

static enum err withdraw_collection(struct tx *tx, void *arg)
{
    struct collection_write *w = arg;
    enum err rc = ERR_OK;
    TRY(find_ungiven(tx, w));
    TRY(sql_law_collection_items_clear(tx, NULL, .collection = w->c.id));
    rc = sql_law_collection_remove(tx, NULL, .id = w->c.id);
out:
    return rc;
}

static struct law_form_view change_view(struct req *r)
{
    struct law_form_view v = collection_view();
    struct str code = req_param(r, "code");
    v.title = MSG_law_collection_edit;
    v.lead = MSG_law_collection_edit_lead;
    v.action = arena_printf(r->arena, "/desk/law/collections/%.*s/edit", STRF(code));
    v.back_href = arena_printf(r->arena, "/desk/law/collections/%.*s/given", STRF(code));
    return v;
}

enum err law_desk_collection_edit(struct req *r)
{
    struct law_form_view v = change_view(r);
    struct collection_write w = {.r = r, .code = req_param(r, "code")};
    struct buf *acts = buf_in(r->arena);
    enum err rc = ERR_OK;
    TRY(req_read(r, read_ungiven, &w));
    v.form = FORM_NEW(r, collection_fields);
    for (size_t i = 0; i < w.acts.n; i++)
        buf_printf(acts, "%.*s\n", STRF(w.acts.v[i].path));
    form_set(v.form, C_CODE, w.c.code);
    form_set(v.form, C_KY, w.c.title_ky);
    form_set(v.form, C_RU, w.c.title_ru);
    form_set(v.form, C_EN, w.c.title_en);
    form_set_int(v.form, C_EDITION, w.c.edition);
    form_set_int(v.form, C_DAY, w.c.day);
    form_set(v.form, C_ACTS, buf_view(acts));
    rc = show_form(r, &v, 200);
out:
    return rc;
}

enum err law_desk_collection_edit_post(struct req *r)
{
    struct law_form_view v = change_view(r);
    enum err rc = FORM_READ(r, collection_fields, &v.form);
    if (rc == ERR_INPUT)
        return show_form(r, &v, 422);
    TRY(rc);
    struct collection_write w = {.r = r, .f = v.form, .code = req_param(r, "code")};
    /* Its address is printed on it and may be written down: the code stays. */
    if (!str_eq(v.form->v[C_CODE].s, w.code)) {
        form_fault(r, v.form, C_CODE, MSG_law_fault_code_stays);
        return show_form(r, &v, 422);
    }
    rc = req_write(r, change_collection, &w);
    if (rc == ERR_NOT_FOUND && w.unknown) {
        form_fault(r, v.form, C_ACTS, MSG_law_fault_act);
        return show_form(r, &v, 422);
    }
    TRY(rc);
    resp_notice(r, MSG_law_kept);
    resp_redirect(r, arena_printf(r->arena, "/law/sbornik/%.*s", STRF(w.code)));
out:
    return rc;
}

enum err law_desk_withdraw_post(struct req *r)
{
    static const struct field fields[] = {
        {"none", FIELD_CODE, .max = 4, .label = MSG_law_collection_withdraw}};
    struct collection_write w = {.r = r, .code = req_param(r, "code")};
    struct form *form = NULL;
    enum err rc = FORM_READ(r, fields, &form);
    if (rc != ERR_OK)
        return form ? ERR_CONFLICT : rc;
    TRY(req_write(r, withdraw_collection, &w));
    resp_notice(r, MSG_law_collection_withdrawn);
    resp_redirect(r, STR("/desk/law"));
out:
    return rc;
}

/* --- who received it, from a list --- */

enum { G_FILE, G_KEEP };
static const struct field given_fields[] = {
    [G_FILE] = {"file", FIELD_FILES, .count = 1, .required = true, .max = 2 << 20,
                .accept = "text/csv", .label = MSG_law_given_file, .hint = MSG_law_given_file_hint},
    [G_KEEP] = {"keep", FIELD_BOOL, .label = MSG_law_keep},
};

static struct law_form_view given_view(struct req *r)
{
    struct str code = req_param(r, "code");
    return (struct law_form_view){
        .title = MSG_law_given_import,
        .lead = MSG_law_given_lead,
        .action = arena_printf(r->arena, "/desk/law/collections/%.*s/given/import", STRF(code)),
        .back_href = arena_printf(r->arena, "/desk/law/collections/%.*s/given", STRF(code)),
        .button = MSG_law_import_button,
        .citation = -1};
}

enum err law_desk_given_csv(struct req *r)
{
    struct law_form_view v = given_view(r);
    v.form = FORM_NEW(r, given_fields);
    return show_form(r, &v, 200);
}

struct given_write {
    struct req *r;
    struct str code;
    struct law_given *v;
    size_t n, cap;
    struct table_in *table;
    size_t at; /* row under way */
};

static enum err write_given(struct tx *tx, void *arg)
{
    struct given_write *w = arg;
    struct sql_law_collection_get_row c;
    enum err rc = ERR_OK;
    TRY(sql_law_collection_get(tx, w->r->arena, &c, .code = w->code));
    for (w->at = 0; w->at < w->n; w->at++)
        TRY(law_give(tx, w->r->arena, c.id, &w->v[w->at], w->r->ui.now_ms, w->r->actor.person_id));
out:
    return rc;
}

enum { T_RECIPIENT, T_PLACE, T_COPIES, T_DATE };
static const struct table_column given_columns[] = {
    [T_RECIPIENT] = {"recipient", true},
    [T_PLACE] = {"soate", false},
    [T_COPIES] = {"copies", true},
    [T_DATE] = {"date", true},
};

static void read_given(struct given_write *w)
{
    const struct territory *all = territory_get(w->r->app, w->r->arena);
    while (table_next(w->table)) {
        struct law_given g = {.recipient =
                                  arena_str(w->r->arena, table_cell(w->table, T_RECIPIENT)),
                              .place = arena_str(w->r->arena, table_cell(w->table, T_PLACE))};
        const struct place *p = g.place.n ? territory_find(all, g.place) : NULL;
        if (g.place.n && !(p && place_is_municipality(p)))
            table_fault(w->table, T_PLACE, MSG_law_fault_place);
        if (g.recipient.n > 300)
            table_fault(w->table, T_RECIPIENT, MSG_law_fault_long);
        table_i64(w->table, T_COPIES, 1, 100000, &g.copies);
        table_day(w->table, T_DATE, &g.day);
        if (w->n == w->cap)
            w->v = arena_grow(w->r->arena, w->v, w->n, &w->cap, sizeof *w->v);
        w->v[w->n++] = g;
    }
}

enum err law_desk_given_post(struct req *r)
{
    struct law_form_view v = given_view(r);
    struct given_write w = {.r = r, .code = req_param(r, "code")};
    struct buf *report = buf_in(r->arena);
    enum err rc = FORM_READ(r, given_fields, &v.form);
    if (rc == ERR_INPUT)
        return show_form(r, &v, 422);
    TRY(rc);
    w.table = table_open(r->arena, v.form->v[G_FILE].files[0].data, given_columns,
                         COUNT_OF(given_columns));
    read_given(&w);
    if (table_faults(w.table) == 0 && v.form->v[G_KEEP].present) {
        rc = req_write(r, write_given, &w);
        if (rc == ERR_OK) {
            resp_notice(r, MSG_law_kept);
            resp_redirect(r, v.back_href);
            goto out;
        }
        if (rc != ERR_CONFLICT)
            TRY(rc);
        table_fault_at(w.table, (int64_t)w.at + 2, T_RECIPIENT,
                       w.at < w.n ? w.v[w.at].recipient : STR(""), MSG_law_fault_given_twice);
    }
    if (table_faults(w.table) > 0) {
        table_fault_report(w.table, r->ui.lang, report);
        form_fault(r, v.form, G_FILE, MSG_law_fault_some);
        v.report = buf_view(report);
        return show_form(r, &v, 422);
    }
    int64_t copies = 0;
    for (size_t i = 0; i < w.n; i++)
        copies += w.v[i].copies;
    v.report = MSG_STR(r->arena, r->ui.lang, MSG_law_would_give, ARG_N("n", (int64_t)w.n),
                       ARG_N("copies", copies));
    rc = show_form(r, &v, 200);
out:
    return rc;
}
