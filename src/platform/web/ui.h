/*
 * What every template gets besides its own data, and how values are written into HTML.
 *
 * Escaping goes by C type: a template can write only types that have a rule here, and what is not
 * `struct html` is escaped. There is no "raw" switch.
 */
#ifndef WEB_UI_H
#define WEB_UI_H

#include "platform/i18n/message.h"

struct req;

struct ui {
    enum lang lang;
    struct req *req; /* for components that need more; never NULL in pages, NULL in mails */
    struct str path; /* path and query of this page without `lang`, for the language switch */
    bool signed_in;
    int64_t now_ms;
};

/* Markup made by a template or component of ours; written as it is. */
struct html {
    struct str s;
};
/* An address for href, src, action: relative, or http(s), mailto, tel, geo; anything else becomes
 * "#". */
struct url {
    struct str s;
};
/* Typed values, so that templates write them in the reader's language. */
struct day_value {
    int64_t day;
};
struct time_value {
    int64_t ms;
};
struct ago_value {
    int64_t ms;
};
struct money_value {
    int64_t tyiyn;
};
struct percent_value {
    double fraction; /* < 0: no data, written as a dash */
};
/* A number of people: written as "1-9" when it is withheld (core/figure.h). */
struct people_value {
    int64_t n;
    bool in_full; /* for staff who may see it */
};
/* A message chosen at run time. Not `enum msg` itself: C cannot tell enums from numbers. */
struct msg_value {
    enum msg m;
};
struct plain_number {
    int64_t v; /* digits without grouping: years, ids, form values */
};
#define DAY(v) ((struct day_value){(v)})
#define TIME(v) ((struct time_value){(v)})
#define AGO(v) ((struct ago_value){(v)})
#define MONEY(v) ((struct money_value){(v)})
#define PERCENT(v) ((struct percent_value){(v)})
#define PEOPLE(v) ((struct people_value){(v), false})
#define PEOPLE_FOR(in_full, v) ((struct people_value){(v), (in_full)})
#define PLAIN(v) ((struct plain_number){(v)})
#define MSG(v) ((struct msg_value){(v)})
#define URL(v) ((struct url){(v)})

/* The CSRF token of this visitor, masked afresh in every response, for forms (ui_form_open writes
 * it) and for scripts (header X-CSRF-Token). Asking for it makes the answer private: never cached.
 * NULL view where there is no request (mails). */
struct str ui_csrf(const struct ui *ui);
/* The key of this page (see once.h) for its forms that have no `struct form`: a button and nothing
 * else. NULL view where there is no request. */
struct str ui_once(const struct ui *ui);

/* The text with & < > " ' escaped: the one primitive under all of the following, for C code that
 * writes machine markup (XML, SVG) of its own. Safe in text and in quoted attributes. */
void html_escape(struct buf *out, struct str s);

void html_text(struct buf *out, const struct ui *ui, struct str s);
void html_cstr(struct buf *out, const struct ui *ui, const char *s);
void html_html(struct buf *out, const struct ui *ui, struct html h);
void html_url(struct buf *out, const struct ui *ui, struct url u);
void html_int(struct buf *out, const struct ui *ui, int64_t v); /* language's grouping */
/* Marked with its language when there is none in the reader's, so that it is read out and
 * hyphenated as what it is. */
void html_text3(struct buf *out, const struct ui *ui, struct text3 t);
void html_text3_plain(struct buf *out, const struct ui *ui, struct text3 t);
void html_day(struct buf *out, const struct ui *ui, struct day_value d);
void html_time(struct buf *out, const struct ui *ui, struct time_value t);
void html_ago(struct buf *out, const struct ui *ui, struct ago_value t);
void html_money(struct buf *out, const struct ui *ui, struct money_value m);
void html_percent(struct buf *out, const struct ui *ui, struct percent_value p);
void html_people(struct buf *out, const struct ui *ui, struct people_value p);
void html_plain(struct buf *out, const struct ui *ui, struct plain_number n);
void html_msg(struct buf *out, const struct ui *ui, struct msg_value m);
/* True when a `struct url` would be written as it is: relative, or one of the schemes above,
 * without control characters, which browsers drop before they look for a scheme. */
bool url_is_safe(struct str s);

/* A component of a URL path or query: percent-encoded, then safe in an attribute. */
void html_url_part(struct buf *out, const struct ui *ui, struct str s);
void html_url_part_int(struct buf *out, const struct ui *ui, int64_t v);
/* A message with placeholders, escaped as a whole; generated code calls it. */
void html_message(struct buf *out, const struct ui *ui, enum msg m, const struct msg_arg *args,
                  size_t n);

/* What `{{ value }}` compiles to. */
#define HTML_PUT(out, ui, value)                                                                   \
    _Generic((value),                                                                              \
        struct str: html_text,                                                                     \
        char *: html_cstr,                                                                         \
        const char *: html_cstr,                                                                   \
        struct html: html_html,                                                                    \
        struct url: html_url,                                                                      \
        int: html_int,                                                                             \
        long: html_int,                                                                            \
        long long: html_int,                                                                       \
        unsigned long: html_int,                                                                   \
        struct msg_value: html_msg,                                                                \
        struct text3: html_text3,                                                                  \
        struct day_value: html_day,                                                                \
        struct time_value: html_time,                                                              \
        struct ago_value: html_ago,                                                                \
        struct money_value: html_money,                                                            \
        struct percent_value: html_percent,                                                        \
        struct people_value: html_people,                                                          \
        struct plain_number: html_plain)((out), (ui), (value))
/* What `{{ value }}` compiles to inside of an attribute and of <title> or <textarea>: markup would
 * be out of place there, so `struct html` is not taken. */
#define HTML_PUT_PLAIN(out, ui, value)                                                             \
    _Generic((value),                                                                              \
        struct str: html_text,                                                                     \
        char *: html_cstr,                                                                         \
        const char *: html_cstr,                                                                   \
        struct url: html_url,                                                                      \
        int: html_int,                                                                             \
        long: html_int,                                                                            \
        long long: html_int,                                                                       \
        unsigned long: html_int,                                                                   \
        struct msg_value: html_msg,                                                                \
        struct text3: html_text3_plain,                                                            \
        struct day_value: html_day,                                                                \
        struct time_value: html_time,                                                              \
        struct ago_value: html_ago,                                                                \
        struct money_value: html_money,                                                            \
        struct percent_value: html_percent,                                                        \
        struct people_value: html_people,                                                          \
        struct plain_number: html_plain)((out), (ui), (value))
/* What `{{ value }}` compiles to behind a literal start of an href, src or action. */
#define HTML_PUT_URL_PART(out, ui, value)                                                          \
    _Generic((value), struct str                                                                   \
             : html_url_part, int                                                                  \
             : html_url_part_int, long                                                             \
             : html_url_part_int, long long                                                        \
             : html_url_part_int)((out), (ui), (value))

/* What `name=value` in `{{t key name=value}}` compiles to: the argument of a message, by its type.
 */
#define UI_ARG(ui, name, value)                                                                    \
    _Generic((value),                                                                              \
        struct str: ui_arg_str,                                                                    \
        char *: ui_arg_cstr,                                                                       \
        const char *: ui_arg_cstr,                                                                 \
        struct text3: ui_arg_text3,                                                                \
        struct msg_value: ui_arg_msg,                                                              \
        int: ui_arg_int,                                                                           \
        long: ui_arg_int,                                                                          \
        long long: ui_arg_int,                                                                     \
        unsigned long: ui_arg_int,                                                                 \
        struct plain_number: ui_arg_plain,                                                         \
        struct day_value: ui_arg_day,                                                              \
        struct time_value: ui_arg_time,                                                            \
        struct money_value: ui_arg_money)((ui), (name), (value))

static inline struct msg_arg ui_arg_str(const struct ui *ui, const char *name, struct str v)
{
    (void)ui;
    return ARG_S(name, v);
}
static inline struct msg_arg ui_arg_cstr(const struct ui *ui, const char *name, const char *v)
{
    (void)ui;
    return ARG_S(name, str_from(v));
}
static inline struct msg_arg ui_arg_text3(const struct ui *ui, const char *name, struct text3 v)
{
    return ARG_S(name, text3_get(&v, ui->lang));
}
static inline struct msg_arg ui_arg_msg(const struct ui *ui, const char *name, struct msg_value v)
{
    return ARG_S(name, msg_text(ui->lang, v.m));
}
static inline struct msg_arg ui_arg_int(const struct ui *ui, const char *name, int64_t v)
{
    (void)ui;
    return ARG_N(name, v);
}
static inline struct msg_arg ui_arg_plain(const struct ui *ui, const char *name,
                                          struct plain_number v)
{
    (void)ui;
    return ARG_PLAIN(name, v.v);
}
static inline struct msg_arg ui_arg_day(const struct ui *ui, const char *name, struct day_value v)
{
    (void)ui;
    return ARG_DATE(name, v.day);
}
static inline struct msg_arg ui_arg_time(const struct ui *ui, const char *name, struct time_value v)
{
    (void)ui;
    return ARG_DATETIME(name, v.ms);
}
static inline struct msg_arg ui_arg_money(const struct ui *ui, const char *name,
                                          struct money_value v)
{
    (void)ui;
    return ARG_MONEY(name, v.tyiyn);
}

#endif
