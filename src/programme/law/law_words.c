/*
 * Words for the index and for queries, and the place of a hit in the text that people read.
 *
 * A word is its search key (platform/core/utf8.h). Beside it the index keeps its stem: of a Kyrgyz
 * text by our own stripper, of a Russian one by libstemmer. A query does not say its language, so
 * each of its words is asked for as it stands and by both stems; whichever language an article is
 * in, the stem of that language is found.
 */
#include "programme/law/law_internal.h"
#include "programme/law/stem_ky.h"

#include "platform/core/utf8.h"

#include <libstemmer.h>
#include <pthread.h>

enum { WORD_MAX = 96 };

/* One stemmer for all threads: a word takes less than a microsecond. */
static pthread_mutex_t russian_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sb_stemmer *russian;

/* Writes at most WORD_MAX bytes. */
static size_t stem_russian(struct str key, char out[WORD_MAX])
{
    pthread_mutex_lock(&russian_lock);
    if (!russian)
        russian = err_memory(sb_stemmer_new("russian", NULL));
    const sb_symbol *stem = sb_stemmer_stem(russian, (const sb_symbol *)key.p, (int)key.n);
    size_t n = stem ? (size_t)sb_stemmer_length(russian) : 0;
    if (n == 0 || n > WORD_MAX)
        n = 0;
    else
        memcpy(out, stem, n);
    pthread_mutex_unlock(&russian_lock);
    return n;
}

struct str law_stem_ru(struct arena *a, struct str key)
{
    char out[WORD_MAX];
    size_t n = key.n > WORD_MAX ? 0 : stem_russian(key, out);
    return n ? arena_str(a, str_of(out, n)) : key;
}

struct law_stems law_stems_of(struct arena *a, struct str key)
{
    char out[STEM_KY_MAX];
    return (struct law_stems){.ky = arena_str(a, stem_ky(key, out)), .ru = law_stem_ru(a, key)};
}

static struct str stem_word(struct str key, struct str lang, char out[WORD_MAX])
{
    if (key.n > WORD_MAX)
        return key;
    if (str_eq(lang, STR("ky"))) {
        _Static_assert(WORD_MAX >= STEM_KY_MAX, "room for a stem");
        return stem_ky(key, out);
    }
    size_t n = stem_russian(key, out);
    return n ? str_of(out, n) : key;
}

void law_index_words(struct buf *keys, struct buf *stems, struct str text, struct str lang,
                     size_t most)
{
    struct buf all = BUF_EMPTY;
    utf8_search_key(&all, str_slice(text, 0, most));
    struct str rest = buf_view(&all), word;
    char out[WORD_MAX];
    while (rest.n > 0 && str_split(&rest, ' ', &word)) {
        if (word.n == 0 || word.n > WORD_MAX || keys->n > most)
            continue;
        struct str stem = stem_word(word, lang, out);
        if (keys->n > 0)
            buf_char(keys, ' ');
        buf_str(keys, word);
        if (stems->n > 0)
            buf_char(stems, ' ');
        buf_str(stems, stem);
    }
    buf_free(&all);
}

/* --- marks --- */

struct str law_topic_mark(struct arena *a, struct str topic)
{
    struct buf *b = buf_in(a);
    buf_cstr(b, "zt");
    for (size_t i = 0; i < topic.n; i++)
        if (topic.p[i] != '_')
            buf_char(b, topic.p[i]);
    return buf_view(b);
}

struct str law_marks(struct arena *a, struct str topics, struct str lang)
{
    struct buf *b = buf_in(a);
    struct str topic;
    buf_printf(b, "zl%.*s", STRF(lang));
    while (str_split(&topics, ' ', &topic))
        if (topic.n)
            buf_printf(b, " %.*s", STRF(law_topic_mark(a, topic)));
    return buf_view(b);
}

struct str law_article_token(struct arena *a, struct str label)
{
    struct buf *b = buf_in(a);
    for (size_t i = 0; i < label.n; i++) {
        char c = label.p[i];
        if (c >= '0' && c <= '9')
            buf_char(b, c);
        else if (b->n > 0)
            buf_char(b, 'x');
    }
    return b->n ? arena_printf(a, "art%.*s", STRF(buf_view(b))) : STR("");
}

/* --- queries --- */

static bool is_number(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0 && s.n < 6;
}

static bool is_article_word(struct str key)
{
    static const char *const words[] = {"ст",       "статья", "статьи",   "статье",
                                        "статью",   "берене", "беренеси", "берененин",
                                        "беренеге", "art",    "article"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq(key, str_from(words[i])))
            return true;
    return false;
}

static void add_word(struct arena *a, struct law_terms *out, struct str key)
{
    char stem[STEM_KY_MAX];
    if (out->n == LAW_TERMS_MAX || key.n > WORD_MAX)
        return;
    out->v[out->n++] = (struct law_term){
        .key = key, .ky = arena_str(a, stem_ky(key, stem)), .ru = law_stem_ru(a, key)};
}

static void add_words(struct arena *a, struct law_terms *out, struct str typed)
{
    struct buf *keys = buf_in(a);
    struct str words[3 * LAW_TERMS_MAX];
    size_t n = 0;
    utf8_search_key(keys, typed);
    struct str rest = buf_view(keys);
    while (rest.n > 0 && n < COUNT_OF(words) && str_split(&rest, ' ', &words[n]))
        n++;
    for (size_t i = 0; i < n; i++) {
        bool before = i + 1 < n && is_article_word(words[i]) && is_number(words[i + 1]);
        bool behind = i + 1 < n && is_number(words[i]) && is_article_word(words[i + 1]);
        if ((before || behind) && out->n < LAW_TERMS_MAX) {
            struct str number = words[before ? i + 1 : i];
            out->v[out->n++] =
                (struct law_term){.key = law_article_token(a, number), .article = true};
            i++;
        } else {
            add_word(a, out, words[i]);
        }
    }
}

static void add_phrase(struct arena *a, struct law_terms *out, struct str typed)
{
    struct buf *keys = buf_in(a);
    struct law_term term = {0};
    utf8_search_key(keys, typed);
    struct str rest = buf_view(keys);
    while (rest.n > 0 && term.phrase_n < LAW_PHRASE_MAX &&
           str_split(&rest, ' ', &term.phrase[term.phrase_n]))
        term.phrase_n++;
    if (term.phrase_n == 1)
        add_word(a, out, term.phrase[0]);
    else if (term.phrase_n > 1 && out->n < LAW_TERMS_MAX)
        out->v[out->n++] = term;
}

void law_terms_read(struct arena *a, struct str typed, struct law_terms *out)
{
    struct buf *plain = buf_in(a);
    struct str rest = utf8_prefix(typed, 300), part;
    *out = (struct law_terms){0};
    /* «...» and "..." alike */
    for (size_t i = 0; i < rest.n; i++) {
        bool quote = rest.n - i > 1 && (unsigned char)rest.p[i] == 0xC2 &&
                     ((unsigned char)rest.p[i + 1] == 0xAB || (unsigned char)rest.p[i + 1] == 0xBB);
        buf_char(plain, quote ? '"' : rest.p[i]);
        i += quote;
    }
    rest = buf_view(plain);
    for (bool quoted = false; str_split(&rest, '"', &part); quoted = !quoted) {
        if (quoted && rest.p)
            add_phrase(a, out, part);
        else
            add_words(a, out, part);
    }
    if (out->n > 0) {
        struct law_term *last = &out->v[out->n - 1];
        char end = typed.n ? typed.p[typed.n - 1] : ' ';
        last->prefix = !last->article && !last->phrase_n && utf8_length(last->key) >= 3 &&
                       end != ' ' && end != '"';
    }
}

/* --- snippets --- */

struct span {
    size_t from, to;
};

/* Letters and digits, and what is written on them without being seen. */
static bool is_letter(uint32_t code)
{
    if (code < 0x80)
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
               (code >= 'A' && code <= 'Z');
    return code == 0xAD || (code >= 0xC0 && code != 0xD7 && code != 0xF7 &&
                            (code < 0x2000 || code > 0x2BFF) && (code < 0x3000 || code > 0x3020));
}

static bool next_word(struct str s, size_t *at, struct span *out)
{
    uint32_t code;
    size_t before = *at;
    while (utf8_next(s, at, &code) && !is_letter(code))
        before = *at;
    if (before >= s.n)
        return false;
    out->from = before;
    out->to = *at;
    while (utf8_next(s, at, &code) && is_letter(code))
        out->to = *at;
    return true;
}

static bool term_fits(const struct law_term *t, struct str key, struct str stem)
{
    for (size_t i = 0; i < t->phrase_n; i++)
        if (str_eq(key, t->phrase[i]))
            return true;
    if (t->phrase_n || t->article)
        return false;
    return str_eq(key, t->key) || str_eq(stem, t->ky) || str_eq(stem, t->ru) ||
           (t->prefix && str_starts(key, t->key));
}

static bool word_fits(const struct law_terms *terms, struct str word, struct str lang)
{
    struct buf key = BUF_EMPTY;
    char out[WORD_MAX];
    bool fits = false;
    utf8_search_key(&key, word);
    struct str stem = stem_word(buf_view(&key), lang, out);
    for (size_t i = 0; i < terms->n && !fits; i++)
        fits = term_fits(&terms->v[i], buf_view(&key), stem);
    buf_free(&key);
    return fits;
}

/* The start of a word some `letters` before `at`. */
static size_t step_back(struct str s, size_t at, size_t letters)
{
    size_t from = at;
    while (from > 0 && letters > 0) {
        from--;
        letters -= ((unsigned char)s.p[from] & 0xC0) != 0x80;
    }
    while (from > 0 && s.p[from - 1] != ' ' && s.p[from - 1] != '\n')
        from--;
    return from;
}

struct html law_snippet(struct arena *a, const struct law_terms *terms, struct str text,
                        struct str lang)
{
    enum { BEFORE = 70, AFTER = 170, SCAN = 16 << 10, MARKS = 24 };
    struct span word, marks[MARKS];
    size_t at = 0, n = 0;
    text = utf8_prefix(text, SCAN);
    size_t end = text.n;
    while (n < MARKS && at < end && next_word(text, &at, &word)) {
        if (!word_fits(terms, str_slice(text, word.from, word.to - word.from), lang))
            continue;
        if (n == 0) {
            struct str rest = str_slice(text, word.to, text.n);
            end = word.to + utf8_prefix(rest, AFTER).n;
        }
        if (word.to <= end)
            marks[n++] = word;
    }
    size_t from = n ? step_back(text, marks[0].from, BEFORE) : 0;
    size_t to = n ? end : utf8_prefix(text, BEFORE + AFTER).n;
    while (to < text.n && to > from && text.p[to] != ' ' && text.p[to] != '\n')
        to--;
    struct buf *b = buf_in(a);
    if (from > 0)
        buf_cstr(b, "… ");
    for (size_t i = 0; i < n && marks[i].to <= to; i++) {
        html_escape(b, str_slice(text, from, marks[i].from - from));
        buf_cstr(b, "<mark>");
        html_escape(b, str_slice(text, marks[i].from, marks[i].to - marks[i].from));
        buf_cstr(b, "</mark>");
        from = marks[i].to;
    }
    if (to > from)
        html_escape(b, str_slice(text, from, to - from));
    if (to < text.n)
        buf_cstr(b, " …");
    return (struct html){buf_view(b)};
}
