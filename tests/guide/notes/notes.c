/* See notes.h. One page: everybody reads, the municipality's staff write. */
#include "notes.h"

#include "notes_sql.h"
#include "notes_tpl.h"
#include "platform/core/id.h"
#include "platform/web/components.h"

#define NOTES_SHOWN 20

enum { F_WORDS };
static const struct field note_fields[] = {
    [F_WORDS] = {"words", FIELD_LINE, .required = true, .max = 200, .label = MSG_common_add},
};

/* What a transaction needs comes and goes through its argument: it may run twice. */
struct notes_read {
    struct req *r;
    struct notes_view view;
};

static enum err read_notes(struct tx *tx, void *arg)
{
    struct notes_read *read = arg;
    struct sql_note_list_rows rows;
    enum err rc = ERR_OK;
    read->view.n = 0;
    TRY(sql_note_list(tx, read->r->arena, &rows, .unit = read->r->unit, .limit = NOTES_SHOWN));
    for (size_t i = 0; i < rows.n; i++)
        ARENA_PUSH(read->r->arena, read->view,
                   ((struct note){rows.v[i].words, id_time_ms(rows.v[i].id)}));
out:
    return rc;
}

static enum err show(struct req *r, const struct form *form, int status)
{
    struct notes_read read = {.r = r};
    enum err rc = ERR_OK;
    TRY(req_read(r, read_notes, &read));
    read.view.form = form;
    struct page page = {.title = msg_text(r->ui.lang, MSG_common_details), .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_notes_list(out, &r->ui, &read.view);
    page_close(out, r, &page);
out:
    return rc;
}

static enum err notes_page(struct req *r)
{
    bool may_write = req_allows(r, PERM_CHARTER_EDIT);
    return show(r, may_write ? FORM_NEW(r, note_fields) : NULL, 200);
}

struct note_write {
    struct str unit, words;
    int64_t id;
};

static enum err write_note(struct tx *tx, void *arg)
{
    const struct note_write *note = arg;
    return sql_note_add(tx, NULL, .unit = note->unit, .id = note->id, .words = note->words);
}

static enum err notes_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, note_fields, &form);
    if (rc == ERR_INPUT)
        return show(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    struct note_write note = {r->unit, form->v[F_WORDS].s, id_new()};
    TRY(req_write(r, write_note, &note));
    resp_redirect(r, arena_printf(r->arena, "/m/%.*s/notes", STRF(r->unit)));
out:
    return rc;
}

static const struct route routes[] = {
    ROUTE("GET", "/m/{unit}/notes", notes_page, PERM_PUBLIC, 0),
    ROUTE("POST", "/m/{unit}/notes", notes_post, PERM_CHARTER_EDIT, 0),
};

const struct slice notes_slice = {
    .name = "notes",
    .migrations = notes_migrations,
    .queries = notes_queries,
    .routes = routes,
    .route_count = COUNT_OF(routes),
};
