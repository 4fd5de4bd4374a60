/*
 * Reading acts from plain text, and what every format must fulfil.
 *
 * Plain text is what lawyers have: a head of "key: value" lines, an empty line, then the act with
 * its own headings. A line that begins with "Глава 2.", "2-глава", "Статья 5.", "5-берене", "Раздел
 * I", "I бөлүм" begins a part of that kind; any other line is a paragraph, and a number before it
 * ("1.", "2)") is its label. The line after a heading without words is not taken for its heading:
 * guessing there would lose paragraphs.
 */
#include "programme/law/law_text.h"

#include "community/topics/topics.h"
#include "platform/core/clock.h"
#include "platform/core/utf8.h"

#include <stdlib.h>

const char *const law_kinds[] = {"law",        "code",  "decree",  "resolution", "order",
                                 "regulation", "model", "charter", NULL};
const char *const law_standings[] = {"official", "abstract", "model", NULL};

static const char *const part_codes[LAW_PART__MAX] = {"part", "chapter", "article", "paragraph"};

const char *law_part_code(enum law_part_kind kind)
{
    INVARIANT((unsigned)kind < LAW_PART__MAX);
    return part_codes[kind];
}

bool law_part_parse(struct str code, enum law_part_kind *out)
{
    for (int i = 0; i < LAW_PART__MAX; i++)
        if (str_eq(code, str_from(part_codes[i]))) {
            *out = (enum law_part_kind)i;
            return true;
        }
    return false;
}

void law_fault_add(struct arena *a, struct law_faults *faults, int64_t line, enum msg what,
                   struct str value)
{
    if (faults->n < LAW_FAULTS_MAX)
        ARENA_PUSH(a, *faults,
                   ((struct law_fault){line, what, arena_str(a, utf8_prefix(value, 60))}));
}

/* --- addresses --- */

/* Digits, Latin letters and Cyrillic ones stay, everything else is a hyphen: "5/3" is "5-3". */
static void put_slug(struct buf *out, struct str s)
{
    size_t at = 0;
    uint32_t code;
    bool hyphen = false;
    size_t before = out->n;
    while (utf8_next(s, &at, &code)) {
        code = utf8_lower(code);
        bool letter = (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
                      (code >= 0x0430 && code <= 0x04FF);
        if (!letter) {
            hyphen = true;
            continue;
        }
        if (hyphen && out->n > before)
            buf_char(out, '-');
        hyphen = false;
        buf_utf8(out, code);
    }
}

struct str law_path(struct arena *a, struct str issuer, struct str kind, int64_t day,
                    struct str number)
{
    struct buf *b = buf_in(a);
    struct civil date = day_to_civil(day);
    buf_printf(b, "/law/kg/%.*s/%.*s/%04d/%02d/%02d/", STRF(issuer), STRF(kind), date.year,
               date.month, date.day);
    size_t before = b->n;
    put_slug(b, number);
    if (b->n == before)
        buf_cstr(b, "no-number");
    return buf_view(b);
}

/* --- plain text --- */

struct heading_word {
    const char *word;
    enum law_part_kind kind;
};
static const struct heading_word heading_words[] = {
    {"статья", LAW_ARTICLE}, {"берене", LAW_ARTICLE}, {"глава", LAW_CHAPTER},
    {"раздел", LAW_BOOK},    {"болум", LAW_BOOK},
};

static bool is_label(struct str s)
{
    if (s.n == 0 || s.n > 12)
        return false;
    bool digits = s.p[0] >= '0' && s.p[0] <= '9';
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool roman = c == 'I' || c == 'V' || c == 'X' || c == 'L';
        bool number = (c >= '0' && c <= '9') || (i > 0 && (c == '-' || c == '.'));
        if (digits ? !number : !roman)
            return false;
    }
    return true;
}

static struct str trim_dots(struct str s)
{
    while (s.n > 0 && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == '-'))
        s.n--;
    return s;
}

static bool heading_kind(struct arena *a, struct str word, enum law_part_kind *kind)
{
    struct buf *key = buf_in(a);
    if (word.n > 40)
        return false;
    utf8_search_key(key, word);
    for (size_t i = 0; i < COUNT_OF(heading_words); i++)
        if (str_eq(buf_view(key), str_from(heading_words[i].word))) {
            *kind = heading_words[i].kind;
            return true;
        }
    return false;
}

static struct str take_word(struct str *rest)
{
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
        n++;
    struct str word = str_slice(*rest, 0, n);
    *rest = str_trim(str_slice(*rest, n, rest->n));
    return word;
}

/* "Статья 5-1. Words", "5-берене. Words", "Глава II", "II бөлүм. Words". */
static bool read_heading(struct arena *a, struct str line, struct law_part *out)
{
    struct str rest = line, first = take_word(&rest), after = rest;
    enum law_part_kind kind;
    if (heading_kind(a, first, &kind)) {
        struct str label = trim_dots(take_word(&after));
        if (!is_label(label))
            return false;
        *out = (struct law_part){.kind = kind, .label = label, .heading = after};
        return true;
    }
    /* The number first: "5-берене.", "2 глава". */
    size_t digits = 0;
    while (digits < first.n && is_label(str_slice(first, 0, digits + 1)))
        digits++;
    struct str label = trim_dots(str_slice(first, 0, digits));
    struct str word = str_slice(first, digits, first.n);
    if (label.n == 0)
        return false;
    if (word.n == 0)
        word = take_word(&after);
    if (!heading_kind(a, trim_dots(word), &kind))
        return false;
    *out = (struct law_part){.kind = kind, .label = label, .heading = after};
    return true;
}

/* "1. Words", "2) Words": the label of a paragraph. */
static void read_paragraph(struct str line, struct law_part *out)
{
    struct str rest = line, first = take_word(&rest);
    struct str label = str_slice(first, 0, first.n ? first.n - 1 : 0);
    *out = (struct law_part){.kind = LAW_PARAGRAPH, .words = line};
    if (first.n > 1 && rest.n > 0 && (first.p[first.n - 1] == '.' || first.p[first.n - 1] == ')') &&
        label.p[0] >= '0' && label.p[0] <= '9' && is_label(label)) {
        out->label = label;
        out->words = rest;
    }
}

static void set_meta(struct arena *a, struct law_text *t, struct str key, struct str value,
                     int64_t line, struct law_faults *faults)
{
    struct {
        const char *key;
        struct str *to;
    } texts[] = {
        {"issuer", &t->issuer},     {"kind", &t->kind},         {"number", &t->number},
        {"title-ky", &t->title_ky}, {"title-ru", &t->title_ru}, {"lang", &t->lang},
        {"standing", &t->standing}, {"source", &t->source},     {"topics", &t->topics},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (str_eq(key, str_from(texts[i].key))) {
            *texts[i].to = value;
            return;
        }
    bool date = str_eq(key, STR("date"));
    if (date || str_eq(key, STR("from"))) {
        if (!day_parse(value, date ? &t->day : &t->from_day))
            law_fault_add(a, faults, line, MSG_law_fault_date, value);
        return;
    }
    law_fault_add(a, faults, line, MSG_law_fault_key, key);
}

static bool is_divider(struct str line)
{
    if (line.n < 5)
        return false;
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != '=')
            return false;
    return true;
}

struct plain {
    struct arena *a;
    struct law_texts *out;
    struct law_faults *faults;
    struct law_text now;
    bool in_body;
};

static void end_text(struct plain *p)
{
    if (!p->now.line)
        return;
    law_check(p->a, &p->now, p->faults);
    ARENA_PUSH(p->a, *p->out, p->now);
    p->now = (struct law_text){0};
    p->in_body = false;
}

static void head_line(struct plain *p, struct str line, int64_t number)
{
    if (!p->now.line) {
        p->now.line = number;
        p->now.from_day = p->now.day = INT64_MIN;
    }
    ptrdiff_t colon = str_find_char(line, ':');
    if (colon < 0)
        law_fault_add(p->a, p->faults, number, MSG_law_fault_head, line);
    else
        set_meta(p->a, &p->now, str_trim(str_slice(line, 0, (size_t)colon)),
                 str_trim(str_slice(line, (size_t)colon + 1, line.n)), number, p->faults);
}

static void body_line(struct plain *p, struct str line, int64_t number)
{
    struct law_part part;
    if (p->now.parts.n >= LAW_PARTS_MAX) {
        if (p->now.parts.n == LAW_PARTS_MAX)
            law_fault_add(p->a, p->faults, number, MSG_law_fault_parts, STR(""));
        p->now.parts.n = LAW_PARTS_MAX;
        return;
    }
    if (line.n > LAW_WORDS_MAX) {
        law_fault_add(p->a, p->faults, number, MSG_law_fault_long, line);
        return;
    }
    if (!read_heading(p->a, line, &part))
        read_paragraph(line, &part);
    ARENA_PUSH(p->a, p->now.parts, part);
}

void law_read_plain(struct arena *a, struct str text, int64_t line, struct law_texts *out,
                    struct law_faults *faults)
{
    struct plain p = {.a = a, .out = out, .faults = faults};
    struct str rest = text, one;
    for (int64_t number = line; str_split(&rest, '\n', &one); number++) {
        one = str_trim(one);
        if (is_divider(one))
            end_text(&p);
        else if (one.n == 0)
            p.in_body = p.now.line > 0;
        else if (p.in_body)
            body_line(&p, one, number);
        else
            head_line(&p, one, number);
    }
    end_text(&p);
}

/* --- what all must fulfil --- */

static bool in_list(struct str code, const char *const *list)
{
    for (; *list; list++)
        if (str_eq(code, str_from(*list)))
            return true;
    return false;
}

static bool is_code(struct str s)
{
    if (s.n < 2 || s.n > 60)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
              (s.p[i] == '-' && i > 0)))
            return false;
    return true;
}

static int eid_compare(const void *x, const void *y)
{
    return str_compare(*(const struct str *)x, *(const struct str *)y);
}

static bool is_eid(struct str s)
{
    if (s.n == 0 || s.n > 120)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-' || c == '.'))
            return false;
    }
    return true;
}

/* eIds after Akoma Ntoso's naming convention: chp_2, art_5, art_5__para_3. Paragraphs without a
 * number of their own are counted. */
static void make_eids(struct arena *a, struct law_text *t)
{
    static const char *const prefix[LAW_PART__MAX] = {"part", "chp", "art", "para"};
    struct str article = STR("");
    int64_t count = 0;
    for (size_t i = 0; i < t->parts.n; i++) {
        struct law_part *p = &t->parts.v[i];
        count = p->kind == LAW_PARAGRAPH ? count + 1 : 0;
        if (!p->eid.p) {
            struct buf *b = buf_in(a);
            if (p->kind == LAW_PARAGRAPH && article.n)
                buf_printf(b, "%.*s__", STRF(article));
            buf_printf(b, "%s_", prefix[p->kind]);
            if (p->kind == LAW_PARAGRAPH)
                buf_i64(b, count);
            else
                buf_str(b, p->label);
            p->eid = buf_view(b);
        }
        if (p->kind != LAW_PARAGRAPH)
            article = p->eid;
    }
}

static void check_eids(struct arena *a, const struct law_text *t, struct law_faults *faults)
{
    struct str *eids = ARENA_ARRAY(a, struct str, t->parts.n);
    for (size_t i = 0; i < t->parts.n; i++) {
        eids[i] = t->parts.v[i].eid;
        if (!is_eid(eids[i]))
            law_fault_add(a, faults, t->line, MSG_law_fault_eid, eids[i]);
    }
    qsort(eids, t->parts.n, sizeof *eids, eid_compare);
    for (size_t i = 1; i < t->parts.n; i++)
        if (str_eq(eids[i - 1], eids[i]))
            law_fault_add(a, faults, t->line, MSG_law_fault_twice, eids[i]);
}

void law_check(struct arena *a, struct law_text *t, struct law_faults *faults)
{
    struct str rest, topic;
    if (!is_code(t->issuer))
        law_fault_add(a, faults, t->line, MSG_law_fault_issuer, t->issuer);
    if (!in_list(t->kind, law_kinds))
        law_fault_add(a, faults, t->line, MSG_law_fault_kind, t->kind);
    if (!str_eq(t->lang, STR("ky")) && !str_eq(t->lang, STR("ru")))
        law_fault_add(a, faults, t->line, MSG_law_fault_lang, t->lang);
    if (!t->standing.n)
        t->standing = STR("official");
    if (!in_list(t->standing, law_standings))
        law_fault_add(a, faults, t->line, MSG_law_fault_standing, t->standing);
    if (t->day == INT64_MIN)
        law_fault_add(a, faults, t->line, MSG_law_fault_date, STR(""));
    if (t->from_day == INT64_MIN)
        t->from_day = t->day;
    if (!t->title_ky.n && !t->title_ru.n)
        law_fault_add(a, faults, t->line, MSG_law_fault_title, STR(""));
    if (utf8_length(t->title_ky) > LAW_TITLE_MAX || utf8_length(t->title_ru) > LAW_TITLE_MAX ||
        t->source.n > 1000 || t->number.n > 60)
        law_fault_add(a, faults, t->line, MSG_law_fault_long, t->title_ru);
    for (struct str *s = (struct str[]){t->number, t->source, t->topics, STR_NULL}; s->p; s++)
        if (!utf8_is_text(*s))
            law_fault_add(a, faults, t->line, MSG_law_fault_text, STR(""));
    rest = t->topics;
    while (str_split(&rest, ' ', &topic))
        if (topic.n && !topics_find(topic))
            law_fault_add(a, faults, t->line, MSG_law_fault_topic, topic);
    if (t->parts.n == 0)
        law_fault_add(a, faults, t->line, MSG_law_fault_empty, STR(""));
    for (struct str **s =
             (struct str *[]){&t->number, &t->title_ky, &t->title_ru, &t->source, &t->topics, NULL};
         *s; s++)
        if (!(*s)->p)
            **s = STR("");
    for (size_t i = 0; i < t->parts.n; i++) {
        struct law_part *p = &t->parts.v[i];
        for (struct str **s = (struct str *[]){&p->label, &p->heading, &p->words, NULL}; *s; s++)
            if (!(*s)->p)
                **s = STR("");
    }
    make_eids(a, t);
    check_eids(a, t, faults);
}

enum err law_read(struct arena *a, struct str file, struct law_texts *out,
                  struct law_faults *faults)
{
    *out = (struct law_texts){0};
    *faults = (struct law_faults){0};
    if (str_starts(file, STR("\xEF\xBB\xBF")))
        file = str_slice(file, 3, file.n);
    if (file.n > LAW_FILE_MAX) {
        law_fault_add(a, faults, 0, MSG_law_fault_file, STR(""));
        return ERR_INPUT;
    }
    if (!utf8_is_text(file)) {
        law_fault_add(a, faults, 0, MSG_law_fault_text, STR(""));
        return ERR_INPUT;
    }
    struct str start = str_slice(str_trim(file), 0, 2000);
    if (str_starts(start, STR("<")) && str_find(start, STR("akomaNtoso")) >= 0)
        law_read_akn(a, file, out, faults);
    else if (str_starts(start, STR("<")))
        law_read_plain(a, law_html_lines(a, file), 1, out, faults);
    else
        law_read_plain(a, file, 1, out, faults);
    if (out->n == 0 && faults->n == 0)
        law_fault_add(a, faults, 0, MSG_law_fault_empty, STR(""));
    return faults->n ? ERR_INPUT : ERR_OK;
}
