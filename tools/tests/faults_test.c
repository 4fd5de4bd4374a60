/* Running fault files and comparing outputs with golden ones; see faults_test.h. */
#include "faults_test.h"

#include <dirent.h>
#include <unistd.h>

/* A fault file as a test of its own. */
struct fault_file {
    tool_fn compile;
    const char *path;
};

static const char *source_root(void)
{
    const char *root = getenv("AIMAK_SOURCE");
    return root ? root : ".";
}

static bool rewrite_wanted(void)
{
    const char *wanted = getenv("AIMAK_REWRITE");
    return wanted && wanted[0] == '1';
}

struct str file_read(struct arena *a, const char *path)
{
    const char *full = arena_printf(a, "%s/%s", source_root(), path).p;
    FILE *file = fopen(full, "rb");
    if (!file)
        return STR_NULL;
    struct buf *bytes = buf_in(a);
    size_t got;
    while ((got = fread(buf_reserve(bytes, 65536), 1, 65536, file)) > 0)
        bytes->n += got;
    fclose(file);
    return buf_view(bytes);
}

static void file_write(struct arena *a, const char *path, struct str text)
{
    FILE *file = fopen(arena_printf(a, "%s/%s", source_root(), path).p, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
    assert_int_equal(fclose(file), 0);
}

void bundle_split(struct arena *a, struct str text, struct source_list *out)
{
    struct str mark = STR("=== ");
    while (text.n) {
        ptrdiff_t line = str_find_char(text, '\n');
        assert_true(str_starts(text, mark) && line > 0);
        struct str name = str_slice(text, mark.n, (size_t)line - mark.n);
        text = str_slice(text, (size_t)line + 1, text.n);
        ptrdiff_t next = str_starts(text, mark) ? 0 : str_find(text, STR("\n=== "));
        size_t n = next < 0 ? text.n : next == 0 ? 0 : (size_t)next + 1;
        struct source section = {arena_cstr(a, name), arena_str(a, str_slice(text, 0, n))};
        ARENA_PUSH(a, *out, section);
        text = str_slice(text, n, text.n);
    }
}

struct str compile_bundle(struct arena *a, tool_fn compile, const struct source_list *files,
                          struct output_list *out)
{
    struct diag d = {BUF_EMPTY, 0};
    struct tool_input in = {.slice = STR("cases")};
    bool po_input = files->n && str_ends(str_from(files->v[files->n - 1].path), STR(".po"));
    for (size_t i = 0; i < files->n; i++) {
        bool po = str_ends(str_from(files->v[i].path), STR(".po"));
        if (!source_check(&d, &files->v[i]))
            continue;
        if (po && !po_input)
            ARENA_PUSH(a, in.po, files->v[i]);
        else
            ARENA_PUSH(a, in.files, files->v[i]);
    }
    if (!d.errors)
        compile(a, &d, &in, out);
    struct str text = arena_str(a, buf_view(&d.text));
    if (d.errors)
        assert_int_equal(out->n, 0);
    buf_free(&d.text);
    return text;
}

static void run_fault_file(void **state)
{
    const struct fault_file *fault = *state;
    struct arena *a = arena_new();
    struct source_list files = {0};
    struct output_list out = {0};
    struct str text = file_read(a, fault->path);
    assert_non_null(text.p);
    bundle_split(a, text, &files);
    assert_true(files.n > 0);
    struct source expected = files.v[files.n - 1];
    assert_string_equal(expected.path, "expected");
    files.n--;
    struct str found = compile_bundle(a, fault->compile, &files, &out);
    if (rewrite_wanted() && !str_eq(found, expected.text)) {
        struct str head = str_slice(text, 0, text.n - expected.text.n);
        file_write(a, fault->path, arena_printf(a, "%.*s%.*s", STRF(head), STRF(found)));
        expected.text = found;
    }
    assert_string_equal(found.p, expected.text.p);
    assert_true(found.n > 0); /* a fault file holds a fault */
    arena_free(a);
}

static int compare_path(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

int faults_main(const char *name, tool_fn compile, const struct CMUnitTest *tests, size_t n)
{
    struct arena *a = arena_new();
    struct {
        struct CMUnitTest *v;
        size_t n, cap;
    } all = {0};
    const char *folder = arena_printf(a, "tools/tests/faults/%s", name).p;
    DIR *dir = opendir(arena_printf(a, "%s/%s", source_root(), folder).p);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        if (!str_ends(str_from(entry->d_name), STR(".txt")))
            continue;
        struct fault_file *fault = ARENA_NEW(a, struct fault_file);
        *fault = (struct fault_file){compile, arena_printf(a, "%s/%s", folder, entry->d_name).p};
        struct CMUnitTest test = {.name = fault->path, .test_func = run_fault_file};
        test.initial_state = fault;
        ARENA_PUSH(a, all, test);
    }
    if (dir)
        closedir(dir);
    if (all.n)
        qsort(all.v, all.n, sizeof all.v[0], compare_path);
    for (size_t i = 0; i < n; i++)
        ARENA_PUSH(a, all, tests[i]);
    int failed = all.n == n ? 1 : _cmocka_run_group_tests(name, all.v, all.n, NULL, NULL);
    arena_free(a);
    return failed;
}

void golden_check(const struct output_list *out)
{
    struct arena *a = arena_new();
    assert_true(out->n > 0);
    for (size_t i = 0; i < out->n; i++) {
        const char *path = arena_printf(a, "tools/tests/golden/%.*s", STRF(out->v[i].name)).p;
        if (rewrite_wanted())
            file_write(a, path, out->v[i].text);
        struct str expected = file_read(a, path);
        assert_non_null(expected.p);
        assert_string_equal(arena_cstr(a, out->v[i].text), arena_cstr(a, expected));
    }
    arena_free(a);
}
