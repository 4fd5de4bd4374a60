/*
 * The library of legal acts: acts of the state and of councils in Kyrgyz and Russian, each with the
 * wordings that were in force from a day to a day, structured into articles; what one act does to
 * another; search that forgives; citations for the papers of other rooms; the printed collection
 * ("Sbornik") and who received it.
 */
#ifndef LAW_LAW_H
#define LAW_LAW_H

#include "platform/store/db.h"
#include "platform/web/slice.h"

/* An act: what stays the same through all wordings. */
struct law_act {
    int64_t id;
    struct str path; /* "/law/kg/jogorku-kenesh/law/2021/10/20/123": its address for good */
    struct str issuer, kind, number; /* codes; the number as it is written on paper */
    int64_t day;                     /* signed */
    struct text3 title;              /* Kyrgyz and Russian; no English */
    struct str standing; /* "official", "abstract" (our words, not the law's), "model" (invented) */
    struct str source;   /* where the facts or the text are from */
};
struct law_acts {
    struct law_act *v;
    size_t n, cap;
};

/* Finding. */
struct law_query {
    struct str words; /* as typed; "..." is a phrase, "ст. 34" or "34-берене" an article */
    struct str topic; /* NULL or empty: any */
    struct str lang;  /* "ky", "ru"; NULL or empty: both */
    int64_t on;       /* in force on this day */
    int64_t limit, offset;
};
struct law_hit {
    struct law_act act;
    struct str lang, eid, label, heading; /* of the article; empty: the act itself */
    struct str href;
    struct html snippet; /* words around the hit, what was found in <mark>; escaped */
};
struct law_hits {
    struct law_hit *v;
    size_t n, cap;
    bool any;  /* no article has all words: these have some of them */
    bool many; /* more than could be put in order: the nearest may be missing */
    bool more; /* there are further ones */
};
/* At most 50 hits, offset at most 500. Country scope. Never fails for what was typed: words that
 * are no words find nothing. */
MUST enum err law_search(struct tx *tx, struct arena *a, const struct law_query *q,
                         struct law_hits *out);

/* How an act is cited in the papers of other rooms: "Law of 20 October 2021 No. 123 ..., art. 34".
 * article may be empty. */
struct str law_cite(struct arena *a, enum lang lang, const struct law_act *act, struct str article);

/* The stems of one word of a search key (platform/core/utf8.h), for rooms with a small search of
 * their own: any form of the word begins with one of them, or nearly so. */
struct law_stems {
    struct str ky, ru;
};
struct law_stems law_stems_of(struct arena *a, struct str key);

/* What a field of citations holds (ui_citation): the address of an act in the library, or words.
 * `words` is how it is read, `href` where it leads: to the act, or to the search for the words. An
 * empty text gives empty ones. Country scope. */
struct law_citation {
    struct str words, href;
};
MUST enum err law_citation_read(struct tx *tx, struct arena *a, enum lang lang, struct str typed,
                                struct law_citation *out);

extern const struct slice law_slice;

#endif
