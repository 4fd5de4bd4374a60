/*
 * The desk's pages about places: what the territory holds, and mergers.
 */
#include "community/places/places_internal.h"
#include "community/places/places_tpl.h"

#include "platform/web/components.h"

static void count_units(const struct territory *t, struct places_admin_view *v)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct place *p = t->all[i];
        if (p->successor)
            ARENA_PUSH(v->arena, v->merged, p);
        if (p->valid_to != INT64_MAX)
            continue;
        v->units++;
        if (place_is_municipality(p))
            ARENA_PUSH(v->arena, v->municipality_list, p);
        if (p->level == 1)
            ARENA_PUSH(v->arena, v->oblasts, p);
        v->villages += p->kind == PLACE_VILLAGE;
        v->points += p->has_point;
        v->drafts += p->name_ky_draft;
        v->outlines += place_entry(p)->outline.n > 0;
    }
}

enum err places_admin_page(struct req *r)
{
    const struct territory *t = territory_get(r->app, r->arena);
    struct places_admin_view v = {
        .arena = r->arena,
    };
    count_units(t, &v);
    v.municipalities = (int64_t)v.municipality_list.n;
    struct page page = {.title = msg_text(r->ui.lang, MSG_places_admin_title),
                        .section = SECTION_DESK};
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_places_admin(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum { M_INTO, M_FROM, M_DAY, M_DECISION };
static const struct field merge_fields[] = {
    [M_INTO] = {"into", FIELD_CODE, .required = true, .max = 14, .label = MSG_places_merge_into},
    [M_FROM] = {"from", FIELD_LINE, .required = true, .max = 400, .label = MSG_places_merge_from},
    [M_DAY] = {"day", FIELD_DATE, .required = true, .label = MSG_places_merge_day},
    [M_DECISION] = {"decision", FIELD_LINE, .required = true, .max = 300,
                    .label = MSG_places_merge_decision},
};

static enum err show_merge(struct req *r, struct form *form, int status)
{
    struct page page = {.title = msg_text(r->ui.lang, MSG_places_merge_title),
                        .section = SECTION_DESK,
                        .form = form};
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_places_merge(out, &r->ui, form);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err places_merge_page(struct req *r)
{
    return show_merge(r, FORM_NEW(r, merge_fields), 200);
}

/* The field that a fault of the rules belongs to. */
static int merge_fault_field(enum msg fault)
{
    switch (fault) {
    case MSG_places_merge_into_unknown:
        return M_INTO;
    case MSG_places_merge_future:
        return M_DAY;
    case MSG_places_merge_decision_missing:
        return M_DECISION;
    default:
        return M_FROM;
    }
}

enum err places_merge_post(struct req *r)
{
    enum err rc = ERR_OK;
    struct form *form = NULL;
    struct str from[64], list, part;
    rc = FORM_READ(r, merge_fields, &form);
    if (rc == ERR_INPUT)
        return show_merge(r, form, 422);
    if (rc != ERR_OK)
        return rc;
    struct merge_input in = {.from = from,
                             .into = form->v[M_INTO].s,
                             .day = form->v[M_DAY].i,
                             .decision = form->v[M_DECISION].s,
                             .recorded_by = r->actor.person_id};
    list = form->v[M_FROM].s;
    while (in.n < COUNT_OF(from) && str_split(&list, ',', &part))
        if (!str_empty(str_trim(part)))
            from[in.n++] = str_trim(part);
    enum msg fault = MSG_NONE;
    rc = places_merge(r->app, &in, &fault);
    if (rc == ERR_INPUT) {
        form_fault(r, form, merge_fault_field(fault), fault);
        return show_merge(r, form, 422);
    }
    if (rc == ERR_OK) {
        resp_notice(r, MSG_places_merge_done);
        resp_redirect(r, STR("/desk/places"));
    }
    return rc;
}
