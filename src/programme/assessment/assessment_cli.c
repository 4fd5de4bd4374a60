/* aimak verify assessment: recomputes a frozen round from its snapshot alone. */
#include "programme/assessment/assessment_internal.h"

#include "platform/core/cli.h"

#include <stdio.h>

struct found {
    struct arena *a;
    struct str code;
    struct rounds rounds;
    struct sql_round_snapshot_row row;
};

static enum err list_rounds(struct tx *tx, void *arg)
{
    struct found *f = arg;
    f->rounds = (struct rounds){0};
    return rounds_read(tx, f->a, STR_NULL, &f->rounds);
}

static enum err read_round(struct tx *tx, void *arg)
{
    struct found *f = arg;
    return sql_round_snapshot(tx, f->a, &f->row, .code = f->code);
}

static enum err read_whole(FILE *file, struct buf *out)
{
    size_t n;
    do {
        n = fread(buf_reserve(out, 65536), 1, 65536, file);
        out->n += n;
    } while (n > 0 && out->n <= (size_t)64 << 20);
    return ferror(file) ? ERR_IO : out->n > (size_t)64 << 20 ? ERR_TOO_LARGE : ERR_OK;
}

/* One line on standard output for each snapshot. */
static int judge(struct arena *a, struct str name, struct str text, struct str recorded)
{
    struct record_verdict v;
    struct str fault;
    enum err rc = record_verify(a, text, &v, &fault);
    if (rc != ERR_OK) {
        cli_say("%.*s: %.*s", STRF(name), STRF(fault));
        return EXIT_FAULT;
    }
    bool same = v.same && (!recorded.p || str_eq(recorded, v.digest));
    printf("%s %.*s round %.*s, %zu municipalities, SHA-256 %.*s\n", same ? "same" : "DIFFERENT",
           STRF(name), STRF(v.round), v.units, STRF(v.digest));
    if (!v.same)
        cli_say("%.*s", STRF(v.difference));
    else if (!same)
        cli_say("%.*s: recorded SHA-256 is %.*s", STRF(name), STRF(recorded));
    return same ? EXIT_DONE : EXIT_FAULT;
}

static int verify_rounds(struct app *app, struct found *f)
{
    int worst = EXIT_DONE;
    enum err rc = db_read(app->db, SCOPE_COUNTRY, list_rounds, f);
    for (size_t i = 0; rc == ERR_OK && i < f->rounds.n; i++) {
        if (f->rounds.v[i].stage != STAGE_FROZEN ||
            (f->code.n && !str_eq(f->code, f->rounds.v[i].code)))
            continue;
        struct found one = {.a = f->a, .code = f->rounds.v[i].code};
        rc = db_read(app->db, SCOPE_COUNTRY, read_round, &one);
        if (rc == ERR_OK && judge(f->a, one.code, one.row.snapshot, one.row.digest) != EXIT_DONE)
            worst = EXIT_FAULT;
    }
    return rc == ERR_OK ? worst : cli_exit(rc);
}

static int judge_file(struct arena *a, const char *name, FILE *file)
{
    struct buf *text = buf_in(a);
    enum err rc = read_whole(file, text);
    return rc == ERR_OK ? judge(a, str_from(name), buf_view(text), STR_NULL) : cli_exit(rc);
}

int assessment_snapshot_command(struct app *app, int argc, char **argv)
{
    struct arena *a = arena_new();
    int code = EXIT_BAD_USAGE;
    (void)app;
    if (cli_arguments(&argc, argv, 1, 1)) {
        FILE *file = fopen(argv[0], "rbe");
        code = EXIT_FAULT;
        if (file) {
            code = judge_file(a, argv[0], file);
            fclose(file);
        } else {
            cli_say("%s: cannot be read", argv[0]);
        }
    }
    arena_free(a);
    return code;
}

int assessment_verify_command(struct app *app, int argc, char **argv)
{
    struct found f = {.a = arena_new(), .code = STR("")};
    int code = EXIT_BAD_USAGE;
    if (!cli_arguments(&argc, argv, 0, 1))
        goto out;
    /* A file when there is one of that name, else the code of a round. */
    FILE *file = argc ? fopen(argv[0], "rbe") : NULL;
    if (file) {
        code = judge_file(f.a, argv[0], file);
        fclose(file);
        goto out;
    }
    if (argc)
        f.code = str_from(argv[0]);
    code = verify_rounds(app, &f);
    if (f.code.n && !rounds_find(&f.rounds, f.code)) {
        cli_say("%s: neither a file nor a round", argv[0]);
        code = EXIT_FAULT;
    }
out:
    arena_free(f.a);
    return code;
}
