/*
 * The actions of a draft from a spreadsheet: the one that was downloaded, filled in or made anew in
 * any of the three languages. Taken whole or not at all; a dry run says what would happen, and
 * every fault stands with its row and column.
 */
#include "programme/plans/plans_desk.h"
#include "programme/plans/plans_tpl.h"

#include "platform/core/clock.h"
#include "platform/formats/table_in.h"
#include "platform/formats/xlsx_in.h"
#include "platform/web/export.h"

/* In the order of plans_file_columns. */
enum {
    C_NUMBER,
    C_TITLE,
    C_RESPONSIBLE,
    C_RESULT,
    C_FROM,
    C_TO,
    C_COST,
    C_SOURCE,
    C_PERCENT = C_SOURCE + PLAN_SOURCES,
    C_ID
};

/* Days since 1970 of day 0 of a spreadsheet, which counts a 29 February 1900 that never was. */
#define SHEET_EPOCH 25569

static bool read_day(struct table_in *t, int column, int64_t *day)
{
    struct str s = table_cell(t, column);
    int64_t serial;
    if (s.n == 5 && str_to_i64(s, &serial) && serial > 30000) {
        *day = serial - SHEET_EPOCH;
        return true;
    }
    if (s.n == 10 && s.p[2] == '.' && s.p[5] == '.') { /* 22.11.2026 */
        char iso[10];
        memcpy(iso, s.p + 6, 4);
        memcpy(iso + 5, s.p + 3, 2);
        memcpy(iso + 8, s.p, 2);
        iso[4] = iso[7] = '-';
        if (day_parse(str_of(iso, sizeof iso), day))
            return true;
    } else if (day_parse(s, day)) {
        return true;
    }
    table_fault(t, column, MSG_table_not_a_date);
    return false;
}

static int64_t read_money(struct table_in *t, int column)
{
    int64_t tyiyn = 0;
    struct str s = table_cell(t, column);
    if (s.n && !money_parse(s, &tyiyn))
        table_fault(t, column, MSG_table_not_a_number);
    return tyiyn;
}

static int column_of(enum plan_field field)
{
    switch (field) {
    case PLAN_F_ACTION_TITLE:
        return C_TITLE;
    case PLAN_F_RESPONSIBLE:
        return C_RESPONSIBLE;
    case PLAN_F_RESULT:
        return C_RESULT;
    case PLAN_F_FROM:
        return C_FROM;
    case PLAN_F_TO:
        return C_TO;
    case PLAN_F_COST:
        return C_COST;
    default:
        return -1;
    }
}

/* The last row of our own file adds the columns up; it is no action. */
static bool is_total(const struct table_in *t)
{
    struct str first = table_cell(t, C_NUMBER);
    for (int l = 0; l < LANG__MAX; l++)
        if (str_eq(first, msg_text((enum lang)l, MSG_common_total)))
            return true;
    return false;
}

static void read_row(struct table_in *t, struct arena *a, struct plan_actions *list)
{
    struct plan_action x = {.title = arena_str(a, table_cell(t, C_TITLE)),
                            .responsible = arena_str(a, table_cell(t, C_RESPONSIBLE)),
                            .result = arena_str(a, table_cell(t, C_RESULT))};
    struct plan_faults faults = {0};
    int64_t before = table_faults(t);
    struct str id = table_cell(t, C_ID);
    (void)read_day(t, C_FROM, &x.from_day);
    (void)read_day(t, C_TO, &x.to_day);
    x.cost.total = read_money(t, C_COST);
    for (int s = 0; s < PLAN_SOURCES; s++)
        x.cost.by[s] = read_money(t, C_SOURCE + s);
    if (id.n && !str_to_i64(id, &x.id))
        table_fault(t, C_ID, MSG_table_not_a_number);
    for (size_t i = 0; x.id && i < list->n; i++)
        if (list->v[i].id == x.id)
            table_fault(t, C_ID, MSG_plans_fault_twice);
    if (table_faults(t) == before) {
        plan_check_action(a, &x, &faults);
        for (size_t i = 0; i < faults.n; i++)
            table_fault(t, column_of(faults.v[i].field), faults.v[i].m);
    }
    if (list->n == PLAN_ACTIONS_MAX)
        table_fault(t, -1, MSG_plans_fault_many);
    ARENA_PUSH(a, *list, x);
}

/* The header may be in any language: the one with the fewest faults is meant. */
static struct table_in *open_table(struct arena *a, struct str text, enum lang reader)
{
    static const int needed[] = {C_TITLE, C_RESPONSIBLE, C_FROM, C_TO, C_COST};
    struct table_in *best = NULL;
    for (int k = 0; k < LANG__MAX; k++) {
        enum lang lang = (enum lang)((reader + k) % LANG__MAX);
        struct table_column *columns = ARENA_ARRAY(a, struct table_column, PLAN_COLUMNS);
        for (int i = 0; i < PLAN_COLUMNS; i++)
            columns[i] = (struct table_column){
                .name = arena_cstr(a, msg_text(lang, plans_file_columns[i].title))};
        struct table_in *t = table_open(a, text, columns, PLAN_COLUMNS);
        /* Not `required`: the row of totals has empty cells, and rules say what an action needs. */
        for (size_t i = 0; i < COUNT_OF(needed); i++)
            if (!table_has(t, needed[i]))
                table_fault_at(t, 1, needed[i], STR(""), MSG_table_column_missing);
        if (!best || table_faults(t) < table_faults(best))
            best = t;
    }
    return best;
}

struct table_in *plans_import_read(struct arena *a, struct str text, enum lang lang,
                                   struct plan_actions *out)
{
    if (xlsx_in_is(text) && xlsx_in_csv(a, text, &text) != ERR_OK)
        text = STR("");
    struct table_in *t = open_table(a, text, lang);
    /* With a broken header every row would complain of it again. */
    if (table_faults(t))
        return t;
    while (table_faults(t) < 1000) {
        int64_t before = table_faults(t);
        if (!table_next(t))
            break;
        if (is_total(t))
            continue;
        if (table_faults(t) == before)
            read_row(t, a, out);
    }
    return t;
}

/* --- the page --- */

enum { I_REVISION, I_FILE, I_DO };
static const struct choice whats[] = {
    {"check", MSG_persons_import_check}, {"import", MSG_persons_import_do}, {NULL, MSG_NONE}};
static const struct field import_fields[] = {
    [I_REVISION] = {"revision", FIELD_INT, .max = INT64_MAX, .label = MSG_plans_title},
    [I_FILE] = {"file", FIELD_FILES, .required = true, .max = 4 << 20,
                .label = MSG_persons_import_file, .accept = ".csv,.xlsx"},
    [I_DO] = {"do", FIELD_CHOICE, .choices = whats, .label = MSG_plans_import},
};

struct importing {
    struct req *r;
    struct plan p;
    struct plan_change c;
    struct plan_actions list;
    struct plan_faults faults;
};
static enum err write_import(struct tx *tx, void *arg)
{
    struct importing *i = arg;
    i->faults = (struct plan_faults){0};
    return plan_replace_actions(tx, i->r->arena, &i->c, &i->list, &i->faults);
}

static void put_import(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_plans_import(out, ui, v);
}

static enum err show_import(struct req *r, const struct plan *p, struct plan_import_view *v,
                            int status)
{
    v->title = text3_get(&p->title, r->ui.lang);
    v->back = plans_desk_href(r, p->id, "");
    v->file = plans_desk_href(r, p->id, "/plan.xlsx");
    if (!v->form->v[I_REVISION].s.p)
        form_set_int(v->form, I_REVISION, p->shown->revision);
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
                             {arena_printf(r->arena, "/desk/%.*s/plans", STRF(r->unit)),
                              msg_text(r->ui.lang, MSG_plans_title)},
                             {v->back, v->title}};
    struct page page = {.title = msg_text(r->ui.lang, MSG_plans_import),
                        .section = SECTION_DESK,
                        .form = v->form,
                        .crumbs = crumbs,
                        .crumb_count = COUNT_OF(crumbs)};
    plans_page(r, &page, status, put_import, v);
    return ERR_OK;
}

enum err plans_desk_import(struct req *r)
{
    struct plan p;
    struct plan_import_view v = {0};
    enum err rc = plans_desk_load(r, PLAN_LATEST, &p, NULL);
    if (rc != ERR_OK)
        return rc;
    v.form = FORM_NEW(r, import_fields);
    return show_import(r, &p, &v, 200);
}

enum err plans_desk_import_post(struct req *r)
{
    struct importing i = {.r = r};
    struct plan_import_view v = {0};
    enum err rc = plans_desk_load(r, PLAN_LATEST, &i.p, NULL);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, import_fields, &v.form);
    if (!v.form)
        return rc;
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_import(r, &i.p, &v, 422) : rc;
    bool dry = !str_eq(v.form->v[I_DO].s, STR("import"));
    struct table_in *t =
        plans_import_read(r->arena, v.form->v[I_FILE].files[0].data, r->ui.lang, &i.list);
    if (table_faults(t)) {
        struct buf *report = buf_in(r->arena);
        table_fault_report(t, r->ui.lang, report);
        v.report = buf_view(report);
        return show_import(r, &i.p, &v, 422);
    }
    v.outcome =
        MSG_STR(r->arena, r->ui.lang, MSG_plans_import_would, ARG_N("n", (int64_t)i.list.n));
    if (dry)
        return show_import(r, &i.p, &v, 200);
    i.c = (struct plan_change){.unit = i.p.unit,
                               .plan = i.p.id,
                               .revision = v.form->v[I_REVISION].i,
                               .person = r->actor.person_id};
    rc = db_write(r->db, i.p.unit, write_import, &i);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_plans_saved);
    resp_redirect(r, plans_desk_href(r, i.p.id, "#actions"));
    return ERR_OK;
}
