/* Entries written, listed and proved; see trail.h. Sequencing is in trail_sequence.c. */
#include "platform/core/log.h"
#include "platform/trail/trail_internal.h"

enum { SALT = 16, MOST_OF_SUBJECT = 1000 };

static struct hash commit(struct str salt, struct str payload)
{
    struct hash h;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)salt.p, salt.n);
    crypto_hash_sha256_update(&state, (const unsigned char *)payload.p, payload.n);
    crypto_hash_sha256_final(&state, h.b);
    return h;
}

/* Lines of an entry's text end where a line break stands, so codes must not hold one. */
static bool is_one_line(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ')
            return false;
    return s.n <= 100;
}

enum err trail_append(struct tx *tx, struct str unit, const char *kind, struct str subject,
                      struct str payload, int64_t *id)
{
    unsigned char salt[SALT];
    enum err rc = ERR_OK;
    int64_t new_id = id_new();
    INVARIANT(is_one_line(str_from(kind)) && is_one_line(subject));
    random_fill(salt, sizeof salt);
    struct str secret = str_of((const char *)salt, sizeof salt);
    struct hash commitment = commit(secret, payload);
    TRY(sql_trail_add(tx, NULL, .unit = unit, .id = new_id, .at_ms = clock_now_ms(),
                      .kind = str_from(kind), .subject = subject,
                      .commitment = hash_str(&commitment)));
    TRY(sql_trail_salt_add(tx, NULL, .unit = unit, .id = new_id, .salt = secret));
    if (id)
        *id = new_id;
out:
    return rc;
}

enum err trail_matches(struct tx *tx, struct str unit, int64_t id, struct str payload, bool *same)
{
    struct sql_trail_salt_get_row salt;
    struct sql_trail_commitment_row row;
    struct arena *a = arena_new();
    enum err rc = ERR_OK;
    TRY(sql_trail_salt_get(tx, a, &salt, .unit = unit, .id = id));
    TRY(sql_trail_commitment(tx, a, &row, .unit = unit, .id = id));
    struct hash h = commit(salt.salt, payload);
    *same = str_eq(row.commitment, hash_str(&h));
out:
    arena_free(a);
    return rc;
}

enum err trail_forget(struct tx *tx, struct str unit, int64_t id)
{
    return sql_trail_salt_drop(tx, NULL, .unit = unit, .id = id);
}

/* --- the text of an entry --- */

void trail_entry_text(struct buf *out, const struct trail_entry *e)
{
    buf_printf(out, "aimak-trail-v1\n%.*s\n%lld\n%lld\n%.*s\n%.*s\n", STRF(e->unit),
               (long long)e->seq, (long long)e->at_ms, STRF(e->kind), STRF(e->subject));
    buf_hex(out, e->commitment.b, MERKLE_HASH);
    buf_char(out, '\n');
    buf_hex(out, e->previous.b, MERKLE_HASH);
    buf_char(out, '\n');
}

struct hash trail_entry_leaf(const struct trail_entry *e)
{
    struct buf text = BUF_EMPTY;
    trail_entry_text(&text, e);
    struct hash leaf = merkle_leaf(buf_view(&text));
    buf_free(&text);
    return leaf;
}

struct str trail_origin(struct arena *a, const struct app *app, struct str unit)
{
    struct str host = str_from(app->public_url);
    ptrdiff_t at = str_find(host, STR("://"));
    if (at >= 0)
        host = str_slice(host, (size_t)at + 3, host.n);
    return arena_printf(a, "%.*s/trail/%.*s", STRF(host), STRF(unit));
}

void trail_key_text(struct buf *out, const struct app *app, struct str unit)
{
    struct arena *a = arena_new();
    struct note_key key;
    note_key_derive(&key, app->key);
    note_key_text(out, trail_origin(a, app, unit), key.public_key);
    sodium_memzero(&key, sizeof key);
    arena_free(a);
}

/* --- reading --- */

/* A stored hash of another length is kept as zeros: no check will find it right. */
#define COPY_ENTRY(out, row)                                                                       \
    do {                                                                                           \
        *(out) = (struct trail_entry){.unit = (row)->unit,                                         \
                                      .seq = (row)->seq,                                           \
                                      .at_ms = (row)->at_ms,                                       \
                                      .kind = (row)->kind,                                         \
                                      .subject = (row)->subject};                                  \
        (void)hash_from(&(out)->commitment, (row)->commitment);                                    \
        (void)hash_from(&(out)->previous, (row)->previous);                                        \
        (void)hash_from(&(out)->leaf, (row)->leaf);                                                \
    } while (0)

enum err trail_list(struct tx *tx, struct arena *a, struct str unit, int64_t from_seq, int limit,
                    struct trail_entries *out)
{
    struct sql_trail_range_rows rows;
    *out = (struct trail_entries){0};
    enum err rc = sql_trail_range(tx, a, &rows, .unit = unit, .from_seq = from_seq, .limit = limit);
    if (rc != ERR_OK)
        return rc;
    out->v = ARENA_ARRAY(a, struct trail_entry, rows.n);
    for (; out->n < rows.n; out->n++)
        COPY_ENTRY(&out->v[out->n], &rows.v[out->n]);
    return ERR_OK;
}

enum err trail_of_subject(struct tx *tx, struct arena *a, struct str unit, struct str subject,
                          struct trail_entries *out)
{
    struct sql_trail_subject_rows rows;
    *out = (struct trail_entries){0};
    enum err rc =
        sql_trail_subject(tx, a, &rows, .unit = unit, .subject = subject, .limit = MOST_OF_SUBJECT);
    if (rc != ERR_OK)
        return rc;
    out->v = ARENA_ARRAY(a, struct trail_entry, rows.n);
    for (; out->n < rows.n; out->n++)
        COPY_ENTRY(&out->v[out->n], &rows.v[out->n]);
    return ERR_OK;
}

enum err trail_latest(struct tx *tx, struct arena *a, struct str unit, struct trail_checkpoint *out)
{
    struct sql_trail_checkpoint_last_rows rows;
    enum err rc = sql_trail_checkpoint_last(tx, a, &rows, .unit = unit);
    if (rc != ERR_OK)
        return rc;
    if (rows.n == 0)
        return ERR_NOT_FOUND;
    *out = (struct trail_checkpoint){
        .size = rows.v[0].size, .at_ms = rows.v[0].at_ms, .note = rows.v[0].note};
    return hash_from(&out->root, rows.v[0].root) ? ERR_OK : ERR_PARSE;
}

/* --- proofs --- */

/* The root over a range of leaves that a proof asks for: one stored node where the range is a whole
 * subtree, else made of its two halves. */
static enum err range_root(struct tx *tx, struct arena *a, struct str unit, struct merkle_range r,
                           struct hash *out)
{
    enum err rc = ERR_OK;
    uint64_t n = r.to - r.from;
    struct sql_trail_node_get_row node;
    struct sql_trail_leaf_get_row leaf;
    struct hash left, right;
    if (n == 1) {
        TRY(sql_trail_leaf_get(tx, a, &leaf, .unit = unit, .seq = (int64_t)r.from));
        return hash_from(out, leaf.leaf) ? ERR_OK : ERR_PARSE;
    }
    if ((n & (n - 1)) == 0) {
        int level = __builtin_ctzll(n);
        TRY(sql_trail_node_get(tx, a, &node, .unit = unit, .level = level,
                               .position = (int64_t)(r.from >> level)));
        return hash_from(out, node.hash) ? ERR_OK : ERR_PARSE;
    }
    uint64_t half = UINT64_C(1) << (63 - __builtin_clzll(n - 1));
    TRY(range_root(tx, a, unit, (struct merkle_range){r.from, r.from + half}, &left));
    TRY(range_root(tx, a, unit, (struct merkle_range){r.from + half, r.to}, &right));
    *out = merkle_parent(left, right);
out:
    return rc;
}

enum err trail_prove(struct tx *tx, struct arena *a, struct str unit, int64_t seq,
                     struct trail_proof *out)
{
    enum err rc = ERR_OK;
    struct trail_entries entries;
    struct merkle_range ranges[MERKLE_LEVELS];
    *out = (struct trail_proof){.n = 0};
    TRY(trail_latest(tx, a, unit, &out->checkpoint));
    if (seq < 0 || seq >= out->checkpoint.size)
        return ERR_NOT_FOUND;
    TRY(trail_list(tx, a, unit, seq, 1, &entries));
    if (entries.n == 0 || entries.v[0].seq != seq)
        return ERR_NOT_FOUND;
    out->entry = entries.v[0];
    int n = merkle_path((uint64_t)seq, (uint64_t)out->checkpoint.size, ranges);
    for (int i = 0; i < n; i++)
        TRY(range_root(tx, a, unit, ranges[i], &out->path[out->n++]));
    /* A proof that does not prove would accuse us: look into it instead of giving it out. */
    if (!merkle_proves(out->entry.leaf, (uint64_t)seq, (uint64_t)out->checkpoint.size, out->path,
                       out->n, out->checkpoint.root)) {
        LOG(LOG_ERROR, "trail.broken", LOG_S("unit", unit), LOG_I("seq", seq));
        rc = ERR_CONFLICT;
    }
out:
    return rc;
}

/* --- the slice --- */

static enum err run_sequence(struct app *app, struct arena *a)
{
    (void)a;
    return trail_sequence(app, false);
}

static enum err read_waiting(struct tx *tx, void *arg)
{
    return sql_trail_waiting(tx, NULL, arg);
}

static enum err doctor(struct app *app, struct buf *out, int *faults)
{
    struct sql_trail_waiting_row row;
    int64_t ran_ms = 0;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, read_waiting, &row);
    if (rc == ERR_OK)
        rc = schedule_last_run(app, "trail_sequence", &ran_ms);
    if (rc != ERR_OK)
        return rc;
    int64_t now = clock_now_ms(), age = row.oldest_ms.set ? now - row.oldest_ms.v : 0;
    /* The schedule places them within a minute. A program that was stopped before it could does so
     * when it serves again. */
    bool works = now - ran_ms < MS_HOUR;
    if (age > MS_DAY || (age > MS_HOUR && works)) {
        buf_printf(out,
                   "%lld entries of the public log wait for their place, the oldest for %lld "
                   "minutes: do the background jobs run?\n",
                   (long long)row.n, (long long)(age / MS_MINUTE));
        (*faults)++;
    }
    return ERR_OK;
}

static void metrics(struct app *app, struct buf *out)
{
    struct sql_trail_waiting_row row;
    if (db_read(app->db, SCOPE_COUNTRY, read_waiting, &row) == ERR_OK)
        buf_printf(out, "# TYPE aimak_trail_waiting gauge\naimak_trail_waiting %lld\n",
                   (long long)row.n);
}

static enum err start(struct app *app)
{
    (void)app;
    return sodium_init() < 0 ? ERR_CONFIG : ERR_OK;
}

static const struct schedule_def schedules[] = {
    {.name = "trail_sequence", .every_ms = MS_MINUTE, .run = run_sequence}};

static const struct command commands[] = {
    {.name = "verify trail",
     .usage = "[UNIT] [--checkpoint FILE]",
     .summary = "Recompute the public log and name the first entry that was changed",
     .help = "Recomputes every hash, the tree and the signatures of the municipality's log, or of "
             "all logs.\n"
             "With --checkpoint the log is also held against a checkpoint that somebody saved "
             "outside\n"
             "(from /m/UNIT/trail/checkpoint): only this tells when a whole log was written "
             "anew.\n"
             "Exit code 1 when a log is broken.\n\n"
             "Examples:\n"
             "  aimak verify trail\n"
             "  aimak verify trail 41702205600000 --checkpoint /media/usb/checkpoint.txt\n",
     .run = trail_command_verify,
     .needs_db = true,
     .reads_only = true}};

const struct slice trail_slice = {
    .name = "trail",
    .migrations = trail_migrations,
    .queries = trail_queries,
    .routes = trail_routes,
    .route_count = TRAIL_ROUTES,
    .schedules = schedules,
    .schedule_count = COUNT_OF(schedules),
    .commands = commands,
    .command_count = COUNT_OF(commands),
    .start = start,
    .doctor = doctor,
    .metrics = metrics,
};
