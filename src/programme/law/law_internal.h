/* What the files of the library share, and no other room needs. */
#ifndef LAW_LAW_INTERNAL_H
#define LAW_LAW_INTERNAL_H

#include "programme/law/law.h"
#include "programme/law/law_sql.h"
#include "programme/law/law_text.h"

#include "platform/tally/tally.h"

/* --- keeping (law_store.c) --- */

enum law_outcome { LAW_ADDED, LAW_SAME };
struct law_put {
    struct arena *arena;
    const struct law_texts *texts;
    int64_t now_ms, person;
    int64_t added, same;
    struct law_faults faults;
};
/* Keeps every expression that is not there yet. The same words from the same day again are no
 * change; other words from a day that has a wording already are a fault (ERR_INPUT), because a
 * wording never changes. db_fn; arg is struct law_put. */
MUST enum err law_put_texts(struct tx *tx, void *arg);

/* Fills the index again when a restore left it empty. db_fn; arg is an arena. */
MUST enum err law_index_check(struct tx *tx, void *arg);

/* Compares every wording with the digest taken when it came in. db_fn. */
struct law_check_run {
    struct arena *arena;
    struct buf *out;
    int faults;
};
MUST enum err law_digests_check(struct tx *tx, void *arg);

struct law_expression {
    int64_t id;
    struct str lang, digest;
    int64_t from_day, to_day; /* to_day 0: still in force */
};
struct law_expressions {
    struct law_expression *v;
    size_t n, cap;
};
/* ERR_NOT_FOUND. */
MUST enum err law_act_get(struct tx *tx, struct arena *a, struct str path, struct law_act *out);
MUST enum err law_expressions_of(struct tx *tx, struct arena *a, int64_t act,
                                 struct law_expressions *out);
/* The wording of that language in force on the day; NULL when there is none. */
const struct law_expression *law_in_force(const struct law_expressions *list, struct str lang,
                                          int64_t day);
MUST enum err law_parts_of(struct tx *tx, struct arena *a, int64_t expression,
                           struct law_parts *out);

#define LAW_ACT_OF(row)                                                                            \
    ((struct law_act){.id = (row)->id,                                                             \
                      .path = (row)->path,                                                         \
                      .issuer = (row)->issuer,                                                     \
                      .kind = (row)->kind,                                                         \
                      .number = (row)->number,                                                     \
                      .day = (row)->day,                                                           \
                      .title = {{(row)->title_ky, (row)->title_ru, STR_NULL}},                     \
                      .standing = (row)->standing,                                                 \
                      .source = (row)->source})

/* --- words (law_words.c) --- */

/* Appends the words of a text as the index keeps them, parted by blanks: keys, and stems after the
 * rules of the language ("ky", "ru"). At most `most` bytes each. */
void law_index_words(struct buf *keys, struct buf *stems, struct str text, struct str lang,
                     size_t most);
/* Russian by libstemmer; the view lasts until the arena ends. */
struct str law_stem_ru(struct arena *a, struct str key);

/* What was typed, as groups of which each must be found. */
enum { LAW_TERMS_MAX = 8, LAW_PHRASE_MAX = 8 };
struct law_term {
    struct str key, ky, ru; /* one word: as typed, and its two stems */
    struct str phrase[LAW_PHRASE_MAX];
    size_t phrase_n; /* > 1: a phrase instead */
    bool article;    /* key is the token of an article's number */
    bool prefix;     /* the last word, perhaps not finished */
};
struct law_terms {
    struct law_term v[LAW_TERMS_MAX];
    size_t n;
};
void law_terms_read(struct arena *a, struct str typed, struct law_terms *out);
/* The index token of an article's number: "art34", "art5x1"; empty when it has no digits. */
struct str law_article_token(struct arena *a, struct str label);
/* Around the first word found, some 200 letters, with <mark>. Without any hit, the beginning. */
struct html law_snippet(struct arena *a, const struct law_terms *terms, struct str text,
                        struct str lang);
struct str law_marks(struct arena *a, struct str topics, struct str lang);
struct str law_topic_mark(struct arena *a, struct str topic);

/* --- giving out (law_sbornik.c) --- */

extern const struct counter *const law_counters[];
extern const size_t law_counter_count;
struct law_given {
    struct str recipient, place; /* place: SOATE code, or empty */
    int64_t day, copies;
};
/* In a write of country scope. ERR_CONFLICT: the same body received that edition on that day
 * already. */
MUST enum err law_give(struct tx *tx, struct arena *a, int64_t collection,
                       const struct law_given *given, int64_t now_ms, int64_t person);

/* --- words for people --- */

enum msg law_kind_message(struct str kind);
enum msg law_standing_message(struct str standing);
enum msg law_link_message(struct str kind, bool back);
struct str law_issuer_name(enum lang lang, struct str issuer);
struct str law_part_title(struct arena *a, enum lang lang, const struct law_part *p);
/* "Law No. 123 of 20 October 2021" */
struct str law_act_line(struct arena *a, enum lang lang, const struct law_act *act);
bool law_link_known(struct str kind);

/* --- commands, demo, pages --- */

int law_import_command(struct app *app, int argc, char **argv);
int law_search_command(struct app *app, int argc, char **argv);
void law_faults_put(struct buf *out, enum lang lang, const struct law_faults *faults);
enum err law_demo(struct app *app, struct demo_context *demo);

enum err law_home(struct req *r);
enum err law_show(struct req *r);
enum err law_akn(struct req *r);
enum err law_cite_list(struct req *r);
enum err law_sbornik_page(struct req *r);
enum err law_sbornik_pdf(struct req *r);
enum err law_sbornik_xlsx(struct req *r);
enum err law_desk(struct req *r);
enum err law_desk_import(struct req *r);
enum err law_desk_import_post(struct req *r);
enum err law_desk_link(struct req *r);
enum err law_desk_link_post(struct req *r);
enum err law_desk_collection(struct req *r);
enum err law_desk_collection_post(struct req *r);
enum err law_desk_collection_edit(struct req *r);
enum err law_desk_collection_edit_post(struct req *r);
enum err law_desk_withdraw_post(struct req *r);
enum err law_desk_given(struct req *r);
enum err law_desk_given_post(struct req *r);
enum err law_desk_given_csv(struct req *r);
struct page;
struct page law_page(struct req *r, struct str title);

#endif
