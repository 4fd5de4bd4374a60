/*
 * The stem of a Kyrgyz word: what its forms have in common, for search. libstemmer has no Kyrgyz.
 *
 * Works on search keys (utf8_search_key: small letters, ё as е, and ң ө ү as н о у), so that a word
 * has the same stem whether it was typed with Kyrgyz letters or without. A stem is for comparing,
 * not for reading: "аныктоо" and "аныкталган" both give "аныкт".
 */
#ifndef LAW_STEM_KY_H
#define LAW_STEM_KY_H

#include "platform/core/str.h"

/* Longest word that is looked at; longer ones, and words with other letters or digits, are their
 * own stem. In bytes. */
#define STEM_KY_MAX 96

/* Writes the stem of `word` (one word of a search key) into `out` and returns a view of it, or of
 * `word` itself when there is nothing to take off. The stem of a stem is itself. */
struct str stem_ky(struct str word, char out[STEM_KY_MAX]);

/* Is this word (as a search key) in the stemmer's own list of words that it stops at? For tests: a
 * list that measures must not hold them. */
bool stem_ky_knows(struct str word);

#endif
