/*
 * Shared by the public pages of cases: who is looking, and how a case is put into words.
 */
#ifndef CASES_WEB_H
#define CASES_WEB_H

#include "voice/cases/cases_fields.h"
#include "voice/cases/cases_internal.h"
#include "voice/cases/cases_view.h"

#include "platform/core/clock.h"

/* A case and who asks for it. Decided once for each request: pages, photos and actions take it from
 * here. */
struct case_visit {
    struct req *r;
    struct str unit, number;
    int64_t id, today;
    bool reporter; /* holds the link's secret, or reported it from the same account */
    bool staff;    /* may read words and photos before a look */
    bool supported;
    struct case_record record;
    struct str secret; /* of the address */
    bool secret_right;
    struct str own_secret; /* the one that made the visitor the reporter; NULL by account */
};
/* Finds the case of {number}, sets r->unit, and reads it as far as this visitor may. ERR_NOT_FOUND
 * also for a case that is held back. */
MUST enum err case_visit_begin(struct case_visit *v, struct req *r);
/* As case_visit_begin, for what only the reporter may do: ERR_NOT_FOUND for all others. */
MUST enum err case_visit_reporter(struct case_visit *v, struct req *r);
/* Is it this visitor's own photo, or public, or theirs as staff? */
bool case_photo_allowed(const struct case_visit *v, const struct case_photo *photo);

/* The cookie that holds the secrets of the latest reports from this browser. */
void case_cookie_add(struct req *r, struct str secret);
/* A name for this browser, for counting "me too" once. Sets a cookie the first time. */
struct str case_who(struct req *r);

struct str case_place_text(struct req *r, struct str village, struct str street);
struct case_line case_line_of(struct req *r, const struct case_public *c);
struct str case_unit_name(struct req *r);
struct str case_unit_href(struct req *r);
struct str case_ago(struct req *r, int64_t ms);
/* Frame of a page of this municipality; NULL crumb text: none. */
struct page case_page(struct req *r, struct str title, struct str crumb, struct str crumb_href);

/* Photos of a form: decoded, re-encoded and stored; a fault in the form when one cannot be read.
 * Slow: before any transaction. */
MUST enum err case_take_photos(struct req *r, struct form *form, int field,
                               struct case_photo_input **out, size_t *n);

/* Handlers. */
enum err cases_report_page(struct req *r);
enum err cases_report_post(struct req *r);
enum err cases_report_similar(struct req *r);
enum err cases_sent_page(struct req *r);
enum err cases_show_page(struct req *r);
enum err cases_answer_post(struct req *r);
enum err cases_add_post(struct req *r);
enum err cases_withdraw_post(struct req *r);
enum err cases_forget_post(struct req *r);
enum err cases_support_post(struct req *r);
enum err cases_photo_large(struct req *r);
enum err cases_photo_small(struct req *r);
enum err cases_find_page(struct req *r);
enum err cases_list_page(struct req *r);
enum err cases_list_rss(struct req *r);
enum err cases_list_csv(struct req *r);
enum err cases_map_page(struct req *r);

#endif
