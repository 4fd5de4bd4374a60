/*
 * Backups: what comes back is what went in, between any two engines; damage is seen before anything
 * is touched; a restore happens as a whole or not at all.
 */
#include "platform/store/fixture_test.h"

#include "platform/core/buf.h"
#include "platform/core/log.h"
#include "platform/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zip.h>

/* A second migration brings a seed row, a self-reference and keys that are not deferrable. */
static const struct migration tree_migration = {
    .slice = "fixture",
    .number = 2,
    .name = "002_tree",
    .sqlite =
        "CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES node (id),"
        " \"odd \"\"name\" TEXT NOT NULL) STRICT;\n"
        "CREATE TABLE leaf (node INTEGER NOT NULL REFERENCES node (id), place INTEGER NOT NULL,"
        " twice INTEGER GENERATED ALWAYS AS (place * 2) STORED,"
        " PRIMARY KEY (node, place)) STRICT;\n"
        "CREATE VIEW leaves AS SELECT count(*) AS n FROM leaf;\n"
        "INSERT INTO node VALUES (1, NULL, 'seed');",
    .postgres =
        "CREATE TABLE node (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES node (id),"
        " \"odd \"\"name\" TEXT NOT NULL);\n"
        "CREATE TABLE leaf (node BIGINT NOT NULL REFERENCES node (id), place BIGINT NOT NULL,"
        " twice BIGINT GENERATED ALWAYS AS (place * 2) STORED, PRIMARY KEY (node, place));\n"
        "CREATE VIEW leaves AS SELECT count(*) AS n FROM leaf;\n"
        "INSERT INTO node VALUES (1, NULL, 'seed');",
};
static const struct migration later_migration = {
    .slice = "fixture",
    .number = 3,
    .name = "003_later",
    .sqlite = "ALTER TABLE node ADD COLUMN later INTEGER NOT NULL DEFAULT 5;",
    .postgres = "ALTER TABLE node ADD COLUMN later BIGINT NOT NULL DEFAULT 5;",
};
static const struct migration *const migrations[] = {&fixture_migration, &tree_migration,
                                                     &later_migration};

#define ITEMS 1234
#define PHOTO "\xff\xd8\xff jpeg, or nearly so"

static const enum db_type node_types[] = {DB_I64, DB_I64, DB_STR};
static const enum db_type leaf_types[] = {DB_I64, DB_I64};
static const enum db_type number[] = {DB_I64};
static const struct db_query node_put = {
    .name = "node_put",
    .sqlite = "INSERT INTO node (id, parent, \"odd \"\"name\") VALUES (?1, ?2, ?3)"
              " ON CONFLICT (id) DO UPDATE SET parent = ?2, \"odd \"\"name\" = ?3",
    .postgres = "INSERT INTO node (id, parent, \"odd \"\"name\") VALUES ($1, $2, $3)"
                " ON CONFLICT (id) DO UPDATE SET parent = $2, \"odd \"\"name\" = $3",
    .in = node_types,
    .in_count = 3,
    .writes = true,
};
static const struct db_query leaf_put = {
    .name = "leaf_put",
    .sqlite = "INSERT INTO leaf (node, place) VALUES (?1, ?2)",
    .postgres = "INSERT INTO leaf (node, place) VALUES ($1, $2)",
    .in = leaf_types,
    .in_count = 2,
    .writes = true,
};
static const struct db_query node_all = {
    .name = "node_all",
    .sqlite = "SELECT id, parent, \"odd \"\"name\" FROM node ORDER BY id",
    .postgres = "SELECT id, parent, \"odd \"\"name\" FROM node ORDER BY id",
    .out = node_types,
    .out_count = 3,
};
static const struct db_query leaf_sum = {
    .name = "leaf_sum",
    .sqlite = "SELECT coalesce(sum(twice), 0) + (SELECT n FROM leaves) FROM leaf",
    .postgres = "SELECT coalesce(sum(twice), 0) + (SELECT n FROM leaves) FROM leaf",
    .out = number,
    .out_count = 1,
};
static const struct db_query node_later = {
    .name = "node_later",
    .sqlite = "SELECT sum(later) FROM node",
    .postgres = "SELECT sum(later) FROM node",
    .out = number,
    .out_count = 1,
};

/* Awkward values: quotes, control characters, the ends of the number ranges, zero bytes. */
static enum err fill_fn(struct tx *tx, void *arg)
{
    static const double weights[] = {0.1, -7.0, 2.0, 1e300, 5e-324, 123456789.123456789};
    char body[40];
    enum err rc;
    (void)arg;
    for (int64_t i = 0; i < ITEMS; i++) {
        struct str word = STR_NULL;
        char text[80];
        if (i % 3) {
            int n =
                snprintf(text, sizeof text, "сөз \"%lld\" \\ \n\t\x01\x7f ңөү '{}", (long long)i);
            word = str_of(text, (size_t)n);
        }
        for (size_t k = 0; k < sizeof body; k++)
            body[k] = (char)(k * 7 + (size_t)i);
        int64_t id = i == 0 ? INT64_MIN : i == 1 ? INT64_MAX : i * 1000003;
        TRY(tx_run(tx, &item_insert,
                   (struct db_value[]){V_STR(i % 2 ? UNIT : OTHER_UNIT), V_I64(id), V_STR(word),
                                       i % 5 ? V_F64(weights[i % 6]) : V_NULL(DB_F64),
                                       i % 7 ? V_BLOB(str_of(body, (size_t)i % sizeof body))
                                             : V_NULL(DB_BLOB)},
                   NULL, NULL, NULL));
        if (i % 4 == 0)
            TRY(tx_run(tx, &part_insert,
                       (struct db_value[]){V_STR(i % 2 ? UNIT : OTHER_UNIT), V_I64(i), V_I64(id)},
                       NULL, NULL, NULL));
    }
    /* Children before parents, and the seed row changed. */
    TRY(tx_run(tx, &node_put, (struct db_value[]){V_I64(9), V_NULL(DB_I64), V_STR(STR("root"))},
               NULL, NULL, NULL));
    TRY(tx_run(tx, &node_put, (struct db_value[]){V_I64(2), V_I64(9), V_STR(STR("child"))}, NULL,
               NULL, NULL));
    TRY(tx_run(tx, &node_put, (struct db_value[]){V_I64(1), V_I64(2), V_STR(STR("not seed"))}, NULL,
               NULL, NULL));
    for (int64_t i = 0; i < 3; i++)
        TRY(tx_run(tx, &leaf_put, (struct db_value[]){V_I64(9), V_I64(i)}, NULL, NULL, NULL));
out:
    return rc;
}

/* All rows of item and node as text, in an order that both engines share. */
static const struct db_query item_all = {
    .name = "item_all",
    .sqlite = "SELECT unit, id, word, weight, body FROM item ORDER BY id",
    .postgres = "SELECT unit, id, word, weight, body FROM item ORDER BY id",
    .out = (enum db_type[]){DB_STR, DB_I64, DB_STR, DB_F64, DB_BLOB},
    .out_count = 5,
};

static enum err print_row(void *arg, const struct db_value *v, int n)
{
    struct buf *b = arg;
    for (int i = 0; i < n; i++) {
        if (v[i].null)
            buf_cstr(b, "NULL");
        else if (v[i].type == DB_I64)
            buf_i64(b, v[i].i);
        else if (v[i].type == DB_F64)
            buf_hex(b, &v[i].f, sizeof v[i].f);
        else
            buf_hex(b, v[i].s.p, v[i].s.n);
        buf_char(b, i + 1 < n ? '|' : '\n');
    }
    return ERR_OK;
}

static enum err print_item(void *arg, const struct db_value *v)
{
    return print_row(arg, v, 5);
}

static enum err print_node(void *arg, const struct db_value *v)
{
    return print_row(arg, v, 3);
}

static enum err print_number(void *arg, const struct db_value *v)
{
    return print_row(arg, v, 1);
}

static enum err print_all_fn(struct tx *tx, void *arg)
{
    enum err rc;
    TRY(tx_run(tx, &item_all, NULL, print_item, arg, NULL));
    TRY(tx_run(tx, &node_all, NULL, print_node, arg, NULL));
    TRY(tx_run(tx, &leaf_sum, NULL, print_number, arg, NULL));
out:
    return rc;
}

static struct buf print_all(struct db *db)
{
    struct buf b = BUF_EMPTY;
    assert_int_equal(db_read(db, SCOPE_COUNTRY, print_all_fn, &b), ERR_OK);
    return b;
}

/* --- folders --------------------------------------------------------------------------------- */

static char root[64];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *in_root(const char *name)
{
    static char paths[8][200];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

static void put_file(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(in_root(name), "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static bool file_is(const char *name, const void *bytes, size_t n)
{
    char have[1000];
    FILE *f = fopen(in_root(name), "r");
    if (!f)
        return false;
    size_t got = fread(have, 1, sizeof have, f);
    fclose(f);
    return got == n && memcmp(have, bytes, n) == 0;
}

static bool exists(const char *name)
{
    return access(in_root(name), F_OK) == 0;
}

static int make_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/aimak-backup-XXXXXX");
    return mkdtemp(root) && mkdir(in_root("data"), 0700) == 0 &&
                   mkdir(in_root("data/ab"), 0700) == 0 && mkdir(in_root("back"), 0700) == 0
               ? 0
               : -1;
}

static int drop_root(void **state)
{
    (void)state;
    remove_tree(root);
    return 0;
}

static struct db *open_migrated(const struct scratch_place *p, size_t level)
{
    struct db *db = NULL;
    log_set_level(LOG_ERROR);
    assert_int_equal(db_open(&db, str_from(p->url), NULL), ERR_OK);
    if (level)
        assert_int_equal(migrate_up(db, migrations, level, NULL), ERR_OK);
    return db;
}

static void put_files(void)
{
    put_file("data/ab/photo", PHOTO, sizeof PHOTO);
    put_file("data/key", "0123456789abcdef", 16);
    put_file("data/empty", "", 0);
    (void)!symlink("/etc/hostname", in_root("data/link"));
}

struct ticks {
    int calls;
    int64_t done, total;
};

static void count_ticks(void *arg, const char *what, int64_t done, int64_t total)
{
    struct ticks *t = arg;
    t->calls++;
    if (strcmp(what, "rows") == 0) {
        t->done = done;
        t->total = total;
    }
}

/* --- the tests ------------------------------------------------------------------------------- */

struct pair {
    bool from_postgres, to_postgres;
    const char *name;
};

static void round_trip(void **state)
{
    const struct pair *pair = *state;
    struct scratch_place from, to;
    struct ticks ticks = {0};
    assert_true(place_make(&from, pair->from_postgres) && place_make(&to, pair->to_postgres));
    struct db *a = open_migrated(&from, 2), *b = open_migrated(&to, 0);
    assert_int_equal(db_write(a, SCOPE_COUNTRY, fill_fn, NULL), ERR_OK);
    put_files();

    assert_int_equal(backup_write(a, in_root("data"), in_root("one.zip"),
                                  &(struct backup_progress){count_ticks, &ticks}),
                     ERR_OK);
    assert_true(ticks.calls > 0 && ticks.done == ticks.total && ticks.total > ITEMS);
    assert_false(exists("one.zip.partial"));
    struct stat st;
    assert_int_equal(stat(in_root("one.zip"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(backup_check(in_root("one.zip"), NULL), ERR_OK);

    /* Into a newer program: restored at the backup's level, then migrated up. */
    assert_int_equal(backup_restore(b, migrations, 3, in_root("back"), in_root("one.zip"), NULL),
                     ERR_OK);
    struct buf before = print_all(a), after = print_all(b);
    assert_int_equal(before.n, after.n);
    assert_memory_equal(before.p, after.p, before.n);
    assert_true(before.n > 100000);
    buf_free(&before);
    buf_free(&after);
    assert_true(file_is("back/ab/photo", PHOTO, sizeof PHOTO));
    assert_true(file_is("back/key", "0123456789abcdef", 16));
    assert_true(file_is("back/empty", "", 0));
    assert_false(exists("back/link") || exists("back/.restore-unfinished"));
    int pending = -1;
    assert_int_equal(migrate_pending(b, migrations, 3, &pending), ERR_OK);
    assert_int_equal(pending, 0);
    /* Foreign keys hold again. */
    db_close(a);
    db_close(b);
    place_remove(&from);
    place_remove(&to);
}

static enum err bad_leaf_fn(struct tx *tx, void *arg)
{
    (void)arg;
    return tx_run(tx, &leaf_put, (struct db_value[]){V_I64(404), V_I64(0)}, NULL, NULL, NULL);
}

static enum err add_node_fn(struct tx *tx, void *arg)
{
    (void)arg;
    return tx_run(tx, &node_put, (struct db_value[]){V_I64(77), V_NULL(DB_I64), V_STR(STR("x"))},
                  NULL, NULL, NULL);
}

static enum err later_sum_fn(struct tx *tx, void *arg)
{
    return tx_run(tx, &node_later, NULL, put_number, arg, NULL);
}

static void restore_refuses_what_is_not_empty(void **state)
{
    const struct pair *pair = *state;
    struct scratch_place from, to, third;
    int64_t sum = 0;
    assert_true(place_make(&from, pair->from_postgres) && place_make(&to, pair->to_postgres) &&
                place_make(&third, pair->to_postgres));
    struct db *a = open_migrated(&from, 2), *b = open_migrated(&to, 0);
    assert_int_equal(db_write(a, SCOPE_COUNTRY, fill_fn, NULL), ERR_OK);
    put_files();
    assert_int_equal(backup_write(a, in_root("data"), in_root("one.zip"), NULL), ERR_OK);

    put_file("back/own", "mine", 4);
    assert_int_equal(backup_restore(b, migrations, 3, in_root("back"), in_root("one.zip"), NULL),
                     ERR_CONFLICT);
    assert_true(file_is("back/own", "mine", 4) && !exists("back/key"));
    unlink(in_root("back/own"));

    /* An older program does not know the backup's migrations. */
    assert_int_equal(backup_restore(b, migrations, 1, in_root("back"), in_root("one.zip"), NULL),
                     ERR_CONFIG);
    /* A used database is left alone. */
    struct db *c = open_migrated(&third, 2);
    assert_int_equal(db_write(c, SCOPE_COUNTRY, add_node_fn, NULL), ERR_OK);
    assert_int_equal(backup_restore(c, migrations, 2, in_root("back"), in_root("one.zip"), NULL),
                     ERR_CONFLICT);
    assert_false(exists("back/key") || exists("back/.restore-unfinished"));

    assert_int_equal(backup_restore(b, migrations, 3, in_root("back"), in_root("one.zip"), NULL),
                     ERR_OK);
    assert_int_equal(db_read(b, SCOPE_COUNTRY, later_sum_fn, &sum), ERR_OK);
    assert_int_equal(sum, 15);
    assert_int_equal(db_write(b, SCOPE_COUNTRY, bad_leaf_fn, NULL), ERR_CONFLICT);
    db_close(a);
    db_close(b);
    db_close(c);
    place_remove(&from);
    place_remove(&to);
    place_remove(&third);
}

/* Replaces a member's bytes and leaves the rest of the archive as it is. */
static void tamper(const char *member, const char *bytes)
{
    int code;
    zip_t *zip = zip_open(in_root("bad.zip"), 0, &code);
    assert_non_null(zip);
    zip_source_t *source = zip_source_buffer(zip, bytes, strlen(bytes), 0);
    assert_true(zip_file_add(zip, member, source, ZIP_FL_OVERWRITE) >= 0);
    assert_int_equal(zip_close(zip), 0);
}

static void copy_to_bad(void)
{
    char command[500];
    snprintf(command, sizeof command, "cp %s %s", in_root("one.zip"), in_root("bad.zip"));
    assert_int_equal(system(command), 0);
}

static void damage_is_found_before_anything_changes(void **state)
{
    const struct pair *pair = *state;
    struct scratch_place from, to;
    struct stat st;
    assert_true(place_make(&from, pair->from_postgres) && place_make(&to, pair->to_postgres));
    struct db *a = open_migrated(&from, 2), *b = open_migrated(&to, 0);
    assert_int_equal(db_write(a, SCOPE_COUNTRY, fill_fn, NULL), ERR_OK);
    put_files();
    assert_int_equal(backup_write(a, in_root("data"), in_root("one.zip"), NULL), ERR_OK);
    assert_int_equal(stat(in_root("one.zip"), &st), 0);

    /* Flip one byte at many places. Some mean nothing (a name that is written twice, a date); then
     * the check has compared every hash. */
    int found = 0, flips = 0;
    for (int64_t at = 40; at < st.st_size; at += st.st_size / 60) {
        unsigned char c;
        copy_to_bad();
        int fd = open(in_root("bad.zip"), O_RDWR);
        assert_int_equal(pread(fd, &c, 1, at), 1);
        c ^= 0x20;
        assert_int_equal(pwrite(fd, &c, 1, at), 1);
        close(fd);
        flips++;
        if (backup_check(in_root("bad.zip"), NULL) == ERR_OK)
            continue;
        found++;
        assert_int_equal(
            backup_restore(b, migrations, 2, in_root("back"), in_root("bad.zip"), NULL), ERR_PARSE);
    }
    assert_true(found * 10 > flips * 8);
    for (int64_t cut = 1; cut < st.st_size; cut *= 5) {
        copy_to_bad();
        assert_int_equal(truncate(in_root("bad.zip"), st.st_size - cut), 0);
        assert_int_equal(
            backup_restore(b, migrations, 2, in_root("back"), in_root("bad.zip"), NULL), ERR_PARSE);
    }
    static const struct {
        const char *member, *bytes;
    } wrong[] = {
        {"tables/node.jsonl", "{\"id\":1,\"parent\":null,\"odd \\\"name\":\"x\"}\n"},
        {"files/key", "another key"},
        {"manifest.json", "{}"},
        {"manifest.json",
         "{\"format\":\"aimak-backup\",\"version\":1,\"migrations\":[],\"tables\":[],"
         "\"files\":[{\"name\":\"../../etc/x\",\"bytes\":0,\"sha256\":"
         "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}]}"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        copy_to_bad();
        tamper(wrong[i].member, wrong[i].bytes);
        assert_int_equal(
            backup_restore(b, migrations, 2, in_root("back"), in_root("bad.zip"), NULL), ERR_PARSE);
    }
    assert_false(exists("back/key") || exists("back/.restore-unfinished"));
    int pending = 0;
    assert_int_equal(migrate_pending(b, migrations, 2, &pending), ERR_OK);
    assert_int_equal(pending, 2);
    assert_int_equal(backup_check(in_root("nowhere.zip"), NULL), ERR_IO);
    db_close(a);
    db_close(b);
    place_remove(&from);
    place_remove(&to);
}

/* A restore whose progress calls _exit at the n-th tick: whatever the moment, running it again
 * gives the whole. */
static int ticks_left;

static void die_at_tick(void *arg, const char *what, int64_t done, int64_t total)
{
    (void)arg;
    (void)done;
    (void)total;
    if (strncmp(what, "restore", 7) == 0 && --ticks_left < 0)
        _exit(7);
}

static void interrupted_restore_starts_over(void **state)
{
    const struct pair *pair = *state;
    struct scratch_place from;
    assert_true(place_make(&from, pair->from_postgres));
    struct db *a = open_migrated(&from, 2);
    assert_int_equal(db_write(a, SCOPE_COUNTRY, fill_fn, NULL), ERR_OK);
    put_files();
    assert_int_equal(backup_write(a, in_root("data"), in_root("one.zip"), NULL), ERR_OK);
    struct buf before = print_all(a);
    db_close(a);
    for (int n = 0; n < 20; n += 3) {
        struct scratch_place to;
        int status;
        assert_true(place_make(&to, pair->to_postgres));
        pid_t child = fork();
        if (child == 0) {
            struct db *b = NULL;
            ticks_left = n;
            if (db_open(&b, str_from(to.url), NULL) != ERR_OK)
                _exit(1);
            enum err rc = backup_restore(b, migrations, 2, in_root("back"), in_root("one.zip"),
                                         &(struct backup_progress){die_at_tick, NULL});
            _exit(rc == ERR_OK ? 0 : 2);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 7 || WEXITSTATUS(status) == 0));
        struct db *b = open_migrated(&to, 0);
        if (WEXITSTATUS(status) == 7) {
            assert_true(exists("back/.restore-unfinished"));
            assert_int_equal(
                backup_restore(b, migrations, 2, in_root("back"), in_root("one.zip"), NULL),
                ERR_OK);
        }
        assert_true(file_is("back/key", "0123456789abcdef", 16));
        assert_false(exists("back/.restore-unfinished"));
        struct buf after = print_all(b);
        assert_int_equal(before.n, after.n);
        assert_memory_equal(before.p, after.p, before.n);
        buf_free(&after);
        db_close(b);
        place_remove(&to);
        remove_tree(in_root("back"));
        mkdir(in_root("back"), 0700);
    }
    buf_free(&before);
    place_remove(&from);
}

static void backup_leaves_the_database_files_out(void **state)
{
    const struct pair *pair = *state;
    struct scratch_place from;
    char url[300];
    if (pair->from_postgres)
        return;
    assert_true(place_make(&from, false));
    snprintf(url, sizeof url, "sqlite:%s", in_root("data/aimak.db"));
    struct db *a = NULL, *reader = NULL;
    assert_int_equal(db_open(&a, str_from(url), NULL), ERR_OK);
    assert_int_equal(migrate_up(a, migrations, 2, NULL), ERR_OK);
    put_files();
    /* By a second process beside the server, into the data directory itself. */
    assert_int_equal(db_open(&reader, str_from(url), &(struct db_options){.read_only = true}),
                     ERR_OK);
    assert_int_equal(backup_write(reader, in_root("data"), in_root("data/two.zip"), NULL), ERR_OK);
    int code;
    zip_t *zip = zip_open(in_root("data/two.zip"), ZIP_RDONLY, &code);
    assert_non_null(zip);
    assert_true(zip_name_locate(zip, "files/key", 0) >= 0);
    for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        assert_null(strstr(name, "aimak.db"));
        assert_null(strstr(name, "two.zip"));
    }
    zip_discard(zip);
    db_close(reader);
    db_close(a);
    place_remove(&from);
}

static void failed_backup_leaves_the_old_one(void **state)
{
    const struct pair *pair = *state;
    struct scratch_place from;
    assert_true(place_make(&from, pair->from_postgres));
    struct db *a = open_migrated(&from, 2);
    put_file("old.zip", "precious", 8);
    assert_int_equal(backup_write(a, in_root("no-such-folder"), in_root("old.zip"), NULL), ERR_IO);
    assert_true(file_is("old.zip", "precious", 8));
    assert_false(exists("old.zip.partial"));
    assert_int_equal(backup_write(a, NULL, in_root("nowhere/x.zip"), NULL), ERR_IO);
    assert_int_equal(backup_write(a, NULL, in_root("old.zip"), NULL), ERR_OK);
    assert_int_equal(backup_check(in_root("old.zip"), NULL), ERR_OK);
    db_close(a);
    place_remove(&from);
}

int main(void)
{
    static struct pair pairs[] = {{false, false, "sqlite to sqlite"},
                                  {false, true, "sqlite to postgres"},
                                  {true, false, "postgres to sqlite"},
                                  {true, true, "postgres to postgres"}};
    static const struct {
        const char *name;
        CMUnitTestFunction run;
    } bodies[] = {
        {"round_trip", round_trip},
        {"restore_refuses_what_is_not_empty", restore_refuses_what_is_not_empty},
        {"damage_is_found_before_anything_changes", damage_is_found_before_anything_changes},
        {"interrupted_restore_starts_over", interrupted_restore_starts_over},
        {"backup_leaves_the_database_files_out", backup_leaves_the_database_files_out},
        {"failed_backup_leaves_the_old_one", failed_backup_leaves_the_old_one},
    };
    static struct CMUnitTest tests[COUNT_OF(bodies) * COUNT_OF(pairs)];
    static char labels[COUNT_OF(tests)][100];
    size_t count = COUNT_OF(tests);
    if (!scratch_postgres()) {
        print_message("# skipped: the PostgreSQL part; AIMAK_TEST_PG is not set\n");
        count = COUNT_OF(bodies);
    }
    for (size_t i = 0; i < count; i++) {
        size_t body = i % COUNT_OF(bodies), pair = i / COUNT_OF(bodies);
        snprintf(labels[i], sizeof labels[i], "%s: %s", pairs[pair].name, bodies[body].name);
        tests[i] = (struct CMUnitTest){.name = labels[i],
                                       .test_func = bodies[body].run,
                                       .setup_func = make_root,
                                       .teardown_func = drop_root,
                                       .initial_state = &pairs[pair]};
    }
    return _cmocka_run_group_tests("backup", tests, count, NULL, NULL);
}
