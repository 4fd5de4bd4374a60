/*
 * What the three compilers share: positions and lists of faults, C literals, the command line and
 * the writing of outputs.
 */
#include "common/output.h"
#include "platform/core/testing.h"

#include <ftw.h>
#include <sys/stat.h>

static void positions_count_characters(void **state)
{
    struct diag d = {BUF_EMPTY, 0};
    struct source s = {"a.sql", STR("one\nКыргыз тили\n")};
    (void)state;
    diag_error(&d, &s, 0, "first");
    diag_error(&d, &s, 4 + 2 * 7 - 1, "second %d", 2);
    diag_error(&d, &s, 9999, "behind");
    diag_file_error(&d, "b.sql", "whole");
    assert_str_equal(buf_view(&d.text), STR("a.sql:1:1: error: first\na.sql:2:8: error: second 2\n"
                                            "a.sql:3:1: error: behind\nb.sql: error: whole\n"));
    assert_int_equal(d.errors, 4);
    assert_int_equal(source_line(&s, 4), 2);
    buf_free(&d.text);
}

static void a_long_list_of_faults_is_cut(void **state)
{
    struct diag d = {BUF_EMPTY, 0};
    struct source s = {"a", STR("x")};
    size_t lines = 0;
    (void)state;
    for (int i = 0; i < 80; i++)
        diag_error(&d, &s, 0, "fault");
    for (size_t i = 0; i < d.text.n; i++)
        lines += d.text.p[i] == '\n';
    assert_int_equal(d.errors, 80);
    assert_int_equal(lines, 51);
    buf_free(&d.text);
}

/* Undoes what a C compiler does with adjacent literals; fails on what is no literal. */
static void read_literals(struct buf *out, struct str c)
{
    for (size_t i = 0; i < c.n; i++) {
        if (c.p[i] == ' ' || c.p[i] == '\n')
            continue;
        assert_int_equal(c.p[i], '"');
        for (i++; c.p[i] != '"'; i++) {
            assert_true(i + 1 < c.n && c.p[i] != '\n');
            if (c.p[i] != '\\') {
                buf_char(out, c.p[i]);
                continue;
            }
            char e = c.p[++i];
            if (e >= '0' && e <= '3') {
                buf_char(out, (char)((e - '0') * 64 + (c.p[i + 1] - '0') * 8 + (c.p[i + 2] - '0')));
                i += 2;
            } else {
                buf_char(out, e == 'n' ? '\n' : e == 't' ? '\t' : e);
            }
        }
    }
}

static void c_literals_hold_any_text(void **state)
{
    (void)state;
    property_seed(20261);
    for (int i = 0; i < 500; i++) {
        struct buf text = BUF_EMPTY, c = BUF_EMPTY, again = BUF_EMPTY;
        property_text(&text, 300);
        buf_cstr(&text, i % 3 ? ""
                              : "?"
                                "?=\\\"\x7F\x01 \n");
        emit_c_lines(&c, buf_view(&text), 4);
        read_literals(&again, buf_view(&c));
        assert_str_equal(buf_view(&again), buf_view(&text));
        assert_true(str_find(buf_view(&c), STR("??")) < 0);
        buf_free(&text);
        buf_free(&c);
        buf_free(&again);
    }
}

/* --- the command line --- */

static char folder[64];

static const char *in_folder(struct arena *a, const char *name)
{
    return arena_printf(a, "%s/%s", folder, name).p;
}

static void put_file(struct arena *a, const char *name, const char *text)
{
    FILE *file = fopen(in_folder(a, name), "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A compiler that refuses a file named bad.txt and else writes what it was given. */
static void copy_all(struct arena *a, struct diag *d, const struct tool_input *in,
                     struct output_list *out)
{
    struct buf *text = buf_in(a);
    buf_printf(text, "%.*s", STRF(in->slice));
    for (size_t i = 0; i < in->files.n; i++) {
        if (str_ends(str_from(in->files.v[i].path), STR("bad.txt")))
            diag_error(d, &in->files.v[i], 0, "bad");
        buf_printf(text, " %.*s", STRF(in->files.v[i].text));
    }
    for (size_t i = 0; i < in->po.n; i++)
        buf_printf(text, " po:%.*s", STRF(in->po.v[i].text));
    struct output output = {arena_printf(a, "%.*s_copy.txt", STRF(in->slice)), buf_view(text)};
    ARENA_PUSH(a, *out, output);
}

/* Runs the compiler with words separated by blanks, "@" standing for the folder. Its standard error
 * goes to the file "stderr" there. */
static int run(struct arena *a, const char *words)
{
    char *argv[16] = {"copy"};
    int argc = 1;
    struct str rest = str_from(words), word;
    while (str_split(&rest, ' ', &word)) {
        if (word.n && word.p[0] == '@')
            word = arena_printf(a, "%s%.*s", folder, (int)word.n - 1, word.p + 1);
        argv[argc++] = arena_cstr(a, word);
    }
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    assert_true(kept >= 0 && freopen(in_folder(a, "stderr"), "wb", stderr));
    int rc = tool_main("copy", copy_all, argc, argv);
    fflush(stderr);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    return rc;
}

static struct str get_file(struct arena *a, const char *name)
{
    struct diag d = {BUF_EMPTY, 0};
    struct source s = {NULL, STR_NULL};
    source_read(a, &d, in_folder(a, name), &s);
    buf_free(&d.text);
    return s.text;
}

static ino_t inode(struct arena *a, const char *name)
{
    struct stat st;
    assert_int_equal(stat(in_folder(a, name), &st), 0);
    return st.st_ino;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/aimak-tool-XXXXXX");
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void wrong_usage_is_told(void **state)
{
    static const char *const wrong[] = {
        "",        "--out @",      "@/a.txt",        "--out",
        "--slice", "--out @ --po", "--out @ --help", "--out @ --unknown @/a.txt"};
    struct arena *a = arena_new();
    (void)state;
    put_file(a, "a.txt", "x");
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(run(a, wrong[i]), 2);
        assert_true(str_starts(get_file(a, "stderr"), STR("usage: copy ")));
    }
    arena_free(a);
}

static void outputs_are_written_and_kept(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    put_file(a, "a.txt", "one");
    put_file(a, "b.txt", "two");
    assert_int_equal(run(a, "--slice cases --out @ --po @/b.txt @/a.txt @/b.txt"), 0);
    assert_str_equal(get_file(a, "cases_copy.txt"), STR("cases one two po:two"));
    assert_int_equal(get_file(a, "stderr").n, 0);
    ino_t first = inode(a, "cases_copy.txt");
    assert_int_equal(run(a, "--slice cases --out @ --po @/b.txt @/a.txt @/b.txt"), 0);
    assert_true(inode(a, "cases_copy.txt") == first);
    put_file(a, "a.txt", "more");
    assert_int_equal(run(a, "--slice cases --out @ --po @/b.txt @/a.txt @/b.txt"), 0);
    assert_str_equal(get_file(a, "cases_copy.txt"), STR("cases more two po:two"));
    arena_free(a);
}

static void the_folder_names_the_slice(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    put_file(a, "a.txt", "one");
    assert_int_equal(mkdir(in_folder(a, "places"), 0700), 0);
    assert_int_equal(run(a, "--out @/places @/a.txt"), 0);
    assert_str_equal(get_file(a, "places/places_copy.txt"), STR("places one"));
    arena_free(a);
}

static void nothing_is_written_after_a_fault(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    put_file(a, "bad.txt", "x");
    put_file(a, "bytes.txt", "x\n\xFF");
    assert_int_equal(run(a, "--slice bad --out @ @/bad.txt"), 1);
    assert_true(str_ends(get_file(a, "stderr"), STR("bad.txt:1:1: error: bad\n")));
    assert_int_equal(run(a, "--slice bad --out @ @/missing.txt"), 1);
    assert_true(str_find(get_file(a, "stderr"), STR("missing.txt: error: cannot open: ")) > 0);
    assert_int_equal(run(a, "--slice bad --out @ @/bytes.txt"), 1);
    assert_true(str_find(get_file(a, "stderr"), STR("bytes.txt:2:1: error: not UTF-8")) > 0);
    assert_int_equal(run(a, "--slice bad --out @/nowhere @/bytes.txt"), 1);
    assert_null(get_file(a, "bad_copy.txt").p);
    put_file(a, "good.txt", "x");
    assert_int_equal(run(a, "--slice bad --out @/nowhere @/good.txt"), 1);
    assert_true(str_find(get_file(a, "stderr"), STR("cannot write: ")) > 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_count_characters),
        cmocka_unit_test(a_long_list_of_faults_is_cut),
        cmocka_unit_test(c_literals_hold_any_text),
        cmocka_unit_test_setup_teardown(wrong_usage_is_told, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(outputs_are_written_and_kept, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_folder_names_the_slice, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(nothing_is_written_after_a_fault, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
