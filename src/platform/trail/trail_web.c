/*
 * The public log as people and programs read it:
 *
 *   /m/{unit}/trail               a page with the newest entries and how to check them
 *   /m/{unit}/trail/checkpoint    the latest signed note, as text
 *   /m/{unit}/trail/entries.txt   entries from ?from= on, a line each, so that all can be
 * recomputed /m/{unit}/trail/proof/{seq}   an entry with its path to the signed root, as JSON
 */
#include "platform/formats/json.h"
#include "platform/trail/trail_tpl.h"
#include "platform/trail/trail_view.h"
#include "platform/web/components.h"

#include <inttypes.h>

enum { ON_PAGE = 50, IN_FILE = 5000, CACHE_S = 30 };

struct reading {
    struct arena *a;
    struct str unit;
    int64_t from;
    int limit;
    bool newest; /* of the page: the last ones before `from` (0: the end) */
    int64_t size;
    bool has_checkpoint;
    struct trail_checkpoint checkpoint;
    struct trail_entries entries;
    struct trail_proof proof;
};

static enum err read_size(struct tx *tx, struct reading *l)
{
    struct sql_trail_head_get_row head;
    enum err rc = sql_trail_head_get(tx, l->a, &head, .unit = l->unit);
    l->size = rc == ERR_OK ? head.size : 0;
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

static enum err read_log(struct tx *tx, void *arg)
{
    struct reading *l = arg;
    enum err rc = ERR_OK;
    TRY(read_size(tx, l));
    if (l->newest) {
        int64_t end = l->from > 0 && l->from < l->size ? l->from : l->size;
        l->from = end > l->limit ? end - l->limit : 0;
        l->limit = (int)(end - l->from);
    }
    TRY(trail_list(tx, l->a, l->unit, l->from, l->limit, &l->entries));
    rc = trail_latest(tx, l->a, l->unit, &l->checkpoint);
    l->has_checkpoint = rc == ERR_OK;
    if (rc == ERR_NOT_FOUND)
        rc = ERR_OK;
out:
    return rc;
}

static enum err read_proof(struct tx *tx, void *arg)
{
    struct reading *l = arg;
    return trail_prove(tx, l->a, l->unit, l->from, &l->proof);
}

static struct str hex(struct arena *a, const struct hash *h)
{
    struct buf *out = buf_in(a);
    buf_hex(out, h->b, MERKLE_HASH);
    return buf_view(out);
}

/* "trail_kind_case_state" where somebody wrote words for it, else the code. */
static struct str kind_words(struct req *r, struct str kind)
{
    enum msg m;
    struct str key = arena_printf(r->arena, "trail_kind_%.*s", STRF(kind));
    return msg_find(key, &m) ? msg_text(r->ui.lang, m) : kind;
}

static enum err trail_page(struct req *r)
{
    struct reading l = {.a = r->arena, .unit = r->unit, .limit = ON_PAGE, .newest = true};
    if (!str_to_i64(req_query(r, "before"), &l.from) || l.from < 0)
        l.from = 0;
    enum err rc = req_read(r, read_log, &l);
    if (rc != ERR_OK)
        return rc;
    struct buf *key = buf_in(r->arena);
    trail_key_text(key, r->app, r->unit);
    struct trail_view v = {
        .unit = r->unit, .has_checkpoint = l.has_checkpoint, .key = buf_view(key)};
    v.size = l.checkpoint.size;
    v.signed_ms = l.checkpoint.at_ms;
    v.note = l.checkpoint.note;
    if (l.from > 0)
        v.older =
            arena_printf(r->arena, "/m/%.*s/trail?before=%lld", STRF(r->unit), (long long)l.from);
    v.lines.v = ARENA_ARRAY(r->arena, struct trail_line, l.entries.n);
    for (size_t i = l.entries.n; i-- > 0;) { /* newest first */
        const struct trail_entry *e = &l.entries.v[i];
        v.lines.v[v.lines.n++] =
            (struct trail_line){.seq = e->seq,
                                .at_ms = e->at_ms,
                                .kind = kind_words(r, e->kind),
                                .subject = e->subject,
                                .leaf = str_slice(hex(r->arena, &e->leaf), 0, 16),
                                .covered = e->seq < v.size};
    }
    struct page page = {.title = msg_text(r->ui.lang, MSG_trail_title),
                        .section = SECTION_UNIT,
                        .width = PAGE_WIDE};
    resp_cache_public(r, CACHE_S);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_trail_log(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

static enum err trail_checkpoint_text(struct req *r)
{
    struct reading l = {.a = r->arena, .unit = r->unit, .limit = 0};
    enum err rc = req_read(r, read_log, &l);
    if (rc == ERR_OK && !l.has_checkpoint)
        rc = ERR_NOT_FOUND;
    if (rc != ERR_OK)
        return rc;
    resp_cache_public(r, CACHE_S);
    buf_str(resp_text(r, 200), l.checkpoint.note);
    return ERR_OK;
}

/* Tab-separated; the last line says where to go on. */
static enum err trail_entries_text(struct req *r)
{
    struct reading l = {.a = r->arena, .unit = r->unit, .limit = IN_FILE};
    struct str from = req_query(r, "from");
    if (from.p && (!str_to_i64(from, &l.from) || l.from < 0))
        return ERR_NOT_FOUND;
    enum err rc = req_read(r, read_log, &l);
    if (rc != ERR_OK)
        return rc;
    resp_cache_public(r, CACHE_S);
    struct buf *out = resp_text(r, 200);
    buf_cstr(out, "#seq\tat_ms\tkind\tsubject\tcommitment\tprevious\tleaf\n"
                  "#leaf = SHA-256 of a zero byte and the lines: aimak-trail-v1, unit, seq, at_ms, "
                  "kind, subject, commitment, previous (each ended by LF)\n");
    for (size_t i = 0; i < l.entries.n; i++) {
        const struct trail_entry *e = &l.entries.v[i];
        buf_printf(out, "%lld\t%lld\t%.*s\t%.*s\t", (long long)e->seq, (long long)e->at_ms,
                   STRF(e->kind), STRF(e->subject));
        buf_hex(out, e->commitment.b, MERKLE_HASH);
        buf_char(out, '\t');
        buf_hex(out, e->previous.b, MERKLE_HASH);
        buf_char(out, '\t');
        buf_hex(out, e->leaf.b, MERKLE_HASH);
        buf_char(out, '\n');
    }
    if (l.from + (int64_t)l.entries.n < l.size)
        buf_printf(out, "#more\t/m/%.*s/trail/entries.txt?from=%" PRId64 "\n", STRF(r->unit),
                   l.from + (int64_t)l.entries.n);
    return ERR_OK;
}

static enum err trail_proof_json(struct req *r)
{
    struct reading l = {.a = r->arena, .unit = r->unit};
    if (!str_to_i64(r->param[1], &l.from) || l.from < 0)
        return ERR_NOT_FOUND;
    enum err rc = req_read(r, read_proof, &l);
    if (rc != ERR_OK)
        return rc;
    const struct trail_entry *e = &l.proof.entry;
    struct buf *text = buf_in(r->arena);
    trail_entry_text(text, e);
    resp_cache_public(r, CACHE_S);
    struct json_writer j = json_to(resp_json(r, 200));
    json_open(&j, NULL);
    json_put_str(&j, "unit", r->unit);
    json_put_i64(&j, "seq", e->seq);
    json_put_time(&j, "at", e->at_ms);
    json_put_str(&j, "kind", e->kind);
    json_put_str(&j, "subject", e->subject);
    json_put_str(&j, "entry", buf_view(text));
    json_put_str(&j, "leaf", hex(r->arena, &e->leaf));
    json_put_i64(&j, "tree_size", l.proof.checkpoint.size);
    json_put_str(&j, "root", hex(r->arena, &l.proof.checkpoint.root));
    json_open_array(&j, "path");
    for (size_t i = 0; i < l.proof.n; i++)
        json_put_str(&j, NULL, hex(r->arena, &l.proof.path[i]));
    json_close(&j);
    json_put_str(&j, "checkpoint", l.proof.checkpoint.note);
    json_close(&j);
    return ERR_OK;
}

const struct route trail_routes[TRAIL_ROUTES] = {
    ROUTE("GET", "/m/{unit}/trail", trail_page, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/trail/checkpoint", trail_checkpoint_text, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/trail/entries.txt", trail_entries_text, PERM_PUBLIC, 0),
    ROUTE("GET", "/m/{unit}/trail/proof/{seq}", trail_proof_json, PERM_PUBLIC, ROUTE_API),
};
