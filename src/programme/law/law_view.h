/* What the templates of the library are given. */
#ifndef LAW_LAW_VIEW_H
#define LAW_LAW_VIEW_H

#include "programme/law/law_internal.h"

#include "platform/web/components.h"

/* An act in a list. */
struct law_line {
    struct str href, title, about, standing; /* standing: empty for official texts */
};
struct law_lines {
    struct law_line *v;
    size_t n, cap;
};
struct law_hit_line {
    struct str href, title, about, article, standing, lang;
    struct html snippet;
};
struct law_topic_line {
    struct str href;
    enum msg name;
    int64_t n;
    int depth;
    bool chosen;
};
struct law_collection_line {
    struct str href, title;
    int64_t day, units, copies;
};
struct law_home_view {
    struct form *form;
    bool asked, any, many;
    struct str topic_name, newer, older;
    struct {
        struct law_hit_line *v;
        size_t n, cap;
    } hits;
    struct {
        struct law_topic_line *v;
        size_t n, cap;
    } topics;
    struct law_lines acts;
    struct {
        struct law_collection_line *v;
        size_t n, cap;
    } collections;
    bool staff;
};

/* A place of the structure in one or two languages. */
struct law_row {
    struct str eid;
    const struct law_part *left, *right; /* NULL: it has no such place */
};
struct law_version_line {
    struct str href, lang;
    int64_t from_day, to_day;
    bool shown;
};
struct law_link_line {
    enum msg what;
    struct law_line act;
    struct str note;
};
struct law_act_view {
    const struct law_act *act;
    struct str title, issuer, line, citation, standing;
    struct str left_lang, right_lang; /* right_lang NULL: one language */
    struct str href, both_href, ky_href, ru_href, akn_href;
    bool has_ky, has_ru, old; /* old: not the wording in force today */
    int64_t on, from_day, to_day;
    struct law_rows {
        struct law_row *v;
        size_t n, cap;
    } rows;
    struct {
        struct law_version_line *v;
        size_t n, cap;
    } versions;
    struct {
        struct law_link_line *v;
        size_t n, cap;
    } links;
    struct {
        struct law_topic_line *v;
        size_t n, cap;
    } topics;
    struct str link_href; /* staff: add a link; empty */
};

struct law_chapter {
    int64_t number;
    struct law_line act;
    struct str source;
    struct law_rows rows;
};
struct law_index_line {
    enum msg topic;
    struct str numbers; /* "1, 4, 7" */
};
struct law_given_line {
    struct str recipient;
    int64_t day, copies;
};
struct law_sbornik_view {
    struct law_collection_line about;
    int64_t edition;
    struct {
        struct law_chapter *v;
        size_t n, cap;
    } chapters;
    struct {
        struct law_index_line *v;
        size_t n, cap;
    } index;
    struct str pdf_href, xlsx_href;
    bool staff;
    struct str given_href, add_href, newer, older;
    struct str edit_href, withdraw_href; /* NULL views once somebody has a copy */
    struct {
        struct law_given_line *v;
        size_t n, cap;
    } given;
};

struct law_form_view {
    enum msg title, lead;
    struct form *form;
    struct str action, back_href;
    enum msg button;
    struct str report; /* what was found in a file, lines */
    int citation;      /* field shown as a citation picker; -1 none */
};

/* Every field of the form; the citation field with a link to the library beside it. */
void law_put_fields(struct buf *out, const struct ui *ui, const struct form *f, int citation);

#endif
