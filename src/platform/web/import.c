/* See import.h: one way for all imports to read, report and exit. */
#include "platform/web/import.h"

#include "platform/core/cli.h"

#include <errno.h>

/* Operators read the messages in the language of AIMAK_LANG, English when it is not set. */
static enum lang operator_language(void)
{
    enum lang lang = LANG_EN;
    const char *code = getenv("AIMAK_LANG");
    if (code && !lang_parse(str_from(code), &lang))
        lang = LANG_EN;
    return lang;
}

static enum err read_file(struct arena *a, const char *path, struct str *text)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!file)
        return ERR_IO;
    struct buf *content = buf_in(a);
    enum err rc = ERR_OK;
    for (;;) {
        size_t got = fread(buf_reserve(content, 1 << 16), 1, 1 << 16, file);
        content->n += got;
        if (got == 0)
            break;
        if (content->n > IMPORT_FILE_MAX) {
            rc = ERR_TOO_LARGE;
            break;
        }
    }
    if (ferror(file))
        rc = ERR_IO;
    if (file != stdin)
        fclose(file);
    *text = buf_view(content);
    return rc;
}

int import_command(struct app *app, int argc, char **argv, import_load_fn load)
{
    struct import_run run = {.lang = operator_language()};
    run.dry_run = cli_flag(&argc, argv, "--dry-run");
    if (!cli_arguments(&argc, argv, 1, 1))
        return EXIT_BAD_USAGE;
    run.path = argv[0];
    run.arena = arena_new();
    int code = EXIT_ENVIRONMENT;
    enum err rc = read_file(run.arena, run.path, &run.text);
    if (rc == ERR_OK)
        code = load(app, &run);
    else
        cli_say("%s: %s", run.path, rc == ERR_TOO_LARGE ? "larger than 256 MiB" : strerror(errno));
    arena_free(run.arena);
    return code;
}

int import_finish(struct import_run *run, enum err rc)
{
    struct buf *out = buf_in(run->arena);
    if (rc == ERR_OK) {
        MSG_PUT(out, run->lang, run->dry_run ? MSG_table_import_would : MSG_table_import_done,
                ARG_N("rows", run->counts.rows), ARG_N("added", run->counts.added),
                ARG_N("changed", run->counts.changed), ARG_N("same", run->counts.same));
        printf("%.*s\n", STRF(buf_view(out)));
        return EXIT_DONE;
    }
    if (rc != ERR_INPUT) {
        cli_say("%s: %s", run->path, err_name(rc));
        return cli_exit(rc);
    }
    if (run->table) {
        table_fault_report(run->table, run->lang, out);
    } else {
        buf_str(out, msg_text(run->lang, run->fault));
        buf_char(out, '\n');
    }
    fprintf(stderr, "%.*s", STRF(buf_view(out)));
    MSG_PUT((buf_clear(out), out), run->lang, MSG_table_import_refused,
            ARG_N("n", run->table ? table_faults(run->table) : 1));
    fprintf(stderr, "%.*s\n", STRF(buf_view(out)));
    return EXIT_FAULT;
}
