/*
 * How values become HTML. html_escape() is the one place where text turns into markup; all the rest
 * formats a typed value in the reader's language and passes through it.
 */
#include "platform/web/ui.h"

#include "platform/core/clock.h"
#include "platform/core/figure.h"

static const char *const entities[] = {"", "&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
static const unsigned char entity_of[256] = {
    ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};

void html_escape(struct buf *out, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char entity = entity_of[(unsigned char)s.p[i]];
        if (!entity)
            continue;
        buf_put(out, s.p + from, i - from);
        buf_cstr(out, entities[entity]);
        from = i + 1;
    }
    buf_put(out, s.p + from, s.n - from);
}

void html_text(struct buf *out, const struct ui *ui, struct str s)
{
    (void)ui;
    if (s.n)
        html_escape(out, s);
}

void html_cstr(struct buf *out, const struct ui *ui, const char *s)
{
    html_text(out, ui, str_from(s));
}

void html_html(struct buf *out, const struct ui *ui, struct html h)
{
    (void)ui;
    if (h.s.n)
        buf_str(out, h.s);
}

bool url_is_safe(struct str s)
{
    if (!s.p)
        return false;
    ptrdiff_t colon = -1;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 || c == 0x7f || (i == 0 && c == ' '))
            return false;
        if (c == ':' && colon < 0)
            colon = (ptrdiff_t)i;
        if ((c == '/' || c == '?' || c == '#') && colon < 0)
            return true; /* a path: no scheme can follow */
    }
    if (colon < 0)
        return true;
    static const struct str schemes[] = {STRI("https"), STRI("http"), STRI("mailto"), STRI("tel"),
                                         STRI("geo")};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (str_eq_nocase_ascii(str_slice(s, 0, (size_t)colon), schemes[i]))
            return true;
    return false;
}

void html_url(struct buf *out, const struct ui *ui, struct url u)
{
    html_text(out, ui, url_is_safe(u.s) ? u.s : STR("#"));
}

void html_int(struct buf *out, const struct ui *ui, int64_t v)
{
    lang_number(out, ui->lang, v);
}

void html_text3_plain(struct buf *out, const struct ui *ui, struct text3 t)
{
    html_text(out, ui, text3_get(&t, ui->lang));
}

void html_text3(struct buf *out, const struct ui *ui, struct text3 t)
{
    enum lang lang = text3_lang(&t, ui->lang);
    if (lang == ui->lang) {
        html_text3_plain(out, ui, t);
        return;
    }
    buf_cstr(out, "<span lang=\"");
    buf_cstr(out, lang_code(lang));
    buf_cstr(out, "\">");
    html_text3_plain(out, ui, t);
    buf_cstr(out, "</span>");
}

/* Formats of i18n/lang.c are digits, letters, blanks and punctuation without a meaning in HTML. */
void html_day(struct buf *out, const struct ui *ui, struct day_value d)
{
    lang_date(out, ui->lang, d.day);
}

void html_time(struct buf *out, const struct ui *ui, struct time_value t)
{
    lang_datetime(out, ui->lang, t.ms);
}

void html_ago(struct buf *out, const struct ui *ui, struct ago_value t)
{
    lang_ago(out, ui->lang, t.ms, ui->now_ms);
}

void html_money(struct buf *out, const struct ui *ui, struct money_value m)
{
    lang_money(out, ui->lang, m.tyiyn);
}

void html_percent(struct buf *out, const struct ui *ui, struct percent_value p)
{
    if (!(p.fraction >= 0)) /* also not-a-number */
        buf_cstr(out, "–");
    else
        lang_percent(out, ui->lang, p.fraction);
}

void html_people(struct buf *out, const struct ui *ui, struct people_value p)
{
    if (p.in_full || !figure_is_few(p.n)) {
        html_int(out, ui, p.n);
    } else {
        buf_cstr(out, "1–");
        html_int(out, ui, FIGURE_FEW - 1);
    }
}

void html_plain(struct buf *out, const struct ui *ui, struct plain_number n)
{
    (void)ui;
    buf_i64(out, n.v);
}

void html_msg(struct buf *out, const struct ui *ui, struct msg_value m)
{
    if (m.m != MSG_NONE)
        html_text(out, ui, msg_text(ui->lang, m.m));
}

void html_url_part(struct buf *out, const struct ui *ui, struct str s)
{
    (void)ui;
    if (s.n)
        buf_percent(out, s);
}

void html_url_part_int(struct buf *out, const struct ui *ui, int64_t v)
{
    (void)ui;
    buf_i64(out, v);
}

void html_message(struct buf *out, const struct ui *ui, enum msg m, const struct msg_arg *args,
                  size_t n)
{
    struct buf text = BUF_EMPTY;
    msg_put(&text, ui->lang, m, args, n);
    html_escape(out, buf_view(&text));
    buf_free(&text);
}
