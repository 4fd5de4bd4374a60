/*
 * Search keys: what is left of a name when keyboards, habits and punctuation are taken away.
 *
 * A name of a village reaches us typed on a phone without Kyrgyz letters, with a Latin "o" that
 * the previous word left behind, with another dash than ours, or decomposed by a telephone that
 * keeps "й" as two code points. All of these must find the same village.
 *
 * A word is a run of letters and digits. Whether its Latin letters are meant as Cyrillic is decided
 * by the whole word, so words are read twice.
 */
#include "platform/core/utf8.h"

enum kind { KIND_WORD, KIND_BLANK, KIND_NOTHING };

enum { BREVE = 0x0306, CYRILLIC_I = 0x0438, CYRILLIC_SHORT_I = 0x0439 };

struct range {
    uint32_t first, last;
};

static bool is_in(uint32_t code, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    }
    return false;
}

/* Written, but not seen: soft hyphen, combining marks, joiners, direction marks, selectors. */
static const struct range unseen[] = {
    {0x00AD, 0x00AD}, {0x0300, 0x036F}, {0x0483, 0x0489}, {0x200B, 0x200F},   {0x202A, 0x202E},
    {0x2060, 0x206F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF},
};

/* Beyond ASCII: punctuation, symbols and blanks. The rest is taken for letters. */
static const struct range separators[] = {
    {0x0080, 0x00A9}, {0x00AB, 0x00B4}, {0x00B6, 0x00B9},   {0x00BB, 0x00BF}, {0x00D7, 0x00D7},
    {0x00F7, 0x00F7}, {0x02B0, 0x02FF}, {0x0482, 0x0482},   {0x1680, 0x1680}, {0x2000, 0x2BFF},
    {0x2E00, 0x2E7F}, {0x3000, 0x3004}, {0x3008, 0x3020},   {0xE000, 0xF8FF}, {0xFE10, 0xFE6F},
    {0xFF00, 0xFF0F}, {0xFFF0, 0xFFFF}, {0x1F000, 0x1FAFF},
};

static enum kind kind_of(uint32_t code)
{
    if (code < 0x80) {
        bool letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
        return letter || (code >= '0' && code <= '9') ? KIND_WORD : KIND_BLANK;
    }
    if (is_in(code, unseen, COUNT_OF(unseen)))
        return KIND_NOTHING;
    return is_in(code, separators, COUNT_OF(separators)) ? KIND_BLANK : KIND_WORD;
}

static bool is_cyrillic(uint32_t code)
{
    return code >= 0x0400 && code <= 0x052F;
}

struct pair {
    uint32_t from, to;
};

static uint32_t replace(uint32_t code, const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (pairs[i].from == code)
            return pairs[i].to;
    }
    return code;
}

/* Small Latin letters that, small or capital, look like a Cyrillic one. */
static const struct pair look_alikes[] = {
    {'a', 0x0430},    /* а */
    {'b', 0x0432},    /* B: в */
    {'c', 0x0441},    /* с */
    {'e', 0x0435},    /* е */
    {'h', 0x043D},    /* H: н */
    {'k', 0x043A},    /* к */
    {'m', 0x043C},    /* M: м */
    {'o', 0x043E},    /* о */
    {'p', 0x0440},    /* р */
    {'t', 0x0442},    /* T: т */
    {'x', 0x0445},    /* х */
    {'y', 0x0443},    /* у, and capital Y for ү */
    {0x00EB, 0x0435}, /* e with diaeresis: ё */
    {0x00F6, 0x043E}, /* o with diaeresis, for ө */
    {0x00FC, 0x0443}, /* u with diaeresis, for ү */
    {0x014B, 0x043D}, /* eng, for ң */
    {0x019F, 0x043E}, /* barred O, for Ө */
    {0x0275, 0x043E}, /* barred o, for ө */
};

/* Cyrillic letters that are one letter to a reader in a hurry, or missing on a keyboard. */
static const struct pair folded[] = {
    {0x0450, 0x0435}, /* ѐ: е */
    {0x0451, 0x0435}, /* ё: е */
    {0x045D, 0x0438}, /* ѝ: и */
    {0x0473, 0x043E}, /* fita, for ө */
    {0x04A3, 0x043D}, /* ң: н */
    {0x04A5, 0x043D}, /* ligature en-ghe, for ң */
    {0x04AF, 0x0443}, /* ү: у */
    {0x04B1, 0x0443}, /* Kazakh barred u, for ү */
    {0x04C8, 0x043D}, /* en with hook, for ң */
    {0x04CA, 0x043D}, /* en with tail, for ң */
    {0x04E9, 0x043E}, /* ө: о */
    {0x04EB, 0x043E}, /* ө with diaeresis */
};

static uint32_t fold(uint32_t code, bool cyrillic_word)
{
    code = utf8_lower(code);
    if (cyrillic_word)
        code = replace(code, look_alikes, COUNT_OF(look_alikes));
    return replace(code, folded, COUNT_OF(folded));
}

/* The code point at *at; a byte that is no UTF-8 counts as a blank. */
static bool next_code(struct str s, size_t *at, uint32_t *code)
{
    if (*at < s.n && utf8_sequence(s, *at) == 0) {
        (*at)++;
        *code = ' ';
        return true;
    }
    return utf8_next(s, at, code);
}

/* Where the word that starts at `at` ends, and whether it has a Cyrillic letter. */
static size_t word_end(struct str s, size_t at, bool *cyrillic)
{
    uint32_t code;
    *cyrillic = false;
    for (size_t next = at; next_code(s, &next, &code); at = next) {
        if (kind_of(code) == KIND_BLANK)
            break;
        if (kind_of(code) == KIND_WORD && is_cyrillic(code))
            *cyrillic = true;
    }
    return at;
}

static void put_word(struct buf *out, struct str word, bool cyrillic)
{
    size_t at = 0;
    uint32_t code;
    while (next_code(word, &at, &code)) {
        if (kind_of(code) == KIND_NOTHING)
            continue;
        code = fold(code, cyrillic);
        size_t after = at;
        uint32_t mark;
        if (code == CYRILLIC_I && next_code(word, &after, &mark) && mark == BREVE)
            code = CYRILLIC_SHORT_I;
        buf_utf8(out, code);
    }
}

void utf8_search_key(struct buf *out, struct str s)
{
    size_t at = 0, start = out->n, last_word = out->n;
    while (at < s.n) {
        bool cyrillic;
        size_t end = word_end(s, at, &cyrillic);
        if (end == at) { /* a blank: step over it */
            uint32_t code;
            next_code(s, &at, &code);
            continue;
        }
        if (out->n > start)
            buf_char(out, ' ');
        size_t before = out->n;
        put_word(out, str_slice(s, at, end - at), cyrillic);
        if (out->n == before) /* nothing to see in it */
            out->n = last_word;
        last_word = out->n;
        at = end;
    }
}
