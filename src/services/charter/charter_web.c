/*
 * Public pages: what a service promises and how it keeps its word, and each version that people
 * were shown, with what they said of it.
 */
#include "services/charter/charter_tpl.h"
#include "services/charter/charter_view.h"

#include "platform/core/clock.h"

#define SECTIONS_MAX 8
static charter_section_fn sections[SECTIONS_MAX];
static size_t section_count;

void charter_add_section(charter_section_fn fn)
{
    for (size_t i = 0; i < section_count; i++)
        if (sections[i] == fn)
            return;
    INVARIANT(section_count < SECTIONS_MAX);
    sections[section_count++] = fn;
}

/* --- shared with the desk --- */

enum err charter_service_of(struct req *r, const struct service_kind **kind)
{
    *kind = catalogue_find(catalogue_get(r->app, r->arena), req_param(r, "service"));
    return *kind ? ERR_OK : ERR_NOT_FOUND;
}

struct str charter_public_href(struct req *r, struct str service, const char *rest)
{
    return arena_printf(r->arena, "/m/%.*s/services/%.*s%s", STRF(r->unit), STRF(service), rest);
}

struct str charter_version_href(struct req *r, const struct charter_version *v)
{
    return arena_printf(r->arena, "/m/%.*s/services/%.*s/v/%lld", STRF(r->unit), STRF(v->service),
                        (long long)v->version);
}

void charter_history(struct req *r, const struct charter_versions *all,
                     const struct charter_version *here, bool for_editor, struct version_items *out)
{
    int64_t today = day_of_ms(r->ui.now_ms);
    for (size_t i = 0; i < all->n; i++) {
        const struct charter_version *v = &all->v[i];
        struct version_item item = {.v = v, .here = here && v == here};
        if (!charter_is_public(v) && !for_editor)
            continue;
        item.current = v->state == CHARTER_PUBLISHED && v->valid_from <= today;
        item.coming = v->state == CHARTER_PUBLISHED && v->valid_from > today;
        item.href = charter_version_href(r, v);
        ARENA_PUSH(r->arena, *out, item);
    }
}

/* `of`: the municipality that made the promise and merged into the page's; NULL view: the page's.
 */
static struct promise_item item_of(struct req *r, const struct promise_kept *k, struct str of,
                                   struct str contact, int64_t today)
{
    struct promise_item item = {
        .p = &k->promise,
        .measured = k->measure != NULL,
        .last30 = k->last30,
        .last90 = k->last90,
        .last365 = k->last365,
        .recent = k->promise.since_day > today - 364,
    };
    if (!of.p && k->promise.contact.n && !str_eq(k->promise.contact, contact))
        item.contact = k->promise.contact;
    if (k->measure) {
        item.href30 = charter_records_href(r->arena, r->unit, of, k, today, 30);
        item.href90 = charter_records_href(r->arena, r->unit, of, k, today, 90);
        item.href365 = charter_records_href(r->arena, r->unit, of, k, today, 365);
    }
    return item;
}

void charter_contact(struct buf *out, const struct ui *ui, struct str contact)
{
    static const char signs[] = "+0123456789 ()-";
    struct buf *number = buf_in(ui->req->arena);
    size_t at = contact.n, digits = 0;
    while (at > 0 && strchr(signs, contact.p[at - 1]))
        at--;
    while (at < contact.n && !strchr("+(0123456789", contact.p[at]))
        at++;
    buf_cstr(number, "tel:");
    for (size_t i = at; i < contact.n; i++)
        if (strchr("+0123456789", contact.p[i])) {
            buf_char(number, contact.p[i]);
            digits++;
        }
    if (digits < 5) {
        html_text(out, ui, contact);
        return;
    }
    tpl_charter_contact(out, ui, str_slice(contact, 0, at), buf_view(number),
                        str_slice(contact, at, contact.n));
}

/* --- the page of a service --- */

struct page_data {
    struct req *r;
    struct str service;
    int64_t today;
    struct place_refs ancestors;   /* merged into this municipality within a year */
    struct promises_kept *earlier; /* theirs */
    struct charter_versions versions;
    struct promises_kept kept;
    struct unit_services registry;
};

static enum err read_page(struct tx *tx, void *arg)
{
    struct page_data *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    d->versions = (struct charter_versions){0};
    d->kept = (struct promises_kept){0};
    d->registry = (struct unit_services){0};
    TRY(charter_versions(tx, a, d->r->unit, d->service, d->today, &d->versions));
    TRY(charter_measure(d->r->app, tx, a, d->r->unit, d->service, d->today, &d->kept));
    TRY(catalogue_unit_services(tx, a, d->r->unit, &d->registry));
    for (size_t i = 0; i < d->ancestors.n; i++) {
        d->earlier[i] = (struct promises_kept){0};
        TRY(charter_measure(d->r->app, tx, a, d->ancestors.v[i]->code, d->service, d->today,
                            &d->earlier[i]));
    }
out:
    return rc;
}

/* A municipality that is no more made promises too, and for a year some of the records that tell
 * how they were kept are its own. */
static void find_ancestors(struct page_data *d, const struct place *unit)
{
    struct place_refs all = place_ancestors(d->r->arena, unit);
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i]->valid_to > d->today - 365)
            ARENA_PUSH(d->r->arena, d->ancestors, all.v[i]);
    d->earlier = ARENA_ARRAY(d->r->arena, struct promises_kept, d->ancestors.n + 1);
}

static void show_earlier(struct req *r, const struct page_data *d, struct charter_page_view *v)
{
    for (size_t i = 0; i < d->ancestors.n; i++) {
        const struct place *p = d->ancestors.v[i];
        struct earlier_promises e = {.unit_name = place_name(p, r->ui.lang), .until = p->valid_to};
        for (size_t k = 0; k < d->earlier[i].n; k++)
            ARENA_PUSH(r->arena, e.promises,
                       item_of(r, &d->earlier[i].v[k], p->code, STR_NULL, d->today));
        if (e.promises.n > 0)
            e.href = arena_printf(r->arena, "/m/%.*s/services/%.*s/v/%lld", STRF(p->code),
                                  STRF(d->service), (long long)d->earlier[i].v[0].promise.version);
        if (e.promises.n > 0)
            ARENA_PUSH(r->arena, v->earlier, e);
    }
}

static void show_registry(struct charter_page_view *v, const struct page_data *d,
                          const struct place *unit)
{
    for (size_t i = 0; i < d->registry.n; i++) {
        const struct unit_service *s = &d->registry.v[i];
        if (!str_eq(s->service, d->service))
            continue;
        v->registered = true;
        v->provided = s->active;
        v->provider = s->provider_name;
        v->decision = s->decision;
        v->since_day = s->since_day;
        v->people = s->people_served;
        if (unit->population > 0 && v->people <= unit->population)
            v->people_share = (double)v->people / (double)unit->population;
    }
}

static void show_posters(struct req *r, struct charter_page_view *v)
{
    for (int l = 0; l < LANG__MAX; l++) {
        struct poster_link link = {.lang = (enum lang)l};
        link.href =
            charter_public_href(r, v->kind->code,
                                arena_cstr(r->arena, arena_printf(r->arena, "/poster.pdf?in=%s",
                                                                  lang_code((enum lang)l))));
        ARENA_PUSH(r->arena, v->posters, link);
        if (link.lang == r->ui.lang)
            v->poster_href = link.href;
    }
}

static struct str page_title(struct req *r, const struct service_kind *kind)
{
    return MSG_STR(r->arena, r->ui.lang, MSG_charter_page_title,
                   ARG_S("service", text3_get(&kind->name, r->ui.lang)));
}

/* A page of the municipality, two steps below it at most. */
static struct page public_page(struct req *r, struct str title)
{
    const struct place *unit = places_unit(r);
    struct str name = place_name(unit, r->ui.lang);
    struct str href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit));
    struct crumb *crumbs = ARENA_ARRAY(r->arena, struct crumb, 2);
    crumbs[0] = (struct crumb){href, name};
    crumbs[1] = (struct crumb){arena_printf(r->arena, "%.*s/services", STRF(href)),
                               msg_text(r->ui.lang, MSG_charter_services)};
    return (struct page){.title = title,
                         .unit_name = name,
                         .unit_href = href,
                         .section = SECTION_UNIT,
                         .crumbs = crumbs,
                         .crumb_count = 2};
}

enum err charter_page(struct req *r)
{
    struct charter_page_view v = {.people_share = -1};
    enum err rc = ERR_OK;
    TRY(charter_service_of(r, &v.kind));
    struct page_data d = {.r = r, .service = v.kind->code, .today = day_of_ms(r->ui.now_ms)};
    find_ancestors(&d, places_unit(r));
    TRY(db_read(r->db, place_family_scope(places_unit(r)), read_page, &d));
    struct page page = public_page(r, page_title(r, v.kind));
    v.unit_name = page.unit_name;
    v.unit_href = page.unit_href;
    v.report_href =
        arena_printf(r->arena, "%.*s/report?service=%.*s", STRF(v.unit_href), STRF(v.kind->code));
    v.shown = charter_in_force(&d.versions, d.service, d.today);
    for (size_t i = 0; v.shown && i < d.kept.n; i++)
        ARENA_PUSH(r->arena, v.promises,
                   item_of(r, &d.kept.v[i], STR_NULL, v.shown->contact, d.today));
    show_earlier(r, &d, &v);
    const struct charter_version *working = charter_working(&d.versions, d.service);
    if (working && working->state == CHARTER_CONSULTATION) {
        v.consultation = working;
        v.consultation_href = charter_version_href(r, working);
    }
    charter_history(r, &d.versions, v.shown, false, &v.history);
    show_registry(&v, &d, places_unit(r));
    show_posters(r, &v);
    struct buf *more = buf_in(r->arena);
    for (size_t i = 0; i < section_count; i++)
        sections[i](more, r, d.service);
    v.sections = (struct html){buf_view(more)};
    page.description = text3_get(&v.kind->description, r->ui.lang);
    resp_cache_public(r, 60);
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_charter_service(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

/* --- one version, and what people say of it --- */

static const struct field comment_fields[] = {
    [CHARTER_C_AUTHOR] = {"author", FIELD_LINE, .max = CHARTER_MAX_LINE,
                          .label = MSG_charter_comment_author,
                          .hint = MSG_charter_comment_author_hint, .autocomplete = "off"},
    [CHARTER_C_WORDS] = {"words", FIELD_TEXT, .required = true, .max = CHARTER_MAX_WORDS,
                         .label = MSG_charter_comment_words, .hint = MSG_charter_comment_words_hint,
                         .missing = MSG_charter_fault_words},
};

struct version_data {
    struct req *r;
    struct str service;
    int64_t version, today;
    struct charter_versions versions;
    struct promises promises;
    struct promises in_force; /* today's, when the version may follow them */
    struct charter_comments comments;
};

static enum err read_version(struct tx *tx, void *arg)
{
    struct version_data *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    d->versions = (struct charter_versions){0};
    d->promises = (struct promises){0};
    d->in_force = (struct promises){0};
    d->comments = (struct charter_comments){0};
    TRY(charter_versions(tx, a, d->r->unit, d->service, d->today, &d->versions));
    const struct charter_version *v = charter_version_find(&d->versions, d->service, d->version);
    if (!v)
        FAIL(ERR_NOT_FOUND);
    TRY(charter_promises_of(tx, a, v, &d->promises));
    const struct charter_version *now = charter_in_force(&d->versions, d->service, d->today);
    if (now && now->version < v->version)
        TRY(charter_promises_of(tx, a, now, &d->in_force));
    TRY(charter_comments(tx, a, d->r->unit, d->service, d->version, d->version, &d->comments));
out:
    return rc;
}

static bool same_words(const struct text3 *x, const struct text3 *y)
{
    for (int l = 0; l < LANG__MAX; l++)
        if (!str_eq(x->in[l], y->in[l]))
            return false;
    return true;
}

static bool same_subject(const struct promise *x, const struct promise *y)
{
    return same_words(&x->text, &y->text) ||
           (x->measure.n && str_eq(x->measure, y->measure) && str_eq(x->kind, y->kind));
}

/* What would be new, what would change and what would go, so that people need not compare. */
static void show_changes(struct req *r, const struct promises *today,
                         struct charter_version_view *v)
{
    bool *used = ARENA_ARRAY(r->arena, bool, today->n + 1);
    for (size_t i = 0; today->n > 0 && i < v->promises.n; i++) {
        struct promise_item *item = &v->promises.v[i];
        const struct promise *was = NULL;
        for (size_t k = 0; k < today->n && !was; k++)
            if (!used[k] && same_subject(item->p, &today->v[k])) {
                was = &today->v[k];
                used[k] = true;
            }
        item->change = !was ? PROMISE_NEW : PROMISE_SAME;
        if (!was)
            continue;
        bool words = same_words(&item->p->text, &was->text);
        if (!words || !same_words(&item->p->remedy, &was->remedy) ||
            item->p->amount != was->amount || item->p->working_days != was->working_days)
            item->change = PROMISE_CHANGED;
        if (!words)
            item->was = was->text;
    }
    for (size_t k = 0; k < today->n; k++)
        if (!used[k])
            ARENA_PUSH(r->arena, v->dropped,
                       ((struct promise_item){.p = &today->v[k], .draft = true}));
}

static void show_comments(struct req *r, const struct charter_comments *all,
                          struct charter_version_view *v)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct charter_comment *c = &all->v[i];
        if (c->look == CHARTER_SHOWN)
            ARENA_PUSH(r->arena, v->comments, ((struct comment_item){.c = c}));
        v->waiting += c->look == CHARTER_WAITS;
        v->hidden += c->look == CHARTER_HIDDEN;
    }
}

/* `form`: as it came back with faults, or NULL. */
static enum err show_version(struct req *r, struct form *form, int status)
{
    struct charter_version_view v = {0};
    struct version_data d = {.r = r, .today = day_of_ms(r->ui.now_ms)};
    enum err rc = ERR_OK;
    TRY(charter_service_of(r, &v.kind));
    if (!str_to_i64(req_param(r, "version"), &d.version))
        FAIL(ERR_NOT_FOUND);
    d.service = v.kind->code;
    TRY(req_read(r, read_version, &d));
    v.v = charter_version_find(&d.versions, d.service, d.version);
    v.unseen = !charter_is_public(v.v);
    if (v.unseen && !req_allows(r, PERM_CHARTER_EDIT))
        FAIL(ERR_NOT_FOUND);
    const struct place *unit = places_unit(r);
    if (unit && unit->successor) {
        v.merged_into = place_name(place_municipality(unit), r->ui.lang);
        v.merged_name = place_name(unit, r->ui.lang);
        v.merged_day = unit->valid_to;
    }
    v.open = charter_is_open(v.v, d.today) && !v.merged_into.p;
    v.announced = v.v->state == CHARTER_CONSULTATION && !v.open && !v.merged_into.p;
    v.current = v.v->state == CHARTER_PUBLISHED && v.v->valid_from <= d.today;
    v.coming = v.v->state == CHARTER_PUBLISHED && v.v->valid_from > d.today;
    v.replaced = !v.v->newest;
    v.service_href = arena_printf(r->arena, "/m/%.*s/services/%.*s",
                                  STRF(v.merged_into.p ? place_municipality(unit)->code : r->unit),
                                  STRF(d.service));
    v.comment_action =
        arena_printf(r->arena, "%.*s/v/%lld/comments", STRF(v.service_href), (long long)d.version);
    for (size_t i = 0; i < d.promises.n; i++) {
        struct promise_item item = {.p = &d.promises.v[i], .draft = true};
        if (item.p->contact.n && !str_eq(item.p->contact, v.v->contact))
            item.contact = item.p->contact;
        ARENA_PUSH(r->arena, v.promises, item);
    }
    show_changes(r, &d.in_force, &v);
    show_comments(r, &d.comments, &v);
    if (v.open)
        v.form = form ? form : FORM_NEW(r, comment_fields);
    struct page page = public_page(r, page_title(r, v.kind));
    page.form = v.form;
    if (!v.form && !v.unseen)
        resp_cache_public(r, 60);
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_charter_version(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err charter_version_page(struct req *r)
{
    return show_version(r, NULL, 200);
}

void charter_show_faults(struct req *r, struct form *f, const struct charter_faults *faults,
                         const int *map)
{
    for (size_t i = 0; i < faults->n; i++)
        form_fault(r, f, map[faults->v[i].field] - 1, faults->v[i].m);
}

struct comment_write {
    struct arena *arena;
    struct charter_change change;
    struct charter_comment_input in;
    struct charter_faults faults;
};

static enum err write_comment(struct tx *tx, void *arg)
{
    struct comment_write *w = arg;
    w->faults = (struct charter_faults){0};
    return charter_add_comment(tx, w->arena, &w->change, &w->in, &w->faults);
}

enum err charter_comment_post(struct req *r)
{
    const struct service_kind *kind = NULL;
    struct form *form = NULL;
    struct comment_write w = {.arena = r->arena, .change = {.unit = r->unit}};
    static const int map[CHARTER_FIELD__MAX] = {
        [CHARTER_FIELD_AUTHOR] = CHARTER_C_AUTHOR + 1, [CHARTER_FIELD_WORDS] = CHARTER_C_WORDS + 1};
    enum err rc = ERR_OK;
    TRY(charter_service_of(r, &kind));
    if (!str_to_i64(req_param(r, "version"), &w.change.version))
        FAIL(ERR_NOT_FOUND);
    rc = FORM_READ(r, comment_fields, &form);
    if (rc == ERR_INPUT)
        return show_version(r, form, 422);
    TRY(rc);
    w.change.service = kind->code;
    w.in = (struct charter_comment_input){.author = form->v[CHARTER_C_AUTHOR].s,
                                          .words = form->v[CHARTER_C_WORDS].s,
                                          .once = form_once(form)};
    rc = req_write(r, write_comment, &w);
    if (rc == ERR_INPUT) {
        charter_show_faults(r, form, &w.faults, map);
        return show_version(r, form, 422);
    }
    struct charter_version shown = {.service = kind->code, .version = w.change.version};
    struct str href = charter_version_href(r, &shown);
    if (rc == ERR_DENIED) {
        /* The last day went by while they wrote. */
        resp_notice(r, MSG_charter_consultation_over);
        resp_redirect(r, href);
        return ERR_OK;
    }
    TRY(rc);
    resp_notice(r, MSG_charter_comment_thanks);
    resp_redirect(r, href);
out:
    return rc;
}
