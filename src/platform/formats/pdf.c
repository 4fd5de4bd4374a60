/* The list of blocks of a document, and the document's language; drawing is in pdf_draw.c. */
#include "platform/core/log.h"
#include "platform/core/utf8.h"
#include "platform/formats/pdf_blocks.h"

#include <pthread.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

struct pdf *pdf_new(struct arena *a, const struct pdf_options *options)
{
    struct pdf *p = ARENA_NEW(a, struct pdf);
    p->a = a;
    p->options = *options;
    if (p->options.margin <= 0)
        p->options.margin = 18;
    return p;
}

/* pango refuses broken UTF-8, so only clean text is handed on. */
static struct str clean(struct pdf *p, struct str s)
{
    if (utf8_is_text(s))
        return s;
    struct buf *b = buf_in(p->a);
    utf8_clean(b, s);
    return buf_view(b);
}

static struct pdf_block *add(struct pdf *p, enum pdf_kind kind, struct str text)
{
    struct pdf_block block = {.kind = kind, .text = clean(p, text)};
    ARENA_PUSH(p->a, p->blocks, block);
    return &p->blocks.v[p->blocks.n - 1];
}

void pdf_heading(struct pdf *p, int level, struct str text)
{
    INVARIANT(level >= 1 && level <= 3);
    add(p, PDF_HEADING, text)->level = level;
}

void pdf_paragraph(struct pdf *p, enum pdf_style style, enum pdf_align align, struct str text)
{
    struct pdf_block *b = add(p, PDF_PARAGRAPH, text);
    b->style = style;
    b->align = align;
}

void pdf_bullet(struct pdf *p, struct str text)
{
    add(p, PDF_BULLET, text);
}

void pdf_fact(struct pdf *p, struct str label, struct str value)
{
    struct pdf_block *b = add(p, PDF_FACT, label);
    b->second = clean(p, value);
}

void pdf_promise(struct pdf *p, struct str figure, struct str text, struct str detail)
{
    struct pdf_block *b = add(p, PDF_PROMISE, figure);
    b->second = clean(p, text);
    b->third = clean(p, detail);
}

void pdf_bars(struct pdf *p, struct str caption, const struct pdf_bar *bars, size_t n)
{
    struct pdf_block *b = add(p, PDF_BARS, caption);
    b->bar_count = n > 40 ? 40 : n;
    b->bars = ARENA_ARRAY(p->a, struct pdf_bar, b->bar_count);
    for (size_t i = 0; i < b->bar_count; i++)
        b->bars[i] =
            (struct pdf_bar){clean(p, bars[i].label), clean(p, bars[i].words), bars[i].share};
}

void pdf_rule(struct pdf *p)
{
    add(p, PDF_RULE, STR_NULL);
}

void pdf_space(struct pdf *p, double height)
{
    add(p, PDF_SPACE, STR_NULL)->height = height;
}

void pdf_page_break(struct pdf *p)
{
    add(p, PDF_PAGE_BREAK, STR_NULL);
}

void pdf_image(struct pdf *p, struct str jpeg, int pixel_width, int pixel_height, double max_width,
               double max_height, struct str caption)
{
    INVARIANT(pixel_width > 0 && pixel_height > 0 && max_width > 0 && max_height > 0);
    struct pdf_block *b = add(p, PDF_IMAGE, caption);
    b->second = jpeg;
    b->pixel_width = pixel_width;
    b->pixel_height = pixel_height;
    b->width = max_width;
    b->height = max_height;
}

void pdf_qr(struct pdf *p, const struct qr *qr, double side, struct str heading, struct str text)
{
    struct pdf_block *b = add(p, PDF_QR, heading);
    b->second = clean(p, text);
    b->qr = *qr;
    b->width = side;
}

void pdf_signature(struct pdf *p, struct str role, struct str name)
{
    struct pdf_block *b = add(p, PDF_SIGNATURE, role);
    b->second = clean(p, name);
}

void pdf_table(struct pdf *p, const struct pdf_column *columns, size_t n)
{
    INVARIANT(n > 0 && n <= 30);
    struct pdf_table *t = ARENA_NEW(p->a, struct pdf_table);
    struct pdf_column *copy = ARENA_ARRAY(p->a, struct pdf_column, n);
    for (size_t i = 0; i < n; i++) {
        copy[i] = columns[i];
        copy[i].title = clean(p, columns[i].title);
    }
    t->columns = copy;
    t->n = n;
    add(p, PDF_TABLE, STR_NULL)->table = t;
}

static struct pdf_table *open_table(struct pdf *p)
{
    INVARIANT(p->blocks.n > 0 && p->blocks.v[p->blocks.n - 1].kind == PDF_TABLE);
    return p->blocks.v[p->blocks.n - 1].table;
}

void pdf_cell(struct pdf *p, struct str text)
{
    struct pdf_table *t = open_table(p);
    ARENA_PUSH(p->a, t->cells, clean(p, text));
}

void pdf_table_total(struct pdf *p)
{
    struct pdf_table *t = open_table(p);
    INVARIANT(t->cells.n % t->n == 0);
    ARENA_PUSH(p->a, t->totals, t->cells.n / t->n);
}

void pdf_poster(struct pdf *p, const struct pdf_poster *poster)
{
    struct pdf_poster *copy = ARENA_NEW(p->a, struct pdf_poster);
    struct pdf_poster_item *items = ARENA_ARRAY(p->a, struct pdf_poster_item, poster->n);
    *copy = *poster;
    for (size_t i = 0; i < poster->n; i++)
        items[i] = (struct pdf_poster_item){
            .figure = clean(p, poster->items[i].figure),
            .unit = clean(p, poster->items[i].unit),
            .text = clean(p, poster->items[i].text),
            .detail = clean(p, poster->items[i].detail),
        };
    copy->items = items;
    copy->kicker = clean(p, poster->kicker);
    copy->title = clean(p, poster->title);
    copy->lead = clean(p, poster->lead);
    copy->call = clean(p, poster->call);
    copy->contact = clean(p, poster->contact);
    copy->address = clean(p, poster->address);
    copy->note = clean(p, poster->note);
    add(p, PDF_POSTER, STR_NULL)->poster = copy;
}

bool pdf_fonts_ok(void)
{
    pthread_mutex_lock(&turn);
    bool ok = pdf_draw_fonts_ok();
    pthread_mutex_unlock(&turn);
    return ok;
}

/* --- the language of the document --- */

/* The last place of `word`, or -1. */
static ptrdiff_t find_last(struct str s, struct str word)
{
    for (size_t i = s.n >= word.n ? s.n - word.n + 1 : 0; i-- > 0;)
        if (memcmp(s.p + i, word.p, word.n) == 0)
            return (ptrdiff_t)i;
    return -1;
}

/* The number behind `word`, within `s`. */
static bool number_after(struct str s, struct str word, uint64_t *out)
{
    ptrdiff_t at = find_last(s, word);
    if (at < 0)
        return false;
    struct str digits = str_trim(str_slice(s, (size_t)at + word.n, 20));
    size_t n = 0;
    while (n < digits.n && digits.p[n] >= '0' && digits.p[n] <= '9')
        n++;
    return str_to_u64(str_slice(digits, 0, n), out);
}

/*
 * cairo 1.16 cannot say which language a document is in, nor that its tags may be relied on; both
 * matter to those who have it read aloud. PDF has the
 * incremental update for such things (ISO 32000-1 section 7.5.6): the catalogue is written once
 * more behind the end, with the language in it, and a small cross-reference points there.
 */
static bool add_language(struct buf *out, size_t from, enum lang lang)
{
    struct str pdf = str_slice(buf_view(out), from, out->n);
    uint64_t root, info, size, previous;
    ptrdiff_t trailer = find_last(pdf, STR("trailer"));
    if (trailer < 0 || !number_after(pdf, STR("startxref"), &previous))
        return false;
    struct str tail = str_slice(pdf, (size_t)trailer, pdf.n);
    if (!number_after(tail, STR("/Root"), &root) || !number_after(tail, STR("/Info"), &info) ||
        !number_after(tail, STR("/Size"), &size))
        return false;
    char head[48];
    int n = snprintf(head, sizeof head, "\n%llu 0 obj\n<<", (unsigned long long)root);
    ptrdiff_t at = find_last(pdf, str_of(head, (size_t)n));
    if (at < 0)
        return false;
    struct str catalogue = str_slice(pdf, (size_t)at + (size_t)n, pdf.n);
    ptrdiff_t end = str_find(catalogue, STR("endobj"));
    if (end < 0)
        return false;
    struct buf update = BUF_EMPTY;
    buf_printf(&update,
               "%s /Lang (%s) /MarkInfo << /Marked true >> /ViewerPreferences << "
               "/DisplayDocTitle true >>\n",
               head, lang_code(lang));
    buf_str(&update, str_slice(catalogue, 0, (size_t)end));
    buf_cstr(&update, "endobj\n");
    size_t xref = out->n - from + update.n;
    buf_printf(&update,
               "xref\n0 1\n0000000000 65535 f \n%llu 1\n%010zu 00000 n \n"
               "trailer\n<< /Size %llu /Root %llu 0 R /Info %llu 0 R /Prev %llu >>\n"
               "startxref\n%zu\n%%%%EOF\n",
               (unsigned long long)root, out->n - from + 1, (unsigned long long)size,
               (unsigned long long)root, (unsigned long long)info, (unsigned long long)previous,
               xref);
    buf_str(out, buf_view(&update));
    buf_free(&update);
    return true;
}

enum err pdf_finish(struct pdf *p, struct buf *out)
{
    for (size_t i = 0; i < p->blocks.n; i++)
        if (p->blocks.v[i].kind == PDF_TABLE)
            INVARIANT(p->blocks.v[i].table->cells.n % p->blocks.v[i].table->n == 0);
    size_t from = out->n;
    pthread_mutex_lock(&turn);
    enum err rc = pdf_draw(p, out);
    pthread_mutex_unlock(&turn);
    if (rc == ERR_OK && !add_language(out, from, p->options.lang))
        LOG(LOG_WARN, "pdf.no_language", LOG_I("bytes", out->n - from));
    if (rc != ERR_OK)
        out->n = from;
    return rc;
}
