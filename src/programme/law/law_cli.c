/* `aimak import law` and `aimak search law`. */
#include "programme/law/law_internal.h"

#include "platform/core/cli.h"
#include "platform/core/clock.h"
#include "platform/web/import.h"

#include <stdio.h>
#include <stdlib.h>

void law_faults_put(struct buf *out, enum lang lang, const struct law_faults *faults)
{
    for (size_t i = 0; i < faults->n; i++) {
        const struct law_fault *f = &faults->v[i];
        struct buf what = BUF_EMPTY;
        buf_str(&what, msg_text(lang, f->what));
        if (f->value.n)
            buf_printf(&what, " (%.*s)", STRF(f->value));
        if (f->line > 0)
            MSG_PUT(out, lang, MSG_law_fault_line, ARG_PLAIN("line", f->line),
                    ARG_S("what", buf_view(&what)));
        else
            buf_str(out, buf_view(&what));
        buf_char(out, '\n');
        buf_free(&what);
    }
}

/* A dry run does all that a real one does, and takes it back. */
struct import_try {
    struct law_put put;
    bool dry_run;
};

static enum err put_or_try(struct tx *tx, void *arg)
{
    struct import_try *t = arg;
    enum err rc = law_put_texts(tx, &t->put);
    return rc == ERR_OK && t->dry_run ? ERR_NOT_FOUND : rc;
}

static int load(struct app *app, struct import_run *run)
{
    struct law_texts texts = {0};
    struct import_try t = {.dry_run = run->dry_run,
                           .put = {.arena = run->arena, .texts = &texts, .now_ms = clock_now_ms()}};
    enum err rc = law_read(run->arena, run->text, &texts, &t.put.faults);
    if (rc == ERR_OK)
        rc = db_write(app->db, SCOPE_COUNTRY, put_or_try, &t);
    if (rc == ERR_NOT_FOUND && run->dry_run)
        rc = ERR_OK;
    if (rc == ERR_INPUT) {
        struct buf *out = buf_in(run->arena);
        law_faults_put(out, run->lang, &t.put.faults);
        MSG_PUT(out, run->lang, MSG_table_import_refused, ARG_N("n", (int64_t)t.put.faults.n));
        fprintf(stderr, "%.*s\n", STRF(buf_view(out)));
        return EXIT_FAULT;
    }
    run->counts =
        (struct import_counts){.rows = (int64_t)texts.n, .added = t.put.added, .same = t.put.same};
    return import_finish(run, rc);
}

int law_import_command(struct app *app, int argc, char **argv)
{
    return import_command(app, argc, argv, load);
}

struct search_run {
    struct arena *a;
    struct law_query q;
    struct law_hits hits;
};

static enum err run_search(struct tx *tx, void *arg)
{
    struct search_run *s = arg;
    return law_search(tx, s->a, &s->q, &s->hits);
}

/* The snippet without its markup: what was found stands between * signs. */
static void print_snippet(struct html h)
{
    static const struct {
        const char *markup, *text;
    } signs[] = {{"<mark>", "*"}, {"</mark>", "*"}, {"&lt;", "<"},  {"&gt;", ">"},
                 {"&amp;", "&"},  {"&quot;", "\""}, {"&#39;", "'"}, {"\n", " "}};
    for (size_t i = 0; i < h.s.n;) {
        struct str rest = str_slice(h.s, i, h.s.n);
        size_t k = 0;
        while (k < COUNT_OF(signs) && !str_starts(rest, str_from(signs[k].markup)))
            k++;
        if (k < COUNT_OF(signs))
            fputs(signs[k].text, stdout);
        else
            putchar(h.s.p[i]);
        i += k < COUNT_OF(signs) ? strlen(signs[k].markup) : 1;
    }
    putchar('\n');
}

int law_search_command(struct app *app, int argc, char **argv)
{
    struct search_run s = {.q = {.on = day_today(), .limit = 20}};
    const char *topic = NULL, *in = NULL, *on = NULL;
    if (!cli_value(&argc, argv, "--topic", &topic) || !cli_value(&argc, argv, "--in", &in) ||
        !cli_value(&argc, argv, "--on", &on) || !cli_arguments(&argc, argv, 1, 20))
        return EXIT_BAD_USAGE;
    if (on && !day_parse(str_from(on), &s.q.on)) {
        cli_say("%s is no date such as 2026-11-22", on);
        return EXIT_BAD_USAGE;
    }
    s.a = arena_new();
    struct buf *words = buf_in(s.a);
    for (int i = 0; i < argc; i++)
        buf_printf(words, "%s%s", i ? " " : "", argv[i]);
    s.q.words = buf_view(words);
    s.q.topic = str_from(topic);
    s.q.lang = str_from(in);
    enum err rc = db_read(app->db, SCOPE_COUNTRY, run_search, &s);
    for (size_t i = 0; rc == ERR_OK && i < s.hits.n; i++) {
        const struct law_hit *h = &s.hits.v[i];
        enum lang lang = str_eq(h->lang, STR("ky")) ? LANG_KY : LANG_RU;
        struct str cite = law_cite(s.a, lang, &h->act, h->label);
        printf("%.*s\n  %.*s\n  ", STRF(cite), STRF(h->href));
        print_snippet(h->snippet);
    }
    if (rc != ERR_OK)
        cli_say("search: %s", err_name(rc));
    int code = rc != ERR_OK ? cli_exit(rc) : s.hits.n ? EXIT_DONE : EXIT_FAULT;
    arena_free(s.a);
    return code;
}
