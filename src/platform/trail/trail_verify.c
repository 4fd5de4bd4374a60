/*
 * Recomputes a log from its entries alone and compares: each leaf with the entry's text, the chain,
 * the tree at the size of every checkpoint, the signatures, and the head. The first difference is
 * named.
 */
#include "platform/core/cli.h"
#include "platform/core/log.h"
#include "platform/trail/trail_internal.h"

#include <errno.h>

enum { PAGE = 1000, MOST_NOTE = 10000 };

struct verifying {
    struct str unit;
    const struct checkpoint *kept;
    struct trail_check *out;
    struct arena *a; /* of a page */
    struct arena *keys_arena;
    struct sql_trail_keys_rows keys;
    struct merkle tree;
    struct hash last;
    int64_t signed_to; /* size of the checkpoint looked at last */
};

static void fault(struct verifying *v, int64_t seq, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fault(struct verifying *v, int64_t seq, const char *format, ...)
{
    va_list args;
    if (v->out->broken)
        return;
    va_start(args, format);
    v->out->broken = true;
    v->out->fault.seq = seq;
    vsnprintf(v->out->fault.text, sizeof v->out->fault.text, format, args);
    va_end(args);
}

static bool is_signed(const struct verifying *v, struct str note)
{
    for (size_t i = 0; i < v->keys.n; i++) {
        struct str key = v->keys.v[i].public_key;
        if (key.n == crypto_sign_PUBLICKEYBYTES &&
            checkpoint_signed_by(note, (const unsigned char *)key.p))
            return true;
    }
    return false;
}

static void check_entry(struct verifying *v, const struct trail_entry *e)
{
    int64_t want = (int64_t)v->tree.size;
    if (e->seq != want) {
        fault(v, want, "entry %lld is missing", (long long)want);
        return;
    }
    struct hash leaf = trail_entry_leaf(e);
    if (!hash_eq(leaf, e->leaf))
        fault(v, want, "entry %lld (%.*s, %.*s) is not what its hash was made of", (long long)want,
              STRF(e->kind), STRF(e->subject));
    else if (!hash_eq(e->previous, v->last))
        fault(v, want, "entry %lld (%.*s, %.*s) does not follow the entry before it",
              (long long)want, STRF(e->kind), STRF(e->subject));
    merkle_add(&v->tree, leaf, NULL, NULL);
    v->last = leaf;
    v->out->entries++;
    if (v->kept && v->kept->size == v->tree.size && !hash_eq(v->kept->root, merkle_root(&v->tree)))
        fault(v, -1, "the first %lld entries are not those of the checkpoint that was kept",
              (long long)v->tree.size);
}

/* A checkpoint must be what the entries up to its size make, and be signed. */
static void check_checkpoint(struct verifying *v, const struct sql_trail_checkpoints_row *row)
{
    struct checkpoint c;
    struct hash root = merkle_root(&v->tree), stored;
    v->signed_to = row->size;
    v->out->checkpoints++;
    if (checkpoint_read(row->note, &c) != ERR_OK || c.size != (uint64_t)row->size ||
        !hash_from(&stored, row->root) || !hash_eq(stored, c.root))
        fault(v, -1, "the checkpoint of size %lld is damaged", (long long)row->size);
    else if (!hash_eq(c.root, root))
        fault(v, -1, "the checkpoint of size %lld signed other entries than are there now",
              (long long)row->size);
    else if (!is_signed(v, row->note))
        fault(v, -1, "the checkpoint of size %lld bears no valid signature", (long long)row->size);
}

/* Entries up to (without) `to`, a page at a time; stops early when they end. */
static enum err check_entries(struct tx *tx, struct verifying *v, int64_t to)
{
    while (!v->out->broken && (int64_t)v->tree.size < to) {
        struct trail_entries page;
        int64_t left = to - (int64_t)v->tree.size;
        arena_reset(v->a);
        enum err rc = trail_list(tx, v->a, v->unit, (int64_t)v->tree.size,
                                 left < PAGE ? (int)left : PAGE, &page);
        if (rc != ERR_OK)
            return rc;
        for (size_t i = 0; i < page.n && !v->out->broken; i++)
            check_entry(v, &page.v[i]);
        if (page.n == 0)
            break;
    }
    return ERR_OK;
}

static enum err check_signed_part(struct tx *tx, struct verifying *v)
{
    enum err rc = ERR_OK;
    struct arena *a = arena_new();
    for (bool more = true; more && !v->out->broken;) {
        struct sql_trail_checkpoints_rows rows;
        arena_reset(a);
        TRY(sql_trail_checkpoints(tx, a, &rows, .unit = v->unit, .above = v->signed_to,
                                  .limit = PAGE));
        more = rows.n == PAGE;
        for (size_t i = 0; i < rows.n && !v->out->broken; i++) {
            TRY(check_entries(tx, v, rows.v[i].size));
            if (!v->out->broken && (int64_t)v->tree.size < rows.v[i].size)
                fault(v, (int64_t)v->tree.size,
                      "entry %lld is missing: a checkpoint of size %lld was signed",
                      (long long)v->tree.size, (long long)rows.v[i].size);
            if (!v->out->broken)
                check_checkpoint(v, &rows.v[i]);
        }
    }
out:
    arena_free(a);
    return rc;
}

static enum err check_head(struct tx *tx, struct verifying *v)
{
    struct sql_trail_head_get_row head;
    unsigned char peaks[MERKLE_LEVELS * MERKLE_HASH];
    enum err rc = sql_trail_head_get(tx, v->a, &head, .unit = v->unit);
    if (rc == ERR_NOT_FOUND) {
        if (v->tree.size > 0)
            fault(v, -1, "the head of the log is missing");
        return ERR_OK;
    }
    if (rc != ERR_OK)
        return rc;
    size_t n = merkle_pack(&v->tree, peaks);
    if ((uint64_t)head.size > v->tree.size)
        fault(v, (int64_t)v->tree.size, "entry %lld is missing: the log had %lld",
              (long long)v->tree.size, (long long)head.size);
    else if (head.size != (int64_t)v->tree.size ||
             !str_eq(head.peaks, str_of((const char *)peaks, n)) ||
             !str_eq(head.last, hash_str(&v->last)))
        fault(v, -1, "the head of the log does not fit its entries");
    else if (head.signed_size > v->signed_to)
        fault(v, -1, "the checkpoint of size %lld is missing", (long long)head.signed_size);
    return ERR_OK;
}

static enum err verify(struct tx *tx, void *arg)
{
    struct verifying *v = arg;
    enum err rc = ERR_OK;
    *v->out = (struct trail_check){.fault.seq = -1};
    v->tree = (struct merkle){0};
    v->last = (struct hash){{0}};
    v->signed_to = 0;
    TRY(sql_trail_keys(tx, v->keys_arena, &v->keys));
    TRY(check_signed_part(tx, v));
    TRY(check_entries(tx, v, INT64_MAX));
    if (!v->out->broken)
        TRY(check_head(tx, v));
    if (v->kept && v->kept->size > v->tree.size)
        fault(v, (int64_t)v->tree.size, "entry %lld is missing: the checkpoint kept has %llu",
              (long long)v->tree.size, (unsigned long long)v->kept->size);
out:
    return rc;
}

enum err trail_verify(struct app *app, struct str unit, const struct checkpoint *kept,
                      struct trail_check *out)
{
    struct verifying v = {
        .unit = unit, .kept = kept, .out = out, .a = arena_new(), .keys_arena = arena_new()};
    enum err rc = db_read(app->db, SCOPE_COUNTRY, verify, &v);
    arena_free(v.a);
    arena_free(v.keys_arena);
    return rc;
}

/* --- the command --- */

struct all_units {
    struct arena *a;
    struct sql_trail_units_rows rows;
};

static enum err list_units(struct tx *tx, void *arg)
{
    struct all_units *u = arg;
    return sql_trail_units(tx, u->a, &u->rows);
}

/* The kept checkpoint, with a signature of ours. */
static int read_kept(struct app *app, const char *path, struct buf *text, struct checkpoint *out)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        cli_say("cannot read %s: %s", path, strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    text->n = fread(buf_reserve(text, MOST_NOTE), 1, MOST_NOTE, file);
    fclose(file);
    struct note_key key;
    note_key_derive(&key, app->key);
    bool ours = checkpoint_signed_by(buf_view(text), key.public_key);
    sodium_memzero(&key, sizeof key);
    if (checkpoint_read(buf_view(text), out) != ERR_OK) {
        cli_say("%s is no checkpoint", path);
        return EXIT_FAULT;
    }
    if (!ours)
        cli_say("note: %s is not signed with the present key of this installation", path);
    return EXIT_DONE;
}

static int verify_one(struct app *app, struct str unit, const struct checkpoint *kept)
{
    struct trail_check check;
    enum err rc = trail_verify(app, unit, kept, &check);
    if (rc != ERR_OK) {
        cli_say("%.*s: the log cannot be read (%s)", STRF(unit), err_name(rc));
        return cli_exit(rc);
    }
    if (check.broken) {
        printf("%.*s: BROKEN: %s\n", STRF(unit), check.fault.text);
        return EXIT_FAULT;
    }
    printf("%.*s: whole, %lld entries, %lld checkpoints\n", STRF(unit), (long long)check.entries,
           (long long)check.checkpoints);
    return EXIT_DONE;
}

int trail_command_verify(struct app *app, int argc, char **argv)
{
    const char *path = NULL;
    struct buf text = BUF_EMPTY;
    struct checkpoint kept;
    if (!cli_value(&argc, argv, "--checkpoint", &path) || !cli_arguments(&argc, argv, 0, 1))
        return EXIT_BAD_USAGE;
    if (path && argc == 0) {
        cli_say("a checkpoint belongs to one municipality: name it");
        return EXIT_BAD_USAGE;
    }
    if (sodium_init() < 0)
        return EXIT_ENVIRONMENT;
    int code = path ? read_kept(app, path, &text, &kept) : EXIT_DONE;
    if (code == EXIT_DONE && argc == 1) {
        code = verify_one(app, str_from(argv[0]), path ? &kept : NULL);
    } else if (code == EXIT_DONE) {
        struct all_units all = {.a = arena_new()};
        enum err rc = db_read(app->db, SCOPE_COUNTRY, list_units, &all);
        code = rc == ERR_OK ? EXIT_DONE : cli_exit(rc);
        for (size_t i = 0; rc == ERR_OK && i < all.rows.n; i++) {
            int one = verify_one(app, all.rows.v[i].unit, NULL);
            code = one > code ? one : code;
        }
        if (rc == ERR_OK && all.rows.n == 0)
            printf("There is nothing in any log yet.\n");
        arena_free(all.a);
    }
    buf_free(&text);
    return code;
}
