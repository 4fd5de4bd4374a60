/* The operations page of messages, and the mail of a demonstration. */
#include "platform/channels/outbox_tpl.h"
#include "platform/channels/outbox_view.h"
#include "platform/core/log.h"
#include "platform/web/components.h"

enum { MOST_SHOWN = 50 };

/* --- texts --- */

static void push(struct arena *a, struct mail_line *line, struct str text, bool is_address)
{
    struct mail_part part = {text, is_address};
    if (text.n > 0)
        ARENA_PUSH(a, line->parts, part);
}

static bool begins_address(struct str s)
{
    return str_starts(s, STR("http://")) || str_starts(s, STR("https://"));
}

static void cut_line(struct arena *a, struct mail_line *line, struct str s)
{
    size_t from = 0, at = 0;
    while (at < s.n) {
        if (!begins_address(str_slice(s, at, s.n))) {
            at++;
            continue;
        }
        push(a, line, str_slice(s, from, at - from), false);
        for (from = at; at < s.n && s.p[at] != ' '; at++)
            ;
        push(a, line, str_slice(s, from, at - from), true);
        from = at;
    }
    push(a, line, str_slice(s, from, s.n), false);
}

void outbox_cut_mail(struct arena *a, struct mail *m, struct str body)
{
    struct str text;
    while (str_split(&body, '\n', &text)) {
        struct mail_line line = {.parts.n = 0};
        cut_line(a, &line, str_trim(text));
        if (line.parts.n > 0)
            ARENA_PUSH(a, m->lines, line);
    }
}

/* Words with an @ in them become dots. */
struct str outbox_blot(struct arena *a, struct str detail)
{
    struct buf *out = buf_in(a);
    struct str word;
    for (bool first = true; str_split(&detail, ' ', &word); first = false) {
        if (!first)
            buf_char(out, ' ');
        buf_str(out, str_find_char(word, '@') >= 0 ? STR("…@…") : word);
    }
    return buf_view(out);
}

/* --- mail of a demonstration --- */

struct mail_reading {
    struct arena *a;
    struct sql_outbox_kept_rows rows;
};

static enum err read_mail(struct tx *tx, void *arg)
{
    struct mail_reading *m = arg;
    return sql_outbox_kept(tx, m->a, &m->rows, .limit = MOST_SHOWN);
}

static bool from_this_computer(const struct req *r)
{
    struct str from = r->http->address;
    return str_eq(from, STR("127.0.0.1")) || str_eq(from, STR("::1")) ||
           str_eq(from, STR("::ffff:127.0.0.1"));
}

static enum err outbox_mail_page(struct req *r)
{
    struct email_settings settings;
    const char *why;
    /* Codes and log-in links stand here: only in a demonstration, only for who sits before it, and
     * only while there is no mail server to carry them. */
    if (!r->app->demo || !from_this_computer(r) ||
        email_settings_read(&settings, &why) != ERR_NOT_FOUND)
        return ERR_NOT_FOUND;
    struct mail_reading in = {.a = r->arena};
    enum err rc = db_read(r->db, SCOPE_COUNTRY, read_mail, &in);
    if (rc != ERR_OK)
        return rc;
    struct mail_view v = {.mails.n = 0};
    for (size_t i = 0; i < in.rows.n; i++) {
        const struct sql_outbox_kept_row *row = &in.rows.v[i];
        struct mail m = {.address = row->address,
                         .subject = row->subject,
                         .lang = row->lang,
                         .created_ms = row->created_ms};
        outbox_cut_mail(r->arena, &m, row->body);
        ARENA_PUSH(r->arena, v.mails, m);
    }
    struct page page = {.title = msg_text(r->ui.lang, MSG_outbox_mail_title)};
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_outbox_mail(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- operations --- */

struct list_reading {
    struct arena *a;
    struct sql_outbox_list_rows waiting, failed;
};

static enum err read_lists(struct tx *tx, void *arg)
{
    struct list_reading *l = arg;
    enum err rc = ERR_OK;
    TRY(sql_outbox_list(tx, l->a, &l->waiting, .state = STR("waiting"), .limit = MOST_SHOWN));
    TRY(sql_outbox_list(tx, l->a, &l->failed, .state = STR("failed"), .limit = MOST_SHOWN));
out:
    return rc;
}

static struct outbox_lines to_lines(struct arena *a, const struct sql_outbox_list_rows *rows)
{
    struct outbox_lines out = {.v = ARENA_ARRAY(a, struct outbox_line, rows->n)};
    for (; out.n < rows->n; out.n++) {
        const struct sql_outbox_list_row *row = &rows->v[out.n];
        ptrdiff_t at = str_find_char(row->address, '@');
        out.v[out.n] = (struct outbox_line){
            .unit = row->unit,
            .domain = str_slice(row->address, at < 0 ? 0 : (size_t)at + 1, row->address.n),
            .cause = row->cause,
            .detail = outbox_blot(a, row->detail),
            .id = arena_printf(a, "%lld", (long long)row->id),
            .attempts = row->attempts,
            .created_ms = row->created_ms};
    }
    return out;
}

static enum err outbox_desk_page(struct req *r)
{
    enum err rc = ERR_OK;
    struct outbox_view v = {.demo = r->app->demo};
    struct list_reading in = {.a = r->arena};
    TRY(outbox_read_health(r->app, &v.health));
    TRY(db_read(r->db, SCOPE_COUNTRY, read_lists, &in));
    v.waiting = to_lines(r->arena, &in.waiting);
    v.failed = to_lines(r->arena, &in.failed);
    struct page page = {.title = msg_text(r->ui.lang, MSG_outbox_title),
                        .section = SECTION_DESK,
                        .width = PAGE_WIDE};
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_outbox_outbox(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum { A_UNIT, A_ID };
static const struct field again_fields[] = {
    [A_UNIT] = {"unit", FIELD_LINE, .required = true, .max = 14, .label = MSG_outbox_unit},
    [A_ID] = {"id", FIELD_INT, .required = true, .min = 1, .max = INT64_MAX,
              .label = MSG_outbox_title},
};

struct again {
    struct str unit;
    int64_t id;
    int64_t changed;
};

static enum err send_again(struct tx *tx, void *arg)
{
    struct again *g = arg;
    enum err rc = ERR_OK;
    TRY(sql_outbox_again(tx, &g->changed, .unit = g->unit, .id = g->id));
    if (g->changed > 0)
        rc = outbox_enqueue(tx, g->unit, g->id);
out:
    return rc;
}

static enum err outbox_again_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, again_fields, &form);
    if (rc != ERR_OK)
        return rc;
    struct again g = {.unit = form->v[A_UNIT].s, .id = form->v[A_ID].i};
    rc = req_write(r, send_again, &g);
    if (rc != ERR_OK)
        return rc;
    if (g.changed == 0)
        return ERR_NOT_FOUND; /* gone, or sent again from another window */
    LOG(LOG_INFO, "outbox.again", LOG_I("id", g.id), LOG_I("person", r->actor.person_id));
    resp_notice(r, MSG_outbox_again_done);
    resp_redirect(r, STR("/desk/outbox"));
    return ERR_OK;
}

const struct route outbox_routes[3] = {
    ROUTE("GET", "/demo/mail", outbox_mail_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/desk/outbox", outbox_desk_page, PERM_OPERATE, 0),
    ROUTE("POST", "/desk/outbox/again", outbox_again_post, PERM_OPERATE, 0),
};
