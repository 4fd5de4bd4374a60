/*
 * The writer under fire. Whatever fails, two things hold afterwards:
 *   every acknowledged write is there, once;
 *   nothing that is not there was acknowledged;
 * and when the trouble is over the store works again by itself.
 */
#include "platform/store/disk_test.h"
#include "platform/store/fixture_test.h"

#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- who was told what ----------------------------------------------------------------------- */

#define IDS_MAX 100000

struct ledger {
    atomic_int_least64_t next;
    atomic_uchar told[IDS_MAX]; /* 0 not tried, 1 tried, 2 acknowledged */
};

enum { TRIED = 1, ACKNOWLEDGED = 2 };

struct load {
    struct db *db;
    struct ledger *ledger;
    atomic_bool stop;
    int writes; /* per thread; 0 = until stopped */
    int body;   /* bytes of each row */
    atomic_int refused;
    atomic_int last_refusal;
};

struct one_write {
    int64_t id;
    int body;
};

static enum err write_one_fn(struct tx *tx, void *arg)
{
    static const char filler[60000] = "filler";
    struct one_write *w = arg;
    return tx_run(tx, &item_insert,
                  (struct db_value[]){V_STR(UNIT), V_I64(w->id), V_NULL(DB_STR), V_F64(1.5),
                                      V_BLOB(str_of(filler, (size_t)w->body))},
                  NULL, NULL, NULL);
}

static void *write_load(void *arg)
{
    struct load *l = arg;
    for (int i = 0; (!l->writes || i < l->writes) && !atomic_load(&l->stop); i++) {
        struct one_write w = {atomic_fetch_add(&l->ledger->next, 1), l->body};
        if (w.id >= IDS_MAX)
            break;
        atomic_store(&l->ledger->told[w.id], TRIED);
        enum err rc = db_write(l->db, UNIT, write_one_fn, &w);
        if (rc == ERR_OK) {
            atomic_store(&l->ledger->told[w.id], ACKNOWLEDGED);
        } else {
            atomic_store(&l->last_refusal, (int)rc);
            atomic_fetch_add(&l->refused, 1);
        }
    }
    return NULL;
}

static void run_load(struct load *l, int threads)
{
    pthread_t t[64];
    for (int i = 0; i < threads; i++)
        pthread_create(&t[i], NULL, write_load, l);
    for (int i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
}

static struct ledger *ledger_new(void)
{
    struct ledger *l =
        mmap(NULL, sizeof *l, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(l != MAP_FAILED);
    return l;
}

static void ledger_free(struct ledger *l)
{
    munmap(l, sizeof *l);
}

static enum err mark_present(void *arg, const struct db_value *v)
{
    char *present = arg;
    present[v[0].i]++;
    return ERR_OK;
}

static enum err list_fn(struct tx *tx, void *arg)
{
    return tx_run(tx, &item_list_any_unit, NULL, mark_present, arg, NULL);
}

static enum err put_word(void *arg, const struct db_value *v)
{
    *(bool *)arg = str_eq(v[0].s, STR("ok"));
    return ERR_OK;
}

static enum err integrity_fn(struct tx *tx, void *arg)
{
    static const enum db_type out[] = {DB_STR};
    static const struct db_query query = {
        .name = "integrity", .sqlite = "PRAGMA integrity_check(1)", .out = out, .out_count = 1};
    return tx_run(tx, &query, NULL, put_word, arg, NULL);
}

/* The two invariants, and that the file is sound. `at_least` (may be NULL): what had been
 * acknowledged at some earlier moment; else what has been by now. Returns how many rows there are.
 */
static int64_t check_ledger(struct db *db, const struct ledger *l, const char *at_least)
{
    char *present = calloc(1, IDS_MAX);
    int64_t lost = 0, invented = 0, rows = 0, doubled = 0;
    bool sound = db_is_postgres(db);
    assert_non_null(present);
    if (!sound)
        assert_int_equal(db_read(db, SCOPE_COUNTRY, integrity_fn, &sound), ERR_OK);
    assert_true(sound);
    assert_int_equal(db_read(db, SCOPE_COUNTRY, list_fn, present), ERR_OK);
    for (int64_t i = 0; i < IDS_MAX; i++) {
        unsigned char told = at_least ? (unsigned char)at_least[i] : atomic_load(&l->told[i]);
        rows += present[i];
        lost += told == ACKNOWLEDGED && !present[i];
        doubled += present[i] > 1;
        invented += atomic_load(&l->told[i]) == 0 && present[i];
    }
    free(present);
    assert_int_equal(lost, 0);
    assert_int_equal(doubled, 0);
    assert_int_equal(invented, 0);
    return rows;
}

static int64_t acknowledged(const struct ledger *l)
{
    int64_t n = 0;
    for (int64_t i = 0; i < IDS_MAX; i++)
        n += atomic_load(&l->told[i]) == ACKNOWLEDGED;
    return n;
}

/* --- failing disk ---------------------------------------------------------------------------- */

/* Runs the load with the n-th operation failing. True when the fault was met. */
static bool one_fault(enum disk_fault fault, int64_t n)
{
    struct scratch_place p;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, NULL);
    struct ledger *ledger = ledger_new();
    struct load l = {.db = db, .ledger = ledger, .writes = 5, .body = 9000};
    log_set_level(LOG_ERROR + 1); /* the faults are ours */

    disk_fail(fault, n);
    run_load(&l, 3);
    bool met = disk_has_failed();
    if (fault == DISK_FULL_FROM)
        disk_fail(DISK_FINE, 0);
    /* Over: the next writes must succeed on the same store. */
    struct load after = {.db = db, .ledger = ledger, .writes = 2, .body = 100};
    run_load(&after, 2);
    if (met && atomic_load(&after.refused))
        fail_msg("fault %d at %lld: still refused afterwards with %s", (int)fault, (long long)n,
                 err_name((enum err)atomic_load(&after.last_refusal)));
    if (atomic_load(&l.refused) && atomic_load(&l.last_refusal) != ERR_UNAVAILABLE)
        fail_msg("fault %d at %lld: told %s", (int)fault, (long long)n,
                 err_name((enum err)atomic_load(&l.last_refusal)));
    check_ledger(db, ledger, NULL);
    db_close(db); /* the last checkpoint may meet the fault too */
    met = met || disk_has_failed();
    disk_fail(DISK_FINE, 0);
    db = place_open(&p, NULL);
    check_ledger(db, ledger, NULL);
    db_close(db);
    ledger_free(ledger);
    place_remove(&p);
    return met;
}

static void every_disk_operation_may_fail(void **state)
{
    static const enum disk_fault faults[] = {DISK_WRITE_ERROR, DISK_SYNC_ERROR, DISK_FULL_ONCE,
                                             DISK_FULL_FROM};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        int64_t n = 1;
        while (one_fault(faults[i], n))
            n++;
        /* The loop must have reached into the work, and ended because nothing was left to fail. */
        assert_true(n > (faults[i] == DISK_SYNC_ERROR ? 4 : 20));
        print_message("# fault %d: %lld places\n", (int)faults[i], (long long)n - 1);
    }
    log_set_level(LOG_WARN);
}

static void full_disk_refuses_and_recovers(void **state)
{
    struct scratch_place p;
    struct db_stats stats;
    (void)state;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, NULL);
    struct ledger *ledger = ledger_new();
    struct load l = {.db = db, .ledger = ledger, .writes = 400, .body = 9000};
    log_set_level(LOG_ERROR + 1);
    disk_limit(3 << 20);
    run_load(&l, 4);
    assert_true(atomic_load(&l.refused) > 100);
    assert_int_equal(atomic_load(&l.last_refusal), ERR_UNAVAILABLE);
    int64_t before = acknowledged(ledger);
    assert_true(before > 50);
    check_ledger(db, ledger, NULL); /* reading goes on */

    disk_limit(0);
    struct load after = {.db = db, .ledger = ledger, .writes = 100, .body = 9000};
    run_load(&after, 4);
    assert_int_equal(atomic_load(&after.refused), 0);
    assert_int_equal(acknowledged(ledger), before + 400);
    check_ledger(db, ledger, NULL);
    db_stats(db, &stats);
    assert_true(stats.writes > stats.commits);
    log_set_level(LOG_WARN);
    db_close(db);
    ledger_free(ledger);
    place_remove(&p);
}

/* A real file system that is really full. Needs the right to mount. */
static void full_file_system_refuses_and_recovers(void **state)
{
    char directory[] = "/tmp/aimak-full-XXXXXX", path[100];
    int status, answer[2];
    (void)state;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(pipe(answer), 0);
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("tmpfs", directory, "tmpfs", 0, "size=2m") != 0)
            _exit(77);
        struct db *db = NULL;
        static const struct migration *const all[] = {&fixture_migration};
        snprintf(path, sizeof path, "sqlite:%s/full.db", directory);
        log_set_level(LOG_ERROR + 1);
        if (db_open(&db, str_from(path), NULL) != ERR_OK || migrate_up(db, all, 1, NULL) != ERR_OK)
            _exit(1);
        snprintf(path, sizeof path, "%s/ballast", directory);
        FILE *ballast = fopen(path, "w");
        for (int i = 0; i < 1000; i++)
            fwrite(directory, 1, sizeof directory, ballast);
        for (int i = 0; i < 1024; i++) {
            static const char block[1024];
            if (fwrite(block, 1, sizeof block, ballast) != sizeof block)
                break;
        }
        fclose(ballast);
        struct ledger *ledger = ledger_new();
        struct load l = {.db = db, .ledger = ledger, .writes = 60, .body = 9000};
        run_load(&l, 4);
        if (!atomic_load(&l.refused) || atomic_load(&l.last_refusal) != ERR_UNAVAILABLE)
            _exit(2);
        unlink(path);
        struct load after = {.db = db, .ledger = ledger, .writes = 4, .body = 900};
        run_load(&after, 4);
        if (atomic_load(&after.refused))
            _exit(3);
        check_ledger(db, ledger, NULL);
        db_close(db);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    rmdir(directory);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        print_message("# not run: mounting a small file system is not permitted here\n");
        return;
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- power cuts ------------------------------------------------------------------------------ */

static void power_cut_keeps_what_was_acknowledged(void **state)
{
    struct scratch_place p;
    pthread_t t[8];
    char *snapshots = malloc(IDS_MAX);
    (void)state;
    assert_non_null(snapshots);
    assert_true(place_make(&p, false));
    random_seed_for_test(20260501);
    disk_remember(true);
    struct db *db = place_open(&p, NULL);
    disk_remember(false);
    struct ledger *ledger = ledger_new();
    struct load l = {.db = db, .ledger = ledger, .body = 6000};
    for (size_t i = 0; i < COUNT_OF(t); i++)
        pthread_create(&t[i], NULL, write_load, &l);

    int64_t last = 0;
    for (int cut = 0; cut < 25; cut++) {
        struct scratch_place image;
        usleep(15000);
        assert_true(place_make(&image, false));
        for (int64_t i = 0; i < IDS_MAX; i++)
            snapshots[i] = (char)atomic_load(&ledger->told[i]);
        disk_power_cut(image.directory);
        snprintf(image.url, sizeof image.url, "sqlite:%s/test.db", image.directory);
        struct db *after = NULL;
        assert_int_equal(db_open(&after, str_from(image.url), NULL), ERR_OK);
        int64_t rows = check_ledger(after, ledger, snapshots);
        assert_true(rows >= last);
        last = rows;
        db_close(after);
        place_remove(&image);
    }
    atomic_store(&l.stop, true);
    for (size_t i = 0; i < COUNT_OF(t); i++)
        pthread_join(t[i], NULL);
    assert_true(last > 100);
    assert_int_equal(atomic_load(&l.refused), 0);
    db_close(db);
    random_seed_for_test(0);
    ledger_free(ledger);
    free(snapshots);
    place_remove(&p);
}

/* --- kill -9 --------------------------------------------------------------------------------- */

static void killed_process_loses_nothing(void **state)
{
    bool postgres = *(bool *)*state;
    struct scratch_place p;
    assert_true(place_make(&p, postgres));
    struct db *db = place_open(&p, NULL);
    db_close(db);
    struct ledger *ledger = ledger_new();
    int64_t rows = 0;
    for (int round = 0; round < 8; round++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            struct load l = {.ledger = ledger, .body = 500};
            log_set_level(LOG_ERROR + 1);
            if (db_open(&l.db, str_from(p.url), NULL) != ERR_OK)
                _exit(1);
            run_load(&l, 16);
            _exit(2);
        }
        int64_t before = acknowledged(ledger);
        while (acknowledged(ledger) < before + 50 + round * 40) {
            assert_int_equal(waitpid(child, &status, WNOHANG), 0);
            usleep(2000);
        }
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        db = place_open(&p, NULL);
        int64_t now = check_ledger(db, ledger, NULL);
        assert_true(now > rows);
        rows = now;
        db_close(db);
    }
    ledger_free(ledger);
    place_remove(&p);
}

/* --- groups ---------------------------------------------------------------------------------- */

struct member {
    struct db *db;
    int64_t id;
    enum { GOOD, REFUSES, CONFLICTS, BREAKS, WAITS } kind;
    enum err rc;
    atomic_int *runs;
    atomic_bool *go;
};

static enum err member_fn(struct tx *tx, void *arg)
{
    struct member *m = arg;
    enum err rc;
    if (m->runs)
        atomic_fetch_add(m->runs, 1);
    if (m->kind == WAITS) { /* holds the writer until the others stand in the queue */
        while (!atomic_load(m->go))
            usleep(200);
        return ERR_OK;
    }
    TRY(insert_item(tx, m->id));
    if (m->kind == REFUSES)
        FAIL(ERR_DENIED);
    if (m->kind == CONFLICTS)
        TRY(insert_item(tx, m->id));
    if (m->kind == BREAKS) /* past its deadline in a write: SQLite rolls everything back */
        TRY(tx_run(tx, &item_spin_write, NULL, NULL, NULL, NULL));
out:
    return rc;
}

static void *member_thread(void *arg)
{
    struct member *m = arg;
    m->rc = db_write(m->db, UNIT, member_fn, m);
    return NULL;
}

static void failing_members_leave_their_neighbours_alone(void **state)
{
    enum { MEMBERS = 40 };
    struct scratch_place p;
    struct member m[MEMBERS + 1];
    pthread_t t[MEMBERS + 1];
    atomic_bool go = false;
    atomic_int good_runs = 0;
    struct db_stats before, after;
    (void)state;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, &(struct db_options){.statement_ms = 200, .busy_ms = 20000});
    log_set_level(LOG_ERROR + 1);
    db_stats(db, &before);
    m[MEMBERS] = (struct member){.db = db, .kind = WAITS, .go = &go};
    atomic_int holding = 0;
    m[MEMBERS].runs = &holding;
    pthread_create(&t[MEMBERS], NULL, member_thread, &m[MEMBERS]);
    while (!atomic_load(&holding))
        usleep(500);
    for (int i = 0; i < MEMBERS; i++) {
        m[i] = (struct member){.db = db, .id = 100 + i};
        m[i].kind = i % 10 == 3 ? REFUSES : i % 10 == 5 ? CONFLICTS : i % 10 == 7 ? BREAKS : GOOD;
        if (m[i].kind == GOOD)
            m[i].runs = &good_runs;
        pthread_create(&t[i], NULL, member_thread, &m[i]);
    }
    struct db_stats now;
    do {
        usleep(1000);
        db_stats(db, &now);
    } while (now.queue_now < MEMBERS + 1);
    atomic_store(&go, true);
    for (int i = 0; i <= MEMBERS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < MEMBERS; i++) {
        enum err expected = m[i].kind == REFUSES     ? ERR_DENIED
                            : m[i].kind == CONFLICTS ? ERR_CONFLICT
                            : m[i].kind == BREAKS    ? ERR_TIMEOUT
                                                     : ERR_OK;
        assert_int_equal(m[i].rc, expected);
    }
    assert_int_equal(count_items(db), MEMBERS - 12);
    db_stats(db, &after);
    assert_true(atomic_load(&good_runs) > MEMBERS - 12); /* some had to run again */
    assert_true(after.retries > before.retries);
    assert_true(after.commits - before.commits < MEMBERS / 2); /* they did share commits */
    assert_true(after.queue_peak >= MEMBERS);
    log_set_level(LOG_WARN);
    db_close(db);
    place_remove(&p);
}

static void caller_gives_up_while_queued_only(void **state)
{
    struct scratch_place p;
    atomic_bool go = false;
    (void)state;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, &(struct db_options){.busy_ms = 80});
    atomic_int holding = 0;
    struct member slow = {.db = db, .kind = WAITS, .go = &go, .runs = &holding};
    struct member late = {.db = db, .kind = GOOD, .id = 1};
    struct db_stats stats;
    pthread_t t;
    pthread_create(&t, NULL, member_thread, &slow);
    while (!atomic_load(&holding))
        usleep(500);
    int64_t started = clock_monotonic_ms();
    assert_int_equal(db_write(db, UNIT, member_fn, &late), ERR_BUSY);
    int64_t waited = clock_monotonic_ms() - started;
    assert_true(waited >= 75 && waited < 10000);
    atomic_store(&go, true);
    pthread_join(t, NULL);
    assert_int_equal(slow.rc, ERR_OK); /* it had been taken: its caller waited on */
    assert_int_equal(count_items(db), 0);
    assert_int_equal(db_write(db, UNIT, member_fn, &late), ERR_OK);
    db_stats(db, &stats);
    assert_int_equal(stats.busy, 1);
    db_close(db);
    place_remove(&p);
}

/* Readers never wait for the writer, nor the writer for readers: checkpoints stay passive. */
static enum err slow_read_fn(struct tx *tx, void *arg)
{
    int64_t before = 0, after = 0;
    struct load *l = arg;
    enum err rc;
    TRY(tx_run(tx, &item_count, NULL, put_number, &before, NULL));
    run_load(l, 4); /* 4 x 300 writes of 9 kB: more than the log holds between checkpoints */
    TRY(tx_run(tx, &item_count, NULL, put_number, &after, NULL));
    rc = before == after && !atomic_load(&l->refused) ? ERR_OK : ERR_INPUT;
out:
    return rc;
}

static void long_reader_and_writer_do_not_meet(void **state)
{
    struct scratch_place p;
    struct db_stats stats;
    (void)state;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, NULL);
    struct ledger *ledger = ledger_new();
    struct load l = {.db = db, .ledger = ledger, .writes = 300, .body = 9000};
    assert_int_equal(db_read(db, UNIT, slow_read_fn, &l), ERR_OK);
    assert_int_equal(acknowledged(ledger), 1200);
    /* Once the reader is gone, the log starts over instead of growing for ever. */
    int64_t bytes[2];
    for (int i = 0; i < 2; i++) {
        struct load more = {.db = db, .ledger = ledger, .writes = 1200, .body = 9000};
        run_load(&more, 4);
        db_stats(db, &stats);
        bytes[i] = stats.wal_bytes;
    }
    assert_true(bytes[1] < bytes[0] + (20 << 20));
    assert_true(bytes[1] < 64 << 20);
    check_ledger(db, ledger, NULL);
    db_close(db);
    ledger_free(ledger);
    place_remove(&p);
}

static void second_process_is_kept_out(void **state)
{
    struct scratch_place p;
    struct stat st;
    int status;
    char other[300];
    (void)state;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, NULL);
    pid_t child = fork();
    if (child == 0) {
        struct db *second = NULL;
        log_set_level(LOG_ERROR + 1);
        _exit(db_open(&second, str_from(p.url), NULL) == ERR_CONFIG && !second ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(stat(p.url + 7, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    db_close(db);
    db = place_open(&p, NULL); /* the lock went with its holder */
    db_close(db);

    /* Somebody else's SQLite file is not touched, nor is one that is none. */
    log_set_level(LOG_ERROR + 1);
    snprintf(other, sizeof other, "%s/other.db", p.directory);
    sqlite3 *h;
    assert_int_equal(sqlite3_open(other, &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, "CREATE TABLE theirs (x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(h);
    snprintf(other, sizeof other, "sqlite:%s/other.db", p.directory);
    assert_int_equal(db_open(&db, str_from(other), NULL), ERR_CONFIG);
    assert_int_equal(db_open(&db, STR("sqlite:/nowhere/at/all.db"), NULL), ERR_CONFIG);
    assert_int_equal(db_open(&db, STR("mysql://x"), NULL), ERR_CONFIG);
    log_set_level(LOG_WARN);
    place_remove(&p);
}

static int install(void **state)
{
    (void)state;
    disk_install();
    return 0;
}

int main(void)
{
    static bool sqlite = false, postgres = true;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_disk_operation_may_fail),
        cmocka_unit_test(full_disk_refuses_and_recovers),
        cmocka_unit_test(full_file_system_refuses_and_recovers),
        cmocka_unit_test(power_cut_keeps_what_was_acknowledged),
        cmocka_unit_test(failing_members_leave_their_neighbours_alone),
        cmocka_unit_test(caller_gives_up_while_queued_only),
        cmocka_unit_test(long_reader_and_writer_do_not_meet),
        cmocka_unit_test(second_process_is_kept_out),
        cmocka_unit_test_prestate(killed_process_loses_nothing, &sqlite),
        cmocka_unit_test_prestate(killed_process_loses_nothing, &postgres),
    };
    size_t count = COUNT_OF(tests);
    if (!scratch_postgres()) {
        print_message("# skipped: the PostgreSQL part; AIMAK_TEST_PG is not set\n");
        count--;
    }
    return _cmocka_run_group_tests("writer", tests, count, install, NULL);
}
