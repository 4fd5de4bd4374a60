/*
 * The desk of a municipality: its registry of services, one service with its history, and what was
 * counted of it. Counts are entered in catalogue_count.c.
 */
#include "services/catalogue/catalogue_read.h"
#include "services/catalogue/catalogue_tpl.h"

#include "platform/core/clock.h"

struct page catalogue_desk_page(struct req *r, struct str title, const struct crumb *crumbs,
                                size_t n)
{
    return (struct page){.title = title,
                         .unit_name = place_name(places_unit(r), r->ui.lang),
                         .unit_href = arena_printf(r->arena, "/m/%.*s", STRF(r->unit)),
                         .section = SECTION_DESK,
                         .crumbs = crumbs,
                         .crumb_count = n};
}

enum err catalogue_desk_services(struct req *r)
{
    struct registry_view v;
    enum err rc = catalogue_read_registry(r, "desk", &v);
    if (rc != ERR_OK)
        return rc;
    struct crumb crumbs[] = {{STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)}};
    struct page page =
        catalogue_desk_page(r, msg_text(r->ui.lang, MSG_catalogue_registry_title), crumbs, 1);
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, 200);
    page_open(out, r, &page);
    tpl_catalogue_desk_services(out, &r->ui, &v);
    page_close(out, r, &page);
    return ERR_OK;
}

/* --- one service --- */

enum { S_PROVIDED, S_MODE, S_PROVIDER, S_SINCE, S_DECISION, S_NOTE, S_SEEN };
static const struct choice provided_choices[] = {
    {"yes", MSG_catalogue_provided_yes}, {"no", MSG_catalogue_provided_no}, {NULL, MSG_NONE}};
static const struct choice mode_choices[] = {{"own", MSG_catalogue_mode_own},
                                             {"enterprise", MSG_catalogue_mode_enterprise},
                                             {"water_users", MSG_catalogue_mode_water_users},
                                             {"entrepreneur", MSG_catalogue_mode_entrepreneur},
                                             {"other_unit", MSG_catalogue_mode_other_unit},
                                             {"joint", MSG_catalogue_mode_joint},
                                             {NULL, MSG_NONE}};
static const struct field service_fields[] = {
    [S_PROVIDED] = {"provided", FIELD_CHOICE, .required = true, .choices = provided_choices,
                    .label = MSG_catalogue_provided_label},
    [S_MODE] = {"mode", FIELD_CHOICE, .choices = mode_choices, .label = MSG_catalogue_mode_label},
    [S_PROVIDER] = {"provider", FIELD_INT, .label = MSG_catalogue_provider,
                    .hint = MSG_catalogue_provider_hint},
    [S_SINCE] = {"since", FIELD_DATE, .required = true, .label = MSG_catalogue_since_label,
                 .hint = MSG_catalogue_since_hint},
    [S_DECISION] = {"decision", FIELD_LINE, .max = 300, .label = MSG_catalogue_decision,
                    .hint = MSG_catalogue_decision_hint},
    [S_NOTE] = {"note", FIELD_LINE, .max = 300, .label = MSG_catalogue_note},
    [S_SEEN] = {"seen", FIELD_INT},
};

struct service_reading {
    struct req *r;
    const struct service_kind *kind;
    struct sql_registry_history_rows history;
    struct providers providers;
};

static enum err read_service(struct tx *tx, void *arg)
{
    struct service_reading *s = arg;
    enum err rc = ERR_OK;
    s->providers = (struct providers){0};
    TRY(sql_registry_history(tx, s->r->arena, &s->history, .unit = s->r->unit,
                             .service = s->kind->code));
    TRY(catalogue_providers(tx, s->r->arena, s->r->unit, &s->providers));
out:
    return rc;
}

static struct option_list provider_options(struct req *r, const struct providers *all)
{
    struct option *options = ARENA_ARRAY(r->arena, struct option, all->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].active)
            options[n++] = (struct option){
                .value = arena_printf(r->arena, "%lld", (long long)all->v[i].id),
                .text = MSG_STR(
                    r->arena, r->ui.lang, MSG_catalogue_provider_of_kind,
                    ARG_S("name", all->v[i].name),
                    ARG_S("kind", msg_text(r->ui.lang, service_mode_message(all->v[i].kind))))};
    return (struct option_list){options, n};
}

static enum msg mode_message(struct str code)
{
    enum service_mode mode;
    return service_mode_parse(code, &mode) ? service_mode_message(mode) : MSG_common_unknown;
}

static void fill_form(struct form *f, const struct sql_registry_history_rows *history)
{
    if (!history->n)
        return;
    const struct sql_registry_history_row *now = &history->v[0];
    form_set(f, S_PROVIDED, now->provided ? STR("yes") : STR("no"));
    form_set(f, S_MODE, now->mode);
    if (now->provider_id.set)
        form_set_int(f, S_PROVIDER, now->provider_id.v);
    form_set_int(f, S_SINCE, now->since_day);
    form_set(f, S_DECISION, now->decision);
    form_set(f, S_NOTE, now->note);
}

static enum err show_service(struct req *r, const struct service_kind *kind, struct form *form,
                             int status)
{
    enum err rc = ERR_OK;
    struct service_reading s = {.r = r, .kind = kind};
    struct coverage_view coverage;
    TRY(req_read(r, read_service, &s));
    TRY(catalogue_read_coverage(r, kind, true, &coverage));
    struct str unit = r->unit, code = kind->code;
    struct service_desk_view v = {
        .unit_name = place_name(places_unit(r), r->ui.lang),
        .service_name = text3_get(&kind->name, r->ui.lang),
        .icon = kind->icon,
        .base = arena_printf(r->arena, "/desk/%.*s/services/%.*s", STRF(unit), STRF(code)),
        .public_href = arena_printf(r->arena, "/m/%.*s/services/%.*s", STRF(unit), STRF(code)),
        .schedules_href =
            arena_printf(r->arena, "/desk/%.*s/schedules?service=%.*s", STRF(unit), STRF(code)),
        .providers_href = arena_printf(r->arena, "/desk/%.*s/providers", STRF(unit)),
        .count_href =
            arena_printf(r->arena, "/desk/%.*s/services/%.*s/coverage/new", STRF(unit), STRF(code)),
        .providers = provider_options(r, &s.providers),
        .coverage = &coverage,
    };
    for (size_t i = 0; i < s.history.n; i++) {
        const struct sql_registry_history_row *row = &s.history.v[i];
        struct entry_row entry = {
            .since_day = row->since_day,
            .recorded_ms = row->recorded_ms,
            .mode = mode_message(row->mode),
            .provider = row->provider_name,
            .decision = row->decision,
            .note = row->note,
            .provided = row->provided != 0,
            .current = row->current != 0,
        };
        ARENA_PUSH(r->arena, v.history, entry);
    }
    v.seen = s.history.n ? s.history.v[0].id : 0;
    if (!form) {
        form = FORM_NEW(r, service_fields);
        fill_form(form, &s.history);
    }
    v.form = form;
    struct crumb crumbs[] = {
        {STR("/desk"), msg_text(r->ui.lang, MSG_web_desk)},
        {arena_printf(r->arena, "/desk/%.*s/services", STRF(unit)),
         msg_text(r->ui.lang, MSG_catalogue_registry_title)},
    };
    struct page page = catalogue_desk_page(r, v.service_name, crumbs, COUNT_OF(crumbs));
    page.form = form;
    page.width = PAGE_WIDE;
    struct buf *out = resp_html(r, status);
    page_open(out, r, &page);
    tpl_catalogue_desk_service(out, &r->ui, &v);
    page_close(out, r, &page);
out:
    return rc;
}

enum err catalogue_desk_service(struct req *r)
{
    const struct service_kind *kind;
    enum err rc = catalogue_route_service(r, &kind);
    return rc == ERR_OK ? show_service(r, kind, NULL, 200) : rc;
}

void catalogue_show_faults(struct req *r, struct form *form, const int *fields,
                           const struct catalogue_faults *faults)
{
    for (size_t i = 0; i < faults->n; i++) {
        const struct catalogue_fault *f = &faults->v[i];
        size_t n = 0;
        while (n < COUNT_OF(f->args) && f->args[n].name)
            n++;
        form_fault_args(r, form, fields[f->field], f->m, f->args, n);
    }
}

struct service_change {
    struct req *r;
    struct service_entry entry;
    bool changed;
    struct catalogue_faults faults;
};

static enum err write_service(struct tx *tx, void *arg)
{
    struct service_change *c = arg;
    c->faults = (struct catalogue_faults){0};
    return catalogue_set_service(c->r->app, tx, c->r->arena, &c->entry, &c->changed, &c->faults);
}

enum err catalogue_desk_service_post(struct req *r)
{
    static const int fields[] = {[ENTRY_MODE] = S_MODE,
                                 [ENTRY_PROVIDER] = S_PROVIDER,
                                 [ENTRY_SINCE] = S_SINCE,
                                 [ENTRY_DECISION] = S_DECISION};
    enum err rc = ERR_OK;
    const struct service_kind *kind;
    struct form *form = NULL;
    TRY(catalogue_route_service(r, &kind));
    rc = FORM_READ(r, service_fields, &form);
    if (!form)
        return rc;
    struct service_change c = {
        .r = r,
        .entry = {.unit = r->unit,
                  .service = kind->code,
                  .provided = str_eq(form->v[S_PROVIDED].s, STR("yes")),
                  .provider_id = form->v[S_PROVIDER].i,
                  .since_day = form->v[S_SINCE].i,
                  .decision = form->v[S_DECISION].s,
                  .note = form->v[S_NOTE].s,
                  .seen = form->v[S_SEEN].i,
                  .person = r->actor.person_id},
    };
    if (rc == ERR_OK && c.entry.provided && !service_mode_parse(form->v[S_MODE].s, &c.entry.mode)) {
        form_fault(r, form, S_MODE, MSG_catalogue_fault_mode);
        rc = ERR_INPUT;
    }
    if (rc == ERR_OK)
        rc = req_write(r, write_service, &c);
    catalogue_show_faults(r, form, fields, &c.faults);
    if (rc == ERR_CONFLICT) {
        form_fault(r, form, -1, MSG_common_form_changed);
        rc = ERR_INPUT;
    }
    if (rc == ERR_INPUT)
        return show_service(r, kind, form, 422);
    if (rc != ERR_OK)
        return rc;
    resp_notice(r, c.changed ? MSG_catalogue_saved : MSG_catalogue_unchanged);
    resp_redirect(
        r, arena_printf(r->arena, "/desk/%.*s/services/%.*s", STRF(r->unit), STRF(kind->code)));
out:
    return rc;
}
