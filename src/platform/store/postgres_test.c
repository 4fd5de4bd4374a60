/*
 * What only PostgreSQL can do to us: servers that freeze, vanish, come back as a standby or lose
 * the answer to COMMIT; and what only it can do for us: row-level security, serializable writes.
 */
#include "platform/store/fixture_test.h"
#include "platform/store/proxy_test.h"

#include "platform/core/buf.h"
#include "platform/core/clock.h"
#include "platform/core/log.h"

#include <libpq-fe.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

struct bench {
    struct scratch_place place;
    struct proxy *proxy;
    struct db *db;
    char url[600];
};

/* The scratch URL with other hosts in it. */
static void url_with(char *out, size_t n, const char *hosts, const char *schema, const char *extra)
{
    char *fault = NULL;
    PQconninfoOption *all = PQconninfoParse(scratch_postgres(), &fault);
    const char *user = "", *password = "", *database = "";
    assert_non_null(all);
    for (PQconninfoOption *o = all; o->keyword; o++) {
        const char *value = o->val ? o->val : "";
        if (strcmp(o->keyword, "user") == 0)
            user = value;
        if (strcmp(o->keyword, "password") == 0)
            password = value;
        if (strcmp(o->keyword, "dbname") == 0)
            database = value;
    }
    snprintf(out, n,
             "postgresql://%s:%s@%s/%s?sslmode=disable&gssencmode=disable"
             "&options=-csearch_path%%3D%s%s",
             user, password, hosts, database, schema, extra);
    PQconninfoFree(all);
}

static int scratch_port(void)
{
    char *fault = NULL;
    PQconninfoOption *all = PQconninfoParse(scratch_postgres(), &fault);
    int64_t port = 5432;
    assert_non_null(all);
    for (PQconninfoOption *o = all; o->keyword; o++)
        if (strcmp(o->keyword, "port") == 0 && o->val)
            assert_true(str_to_i64(str_from(o->val), &port));
    PQconninfoFree(all);
    return (int)port;
}

static void set_up(struct bench *b, const struct db_options *options)
{
    char host[40];
    assert_true(place_make(&b->place, true));
    b->proxy = proxy_start("127.0.0.1", scratch_port());
    snprintf(host, sizeof host, "127.0.0.1:%d", proxy_port(b->proxy));
    url_with(b->url, sizeof b->url, host, b->place.schema, "");
    struct db *db = place_open(&b->place, NULL);
    db_close(db);
    assert_int_equal(db_open(&b->db, str_from(b->url), options), ERR_OK);
    log_set_level(LOG_ERROR + 1); /* the faults are ours */
}

static void tear_down(struct bench *b)
{
    log_set_level(LOG_WARN);
    proxy_set(b->proxy, PROXY_PASS, NULL, 0);
    db_close(b->db);
    proxy_stop(b->proxy);
    place_remove(&b->place);
}

struct attempt {
    int64_t id;
    bool idempotent;
    int runs;
};

static enum err find_id(void *arg, const struct db_value *v)
{
    struct attempt *a = arg;
    (void)v;
    a->id = -a->id;
    return ERR_OK;
}

static enum err insert_once_fn(struct tx *tx, void *arg)
{
    struct attempt *a = arg;
    enum err rc;
    a->runs++;
    if (a->idempotent) {
        tx_idempotent(tx);
        rc = tx_nested(tx, insert_item_fn, &a->id);
        if (rc == ERR_CONFLICT) { /* an earlier run's COMMIT did arrive: its row must be visible */
            struct attempt seen = {.id = a->id};
            TRY(tx_run(tx, &item_get, (struct db_value[]){V_STR(UNIT), V_I64(a->id)}, find_id,
                       &seen, NULL));
            FAIL(seen.id == -a->id ? ERR_OK : ERR_NOT_FOUND);
        }
        return rc;
    }
    TRY(insert_item(tx, a->id));
out:
    return rc;
}

/* --- the answer to COMMIT is lost ------------------------------------------------------------ */

struct commit_case {
    const char *name;
    enum proxy_mode mode;
    bool idempotent;
    enum err expected;
    bool present;
    int runs_least, runs_most;
};

static void lost_answer_to_commit(void **state)
{
    const struct commit_case *c = *state;
    struct bench b;
    set_up(&b, NULL);
    struct attempt a = {.id = 1, .idempotent = c->idempotent};
    proxy_set(b.proxy, c->mode, "COMMIT", 1);
    assert_int_equal(db_write(b.db, UNIT, insert_once_fn, &a), c->expected);
    assert_true(proxy_done(b.proxy));
    assert_true(a.runs >= c->runs_least && a.runs <= c->runs_most);
    assert_int_equal(count_items(b.db), c->present);
    a = (struct attempt){.id = 2};
    assert_int_equal(db_write(b.db, UNIT, insert_once_fn, &a), ERR_OK);
    tear_down(&b);
}

static void connection_lost_before_commit_is_repeated(void **state)
{
    struct bench b;
    struct db_stats stats;
    (void)state;
    set_up(&b, NULL);
    struct attempt a = {.id = 1};
    /* The statement is prepared, then sent; either may be cut. */
    proxy_set(b.proxy, PROXY_CUT_BEFORE, "INSERT INTO item", 1);
    assert_int_equal(db_write(b.db, UNIT, insert_once_fn, &a), ERR_OK);
    assert_int_equal(a.runs, 2);
    proxy_set(b.proxy, PROXY_CUT_AFTER, "BEGIN", 2);
    a = (struct attempt){.id = 2};
    assert_int_equal(db_write(b.db, UNIT, insert_once_fn, &a), ERR_OK);
    proxy_set(b.proxy, PROXY_CUT_AFTER, "SELECT count(*)", 1);
    assert_int_equal(count_items(b.db), 2);
    db_stats(b.db, &stats);
    assert_true(stats.retries >= 3);
    tear_down(&b);
}

static enum err put_pid(void *arg, const struct db_value *v)
{
    *(int64_t *)arg = v[0].i;
    return ERR_OK;
}

static const enum db_type number[] = {DB_I64};
static const struct db_query backend_pid = {
    .name = "backend_pid",
    .postgres = "SELECT pg_backend_pid()::bigint",
    .out = number,
    .out_count = 1,
};

static enum err pid_fn(struct tx *tx, void *arg)
{
    return tx_run(tx, &backend_pid, NULL, put_pid, arg, NULL);
}

static void terminate_backend(int64_t pid)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld, 5000)", (long long)pid);
    PGconn *c = PQconnectdb(scratch_postgres());
    PGresult *r = PQexec(c, sql);
    assert_true(PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(c);
}

struct terminate {
    struct attempt attempt;
    int64_t pid;
};

static enum err terminated_fn(struct tx *tx, void *arg)
{
    struct terminate *t = arg;
    enum err rc;
    TRY(insert_item(tx, t->attempt.id));
    if (t->attempt.runs++ == 0) {
        TRY(pid_fn(tx, &t->pid));
        terminate_backend(t->pid);
    }
    TRY(insert_item(tx, t->attempt.id + 1));
out:
    return rc;
}

static void terminated_backend_is_survived(void **state)
{
    struct bench b;
    (void)state;
    set_up(&b, NULL);
    struct terminate t = {.attempt = {.id = 1}};
    assert_int_equal(db_write(b.db, UNIT, terminated_fn, &t), ERR_OK);
    assert_int_equal(t.attempt.runs, 2);
    assert_int_equal(count_items(b.db), 2);
    /* One that was idle in the pool. */
    int64_t pid = 0;
    assert_int_equal(db_read(b.db, UNIT, pid_fn, &pid), ERR_OK);
    terminate_backend(pid);
    assert_int_equal(db_ping(b.db), ERR_OK);
    assert_int_equal(count_items(b.db), 2);
    tear_down(&b);
}

/* --- frozen and gone ------------------------------------------------------------------------- */

struct frozen {
    int64_t pid;
    int runs;
};

static enum err frozen_fn(struct tx *tx, void *arg)
{
    struct frozen *f = arg;
    int64_t n;
    enum err rc;
    f->runs++;
    TRY(pid_fn(tx, &f->pid));
    assert_int_equal(kill((pid_t)f->pid, SIGSTOP), 0);
    TRY(count_items_fn(tx, &n));
out:
    return rc;
}

static void frozen_server_meets_the_deadline(void **state)
{
    struct bench b;
    struct frozen f = {0};
    (void)state;
    set_up(&b, &(struct db_options){.statement_ms = 300, .readers = 2});
    int64_t started = clock_monotonic_ms();
    assert_int_equal(db_read(b.db, UNIT, frozen_fn, &f), ERR_TIMEOUT);
    int64_t took = clock_monotonic_ms() - started;
    kill((pid_t)f.pid, SIGCONT);
    assert_true(took >= 300 && took < 3000);
    assert_int_equal(f.runs, 1);
    assert_int_equal(count_items(b.db), 0); /* on another connection, at once */

    /* The whole server frozen: connections are accepted by the kernel and never answered. */
    proxy_set(b.proxy, PROXY_FREEZE, NULL, 0);
    started = clock_monotonic_ms();
    enum err rc = db_ping(b.db);
    took = clock_monotonic_ms() - started;
    assert_true(rc == ERR_TIMEOUT || rc == ERR_UNAVAILABLE);
    assert_true(took < 4000);
    proxy_set(b.proxy, PROXY_PASS, NULL, 0);
    for (int i = 0; i < 100 && db_ping(b.db) != ERR_OK; i++)
        usleep(50000);
    assert_int_equal(count_items(b.db), 0);
    tear_down(&b);
}

struct caller {
    struct db *db;
    int64_t worst_ms;
    int answers[ERR__MAX];
    int calls;
};

static void *call_often(void *arg)
{
    struct caller *c = arg;
    for (int i = 0; i < c->calls; i++) {
        int64_t n, started = clock_monotonic_ms();
        enum err rc = db_read(c->db, UNIT, count_items_fn, &n);
        int64_t took = clock_monotonic_ms() - started;
        c->answers[rc]++;
        if (took > c->worst_ms)
            c->worst_ms = took;
        usleep(5000);
    }
    return NULL;
}

static void vanished_server_is_refused_quickly(void **state)
{
    struct bench b;
    struct caller callers[8];
    pthread_t t[8];
    (void)state;
    set_up(&b, NULL);
    assert_int_equal(db_ping(b.db), ERR_OK);
    proxy_set(b.proxy, PROXY_REFUSE, NULL, 0);
    int accepted = proxy_accepted(b.proxy);
    for (size_t i = 0; i < COUNT_OF(t); i++) {
        callers[i] = (struct caller){.db = b.db, .calls = 60};
        pthread_create(&t[i], NULL, call_often, &callers[i]);
    }
    for (size_t i = 0; i < COUNT_OF(t); i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(callers[i].answers[ERR_UNAVAILABLE], 60);
        assert_true(callers[i].worst_ms < 2500);
    }
    /* Callers did not storm the server: a few probes, not 480. */
    assert_true(proxy_accepted(b.proxy) - accepted < 60);
    proxy_set(b.proxy, PROXY_PASS, NULL, 0);
    enum err rc = ERR_UNAVAILABLE;
    for (int i = 0; i < 100 && rc != ERR_OK; i++) {
        usleep(20000);
        rc = db_ping(b.db);
    }
    assert_int_equal(rc, ERR_OK);
    assert_int_equal(count_items(b.db), 0);
    tear_down(&b);
}

static void hosts_are_tried_one_by_one(void **state)
{
    struct scratch_place p;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof here;
    char hosts[100], url[600];
    struct db *db = NULL;
    (void)state;
    assert_true(place_make(&p, true));
    db = place_open(&p, NULL);
    db_close(db);
    log_set_level(LOG_ERROR + 1);
    /* The first accepts and says nothing; at the second nobody listens; the third is alive. */
    int mute = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(mute, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(mute, 8), 0);
    assert_int_equal(getsockname(mute, (struct sockaddr *)&here, &n), 0);
    snprintf(hosts, sizeof hosts, "127.0.0.1:%d,127.0.0.1:1,127.0.0.1:%d", ntohs(here.sin_port),
             scratch_port());
    url_with(url, sizeof url, hosts, p.schema, "");
    int64_t started = clock_monotonic_ms();
    assert_int_equal(db_open(&db, str_from(url), NULL), ERR_OK);
    int64_t took = clock_monotonic_ms() - started;
    assert_true(took >= 1500 && took < 6000);
    /* Later connections begin with the one that served. */
    int64_t pid = 0;
    assert_int_equal(db_read(db, UNIT, pid_fn, &pid), ERR_OK);
    terminate_backend(pid);
    started = clock_monotonic_ms();
    assert_int_equal(count_items(db), 0);
    assert_true(clock_monotonic_ms() - started < 1500);
    db_close(db);
    close(mute);
    log_set_level(LOG_WARN);
    place_remove(&p);
}

static void standby_is_not_written_to(void **state)
{
    struct scratch_place p;
    char hosts[40], url[600];
    struct db *db = NULL;
    (void)state;
    assert_true(place_make(&p, true));
    db = place_open(&p, NULL);
    db_close(db);
    log_set_level(LOG_ERROR + 1);
    snprintf(hosts, sizeof hosts, "127.0.0.1:%d", scratch_port());
    url_with(url, sizeof url, hosts, p.schema, "%20-cdefault_transaction_read_only%3Don");
    assert_int_equal(db_open(&db, str_from(url), NULL), ERR_UNAVAILABLE);
    assert_int_equal(db_open(&db, str_from(url), &(struct db_options){.read_only = true}), ERR_OK);
    assert_int_equal(count_items(db), 0);
    db_close(db);
    log_set_level(LOG_WARN);
    place_remove(&p);
}

/* --- who may connect, and what a role sees --------------------------------------------------- */

static void privileged_role_is_refused(void **state)
{
    const char *admin = getenv("AIMAK_TEST_PG_ADMIN");
    struct db *db = NULL;
    (void)state;
    if (!admin) {
        print_message("# not run: AIMAK_TEST_PG_ADMIN is not set\n");
        return;
    }
    log_set_level(LOG_ERROR + 1);
    assert_int_equal(db_open(&db, str_from(admin), NULL), ERR_CONFIG);
    assert_null(db);
    /* One that is no superuser but may bypass the wall. */
    char sql[200], url[200];
    long long n = getpid();
    PGconn *c = PQconnectdb(admin);
    snprintf(sql, sizeof sql, "CREATE ROLE climber_%lld LOGIN BYPASSRLS PASSWORD 'rope'", n);
    PGresult *r = PQexec(c, sql);
    assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    snprintf(url, sizeof url, "postgresql://climber_%lld:rope@127.0.0.1:%d/%s", n, scratch_port(),
             PQdb(c));
    enum err rc = db_open(&db, str_from(url), NULL);
    snprintf(sql, sizeof sql, "DROP ROLE climber_%lld", n);
    r = PQexec(c, sql);
    PQclear(r);
    PQfinish(c);
    assert_int_equal(rc, ERR_CONFIG);
    log_set_level(LOG_WARN);
}

static enum err foreign_insert_fn(struct tx *tx, void *arg)
{
    (void)arg;
    return tx_run(tx, &item_insert,
                  (struct db_value[]){V_STR(OTHER_UNIT), V_I64(9), V_NULL(DB_STR), V_NULL(DB_F64),
                                      V_NULL(DB_BLOB)},
                  NULL, NULL, NULL);
}

static const struct db_query forgetful_update = {
    .name = "forgetful_update",
    .postgres = "UPDATE item SET weight = 0",
    .writes = true,
};
static const struct db_query forgetful_delete = {
    .name = "forgetful_delete",
    .postgres = "DELETE FROM item",
    .writes = true,
};

static enum err forgetful_fn(struct tx *tx, void *arg)
{
    int64_t *n = arg;
    enum err rc;
    TRY(tx_run(tx, &item_count, NULL, put_number, &n[0], NULL));
    TRY(tx_run(tx, &forgetful_update, NULL, NULL, NULL, &n[1]));
    TRY(tx_run(tx, &forgetful_delete, NULL, NULL, NULL, &n[2]));
out:
    return rc;
}

/* Queries that forgot their WHERE touch no row of another municipality. */
static void second_wall_holds(void **state)
{
    struct scratch_place p;
    int64_t n[3] = {-1, -1, -1}, mine = 1;
    (void)state;
    assert_true(place_make(&p, true));
    struct db *db = place_open(&p, NULL);
    assert_int_equal(db_write(db, SCOPE_COUNTRY, foreign_insert_fn, NULL), ERR_OK);
    assert_int_equal(db_write(db, UNIT, forgetful_fn, n), ERR_OK);
    assert_true(n[0] == 0 && n[1] == 0 && n[2] == 0);
    log_set_level(LOG_ERROR + 1);
    assert_int_equal(db_write(db, UNIT, foreign_insert_fn, NULL), ERR_DENIED);
    log_set_level(LOG_WARN);
    assert_int_equal(db_write(db, UNIT, insert_item_fn, &mine), ERR_OK);
    assert_int_equal(count_items(db), 2); /* the country sees both */
    assert_int_equal(db_write(db, UNIT, forgetful_fn, n), ERR_OK);
    assert_true(n[0] == 1 && n[1] == 1 && n[2] == 1);
    assert_int_equal(count_items(db), 1);
    db_close(db);
    place_remove(&p);
}

/* --- serializable ---------------------------------------------------------------------------- */

/* Two on duty; each may go home if the other stays. Under mere snapshots both go (write skew). */
struct duty {
    struct db *db;
    int64_t id;
    pthread_barrier_t *barrier;
    int runs;
    enum err rc;
};

static const struct db_query on_duty = {
    .name = "on_duty",
    .postgres = "SELECT count(*) FROM item WHERE weight > 0",
    .out = number,
    .out_count = 1,
};
static const struct db_query go_home = {
    .name = "go_home",
    .postgres = "UPDATE item SET weight = 0 WHERE id = $1",
    .in = number,
    .in_count = 1,
    .writes = true,
};

static enum err leave_fn(struct tx *tx, void *arg)
{
    struct duty *d = arg;
    int64_t n = 0;
    enum err rc;
    TRY(tx_run(tx, &on_duty, NULL, put_number, &n, NULL));
    if (d->runs++ == 0)
        pthread_barrier_wait(d->barrier); /* both have looked */
    if (n < 2)
        FAIL(ERR_DENIED);
    TRY(tx_run(tx, &go_home, (struct db_value[]){V_I64(d->id)}, NULL, NULL, NULL));
out:
    return rc;
}

static void *leave(void *arg)
{
    struct duty *d = arg;
    d->rc = db_write(d->db, UNIT, leave_fn, d);
    return NULL;
}

static void write_skew_cannot_happen(void **state)
{
    struct scratch_place p;
    pthread_barrier_t barrier;
    pthread_t t[2];
    struct duty d[2];
    int64_t one = 1, two = 2;
    (void)state;
    assert_true(place_make(&p, true));
    struct db *db = place_open(&p, NULL);
    assert_int_equal(db_write(db, UNIT, insert_item_fn, &one), ERR_OK);
    assert_int_equal(db_write(db, UNIT, insert_item_fn, &two), ERR_OK);
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 2; i++) {
        d[i] = (struct duty){.db = db, .id = i + 1, .barrier = &barrier};
        pthread_create(&t[i], NULL, leave, &d[i]);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    pthread_barrier_destroy(&barrier);
    assert_true((d[0].rc == ERR_OK && d[1].rc == ERR_DENIED) ||
                (d[0].rc == ERR_DENIED && d[1].rc == ERR_OK));
    assert_int_equal(d[0].runs + d[1].runs, 3);
    db_close(db);
    place_remove(&p);
}

/* --- crowds ---------------------------------------------------------------------------------- */

enum { CROWD = 48, CROWD_EACH = 8, THOUGHT_US = 1000 };

struct one_of_many {
    struct db *db;
    int64_t id;
    pthread_barrier_t *barrier;
    pthread_t thread;
    int refused;
};

static const struct db_query raise_weight = {
    .name = "raise_weight",
    .postgres = "UPDATE item SET weight = weight + 1 WHERE id = $1",
    .in = number,
    .in_count = 1,
    .writes = true,
};
static const struct db_query weight_of = {
    .name = "weight_of",
    .postgres = "SELECT CAST(weight AS BIGINT) FROM item WHERE id = $1",
    .in = number,
    .in_count = 1,
    .out = number,
    .out_count = 1,
};

static enum err raise_fn(struct tx *tx, void *arg)
{
    int64_t weight;
    enum err rc;
    (void)arg;
    TRY(tx_run(tx, &weight_of, (struct db_value[]){V_I64(1)}, put_number, &weight, NULL));
    usleep(THOUGHT_US);
    rc = tx_run(tx, &raise_weight, (struct db_value[]){V_I64(1)}, NULL, NULL, NULL);
out:
    return rc;
}

static enum err weight_fn(struct tx *tx, void *arg)
{
    return tx_run(tx, &weight_of, (struct db_value[]){V_I64(1)}, put_number, arg, NULL);
}

static void *raise_often(void *arg)
{
    struct one_of_many *m = arg;
    pthread_barrier_wait(m->barrier);
    for (int i = 0; i < CROWD_EACH; i++)
        m->refused += db_write(m->db, UNIT, raise_fn, NULL) != ERR_OK;
    return NULL;
}

/* Looks whether it is there, as most do: the look is at the page that everybody writes to. */
static enum err look_and_add_fn(struct tx *tx, void *arg)
{
    int64_t *id = arg;
    enum err rc;
    TRY(tx_run(tx, &item_get, (struct db_value[]){V_STR(UNIT), V_I64(*id)}, NULL, NULL, NULL));
    usleep(THOUGHT_US);
    rc = insert_item(tx, *id);
out:
    return rc;
}

static void *add_often(void *arg)
{
    struct one_of_many *m = arg;
    pthread_barrier_wait(m->barrier);
    for (int i = 0; i < CROWD_EACH; i++) {
        int64_t id = m->id * CROWD_EACH + i;
        m->refused += db_append(m->db, UNIT, look_and_add_fn, &id) != ERR_OK;
    }
    return NULL;
}

/* Sum of what was refused. */
static int gather(struct db *db, void *(*does)(void *))
{
    static struct one_of_many many[CROWD];
    pthread_barrier_t barrier;
    int refused = 0;
    pthread_barrier_init(&barrier, NULL, CROWD);
    for (int i = 0; i < CROWD; i++) {
        many[i] = (struct one_of_many){.db = db, .id = i + 1, .barrier = &barrier};
        assert_int_equal(pthread_create(&many[i].thread, NULL, does, &many[i]), 0);
    }
    for (int i = 0; i < CROWD; i++) {
        pthread_join(many[i].thread, NULL);
        refused += many[i].refused;
    }
    pthread_barrier_destroy(&barrier);
    return refused;
}

/* Everybody changes the same row: they must be run again, but nobody is sent away. */
static void crowds_on_one_row_all_come_through(void **state)
{
    struct scratch_place p;
    int64_t one = 1, before = 0, after = 0;
    (void)state;
    assert_true(place_make(&p, true));
    struct db *db = place_open(&p, &(struct db_options){.readers = 24});
    assert_int_equal(db_write(db, UNIT, insert_item_fn, &one), ERR_OK);
    assert_int_equal(db_read(db, UNIT, weight_fn, &before), ERR_OK);
    assert_int_equal(gather(db, raise_often), 0);
    assert_int_equal(db_read(db, UNIT, weight_fn, &after), ERR_OK);
    assert_int_equal(after - before, CROWD * CROWD_EACH);
    db_close(db);
    place_remove(&p);
}

/* Everybody adds rows of their own: nobody is even run again. */
static void crowds_that_only_add_do_not_meet(void **state)
{
    struct scratch_place p;
    struct db_stats stats;
    (void)state;
    assert_true(place_make(&p, true));
    struct db *db = place_open(&p, &(struct db_options){.readers = 24});
    assert_int_equal(gather(db, add_often), 0);
    assert_int_equal(count_items(db), CROWD * CROWD_EACH);
    db_stats(db, &stats);
    assert_int_equal(stats.retries, 0);
    db_close(db);
    place_remove(&p);
}

/* --- the pool -------------------------------------------------------------------------------- */

struct holder {
    struct db *db;
    atomic_bool *go;
    atomic_int *inside;
    enum err rc;
};

static enum err hold_fn(struct tx *tx, void *arg)
{
    struct holder *h = arg;
    (void)tx;
    atomic_fetch_add(h->inside, 1);
    while (!atomic_load(h->go))
        usleep(500);
    return ERR_OK;
}

static void *hold(void *arg)
{
    struct holder *h = arg;
    h->rc = db_read(h->db, UNIT, hold_fn, h);
    return NULL;
}

static void empty_pool_says_busy(void **state)
{
    struct bench b;
    pthread_t t[4];
    struct holder h[4];
    atomic_bool go = false;
    atomic_int inside = 0;
    struct db_stats stats;
    int64_t n;
    (void)state;
    set_up(&b, &(struct db_options){.readers = 2, .busy_ms = 100});
    for (int i = 0; i < 4; i++) {
        h[i] = (struct holder){b.db, &go, &inside, ERR_IO};
        pthread_create(&t[i], NULL, hold, &h[i]);
    }
    while (atomic_load(&inside) < 4)
        usleep(1000);
    int64_t started = clock_monotonic_ms();
    assert_int_equal(db_read(b.db, UNIT, count_items_fn, &n), ERR_BUSY);
    assert_true(clock_monotonic_ms() - started >= 95);
    atomic_store(&go, true);
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(h[i].rc, ERR_OK);
    }
    assert_int_equal(count_items(b.db), 0);
    db_stats(b.db, &stats);
    assert_int_equal(stats.busy, 1);
    assert_true(stats.queue_peak >= 5);
    tear_down(&b);
}

int main(void)
{
    static struct commit_case cases[] = {
        {"never arrived", PROXY_CUT_BEFORE, false, ERR_UNAVAILABLE, false, 1, 1},
        {"arrived, answer lost", PROXY_CUT_AFTER, false, ERR_UNAVAILABLE, true, 1, 1},
        {"never arrived, idempotent", PROXY_CUT_BEFORE, true, ERR_OK, true, 2, 2},
        {"arrived, answer lost, idempotent", PROXY_CUT_AFTER, true, ERR_OK, true, 2, 3},
        {"committed with a warning", PROXY_WARN, false, ERR_UNAVAILABLE, true, 1, 1},
        {"committed with a warning, idempotent", PROXY_WARN, true, ERR_OK, true, 2, 3},
    };
    static char labels[COUNT_OF(cases)][80];
    struct CMUnitTest tests[32] = {
        cmocka_unit_test(connection_lost_before_commit_is_repeated),
        cmocka_unit_test(terminated_backend_is_survived),
        cmocka_unit_test(frozen_server_meets_the_deadline),
        cmocka_unit_test(vanished_server_is_refused_quickly),
        cmocka_unit_test(hosts_are_tried_one_by_one),
        cmocka_unit_test(standby_is_not_written_to),
        cmocka_unit_test(privileged_role_is_refused),
        cmocka_unit_test(second_wall_holds),
        cmocka_unit_test(write_skew_cannot_happen),
        cmocka_unit_test(crowds_on_one_row_all_come_through),
        cmocka_unit_test(crowds_that_only_add_do_not_meet),
        cmocka_unit_test(empty_pool_says_busy),
    };
    size_t count = 0;
    while (tests[count].name)
        count++;
    if (!scratch_postgres()) {
        print_message("1..0 # SKIP AIMAK_TEST_PG is not set\n");
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        snprintf(labels[i], sizeof labels[i], "commit: %s", cases[i].name);
        tests[count++] = (struct CMUnitTest){
            .name = labels[i], .test_func = lost_answer_to_commit, .initial_state = &cases[i]};
    }
    return _cmocka_run_group_tests("postgres", tests, count, NULL, NULL);
}
