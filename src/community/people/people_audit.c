/*
 * Who did and who read: the desk's page of the head, its table for spreadsheets, and the words for
 * both and for the page of the person concerned.
 */
#include "community/people/people_account.h"
#include "community/people/people_staff_web.h"
#include "community/people/people_tpl.h"

#include "platform/core/csv.h"

/* --- words --- */

enum err audit_names(struct tx *tx, struct arena *a, const struct audit_rows *rows,
                     struct person_names *out)
{
    int64_t *ids = ARENA_ARRAY(a, int64_t, rows->n * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        ids[n++] = rows->v[i].actor;
        ids[n++] = rows->v[i].person;
    }
    return people_names(tx, a, ids, n, out);
}

/* The words for a code of an action; a slice that has none of its own yet shows the code. */
static struct str action_text(struct req *r, struct str action)
{
    enum msg m;
    struct str key = arena_printf(r->arena, "people_action_%.*s", STRF(action));
    return msg_find(key, &m) ? msg_text(r->ui.lang, m) : action;
}

/* Details that are codes of roles are shown as such. */
static struct str detail_text(struct req *r, const struct audit_row *row)
{
    enum role role;
    if (role_parse(row->detail, &role))
        return msg_text(r->ui.lang, role_message(role));
    return STR("");
}

static struct str who_text(struct req *r, const struct person_names *names, int64_t id,
                           enum msg nobody)
{
    struct str name = person_name_in(names, id);
    if (id == 0)
        return nobody == MSG_NONE ? STR("") : msg_text(r->ui.lang, nobody);
    return name.n ? name : msg_text(r->ui.lang, MSG_people_audit_resident);
}

void audit_lines_of(struct req *r, const struct audit_rows *rows, const struct person_names *names,
                    struct audit_lines *out)
{
    *out = (struct audit_lines){0};
    for (size_t i = 0; i < rows->n; i++) {
        const struct audit_row *row = &rows->v[i];
        struct str action = action_text(r, row->action), detail = detail_text(r, row);
        struct audit_line line = {
            .at_ms = row->at_ms,
            .who = row->actor == r->actor.person_id
                       ? msg_text(r->ui.lang, MSG_people_audit_you)
                       : who_text(r, names, row->actor, MSG_people_audit_program),
            .action = detail.n ? arena_printf(r->arena, "%.*s: %.*s", STRF(action), STRF(detail))
                               : action,
            .about = who_text(r, names, row->person, MSG_NONE),
            .object = row->object,
            .where = str_eq(row->unit, SCOPE_COUNTRY)
                         ? STR("")
                         : scope_name(r->app, r->arena, row->unit, r->ui.lang),
            .read = row->kind == AUDIT_READ,
        };
        ARENA_PUSH(r->arena, *out, line);
    }
}

/* --- the head's page --- */

enum { AUDIT_PAGE = 100, AUDIT_CSV_MOST = 50000 };

enum { F_PLACE, F_WHO, F_FROM, F_TO, F_READS };
static const struct field filter_fields[] = {
    [F_PLACE] = {"place", FIELD_LINE, .max = 80, .label = MSG_people_staff_place},
    [F_WHO] = {"who", FIELD_INT, .min = 0, .max = INT64_MAX, .label = MSG_people_audit_who},
    [F_FROM] = {"from", FIELD_DATE, .label = MSG_people_audit_from},
    [F_TO] = {"to", FIELD_DATE, .label = MSG_people_audit_to},
    [F_READS] = {"reads", FIELD_BOOL, .label = MSG_people_audit_reads},
};

struct auditing {
    struct req *r;
    struct str unit;
    struct audit_filter filter;
    int64_t before;
    int limit;
    struct audit_rows rows;
    struct person_names names, staff;
};

static enum err read_audit(struct tx *tx, void *arg)
{
    struct auditing *au = arg;
    struct arena *a = au->r->arena;
    enum err rc = ERR_OK;
    TRY(audit_of_unit(tx, a, au->unit, &au->filter, au->before, au->limit, &au->rows));
    TRY(audit_names(tx, a, &au->rows, &au->names));
    rc = people_with_roles(tx, a, au->unit, ~0u, &au->staff);
out:
    return rc;
}

/* Reads the filter; a place that the reader may not see is none at all. */
static enum err open_audit(struct req *r, struct auditing *au, struct form **form)
{
    struct option_list scopes = scope_options(r, PERM_AUDIT_READ);
    *au = (struct auditing){.r = r, .limit = AUDIT_PAGE + 1};
    enum err rc = form_read_query(r, filter_fields, (int)COUNT_OF(filter_fields), form);
    if (rc != ERR_OK && rc != ERR_INPUT)
        return rc;
    const struct field_value *v = (*form)->v;
    au->unit = scopes.n > 0 ? scopes.v[0].value : SCOPE_COUNTRY;
    if (v[F_PLACE].s.n) {
        au->unit = scope_find(r, v[F_PLACE].s);
        if (!au->unit.p || !access_allows(&r->actor, PERM_AUDIT_READ, au->unit)) {
            form_fault(r, *form, F_PLACE, MSG_people_scope_unknown);
            au->unit = scopes.n > 0 ? scopes.v[0].value : SCOPE_COUNTRY;
        }
    }
    au->filter = (struct audit_filter){
        .from_ms = v[F_FROM].present && !v[F_FROM].fault ? day_start_ms(v[F_FROM].i) : 0,
        .to_ms = v[F_TO].present && !v[F_TO].fault ? day_start_ms(v[F_TO].i + 1) : 0,
        .actor = v[F_WHO].present && !v[F_WHO].fault ? v[F_WHO].i : 0,
        .reads_only = v[F_READS].present,
    };
    if (!str_to_i64(req_query(r, "before"), &au->before) || au->before < 0)
        au->before = 0;
    return ERR_OK;
}

/* The same filter for another address. */
static struct str filter_href(struct req *r, const struct auditing *au, const struct form *form,
                              const char *path, int64_t before)
{
    struct buf *out = buf_in(r->arena);
    buf_printf(out, "%s?place=", path);
    buf_percent(out, au->unit);
    static const int kept[] = {F_WHO, F_FROM, F_TO, F_READS};
    for (size_t i = 0; i < COUNT_OF(kept); i++)
        if (form->v[kept[i]].s.n) {
            buf_printf(out, "&%s=", filter_fields[kept[i]].name);
            buf_percent(out, form->v[kept[i]].s);
        }
    if (before)
        buf_printf(out, "&before=%lld", (long long)before);
    return buf_view(out);
}

static struct option_list people_options(struct req *r, const struct person_names *staff)
{
    struct option *v = ARENA_ARRAY(r->arena, struct option, staff->n);
    for (size_t i = 0; i < staff->n; i++)
        v[i] = (struct option){
            .value = arena_printf(r->arena, "%lld", (long long)staff->v[i].id),
            .text = staff->v[i].name,
        };
    return (struct option_list){v, staff->n};
}

enum err people_audit_page(struct req *r)
{
    struct auditing au;
    struct form *form;
    enum err rc = open_audit(r, &au, &form);
    if (rc == ERR_OK)
        rc = req_read(r, read_audit, &au);
    if (rc != ERR_OK)
        return rc;
    struct audit_view v = {
        .form = form,
        .scopes = scope_options(r, PERM_AUDIT_READ),
        .people = people_options(r, &au.staff),
        .free_scope = scopes_are_many(&r->actor, PERM_AUDIT_READ),
        .unit_name = scope_name(r->app, r->arena, au.unit, r->ui.lang),
        .csv = filter_href(r, &au, form, "/desk/audit.csv", 0),
        .older = STR_NULL,
    };
    if (au.rows.n > AUDIT_PAGE) {
        au.rows.n = AUDIT_PAGE;
        v.older = filter_href(r, &au, form, "/desk/audit", au.rows.v[AUDIT_PAGE - 1].id);
    }
    audit_lines_of(r, &au.rows, &au.names, &v.lines);
    struct page page = {.title = msg_text(r->ui.lang, MSG_people_audit_title),
                        .section = SECTION_DESK,
                        .width = PAGE_WIDE,
                        .form = form};
    struct buf *out = resp_html(r, form->fault_count > 0 ? 422 : 200);
    page_open(out, r, &page);
    tpl_people_audit(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err people_audit_csv(struct req *r)
{
    struct auditing au;
    struct form *form;
    struct audit_lines lines;
    enum err rc = open_audit(r, &au, &form);
    if (rc != ERR_OK || form->fault_count > 0)
        return rc != ERR_OK ? rc : ERR_INPUT;
    au.limit = AUDIT_CSV_MOST;
    rc = req_read(r, read_audit, &au);
    if (rc != ERR_OK)
        return rc;
    audit_lines_of(r, &au.rows, &au.names, &lines);
    struct csv_writer csv = {.out = resp_csv(r, "audit.csv")};
    enum lang lang = r->ui.lang;
    csv_text(&csv, msg_text(lang, MSG_people_audit_when));
    csv_text(&csv, msg_text(lang, MSG_people_audit_who));
    csv_text(&csv, msg_text(lang, MSG_people_audit_read));
    csv_text(&csv, msg_text(lang, MSG_people_audit_what));
    csv_text(&csv, msg_text(lang, MSG_people_audit_object));
    csv_text(&csv, msg_text(lang, MSG_people_audit_about));
    csv_end(&csv);
    for (size_t i = 0; i < lines.n; i++) {
        const struct audit_line *line = &lines.v[i];
        struct buf *when = buf_in(r->arena);
        buf_rfc3339(when, line->at_ms);
        csv_text(&csv, buf_view(when));
        csv_text(&csv, line->who);
        csv_text(&csv, msg_text(lang, line->read ? MSG_common_yes : MSG_common_no));
        csv_text(&csv, line->action);
        csv_text(&csv, line->object);
        csv_text(&csv, line->about);
        csv_end(&csv);
    }
    return ERR_OK;
}
