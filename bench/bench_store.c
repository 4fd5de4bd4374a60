/*
 * How fast the store makes writes durable, beside its ceiling on the same disk in the same minute.
 *
 *     bench_store DIRECTORY [SECONDS]            SQLite in DIRECTORY (made if missing)
 *     bench_store postgresql://... [SECONDS]     a scratch database
 *
 * The ceiling of SQLite is one connection that commits CLIENTS rows at a time: what group commit
 * would reach if queueing, waking and savepoints cost nothing. Prints one tab-separated line a
 * figure: name, value, unit. Rows are as long as a resident's report (330 bytes of text, one
 * index).
 */
#include "platform/core/clock.h"
#include "platform/core/log.h"
#include "platform/store/migrate.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLIENTS 64
#define SAMPLES 400000

static const enum db_type types[] = {DB_STR, DB_I64, DB_STR, DB_I64};
static const struct db_query insert = {
    .name = "bench_insert",
    .sqlite = "INSERT INTO bench_report (unit, id, words, state) VALUES (?1, ?2, ?3, ?4)",
    .postgres = "INSERT INTO bench_report (unit, id, words, state) VALUES ($1, $2, $3, $4)",
    .in = types,
    .in_count = 4,
    .writes = true,
};
static const struct migration table = {
    .slice = "bench",
    .number = 1,
    .name = "001_bench",
    .sqlite =
        "CREATE TABLE bench_report (unit TEXT NOT NULL, id INTEGER NOT NULL, words TEXT NOT NULL,"
        " state INTEGER NOT NULL, PRIMARY KEY (unit, id)) STRICT;"
        "CREATE INDEX bench_report_state ON bench_report (unit, state, id);",
    .postgres =
        "CREATE TABLE bench_report (unit TEXT NOT NULL, id BIGINT NOT NULL, words TEXT NOT NULL,"
        " state BIGINT NOT NULL, PRIMARY KEY (unit, id));"
        "CREATE INDEX bench_report_state ON bench_report (unit, state, id);",
};

static struct db *db;
static atomic_bool stop;
static atomic_llong next_id = 1, failed;
static char words[330];
static int64_t samples[SAMPLES];
static atomic_int sample_count;

static struct str unit_of(int64_t id, char out[24])
{
    int n = snprintf(out, 24, "41702%09lld", (long long)(id % 50));
    return str_of(out, (size_t)n);
}

static enum err insert_fn(struct tx *tx, void *arg)
{
    int64_t id = *(int64_t *)arg;
    char unit[24];
    const struct db_value v[] = {{.type = DB_STR, .s = unit_of(id, unit)},
                                 {.type = DB_I64, .i = id},
                                 {.type = DB_STR, .s = str_of(words, sizeof words)},
                                 {.type = DB_I64, .i = id % 5}};
    return tx_run(tx, &insert, v, NULL, NULL, NULL);
}

static void *client(void *arg)
{
    (void)arg;
    while (!atomic_load(&stop)) {
        int64_t id = atomic_fetch_add(&next_id, 1), started = clock_monotonic_us();
        if (db_write(db, SCOPE_COUNTRY, insert_fn, &id) != ERR_OK) {
            atomic_fetch_add(&failed, 1);
            continue;
        }
        int at = atomic_fetch_add(&sample_count, 1);
        if (at < SAMPLES)
            samples[at] = clock_monotonic_us() - started;
    }
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void print(const char *name, int clients, double value, const char *unit)
{
    printf("%s_%d\t%.2f\t%s\n", name, clients, value, unit);
}

static double run(int clients, int64_t seconds)
{
    pthread_t threads[CLIENTS];
    struct db_stats before, after;
    atomic_store(&stop, false);
    atomic_store(&sample_count, 0);
    db_stats(db, &before);
    int64_t started = clock_monotonic_us();
    for (int i = 0; i < clients; i++)
        INVARIANT(pthread_create(&threads[i], NULL, client, NULL) == 0);
    sleep((unsigned)seconds);
    atomic_store(&stop, true);
    for (int i = 0; i < clients; i++)
        pthread_join(threads[i], NULL);
    double took = (double)(clock_monotonic_us() - started) / 1e6;
    int n = atomic_load(&sample_count), kept = n < SAMPLES ? n : SAMPLES;
    db_stats(db, &after);
    qsort(samples, (size_t)kept, sizeof *samples, by_value);
    print("store_writes", clients, n / took, "per_second");
    print("store_group", clients, (double)n / (double)(after.commits - before.commits), "writes");
    if (kept) {
        int middle = kept / 2, nearly_last = kept * 99 / 100;
        print("store_write_p50", clients, (double)samples[middle] / 1000, "ms");
        print("store_write_p99", clients, (double)samples[nearly_last] / 1000, "ms");
        print("store_write_max", clients, (double)samples[kept - 1] / 1000, "ms");
    }
    return n / took;
}

static double ceiling(const char *path, int rows, int64_t seconds)
{
    sqlite3 *h;
    sqlite3_stmt *begin, *put, *commit;
    char unit[24];
    int64_t id = 1, started = clock_monotonic_us(), end = started + seconds * 1000000;
    INVARIANT(sqlite3_open(path, &h) == SQLITE_OK);
    INVARIANT(sqlite3_exec(h,
                           "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                           "PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000",
                           NULL, NULL, NULL) == SQLITE_OK);
    INVARIANT(sqlite3_exec(h, table.sqlite, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_prepare_v2(h, "BEGIN IMMEDIATE", -1, &begin, NULL);
    sqlite3_prepare_v2(h, insert.sqlite, -1, &put, NULL);
    sqlite3_prepare_v2(h, "COMMIT", -1, &commit, NULL);
    while (clock_monotonic_us() < end) {
        sqlite3_step(begin);
        sqlite3_reset(begin);
        for (int i = 0; i < rows; i++, id++) {
            struct str u = unit_of(id, unit);
            sqlite3_bind_text(put, 1, u.p, (int)u.n, SQLITE_STATIC);
            sqlite3_bind_int64(put, 2, id);
            sqlite3_bind_text(put, 3, words, sizeof words, SQLITE_STATIC);
            sqlite3_bind_int64(put, 4, id % 5);
            INVARIANT(sqlite3_step(put) == SQLITE_DONE);
            sqlite3_reset(put);
        }
        INVARIANT(sqlite3_step(commit) == SQLITE_DONE);
        sqlite3_reset(commit);
    }
    double rate = (double)(id - 1) / ((double)(clock_monotonic_us() - started) / 1e6);
    sqlite3_finalize(begin);
    sqlite3_finalize(put);
    sqlite3_finalize(commit);
    sqlite3_close(h);
    return rate;
}

static void drop(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[400];
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

int main(int argc, char **argv)
{
    static const struct migration *const all[] = {&table};
    int64_t seconds = 5;
    char path[300], url[320];
    if (argc < 2 || (argc > 2 && !str_to_i64(str_from(argv[2]), &seconds))) {
        fprintf(stderr, "usage: bench_store DIRECTORY|postgresql://... [SECONDS]\n");
        return 2;
    }
    bool sqlite = !str_starts(str_from(argv[1]), STR("postgres"));
    double top = 0;
    log_set_level(LOG_WARN);
    memset(words, 'x', sizeof words);
    snprintf(url, sizeof url, "%s", argv[1]);
    if (sqlite) {
        mkdir(argv[1], 0700);
        snprintf(path, sizeof path, "%s/bench_store.db", argv[1]);
        snprintf(url, sizeof url, "sqlite:%s", path);
        drop(path);
        top = ceiling(path, CLIENTS, seconds);
        drop(path);
    }
    if (db_open(&db, str_from(url), &(struct db_options){.busy_ms = 30000}) != ERR_OK ||
        migrate_up(db, all, 1, NULL) != ERR_OK)
        return 1;
    run(1, seconds);
    run(16, seconds);
    double rate = run(CLIENTS, seconds);
    db_close(db);
    if (sqlite) { /* once more: how often a disk flushes changes within seconds */
        drop(path);
        double again = ceiling(path, CLIENTS, seconds);
        top = again > top ? again : top;
        print("store_ceiling", CLIENTS, top, "per_second");
        print("store_ratio", CLIENTS, rate / top, "of_ceiling");
        drop(path);
    }
    return atomic_load(&failed) ? 1 : 0;
}
