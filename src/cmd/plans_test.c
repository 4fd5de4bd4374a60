/*
 * No statement reads a whole table unless it stands in the list below with its reason: what is a
 * matter of milliseconds on the demonstration takes a second with two million reports. SQLite says
 * how it would run each statement of each slice; an index that is missing, or a condition that
 * keeps it from being used, shows as "SCAN". `bench_queries` measures what is left.
 */
#include "platform/core/testing.h"

#include "cmd/slices.h"
#include "platform/store/migrate.h"

#include <sqlite3.h>

static const struct {
    const char *query, *why;
} may_scan[] = {
    {"job_counts", "work that waits, by kind: open jobs only"},
    {"schedule_list", "a row for each schedule"},
    {"trail_work", "heads of logs, and entries that wait for seconds"},
    {"trail_waiting", "entries that wait for seconds"},
    {"trail_keys", "a handful of keys"},
    {"trail_units", "`aimak verify` and the doctor: everything is looked at"},
    {"place_all", "the territory, kept in memory"},
    {"place_parents_on", "the territory, kept in memory"},
    {"succession_all", "the territory, kept in memory"},
    {"boundary_all", "the territory, kept in memory"},
    {"population_rows_all", "the territory, kept in memory"},
    {"population_all", "an import, by a command"},
    {"staff_all", "all staff, for who may see them"},
    {"session_purge", "once an hour"},
    {"api_key_list", "all keys, for who may see them"},
    {"holiday_rules", "the calendar, kept in memory"},
    {"holiday_days", "the calendar, kept in memory"},
    {"service_kinds", "the catalogue, kept in memory"},
    {"service_faults", "the catalogue, kept in memory"},
    {"service_levels", "the catalogue, kept in memory"},
    {"framework_stored", "a handful of frameworks"},
    {"round_list", "a round a year"},
    {"trait_list", "a row for each municipality, when a round is frozen"},
    {"charter_units", "the hourly count of all municipalities"},
    {"charter_kept_list", "totals of the country: ten rows a municipality"},
    {"charter_published_list", "the doctor"},
    {"schedules_behind", "the daily job that makes visits"},
    {"total_at_all", "totals of the country, kept in memory for half a minute"},
    {"total_changes_all", "changes of the last minute"},
    {"total_change_units", "changes of the last minute"},
    {"open_counts_all", "totals of the country, kept in memory for half a minute"},
    {"tally_delta_units", "changes of the last minute"},
    {"tally_person_of_all", "totals counted anew, by a command"},
    {"persons_pairs", "two persons of one name or telephone: the register against its own index"},
    {"persons_broken", "the doctor"},
    {"persons_count", "the doctor"},
    {"events_wrong_present", "the doctor"},
    {"law_collections", "editions of the Sbornik: a few"},
    {"law_topic_counts", "how many acts each topic has: a few rows an act, 57 topics"},
    {"law_index_missing", "once at start, the first row ends it"},
    {"law_expressions_all", "the doctor"},
    {"law_acts_newest", "the latest fifty, in the order of the index"},
    {"case_files", "the daily sweep of files nobody refers to, and the doctor"},
    {"visit_files", "the daily sweep of files nobody refers to, and the doctor"},
    {"assessment_files", "the daily sweep of files nobody refers to, and the doctor"},
    {"learning_experts", "some dozens of experts"},
    {"learning_files", "the daily sweep of files nobody refers to, and the doctor"},
    {"learning_replication_export", "a file of all of them"},
    {"results_files", "the daily sweep of files nobody refers to, and the doctor"},
    {"coverage_files", "the daily sweep of files nobody refers to, and the doctor"},
    {"service_all", "the doctor: ten rows a municipality"},
    {"plan_photo_files", "the daily sweep of files nobody refers to, and the doctor"},
    {"plans_doctor_sums", "the doctor"},
    {"plans_doctor_approved", "the doctor"},
    {"results_programmes", "a handful of programmes"},
    {"results_indicators", "some dozens of indicators, all shown"},
    {"results_texts", "their reference sheets"},
    {"results_dimensions", "a handful of dimensions"},
    {"results_members", "their members"},
    {"results_counted", "a counter a row"},
    {"results_pairs", "a handful of pairs"},
    {"results_published", "some dozens of published figures"},
    {"results_value_export", "a file of all values"},
};

/* Figures of what is open, read for every page: from an index alone. */
static bool must_be_covered(const char *query, const char *detail)
{
    return strncmp(query, "open_counts", strlen("open_counts")) == 0 &&
           strncmp(detail, "SEARCH c", strlen("SEARCH c")) == 0 && !strstr(detail, "COVERING");
}

static bool is_allowed(const char *query, bool *used)
{
    for (size_t i = 0; i < COUNT_OF(may_scan); i++)
        if (strcmp(may_scan[i].query, query) == 0)
            return used[i] = true;
    return false;
}

static bool is_table(sqlite3 *db, const char *name, size_t n)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND "
                                        "name = ?1",
                                        -1, &s, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(s, 1, name, (int)n, SQLITE_STATIC);
    bool found = sqlite3_step(s) == SQLITE_ROW;
    sqlite3_finalize(s);
    return found;
}

/* "SCAN cases USING INDEX ..." reads it all; lists that were given as a parameter, days that were
 * asked for and results of inner statements are no tables. An alias stands for a table. */
static bool reads_all(sqlite3 *db, const char *detail, const char *sql)
{
    if (strncmp(detail, "SCAN ", 5) != 0 || strstr(detail, "CONSTANT ROW") ||
        strstr(detail, "VIRTUAL TABLE"))
        return false;
    const char *name = detail + 5;
    size_t n = strcspn(name, " ");
    if (is_table(db, name, n))
        return true;
    /* FROM table alias, JOIN table alias */
    char alias[80];
    snprintf(alias, sizeof alias, " %.*s", (int)n, name);
    for (const char *at = sql; (at = strstr(at, alias)); at++) {
        const char *end = at, *begin = at;
        char next = at[strlen(alias)];
        if (next != ' ' && next != '\n' && next != '\0' && next != ')' && next != ',')
            continue;
        while (begin > sql && (begin[-1] == '_' || (begin[-1] >= 'a' && begin[-1] <= 'z')))
            begin--;
        if (end > begin && is_table(db, begin, (size_t)(end - begin)))
            return true;
    }
    return false;
}

static sqlite3 *make_database(void)
{
    sqlite3 *db = NULL;
    char *text = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (size_t s = 0; s < all_slices_count; s++) {
        const struct migration *const *m = all_slices[s]->migrations;
        for (; m && *m; m++)
            if (sqlite3_exec(db, (*m)->sqlite, NULL, NULL, &text) != SQLITE_OK)
                fail_msg("%s: %s", (*m)->name, text);
    }
    return db;
}

static void check_plan(sqlite3 *db, const struct db_query *q, bool *used, int *faults)
{
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", q->sqlite);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(s, 3);
        char name[120];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(q->name, ":"), q->name);
        if (!must_be_covered(name, detail) &&
            (!reads_all(db, detail, q->sqlite) || is_allowed(name, used)))
            continue;
        print_message("# %s: %s\n", q->name, detail);
        ++*faults;
    }
    sqlite3_finalize(s);
    sqlite3_free(sql);
}

static void statements_use_indexes(void **state)
{
    (void)state;
    sqlite3 *db = make_database();
    bool used[COUNT_OF(may_scan)] = {false};
    int faults = 0, queries = 0;
    for (size_t s = 0; s < all_slices_count; s++) {
        const struct db_query *const *q = all_slices[s]->queries;
        for (; q && *q; q++, queries++)
            check_plan(db, *q, used, &faults);
    }
    assert_true(queries > 100);
    for (size_t i = 0; i < COUNT_OF(may_scan); i++)
        if (!used[i]) {
            print_message("# %s does not scan any more: take it off the list\n", may_scan[i].query);
            faults++;
        }
    assert_int_equal(faults, 0);
    sqlite3_close(db);
}

/* --- files --- */

/* A column that names a stored file, by the rule of platform/files/files.h. */
static bool names_a_file(const char *column, const char *type)
{
    size_t n = strlen(column);
    return strcmp(type, "TEXT") == 0 &&
           (strcmp(column, "file") == 0 || strcmp(column, "large") == 0 ||
            strcmp(column, "small") == 0 || (n > 5 && strcmp(column + n - 5, "_file") == 0));
}

static const struct slice *announced_by(const char *full)
{
    for (size_t s = 0; s < all_slices_count; s++)
        for (const char *const *c = all_slices[s]->file_columns; c && *c; c++)
            if (strcmp(*c, full) == 0)
                return all_slices[s];
    return NULL;
}

/* Does a query of the slice read that column of all rows? */
static bool is_read(const struct slice *slice, const char *full)
{
    char from[120];
    size_t n = strcspn(full, ".");
    snprintf(from, sizeof from, " FROM %.*s", (int)n, full);
    for (const struct db_query *const *q = slice->queries; q && *q; q++) {
        const char *at = strstr((*q)->sqlite, from);
        size_t name = strcspn((*q)->name, ":");
        if (!at || (*q)->in_count || name < 6 || strncmp((*q)->name + name - 6, "_files", 6) != 0)
            continue;
        for (int i = 0; i < (*q)->out_count; i++)
            if (strcmp((*q)->out_names[i], full + n + 1) == 0)
                return true;
    }
    return false;
}

/* What a slice does not announce is swept away a day after it was sent: no column may be
 * forgotten, and what is announced must be there and be read. */
static void every_column_of_files_is_announced(void **state)
{
    (void)state;
    sqlite3 *db = make_database();
    sqlite3_stmt *s = NULL;
    int faults = 0, found = 0, announced = 0;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT t.name, c.name, c.type FROM sqlite_master t, "
                                        "pragma_table_info(t.name) c WHERE t.type = 'table'",
                                        -1, &s, NULL),
                     SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        char full[200];
        const char *column = (const char *)sqlite3_column_text(s, 1);
        snprintf(full, sizeof full, "%s.%s", (const char *)sqlite3_column_text(s, 0), column);
        const struct slice *slice = announced_by(full);
        found += slice != NULL;
        if (!slice && names_a_file(column, (const char *)sqlite3_column_text(s, 2))) {
            print_message("# %s: a slice must announce it (file_columns, files), or its files are "
                          "swept; see platform/files/files.h\n",
                          full);
            faults++;
        } else if (slice && !is_read(slice, full)) {
            print_message("# %s: no query NAME_files of %s reads it\n", full, slice->name);
            faults++;
        }
    }
    sqlite3_finalize(s);
    for (size_t i = 0; i < all_slices_count; i++) {
        const char *const *c = all_slices[i]->file_columns;
        assert_true(!c == !all_slices[i]->files);
        for (; c && *c; c++)
            announced++;
    }
    assert_int_equal(found, announced); /* each one is a column that there is */
    assert_true(announced >= 5);
    assert_int_equal(faults, 0);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(statements_use_indexes),
                                       cmocka_unit_test(every_column_of_files_is_announced)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
