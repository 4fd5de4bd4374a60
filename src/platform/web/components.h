/*
 * The pieces that pages are built from: accessible markup after GOV.UK Frontend, own theme. Each is
 * a function called from a template with {% do ui_...(...) %}; out and ui are passed in front.
 * All text arguments are messages or data; nothing here is in one language.
 */
#ifndef WEB_COMPONENTS_H
#define WEB_COMPONENTS_H

#include "platform/web/form.h"

/* --- the frame --- */
struct crumb {
    struct str href;
    struct str text;
};
enum page_section { SECTION_NONE, SECTION_FIND, SECTION_UNIT, SECTION_DESK, SECTION_COMPARE };
/* BARE: the content brings its own columns and full-width bands. */
enum page_width { PAGE_NORMAL, PAGE_WIDE, PAGE_NARROW, PAGE_BARE };
struct page {
    struct str title;       /* of the browser tab and the heading that the template writes */
    struct str description; /* for link previews; NULL none */
    struct str unit_name;   /* municipality in the header; NULL: the program's name */
    struct str unit_href;
    enum page_section section;
    enum page_width width;
    const struct crumb *crumbs;
    size_t crumb_count;
    const char *feed;        /* RSS address, or NULL */
    const char *scripts[4];  /* asset names such as "report.js"; loaded with defer */
    bool print_only;         /* a form to be printed: no navigation at all */
    const struct form *form; /* faults make the title begin with "Error:" and show the summary */
};
/* Writes everything up to and into <main>, and everything after it:
 *     struct buf *out = resp_html(r, 200);
 *     page_open(out, r, &page); tpl_cases_list(out, &r->ui, &view); page_close(out, r, &page);
 * With faults in page->form the error summary stands first in <main>; answer with 422 then. */
void page_open(struct buf *out, struct req *r, const struct page *page);
void page_close(struct buf *out, struct req *r, const struct page *page);

/* Places (community) adds the municipality's navigation to the frame through this hook. */
typedef void (*page_nav_fn)(struct buf *out, struct req *r, const struct page *page);
void page_set_navigation(page_nav_fn fn);

/* --- forms --- */
/* <form method=post> with CSRF token and idempotency key; multipart when a field is FILES. action:
 * a path of ours, already encoded; NULL view posts to this page. f may be NULL: a form of one
 * button. */
void ui_form_open(struct buf *out, const struct ui *ui, const struct form *f, struct str action);
void ui_form_close(struct buf *out, const struct ui *ui);
/* The two hidden fields alone, for a template that writes a <form> with data- attributes itself. */
void ui_form_tokens(struct buf *out, const struct ui *ui, const struct form *f);
/* Input, textarea, select (over 5 choices) or radios by kind, with label, hint, fault. */
void ui_field(struct buf *out, const struct ui *ui, const struct form *f, int field);
/* Search and filter forms: GET, no token. */
void ui_form_open_get(struct buf *out, const struct ui *ui, struct str action);
/* As ui_field, the choices given as data. */
struct option {
    struct str value, text, hint;
    struct str group; /* <optgroup>; NULL none */
};
struct option_list {
    const struct option *v;
    size_t n;
};
void ui_select(struct buf *out, const struct ui *ui, const struct form *f, int field,
               struct option_list options);
void ui_radios(struct buf *out, const struct ui *ui, const struct form *f, int field,
               struct option_list options);
void ui_checkboxes(struct buf *out, const struct ui *ui, const struct form *f, int field,
                   struct option_list options);
/* A line of text that cites a law: ui_field, with a link to where citations are found. With the
 * script "citation.js" on the page, what is typed is looked up there and offered. The room that has
 * the library tells the two addresses at start; until then this is ui_field. `ask` answers ?q= with
 * JSON [{"text", "href"}]. */
void ui_citation(struct buf *out, const struct ui *ui, const struct form *f, int field);
void ui_citation_source(const char *browse, const char *ask);
void ui_hidden(struct buf *out, const struct ui *ui, const char *name, struct str value);
enum button_kind { BUTTON_PRIMARY, BUTTON_SECONDARY, BUTTON_WARNING };
void ui_button(struct buf *out, const struct ui *ui, enum msg label, enum button_kind kind);
/* A submit button with a name and value, for forms with several actions. */
void ui_button_named(struct buf *out, const struct ui *ui, enum msg label, enum button_kind kind,
                     const char *name, const char *value);
void ui_link_button(struct buf *out, const struct ui *ui, struct str href, enum msg label,
                    enum button_kind kind);

/* --- content --- */
/* An icon of assets/icons by name; decoration only, the words stand beside it. */
void ui_icon(struct buf *out, const struct ui *ui, const char *name);
void ui_icon_named(struct buf *out, const struct ui *ui, struct str name);
void ui_logo(struct buf *out, const struct ui *ui);
enum tone { TONE_NEUTRAL, TONE_GOOD, TONE_WAIT, TONE_BAD };
void ui_tag(struct buf *out, const struct ui *ui, enum tone tone, struct str text);
void ui_notice(struct buf *out, const struct ui *ui, enum tone tone, struct str text);
/* Shown when a list is empty: what this is, and what to do next (href NULL: no link). */
void ui_empty(struct buf *out, const struct ui *ui, enum msg text, struct str href,
              enum msg action);
/* A big figure with its label and, when href is not NULL, the records behind it. */
void ui_figure(struct buf *out, const struct ui *ui, struct html value, enum msg label,
               struct str href);
/* Where a share of promises kept changes its colour, in per cent as readers see it (rounded): good
 * from here, wait from there, bad below. The one rule of bars, maps and legends; what was never
 * counted is neutral. The colour says no more than the number, which always stands beside it. */
#define KEPT_GOOD_PERCENT 85
#define KEPT_WAIT_PERCENT 65
/* As it is shown: rounded; -1 when nothing was counted. */
int64_t ui_kept_percent(int64_t kept, int64_t counted);
enum tone ui_kept_tone(int64_t kept, int64_t counted);
/* What the colours of kept bars mean; once on each page that has such bars. */
void ui_kept_legend(struct buf *out, const struct ui *ui);
/* A line of another legend: a square of that class, then the text, or the share it stands for: from
 * `from` to below `below` per cent (101: no upper end). */
void ui_legend_line(struct buf *out, const struct ui *ui, const char *css_class, enum msg text);
void ui_kept_legend_line(struct buf *out, const struct ui *ui, const char *css_class, int from,
                         int below);
/* Keep-promise bar: share kept of counted, as a bar with its numbers in words. */
void ui_kept_bar(struct buf *out, const struct ui *ui, int64_t kept, int64_t counted);
/* The same, its words leading to the records counted; href NULL: no link. */
void ui_kept_bar_link(struct buf *out, const struct ui *ui, int64_t kept, int64_t counted,
                      struct str href);
/* Older/newer by keyset: hrefs NULL when there is none. */
void ui_pager(struct buf *out, const struct ui *ui, struct str newer, struct str older);
/* Buttons "Excel", "CSV", "Print" over a table; NULL hrefs are left out. */
void ui_exports(struct buf *out, const struct ui *ui, struct str xlsx, struct str csv,
                struct str print);

/* --- charts: server-made SVG, each with its table behind <details> --- */
struct chart_point {
    struct str label;
    double value; /* NAN: no data */
};
struct chart {
    struct str title, unit; /* with unit "%" the scale is 0 to 100, values are per cent */
    const struct chart_point *v;
    size_t n;
    double target; /* NAN: none */
};
/* Values below zero are drawn as zero; the table says what they are. */
void ui_chart_bars(struct buf *out, const struct ui *ui, const struct chart *c);
void ui_chart_line(struct buf *out, const struct ui *ui, const struct chart *c);

#endif
