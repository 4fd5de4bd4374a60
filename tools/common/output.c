/*
 * Command line and output files of the build-time compilers; see output.h.
 */
#include "common/output.h"

#include <errno.h>
#include <unistd.h>

static bool same_as_file(const char *path, struct str text)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    struct buf old = BUF_EMPTY;
    size_t got = fread(buf_reserve(&old, text.n + 1), 1, text.n + 1, file);
    bool same = !ferror(file) && got == text.n && memcmp(old.p, text.p, text.n) == 0;
    fclose(file);
    buf_free(&old);
    return same;
}

/* Through a temporary name, so that an interrupted build leaves no half file behind. */
static void output_write(struct arena *a, struct diag *d, const char *dir,
                         const struct output *output)
{
    const char *path = arena_printf(a, "%s/%.*s", dir, STRF(output->name)).p;
    if (same_as_file(path, output->text))
        return;
    const char *temporary = arena_printf(a, "%s.new", path).p;
    FILE *file = fopen(temporary, "wb");
    if (!file) {
        diag_file_error(d, temporary, "cannot write: %s", strerror(errno));
        return;
    }
    bool ok = fwrite(output->text.p, 1, output->text.n, file) == output->text.n;
    ok = fclose(file) == 0 && ok;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        diag_file_error(d, path, "cannot write: %s", strerror(errno));
        unlink(temporary);
    }
}

static int usage(const char *name)
{
    fprintf(stderr, "usage: %s [--slice NAME] --out DIR [--po FILE]... FILE...\n", name);
    return 2;
}

int tool_main(const char *name, tool_fn compile, int argc, char **argv)
{
    struct arena *a = arena_new();
    struct diag d = {BUF_EMPTY, 0};
    struct tool_input in = {.slice = STR_NULL};
    const char *dir = NULL;
    int rc = 0;
    for (int i = 1; i < argc && !rc; i++) {
        struct str arg = str_from(argv[i]);
        bool slice = str_eq(arg, STR("--slice")), out = str_eq(arg, STR("--out"));
        bool po = str_eq(arg, STR("--po"));
        if ((slice || out || po) ? ++i == argc : str_starts(arg, STR("-"))) {
            rc = usage(name);
        } else if (slice) {
            in.slice = str_from(argv[i]);
        } else if (out) {
            dir = argv[i];
        } else {
            struct source source;
            if (source_read(a, &d, argv[i], &source)) {
                if (po)
                    ARENA_PUSH(a, in.po, source);
                else
                    ARENA_PUSH(a, in.files, source);
            }
        }
    }
    if (!rc && (!dir || (!in.files.n && !d.errors)))
        rc = usage(name);
    if (!rc) {
        if (!in.slice.p)
            in.slice = path_name(dir);
        struct output_list outputs = {0};
        if (!d.errors)
            compile(a, &d, &in, &outputs);
        for (size_t i = 0; i < outputs.n && !d.errors; i++)
            output_write(a, &d, dir, &outputs.v[i]);
        fwrite(buf_view(&d.text).p, 1, d.text.n, stderr);
        rc = d.errors ? 1 : 0;
    }
    buf_free(&d.text);
    arena_free(a);
    return rc;
}
