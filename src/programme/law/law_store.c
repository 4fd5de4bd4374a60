/*
 * Keeping acts: the work, its wordings, their structure, and the documents that search looks at.
 */
#include "programme/law/law_internal.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

#include <sodium/crypto_hash_sha256.h>

enum { DOC_WORDS = 100 << 10 };

static struct law_act act_of(const struct sql_law_act_by_path_row *row)
{
    return LAW_ACT_OF(row);
}

enum err law_act_get(struct tx *tx, struct arena *a, struct str path, struct law_act *out)
{
    struct sql_law_act_by_path_row row;
    enum err rc = sql_law_act_by_path(tx, a, &row, .path = path);
    if (rc == ERR_OK)
        *out = act_of(&row);
    return rc;
}

enum err law_citation_read(struct tx *tx, struct arena *a, enum lang lang, struct str typed,
                           struct law_citation *out)
{
    struct law_act act;
    size_t end = 0;
    *out = (struct law_citation){STR(""), STR("")};
    if (!typed.n)
        return ERR_OK;
    while (end < typed.n && typed.p[end] != '?' && typed.p[end] != '#')
        end++;
    if (str_starts(typed, STR("/law/kg/"))) {
        enum err rc = law_act_get(tx, a, str_slice(typed, 0, end), &act);
        ptrdiff_t at = str_find(typed, STR("#art_"));
        struct str rest = at < 0 ? STR("") : str_slice(typed, (size_t)at + 5, typed.n), article;
        if (!str_split(&rest, '_', &article))
            article = STR("");
        if (rc == ERR_OK)
            *out = (struct law_citation){law_cite(a, lang, &act, article), typed};
        if (rc != ERR_NOT_FOUND)
            return rc;
    }
    struct buf *href = buf_in(a);
    buf_cstr(href, "/law?q=");
    buf_percent(href, typed);
    if (!out->words.n)
        *out = (struct law_citation){typed, buf_view(href)};
    return ERR_OK;
}

enum err law_expressions_of(struct tx *tx, struct arena *a, int64_t act,
                            struct law_expressions *out)
{
    struct sql_law_expressions_rows rows;
    enum err rc = sql_law_expressions(tx, a, &rows, .act = act);
    *out = (struct law_expressions){0};
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        ARENA_PUSH(a, *out,
                   ((struct law_expression){.id = rows.v[i].id,
                                            .lang = rows.v[i].lang,
                                            .digest = rows.v[i].digest,
                                            .from_day = rows.v[i].from_day,
                                            .to_day = rows.v[i].to_day.v}));
    return rc;
}

const struct law_expression *law_in_force(const struct law_expressions *list, struct str lang,
                                          int64_t day)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct law_expression *e = &list->v[i];
        if (str_eq(e->lang, lang) && e->from_day <= day && (!e->to_day || e->to_day > day))
            return e;
    }
    return NULL;
}

enum err law_parts_of(struct tx *tx, struct arena *a, int64_t expression, struct law_parts *out)
{
    struct sql_law_parts_rows rows;
    enum err rc = sql_law_parts(tx, a, &rows, .expression = expression);
    *out = (struct law_parts){0};
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        struct law_part p = {.eid = rows.v[i].eid,
                             .label = rows.v[i].label,
                             .heading = rows.v[i].heading,
                             .words = rows.v[i].words};
        if (!law_part_parse(rows.v[i].kind, &p.kind))
            return ERR_PARSE;
        ARENA_PUSH(a, *out, p);
    }
    return rc;
}

/* What the words of an expression are, for telling whether two are the same. */
static struct str digest_of(struct arena *a, const struct law_parts *parts)
{
    struct buf *b = buf_in(a);
    unsigned char hash[crypto_hash_sha256_BYTES];
    for (size_t i = 0; i < parts->n; i++) {
        const struct law_part *p = &parts->v[i];
        buf_printf(b, "%d\x1f%.*s\x1f%.*s\x1f%.*s\x1f", (int)p->kind, STRF(p->eid), STRF(p->label),
                   STRF(p->heading));
        buf_str(b, p->words);
        buf_char(b, '\x1e');
    }
    crypto_hash_sha256(hash, (const unsigned char *)b->p, b->n);
    buf_clear(b);
    buf_hex(b, hash, sizeof hash);
    return buf_view(b);
}

/* --- documents --- */

struct writing {
    struct tx *tx;
    struct arena *a;
    const struct law_text *t;
    int64_t act, expression;
    struct i64_opt to_day;
    struct str marks;
};

static struct str title_of(const struct law_text *t)
{
    bool ky = str_eq(t->lang, STR("ky"));
    return (ky ? t->title_ky : t->title_ru).n ? (ky ? t->title_ky : t->title_ru)
           : t->title_ru.n                    ? t->title_ru
                                              : t->title_ky;
}

/* An article with its paragraphs, from `first` to before `end`; first -1: the act itself. */
static enum err put_doc(struct writing *w, int64_t first, size_t begin, size_t end)
{
    struct buf head = BUF_EMPTY, head_stems = BUF_EMPTY, body = BUF_EMPTY, body_stems = BUF_EMPTY;
    const struct law_text *t = w->t;
    if (first < 0) {
        law_index_words(&head, &head_stems, title_of(t), t->lang, DOC_WORDS);
        law_index_words(&head, &head_stems, t->number, t->lang, DOC_WORDS);
    } else {
        const struct law_part *p = &t->parts.v[first];
        law_index_words(&head, &head_stems, p->heading, t->lang, DOC_WORDS);
        law_index_words(&head, &head_stems, law_article_token(w->a, p->label), t->lang, DOC_WORDS);
        /* The act's title is among the words of each article: "waste law article 3". */
        law_index_words(&body, &body_stems, title_of(t), t->lang, DOC_WORDS);
        law_index_words(&body, &body_stems, t->number, t->lang, DOC_WORDS);
    }
    for (size_t i = begin; i < end; i++) {
        law_index_words(&body, &body_stems, t->parts.v[i].heading, t->lang, DOC_WORDS);
        law_index_words(&body, &body_stems, t->parts.v[i].words, t->lang, DOC_WORDS);
    }
    int64_t id = id_new();
    enum err rc = sql_law_doc_put(w->tx, NULL, .id = id, .act = w->act, .expression = w->expression,
                                  .position = first, .from_day = t->from_day, .to_day = w->to_day,
                                  .head = buf_view(&head), .head_stems = buf_view(&head_stems),
                                  .body = buf_view(&body), .body_stems = buf_view(&body_stems),
                                  .marks = w->marks);
    if (rc == ERR_OK && !tx_is_postgres(w->tx))
        rc = sql_law_index_put(w->tx, NULL, .id = id);
    buf_free(&head);
    buf_free(&head_stems);
    buf_free(&body);
    buf_free(&body_stems);
    return rc;
}

static enum err put_parts(struct writing *w)
{
    enum err rc = ERR_OK;
    const struct law_parts *parts = &w->t->parts;
    for (size_t i = 0; i < parts->n; i++) {
        const struct law_part *p = &parts->v[i];
        TRY(sql_law_part_put(w->tx, NULL, .expression = w->expression, .position = (int64_t)i,
                             .eid = p->eid, .kind = str_from(law_part_code(p->kind)),
                             .label = p->label, .heading = p->heading, .words = p->words));
    }
    size_t first = 0;
    while (first < parts->n && parts->v[first].kind != LAW_ARTICLE)
        first++;
    TRY(put_doc(w, -1, 0, first));
    for (size_t i = first; i < parts->n;) {
        size_t end = i + 1;
        while (end < parts->n && parts->v[end].kind != LAW_ARTICLE)
            end++;
        TRY(put_doc(w, (int64_t)i, i + 1, end));
        i = end;
    }
out:
    return rc;
}

/* --- one expression --- */

static bool same_topics(const struct sql_law_topics_of_rows *there, struct str topics)
{
    struct str topic;
    size_t n = 0;
    while (str_split(&topics, ' ', &topic)) {
        bool found = !topic.n;
        for (size_t i = 0; i < there->n; i++)
            found = found || str_eq(there->v[i].topic, topic);
        if (!found)
            return false;
        n += topic.n > 0;
    }
    return n == there->n;
}

/* The documents that search has of the act carry its topics too. */
static enum err mark_again(struct tx *tx, struct arena *a, int64_t act, struct str topics)
{
    struct law_expressions list;
    enum err rc = ERR_OK;
    TRY(law_expressions_of(tx, a, act, &list));
    if (!tx_is_postgres(tx))
        TRY(sql_law_index_drop_act(tx, NULL, .act = act));
    for (size_t i = 0; i < list.n; i++)
        TRY(sql_law_docs_mark(tx, NULL, .expression = list.v[i].id,
                              .marks = law_marks(a, topics, list.v[i].lang)));
    if (!tx_is_postgres(tx))
        TRY(sql_law_index_put_act(tx, NULL, .act = act));
out:
    return rc;
}

static enum err set_topics(struct tx *tx, struct arena *a, int64_t act, struct str topics,
                           bool known)
{
    struct sql_law_topics_of_rows there;
    struct str rest = topics, topic;
    enum err rc = ERR_OK;
    TRY(sql_law_topics_of(tx, a, &there, .act = act));
    if (same_topics(&there, topics))
        goto out;
    TRY(sql_law_topics_clear(tx, NULL, .act = act));
    while (str_split(&rest, ' ', &topic))
        if (topic.n)
            TRY(sql_law_topic_put(tx, NULL, .topic = topic, .act = act));
    if (known)
        TRY(mark_again(tx, a, act, topics));
out:
    return rc;
}

static enum err put_act(struct tx *tx, struct law_put *p, const struct law_text *t,
                        struct law_act *act)
{
    struct arena *a = p->arena;
    struct str path = law_path(a, t->issuer, t->kind, t->day, t->number);
    enum err rc = law_act_get(tx, a, path, act);
    bool known = rc == ERR_OK;
    if (rc == ERR_NOT_FOUND)
        rc = ERR_OK;
    TRY(rc);
    /* A file of one language leaves what it does not say as it is. */
    struct str ky = t->title_ky.n || !known ? t->title_ky : act->title.in[LANG_KY];
    struct str ru = t->title_ru.n || !known ? t->title_ru : act->title.in[LANG_RU];
    TRY(sql_law_act_put(tx, NULL, .id = known ? act->id : id_new(), .path = path,
                        .issuer = t->issuer, .kind = t->kind, .number = t->number, .day = t->day,
                        .title_ky = ky, .title_ru = ru, .standing = t->standing,
                        .source = t->source.n || !known ? t->source : act->source,
                        .created_ms = p->now_ms, .created_by = p->person));
    TRY(law_act_get(tx, a, path, act));
    if (t->topics.n)
        TRY(set_topics(tx, a, act->id, t->topics, known));
out:
    return rc;
}

/* The versions before and after the new one: when the one ends, and when the new one does. */
static enum err fit_between(struct tx *tx, const struct law_expressions *list,
                            const struct law_text *t, struct i64_opt *to_day)
{
    const struct law_expression *before = NULL, *after = NULL;
    enum err rc = ERR_OK;
    for (size_t i = 0; i < list->n; i++) {
        const struct law_expression *e = &list->v[i];
        if (!str_eq(e->lang, t->lang))
            continue;
        if (e->from_day < t->from_day && (!before || e->from_day > before->from_day))
            before = e;
        if (e->from_day > t->from_day && (!after || e->from_day < after->from_day))
            after = e;
    }
    *to_day = after ? I64(after->from_day) : I64_NONE;
    if (before && (!before->to_day || before->to_day > t->from_day)) {
        TRY(sql_law_expression_end(tx, NULL, .id = before->id, .to_day = I64(t->from_day)));
        TRY(sql_law_docs_end(tx, NULL, .expression = before->id, .to_day = I64(t->from_day)));
    }
out:
    return rc;
}

static enum err topics_of(struct tx *tx, struct arena *a, int64_t act, struct str *out)
{
    struct sql_law_topics_of_rows rows;
    struct buf *b = buf_in(a);
    enum err rc = sql_law_topics_of(tx, a, &rows, .act = act);
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++)
        buf_printf(b, "%.*s ", STRF(rows.v[i].topic));
    *out = buf_view(b);
    return rc;
}

static enum err put_text(struct tx *tx, struct law_put *p, const struct law_text *t)
{
    struct arena *a = p->arena;
    struct law_act act;
    struct law_expressions list;
    struct str digest = digest_of(a, &t->parts), topics;
    enum err rc = ERR_OK;
    TRY(put_act(tx, p, t, &act));
    TRY(law_expressions_of(tx, a, act.id, &list));
    for (size_t i = 0; i < list.n; i++)
        if (list.v[i].from_day == t->from_day && str_eq(list.v[i].lang, t->lang)) {
            if (str_eq(list.v[i].digest, digest)) {
                p->same++;
                goto out;
            }
            law_fault_add(a, &p->faults, t->line, MSG_law_fault_other_words, act.path);
            FAIL(ERR_INPUT);
        }
    struct writing w = {.tx = tx, .a = a, .t = t, .act = act.id, .expression = id_new()};
    TRY(topics_of(tx, a, act.id, &topics));
    w.marks = law_marks(a, topics, t->lang);
    TRY(fit_between(tx, &list, t, &w.to_day));
    TRY(sql_law_expression_put(tx, NULL, .id = w.expression, .act = act.id, .lang = t->lang,
                               .from_day = t->from_day, .to_day = w.to_day, .digest = digest,
                               .created_ms = p->now_ms, .created_by = p->person));
    TRY(put_parts(&w));
    p->added++;
out:
    return rc;
}

enum err law_put_texts(struct tx *tx, void *arg)
{
    struct law_put *p = arg;
    enum err rc = ERR_OK;
    p->added = p->same = 0;
    p->faults = (struct law_faults){0};
    for (size_t i = 0; i < p->texts->n; i++)
        TRY(put_text(tx, p, &p->texts->v[i]));
out:
    return rc;
}

enum err law_index_check(struct tx *tx, void *arg)
{
    struct sql_law_index_missing_row row;
    enum err rc = sql_law_index_missing(tx, arg, &row);
    if (rc == ERR_OK && row.missing)
        rc = sql_law_index_rebuild(tx, NULL);
    return rc;
}

/* --- self-check --- */

enum err law_digests_check(struct tx *tx, void *arg)
{
    struct law_check_run *run = arg;
    struct sql_law_expressions_all_rows rows;
    enum err rc = sql_law_expressions_all(tx, run->arena, &rows);
    struct arena *one = arena_new();
    buf_clear(run->out);
    run->faults = 0;
    for (size_t i = 0; rc == ERR_OK && i < rows.n; i++) {
        const struct sql_law_expressions_all_row *row = &rows.v[i];
        struct law_parts parts;
        rc = law_parts_of(tx, one, row->id, &parts);
        if (rc == ERR_OK && !str_eq(digest_of(one, &parts), row->digest)) {
            run->faults++;
            buf_printf(run->out, "%.*s (%.*s, from ", STRF(row->path), STRF(row->lang));
            buf_day(run->out, row->from_day);
            buf_cstr(run->out,
                     "): its words are not those that were taken in; compare with a backup\n");
        }
        arena_reset(one);
    }
    arena_free(one);
    return rc;
}
