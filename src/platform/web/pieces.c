/* Pieces of content: icons, tags, notices, figures, bars, exports, charts. */
#include "platform/web/components.h"

#include "platform/web/assets.h"
#include "platform/web/web_priv.h"

static void put(struct buf *out, const char *markup)
{
    buf_cstr(out, markup);
}

static void link_to(struct buf *out, const struct ui *ui, struct str href)
{
    put(out, "<a href=\"");
    html_url(out, ui, URL(href));
    put(out, "\">");
}

void ui_icon(struct buf *out, const struct ui *ui, const char *name)
{
    (void)ui;
    buf_printf(out, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"%s#%s\"/></svg>",
               asset_url("icons.svg"), name);
}

void ui_icon_named(struct buf *out, const struct ui *ui, struct str name)
{
    buf_printf(out, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"%s#",
               asset_url("icons.svg"));
    html_url_part(out, ui, name);
    put(out, "\"/></svg>");
}

void ui_logo(struct buf *out, const struct ui *ui)
{
    (void)ui;
    buf_printf(
        out, "<svg class=\"site-header__logo\" aria-hidden=\"true\"><use href=\"%s#logo\"/></svg>",
        asset_url("icons.svg"));
}

static const char *const tones[] = {
    [TONE_NEUTRAL] = "", [TONE_GOOD] = "good", [TONE_WAIT] = "wait", [TONE_BAD] = "bad"};

static void open_toned(struct buf *out, const char *element, const char *css_class, enum tone tone)
{
    buf_printf(out, "<%s class=\"%s", element, css_class);
    if (tone != TONE_NEUTRAL)
        buf_printf(out, " %s--%s", css_class, tones[tone]);
    put(out, "\">");
}

void ui_tag(struct buf *out, const struct ui *ui, enum tone tone, struct str text)
{
    open_toned(out, "span", "tag", tone);
    html_text(out, ui, text);
    put(out, "</span>");
}

void ui_notice(struct buf *out, const struct ui *ui, enum tone tone, struct str text)
{
    static const char *const icons[] = {"info", "check", "clock", "alert"};
    open_toned(out, "div", "notice", tone);
    ui_icon(out, ui, icons[tone]);
    put(out, "<div><p>");
    html_text(out, ui, text);
    put(out, "</p></div></div>");
}

void ui_empty(struct buf *out, const struct ui *ui, enum msg text, struct str href, enum msg action)
{
    put(out, "<div class=\"empty\"><p>");
    html_msg(out, ui, MSG(text));
    put(out, "</p>");
    if (href.p)
        ui_link_button(out, ui, href, action, BUTTON_SECONDARY);
    put(out, "</div>");
}

void ui_figure(struct buf *out, const struct ui *ui, struct html value, enum msg label,
               struct str href)
{
    put(out, "<li class=\"figure\"><span class=\"figure__value\">");
    html_html(out, ui, value);
    put(out, "</span><span class=\"figure__label\">");
    if (href.p)
        link_to(out, ui, href);
    html_msg(out, ui, MSG(label));
    put(out, href.p ? "</a></span></li>" : "</span></li>");
}

int64_t ui_kept_percent(int64_t kept, int64_t counted)
{
    return counted <= 0 ? -1 : (kept * 200 + counted) / (counted * 2);
}

enum tone ui_kept_tone(int64_t kept, int64_t counted)
{
    int64_t percent = ui_kept_percent(kept, counted);
    if (percent < 0)
        return TONE_NEUTRAL;
    return percent >= KEPT_GOOD_PERCENT   ? TONE_GOOD
           : percent >= KEPT_WAIT_PERCENT ? TONE_WAIT
                                          : TONE_BAD;
}

static void open_legend_line(struct buf *out, const char *css_class)
{
    buf_printf(
        out,
        "<li><svg viewBox=\"0 0 18 18\" aria-hidden=\"true\"><rect class=\"%s\" width=\"18\" "
        "height=\"18\" rx=\"4\"/></svg>",
        css_class);
}

void ui_legend_line(struct buf *out, const struct ui *ui, const char *css_class, enum msg text)
{
    open_legend_line(out, css_class);
    html_msg(out, ui, MSG(text));
    put(out, "</li>");
}

void ui_kept_legend_line(struct buf *out, const struct ui *ui, const char *css_class, int from,
                         int below)
{
    open_legend_line(out, css_class);
    if (from <= 0)
        html_message(out, ui, MSG_web_kept_below, (struct msg_arg[]){ARG_N("below", below)}, 1);
    else if (below > 100)
        html_message(out, ui, MSG_web_kept_from, (struct msg_arg[]){ARG_N("from", from)}, 1);
    else
        html_message(out, ui, MSG_web_kept_range,
                     (struct msg_arg[]){ARG_N("from", from), ARG_N("to", below - 1)}, 2);
    put(out, "</li>");
}

void ui_kept_legend(struct buf *out, const struct ui *ui)
{
    put(out, "<p class=\"small quiet\">");
    html_msg(out, ui, MSG(MSG_web_kept_legend));
    put(out, "</p><ul class=\"legend\">");
    ui_kept_legend_line(out, ui, "legend__good", KEPT_GOOD_PERCENT, 101);
    ui_kept_legend_line(out, ui, "legend__wait", KEPT_WAIT_PERCENT, KEPT_GOOD_PERCENT);
    ui_kept_legend_line(out, ui, "legend__bad", 0, KEPT_WAIT_PERCENT);
    put(out, "</ul>");
}

void ui_kept_bar_link(struct buf *out, const struct ui *ui, int64_t kept, int64_t counted,
                      struct str href)
{
    double share = counted > 0 ? (double)kept / (double)counted : 0;
    enum tone tone = ui_kept_tone(kept, counted);
    open_toned(out, "div", "kept", tone);
    put(out, "<svg class=\"kept__bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
             "aria-hidden=\"true\">");
    if (counted > 0) {
        put(out, "<rect class=\"kept__fill\" height=\"10\" width=\"");
        buf_fixed(out, share * 100, 1);
        put(out, "\"/>");
    }
    put(out, "</svg><p class=\"kept__text\">");
    if (counted > 0) {
        put(out, "<span class=\"kept__share\">");
        html_percent(out, ui, PERCENT(share));
        put(out, "</span> ");
        if (href.p)
            link_to(out, ui, href);
        else
            put(out, "<span>");
        html_message(out, ui, MSG_web_kept_text,
                     (struct msg_arg[]){ARG_N("kept", kept), ARG_N("counted", counted)}, 2);
        put(out, href.p ? "</a>" : "</span>");
    } else {
        html_msg(out, ui, MSG(MSG_web_kept_none));
    }
    put(out, "</p></div>");
}

void ui_kept_bar(struct buf *out, const struct ui *ui, int64_t kept, int64_t counted)
{
    ui_kept_bar_link(out, ui, kept, counted, STR_NULL);
}

void ui_pager(struct buf *out, const struct ui *ui, struct str newer, struct str older)
{
    if (!newer.p && !older.p)
        return;
    put(out, "<nav class=\"pager no-print\">");
    if (newer.p) {
        put(out, "<a rel=\"prev\" href=\"");
        html_url(out, ui, URL(newer));
        put(out, "\">");
        html_msg(out, ui, MSG(MSG_common_newer));
        put(out, "</a>");
    }
    if (older.p) {
        put(out, "<a rel=\"next\" href=\"");
        html_url(out, ui, URL(older));
        put(out, "\">");
        html_msg(out, ui, MSG(MSG_common_older));
        put(out, "</a>");
    }
    put(out, "</nav>");
}

static void export_link(struct buf *out, const struct ui *ui, struct str href, const char *icon,
                        enum msg label)
{
    if (!href.p)
        return;
    link_to(out, ui, href);
    ui_icon(out, ui, icon);
    html_msg(out, ui, MSG(label));
    put(out, "</a> ");
}

void ui_exports(struct buf *out, const struct ui *ui, struct str xlsx, struct str csv,
                struct str print)
{
    put(out, "<p class=\"exports no-print\">");
    export_link(out, ui, xlsx, "sheet", MSG_web_excel);
    export_link(out, ui, csv, "download", MSG_web_csv);
    export_link(out, ui, print, "print", MSG_common_print);
    put(out, "</p>");
}
