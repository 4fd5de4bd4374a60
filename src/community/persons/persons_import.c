/*
 * Lists of persons from a CSV, by page or command: everything is looked at first, and taken whole
 * or not at all. A row whose person is surely in the register already (the same name, year of birth
 * and telephone or municipality) adds nobody.
 */
#include "community/persons/persons_tpl.h"
#include "community/persons/persons_view.h"

#include "community/places/places.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"
#include "platform/formats/xlsx_in.h"
#include "platform/trail/audit.h"
#include "platform/web/import.h"

enum {
    C_FAMILY,
    C_GIVEN,
    C_PATRONYMIC,
    C_SEX,
    C_YEAR,
    C_BAND,
    C_HOME,
    C_POSITION,
    C_GROUP,
    C_ORGANISATION,
    C_PHONE,
    C_EMAIL,
    C_DISABILITY
};
static const struct table_column columns[] = {
    [C_FAMILY] = {"family", true},          [C_GIVEN] = {"given", false},
    [C_PATRONYMIC] = {"patronymic", false}, [C_SEX] = {"sex", false},
    [C_YEAR] = {"birth_year", false},       [C_BAND] = {"age", false},
    [C_HOME] = {"municipality", false},     [C_POSITION] = {"position", false},
    [C_GROUP] = {"group", false},           [C_ORGANISATION] = {"organisation", false},
    [C_PHONE] = {"phone", false},           [C_EMAIL] = {"email", false},
    [C_DISABILITY] = {"disability", false},
};

struct loading {
    struct app *app;
    struct arena *a;
    const struct actor *actor; /* NULL: a command */
    struct str text;
    bool dry_run;
    struct table_in *table;
    struct register_persons rows;
    int64_t added, same;
};

static const int fault_columns[] = {
    [PERSON_FINE] = -1,
    [PERSON_NAME] = C_FAMILY,
    [PERSON_SEX] = C_SEX,
    [PERSON_YEAR] = C_YEAR,
    [PERSON_BAND] = C_BAND,
    [PERSON_GROUP] = C_GROUP,
    [PERSON_DISABILITY] = C_DISABILITY,
};

static struct str cell(struct loading *l, int column)
{
    return arena_str(l->a, table_cell(l->table, column));
}

static void read_row(struct loading *l, const struct territory *t)
{
    int64_t year = 0;
    struct register_person p = {
        .id = id_new(),
        .family = cell(l, C_FAMILY),
        .given = cell(l, C_GIVEN),
        .patronymic = cell(l, C_PATRONYMIC),
        .sex = cell(l, C_SEX),
        .band = cell(l, C_BAND),
        .home = cell(l, C_HOME),
        .position = cell(l, C_POSITION),
        .group = cell(l, C_GROUP),
        .organisation = cell(l, C_ORGANISATION),
        .phone = cell(l, C_PHONE),
        .email = cell(l, C_EMAIL),
        .disability = cell(l, C_DISABILITY),
    };
    if (table_i64(l->table, C_YEAR, 1900, 2100, &year))
        p.birth_year = I64(year);
    const struct place *home = p.home.n ? territory_find(t, p.home) : NULL;
    if (p.home.n && (!home || !place_is_municipality(home)))
        table_fault(l->table, C_HOME, MSG_persons_fault_home);
    else if (l->actor && !access_allows(l->actor, PERM_PERSONS_READ, p.home.n ? p.home : STR("*")))
        table_fault(l->table, C_HOME, MSG_persons_fault_home_foreign);
    if (!persons_sex_ok(p.sex))
        table_fault(l->table, C_SEX, MSG_persons_fault_sex);
    if (!persons_band_ok(p.band))
        table_fault(l->table, C_BAND, MSG_persons_fault_band);
    if (!persons_group_ok(p.group))
        table_fault(l->table, C_GROUP, MSG_persons_fault_group);
    p.created_ms = table_line(l->table); /* until it is written: where it stood */
    ARENA_PUSH(l->a, l->rows, p);
}

static enum err write_rows(struct tx *tx, void *arg)
{
    struct loading *l = arg;
    enum err rc = ERR_OK;
    l->added = l->same = 0;
    for (size_t i = 0; i < l->rows.n; i++) {
        struct register_person p = l->rows.v[i];
        struct matches matches;
        enum person_fault fault = PERSON_FINE;
        int64_t line = p.created_ms;
        TRY(persons_find_same(tx, l->a, &p, &matches));
        if (matches.n && matches.v[0].score >= MATCH_SURE) {
            l->same++;
            continue;
        }
        p.created_ms = 0;
        rc = persons_add(tx, l->a, &p, day_today(), false, l->actor ? l->actor->person_id : 0,
                         &fault);
        if (rc == ERR_INPUT)
            table_fault_at(l->table, line, fault_columns[fault], p.family,
                           person_fault_message(fault));
        if (rc != ERR_OK)
            goto out;
        l->added++;
    }
    /* What was only tried is rolled back. */
    if (l->dry_run)
        rc = ERR_DENIED;
out:
    return rc;
}

static enum err load(struct loading *l)
{
    enum err rc = ERR_OK;
    const struct territory *t = territory_get(l->app, l->a);
    if (xlsx_in_is(l->text)) {
        rc = xlsx_in_csv(l->a, l->text, &l->text);
        if (rc == ERR_PARSE || rc == ERR_TOO_LARGE) {
            l->text = STR("");
            rc = ERR_OK; /* "no header": as for any file that is no list */
        }
        TRY(rc);
    }
    l->table = table_open(l->a, l->text, columns, COUNT_OF(columns));
    while (table_faults(l->table) < 1000 && table_next(l->table))
        read_row(l, t);
    if (table_faults(l->table))
        FAIL(ERR_INPUT);
    rc = db_write(l->app->db, SCOPE_COUNTRY, write_rows, l);
    if (rc == ERR_DENIED && l->dry_run)
        rc = ERR_OK;
out:
    return rc;
}

static int load_command(struct app *app, struct import_run *run)
{
    struct loading l = {.app = app, .a = run->arena, .text = run->text, .dry_run = run->dry_run};
    enum err rc = load(&l);
    run->table = l.table;
    run->counts =
        (struct import_counts){.rows = (int64_t)l.rows.n, .added = l.added, .same = l.same};
    return import_finish(run, rc);
}

static int import_persons(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load_command);
}

const struct command persons_commands[] = {
    {.name = "import persons",
     .usage = "FILE.csv|FILE.xlsx [--dry-run]",
     .summary = "Take a list of people who take part in trainings and hearings",
     .help =
         "Columns: family (required), given, patronymic, sex (f, m), birth_year, age (0-14 15-29 "
         "30-44\n"
         "45-59 60+), municipality (SOATE code), position, group, organisation, phone, email,\n"
         "disability (yes, no). Whoever is surely in the register already is not added again.\n\n"
         "Example:\n  aimak import persons people.csv --dry-run\n",
     .run = import_persons,
     .needs_db = true},
};
const size_t persons_command_count = COUNT_OF(persons_commands);

/* --- the page --- */

static const struct choice whats[] = {
    {"check", MSG_persons_import_check}, {"import", MSG_persons_import_do}, {NULL, MSG_NONE}};
enum { I_FILE, I_TEXT, I_DO };
static const struct field import_fields[] = {
    [I_FILE] = {"file", FIELD_FILES, .max = 4 << 20, .label = MSG_persons_import_file,
                .accept = ".csv,.xlsx"},
    [I_TEXT] = {"text", FIELD_TEXT, .max = 60000, .rows = 8, .label = MSG_persons_import_text,
                .hint = MSG_persons_import_hint},
    [I_DO] = {"do", FIELD_CHOICE, .choices = whats, .label = MSG_persons_import},
};

static enum err show_import(struct req *r, struct persons_import_view *v, int status)
{
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
                             {STR("/desk/persons"), msg_text(r->ui.lang, MSG_persons_title)}};
    struct page page = {.title = msg_text(r->ui.lang, MSG_persons_import),
                        .section = SECTION_DESK,
                        .form = v->form,
                        .crumbs = crumbs,
                        .crumb_count = COUNT_OF(crumbs)};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_persons_import(out, &r->ui, v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err persons_page_import(struct req *r)
{
    struct persons_import_view v = {.form = FORM_NEW(r, import_fields)};
    return show_import(r, &v, 200);
}

enum err persons_page_import_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, import_fields, &form);
    if (!form)
        return rc;
    struct persons_import_view v = {.form = form};
    struct loading l = {
        .app = r->app,
        .a = r->arena,
        .actor = &r->actor,
        .text = form->v[I_FILE].n ? form->v[I_FILE].files[0].data : form->v[I_TEXT].s,
        .dry_run = !str_eq(form->v[I_DO].s, STR("import")),
    };
    if (rc == ERR_OK && l.text.n == 0)
        form_fault(r, form, I_FILE, MSG_persons_import_nothing);
    if (rc != ERR_OK || form->fault_count)
        return show_import(r, &v, 422);
    rc = load(&l);
    if (rc == ERR_INPUT) {
        struct buf *report = buf_in(r->arena);
        table_fault_report(l.table, r->ui.lang, report);
        v.report = buf_view(report);
        return show_import(r, &v, 422);
    }
    if (rc != ERR_OK)
        return rc;
    v.outcome = MSG_STR(
        r->arena, r->ui.lang, l.dry_run ? MSG_persons_import_would : MSG_persons_import_done,
        ARG_N("rows", (int64_t)l.rows.n), ARG_N("added", l.added), ARG_N("same", l.same));
    return show_import(r, &v, 200);
}
