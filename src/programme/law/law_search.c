/*
 * Search: what was typed becomes one condition of the engine's own kind (FTS5 or tsquery), made of
 * nothing but search keys, so that nothing typed can be syntax. Two statements answer a page: the
 * hits in order, and the words of all of them for their snippets.
 */
#include "programme/law/law_internal.h"

enum { CANDIDATES = 1000, HITS_MAX = 50, OFFSET_MAX = 500 };

/* --- the condition --- */

/* For headings PostgreSQL has a column of its own (head_search); SQLite names its columns here. */
static void put_group(struct buf *b, bool postgres, const struct law_term *t, bool head)
{
    if (t->phrase_n) {
        if (!postgres)
            buf_cstr(b, head ? "{head} : \"" : "{head body} : \"");
        for (size_t i = 0; i < t->phrase_n; i++) {
            if (i > 0)
                buf_cstr(b, postgres ? " <-> " : " ");
            if (postgres)
                buf_printf(b, "'%.*s'", STRF(t->phrase[i]));
            else
                buf_str(b, t->phrase[i]);
        }
        if (!postgres)
            buf_char(b, '"');
        return;
    }
    if (t->article) {
        buf_printf(b, !postgres ? "{head} : \"%.*s\"" : head ? "'%.*s'" : "'%.*s':A", STRF(t->key));
        return;
    }
    /* Any form of a word is found by its stem; the word as typed is asked for as a beginning. */
    bool two = !str_eq(t->ky, t->ru);
    if (postgres) {
        buf_printf(b, "('%.*s'", STRF(t->ky));
        if (two)
            buf_printf(b, " | '%.*s'", STRF(t->ru));
        if (t->prefix)
            buf_printf(b, " | '%.*s':*", STRF(t->key));
        buf_char(b, ')');
        return;
    }
    buf_printf(b, "({%s} : (\"%.*s\"", head ? "head_stems" : "head_stems body_stems", STRF(t->ky));
    if (two)
        buf_printf(b, " OR \"%.*s\"", STRF(t->ru));
    buf_char(b, ')');
    if (t->prefix)
        buf_printf(b, " OR {%s} : \"%.*s\" *", head ? "head" : "head body", STRF(t->key));
    buf_char(b, ')');
}

static struct str condition(struct arena *a, bool postgres, const struct law_terms *terms,
                            const struct law_query *q, bool head, bool any)
{
    struct buf *b = buf_in(a);
    buf_char(b, '(');
    for (size_t i = 0; i < terms->n; i++) {
        if (i > 0)
            buf_cstr(b, postgres ? (any ? " | " : " & ") : (any ? " OR " : " AND "));
        put_group(b, postgres, &terms->v[i], head);
    }
    buf_char(b, ')');
    struct str marks[2] = {q->topic.n ? law_topic_mark(a, q->topic) : STR_NULL,
                           q->lang.n ? arena_printf(a, "zl%.*s", STRF(q->lang)) : STR_NULL};
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (marks[i].n)
            buf_printf(b, postgres ? " & '%.*s'" : " AND {marks} : \"%.*s\"", STRF(marks[i]));
    return buf_view(b);
}

/* --- hits --- */

struct found {
    struct str text; /* of the article, all its paragraphs */
    struct str label, heading, eid;
};

static void add_words(struct arena *a, struct found *f, const struct sql_law_hit_words_row *row,
                      bool first)
{
    struct buf *b = buf_in(a);
    if (first && row->kind.n && !str_eq(row->kind, STR("paragraph"))) {
        f->label = row->label;
        f->heading = row->heading;
        f->eid = row->eid;
        f->text = STR("");
        return;
    }
    if (!row->words.n || f->text.n > (32 << 10))
        return;
    buf_str(b, f->text);
    if (f->text.n)
        buf_char(b, '\n');
    buf_str(b, row->words);
    f->text = buf_view(b);
}

static const struct found *texts_of(struct arena *a, const struct sql_law_search_rows *rows,
                                    size_t n, const struct sql_law_hit_words_rows *words)
{
    struct found *list = ARENA_ARRAY(a, struct found, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t k = 0; k < words->n; k++)
            if (words->v[k].doc == rows->v[i].id) {
                add_words(a, &list[i], &words->v[k], first && rows->v[i].position >= 0);
                first = false;
            }
    }
    return list;
}

static enum err run(struct tx *tx, struct arena *a, const struct law_query *q,
                    const struct law_terms *terms, bool any, struct sql_law_search_rows *rows)
{
    bool postgres = tx_is_postgres(tx);
    return sql_law_search(tx, a, rows, .head = condition(a, postgres, terms, q, true, any),
                          .match = condition(a, postgres, terms, q, false, any), .on = q->on,
                          .candidates = CANDIDATES, .limit = q->limit + 1, .offset = q->offset);
}

enum err law_search(struct tx *tx, struct arena *a, const struct law_query *asked,
                    struct law_hits *out)
{
    struct law_terms terms;
    struct sql_law_search_rows rows = {0};
    struct sql_law_hit_words_rows words = {0};
    struct law_query q = *asked;
    enum err rc = ERR_OK;
    *out = (struct law_hits){0};
    q.limit = q.limit < 1 ? 1 : q.limit > HITS_MAX ? HITS_MAX : q.limit;
    q.offset = q.offset < 0 ? 0 : q.offset > OFFSET_MAX ? OFFSET_MAX : q.offset;
    law_terms_read(a, q.words, &terms);
    if (terms.n == 0)
        goto out;
    bool prefix = terms.v[terms.n - 1].prefix;
    terms.v[terms.n - 1].prefix = false;
    TRY(run(tx, a, &q, &terms, false, &rows));
    /* Whole words did not fill a page: the last one may be unfinished. Beginnings cost the engines
     * far more than words. On further pages this asks the same as on the first: they are linked to
     * only from a page that was full. */
    terms.v[terms.n - 1].prefix = prefix;
    if (prefix && (q.offset ? rows.n == 0 : rows.n < (size_t)q.limit))
        TRY(run(tx, a, &q, &terms, false, &rows));
    if (rows.n == 0 && terms.n > 1 && q.offset == 0) {
        out->any = true;
        TRY(run(tx, a, &q, &terms, true, &rows));
    }
    out->more = rows.n > (size_t)q.limit;
    out->many = rows.n > 0 && rows.v[0].looked >= CANDIDATES;
    size_t n = out->more ? (size_t)q.limit : rows.n;
    struct buf *ids = buf_in(a);
    for (size_t i = 0; i < n; i++)
        buf_printf(ids, "%s\"%lld\"", i ? "," : "[", (long long)rows.v[i].id);
    if (n == 0)
        goto out;
    buf_char(ids, ']');
    TRY(sql_law_hit_words(tx, a, &words, .ids = buf_view(ids)));
    const struct found *texts = texts_of(a, &rows, n, &words);
    for (size_t i = 0; i < n; i++) {
        const struct sql_law_search_row *row = &rows.v[i];
        struct law_hit hit = {.lang = row->lang,
                              .label = texts[i].label,
                              .heading = texts[i].heading,
                              .eid = texts[i].eid,
                              .act = {.id = row->act,
                                      .path = row->path,
                                      .issuer = row->issuer,
                                      .kind = row->kind,
                                      .number = row->number,
                                      .day = row->day,
                                      .title = {{row->title_ky, row->title_ru, STR_NULL}},
                                      .standing = row->standing}};
        hit.href = arena_printf(a, "%.*s?in=%.*s%s%.*s", STRF(row->path), STRF(row->lang),
                                hit.eid.n ? "#" : "", STRF(hit.eid));
        hit.snippet = law_snippet(a, &terms, texts[i].text, row->lang);
        ARENA_PUSH(a, *out, hit);
    }
out:
    return rc;
}
