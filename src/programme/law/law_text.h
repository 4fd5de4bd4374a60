/*
 * The text of an act between files and tables: one expression as it was read from plain text, HTML
 * or Akoma Ntoso, or as it will be written.
 */
#ifndef LAW_LAW_TEXT_H
#define LAW_LAW_TEXT_H

#include "platform/core/arena.h"
#include "platform/i18n/message.h"

enum {
    LAW_FILE_MAX = 8 << 20,
    LAW_PARTS_MAX = 20000,
    LAW_WORDS_MAX = 64 << 10, /* bytes of one paragraph */
    LAW_TITLE_MAX = 600,      /* letters */
    LAW_FAULTS_MAX = 200,
};

enum law_part_kind { LAW_BOOK, LAW_CHAPTER, LAW_ARTICLE, LAW_PARAGRAPH, LAW_PART__MAX };
/* "part", "chapter", "article", "paragraph": in tables, and the elements of Akoma Ntoso. */
const char *law_part_code(enum law_part_kind kind);
bool law_part_parse(struct str code, enum law_part_kind *out);

struct law_part {
    enum law_part_kind kind;
    struct str eid;     /* "chp_1", "art_5", "art_5__para_2" */
    struct str label;   /* number as printed: "5", "5-1", "1" of "1." ; empty: none */
    struct str heading; /* of parts, chapters, articles */
    struct str words;   /* of paragraphs; lines parted by LF */
};

struct law_text {
    struct str issuer, kind, number, title_ky, title_ru, lang, standing, source;
    struct str topics; /* codes parted by blanks */
    int64_t day, from_day, line;
    struct law_parts {
        struct law_part *v;
        size_t n, cap;
    } parts;
};
struct law_texts {
    struct law_text *v;
    size_t n, cap;
};

struct law_fault {
    int64_t line; /* of the file, from 1; 0: of the whole */
    enum msg what;
    struct str value;
};
struct law_faults {
    struct law_fault *v;
    size_t n, cap;
};
void law_fault_add(struct arena *a, struct law_faults *faults, int64_t line, enum msg what,
                   struct str value);

/* Reads whatever of the three formats it is. One file of plain text or HTML may hold several
 * expressions, parted by a line of five or more "=". ERR_INPUT with faults, of which there is at
 * least one then; nothing is taken half. */
MUST enum err law_read(struct arena *a, struct str file, struct law_texts *out,
                       struct law_faults *faults);
/* Parts of it, for the above. Lines are counted from `line`. */
void law_read_plain(struct arena *a, struct str text, int64_t line, struct law_texts *out,
                    struct law_faults *faults);
void law_read_akn(struct arena *a, struct str text, struct law_texts *out,
                  struct law_faults *faults);
/* HTML as lines of plain text: metadata of <meta name="law.KEY">, blocks as lines. */
struct str law_html_lines(struct arena *a, struct str text);
/* What every format must fulfil: known codes, dates, eIds made and single, bounds. */
void law_check(struct arena *a, struct law_text *t, struct law_faults *faults);

/* "/law/kg/issuer/kind/yyyy/mm/dd/number", the number made fit for an address. */
struct str law_path(struct arena *a, struct str issuer, struct str kind, int64_t day,
                    struct str number);
/* Akoma Ntoso 1.0 (OASIS), one expression. */
void law_write_akn(struct buf *out, const struct law_text *t, int64_t to_day);

extern const char *const law_kinds[];     /* ends with NULL */
extern const char *const law_standings[]; /* ends with NULL */

#endif
