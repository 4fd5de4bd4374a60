/*
 * Gives waiting entries their place in the log, and signs its head.
 *
 * Business transactions only insert; had they to append to the chain themselves, all reports of a
 * municipality would wait for one row. Here one instance at a time (the schedule sees to that; the
 * primary key of the entries would stop a second) takes them in the order of their ids, some
 * hundreds in a transaction.
 */
#include "platform/core/log.h"
#include "platform/trail/trail_internal.h"

#define SIGN_EVERY_MS (10 * MS_MINUTE)

enum { BATCH = 200 };

struct placing {
    struct app *app;
    struct arena *a;
    struct str unit;
    struct tx *tx;
    enum err node_rc;
    struct merkle tree;
    struct hash last;
    int64_t signed_size, signed_ms;
    bool sign_now;
    size_t placed; /* entries of this batch */
};

static enum err load_head(struct placing *p)
{
    struct sql_trail_head_get_row row;
    p->tree = (struct merkle){0};
    p->last = (struct hash){{0}};
    p->signed_size = p->signed_ms = 0;
    enum err rc = sql_trail_head_get(p->tx, p->a, &row, .unit = p->unit);
    if (rc == ERR_NOT_FOUND)
        return ERR_OK;
    if (rc != ERR_OK)
        return rc;
    p->signed_size = row.signed_size;
    p->signed_ms = row.signed_ms;
    if (merkle_unpack(&p->tree, (uint64_t)row.size, row.peaks) && hash_from(&p->last, row.last))
        return ERR_OK;
    LOG(LOG_ERROR, "trail.head_broken", LOG_S("unit", p->unit));
    return ERR_PARSE;
}

static void add_node(void *arg, int level, uint64_t position, struct hash h)
{
    struct placing *p = arg;
    if (p->node_rc == ERR_OK)
        p->node_rc = sql_trail_node_add(p->tx, NULL, .unit = p->unit, .level = level,
                                        .position = (int64_t)position, .hash = hash_str(&h));
}

static enum err place_one(struct placing *p, const struct sql_trail_take_row *row)
{
    struct trail_entry e = {.unit = p->unit,
                            .seq = (int64_t)p->tree.size,
                            .at_ms = row->at_ms,
                            .kind = row->kind,
                            .subject = row->subject,
                            .previous = p->last};
    if (!hash_from(&e.commitment, row->commitment))
        return ERR_PARSE;
    e.leaf = trail_entry_leaf(&e);
    enum err rc =
        sql_trail_place(p->tx, NULL, .unit = p->unit, .seq = e.seq, .id = row->id, .at_ms = e.at_ms,
                        .kind = e.kind, .subject = e.subject, .commitment = hash_str(&e.commitment),
                        .previous = hash_str(&e.previous), .leaf = hash_str(&e.leaf));
    if (rc != ERR_OK)
        return rc;
    p->node_rc = ERR_OK;
    merkle_add(&p->tree, e.leaf, add_node, p);
    p->last = e.leaf;
    return p->node_rc;
}

static enum err place_batch(struct placing *p)
{
    enum err rc = ERR_OK;
    struct sql_trail_take_rows rows;
    TRY(sql_trail_take(p->tx, p->a, &rows, .unit = p->unit, .limit = BATCH));
    for (size_t i = 0; i < rows.n; i++)
        TRY(place_one(p, &rows.v[i]));
    if (rows.n > 0)
        rc = sql_trail_taken(p->tx, NULL, .unit = p->unit, .last_id = rows.v[rows.n - 1].id);
    p->placed = rows.n;
out:
    return rc;
}

static enum err sign_head(struct placing *p)
{
    enum err rc = ERR_OK;
    int64_t now = clock_now_ms();
    struct note_key key;
    struct buf *note = buf_in(p->a);
    struct checkpoint c = {.origin = trail_origin(p->a, p->app, p->unit),
                           .size = p->tree.size,
                           .root = merkle_root(&p->tree)};
    note_key_derive(&key, p->app->key);
    checkpoint_sign(note, &c, &key);
    struct str public_key = str_of((const char *)key.public_key, sizeof key.public_key);
    TRY(sql_trail_key_add(p->tx, NULL, .public_key = public_key, .since_ms = now));
    TRY(sql_trail_checkpoint_add(p->tx, NULL, .unit = p->unit, .size = (int64_t)c.size,
                                 .root = hash_str(&c.root), .at_ms = now, .note = buf_view(note)));
    p->signed_size = (int64_t)c.size;
    p->signed_ms = now;
out:
    sodium_memzero(&key, sizeof key);
    return rc;
}

static enum err place(struct tx *tx, void *arg)
{
    struct placing *p = arg;
    enum err rc = ERR_OK;
    unsigned char peaks[MERKLE_LEVELS * MERKLE_HASH];
    p->tx = tx;
    TRY(load_head(p));
    TRY(place_batch(p));
    bool due = p->sign_now || clock_now_ms() - p->signed_ms >= SIGN_EVERY_MS;
    /* A batch that is full has more behind it: sign when all are placed. */
    if (due && p->placed < BATCH && p->tree.size > (uint64_t)p->signed_size)
        TRY(sign_head(p));
    size_t n = merkle_pack(&p->tree, peaks);
    rc = sql_trail_head_put(tx, NULL, .unit = p->unit, .size = (int64_t)p->tree.size,
                            .last = hash_str(&p->last), .peaks = str_of((const char *)peaks, n),
                            .signed_size = p->signed_size, .signed_ms = p->signed_ms);
out:
    return rc;
}

struct work {
    struct arena *a;
    int64_t signed_before;
    struct sql_trail_work_rows rows;
};

static enum err find_work(struct tx *tx, void *arg)
{
    struct work *w = arg;
    return sql_trail_work(tx, w->a, &w->rows, .signed_before_ms = w->signed_before);
}

static enum err sequence_unit(struct app *app, struct str unit, bool sign_now)
{
    size_t placed;
    do {
        struct placing p = {.app = app, .a = arena_new(), .unit = unit, .sign_now = sign_now};
        enum err rc = db_write(app->db, SCOPE_COUNTRY, place, &p);
        placed = p.placed;
        arena_free(p.a);
        if (rc != ERR_OK)
            return rc;
    } while (placed == BATCH);
    return ERR_OK;
}

enum err trail_sequence(struct app *app, bool sign_now)
{
    struct work w = {.a = arena_new()};
    w.signed_before = sign_now ? INT64_MAX : clock_now_ms() - SIGN_EVERY_MS;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, find_work, &w);
    for (size_t i = 0; rc == ERR_OK && i < w.rows.n; i++)
        rc = sequence_unit(app, w.rows.v[i].unit, sign_now);
    arena_free(w.a);
    return rc;
}
