/*
 * The citation picker: a field of text beside a library that the platform knows only by two
 * addresses. Without script there is a link to look the act up; with it (assets/js/citation.js)
 * what is typed is offered as whole citations.
 */
#include "platform/web/components.h"

static const char *browse_path, *ask_path;

void ui_citation_source(const char *browse, const char *ask)
{
    browse_path = browse;
    ask_path = ask;
}

void ui_citation(struct buf *out, const struct ui *ui, const struct form *f, int field)
{
    if (!browse_path) {
        ui_field(out, ui, f, field);
        return;
    }
    buf_cstr(out, "<div data-citation=\"");
    html_escape(out, str_from(ask_path));
    buf_cstr(out, "\">");
    ui_field(out, ui, f, field);
    buf_cstr(out, "<p class=\"small no-print\"><a href=\"");
    html_escape(out, str_from(browse_path));
    buf_cstr(out, "\" target=\"_blank\" rel=\"noopener\">");
    html_escape(out, msg_text(ui->lang, MSG_web_citation_find));
    buf_cstr(out, "</a></p></div>\n");
}
