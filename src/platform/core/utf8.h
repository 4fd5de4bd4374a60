/*
 * UTF-8 and the letters of three languages, without any process locale.
 */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include "platform/core/buf.h"

/* Well-formed UTF-8 (RFC 3629), no NUL, no C0 controls but tab, CR and LF, no U+FFFE/U+FFFF. */
bool utf8_is_text(struct str s);
/* Length (1-4) of the well-formed sequence at `at`; 0 when there is none. */
size_t utf8_sequence(struct str s, size_t at);
/* For writers that look at every byte: the same for `at` inside of the text, or 8 for four letters
 * of two bytes at once (U+0400 to U+07FF; most of what people write here is Cyrillic). */
static inline size_t utf8_step(struct str s, size_t at)
{
    static const unsigned char mask[8] = {0xF0, 0xC0, 0xF0, 0xC0, 0xF0, 0xC0, 0xF0, 0xC0};
    static const unsigned char want[8] = {0xD0, 0x80, 0xD0, 0x80, 0xD0, 0x80, 0xD0, 0x80};
    unsigned char first = (unsigned char)s.p[at];
    if (first < 0x80)
        return 1;
    if (s.n - at >= 8) {
        uint64_t eight, m, w;
        memcpy(&eight, s.p + at, 8);
        memcpy(&m, mask, 8);
        memcpy(&w, want, 8);
        if ((eight & m) == w)
            return 8;
    }
    if (first >= 0xC2 && first <= 0xDF && s.n - at > 1 &&
        ((unsigned char)s.p[at + 1] & 0xC0) == 0x80)
        return 2;
    return utf8_sequence(s, at);
}
/* Decodes the code point at *at and moves *at past it; false at the end. The text must be
 * well-formed: utf8_is_text at the border, or utf8_sequence before each step. */
bool utf8_next(struct str s, size_t *at, uint32_t *code);
void buf_utf8(struct buf *b, uint32_t code);
/* Appends text (as utf8_is_text means it) made of any bytes: a broken byte becomes U+FFFD, a
 * control character or U+FFFE/U+FFFF is left out. For formats that one bad character would spoil.
 */
void utf8_clean(struct buf *out, struct str s);
/* Number of code points. */
size_t utf8_length(struct str s);
/* The longest prefix of at most `max` code points. */
struct str utf8_prefix(struct str s, size_t max);

/* Simple case mapping for Latin and Cyrillic letters (ң ө ү included); others stay as they are. */
uint32_t utf8_lower(uint32_t code);
uint32_t utf8_upper(uint32_t code);

/*
 * The search key of a text: lower case, one blank between words, no punctuation, and forgiving:
 *   - ё as е; ң ө ү as н о у (keyboards without Kyrgyz letters);
 *   - Latin letters that look like Cyrillic ones become Cyrillic inside a word that has Cyrillic
 *     letters ("Кoк-Жap" typed with Latin o, a, p);
 *   - hyphens, apostrophes, № and every other sign as blanks; emoji too;
 *   - accents and invisible characters left out; й stays a letter of its own, also when it comes
 *     as и and a breve.
 * Two texts that a person would call the same name have the same key; the key of a key is itself. A
 * word typed wholly in Latin letters stays Latin ("Cox" is not "Сох"). Stored beside the text and
 * compared with equality or prefix, so both database engines need no collation for it. Appends to
 * `out`; any bytes are accepted.
 */
void utf8_search_key(struct buf *out, struct str s);

#endif
