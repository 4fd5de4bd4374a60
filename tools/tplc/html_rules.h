/*
 * What elements and attributes mean to a template; called by the walk in html.c. Functions that
 * return bool have added a fault when they return false.
 */
#ifndef TOOLS_TPLC_HTML_RULES_H
#define TOOLS_TPLC_HTML_RULES_H

#include "tplc/html.h"

bool html_is_tag_char(char c);
/* The name of the element when it holds text only (<title>, <textarea>, <script>), else NULL. */
const char *html_text_only(const struct html_element *e);

bool html_begin_tag(struct html *h, struct str name, size_t at);
bool html_end_tag(struct html *h, bool self_closed);
bool html_close_element(struct html *h, struct str name, size_t at);

bool html_begin_attribute(struct html *h, struct str name, size_t at);
/* One static character of a value. */
void html_value_char(struct html *h, char c, size_t at, bool letter);
/* Before a value in a value: how it is written. */
bool html_value_dynamic(struct html *h, size_t at, bool message, enum put_how *how);
bool html_end_value(struct html *h);
/* The literal beginning of an address ends where a value would become its scheme or host. */
bool html_literal_is_open(const struct html *h);

#endif
