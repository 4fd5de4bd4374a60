/* The working group: somebody is looked for in the register of persons first, and written down anew
 * only when it is nobody who stands there. */
#include "programme/plans/plans_desk.h"
#include "programme/plans/plans_tpl.h"

#include "platform/core/clock.h"
#include "platform/core/id.h"

enum { G_FAMILY, G_GIVEN, G_PATRONYMIC, G_SEX, G_GROUP, G_POSITION, G_DUTY, G_SAME };
static const struct field fields[] = {
    [G_FAMILY] = {"family", FIELD_LINE, .required = true, .max = 60, .label = MSG_persons_family},
    [G_GIVEN] = {"given", FIELD_LINE, .required = true, .max = 60, .label = MSG_persons_given},
    [G_PATRONYMIC] = {"patronymic", FIELD_LINE, .max = 60, .label = MSG_persons_patronymic},
    [G_SEX] = {"sex", FIELD_CHOICE, .choices = persons_sex_choices, .label = MSG_persons_sex},
    [G_GROUP] = {"group", FIELD_CHOICE, .choices = persons_group_choices,
                 .label = MSG_persons_group},
    [G_POSITION] = {"position", FIELD_LINE, .max = 120, .label = MSG_persons_position},
    [G_DUTY] = {"duty", FIELD_CHOICE, .required = true, .choices = plan_duties,
                .label = MSG_plans_duty},
    [G_SAME] = {"same", FIELD_CODE, .max = 20, .label = MSG_events_same_ask},
};

struct adding {
    struct req *r;
    struct plan p;
    struct plan_change c;
    struct register_person who;
    struct str duty;
    int64_t chosen; /* 0: nobody yet; -1: somebody new */
    struct matches same;
    enum person_fault person_fault;
    struct plan_faults faults;
};

static enum err write_adding(struct tx *tx, void *arg)
{
    struct adding *d = arg;
    struct arena *a = d->r->arena;
    int64_t person = d->who.id;
    enum err rc = ERR_OK;
    d->faults = (struct plan_faults){0};
    d->same = (struct matches){0};
    d->person_fault = PERSON_FINE;
    TRY(persons_find_same(tx, a, &d->who, &d->same));
    if (d->chosen > 0) {
        if (!persons_among(&d->same, d->chosen))
            FAIL(ERR_INPUT);
        person = d->chosen;
    } else if (d->chosen == 0 && d->same.n) {
        FAIL(ERR_INPUT); /* ask first */
    } else {
        TRY(persons_add(tx, a, &d->who, day_today(), false, d->r->actor.person_id,
                        &d->person_fault));
    }
    TRY(plan_set_member(tx, a, &d->c, person, d->duty, &d->faults));
out:
    return rc;
}

static void put_member(struct buf *out, const struct ui *ui, const void *v)
{
    tpl_plans_member(out, ui, v);
}

static enum err show_member(struct req *r, const struct plan *p, struct form *form,
                            const struct matches *same, int status)
{
    struct plan_member_view v = {.title = text3_get(&p->title, r->ui.lang),
                                 .back = plans_desk_href(r, p->id, "#group"),
                                 .form = form};
    enum err rc = ERR_OK;
    for (size_t i = 0; same && i < same->n; i++)
        ARENA_PUSH(r->arena, v.same,
                   ((struct plan_same_line){.id = same->v[i].person.id,
                                            .name = persons_full_name(r->arena, &same->v[i].person),
                                            .home = plans_place_name(r, same->v[i].person.home),
                                            .position = same->v[i].person.position}));
    if (v.same.n)
        TRY(persons_note_reading(r, p->unit, "plan_same", 0,
                                 arena_printf(r->arena, "%lld", (long long)p->id)));
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
                             {arena_printf(r->arena, "/desk/%.*s/plans", STRF(r->unit)),
                              msg_text(r->ui.lang, MSG_plans_title)},
                             {v.back, v.title}};
    struct page page = {.title = msg_text(r->ui.lang, MSG_plans_member_title),
                        .section = SECTION_DESK,
                        .form = form,
                        .crumbs = crumbs,
                        .crumb_count = COUNT_OF(crumbs)};
    plans_page(r, &page, status, put_member, &v);
out:
    return rc;
}

enum err plans_desk_member(struct req *r)
{
    struct plan p;
    enum err rc = plans_desk_load(r, PLAN_LATEST, &p, NULL);
    return rc == ERR_OK ? show_member(r, &p, FORM_NEW(r, fields), NULL, 200) : rc;
}

enum err plans_desk_member_post(struct req *r)
{
    struct adding d = {.r = r};
    struct form *form = NULL;
    static const int map[PLAN_FIELDS] = {[PLAN_F_MEMBER] = G_FAMILY + 1};
    enum err rc = plans_desk_load(r, PLAN_LATEST, &d.p, NULL);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, fields, &form);
    if (!form)
        return rc;
    if (rc != ERR_OK)
        return rc == ERR_INPUT ? show_member(r, &d.p, form, NULL, 422) : rc;
    const struct field_value *f = form->v;
    struct str none = STR("");
    d.who = (struct register_person){.id = id_new(),
                                     .family = f[G_FAMILY].s,
                                     .given = f[G_GIVEN].s,
                                     .patronymic = f[G_PATRONYMIC].s,
                                     .sex = f[G_SEX].s,
                                     .birth_year = I64_NONE,
                                     .home = r->unit,
                                     .village = none,
                                     .group = f[G_GROUP].s,
                                     .position = f[G_POSITION].s};
    d.duty = f[G_DUTY].s;
    if (str_eq(f[G_SAME].s, STR("new")))
        d.chosen = -1;
    else if (f[G_SAME].s.n && !str_to_i64(f[G_SAME].s, &d.chosen))
        d.chosen = 0;
    d.c = (struct plan_change){.unit = d.p.unit, .plan = d.p.id, .person = r->actor.person_id};
    /* The register is the country's. */
    rc = db_write(r->db, SCOPE_COUNTRY, write_adding, &d);
    if (d.person_fault != PERSON_FINE)
        form_fault(r, form, -1, person_fault_message(d.person_fault));
    plans_show_faults(r, form, &d.faults, map);
    if (rc == ERR_INPUT)
        return show_member(r, &d.p, form, &d.same, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_plans_saved);
    resp_redirect(r, plans_desk_href(r, d.p.id, "#group"));
    return ERR_OK;
}
