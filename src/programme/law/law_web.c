/*
 * Public pages: the library with its search, one act in one or two languages as it was in force on
 * a day, its Akoma Ntoso, and what the citation picker asks.
 */
#include "programme/law/law_tpl.h"
#include "programme/law/law_view.h"

#include "community/topics/topics.h"
#include "platform/core/clock.h"
#include "platform/formats/json.h"

enum { PAGE = 20, NEWEST = 12 };

enum { F_WORDS, F_TOPIC, F_LANG, F_ON, F_PAGE };
static const struct choice languages[] = {
    {"ky", MSG_law_lang_ky},
    {"ru", MSG_law_lang_ru},
    {NULL, MSG_NONE},
};
static const struct field search_fields[] = {
    [F_WORDS] = {"q", FIELD_LINE, .max = 300, .label = MSG_law_search, .hint = MSG_law_search_hint},
    [F_TOPIC] = {"topic", FIELD_CODE, .max = 40, .label = MSG_law_topic},
    [F_LANG] = {"in", FIELD_CHOICE, .choices = languages, .label = MSG_law_language},
    [F_ON] = {"on", FIELD_DATE, .label = MSG_law_on},
    [F_PAGE] = {"page", FIELD_INT, .min = 0, .max = 25, .label = MSG_law_search},
};

struct page law_page(struct req *r, struct str title)
{
    struct crumb *crumb = ARENA_NEW(r->arena, struct crumb);
    *crumb = (struct crumb){STR("/law"), msg_text(r->ui.lang, MSG_law_title)};
    return (struct page){.title = title, .crumbs = crumb, .crumb_count = 1};
}

static struct law_line line_of(struct req *r, const struct law_act *act)
{
    return (struct law_line){.href = act->path,
                             .title = text3_get(&act->title, r->ui.lang),
                             .about = law_act_line(r->arena, r->ui.lang, act),
                             .standing =
                                 str_eq(act->standing, STR("official"))
                                     ? STR("")
                                     : msg_text(r->ui.lang, law_standing_message(act->standing))};
}

struct str law_part_title(struct arena *a, enum lang lang, const struct law_part *p)
{
    static const enum msg titles[LAW_PART__MAX] = {MSG_law_part_book, MSG_law_part_chapter,
                                                   MSG_law_part_article, MSG_law_part_paragraph};
    struct str label =
        MSG_STR(a, lang, titles[p->kind], ARG_S("number", p->label.n ? p->label : STR("—")));
    return p->heading.n ? arena_printf(a, "%.*s. %.*s", STRF(label), STRF(p->heading)) : label;
}

/* --- the library --- */

struct home_data {
    struct req *r;
    struct law_query q;
    struct law_hits hits;
    struct law_acts acts;
    struct sql_law_topic_counts_rows counts;
    struct sql_law_collections_rows collections;
};

static enum err read_home(struct tx *tx, void *arg)
{
    struct home_data *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    d->acts = (struct law_acts){0};
    TRY(sql_law_topic_counts(tx, a, &d->counts));
    if (d->q.words.n) {
        TRY(law_search(tx, a, &d->q, &d->hits));
        goto out;
    }
    if (d->q.topic.n) {
        struct sql_law_acts_of_topic_rows rows;
        TRY(sql_law_acts_of_topic(tx, a, &rows, .topic = d->q.topic, .limit = 200));
        for (size_t i = 0; i < rows.n; i++)
            ARENA_PUSH(a, d->acts, LAW_ACT_OF(&rows.v[i]));
    } else {
        struct sql_law_acts_newest_rows rows;
        TRY(sql_law_acts_newest(tx, a, &rows, .limit = NEWEST));
        for (size_t i = 0; i < rows.n; i++)
            ARENA_PUSH(a, d->acts, LAW_ACT_OF(&rows.v[i]));
        TRY(sql_law_collections(tx, a, &d->collections));
    }
out:
    return rc;
}

static void show_topics(const struct home_data *d, struct law_home_view *v)
{
    struct arena *a = d->r->arena;
    for (size_t i = 0; i < topics_count; i++) {
        const struct topic *t = &topics[i];
        struct law_topic_line line = {
            .href = arena_printf(a, "/law?topic=%s", t->code),
            .name = t->name,
            .depth = t->parent ? 1 : 0,
            .chosen = str_eq(d->q.topic, str_from(t->code)),
        };
        for (size_t k = 0; k < d->counts.n; k++)
            if (str_eq(d->counts.v[k].topic, str_from(t->code)))
                line.n = d->counts.v[k].n;
        if (line.n > 0 || !t->parent)
            ARENA_PUSH(a, v->topics, line);
        if (line.chosen)
            v->topic_name = msg_text(d->r->ui.lang, t->name);
    }
}

static struct str page_href(const struct home_data *d, int64_t page)
{
    struct buf *b = buf_in(d->r->arena);
    buf_cstr(b, "/law?q=");
    buf_percent(b, d->q.words);
    if (d->q.topic.n)
        buf_printf(b, "&topic=%.*s", STRF(d->q.topic));
    if (d->q.lang.n)
        buf_printf(b, "&in=%.*s", STRF(d->q.lang));
    buf_printf(b, "&page=%d", (int)page);
    return buf_view(b);
}

static void show_hits(const struct home_data *d, struct law_home_view *v)
{
    struct req *r = d->r;
    v->any = d->hits.any;
    v->many = d->hits.many;
    for (size_t i = 0; i < d->hits.n; i++) {
        const struct law_hit *h = &d->hits.v[i];
        struct law_line act = line_of(r, &h->act);
        struct law_part p = {.kind = LAW_ARTICLE, .label = h->label, .heading = h->heading};
        enum lang lang = str_eq(h->lang, STR("ky")) ? LANG_KY : LANG_RU;
        ARENA_PUSH(r->arena, v->hits,
                   ((struct law_hit_line){.href = h->href,
                                          .title = text3_get(&h->act.title, lang),
                                          .about = act.about,
                                          .article = h->eid.n ? law_part_title(r->arena, lang, &p)
                                                              : STR(""),
                                          .standing = act.standing,
                                          .lang = h->lang,
                                          .snippet = h->snippet}));
    }
    int64_t page = d->q.offset / PAGE;
    if (page > 0)
        v->newer = page_href(d, page - 1);
    if (d->hits.more && page < 25)
        v->older = page_href(d, page + 1);
}

enum err law_home(struct req *r)
{
    struct home_data d = {.r = r};
    struct law_home_view v = {0};
    enum err rc = ERR_OK;
    rc = form_read_query(r, search_fields, COUNT_OF(search_fields), &v.form);
    if (rc != ERR_INPUT)
        TRY(rc);
    const struct field_value *f = v.form->v;
    if (!f[F_TOPIC].fault && f[F_TOPIC].s.n && topics_find(f[F_TOPIC].s))
        d.q.topic = f[F_TOPIC].s;
    if (!f[F_WORDS].fault)
        d.q.words = f[F_WORDS].s;
    if (!f[F_LANG].fault)
        d.q.lang = f[F_LANG].s;
    d.q.on = f[F_ON].present && !f[F_ON].fault && f[F_ON].s.n ? f[F_ON].i : day_of_ms(r->ui.now_ms);
    d.q.limit = PAGE;
    d.q.offset = f[F_PAGE].present && !f[F_PAGE].fault ? f[F_PAGE].i * PAGE : 0;
    TRY(req_read(r, read_home, &d));
    v.asked = d.q.words.n > 0;
    v.staff = req_allows(r, PERM_LAW_EDIT);
    show_topics(&d, &v);
    show_hits(&d, &v);
    for (size_t i = 0; i < d.acts.n; i++)
        ARENA_PUSH(r->arena, v.acts, line_of(r, &d.acts.v[i]));
    for (size_t i = 0; i < d.collections.n; i++) {
        const struct sql_law_collections_row *row = &d.collections.v[i];
        struct text3 title = {{row->title_ky, row->title_ru, row->title_en}};
        ARENA_PUSH(r->arena, v.collections,
                   ((struct law_collection_line){
                       .href = arena_printf(r->arena, "/law/sbornik/%.*s", STRF(row->code)),
                       .title = text3_get(&title, r->ui.lang),
                       .day = row->day,
                       .units = row->units,
                       .copies = row->copies}));
    }
    struct page page = law_page(r, msg_text(r->ui.lang, MSG_law_title));
    page.crumb_count = 0;
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_law_home(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

/* --- one act --- */

struct act_data {
    struct req *r;
    struct str path;
    int64_t on;
    struct law_act act;
    struct law_expressions list;
    const struct law_expression *ky, *ru;
    struct law_parts ky_parts, ru_parts;
    struct sql_law_links_rows links;
    struct sql_law_topics_of_rows topics;
};

static enum err read_act(struct tx *tx, void *arg)
{
    struct act_data *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    TRY(law_act_get(tx, a, d->path, &d->act));
    TRY(law_expressions_of(tx, a, d->act.id, &d->list));
    d->ky = law_in_force(&d->list, STR("ky"), d->on);
    d->ru = law_in_force(&d->list, STR("ru"), d->on);
    if (d->ky)
        TRY(law_parts_of(tx, a, d->ky->id, &d->ky_parts));
    if (d->ru)
        TRY(law_parts_of(tx, a, d->ru->id, &d->ru_parts));
    TRY(sql_law_links(tx, a, &d->links, .act = d->act.id));
    TRY(sql_law_topics_of(tx, a, &d->topics, .act = d->act.id));
out:
    return rc;
}

static enum err load_act(struct req *r, struct act_data *d)
{
    enum err rc = ERR_OK;
    static const char *const names[] = {"issuer", "kind", "year", "month", "day", "number"};
    struct buf *path = buf_in(r->arena);
    *d = (struct act_data){.r = r, .on = day_of_ms(r->ui.now_ms)};
    buf_cstr(path, "/law/kg");
    for (size_t i = 0; i < COUNT_OF(names); i++)
        buf_printf(path, "/%.*s", STRF(req_param(r, names[i])));
    d->path = buf_view(path);
    struct str on = req_query(r, "on");
    if (on.n && !day_parse(on, &d->on))
        FAIL(ERR_NOT_FOUND);
    TRY(req_read(r, read_act, d));
out:
    return rc;
}

static const struct law_part *part_with(const struct law_parts *parts, struct str eid, size_t hint)
{
    for (size_t i = 0; i < parts->n; i++) {
        const struct law_part *p = &parts->v[(hint + i) % parts->n];
        if (str_eq(p->eid, eid))
            return p;
    }
    return NULL;
}

/* Both languages by eId, in the order of the left; what only the right has follows what it follows
 * there. The hint makes it one look each where both have the same places. */
static void pair_rows(struct arena *a, const struct law_parts *left, const struct law_parts *right,
                      struct law_rows *out)
{
    for (size_t i = 0; i < left->n; i++) {
        const struct law_part *p = &left->v[i], *q = right ? part_with(right, p->eid, i) : NULL;
        ARENA_PUSH(a, *out, ((struct law_row){p->eid, p, q}));
        if (!q || !right)
            continue;
        for (size_t k = (size_t)(q - right->v) + 1;
             k < right->n && !part_with(left, right->v[k].eid, k); k++)
            ARENA_PUSH(a, *out, ((struct law_row){right->v[k].eid, NULL, &right->v[k]}));
    }
}

static struct str version_href(const struct act_data *d, struct str lang, int64_t from_day)
{
    struct buf *b = buf_in(d->r->arena);
    buf_printf(b, "%.*s?in=%.*s&on=", STRF(d->path), STRF(lang));
    buf_day(b, from_day);
    return buf_view(b);
}

static void show_about(const struct act_data *d, struct law_act_view *v)
{
    struct req *r = d->r;
    struct arena *a = r->arena;
    for (size_t i = 0; i < d->list.n; i++) {
        const struct law_expression *e = &d->list.v[i];
        ARENA_PUSH(a, v->versions,
                   ((struct law_version_line){.href = version_href(d, e->lang, e->from_day),
                                              .lang = e->lang,
                                              .from_day = e->from_day,
                                              .to_day = e->to_day,
                                              .shown = e == d->ky || e == d->ru}));
    }
    for (size_t i = 0; i < d->links.n; i++) {
        const struct sql_law_links_row *row = &d->links.v[i];
        struct law_act other = {.path = row->path,
                                .kind = row->akind,
                                .number = row->number,
                                .day = row->day,
                                .standing = STR("official"),
                                .title = {{row->title_ky, row->title_ru, STR_NULL}}};
        ARENA_PUSH(a, v->links,
                   ((struct law_link_line){law_link_message(row->kind, row->back != 0),
                                           line_of(r, &other), row->note}));
    }
    for (size_t i = 0; i < d->topics.n; i++) {
        const struct topic *t = topics_find(d->topics.v[i].topic);
        if (t)
            ARENA_PUSH(a, v->topics,
                       ((struct law_topic_line){.href = arena_printf(a, "/law?topic=%s", t->code),
                                                .name = t->name}));
    }
}

enum err law_show(struct req *r)
{
    struct act_data d;
    enum err rc = ERR_OK;
    TRY(load_act(r, &d));
    struct law_act_view v = {.act = &d.act, .on = d.on, .has_ky = d.ky, .has_ru = d.ru};
    struct str in = req_query(r, "in");
    bool both = str_eq(in, STR("both")) && d.ky && d.ru;
    bool ky = str_eq(in, STR("ky")) || both ||
              (!str_eq(in, STR("ru")) && (r->ui.lang == LANG_KY || !d.ru));
    ky = (ky && d.ky) || !d.ru;
    const struct law_expression *left = ky ? d.ky : d.ru;
    enum lang lang = ky ? LANG_KY : LANG_RU;
    v.title = text3_get(&d.act.title, lang);
    v.line = law_act_line(r->arena, r->ui.lang, &d.act);
    v.issuer = law_issuer_name(r->ui.lang, d.act.issuer);
    v.citation = law_cite(r->arena, lang, &d.act, STR(""));
    if (!str_eq(d.act.standing, STR("official")))
        v.standing = msg_text(r->ui.lang, law_standing_message(d.act.standing));
    v.left_lang = ky ? STR("ky") : STR("ru");
    v.right_lang = both ? STR("ru") : STR_NULL;
    if (left) {
        v.from_day = left->from_day;
        v.to_day = left->to_day;
        v.old = left != law_in_force(&d.list, left->lang, day_of_ms(r->ui.now_ms));
        pair_rows(r->arena, ky ? &d.ky_parts : &d.ru_parts, both ? &d.ru_parts : NULL, &v.rows);
    }
    struct buf *on = buf_in(r->arena);
    buf_day(on, d.on);
    v.href = d.path;
    v.both_href = arena_printf(r->arena, "%.*s?in=both&on=%.*s", STRF(d.path), STRF(buf_view(on)));
    v.ky_href = arena_printf(r->arena, "%.*s?in=ky&on=%.*s", STRF(d.path), STRF(buf_view(on)));
    v.ru_href = arena_printf(r->arena, "%.*s?in=ru&on=%.*s", STRF(d.path), STRF(buf_view(on)));
    v.akn_href = arena_printf(r->arena, "%.*s/akn.xml?in=%.*s&on=%.*s", STRF(d.path),
                              STRF(v.left_lang), STRF(buf_view(on)));
    if (req_allows(r, PERM_LAW_EDIT)) {
        struct buf *href = buf_in(r->arena);
        buf_cstr(href, "/desk/law/links?act=");
        buf_percent(href, d.path);
        v.link_href = buf_view(href);
    }
    show_about(&d, &v);
    struct page page = law_page(r, v.title);
    page.width = both ? PAGE_WIDE : PAGE_NORMAL;
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_law_act(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err law_akn(struct req *r)
{
    struct act_data d;
    enum err rc = ERR_OK;
    TRY(load_act(r, &d));
    bool ky = str_eq(req_query(r, "in"), STR("ky")) || !d.ru;
    const struct law_expression *e = ky ? d.ky : d.ru;
    if (!e)
        FAIL(ERR_NOT_FOUND);
    struct buf *codes = buf_in(r->arena);
    for (size_t i = 0; i < d.topics.n; i++)
        buf_printf(codes, "%s%.*s", i ? " " : "", STRF(d.topics.v[i].topic));
    struct law_text t = {.issuer = d.act.issuer,
                         .kind = d.act.kind,
                         .number = d.act.number,
                         .title_ky = d.act.title.in[LANG_KY],
                         .title_ru = d.act.title.in[LANG_RU],
                         .lang = e->lang,
                         .standing = d.act.standing,
                         .source = d.act.source,
                         .topics = buf_view(codes),
                         .day = d.act.day,
                         .from_day = e->from_day,
                         .parts = ky ? d.ky_parts : d.ru_parts};
    resp_cache_public(r, 60);
    law_write_akn(resp_bytes(r, 200, "application/xml; charset=utf-8"), &t, e->to_day);
out:
    return rc;
}

/* --- the citation picker's list --- */

struct cite_data {
    struct req *r;
    struct law_query q;
    struct law_hits hits;
};

static enum err read_cite(struct tx *tx, void *arg)
{
    struct cite_data *d = arg;
    return law_search(tx, d->r->arena, &d->q, &d->hits);
}

enum err law_cite_list(struct req *r)
{
    struct cite_data d = {.r = r};
    enum err rc = ERR_OK;
    d.q = (struct law_query){.words = req_query(r, "q"),
                             .lang = r->ui.lang == LANG_KY ? STR("ky") : STR("ru"),
                             .on = day_of_ms(r->ui.now_ms),
                             .limit = 8};
    TRY(req_read(r, read_cite, &d));
    struct buf *out = resp_json(r, 200);
    struct json_writer j = json_to(out);
    json_open_array(&j, NULL);
    for (size_t i = 0; i < d.hits.n; i++) {
        const struct law_hit *h = &d.hits.v[i];
        json_open(&j, NULL);
        json_put_str(&j, "text", law_cite(r->arena, r->ui.lang, &h->act, h->label));
        json_put_str(&j, "href", h->href);
        json_close(&j);
    }
    json_close(&j);
out:
    return rc;
}
