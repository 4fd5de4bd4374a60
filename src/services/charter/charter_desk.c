/*
 * The desk's view of charters: which service has one, and the work on the next version, step by
 * step. The steps with a form of their own are in charter_desk_steps.c, the promises in
 * charter_desk_promise.c.
 */
#include "services/charter/charter_desk.h"
#include "services/charter/charter_tpl.h"

#include "platform/core/clock.h"

/* --- loading --- */

static enum err read_desk(struct tx *tx, void *arg)
{
    struct desk *d = arg;
    struct arena *a = d->r->arena;
    enum err rc = ERR_OK;
    int64_t published = 0;
    d->versions = (struct charter_versions){0};
    d->promises = (struct promises){0};
    d->comments = (struct charter_comments){0};
    TRY(charter_versions(tx, a, d->r->unit, d->kind->code, d->today, &d->versions));
    d->working = charter_working(&d->versions, d->kind->code);
    if (d->working)
        TRY(charter_promises_of(tx, a, d->working, &d->promises));
    for (size_t i = 0; i < d->versions.n; i++)
        if (d->versions.v[i].state >= CHARTER_PUBLISHED && d->versions.v[i].version > published)
            published = d->versions.v[i].version;
    TRY(charter_comments(tx, a, d->r->unit, d->kind->code, published + 1, INT64_MAX, &d->comments));
    d->waiting = 0;
    for (size_t i = 0; i < d->comments.n; i++) {
        const struct charter_comment *c = &d->comments.v[i];
        d->waiting += c->look == CHARTER_WAITS || (c->look == CHARTER_SHOWN && !c->answer.n);
    }
out:
    return rc;
}

enum err charter_desk_load(struct req *r, struct desk *d)
{
    enum err rc = ERR_OK;
    *d = (struct desk){.r = r, .today = day_of_ms(r->ui.now_ms)};
    TRY(charter_service_of(r, &d->kind));
    TRY(req_read(r, read_desk, d));
    d->href = charter_desk_href(d, "");
out:
    return rc;
}

struct str charter_desk_href(const struct desk *d, const char *rest)
{
    return arena_printf(d->r->arena, "/desk/%.*s/charters/%.*s%s", STRF(d->r->unit),
                        STRF(d->kind->code), rest);
}

struct page charter_desk_page(struct req *r, const struct desk *d, struct str title)
{
    struct crumb *crumbs = ARENA_ARRAY(r->arena, struct crumb, 2);
    size_t n = 0;
    crumbs[n++] = (struct crumb){arena_printf(r->arena, "/desk/%.*s/charters", STRF(r->unit)),
                                 msg_text(r->ui.lang, MSG_charter_desk_title)};
    if (d)
        crumbs[n++] = (struct crumb){d->href, text3_get(&d->kind->name, r->ui.lang)};
    return (struct page){.title = title,
                         .unit_name = place_name(places_unit(r), r->ui.lang),
                         .unit_href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
                         .section = SECTION_DESK,
                         .crumbs = crumbs,
                         .crumb_count = n};
}

const struct promise *charter_desk_promise(const struct desk *d)
{
    int64_t id;
    if (!str_to_i64(req_param(d->r, "promise"), &id))
        return NULL;
    for (size_t i = 0; i < d->promises.n; i++)
        if (d->promises.v[i].id == id)
            return &d->promises.v[i];
    return NULL;
}

/* --- saving --- */

static enum err run_rule(struct tx *tx, void *arg)
{
    struct desk_write *w = arg;
    w->faults = (struct charter_faults){0};
    return w->rule(tx, w);
}

enum err charter_desk_write(const struct desk *d, struct desk_write *w, const struct form *form)
{
    w->app = d->r->app;
    w->arena = d->r->arena;
    w->form = form;
    w->change.unit = d->r->unit;
    w->change.service = d->kind->code;
    w->change.person = d->r->actor.person_id;
    if (!w->change.version)
        w->change.version = d->working ? d->working->version : 0;
    if (form && form->v[CHARTER_F_REVISION].present)
        w->change.revision = form->v[CHARTER_F_REVISION].i;
    return req_write(d->r, run_rule, w);
}

enum err charter_desk_done(struct req *r, enum msg notice, struct str href)
{
    resp_notice(r, notice);
    resp_redirect(r, href);
    return ERR_OK;
}

void charter_desk_stamp(const struct desk *d, struct form *form)
{
    form_set_int(form, CHARTER_F_REVISION, d->working ? d->working->revision : 0);
}

enum err charter_desk_refused(const struct desk *d, struct form *form, const struct desk_write *w,
                              const int *map, enum err rc)
{
    switch (rc) {
    case ERR_INPUT:
        charter_show_faults(d->r, form, &w->faults, map);
        return ERR_INPUT;
    case ERR_CONFLICT:
        /* What they typed is kept; having seen that it changed, they may send it again. */
        form_fault(d->r, form, -1, MSG_common_form_changed);
        charter_desk_stamp(d, form);
        return ERR_INPUT;
    case ERR_DENIED: /* it is past that step already */
        return ERR_CONFLICT;
    default:
        return rc;
    }
}

/* --- the list --- */

struct list_data {
    struct req *r;
    int64_t today;
    struct charter_versions versions;
    struct sql_charter_counts_rows counts;
    struct unit_services registry;
    struct unit_kept_list kept;
};

static enum err read_list(struct tx *tx, void *arg)
{
    struct list_data *d = arg;
    struct arena *a = d->r->arena;
    struct str unit = d->r->unit;
    enum err rc = ERR_OK;
    d->versions = (struct charter_versions){0};
    d->registry = (struct unit_services){0};
    d->kept = (struct unit_kept_list){0};
    TRY(charter_versions(tx, a, unit, STR_NULL, d->today, &d->versions));
    TRY(sql_charter_counts(tx, a, &d->counts, .unit = unit));
    TRY(catalogue_unit_services(tx, a, unit, &d->registry));
    TRY(charter_kept_unit(tx, a, unit, &d->kept));
out:
    return rc;
}

static const struct sql_charter_counts_row *counts_of(const struct list_data *d,
                                                      const struct charter_version *v)
{
    static const struct sql_charter_counts_row none;
    for (size_t i = 0; v && i < d->counts.n; i++)
        if (d->counts.v[i].version == v->version && str_eq(d->counts.v[i].service, v->service))
            return &d->counts.v[i];
    return &none;
}

static struct desk_row row_of(const struct list_data *d, const struct service_kind *kind)
{
    struct req *r = d->r;
    struct desk_row row = {
        .kind = kind,
        .href = arena_printf(r->arena, "/desk/%.*s/charters/%.*s", STRF(r->unit), STRF(kind->code)),
        .in_force = charter_in_force(&d->versions, kind->code, d->today),
        .working = charter_working(&d->versions, kind->code),
        .kept = {0, -1},
    };
    row.promises = counts_of(d, row.in_force)->promises;
    int64_t published = row.in_force ? row.in_force->version : 0;
    for (size_t i = 0; i < d->counts.n; i++)
        if (str_eq(d->counts.v[i].service, kind->code) && d->counts.v[i].version > published)
            row.waiting += d->counts.v[i].waiting;
    for (size_t i = 0; i < d->registry.n; i++)
        if (d->registry.v[i].active && str_eq(d->registry.v[i].service, kind->code))
            row.provided = true;
    for (size_t i = 0; i < d->kept.n; i++)
        if (str_eq(d->kept.v[i].service, kind->code))
            row.kept = d->kept.v[i].last90;
    return row;
}

enum err charter_desk_list(struct req *r)
{
    struct list_data d = {.r = r, .today = day_of_ms(r->ui.now_ms)};
    struct desk_list_view v = {0};
    const struct catalogue *catalogue = catalogue_get(r->app, r->arena);
    enum err rc = ERR_OK;
    TRY(req_read(r, read_list, &d));
    for (size_t i = 0; i < catalogue->n; i++) {
        struct desk_row row = row_of(&d, &catalogue->v[i]);
        if (row.provided || row.in_force || row.working)
            ARENA_PUSH(r->arena, v.rows, row);
        else
            ARENA_PUSH(r->arena, v.others, row);
    }
    struct page page = charter_desk_page(r, NULL, msg_text(r->ui.lang, MSG_charter_desk_title));
    page.crumb_count = 0;
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_charter_desk_list(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

/* --- one charter --- */

struct str charter_amount_text(struct arena *a, enum lang lang, int64_t amount, bool working_days)
{
    if (amount <= 0)
        return STR("");
    return MSG_STR(a, lang, working_days ? MSG_charter_working_days : MSG_charter_days,
                   ARG_N("n", amount));
}

struct str charter_measured_by(struct req *r, const struct service_kind *kind,
                               const struct promise *p)
{
    enum lang lang = r->ui.lang;
    const struct measure *m = app_measure(r->app, p->measure);
    struct buf *out = buf_in(r->arena);
    if (!m)
        return msg_text(lang, MSG_charter_measure_none);
    buf_str(out, msg_text(lang, m->label));
    if (m->takes_amount) {
        buf_cstr(out, ": ");
        buf_str(out, charter_amount_text(r->arena, lang, p->amount, p->working_days));
    }
    for (size_t i = 0; p->kind.n && i < kind->fault_count; i++)
        if (str_eq(kind->faults[i].code, p->kind)) {
            buf_cstr(out, " · ");
            buf_str(out, text3_get(&kind->faults[i].name, lang));
        }
    return buf_view(out);
}

static struct str promise_action(const struct desk *d, int64_t id, const char *rest)
{
    return arena_printf(d->r->arena, "%.*s/promises/%lld%s", STRF(d->href), (long long)id, rest);
}

static void show_gaps(const struct desk *d, struct desk_view *v)
{
    struct arena *a = d->r->arena;
    struct charter_gaps gaps = {0};
    charter_find_gaps(a, d->working, &d->promises, &gaps);
    for (size_t i = 0; i < gaps.n; i++) {
        struct desk_gap gap = {.text = msg_text(d->r->ui.lang, gaps.v[i].m)};
        if (gaps.v[i].promise)
            gap.href = promise_action(d, gaps.v[i].promise, "");
        else if (gaps.v[i].m == MSG_charter_gap_promises)
            gap.href = charter_desk_href(d, "/promises/new");
        else
            gap.href = charter_desk_href(d, "/intro");
        ARENA_PUSH(a, v->gaps, gap);
    }
    for (size_t k = 0; k < v->promises.n; k++)
        for (size_t i = 0; i < gaps.n; i++)
            if (gaps.v[i].promise == v->promises.v[k].p->id)
                v->promises.v[k].incomplete = true;
}

static void show_promises(const struct desk *d, struct desk_view *v)
{
    for (size_t i = 0; i < d->promises.n; i++) {
        const struct promise *p = &d->promises.v[i];
        const struct measure *m = app_measure(d->r->app, p->measure);
        struct desk_promise item = {
            .p = p,
            .href = promise_action(d, p->id, ""),
            .measured_by = charter_measured_by(d->r, d->kind, p),
            .terms_href = promise_action(d, p->id, "/measure"),
            .up_action = promise_action(d, p->id, "/move?to=up"),
            .down_action = promise_action(d, p->id, "/move?to=down"),
            .remove_action = promise_action(d, p->id, "/remove"),
            .measured = m != NULL,
            .first = i == 0,
            .last = i + 1 == d->promises.n,
        };
        for (int l = 0; m && m->takes_amount && l < LANG__MAX; l++)
            item.no_number = item.no_number ||
                             (p->text.in[l].n > 0 && !charter_text_has_amount(p, (enum lang)l));
        ARENA_PUSH(d->r->arena, v->promises, item);
    }
}

static void show_work(const struct desk *d, struct desk_view *v)
{
    const struct charter_version *w = d->working;
    enum charter_state state = w ? w->state : CHARTER_PUBLISHED;
    v->may_start = !w || state == CHARTER_DISCUSSED;
    v->start_label = w                   ? MSG_charter_start_changed
                     : d->versions.n > 0 ? MSG_charter_start_next
                                         : MSG_charter_start_first;
    v->draft_action = charter_desk_href(d, "/draft");
    if (!w)
        return;
    v->discard_action = charter_desk_href(d, "/discard");
    v->return_action = charter_desk_href(d, "/return");
    v->consult_href = charter_desk_href(d, "/consultation");
    v->end_href = charter_desk_href(d, "/consultation/end");
    v->approve_href = charter_desk_href(d, "/approve");
    v->publish_href = charter_desk_href(d, "/publish");
    v->intro_href = charter_desk_href(d, "/intro");
    v->comments_href = charter_desk_href(d, "/comments");
    v->new_href = charter_desk_href(d, "/promises/new");
    v->editable = state == CHARTER_DRAFT;
    v->revision_text = arena_printf(d->r->arena, "%lld", (long long)w->revision);
    v->step = state == CHARTER_DRAFT          ? 0
              : state == CHARTER_CONSULTATION ? 1
              : state == CHARTER_DISCUSSED    ? 2
                                              : 3;
    show_promises(d, v);
    if (v->editable)
        show_gaps(d, v);
    v->may_consult = v->editable && v->gaps.n == 0;
    v->may_decide = (v->editable || state == CHARTER_DISCUSSED) && v->gaps.n == 0;
    v->preview_href = charter_version_href(d->r, w);
}

enum err charter_desk_show(struct req *r)
{
    struct desk d;
    struct desk_view v = {0};
    enum err rc = ERR_OK;
    TRY(charter_desk_load(r, &d));
    v.kind = d.kind;
    v.href = d.href;
    v.public_href = charter_public_href(r, d.kind->code, "");
    v.working = d.working;
    v.in_force = charter_in_force(&d.versions, d.kind->code, d.today);
    v.may_approve = req_allows(r, PERM_CHARTER_APPROVE);
    v.comments = (int64_t)d.comments.n;
    v.waiting = d.waiting;
    show_work(&d, &v);
    charter_history(r, &d.versions, NULL, true, &v.history);
    struct page page =
        charter_desk_page(r, NULL,
                          MSG_STR(r->arena, r->ui.lang, MSG_charter_desk_service,
                                  ARG_S("service", text3_get(&d.kind->name, r->ui.lang))));
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_charter_desk_show(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

void charter_put_fields(struct buf *out, const struct ui *ui, const struct form *f, int from,
                        int end)
{
    for (int i = from; i < end; i++)
        ui_field(out, ui, f, i);
}

/* --- buttons without a page of their own --- */

static const struct field button_fields[] = {CHARTER_REVISION_FIELD};

/* Reads the button's form and runs the rule; *d is loaded. A button that came too late gets the
 * standard page of a conflict, which says to look again. */
static enum err press(struct req *r, struct desk *d,
                      enum err (*rule)(struct tx *, struct desk_write *), int by)
{
    struct form *form = NULL;
    struct desk_write w = {.rule = rule, .by = by};
    enum err rc = ERR_OK;
    TRY(charter_desk_load(r, d));
    TRY(FORM_READ(r, button_fields, &form));
    if (by != 0) {
        const struct promise *p = charter_desk_promise(d);
        if (!p)
            FAIL(ERR_NOT_FOUND);
        w.id = p->id;
    }
    TRY(charter_desk_write(d, &w, form));
out:
    return rc == ERR_INPUT || rc == ERR_DENIED ? ERR_CONFLICT : rc;
}

static enum err rule_draft(struct tx *tx, struct desk_write *w)
{
    return charter_draft(tx, w->arena, &w->change, &w->made);
}

enum err charter_desk_draft(struct req *r)
{
    struct desk d;
    enum err rc = press(r, &d, rule_draft, 0);
    return rc == ERR_OK ? charter_desk_done(r, MSG_charter_done_draft, d.href) : rc;
}

static enum err rule_discard(struct tx *tx, struct desk_write *w)
{
    return charter_discard(tx, w->arena, &w->change);
}

enum err charter_desk_discard(struct req *r)
{
    struct desk d;
    enum err rc = press(r, &d, rule_discard, 0);
    return rc == ERR_OK ? charter_desk_done(r, MSG_charter_done_discard, d.href) : rc;
}

static enum err rule_take_back(struct tx *tx, struct desk_write *w)
{
    return charter_take_back(tx, w->arena, &w->change);
}

enum err charter_desk_take_back(struct req *r)
{
    struct desk d;
    enum err rc = press(r, &d, rule_take_back, 0);
    return rc == ERR_OK ? charter_desk_done(r, MSG_charter_done_take_back, d.href) : rc;
}

static enum err rule_remove(struct tx *tx, struct desk_write *w)
{
    return charter_remove_promise(tx, w->arena, &w->change, w->id);
}

enum err charter_desk_remove(struct req *r)
{
    struct desk d;
    enum err rc = press(r, &d, rule_remove, 1);
    return rc == ERR_OK ? charter_desk_done(r, MSG_charter_done_remove, d.href) : rc;
}

static enum err rule_move(struct tx *tx, struct desk_write *w)
{
    return charter_move_promise(tx, w->arena, &w->change, w->id, w->by);
}

enum err charter_desk_move(struct req *r)
{
    struct desk d;
    struct str way = req_query(r, "to");
    enum err rc = press(r, &d, rule_move, str_eq(way, STR("up")) ? -1 : 1);
    if (rc == ERR_OK)
        resp_redirect(r, charter_desk_href(&d, "#promises"));
    return rc;
}
