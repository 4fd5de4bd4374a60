/* The check passes a good database and finds each kind of fault that can be made here. */
#include "platform/store/check.h"

#include "platform/store/fixture_test.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

static struct str checked(struct db *db, int *faults)
{
    static struct buf text;
    buf_clear(&text);
    *faults = 0;
    assert_int_equal(db_check(db, &text, faults), ERR_OK);
    return buf_view(&text);
}

static bool mentions(struct str text, const char *words)
{
    return str_find(text, str_from(words)) >= 0;
}

static void sqlite_path_of(const struct scratch_place *p, char *out, size_t size)
{
    snprintf(out, size, "%s", p->url + strlen("sqlite:"));
}

/* Enough rows for several pages of table and index. */
static enum err fill_fn(struct tx *tx, void *arg)
{
    enum err rc = ERR_OK;
    (void)arg;
    for (int64_t id = 1; id <= 2000; id++)
        TRY(insert_item(tx, id));
out:
    return rc;
}

static void passes_a_good_file(void **state)
{
    (void)state;
    struct scratch_place p;
    int faults;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, NULL);
    assert_int_equal(db_write(db, UNIT, fill_fn, NULL), ERR_OK);
    assert_int_equal(checked(db, &faults).n, 0);
    assert_int_equal(faults, 0);
    db_close(db);
    place_remove(&p);
}

static void sees_a_damaged_page(void **state)
{
    (void)state;
    struct scratch_place p;
    char path[512], zeros[512] = {0};
    int faults;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, NULL);
    assert_int_equal(db_write(db, UNIT, fill_fn, NULL), ERR_OK);
    db_close(db); /* the log is written back into the file */
    sqlite_path_of(&p, path, sizeof(path));
    int fd = open(path, O_RDWR);
    off_t size = lseek(fd, 0, SEEK_END);
    assert_true(size > 20 * 4096);
    for (off_t at = size / 2; at < size; at += 4096)
        assert_int_equal(pwrite(fd, zeros, sizeof(zeros), at), sizeof(zeros));
    close(fd);
    assert_int_equal(db_open(&db, str_from(p.url), NULL), ERR_OK);
    struct str text = checked(db, &faults);
    assert_true(faults > 0);
    assert_true(mentions(text, "the file is damaged: "));
    assert_true(mentions(text, "restore a backup\n"));
    db_close(db);
    place_remove(&p);
}

static void sees_a_reference_to_nothing(void **state)
{
    (void)state;
    struct scratch_place p;
    char path[512];
    int faults;
    sqlite3 *raw;
    assert_true(place_make(&p, false));
    struct db *db = place_open(&p, NULL);
    db_close(db);
    sqlite_path_of(&p, path, sizeof(path));
    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(raw, "INSERT INTO part (unit, id, item) VALUES ('x', 1, 99)", 0, 0, 0),
        SQLITE_OK);
    sqlite3_close(raw);
    assert_int_equal(db_open(&db, str_from(p.url), NULL), ERR_OK);
    assert_true(mentions(checked(db, &faults), "part refers to missing rows of item"));
    assert_int_equal(faults, 1);
    db_close(db);
    place_remove(&p);
}

static void sees_a_lost_wall(void **state)
{
    (void)state;
    struct scratch_place p;
    int faults, more;
    if (!place_make(&p, true)) {
        print_message("# skipped: the lost wall on PostgreSQL; AIMAK_TEST_PG is not set\n");
        return;
    }
    struct db *db = place_open(&p, NULL);
    struct str text = checked(db, &faults);
    assert_false(mentions(text, "row-level security"));
    PGconn *raw = PQconnectdb(p.url);
    PQclear(PQexec(raw, "ALTER TABLE item NO FORCE ROW LEVEL SECURITY"));
    PQfinish(raw);
    text = checked(db, &more);
    assert_true(mentions(text, "table item has lost its row-level security"));
    assert_int_equal(more, faults + 1);
    db_close(db);
    place_remove(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_a_good_file),
        cmocka_unit_test(sees_a_damaged_page),
        cmocka_unit_test(sees_a_reference_to_nothing),
        cmocka_unit_test(sees_a_lost_wall),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
