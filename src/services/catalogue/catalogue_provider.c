/*
 * Providers of a municipality: the enterprises, associations, entrepreneurs and neighbours that do
 * the work, and which people of theirs confirm it.
 */
#include "services/catalogue/catalogue_read.h"
#include "services/catalogue/catalogue_tpl.h"

#include "community/people/people.h"

#include "platform/core/id.h"

#define MEMBERS_MAX 60

enum { P_NAME, P_KIND, P_PHONE, P_EMAIL, P_ACTIVE, P_MEMBERS };
static const struct choice kind_choices[] = {{"enterprise", MSG_catalogue_mode_enterprise},
                                             {"water_users", MSG_catalogue_mode_water_users},
                                             {"entrepreneur", MSG_catalogue_mode_entrepreneur},
                                             {"other_unit", MSG_catalogue_mode_other_unit},
                                             {"joint", MSG_catalogue_mode_joint},
                                             {NULL, MSG_NONE}};
static const struct field provider_fields[] = {
    [P_NAME] = {"name", FIELD_LINE, .required = true, .min = 2, .max = 160,
                .label = MSG_catalogue_provider_name, .autocomplete = "organization"},
    [P_KIND] = {"kind", FIELD_CHOICE, .required = true, .choices = kind_choices,
                .label = MSG_catalogue_provider_kind},
    [P_PHONE] = {"phone", FIELD_PHONE, .label = MSG_catalogue_provider_phone,
                 .hint = MSG_catalogue_provider_phone_hint},
    [P_EMAIL] = {"email", FIELD_EMAIL, .label = MSG_catalogue_provider_email},
    [P_ACTIVE] = {"active", FIELD_BOOL, .label = MSG_catalogue_provider_active},
    [P_MEMBERS] = {"members", FIELD_MANY, .count = MEMBERS_MAX, .label = MSG_catalogue_members,
                   .hint = MSG_catalogue_members_hint},
};

struct provider_reading {
    struct req *r;
    int64_t id;
    struct providers all;
    struct sql_provider_members_rows members;
    struct person_names people; /* who holds the role provider here */
};

static enum err read_providers(struct tx *tx, void *arg)
{
    struct provider_reading *p = arg;
    enum err rc = ERR_OK;
    p->all = (struct providers){0};
    p->people = (struct person_names){0};
    TRY(catalogue_providers(tx, p->r->arena, p->r->unit, &p->all));
    if (p->id) {
        TRY(sql_provider_members(tx, p->r->arena, &p->members, .unit = p->r->unit,
                                 .provider_id = p->id));
        TRY(people_with_roles(tx, p->r->arena, p->r->unit, 1u << ROLE_PROVIDER, &p->people));
    }
out:
    return rc;
}

static struct str base_of(struct req *r)
{
    return arena_printf(r->arena, "/desk/%.*s/providers", STRF(r->unit));
}

enum err catalogue_desk_providers(struct req *r)
{
    struct provider_reading p = {.r = r};
    enum err rc = req_read(r, read_providers, &p);
    if (rc != ERR_OK)
        return rc;
    struct providers_view v = {.unit_name = place_name(places_unit(r), r->ui.lang),
                               .base = base_of(r)};
    for (size_t i = 0; i < p.all.n; i++) {
        const struct provider *one = &p.all.v[i];
        ARENA_PUSH(
            r->arena, v.rows,
            ((struct provider_row){
                .href = arena_printf(r->arena, "%.*s/%lld", STRF(v.base), (long long)one->id),
                .name = one->name,
                .phone = one->phone,
                .email = one->email,
                .kind = service_mode_message(one->kind),
                .services = one->services,
                .active = one->active,
            }));
    }
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {arena_printf(r->arena, "/desk/%.*s/services", STRF(r->unit)),
         msg_text(r->ui.lang, MSG_catalogue_registry_title)},
    };
    struct page page = catalogue_desk_page(r, msg_text(r->ui.lang, MSG_catalogue_providers_title),
                                           crumbs, COUNT_OF(crumbs));
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_catalogue_providers(out, &r->ui, &v, arena_printf(r->arena, "%.*s/new", STRF(v.base)));
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- one provider --- */

static struct option_list member_options(struct req *r, const struct provider_reading *p)
{
    struct option *options = ARENA_ARRAY(r->arena, struct option, p->people.n + 1);
    for (size_t i = 0; i < p->people.n; i++)
        options[i] =
            (struct option){.value = arena_printf(r->arena, "%lld", (long long)p->people.v[i].id),
                            .text = p->people.v[i].name};
    return (struct option_list){options, p->people.n};
}

static enum err show_provider(struct req *r, const struct provider_reading *p,
                              const struct provider *one, struct form *form, int status)
{
    struct providers_view v = {
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .base = base_of(r),
        .form = form,
        .is_new = !one,
        .name = one ? one->name : STR(""),
        .people = p ? member_options(r, p) : (struct option_list){NULL, 0},
    };
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {v.base, msg_text(r->ui.lang, MSG_catalogue_providers_title)},
    };
    struct page page =
        catalogue_desk_page(r, one ? one->name : msg_text(r->ui.lang, MSG_catalogue_provider_new),
                            crumbs, COUNT_OF(crumbs));
    page.form = form;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_catalogue_provider(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

enum err catalogue_provider_new(struct req *r)
{
    return show_provider(r, NULL, NULL, FORM_NEW(r, provider_fields), 200);
}

struct provider_change {
    struct req *r;
    struct provider p;
    const int64_t *members;
    size_t member_count;
};

static enum err write_new(struct tx *tx, void *arg)
{
    struct provider_change *c = arg;
    struct providers all = {0};
    enum err rc = catalogue_providers(tx, c->r->arena, c->r->unit, &all);
    for (size_t i = 0; rc == ERR_OK && i < all.n; i++)
        if (str_eq(all.v[i].name, c->p.name))
            rc = ERR_CONFLICT;
    return rc == ERR_OK ? catalogue_add_provider(tx, c->r->unit, &c->p) : rc;
}

static void take_form(struct provider_change *c, const struct form *form)
{
    c->p.name = form->v[P_NAME].s;
    c->p.phone = form->v[P_PHONE].present ? form->v[P_PHONE].s : STR_NULL;
    c->p.email = form->v[P_EMAIL].present ? form->v[P_EMAIL].s : STR_NULL;
    c->p.active = form->v[P_ACTIVE].present;
    INVARIANT(service_mode_parse(form->v[P_KIND].s, &c->p.kind));
}

enum err catalogue_provider_new_post(struct req *r)
{
    struct form *form = NULL;
    enum err rc = FORM_READ(r, provider_fields, &form);
    if (!form)
        return rc;
    if (rc == ERR_OK) {
        struct provider_change c = {.r = r, .p = {.id = id_new()}};
        take_form(&c, form);
        rc = req_write(r, write_new, &c);
    }
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, P_NAME, MSG_catalogue_fault_provider_twice);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_provider(r, NULL, NULL, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_catalogue_saved);
    resp_redirect(r, base_of(r));
    return ERR_OK;
}

static enum err find_provider(struct req *r, struct provider_reading *p,
                              const struct provider **one)
{
    *p = (struct provider_reading){.r = r};
    *one = NULL;
    if (!str_to_i64(req_param(r, "id"), &p->id))
        return ERR_NOT_FOUND;
    enum err rc = req_read(r, read_providers, p);
    for (size_t i = 0; rc == ERR_OK && i < p->all.n; i++)
        if (p->all.v[i].id == p->id)
            *one = &p->all.v[i];
    return rc == ERR_OK && !*one ? ERR_NOT_FOUND : rc;
}

enum err catalogue_provider_page(struct req *r)
{
    struct provider_reading p;
    const struct provider *one;
    enum err rc = find_provider(r, &p, &one);
    if (rc != ERR_OK)
        return rc;
    struct form *form = FORM_NEW(r, provider_fields);
    form_set(form, P_NAME, one->name);
    form_set(form, P_KIND, str_from(service_mode_code(one->kind)));
    form_set(form, P_PHONE, one->phone);
    form_set(form, P_EMAIL, one->email);
    form_set_int(form, P_ACTIVE, one->active);
    struct str *ticked = ARENA_ARRAY(r->arena, struct str, p.members.n + 1);
    for (size_t i = 0; i < p.members.n; i++)
        ticked[i] = arena_printf(r->arena, "%lld", (long long)p.members.v[i].person_id);
    form_set_values(form, P_MEMBERS, ticked, (int)p.members.n);
    return show_provider(r, &p, one, form, 200);
}

/* Saves the provider and who works for it. People who lost the role since are dropped too: the list
 * offers only those who hold it. */
static enum err write_provider(struct tx *tx, void *arg)
{
    struct provider_change *c = arg;
    enum err rc = ERR_OK;
    struct sql_provider_members_rows was;
    int64_t changed = 0;
    struct str unit = c->r->unit;
    TRY(sql_provider_save(tx, &changed, .unit = unit, .id = c->p.id, .name = c->p.name,
                          .kind = str_from(service_mode_code(c->p.kind)), .phone = c->p.phone,
                          .email = c->p.email, .active = c->p.active));
    if (changed != 1)
        FAIL(ERR_NOT_FOUND);
    TRY(sql_provider_members(tx, c->r->arena, &was, .unit = unit, .provider_id = c->p.id));
    for (size_t i = 0; i < was.n; i++)
        TRY(sql_provider_member_drop(tx, NULL, .unit = unit, .provider_id = c->p.id,
                                     .person_id = was.v[i].person_id));
    for (size_t i = 0; i < c->member_count; i++)
        TRY(catalogue_add_member(tx, unit, c->p.id, c->members[i]));
out:
    return rc;
}

/* Only people who hold the role here can be ticked. */
static bool take_members(const struct provider_reading *p, const struct form *form,
                         struct provider_change *c)
{
    const struct field_value *v = &form->v[P_MEMBERS];
    int64_t *members = ARENA_ARRAY(p->r->arena, int64_t, (size_t)v->n + 1);
    for (int i = 0; i < v->n; i++) {
        bool known = false;
        if (!str_to_i64(v->values[i], &members[i]))
            return false;
        for (size_t k = 0; k < p->people.n; k++)
            known = known || p->people.v[k].id == members[i];
        if (!known)
            return false;
    }
    c->members = members;
    c->member_count = (size_t)v->n;
    return true;
}

enum err catalogue_provider_post(struct req *r)
{
    struct provider_reading p;
    const struct provider *one;
    struct form *form = NULL;
    enum err rc = find_provider(r, &p, &one);
    if (rc != ERR_OK)
        return rc;
    rc = FORM_READ(r, provider_fields, &form);
    if (!form)
        return rc;
    struct provider_change c = {.r = r, .p = {.id = one->id}};
    if (rc == ERR_OK && !take_members(&p, form, &c)) {
        form_fault(r, form, P_MEMBERS, MSG_catalogue_fault_members);
        rc = ERR_INPUT;
    }
    /* What a service of the registry says of its provider must stay true. */
    if (rc == ERR_OK && one->services && !form->v[P_ACTIVE].present) {
        form_fault(r, form, P_ACTIVE, MSG_catalogue_fault_provider_busy);
        rc = ERR_INPUT;
    }
    if (rc == ERR_OK) {
        take_form(&c, form);
        if (one->services && c.p.kind != one->kind) {
            form_fault(r, form, P_KIND, MSG_catalogue_fault_provider_busy);
            rc = ERR_INPUT;
        }
    }
    if (rc == ERR_OK)
        rc = req_write(r, write_provider, &c);
    if (rc == ERR_INPUT)
        return show_provider(r, &p, one, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, MSG_catalogue_saved);
    resp_redirect(r, base_of(r));
    return ERR_OK;
}
