/*
 * The file store and its sweep: the same bytes are one file; what no row names goes when it is old;
 * what a row names, what is young and what a restore or a backup needs never does.
 */
#include "platform/core/testing.h"
#include "platform/web/slice_testing.h"

#include "platform/core/clock.h"
#include "platform/files/files.h"
#include "platform/jobs/jobs.h"
#include "platform/store/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

/* A room that keeps files: the ids stand in the column `body` of the store's sample table. */
static const struct migration *const keeper_migrations[] = {&fixture_migration, NULL};
static const char *const keeper_columns[] = {"item.body", NULL};

static const enum db_type body_type[] = {DB_STR};
static const char *const body_name[] = {"body"};
static const struct db_query keeper_read = {
    .name = "keeper_read",
    .sqlite = "SELECT CAST(body AS TEXT) FROM item WHERE body IS NOT NULL",
    .postgres = "SELECT convert_from(body, 'UTF8') FROM item WHERE body IS NOT NULL",
    .out = body_type,
    .out_names = body_name,
    .out_count = 1,
};
static enum err keeper_use(void *uses, const struct db_value *values)
{
    file_used(uses, values[0].s);
    return ERR_OK;
}
static enum err keeper_files(struct tx *tx, struct file_uses *uses)
{
    return tx_run(tx, &keeper_read, NULL, keeper_use, uses, NULL);
}
static const struct slice keeper_slice = {
    .name = "keeper",
    .migrations = keeper_migrations,
    .file_columns = keeper_columns,
    .files = keeper_files,
};
static const struct slice *const slices[] = {&jobs_slice, &files_slice, &keeper_slice};

static void begin(struct slice_test *t, void **state)
{
    slice_test_begin(t, state, slices, COUNT_OF(slices));
}

static struct str put(struct slice_test *t, const char *bytes)
{
    struct str id;
    assert_int_equal(file_put(&t->app, t->arena, str_from(bytes), &id), ERR_OK);
    return id;
}

struct row {
    int64_t id;
    struct str file;
};
static enum err insert_row(struct tx *tx, void *arg)
{
    const struct row *row = arg;
    const struct db_value values[] = {V_STR(UNIT), V_I64(row->id), V_NULL(DB_STR), V_NULL(DB_F64),
                                      V_BLOB(row->file)};
    return tx_run(tx, &item_insert, values, NULL, NULL, NULL);
}
static void refer(struct slice_test *t, int64_t id, struct str file)
{
    struct row row = {id, file};
    assert_int_equal(db_write(t->app.db, UNIT, insert_row, &row), ERR_OK);
}

static const char *path_of(struct slice_test *t, struct str id)
{
    struct str folder = str_slice(id, 0, 2), below = str_slice(id, 2, 2);
    return arena_cstr(t->arena, arena_printf(t->arena, "%s/files/%.*s/%.*s/%.*s", t->data,
                                             STRF(folder), STRF(below), STRF(id)));
}
static bool is_there(struct slice_test *t, struct str id)
{
    return access(path_of(t, id), F_OK) == 0;
}
static void make_old(const char *path)
{
    time_t then = (time_t)((clock_now_ms() - 25 * MS_HOUR) / MS_SECOND);
    struct timespec times[2] = {{.tv_sec = then}, {.tv_sec = then}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}
static struct str put_old(struct slice_test *t, const char *bytes)
{
    struct str id = put(t, bytes);
    make_old(path_of(t, id));
    return id;
}

static struct file_sweep sweep(struct slice_test *t, bool dry_run)
{
    struct file_sweep found;
    assert_int_equal(files_sweep(&t->app, t->arena, dry_run, &found), ERR_OK);
    return found;
}

static void same_bytes_are_one_file(void **state)
{
    struct slice_test t;
    struct str read;
    begin(&t, state);
    struct str first = put(&t, "evidence"), second = put(&t, "evidence");
    assert_str_equal(first, second);
    assert_int_equal(first.n, FILE_ID_LENGTH);
    assert_int_equal(file_read(&t.app, t.arena, first, 100, &read), ERR_OK);
    assert_str_equal(read, STR("evidence"));
    assert_int_equal(file_read(&t.app, t.arena, first, 3, &read), ERR_TOO_LARGE);
    assert_int_equal(file_read(&t.app, t.arena, STR("../../key"), 3, &read), ERR_NOT_FOUND);
    slice_test_end(&t);
}

static void only_what_is_old_and_unused_goes(void **state)
{
    struct slice_test t;
    begin(&t, state);
    assert_int_equal(sweep(&t, false).files, 0); /* no directory yet */
    struct str used = put_old(&t, "used"), unused = put_old(&t, "unused"), young = put(&t, "young");
    refer(&t, 1, used);
    /* Left over from a crash in the middle of writing; and what somebody else has put there. */
    struct str partial = arena_printf(t.arena, "%s.0123456789abcdef", path_of(&t, used));
    struct str foreign = arena_printf(t.arena, "%s.note", path_of(&t, used));
    struct str extra[] = {partial, foreign};
    for (size_t i = 0; i < COUNT_OF(extra); i++) {
        int fd = open(extra[i].p, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        close(fd);
        make_old(extra[i].p);
    }

    struct file_sweep found = sweep(&t, true);
    assert_true(found.files == 4 && found.unused == 2 && found.unused_bytes == 6);
    assert_true(found.removed == 0 && found.missing == 0 && !found.refused);
    assert_true(is_there(&t, unused));

    assert_int_equal(schedule_run_now(&t.app, "files_sweep"), ERR_OK);
    assert_true(is_there(&t, used) && is_there(&t, young));
    assert_false(is_there(&t, unused));
    assert_int_equal(access(partial.p, F_OK), -1);
    assert_int_equal(access(foreign.p, F_OK), 0);
    found = sweep(&t, false);
    assert_true(found.files == 2 && found.unused == 0 && found.removed == 0);
    slice_test_end(&t);
}

/* The same bytes once more, while the old file waits for the sweep: its row is still to come. */
static void what_is_sent_again_is_young_again(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct str id = put_old(&t, "photo");
    assert_int_equal(sweep(&t, true).unused, 1);
    put(&t, "photo");
    struct file_sweep found = sweep(&t, false);
    assert_true(found.unused == 0 && is_there(&t, id));
    refer(&t, 1, id);
    make_old(path_of(&t, id));
    found = sweep(&t, false);
    assert_true(found.unused == 0 && is_there(&t, id));
    slice_test_end(&t);
}

static void nothing_goes_during_a_backup_or_a_restore(void **state)
{
    struct slice_test t;
    begin(&t, state);
    struct str id = put_old(&t, "photo");
    const char *root = arena_cstr(t.arena, arena_printf(t.arena, "%s/files", t.data));
    int lock = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(lock, LOCK_SH), 0);
    assert_int_equal(sweep(&t, false).removed, 0);
    assert_true(is_there(&t, id));
    put(&t, "another"); /* people go on sending */
    close(lock);

    struct str marker = arena_printf(t.arena, "%s/.restore-unfinished", t.data);
    int fd = open(marker.p, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    close(fd);
    assert_true(backup_restore_unfinished(t.data));
    assert_int_equal(sweep(&t, false).removed, 0);
    assert_true(is_there(&t, id));
    assert_int_equal(unlink(marker.p), 0);
    assert_int_equal(sweep(&t, false).removed, 1);
    assert_false(is_there(&t, id));
    slice_test_end(&t);
}

/* The database of one installation with the directory of another. */
static void a_directory_of_strangers_is_left_alone(void **state)
{
    struct slice_test t;
    struct buf text = BUF_EMPTY;
    int faults = 0;
    begin(&t, state);
    struct str last = STR_NULL;
    for (int i = 0; i < 30; i++)
        last = put_old(&t, arena_printf(t.arena, "photo %d", i).p);
    struct file_sweep found = sweep(&t, false);
    assert_true(found.refused && found.unused == 30 && found.removed == 0);
    assert_int_equal(files_slice.doctor(&t.app, &text, &faults), ERR_OK);
    assert_int_equal(faults, 1);
    assert_true(str_find(buf_view(&text), STR("directory of this database")) > 0);

    for (int i = 0; i < 16; i++)
        refer(&t, i + 1, put_old(&t, arena_printf(t.arena, "photo %d", i).p));
    found = sweep(&t, false);
    assert_true(!found.refused && found.unused == 14 && found.removed == 14);
    assert_false(is_there(&t, last));
    buf_free(&text);
    slice_test_end(&t);
}

static void the_doctor_misses_files_that_rows_name(void **state)
{
    struct slice_test t;
    struct buf text = BUF_EMPTY;
    int faults = 0;
    begin(&t, state);
    struct str id = put_old(&t, "photo");
    refer(&t, 1, id);
    assert_int_equal(files_slice.doctor(&t.app, &text, &faults), ERR_OK);
    assert_int_equal(faults, 0);
    assert_true(str_starts(buf_view(&text), STR("1 kept, 0 that no row names")));
    assert_int_equal(unlink(path_of(&t, id)), 0);
    buf_clear(&text);
    assert_int_equal(files_slice.doctor(&t.app, &text, &faults), ERR_OK);
    assert_int_equal(faults, 1);
    assert_true(str_find(buf_view(&text), str_slice(id, 0, 32)) > 0);
    buf_free(&text);
    slice_test_end(&t);
}

int main(void)
{
    static const struct slice_test_body bodies[] = {
        BODY(same_bytes_are_one_file),
        BODY(only_what_is_old_and_unused_goes),
        BODY(what_is_sent_again_is_young_again),
        BODY(nothing_goes_during_a_backup_or_a_restore),
        BODY(a_directory_of_strangers_is_left_alone),
        BODY(the_doctor_misses_files_that_rows_name),
    };
    return slice_test_run("files", bodies, COUNT_OF(bodies));
}
